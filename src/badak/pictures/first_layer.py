"""The weights of a layer: as images where its inputs are pixels, else as a heat map."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from badak._common.language import message
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.pictures.canvas import HEIGHT, WIDTH, Canvas, canvas
from badak.pictures.grid import Layout, square_side, tiles
from badak.pictures.registry import PICTURES
from badak.typing import Array, Shape

if TYPE_CHECKING:
    from badak.network.sequential import Sequential

LEAST_IMAGE = 64  # flat inputs taken for a square image; fewer are likely a table
MANY, NEARLY_ALL = 1000, 0.998  # weights; their few largest would make the rest pale
MOST_NAMED = 50  # inputs
MOST_VALUES = 80  # weights that are written into their cells


@PICTURES.enter(name="weights")
def weights(
    model: "Sequential",
    layer: int | str | None = None,
    *,
    image_shape: tuple[int, int] | None = None,
    inputs: Sequence[str] | None = None,
    count: int = 40,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw the weights of a layer: as images where its inputs are pixels, else as a heat map.

    As images, there is one for each unit. Negative weights are blue, positive ones orange, all on
    one scale; of more than a thousand weights, the largest 0.2 % do not count for it.

    Parameters
    ----------
    model : Sequential
        The network.
    layer : int or str, optional
        The place or the name of the layer; the first layer with a kernel by default.
    image_shape : (int, int), optional
        Height and width of the images that the layer's inputs are; by default that of the network's
        input, or a square where there are 64 inputs or more.
    inputs : sequence of str, optional
        The names of the layer's inputs, which are then no pixels.
    count : int, default 40
        How many units to draw at most, as images.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        A layer without a kernel; an `image_shape` of another size than its inputs, or names that
        are not as many.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((28, 28)), layers.Flatten(), layers.Dense(5)])
    >>> figure = weights(model)
    >>> len(figure.axes[0].images), figure.axes[0].images[0].get_array().shape
    (5, (28, 28))
    """
    place = _place(model, layer)
    kernel = np.asarray(model.layers[place].weights["kernel"])  # (inputs, units)
    names, (features, units) = inputs, kernel.shape
    name = str(model.layers[place].name)
    shape = None
    if names is None or image_shape is not None:
        shape = _pixels(model.shapes[: place + 1], features, image_shape)
    elif len(names) != features:
        raise InputError(
            message(
                "the layer has {features} inputs, but {count} names",
                features=features,
                count=len(names),
            )
        )
    largest = float(np.abs(kernel).max()) or 1.0
    limit = _limit(kernel) or largest
    norm = Normalize(-limit, limit)
    if shape is None:
        natural = (WIDTH, HEIGHT)
    else:
        shown = min(check_whole(count, "count"), units)
        layout = Layout(shown, 8 if shown <= 40 else 10, shape, lines=0, share=0.86)
        natural = layout.size
    with canvas(
        ax, theme=theme, language=language, size=natural, pixels=size, dpi=dpi, save=save
    ) as c:
        if shape is None:
            _heat_map(c, kernel, norm, names)
            c.title(title, f"Weights of {name}", f"{name}의 가중치")
        else:
            pictures = kernel.T[:shown].reshape(shown, *shape)
            tiles(c, pictures, layout, norm=norm, colours=c.theme.diverging)
            of = f"first {shown} of {units}" if shown < units else f"{units}"
            of_korean = f"{units}개 중 처음 {shown}개" if shown < units else f"{units}개"
            c.title(
                title,
                f"Weights of {name}, {of} units",
                f"{name}의 가중치: 뉴런 {of_korean}",
            )
        beyond = "both" if limit < largest else "neither"
        bar = c.figure.colorbar(c.ax.images[0], ax=c.ax, fraction=0.04, pad=0.02, extend=beyond)
        bar.outline.set_visible(False)
    return c.figure


def _place(model: "Sequential", layer: int | str | None) -> int:
    """Return the index of the layer asked for, which has a kernel."""
    model.shapes  # noqa: B018  # raises if the network is not built
    having = [i for i, each in enumerate(model.layers) if "kernel" in each.weights]
    if layer is None and having:
        return having[0]
    if not having:
        raise InputError(
            message(
                "none of the network's layers has a kernel of its own to draw: {kinds}; those of "
                "an Ensemble are in its members, those of a SharedEnsemble in its layers",
                kinds=", ".join(type(each).__name__ for each in model.layers),
            )
        )
    names = [each.name for each in model.layers]
    known = ", ".join(str(names[i]) for i in having)
    if isinstance(layer, str) and layer in names:
        layer = names.index(layer)
    if isinstance(layer, int) and -len(names) <= layer < len(names):
        layer %= len(names)
        if layer in having:
            return layer
    raise InputError(
        message(
            "the network has no layer {layer!r} with a kernel; with one are: {known}",
            layer=layer,
            known=known,
        )
    )


def _pixels(before: Sequence[Shape], inputs: int, image_shape: Any) -> Shape | None:
    """Return the height and width of the images that the layer's inputs are, or None."""
    if image_shape is not None:
        if len(image_shape) != 2 or int(np.prod(image_shape)) != inputs:
            raise InputError(
                message(
                    "image_shape is (height, width) of {inputs} pixels together, not "
                    "{image_shape!r}",
                    inputs=inputs,
                    image_shape=image_shape,
                )
            )
        return tuple(image_shape)
    first = before[0][:2] if before[0][2:] in ((), (1,)) else ()
    if len(first) == 2 and int(np.prod(first)) == inputs and _unmixed(before):
        return tuple(first)
    side = square_side(inputs) if len(before[0]) == 1 and _unmixed(before) else 0
    return (side, side) if inputs >= LEAST_IMAGE and side else None


def _unmixed(before: Sequence[Shape]) -> bool:
    """Whether the layers on the way kept as many numbers as the input has."""
    return len({int(np.prod(shape)) for shape in before}) == 1


def _limit(kernel: Array) -> float:
    """Return the weight that gets the full colour; 0 where nearly all are 0."""
    sizes = np.abs(kernel)
    return float(sizes.max() if kernel.size < MANY else np.quantile(sizes, NEARLY_ALL))


def _heat_map(c: Canvas, kernel: Array, norm: Normalize, names: Sequence[str] | None) -> None:
    c.ax.imshow(kernel.T, cmap=c.theme.diverging, norm=norm, interpolation="nearest", aspect="auto")
    c.ax.grid(visible=False)
    c.ax.set_xlabel(c.say("input", "입력"))
    c.ax.set_ylabel(c.say("unit", "뉴런"))
    if names is not None and len(names) <= MOST_NAMED:
        c.ax.set_xticks(range(len(names)), c.names(names, 20), rotation=90.0)
    else:
        c.ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    c.ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    if kernel.size <= MOST_VALUES and max(kernel.shape) <= 10:
        for (given, unit), value in np.ndenumerate(kernel):
            full = abs(value) > 0.6 * float(norm.vmax or 1.0)
            colour = c.theme.ground if full else c.theme.ink
            c.ax.text(given, unit, f"{value:.2f}", ha="center", va="center", color=colour)
