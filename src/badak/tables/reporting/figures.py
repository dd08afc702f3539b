"""The figures of a report, each of which fits a telephone's width and takes its place in a grid."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from badak.diagnostics.bootstrap import Interval
from badak.diagnostics.calibration import Calibration
from badak.metrics.ranking import over_thresholds
from badak.pictures.canvas import Canvas
from badak.typing import Array

SIZE = 4.2, 3.2  # inches of 100 dots
TALL = 4.2, 3.6
MOST_POINTS = 1500
BINS_OF_ANSWERS = 10
LARGE, LARGEST = 1e4, 1e12  # between them numbers have commas


def intervals(c: Canvas, names: Sequence[str], found: Sequence[Interval], label: str) -> None:
    """Draw a score of several models with its interval, the first model at the top."""
    places = np.arange(len(names))[::-1]
    for place, name, each in zip(places, names, found, strict=True):
        first = place == places[0]
        colour = c.theme.series[0] if first else c.theme.series[6]
        c.ax.plot([each.low, each.high], [place, place], color=colour, linewidth=3.0)
        c.ax.plot([each.value], [place], "D" if first else "o", color=colour, markersize=7.0)
        c.ax.text(each.value, place + 0.18, name, ha="center", va="bottom", fontsize=9.5)
    _room_for_names(c, found)
    c.ax.set_ylim(-0.6, len(names) - 0.2)
    c.ax.set_yticks([])
    c.ax.set_xlabel(label)
    _few_ticks(c)


def _room_for_names(c: Canvas, found: Sequence[Interval]) -> None:
    low = min(np.nanmin([each.low, each.value]) for each in found)
    high = max(np.nanmax([each.high, each.value]) for each in found)
    room = 0.25 * (high - low) or 1.0
    c.ax.set_xlim(low - room, high + room)


def reliability(c: Canvas, found: Calibration, label: str) -> None:
    """Draw what was said against what happened, and how many rows each point is of."""
    above = c.within(c.ax.inset_axes((0.0, 0.36, 1.0, 0.64)))
    below = c.within(c.ax.inset_axes((0.0, 0.0, 1.0, 0.24)))
    c.ax.set_axis_off()
    there = found.counts > 0
    said, share = found.said[there], found.happened[there]
    above.ax.plot([0.0, 1.0], [0.0, 1.0], color=c.theme.series[6], linestyle="--", linewidth=1.2)
    spread = np.maximum([share - found.low[there], found.high[there] - share], 0.0)
    above.ax.errorbar(
        said, share, spread, fmt="o-", color=c.theme.series[0], elinewidth=1.5, markersize=5.0
    )
    above.ax.set_ylabel(c.say("observed share", "실제 비율"))
    above.ax.set_xlim(-0.02, 1.02)
    above.ax.set_ylim(-0.04, 1.04)
    above.ax.tick_params(labelbottom=False)
    edges = np.linspace(0.0, 1.0, len(found.counts) + 1)
    below.ax.bar(
        edges[:-1], found.counts, np.diff(edges), align="edge", color=c.theme.series[0],
        edgecolor=c.theme.ground,
    )  # fmt: skip
    below.ax.set_xlim(-0.02, 1.02)
    below.ax.set_ylabel(c.say("rows", "행"))
    below.ax.yaxis.set_major_locator(MaxNLocator(2, integer=True))
    below.ax.set_xlabel(label)


def roc(c: Canvas, yes: Array, scores: Array, threshold: float) -> None:
    """Draw the share of yeses found against that of noes taken for yes; a dot at the threshold."""
    tp, fp = over_thresholds(yes, scores, np.ones(len(yes)))
    c.ax.plot([0.0, 1.0], [0.0, 1.0], color=c.theme.series[6], linestyle="--", linewidth=1.2)
    c.ax.plot(fp / fp[-1], tp / tp[-1], color=c.theme.series[0])
    said = scores >= threshold
    at = (said & ~yes).sum() / fp[-1], (said & yes).sum() / tp[-1]
    c.ax.plot(*at, "o", color=c.theme.series[1], markersize=7.0)
    c.ax.set_xlabel(c.say("false positives, of all noes", "거짓 양성 비율"))
    c.ax.set_ylabel(c.say("found, of all yeses", "참 양성 비율"))
    _unit_square(c)


def precision_recall(c: Canvas, yes: Array, scores: Array, threshold: float) -> None:
    """Draw the precision against the recall, in steps; the dot is at the threshold."""
    tp, fp = over_thresholds(yes, scores, np.ones(len(yes)))
    recall, precision = tp[1:] / tp[-1], tp[1:] / (tp[1:] + fp[1:])
    c.ax.axhline(yes.mean(), color=c.theme.series[6], linestyle="--", linewidth=1.2)
    steps = np.append(0.0, recall), np.append(precision[:1], precision)
    c.ax.plot(*steps, drawstyle="steps-pre", color=c.theme.series[0])
    said = scores >= threshold
    if said.any():
        found = (said & yes).sum()
        at = found / tp[-1], found / said.sum()
        c.ax.plot(*at, "o", color=c.theme.series[1], markersize=7.0)
    c.ax.set_xlabel(c.say("recall", "재현율"))
    c.ax.set_ylabel(c.say("precision", "정밀도"))
    _unit_square(c)


def _unit_square(c: Canvas) -> None:
    c.ax.set_xlim(-0.02, 1.02)
    c.ax.set_ylim(-0.02, 1.04)


def residuals(c: Canvas, answers: Array, errors: Array, label: str, seed: int) -> None:
    """Draw truth less answer against the answer, with median and middle 80% of each tenth."""
    shown = np.arange(len(answers))
    if len(shown) > MOST_POINTS:
        shown = np.sort(np.random.default_rng(seed).choice(shown, MOST_POINTS, replace=False))
    c.ax.axhline(0.0, color=c.theme.series[6], linestyle="--", linewidth=1.2)
    c.ax.plot(
        answers[shown], errors[shown], ".", color=c.theme.series[0], markersize=3.0, alpha=0.45
    )
    order = np.argsort(answers, kind="stable")
    parts = [part for part in np.array_split(order, BINS_OF_ANSWERS) if len(part) >= 5]
    if len(parts) > 1:
        at = [float(np.median(answers[part])) for part in parts]
        low, middle, high = np.array([np.quantile(errors[p], [0.1, 0.5, 0.9]) for p in parts]).T
        c.ax.plot(at, middle, color=c.theme.series[1])
        for bound in (low, high):
            c.ax.plot(at, bound, color=c.theme.series[1], linestyle="--", linewidth=1.3)
    c.ax.set_xlabel(label)
    c.ax.set_ylabel(c.say("truth − answer", "실제 − 예측"))
    _few_ticks(c)
    _grouped(c.ax.yaxis)


def distribution(c: Canvas, errors: Array) -> None:
    """Draw how often residuals of each size come, the outermost hundredth of each side cut off."""
    low, high = np.quantile(errors, [0.01, 0.99])
    if low == high:
        low, high = low - 1.0, high + 1.0
    bins = int(np.clip(np.sqrt(len(errors)), 8, 40))
    counts, edges = np.histogram(np.clip(errors, low, high), bins, (low, high))
    c.ax.bar(
        edges[:-1], counts, np.diff(edges), align="edge", color=c.theme.series[0],
        edgecolor=c.theme.ground, linewidth=0.5,
    )  # fmt: skip
    c.ax.axvline(0.0, color=c.theme.ink, linewidth=1.2)
    c.ax.axvline(float(np.mean(errors)), color=c.theme.series[1], linestyle="--", linewidth=1.6)
    c.ax.set_xlabel(c.say("truth − answer", "실제 − 예측"))
    c.ax.set_ylabel(c.say("rows", "행"))
    c.ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    _few_ticks(c)


def _few_ticks(c: Canvas) -> None:
    many_digits = max(map(abs, c.ax.get_xlim())) >= 100.0 * LARGE
    c.ax.xaxis.set_major_locator(MaxNLocator(3 if many_digits else 5))
    _grouped(c.ax.xaxis)


def _grouped(axis: Axis) -> None:
    """Write large numbers with commas, as the page does."""
    low, high = axis.get_view_interval()
    if LARGE <= max(abs(low), abs(high)) < LARGEST:
        axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
