"""What is wrong with a command line, as a sentence that says where the help is."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from badak._common.language import marked, message, translated

SENTENCES = (
    (r"Missing argument '(?P<name>[^']*)'", marked("missing argument {name!r}")),
    (r"Missing option '(?P<name>[^']*)'", marked("missing option {name!r}")),
    (r"Missing command", marked("missing command")),
    (
        r"No such option: (?P<name>\S+) \(Possible options: (?P<near>.*)\)",
        marked("no such option: {name} (Possible options: {near})"),
    ),
    (r"No such option: (?P<name>.*)", marked("no such option: {name}")),
    (
        r"No such command '(?P<name>[^']*)'\. Did you mean '(?P<near>[^']*)'\?",
        marked("no such command {name!r}. Did you mean {near!r}?"),
    ),
    (r"No such command '(?P<name>[^']*)'", marked("no such command {name!r}")),
    (
        r"Got unexpected extra arguments?(?:\(s\))? \((?P<given>.*)\)",
        marked("got unexpected extra argument(s) ({given})"),
    ),
    (
        r"Option '(?P<name>[^']*)' requires an argument",
        marked("option {name!r} requires an argument"),
    ),
    (
        r"Option '(?P<name>[^']*)' does not take a value",
        marked("option {name!r} does not take a value"),
    ),
)
"""What Typer says, and what is said instead."""


def usage_sentence(error: Any, arguments: Sequence[str]) -> str:
    """Return what is wrong with the command line as a sentence, and where the help is."""
    text = str(error.format_message()).rstrip(".")
    command = error.ctx.command_path if error.ctx else "badak"
    parameter = getattr(error, "param", None)
    found = re.fullmatch("Invalid value for ('.*?'): (.*)", text, re.DOTALL)
    if found and parameter is not None:
        said = message(
            "invalid value for {name}: {complaint}",
            name=found[1],
            complaint=_of_number(parameter, found[2], arguments) or found[2],
        )
    else:
        said = _instead(text)
    return message("{sentence} (see {command} --help)", sentence=said, command=command)


def _instead(text: str) -> str:
    for pattern, words in SENTENCES:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return translated(words).format(**found.groupdict())
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def _of_number(parameter: Any, text: str, arguments: Sequence[str]) -> str | None:
    """Return what is wrong with a number, or None where Typer's words are not of one."""
    kind = re.search("valid (integer|number|float)", text)
    is_far = re.match("Input should be (greater|less)|.* is not in the range", text)
    if not kind and not is_far:
        return None
    given = repr(_given(parameter, arguments))
    least = getattr(parameter, "min", None)
    if least is None:
        least = getattr(getattr(parameter, "type", None), "min", None)
    if isinstance(least, int):
        return message("{given} is no whole number of at least {least}", given=given, least=least)
    if kind and kind[1] == "integer":
        return message("{given} is no whole number", given=given)
    return message("{given} is no number", given=given)


def _given(parameter: Any, arguments: Sequence[str]) -> str:
    """Return what was given to an option: the last word that follows it."""
    words = ""
    for name, value in pairwise([*arguments, ""]):
        option, _, joined = name.partition("=")
        if option in parameter.opts:
            words = joined or value
    return words
