"""The console, and lines of facts, that all commands print with."""

from typing import TYPE_CHECKING

from badak._common.display import printable

__all__ = ["make_console", "print_facts", "printable"]

if TYPE_CHECKING:
    from rich.console import Console


def make_console() -> "Console":
    """Return a console on standard output that prints every text as it is, coloured or not."""
    from badak._common.console import CleanConsole

    return CleanConsole(markup=False, emoji=False, highlight=False)


def print_facts(console: "Console", facts: dict[str, str]) -> None:
    """Print a line for each fact, its name in front."""
    from rich.text import Text

    width = max(map(len, facts))
    for name, fact in facts.items():
        line = Text.assemble((f"{name:<{width}}  ", "dim"), printable(fact))
        console.print(line, soft_wrap=True)
