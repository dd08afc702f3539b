"""Training curves: the loss and the metrics of each epoch, of training and of validation."""

import csv
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from badak._common.language import message
from badak.errors import FileFormatError, InputError
from badak.metrics.registry import METRICS
from badak.pictures.canvas import HEIGHT, WIDTH, Canvas, canvas
from badak.pictures.registry import PICTURES
from badak.training.callbacks.history import History
from badak.typing import Array

DECADES = 100.0  # times the least value: from here on a curve is drawn on a logarithmic scale
VALIDATION = "val_"
RATE = "learning_rate"


@PICTURES.enter(name="history")
def history(
    run: Any,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw training curves: loss and metrics by epoch, with the best epoch of each marked.

    A loss that falls by a factor of 100 or more is drawn on a logarithmic scale.

    Parameters
    ----------
    run : History, Sequential, mapping, str or path
        What ``fit`` returned; a model that has been trained; lists of values by name, as
        ``history.history``; or a CSV file that :class:`~badak.callbacks.CSVLogger` or
        ``badak train`` wrote.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        A run without an epoch, or without a finite number.
    FileFormatError
        A file that is no such table.

    Examples
    --------
    >>> figure = history({"loss": [1.0, 0.5, 0.4], "val_loss": [1.1, 0.7, 0.8]})
    >>> figure.axes[0].get_legend().get_texts()[-1].get_text()
    'best: 0.7 (epoch 2)'
    """
    curves = _curves_of(run)
    groups = _groups(curves)
    columns = min(len(groups), 2)
    rows = math.ceil(len(groups) / columns)
    natural = (WIDTH, HEIGHT if rows == 1 else 3.9 * rows)
    with canvas(
        ax, theme=theme, language=language, size=natural, pixels=size, dpi=dpi, save=save
    ) as c:
        if len(groups) == 1:
            panels = [c]
        else:
            panels = [c.within(each) for each in c.panels(rows, columns, gap=0.2, gap_below=0.62)]
        for place, name in enumerate(groups):
            _draw(panels[place], curves, name, place)
        for unused in panels[len(groups) :]:
            unused.ax.set_visible(False)
        c.title(title, "Training", "학습 곡선")
    return c.figure


KOREAN = {"loss": "손실", "accuracy": "정확도", RATE: "학습률"}


@dataclass(frozen=True)
class Curves:
    """A run's numbers: the epochs, counted from 1, and each value by its name, NaN where none."""

    epochs: Array
    values: dict[str, Array]


def _groups(curves: Curves) -> list[str]:
    """Return the names without "val_", the loss first and the learning rate last."""
    names = dict.fromkeys(name.removeprefix(VALIDATION) for name in curves.values)
    return sorted(names, key=lambda name: (name == RATE) - (name == "loss"))


def _draw(c: Canvas, curves: Curves, name: str, place: int) -> None:
    colour = c.line(place)["color"]
    train, held_out = curves.values.get(name), curves.values.get(VALIDATION + name)
    if train is not None:
        _line(c, curves.epochs, train, color=colour, label=c.say("training", "학습"))
    if held_out is not None:
        pale = _between(colour, c.theme.ground)
        said = c.say("validation", "검증")
        _line(c, curves.epochs, held_out, color=pale, linestyle="--", label=said)
    watched = train if held_out is None or not np.isfinite(held_out).any() else held_out
    better = _better(name)
    if better is not None and watched is not None:
        _mark_best(c, curves.epochs, watched, better == "max")
    if better != "max":
        _scale(c, [each for each in (train, held_out) if each is not None])
    if len(curves.epochs) == 1:
        c.ax.set_xlim(curves.epochs[0] - 0.5, curves.epochs[0] + 0.5)
    c.ax.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    c.ax.set_xlabel(c.say("epoch", "에폭"))
    c.ax.set_ylabel(c.say(name, KOREAN.get(name, name)))
    c.legend_below(columns=2)


def _line(c: Canvas, epochs: Array, values: Array, **style: Any) -> None:
    there = np.isfinite(values)
    alone = "o" if there.sum() == 1 else ""  # a line of one point would not be seen
    c.ax.plot(epochs[there], values[there], marker=alone, **style)


def _better(name: str) -> str | None:
    """Return "min" or "max", whichever is better, or None where only its maker knows."""
    if name == "loss":
        return "min"
    return getattr(METRICS[name], "mode", None) if name in METRICS else None


def _mark_best(c: Canvas, epochs: Array, values: Array, rises: bool) -> None:
    if not np.isfinite(values).any():
        return
    best = int(np.nanargmax(values) if rises else np.nanargmin(values))
    epoch, value = int(epochs[best]), float(values[best])
    c.ax.plot(
        [epoch],
        [value],
        marker="o",
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=c.theme.ink,
        linestyle="none",
        label=c.say(
            f"best: {value:.4g} (epoch {epoch})",
            f"{'최고' if rises else '최저'}: {value:.4g} (에폭 {epoch})",
        ),
    )


def _scale(c: Canvas, lines: Sequence[Array]) -> None:
    values = np.concatenate(lines)
    values = values[np.isfinite(values)]
    if len(values) and 0.0 < DECADES * values.min() <= values.max():
        c.ax.set_yscale("log")


def _between(colour: str, ground: str) -> tuple[float, ...]:
    """Return a paler colour of the same family."""
    return tuple(0.62 * np.array(to_rgb(colour)) + 0.38 * np.array(to_rgb(ground)))


def _curves_of(run: Any) -> Curves:
    if isinstance(run, str | os.PathLike):
        curves = read_csv(run)
    elif isinstance(run, Mapping):
        curves = _from_lists(run, None)
    else:
        found = getattr(run, "history", None)
        kept = found if isinstance(found, History) else run
        if not isinstance(kept, History):
            raise InputError(
                message(
                    "there is no history in {run!r}: give what fit returned, a model that has "
                    "been trained, or a CSV file of a run",
                    run=run,
                )
            )
        by_epoch = {
            name: kept.by_epoch(name) if name in kept.epochs else values
            for name, values in kept.history.items()
        }
        curves = _from_lists(by_epoch, kept.epoch)
    if not len(curves.epochs):
        raise InputError(message("the run has no epoch yet, so there is nothing to draw"))
    values = {name: v for name, v in curves.values.items() if np.isfinite(v).any()}
    if not values:
        raise InputError(message("the run holds no finite number to draw"))
    return Curves(curves.epochs, values)


def _from_lists(lists: Mapping[str, Any], epochs: Sequence[int] | None) -> Curves:
    values = {}
    for name, numbers in lists.items():
        try:
            values[str(name)] = np.array(numbers, dtype=np.float64)
        except (TypeError, ValueError):
            raise InputError(
                message("{name!r} of the history is not a list of numbers", name=name)
            ) from None
        if values[str(name)].ndim != 1:
            raise InputError(message("{name!r} of the history is not a list of numbers", name=name))
    count = max([len(v) for v in values.values()] or [0]) if epochs is None else len(epochs)
    numbers = np.arange(count) if epochs is None else np.array(epochs, dtype=np.int64)
    return Curves(numbers + 1, {name: _spread(v, numbers, name) for name, v in values.items()})


def _spread(values: Array, epochs: Array, name: str) -> Array:
    """Return one value an epoch: shorter lists are of every k-th epoch, as ``validation_freq``."""
    for every in range(1, len(epochs) + 1):
        there = (epochs + 1) % every == 0
        if there.sum() == len(values):
            spread = np.full(len(epochs), np.nan)
            spread[there] = values
            return spread
    raise InputError(
        message(
            "{name!r} has {count} values for {count_2} epochs",
            name=name,
            count=len(values),
            count_2=len(epochs),
        )
    )


def read_csv(path: str | os.PathLike[str]) -> Curves:
    """Return what CSVLogger wrote; FileFormatError where it is no such table."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FileFormatError(
            message("{path} is no text, but a history is a CSV file", path=os.fspath(path))
        ) from None
    if not text.startswith("epoch"):
        raise FileFormatError(
            message(
                "{path} does not begin with a column 'epoch', as the CSV files of CSVLogger and "
                "`badak train` do",
                path=os.fspath(path),
            )
        )
    separator = text[len("epoch") : len("epoch") + 1].strip("\r\n") or ","
    header, *rows = csv.reader(text.splitlines(), delimiter=separator)
    table = [row for row in rows if row]
    try:
        numbers = np.array([[float(cell or "nan") for cell in row] for row in table])
        numbers = numbers.reshape(len(table), len(header))
    except ValueError as error:
        raise FileFormatError(
            message("{path} is not a whole table: {error}", path=os.fspath(path), error=error)
        ) from None
    epochs = numbers[:, 0] + 1.0
    if not (np.diff(epochs) > 0.0).all():  # several runs one after another
        epochs = np.arange(1.0, len(epochs) + 1.0)
    return Curves(epochs, {name: numbers[:, i] for i, name in enumerate(header) if i})
