"""The command's help in the language that is spoken, and the option ``--language``."""

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Any

import typer

from badak._common.language import (
    VARIABLE,
    language,
    marked,
    set_language,
    translated,
    unknown_language,
)
from badak._common.looks import LANGUAGES
from badak.cli.choices import check_language
from badak.cli.errors import UsageError

OPTION = "--language"
Language = Annotated[
    str | None,
    typer.Option(
        OPTION,
        callback=check_language,
        metavar="|".join(LANGUAGES),
        show_default=f"{VARIABLE}, or the locale",
        help="The language of all words.",
    ),
]

TYPERS_WORDS = {
    "ARGUMENTS_PANEL_TITLE": marked("Arguments"),
    "OPTIONS_PANEL_TITLE": marked("Options"),
    "COMMANDS_PANEL_TITLE": marked("Commands"),
    "DEFAULT_STRING": marked("[default: {}]"),
    "REQUIRED_LONG_STRING": marked("[required]"),
}
"""What Typer's help says of itself, by the name under which ``typer.rich_utils`` has it."""

USAGE, HELP = marked("Usage:"), marked("Show this message and exit.")


def choose_language(arguments: Sequence[str]) -> None:
    """Speak the language of the last --language, before the command line is read as a whole.

    An unknown one is refused where its option is read, one of BADAK_LANGUAGE by a UsageError. An
    output without Korean letters would show question marks: English is spoken there.
    """
    set_language(None)
    given = [value for name, value in pairwise(arguments) if name == OPTION]
    given += [each.partition("=")[2] for each in arguments if each.startswith(f"{OPTION}=")]
    spoken = os.environ.get(VARIABLE)
    if given and given[-1] in LANGUAGES:
        set_language(given[-1])
    elif spoken and spoken not in LANGUAGES:
        set_language("en")
        raise UsageError(unknown_language(VARIABLE, spoken))
    if language() == "ko" and not _has_korean(sys.stdout):
        set_language("en")


def _has_korean(stream: Any) -> bool:
    try:
        "가".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def with_language(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the option --language after its own, unless it has one.

    The option is obeyed by :func:`choose_language`, before the command runs.
    """
    signature = inspect.signature(command)
    if "language" in signature.parameters:
        return command
    last = inspect.Parameter(
        "language", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Language
    )

    @functools.wraps(command)
    def run(*args: Any, language: str | None = None, **options: Any) -> None:
        command(*args, **options)

    run.__dict__["__signature__"] = signature.replace(
        parameters=[*signature.parameters.values(), last]
    )
    run.__annotations__ = {**command.__annotations__, "language": Language}
    return run


def texts(command: Any) -> Iterator[str]:
    """Yield all that the help of a command and of its sub-commands says."""
    if command.help:
        yield command.help
    for parameter in command.params:
        panel = getattr(parameter, "rich_help_panel", None)
        yield from filter(None, (parameter.help, _default(parameter), panel))
    for sub_command in getattr(command, "commands", {}).values():
        yield from texts(sub_command)


def translate(command: Any) -> None:
    """Put the help of a command and of its sub-commands into the language that is spoken."""
    command.help = translated(command.help or "")
    for parameter in command.params:
        parameter.help = translated(parameter.help or "")
        if panel := getattr(parameter, "rich_help_panel", None):
            parameter.rich_help_panel = translated(panel)
        if _default(parameter):
            parameter.show_default = translated(parameter.show_default)
        if parameter.name == "language" and parameter.default in LANGUAGES:  # of a picture's words
            parameter.default = language()
    command.get_usage = functools.partial(_usage, command.get_usage)
    for sub_command in getattr(command, "commands", {}).values():
        translate(sub_command)


def _default(parameter: Any) -> str:
    """Return what a parameter's help says of its default in words of badak's own."""
    return parameter.show_default if isinstance(parameter.show_default, str) else ""


def _usage(original: Callable[[Any], str], context: Any) -> str:
    """Return the line of usage; the help is begun with it, so Typer's own words are set here."""
    from rich.text import Text
    from typer import rich_utils

    for name, words in TYPERS_WORDS.items():
        setattr(rich_utils, name, translated(words))
    if option := context.command.get_help_option(context):
        option.help = translated(HELP)
    if language() == "ko":
        setattr(Text, "rstrip_end", _rstrip_end)  # noqa: B010  for the type checker, no method
    return original(context).replace(USAGE, translated(USAGE), 1)


def _rstrip_end(text: Any, size: int) -> None:
    """Remove the spaces at the end that are beyond this width; Rich counts letters, not cells.

    It would put an ellipsis in the place of a wide letter before such a space.
    """
    from rich.cells import cell_len

    spaces = len(text.plain) - len(text.plain.rstrip())
    beyond = min(spaces, cell_len(text.plain) - size)
    if beyond > 0:
        text.right_crop(beyond)
