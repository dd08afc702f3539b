"""The same table three ways: on a terminal by Rich, as plain text, in a notebook as HTML."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

Row = Sequence[str]


def plain(thing: Any) -> str:
    """Return what Rich would print, without colours, as wide as the terminal."""
    import io

    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, color_system=None, force_terminal=False, force_jupyter=False)
    console.print(thing, highlight=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def table(
    headings: Sequence[str],
    rows: Iterable[Row],
    *,
    right: Iterable[int] = (),
    whole: Iterable[int] = (),
) -> Any:
    """Return a Rich table, without lines but under its headings.

    `right` are the columns of numbers, `whole` those whose words are not broken.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, heading in enumerate(headings):
        made.add_column(
            heading,
            justify="right" if index in right else "left",
            overflow="fold",
            no_wrap=index in whole,
        )
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def html_table(headings: Sequence[str], rows: Iterable[Row], *, right: Iterable[int] = ()) -> str:
    """Return the table in HTML, in the colours of the page it is put in."""
    numbers = set(right)
    head = "".join(_cell("th", text, index in numbers) for index, text in enumerate(headings))
    body = "".join(
        f"<tr>{''.join(_cell('td', text, i in numbers) for i, text in enumerate(row))}</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, text: str, number: bool) -> str:
    side = "right" if number else "left"
    style = f"text-align: {side}; white-space: pre; padding: 0.1em 0.6em"
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'


def html_lines(lines: Iterable[str]) -> str:
    """Return each line as a paragraph."""
    return "".join(f"<p>{escape(line)}</p>" for line in lines)
