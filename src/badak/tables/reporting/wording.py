"""How a report says numbers, differences and models, and the parts that sections are made of."""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from badak._common.language import message, translated
from badak._common.page import Element, element
from badak.diagnostics.bootstrap import Interval, Resampled
from badak.pictures.canvas import Canvas
from badak.pictures.inline import InlineFigures
from badak.tables.measures import LOWER_IS_BETTER
from badak.tables.scores import in_units, shown, true_minus

GOOD, UNSURE, BAD = "good", "unsure", "bad"


class Section(NamedTuple):
    """A part of the page: what links call it, its heading, and all of it."""

    name: str
    title: str
    markup: Element


def section(name: str, title: str, parts: Iterable[Element]) -> Section:
    """Return a part of the page."""
    return Section(name, title, element("section", element("h2", title), *parts, id=name))


def note(said: str) -> Element:
    """Return a remark on a table or figure."""
    return element("p", said, class_="note")


def listed(points: Iterable[Element | str]) -> Element:
    """Return a list."""
    return element("ul", *(element("li", each) for each in points))


def score(measure: str, value: float) -> str:
    """Return a score as short as it can be read."""
    return "–" if math.isnan(value) else true_minus(shown(value, in_units(measure)))


def signed(measure: str, value: float) -> str:
    """Return a difference of scores, with its sign."""
    said = score(measure, value)
    return said if said.startswith(("−", "–")) else f"+{said}"


def interval(measure: str, found: Interval) -> str:
    """Return an interval: "16,555 to 25,168"."""
    if math.isnan(found.low):
        return "–"
    return message(
        "{low} to {high}", low=score(measure, found.low), high=score(measure, found.high)
    )


def score_cell(measure: str, found: Interval) -> Element:
    """Return a score with its interval under it."""
    return element(
        "span",
        element("b", score(measure, found.value)),
        element("span", interval(measure, found), class_="interval"),
        class_="score",
    )


def difference_cell(measure: str, found: Interval) -> Element:
    """Return a difference of scores with its interval under it."""
    return element(
        "span",
        signed(measure, found.value),
        element("span", interval(measure, found), class_="interval"),
        class_="score",
    )


def compared(mine: Resampled, other: Resampled, measure: str) -> int:
    """Return 1 where the first is better beyond chance, -1 where it is worse, else 0."""
    found = mine.less(other, measure)
    if not found.sure:
        return 0
    return 1 if (found.value < 0.0) == (measure in LOWER_IS_BETTER) else -1


def badge(kind: str, said: str) -> Element:
    """Return a word in a frame and a colour, which are not the only sign of it."""
    return element("span", said, class_=f"badge {kind}")


def verdict_badge(outcome: int) -> Element:
    """Return what a comparison says of the network."""
    return {
        1: badge(GOOD, message("the network is better")),
        0: badge(UNSURE, message("may be chance")),
        -1: badge(BAD, message("the network is worse")),
    }[outcome]


def model_name(name: str) -> str:
    """Return the name of a model in the language that is spoken."""
    return translated(name)


def share(value: float) -> str:
    """Return a share in percent.

    >>> share(0.123), share(0.00004)
    ('12.3%', '0.0%')
    """
    return f"{value:.1%}"


def amount(value: float) -> str:
    """Return an amount of the target's, with a true minus."""
    return "–" if math.isnan(value) else true_minus(shown(value, any_size=True))


def figure(
    figures: InlineFigures,
    drawn: Callable[[Canvas], object],
    size: tuple[float, float],
    said: str,
    caption: str = "",
) -> Element:
    """Return a figure with its caption; `said` tells those who cannot see it what it shows."""
    svg = Element(figures.svg(drawn, size, said))
    return element("figure", svg, *([element("figcaption", caption)] if caption else []))


def figures_in_grid(made: Iterable[Element]) -> Element:
    """Return figures side by side, as many as have room."""
    return element("div", *made, class_="grid")


def beside(*made: Element) -> Element:
    """Return parts side by side where there is room, else one under the other."""
    return element("div", *made, class_="beside")
