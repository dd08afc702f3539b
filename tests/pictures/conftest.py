"""What the tests of pictures share."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from badak import Input, Sequential, layers
from badak.pictures import fonts

TOUCHING = 1.0  # dots that two texts may share


def every_axes(figure: Figure) -> list[Axes]:
    """All axes that are seen, those inside others included."""
    outer = [ax for ax in figure.axes if ax.get_visible()]
    inner = [ax for each in outer for ax in each.child_axes if isinstance(ax, Axes)]
    return outer + [ax for ax in inner if ax.get_visible()]


def texts(figure: Figure) -> list[Text]:
    """All texts that are seen, once the figure is drawn."""
    found = []
    for ax in every_axes(figure):
        found += [*ax.texts, ax.title]
        if ax.get_legend() is not None:
            found += ax.get_legend().get_texts()
        if ax.axison:
            for axis in (ax.xaxis, ax.yaxis):
                found += [axis.label, axis.get_offset_text(), *_tick_labels(axis)]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def _tick_labels(axis: Axis) -> list[Text]:
    low, high = sorted(axis.get_view_interval())
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    return [
        label
        for tick in ticks
        for label in (tick.label1, tick.label2)
        if low - 1e-9 <= tick.get_loc() <= high + 1e-9
    ]


@pytest.fixture
def check_legible():
    """Fail where a text overlaps another, reaches out of the figure, or is too small to read.

    A letter that no font has would be a warning, and warnings are errors. Returns the figure as it
    is seen, (height, width, 3).
    """

    def check(figure: Figure) -> np.ndarray:
        agg = FigureCanvasAgg(figure)
        agg.draw()
        renderer = agg.get_renderer()
        shown = texts(figure)
        boxes = np.array([text.get_window_extent(renderer).extents for text in shown])
        size = figure.get_size_inches() * figure.dpi
        outside = (boxes[:, :2] < -1.0).any(axis=1) | (boxes[:, 2:] > size + 1.0).any(axis=1)
        assert not [shown[i] for i in np.flatnonzero(outside)]
        assert min(text.get_fontsize() for text in shown) >= 5.5
        low = np.maximum(boxes[:, np.newaxis, :2], boxes[:, :2])
        high = np.minimum(boxes[:, np.newaxis, 2:], boxes[:, 2:])
        shared = np.triu((high - low).min(axis=-1) > TOUCHING, k=1)
        assert not [(shown[i], shown[j]) for i, j in np.argwhere(shared)]
        return np.asarray(agg.buffer_rgba())[..., :3]

    return check


@pytest.fixture
def no_installed_font(monkeypatch):
    """A system whose only fonts are matplotlib's and badak's."""
    monkeypatch.setattr(fonts, "installed_font", lambda: None)


@pytest.fixture(scope="session")
def image_model() -> Sequential:
    """A network for images of 8x8 pixels and three classes, not trained."""
    stack = [
        layers.Rescaling(1 / 16),
        layers.Flatten(),
        layers.Dense(12, "relu"),
        layers.Dropout(0.2),
        layers.Dense(6, "sigmoid"),
        layers.Dense(3, "softmax"),
    ]
    return Sequential([Input((8, 8)), *stack], seed=4, engine="reference")
