"""Print one table three ways: on a terminal with Rich, as plain text, in a notebook as HTML.

An object that is shown gives a :class:`View`, plain data, and assigns the three functions that
print it::

    class Trace:
        def view(self) -> View: ...

        __rich__ = display.as_rich
        __str__ = display.as_text
        _repr_html_ = display.as_html
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

Row = Sequence[str]


@dataclass(frozen=True)
class View:
    """What is shown of an object: a table, and the lines above and below it. Every part is text.

    >>> view = View(headings=("layer", "weights"), rows=(("dense", "6"),), right=(1,))
    >>> print(as_text(view))
    layer   weights
    ───────────────
    dense         6
    """

    headings: Row = ()
    """One for each column; without headings there is no table."""
    rows: Sequence[Row] = ()
    """A cell may have several lines, separated by newlines."""
    title: str = ""
    """The table's name, directly above it."""
    headlines: Sequence[str] = ()
    """Lines above the table."""
    notes: Sequence[str] = ()
    """Lines below the table."""
    right: Collection[int] = ()
    """Columns that are aligned at the right: those of numbers."""
    whole: Collection[int] = ()
    """Columns whose words are not broken where a terminal is narrow."""

    def view(self) -> "View":
        """Return itself, so that a view is printed as the objects that give one."""
        return self


class Shown(Protocol):
    """An object that says what is shown of it."""

    def view(self) -> View:
        """Return what is shown."""


def as_rich(shown: Shown) -> Any:
    """Return what Rich prints."""
    from rich.console import Group
    from rich.text import Text

    view = shown.view()
    blocks: list[list[Any]] = [[Text(line) for line in view.headlines]]
    if view.headings:
        made = table(view.headings, view.rows, right=view.right, whole=view.whole)
        if view.title:
            made.title, made.title_justify = Text(view.title, style="table.title"), "left"
        blocks.append([made])
    blocks.append([Text(line) for line in view.notes])
    parts: list[Any] = []
    for block in filter(None, blocks):
        parts += ["", *block] if parts else block
    return Group(*parts)


def as_text(shown: Shown) -> str:
    """Return what Rich would print, without colours, as wide as the terminal."""
    import io

    from badak._common.console import CleanConsole

    out = io.StringIO()
    console = CleanConsole(file=out, color_system=None, force_terminal=False, force_jupyter=False)
    console.print(as_rich(shown), highlight=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def as_html(shown: Shown) -> str:
    """Return HTML, in the colours of the page it is put in."""
    view = shown.view()
    parts = [_paragraph(line) for line in view.headlines]
    if view.title:
        parts.append(f"<b>{escape(view.title)}</b>")
    if view.headings:
        parts.append(_html_table(view))
    return "".join([*parts, *map(_paragraph, view.notes)])


def table(
    headings: Row,
    rows: Iterable[Row],
    *,
    right: Collection[int] = (),
    whole: Collection[int] = (),
) -> Any:
    """Return a Rich table whose only line is the one under its headings.

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


def _html_table(view: View) -> str:
    head = "".join(_cell("th", text, i in view.right) for i, text in enumerate(view.headings))
    body = "".join(
        f"<tr>{''.join(_cell('td', text, i in view.right) for i, text in enumerate(row))}</tr>"
        for row in view.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, text: str, number: bool) -> str:
    side = "right" if number else "left"
    style = f"text-align: {side}; white-space: pre; padding: 0.1em 0.6em"
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'


def _paragraph(line: str) -> str:
    return f"<p>{escape(line)}</p>"


def printable(text: str, keep: str = "") -> str:
    r"""Return the text without control characters, which names of files and classes may hold.

    >>> printable("seven\x1b[2J.png")
    'seven?[2J.png'
    """
    return "".join("?" if is_control(c) and c not in keep else c for c in text)


def is_control(character: str) -> bool:
    """Whether a character steers a terminal."""
    return character < " " or "\x7f" <= character <= "\x9f"
