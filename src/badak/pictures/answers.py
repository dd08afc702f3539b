"""A network's answers: the confusion matrix, and the images that it classified wrongly."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from badak._common.language import message
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.metrics import confusion_matrix
from badak.pictures.canvas import WIDTH, Canvas, canvas
from badak.pictures.grid import Layout, as_images, tiles
from badak.pictures.labels import class_numbers
from badak.pictures.registry import PICTURES
from badak.typing import Array, ArrayLike

if TYPE_CHECKING:
    from badak.network.sequential import Sequential

MOST_COUNTED = 30  # classes; of more, the counts would be too small to read
MOST_NAMED = 40  # classes whose names find room; of more, some are numbered


@PICTURES.enter(name="confusion")
def confusion(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    class_names: Sequence[str] | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw a confusion matrix: how often each true class (a row) was classified as each (a column).

    Right answers are blue, wrong ones orange. The colour is fuller the larger the share of the true
    class, so that few mistakes among many right answers are seen as well.

    Parameters
    ----------
    y_true : array-like, (samples,), (samples, 1) or (samples, classes)
        The true classes: class numbers, one-hot rows, or scores.
    y_pred : array-like, (samples,), (samples, 1) or (samples, classes)
        The predicted classes, in any of the same forms.
    class_names : sequence of str, optional
        The names of the classes; their numbers by default.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        Arrays that :func:`badak.metrics.confusion_matrix` does not take, or a model.

    Examples
    --------
    >>> figure = confusion([0, 1, 1, 2], [0, 1, 2, 2], ["cat", "dog", "owl"])
    >>> figure.axes[0].get_title()
    'Confusion: 3 of 4 right, 75.0%'
    """
    if hasattr(y_true, "classify") or hasattr(y_pred, "classify"):
        raise InputError(
            message(
                "a confusion is drawn of the true classes and of those that a model answers: "
                "pictures.confusion(y, model.classify(x), model.class_names)"
            )
        )
    counts = confusion_matrix(y_true, y_pred, None if class_names is None else len(class_names))
    classes = len(counts)
    names = [str(i) for i in range(classes)] if class_names is None else list(class_names)
    height = WIDTH * (0.8 if classes <= 12 else 0.95)
    with canvas(
        ax, theme=theme, language=language, size=(WIDTH, height), pixels=size, dpi=dpi, save=save
    ) as c:
        shades = _paint(c, counts)
        if classes <= MOST_COUNTED:
            _write_counts(c, counts, shades)
        _name_classes(c, names)
        right, total = int(counts.trace()), int(counts.sum())
        c.title(
            title,
            f"Confusion: {right:,} of {total:,} right, {right / total:.1%}",
            f"혼동 행렬: {total:,}개 중 {right:,}개 정답, {right / total:.1%}",
        )
    return c.figure


def _paint(c: Canvas, counts: Array) -> Array:
    """Draw the cells; return their colours, (true, answered, 4)."""
    of_class = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    share = counts / of_class  # (true, answered)
    wrong = share * (1.0 - np.eye(len(counts)))
    colours = np.array(_towards(c, 1)(np.sqrt(wrong / max(wrong.max(), 1e-12))))
    places = np.arange(len(counts))
    colours[places, places] = _towards(c, 0)(share.diagonal())
    colours[counts == 0] = (*to_rgb(c.theme.ground), 1.0)
    c.ax.imshow(colours, interpolation="nearest")
    c.ax.grid(visible=False)
    for spine in c.ax.spines.values():
        spine.set_visible(True)
    c.ax.set_xlabel(c.say("taken for", "예측"))
    c.ax.set_ylabel(c.say("true class", "정답"))
    return colours


def _towards(c: Canvas, place: int) -> Colormap:
    """Colours from pale to full; the palest still differs from the background."""
    ground, full = np.array(to_rgb(c.theme.ground)), np.array(to_rgb(c.theme.series[place]))
    return LinearSegmentedColormap.from_list("badak", [0.85 * ground + 0.15 * full, full])


def _write_counts(c: Canvas, counts: Array, shades: Array) -> None:
    cell = min(c.dots) / len(counts)
    digits = max(len(str(counts.max())), 2)
    size = min(12.0, 0.72 * cell * 0.8 / (0.64 * digits), 0.72 * cell * 0.6)
    for (true, answer), count in np.ndenumerate(counts):
        if count:
            dark = float(np.dot(shades[true, answer, :3], (0.299, 0.587, 0.114))) < 0.55
            colour = "#ffffff" if dark else "#16191d"
            c.ax.text(
                answer, true, str(count), fontsize=size, color=colour, ha="center", va="center"
            )


def _name_classes(c: Canvas, names: Sequence[str]) -> None:
    step = max(1, -(-len(names) // MOST_NAMED))
    places = list(range(0, len(names), step))
    texts = [text for i, text in enumerate(c.names(names, 14)) if i % step == 0]
    size = 10.0 if len(names) <= 20 else 8.0
    upright = max(map(len, texts)) * size > 0.9 * min(c.dots) / len(places)
    c.ax.set_xticks(places, texts, fontsize=size, rotation=90.0 if upright else 0.0)
    c.ax.set_yticks(places, texts, fontsize=size)
    c.ax.tick_params(length=0.0)


@PICTURES.enter(name="misclassified")
def misclassified(
    model: "Sequential",
    x: ArrayLike,
    y: ArrayLike,
    *,
    class_names: Sequence[str] | None = None,
    count: int = 24,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw the images that a network classifies wrongly, the most confident mistake first.

    Under each image stand its class, the network's answer, and the probability of that answer.

    Parameters
    ----------
    model : Sequential
        A network that gives probabilities of classes: its output is softmax, or one sigmoid unit.
    x : array-like, (samples, height, width), (samples, height, width, 3) or (samples, pixels)
        The images, as the network takes them.
    y : array-like, (samples,), (samples, 1) or (samples, classes)
        Their classes: class numbers or one-hot rows.
    class_names : sequence of str, optional
        The names of the classes; the model's own by default, else their numbers.
    count : int, default 24
        How many images to draw at most.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        A network that gives no probabilities, samples that are no images, or classes that the
        network does not have.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((8, 8)), layers.Flatten(), layers.Dense(3, "softmax")])
    >>> eight = np.random.default_rng(0).uniform(size=(8, 8, 8))
    >>> figure = misclassified(model, eight, [0, 1, 2, 0, 1, 2, 0, 1])
    >>> figure.axes[0].get_title().split(" of ")[1]
    '8 images wrong'
    """
    check_whole(count, "count")
    said, sure = _answers(model, x)
    true, classes = class_numbers(y, len(said)), max(model.output_shape[0], 2)
    if true.max() >= classes:
        raise InputError(
            message(
                "y holds class {true}, but the network knows {classes} classes, 0 to {classes_2}",
                true=true.max(),
                classes=classes,
                classes_2=classes - 1,
            )
        )
    pictures = as_images(x)
    names = class_names or model.class_names or range(int(max(true.max(), said.max())) + 1)
    wrong = np.flatnonzero(said != true)
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
    shown = wrong[:count]
    named = [str(name) for name in names]
    columns = 8 if max(map(len, named)) <= 5 else 6
    layout = Layout(max(len(shown), 1), columns, pictures.shape[1:3], lines=3)
    with canvas(
        ax, theme=theme, language=language, size=layout.size, pixels=size, dpi=dpi, save=save
    ) as c:
        short = c.names(named, layout.longest - 5)
        words = c.say("true", "정답"), c.say("said", "답")
        under = [
            f"{words[0]} {short[true[i]]}\n{words[1]} {short[said[i]]}\n{sure[i]:.1%}"
            for i in shown
        ]
        if len(shown):
            tiles(c, pictures[shown], layout, under)
        else:
            c.ax.set_axis_off()
            none = c.say("no mistakes", "틀린 이미지가 없다")
            c.ax.text(0.5, 0.5, none, ha="center", va="center", transform=c.ax.transAxes)
        some = len(shown) < len(wrong)
        c.title(
            title,
            f"{len(wrong):,} of {len(true):,} images wrong"
            + (f", the {len(shown)} surest" if some else "") * bool(len(wrong)),
            f"이미지 {len(true):,}장 중 {len(wrong):,}장 오답"
            + (f", 가장 확신한 {len(shown)}장" if some else "") * bool(len(wrong)),
        )
    return c.figure


def _answers(model: "Sequential", x: ArrayLike) -> tuple[Array, Array]:
    """Return the predicted classes (n,) and their probabilities."""
    output = model.layers[-1].activation if model.layers else None
    called = None if output is None else output.name
    units = model.output_shape[0]
    if not (called == "softmax" or (called == "sigmoid" and units == 1)):
        raise InputError(
            message(
                "the network ends in {called} of {units} units, which gives no probabilities of "
                "classes: end with softmax, or with one sigmoid unit",
                called=called or message("a layer without activation"),
                units=units,
            )
        )
    outputs = model.predict(x)
    said = model.classify(x)
    if units == 1:
        return said, np.where(said == 1, outputs[:, 0], 1.0 - outputs[:, 0])
    return said, outputs[np.arange(len(said)), said]
