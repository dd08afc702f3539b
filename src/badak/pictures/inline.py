"""Figures within a page: SVG whose letters are text and whose colours are the page's.

One drawing serves the light page, the dark one and paper: it is drawn in the light theme, and each
of the theme's colours is named by a variable of CSS that :data:`STYLE` sets.
"""

import io
import re
from collections.abc import Callable
from html import escape
from itertools import count

import matplotlib as mpl

from badak.pictures.canvas import (
    DARK,
    DOTS_PER_INCH,
    LIGHT,
    Canvas,
    Theme,
    canvas,
    set_rare_letters,
)


def names_of(theme: Theme) -> dict[str, str]:
    """Return the names of a theme's colours, by the colours."""
    series = {colour: f"--series-{place}" for place, colour in enumerate(theme.series)}
    plain = {
        theme.ground: "--figure-ground",
        theme.ink: "--figure-ink",
        theme.faint: "--figure-faint",
        theme.middle: "--figure-middle",
    }
    return {**series, **plain}


def _variables(theme: Theme) -> str:
    return " ".join(f"{name}: {colour};" for colour, name in names_of(theme).items())


STYLE = f"""
:root {{ {_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
@media print {{ :root {{ {_variables(LIGHT)} }} }}
figure svg {{ stroke-linejoin: round; stroke-linecap: butt; }}
"""
"""The colours of figures, which a page's style includes."""

NAMES = names_of(LIGHT)
TAG = re.compile(r"<[^>]+>")
COLOUR = re.compile("|".join(map(re.escape, NAMES)))


class InlineFigures:
    """Draws the figures of one page as SVG, no two of whose parts have one name.

    >>> figures = InlineFigures("en")
    >>> svg = figures.svg(lambda c: c.ax.plot([0.0, 1.0], **c.line(0)), (3, 2), "a line")
    >>> "var(--series-0)" in svg, ">1.00</text>" in svg
    (True, True)
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._number = count(1)

    def svg(self, draw: Callable[[Canvas], object], size: tuple[float, float], said: str) -> str:
        """Return a figure of this size in inches; `said` is what it shows, in a sentence."""
        out = io.StringIO()
        with canvas(language=self.language, size=size) as c:
            draw(c)
            set_rare_letters(c.ax)
            with mpl.rc_context({"svg.hashsalt": "badak", "svg.fonttype": "none"}):
                c.figure.savefig(out, format="svg", dpi=DOTS_PER_INCH, metadata={"Date": None})
        width, height = size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {72 * width:g} {72 * height:g}" '
            f'role="img" aria-label="{escape(said)}" width="{DOTS_PER_INCH * width:g}" '
            f'height="{DOTS_PER_INCH * height:g}">{self._inner(out.getvalue())}'
        )

    def _inner(self, drawn: str) -> str:
        """Return what stands in the SVG, in the page's letters and colours."""
        inner = re.sub(r"^<svg[^>]*>", "", drawn[drawn.index("<svg") :])
        inner = re.sub(r"<metadata>.*?</metadata>", "", inner, count=1, flags=re.DOTALL)
        inner = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", inner, count=1, flags=re.DOTALL)
        own = f"f{next(self._number)}-"
        return TAG.sub(lambda found: _of_page(found[0], own), inner)


def _of_page(tag: str, own: str) -> str:
    """Return a tag of matplotlib's in the page's fonts and colours, its name beginning with own."""
    tag = re.sub(r'^<g id="[^"]*"', "<g", tag)  # nothing refers to a group
    tag = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{own}", tag).replace("xlink:", "")
    tag = re.sub(r"font-family: [^;\"]*;? ?", "", tag)
    return COLOUR.sub(lambda found: f"var({NAMES[found[0]]})", tag)
