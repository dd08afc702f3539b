"""Decision boundaries of a classifier of two features."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from badak._common.language import message
from badak._common.samples import check_samples
from badak.errors import InputError
from badak.layers.model import Model
from badak.perceptron import Perceptron
from badak.pictures.canvas import WIDTH, Canvas, canvas
from badak.pictures.labels import class_numbers
from badak.pictures.registry import PICTURES
from badak.typing import Array, ArrayLike

GRID = 500  # points along each axis
MARGIN = 0.15  # around the data, as a share of their extent
MARKERS = "osD^vPX"
MOST_CLASSES = len(MARKERS)
PALEST, FULLEST = 0.12, 0.6  # of a class's colour, where the network is least and most sure


@PICTURES.enter(name="boundary")
def boundary(
    model: Model,
    x: ArrayLike,
    y: ArrayLike,
    *,
    class_names: Sequence[str] | None = None,
    features: tuple[str, str] = ("x1", "x2"),
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw which class a model answers at each point of the plane, with samples over it.

    Each class has a colour, fuller the more confident the network is (softmax, or one sigmoid
    unit). A line marks where the answer changes.

    Parameters
    ----------
    model : Sequential, Perceptron or callable
        A classifier of two features: a network, a :class:`badak.Perceptron`, or a function from
        points (n, 2) to class numbers (n,).
    x : array-like, (samples, 2)
        The samples to draw, which also set the part of the plane that is shown.
    y : array-like, (samples,), (samples, 1) or (samples, classes)
        Their classes, at most seven: class numbers, -1 and 1, or one-hot rows.
    class_names : sequence of str, optional
        The names of the classes; the model's own by default, else their numbers.
    features : (str, str), default ("x1", "x2")
        The names of the two axes.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        A model that does not take two features, or more than seven classes.

    Examples
    --------
    >>> from badak import Perceptron
    >>> corners = [[0, 0], [1, 0], [0, 1], [1, 1]]
    >>> figure = boundary(Perceptron.AND(), corners, [0, 0, 0, 1])
    >>> len(figure.axes[0].collections) > 2
    True
    """
    samples = check_samples(x, (2,))
    ask = _asked(model)
    labels = class_numbers(y, len(samples), signs=True)
    low, high = samples.min(axis=0).astype(float), samples.max(axis=0).astype(float)
    extent = np.where(high > low, high - low, 1.0)
    low, high = low - MARGIN * extent, high + MARGIN * extent
    axes = np.linspace(low[0], high[0], GRID), np.linspace(low[1], high[1], GRID)
    plane = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    said, sure = ask(plane)
    if said.shape != (len(plane),):
        raise InputError(
            message(
                "the model answers {count} points with shape {shape}",
                count=len(plane),
                shape=said.shape,
            )
        )
    classes = int(max(said.max(), labels.max())) + 1
    if said.min() < 0 or classes > MOST_CLASSES:
        raise InputError(
            message(
                "classes are 0 to at most {most_classes}, but there are others",
                most_classes=MOST_CLASSES - 1,
            )
        )
    names = _names(class_names or getattr(model, "class_names", None), classes)
    with canvas(
        ax, theme=theme, language=language, size=(WIDTH, 5.6), pixels=size, dpi=dpi, save=save
    ) as c:
        box = (low[0], high[0], low[1], high[1])
        _paint(c, said.reshape(GRID, GRID), sure.reshape(GRID, GRID), axes, box)
        for label, name in enumerate(c.names(names, 20)):
            of_class = samples[labels == label]
            c.ax.scatter(
                of_class[:, 0],
                of_class[:, 1],
                s=34.0 if len(samples) <= 300 else 16.0,
                marker=MARKERS[label],
                color=c.theme.series[label],
                edgecolors=c.theme.ink,
                linewidths=0.7,
                label=name,
            )
        c.ax.grid(visible=False)
        c.ax.set_xlim(low[0], high[0])
        c.ax.set_ylim(low[1], high[1])
        first, second = c.names(features, 30)
        c.ax.set_xlabel(first)
        c.ax.set_ylabel(second)
        c.legend_below(columns=4)
        right = float(np.mean(ask(samples)[0] == labels))
        c.title(title, f"Decision boundary, {right:.1%} right", f"결정 경계, 정확도 {right:.1%}")
    return c.figure


Asked = Callable[[Array], tuple[Array, Array]]


def _asked(model: Model) -> Asked:
    """Return a function from points to the classes said and how sure that is, 0 to 1."""
    if hasattr(model, "classify") and hasattr(model, "layers"):
        if model.built and model.input_shape != (2,):
            raise InputError(
                message(
                    "a boundary is drawn in the plane of two features, but the network takes "
                    "{input_shape}",
                    input_shape=model.input_shape,
                )
            )
        return lambda points: _of_network(model, points)
    if isinstance(model, Perceptron):
        if len(model.weights) != 2:
            raise InputError(
                message(
                    "the perceptron has {count} weights, but a plane two", count=len(model.weights)
                )
            )
    elif not callable(model):
        raise InputError(
            message(
                "a network, a Perceptron or a function of points is asked, not {model!r}",
                model=model,
            )
        )
    return lambda points: (np.asarray(model(points)), np.ones(len(points)))


def _of_network(model: Model, points: Array) -> tuple[Array, Array]:
    said, outputs = model.classify(points), model.predict(points)
    activation = model.layers[-1].activation
    called = None if activation is None else activation.name
    if called == "softmax":
        least = 1.0 / outputs.shape[1]
        return said, (outputs.max(axis=1) - least) / (1.0 - least)
    if called == "sigmoid" and outputs.shape[1] == 1:
        return said, np.abs(2.0 * outputs[:, 0] - 1.0)
    return said, np.ones(len(points))


def _paint(c: Canvas, said: Array, sure: Array, axes: tuple[Array, Array], box: Any) -> None:
    ground = np.array(to_rgb(c.theme.ground))
    series = np.array([to_rgb(colour) for colour in c.theme.series])[said]  # (GRID, GRID, 3)
    share = (PALEST + (FULLEST - PALEST) * np.clip(sure, 0.0, 1.0))[..., np.newaxis]
    image = share * series + (1.0 - share) * ground
    c.ax.imshow(image, extent=box, origin="lower", aspect="auto", interpolation="nearest")
    for label in range(int(said.max()) + 1):
        if (said == label).any() and (said != label).any():
            inside = (said == label).astype(float)
            c.ax.contour(*axes, inside, [0.5], colors=[c.theme.ink], linewidths=1.2)


def _names(names: Sequence[str] | None, classes: int) -> list[str]:
    known = [] if names is None else [str(name) for name in names]
    return [known[i] if i < len(known) else str(i) for i in range(classes)]
