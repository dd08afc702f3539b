"""Errors as the user reads them: one line on standard error, not a traceback."""

import contextlib
import errno
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any, TextIO

import typer
from typer.core import TyperGroup

from badak._common.files import reason_of
from badak._common.language import marked, message, translated
from badak.cli.terminal import printable
from badak.errors import BadakError

ADVICE = {
    errno.ENOENT: marked("no such file or directory; check the name"),
    errno.EACCES: marked("permission denied; check its permissions"),
    errno.EPERM: marked("operation not permitted; check its permissions"),
    errno.EISDIR: marked("is a directory; give a file's name"),
    errno.ENOTDIR: marked("not a directory; give another path"),
    errno.ENOSPC: marked("no space left on device; make room and try again"),
    errno.EROFS: marked("read-only file system; choose another place"),
}
"""What it is, and what to do, where only the system has spoken; by its error number."""


# Where this class of Click's is found differs from one version of Typer to the next.
UsageError: Any = typer.BadParameter.__base__


class ReportingGroup(TyperGroup):
    """The sub-commands; their expected errors end in one line and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the sub-command that was asked for."""
        with reported(), warnings.catch_warnings():
            warnings.showwarning = _as_note
            result = super().invoke(ctx)
            sys.stdout.flush()  # a reader that is gone is met here, not while Python shuts down
            return result


@contextlib.contextmanager
def reported() -> Iterator[None]:
    """Turn expected errors into a line on standard error and exit code 1."""
    try:
        yield
    except BrokenPipeError:  # as in `badak info model.safetensors | head -1`
        _discard_output()
        raise typer.Exit(1) from None
    except (BadakError, OSError, MemoryError) as error:
        report(sentence(error))
        raise typer.Exit(1) from None


def report(text: str) -> None:
    """Print one error."""
    text = "\n".join(printable(line) for line in text.splitlines())
    print(message("badak: error: {text}", text=text), file=sys.stderr)


def note(text: str) -> None:
    """Print what the user should know although the command goes on."""
    print(message("badak: note: {text}", text=printable(text)), file=sys.stderr)


def _as_note(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print badak's warnings without the line of code that a Python user would see."""
    if category is UserWarning:
        note(str(message))
    else:
        print(warnings.formatwarning(message, category, filename, lineno), file=sys.stderr, end="")


def sentence(error: BaseException) -> str:
    """Return an error as a sentence: badak's own as it is, the system's with what to do."""
    if isinstance(error, MemoryError):
        return message(
            "the memory does not suffice: use fewer units or images ({details})", details=error
        )
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    what = ADVICE.get(error.errno or 0)
    where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
    return where + (translated(what) if what else reason_of(error).lower())


def _discard_output() -> None:
    """Let what is still to be written to the closed pipe go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
