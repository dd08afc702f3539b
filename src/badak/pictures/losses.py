"""Graphs of losses and their derivatives over the prediction."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from badak import losses
from badak._common.language import message
from badak._common.validation import FINITE
from badak.errors import InputError
from badak.losses import Loss, check_targets
from badak.pictures.canvas import Canvas, canvas
from badak.pictures.formulas import draw, mathtext, show_most, traced
from badak.pictures.registry import PICTURES
from badak.typing import Array

REACH = 3.0  # how far from the target predictions are drawn
LOGITS = 6.0
LEAST, MOST = 0.001, 0.999  # probabilities drawn: the logarithm diverges beyond


@PICTURES.enter(name="loss")
def loss(
    *names: Any,
    slopes: bool = True,
    target: float = 1.0,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw losses as functions of the prediction: one with its derivative, or several together.

    Losses of numbers are drawn over the prediction for one target; those of classes over the
    probability of the right class; the hinge of classes over its score; the cosine over the first
    number of a pair. The derivatives of several are drawn in a second panel.

    Parameters
    ----------
    *names : str or Loss
        What to draw: names in any spelling, configurations, or losses. Of several, all must be
        drawn over the same kind of prediction.
    slopes : bool, default True
        Whether to draw the derivatives too.
    target : float, default 1
        The target; losses of whole rows take none.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        Nothing to draw, a target that a loss does not take, or losses of different kinds of
        prediction.
    UnknownNameError
        No loss has that name; the message suggests the nearest one.

    Examples
    --------
    >>> figure = loss("mse", "mae", "huber", slopes=False)
    >>> figure.axes[0].get_xlabel()
    'prediction y, where the target is 1'
    """
    chosen = [losses.get(name) for name in names]
    target = float(FINITE.check(target, "target"))
    if not chosen:
        raise InputError(message("no loss is named: give some, such as loss('mean_squared_error')"))
    sections = [_section(each, target) for each in chosen]
    for each, section in zip(chosen, sections, strict=True):
        if section.english != sections[0].english:
            raise InputError(
                message(
                    "{name} is drawn by {english}, but {name_2} by {english_2}: draw them apart",
                    name=chosen[0].name,
                    english=sections[0].english,
                    name_2=each.name,
                    english_2=section.english,
                )
            )
    with canvas(ax, theme=theme, language=language, pixels=size, dpi=dpi, save=save) as c:
        if slopes and len(chosen) > 1:
            left, right = (c.within(panel) for panel in c.panels(1, 2, gap=0.22))
            _draw(left, _value, chosen, sections)
            _draw(right, _slope, chosen, sections)
            handles, labels = left.ax.get_legend_handles_labels()
            c.legend_below(handles=handles, labels=labels)
        elif slopes:
            _draw_both(c, chosen[0], sections[0])
        else:
            _draw(c, _value, chosen, sections)
            c.legend_below()
        shown = ", ".join(each.name for each in chosen)
        both = slopes and len(chosen) == 1
        c.title(
            title,
            f"{shown} and its slope" if both else shown,
            f"{shown}: 손실과 기울기" if both else shown,
        )
    return c.figure


@dataclass(frozen=True)
class Section:
    """How a loss becomes a function of one number x, from `low` to `high`."""

    english: str
    korean: str
    low: float
    high: float
    others: tuple[float, ...] = ()
    """The other numbers in the row of predictions."""
    shares: bool = False
    """Whether the other number is 1 - x instead."""
    target: tuple[float, ...] = (1.0,)
    label: int | None = None
    """Used instead of the target if the loss takes labels."""

    def predictions(self, x: Array) -> Array:
        """Return the rows (points, units)."""
        others = [1.0 - x] if self.shares else [np.full_like(x, other) for other in self.others]
        return np.stack([x, *others], axis=-1)

    def targets(self, x: Array) -> Array:
        """Return the targets of as many rows."""
        if self.label is not None:
            return np.full(len(x), self.label)
        return np.tile(self.target, (len(x), 1))

    @property
    def direction(self) -> Array:
        """How the row moves with x, (units,)."""
        return np.array([1.0, -1.0] if self.shares else [1.0] + [0.0] * len(self.others))


def _section(loss: Loss, target: float) -> Section:
    if loss.targets in ("labels", "distribution") or loss.formula.over_units == "row":
        if target != 1.0:
            raise InputError(
                message(
                    "{name} is drawn for a whole row: leave out target={target:g}",
                    name=loss.name,
                    target=target,
                )
            )
        return _section_of_rows(loss)
    checked = check_targets(np.array([[target]]), loss.targets, 1, loss.name)
    t = float(checked[0, 0])
    if getattr(loss, "from_logits", False):
        words = f"logit x, where the target is {t:g}", f"로짓 x (정답 {t:g})"
        return Section(*words, -LOGITS, LOGITS, target=(t,))
    if loss.needs_probabilities:
        words = f"probability y, where the target is {t:g}", f"확률 y (정답 {t:g})"
        return Section(*(RIGHT if t == 1.0 else words), LEAST, MOST, target=(t,))
    low = max(t - REACH, 0.0) if loss.targets == "not_negative" else t - REACH
    words = f"prediction y, where the target is {t:g}", f"예측 y (정답 {t:g})"
    return Section(*words, low, t + REACH, target=(t,))


RIGHT = "probability y of the right class", "정답의 확률 y"


def _section_of_rows(loss: Loss) -> Section:
    label = 0 if loss.targets == "labels" else None
    if loss.targets == "values":  # the cosine
        words = "prediction (y, 1), where the target is (1, 1)", "예측 (y, 1) (정답 (1, 1))"
        return Section(*words, 1.0 - REACH, 1.0 + REACH, others=(1.0,), target=(1.0, 1.0))
    if loss.needs_probabilities and not getattr(loss, "from_logits", False):
        return Section(*RIGHT, LEAST, MOST, shares=True, target=(1.0, 0.0), label=label)
    words = "score of the right class, the other's being 0", "정답의 점수 (다른 클래스는 0)"
    return Section(*words, -LOGITS, LOGITS, others=(0.0,), target=(1.0, 0.0), label=label)


Curve = tuple[Array, Array]


def _value(loss: Loss, section: Section) -> Curve:
    def value(x: Array) -> Array:
        return loss.rows(section.predictions(x), section.targets(x))

    return traced(value, section.low, section.high)


def _slope(loss: Loss, section: Section) -> Curve:
    def slope(x: Array) -> Array:
        return loss.gradient(section.predictions(x), section.targets(x)) @ section.direction

    return traced(slope, section.low, section.high)


def _draw(
    c: Canvas,
    what: Callable[[Loss, Section], Curve],
    chosen: Sequence[Loss],
    sections: Sequence[Section],
) -> None:
    curves = [what(each, section) for each, section in zip(chosen, sections, strict=True)]
    for place, (each, curve) in enumerate(zip(chosen, curves, strict=True)):
        draw(c, curve, place, each.name)
    show_most(c, curves)
    c.ax.set_xlabel(c.say(sections[0].english, sections[0].korean))
    c.ax.set_ylabel(c.say("loss", "손실") if what is _value else c.say("slope", "기울기"))


def _draw_both(c: Canvas, loss: Loss, section: Section) -> None:
    formula = loss.formula
    value, slope = _value(loss, section), _slope(loss, section)
    draw(c, value, 0, mathtext(formula.latex) or loss.name)
    slope_latex = rf"\frac{{\partial L}}{{\partial y_k}} = {formula.slope_latex}"
    shown = mathtext(slope_latex) if formula.slope_latex else ""
    draw(c, slope, 1, shown or c.say("slope", "기울기"))
    show_most(c, [value, slope])
    c.ax.set_xlabel(c.say(section.english, section.korean))
    c.ax.set_ylabel(c.say("loss and slope", "손실과 기울기"))
    c.legend_below(columns=1)
