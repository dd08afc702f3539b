"""The console, and lines of facts, that all commands print with."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def make_console() -> "Console":
    """Return a console on standard output that prints every text as it is, coloured or not."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def print_facts(console: "Console", facts: dict[str, str]) -> None:
    """Print a line for each fact, its name in front."""
    from rich.text import Text

    width = max(map(len, facts))
    for name, fact in facts.items():
        line = Text.assemble((f"{name:<{width}}  ", "dim"), printable(fact))
        console.print(line, soft_wrap=True)


def printable(text: str) -> str:
    r"""Return the text without control characters, which names of files and classes may hold.

    >>> printable("seven\x1b[2J.png")
    'seven?[2J.png'
    """
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", text)
