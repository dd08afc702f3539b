"""Pages of HTML that open from disk: one file, no script, no network, light, dark and on paper.

A page is built of elements. Every text in it is escaped, so that what a file says is shown and
never obeyed; only what :func:`element` made is markup. The page itself forbids scripts and
anything from outside, should a text slip through all the same.
"""

from collections.abc import Collection, Iterable, Sequence
from html import escape
from importlib import resources

from badak._common.display import is_control

VOID = ("br", "col", "img", "meta", "source")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def element(tag: str, *children: "Element | str", **attributes: str | None) -> "Element":
    """Return an element; its children are elements, or texts, which are escaped.

    A name of an attribute may end in "_", as "class_" does, and "_" within it stands for "-"; one
    that is None is left out.

    >>> element("p", "a < b", class_="note")
    <p class="note">a &lt; b</p>
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(plain(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = "".join(map(str, map(text, children)))
    return Element(f"<{tag}{named}>" + ("" if tag in VOID else f"{inner}</{tag}>"))


class Element:
    """Markup of a page, which is put into it as it is."""

    def __init__(self, markup: str) -> None:
        self.markup = markup

    def __str__(self) -> str:
        return self.markup

    __repr__ = __str__


def text(child: Element | str) -> Element:
    """Return a text as markup, escaped; an element as it is."""
    return child if isinstance(child, Element) else Element(escape(plain(child)))


def joined(children: Iterable[Element | str]) -> Element:
    """Return several elements and texts as one piece of markup, a line each."""
    return Element("\n".join(str(text(child)) for child in children))


def plain(said: str) -> str:
    r"""Return a text without the control characters that HTML does not hold.

    >>> plain("a\x00b")
    'a?b'
    """
    return "".join("?" if is_control(c) and c not in "\t\n" else c for c in said)


def table(
    headings: Sequence[Element | str],
    rows: Iterable[Sequence[Element | str]],
    *,
    caption: str = "",
    right: Collection[int] = (),
    heads: bool = False,
    class_: str | None = None,
) -> Element:
    """Return a table that scrolls within itself where it is wider than the page.

    `right` are the columns of numbers; with `heads` the first cell of a row names it.
    """

    def cell(tag: str, place: int, child: Element | str, scope: str | None) -> Element:
        return element(tag, child, class_="right" if place in right else None, scope=scope)

    head = element("tr", *(cell("th", i, each, "col") for i, each in enumerate(headings)))
    body = [
        element(
            "tr",
            *(
                cell("th", i, each, "row") if heads and i == 0 else cell("td", i, each, None)
                for i, each in enumerate(row)
            ),
        )
        for row in rows
    ]
    made = element(
        "table",
        *([element("caption", caption)] if caption else []),
        element("thead", head),
        element("tbody", joined(body)),
        class_=class_,
    )
    return element(
        "div",
        made,
        class_="scrolls",
        tabindex="0",  # so that the keys scroll it, too
        role="region" if caption else None,
        aria_label=caption or None,
    )


def page(title: str, language: str, style: str, body: Iterable[Element]) -> str:
    """Return a whole page, with the style of all pages and one of its own."""
    head = joined(
        [
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=POLICY),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", title),
            element("style", Element(f"\n{common_style()}{style}")),
        ]
    )
    whole = element("html", element("head", head), element("body", joined(body)), lang=language)
    return f"<!doctype html>\n{whole}\n"


def common_style() -> str:
    """Return the style of all pages."""
    return resources.files("badak._common").joinpath("page.css").read_text("utf-8")
