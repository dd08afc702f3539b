"""Errors as the user reads them: one line on standard error, not a traceback."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from badak.cli.terminal import printable
from badak.errors import BadakError

ADVICE = {
    errno.ENOENT: "check the name",
    errno.EACCES: "check its permissions",
    errno.EPERM: "check its permissions",
    errno.EISDIR: "give a file's name",
    errno.ENOTDIR: "give another path",
    errno.ENOSPC: "make room and try again",
    errno.EROFS: "choose another place",
}
"""What to do where only the system has spoken, by its error number."""


# Where this class of Click's is found differs from one version of Typer to the next.
UsageError: Any = typer.BadParameter.__base__


class ReportingGroup(TyperGroup):
    """The sub-commands; their expected errors end in one line and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the sub-command that was asked for."""
        with reported():
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
        report(message(error))
        raise typer.Exit(1) from None


def report(text: str) -> None:
    """Print one error."""
    lines = (printable(line) for line in text.splitlines())
    print("badak: error: " + "\n".join(lines), file=sys.stderr)


def usage_message(error: Any) -> str:
    """Return what is wrong with the command line as a sentence, and where the help is."""
    text = str(error.format_message()).rstrip(".")
    command = error.ctx.command_path if error.ctx else "badak"
    return f"{text[:1].lower()}{text[1:]} (see {command} --help)"


def message(error: BaseException) -> str:
    """Return an error as a sentence: badak's own as it is, the system's with what to do."""
    if isinstance(error, MemoryError):
        return f"the memory does not suffice: use fewer units or images ({error})"
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    what = error.strerror.lower()
    where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
    advice = ADVICE.get(error.errno or 0)
    return f"{where}{what}" + (f"; {advice}" if advice else "")


def _discard_output() -> None:
    """Let what is still to be written to the closed pipe go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
