"""The console, and lines of facts, that all commands print with."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from badak._common.display import printable

__all__ = ["Facts", "make_console", "print_facts", "printable"]

if TYPE_CHECKING:
    from rich.console import Console


Facts = Mapping[str, str | list[str]]
"""What is printed, by names."""


def make_console() -> "Console":
    """Return a console on standard output that prints every text as it is, coloured or not."""
    from badak._common.console import CleanConsole

    return CleanConsole(markup=False, emoji=False, highlight=False)


def print_facts(console: "Console", facts: Facts) -> None:
    """Print a line for each fact, its name in front; of a list, a line for each of its items."""
    from rich.text import Text

    width = max(map(len, facts))
    for name, fact in facts.items():
        for place, part in enumerate([fact] if isinstance(fact, str) else fact):
            line = Text.assemble((f"{'' if place else name:<{width}}  ", "dim"), printable(part))
            console.print(line, soft_wrap=True)
