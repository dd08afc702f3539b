import numpy as np
import pytest
from matplotlib.colors import to_rgb

from badak import Input, Perceptron, Sequential
from badak.errors import InputError
from badak.layers import Dense
from badak.perceptron import XOR
from badak.pictures import boundary
from badak.pictures.canvas import LIGHT

CORNERS = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])


def answered(figure, points):
    """The class whose colour the picture has at each point."""
    image = figure.axes[0].images[0]
    left, right, low, high = image.get_extent()
    cells = np.array(image.get_array())
    column = ((points[:, 0] - left) / (right - left) * cells.shape[1]).astype(int)
    row = ((points[:, 1] - low) / (high - low) * cells.shape[0]).astype(int)
    series = np.array([to_rgb(colour) for colour in LIGHT.series])
    tint = cells[row, column] - 1.0  # what is taken from white
    tint /= np.linalg.norm(tint, axis=1, keepdims=True)
    full = series - 1.0
    full /= np.linalg.norm(full, axis=1, keepdims=True)
    return (tint @ full.T).argmax(axis=1)


@pytest.fixture
def points():
    return np.random.default_rng(0).uniform(-0.1, 1.1, (300, 2))


@pytest.mark.parametrize("gate", ["AND", "NAND", "OR"])
def test_the_colours_are_the_perceptrons_answers(gate, points):
    perceptron = getattr(Perceptron, gate)()
    figure = boundary(perceptron, CORNERS, perceptron(CORNERS))
    assert (answered(figure, points) == perceptron(points)).mean() > 0.98
    assert figure.axes[0].get_title() == "Decision boundary, 100.0% right"


def test_a_function_is_asked_as_well(points):
    figure = boundary(lambda x: XOR(x[:, 0], x[:, 1]), CORNERS, [0, 1, 1, 0])
    assert (answered(figure, points) == XOR(points[:, 0], points[:, 1])).mean() > 0.97


@pytest.mark.parametrize("units", [1, 4])
def test_the_colours_are_a_networks_classes_the_fuller_the_surer(units, points):
    last = Dense(units, "sigmoid" if units == 1 else "softmax", kernel_initializer="he_normal")
    model = Sequential([Input((2,)), Dense(9, "tanh"), last], seed=1, engine="reference")
    model.layers[1].kernel[...] *= 9.0
    labels = np.arange(len(points)) % max(units, 2)
    figure = boundary(model, points, labels)
    assert (answered(figure, points) == model.classify(points)).mean() > 0.98
    image = np.array(figure.axes[0].images[0].get_array())
    assert image.min(axis=-1).std() > 0.01


def test_the_samples_are_marked_by_their_class():
    figure = boundary(Perceptron.AND(), CORNERS, [-1, -1, -1, 1], class_names=["no", "yes"])
    marked = [c for c in figure.axes[0].collections if c.get_label() in ("no", "yes")]
    assert [len(c.get_offsets()) for c in marked] == [3, 1]
    assert len({tuple(c.get_facecolor()[0]) for c in marked}) == 2
    assert len({c.get_paths()[0].vertices.shape for c in marked}) == 2  # circles and squares


def test_one_hot_labels_and_names_of_features_are_taken():
    figure = boundary(Perceptron.OR(), CORNERS, np.eye(2)[[0, 1, 1, 1]], features=("rain", "wind"))
    assert figure.axes[0].get_xlabel() == "rain"
    assert figure.axes[0].get_ylabel() == "wind"
    assert figure.axes[0].get_title().startswith("Decision boundary, 100")


def test_one_sample_is_enough():
    figure = boundary(Perceptron([1.0, 0.0], -3.05), [[3.0, 4.0]], [0])
    ax = figure.axes[0]
    assert ax.get_title() == "Decision boundary, 100.0% right"
    middle = np.mean(ax.get_xlim()), np.mean(ax.get_ylim())
    np.testing.assert_allclose(middle, [3.0, 4.0])
    near = np.array([[3.0, 4.0], [3.1, 3.9]])  # on both sides of the line x1 = 3.05
    assert answered(figure, near).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("model", "x", "y", "complaint"),
    [
        (Sequential([Input((3,)), Dense(1, "sigmoid")]), CORNERS, [0, 0, 0, 1], "plane of two"),
        (Sequential([Input((2,)), Dense(1)]), CORNERS, [0, 0, 0, 1], "tells a number"),
        (Perceptron([1.0], 0.0), CORNERS, [0, 0, 0, 1], "1 weights"),
        (42, CORNERS, [0, 0, 0, 1], "not 42"),
        (lambda x: x, CORNERS, [0, 0, 0, 1], "with shape"),
        (lambda x: np.full(len(x), 7), CORNERS, [0, 0, 0, 1], "at most 6"),
        (Perceptron.OR(), np.zeros((4, 3)), [0, 0, 0, 1], "2"),
        (Perceptron.OR(), CORNERS * np.nan, [0, 0, 0, 1], "is nan"),
        (Perceptron.OR(), CORNERS, [0, 1], "y is of shape"),
        (Perceptron.OR(), CORNERS, [0, 0, 0, 0.5], "class numbers"),
        (Perceptron.OR(), CORNERS, [0, 0, 0, -2], "class -2"),
        (Perceptron.OR(), CORNERS[:0], [], "no samples"),
    ],
)
def test_what_cannot_be_drawn_is_refused(model, x, y, complaint):
    with pytest.raises(InputError, match=complaint):
        boundary(model, x, y)
