"""The console, and lines of facts, that all commands print with."""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from badak._common.display import printable
from badak._common.language import marked, translated

__all__ = ["Facts", "carries", "make_console", "print_facts", "print_json", "printable"]

if TYPE_CHECKING:
    from rich.console import Console


Facts = Mapping[str, str | list[str]]
"""What is printed, by names."""


NAMES = (
    marked("answered"),
    marked("checkpoint"),
    marked("classes"),
    marked("columns"),
    marked("compiled code"),
    marked("data"),
    marked("data sets"),
    marked("drawn"),
    marked("engine"),
    marked("extras"),
    marked("figure"),
    marked("figures"),
    marked("file"),
    marked("intervals"),
    marked("leaks"),
    marked("left out"),
    marked("libraries"),
    marked("loss"),
    marked("missing"),
    marked("network"),
    marked("networks"),
    marked("next"),
    marked("effort"),
    marked("at most"),
    marked("not used"),
    marked("split"),
    marked("pictures"),
    marked("processor"),
    marked("removed"),
    marked("saved"),
    marked("taken"),
    marked("target"),
    marked("threads"),
    marked("training"),
    marked("weights"),
    marked("written"),
)
"""The names of facts, which :func:`print_facts` translates; badak and python stay as they are."""


def make_console() -> "Console":
    """Return a console on standard output that prints every text as it is, coloured or not."""
    from badak._common.console import CleanConsole

    return CleanConsole(markup=False, emoji=False, highlight=False)


def print_facts(console: "Console", facts: Facts) -> None:
    """Print a line for each fact, its name in front; of a list, a line for each of its items."""
    from rich.cells import cell_len, set_cell_size
    from rich.text import Text

    names = {name: translated(name) for name in facts}
    width = max(map(cell_len, names.values()))
    for name, fact in facts.items():
        first = set_cell_size(names[name], width)
        for place, part in enumerate([fact] if isinstance(fact, str) else fact):
            line = Text.assemble((f"{' ' * width if place else first}  ", "dim"), printable(part))
            console.print(line, soft_wrap=True)


def print_json(data: Any) -> None:
    """Print data as JSON; its texts are escaped where the output cannot carry them."""
    text = json.dumps(data, indent=2, ensure_ascii=False, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2, default=str)
    print(text)


def carries(console: "Console", text: str) -> bool:
    """Whether a console's output has these characters."""
    try:
        text.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
