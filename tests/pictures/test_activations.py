import numpy as np
import pytest
from matplotlib.patches import Rectangle

from badak import activations
from badak.activations import Activation
from badak.errors import InputError
from badak.pictures import activation
from badak.pictures.canvas import DASHES

ELEMENTWISE = [name for name in activations.ACTIVATIONS if not activations.get(name).rowwise]


def lines_of(ax):
    return [line for line in ax.lines if not line.get_label().startswith("_")]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_lines_are_the_function_and_its_slope(name):
    record = activations.get(name)
    value, slope = lines_of(activation(name).axes[0])
    for line, expected in (
        (value, record),
        (slope, lambda x: record.derivative(x, record(x))),
    ):
        x, y = line.get_data()
        drawn = np.isfinite(y)
        assert x[0] == -6.0
        assert x[-1] == 6.0
        assert drawn.sum() >= 1201
        np.testing.assert_array_equal(y[drawn], expected(x[drawn]))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "gelu", "elu"])
def test_the_slope_is_what_the_function_rises_by(name):
    value, slope = lines_of(activation(name).axes[0])
    x, y = value.get_data()
    middle = np.linspace(-5.9, 5.9, 301)
    rise = np.interp(middle + 0.01, x, y) - np.interp(middle - 0.01, x, y)
    np.testing.assert_allclose(np.interp(middle, *slope.get_data()), rise / 0.02, atol=3e-3)


def test_the_step_jumps_and_is_not_slanted():
    (line,) = lines_of(activation("step", slopes=False).axes[0])
    x, y = line.get_data()
    assert set(y[np.isfinite(y)]) == {0.0, 1.0}
    assert abs(x[np.isnan(y)]).max() < 1e-12


def test_the_first_is_solid_and_the_second_dashed_as_in_the_notes():
    sigmoid, step = lines_of(activation("sigmoid", "step", slopes=False).axes[0])
    assert (sigmoid.get_linestyle(), step.get_linestyle()) == ("-", "--")
    assert sigmoid.get_color() != step.get_color()
    assert (sigmoid.get_label(), step.get_label()) == ("sigmoid", "step")


def test_of_several_the_slopes_stand_beside_in_the_same_colours():
    left, right = activation("step", "sigmoid", "relu").axes[0].child_axes
    for one, other in zip(lines_of(left), lines_of(right), strict=True):
        assert one.get_color() == other.get_color()
        assert one.get_linestyle() == other.get_linestyle()
    labels = [line.get_label() for line in lines_of(left)]
    legend = left.figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == labels == ["step", "sigmoid", "relu"]


def test_softmax_is_drawn_for_a_row_in_which_one_number_varies():
    values, slopes = activation("softmax").axes[0].child_axes
    outputs = np.array([line.get_ydata() for line in lines_of(values)])
    x = lines_of(values)[0].get_xdata()
    e = np.exp(np.stack([x, 0.0 * x, 0.0 * x + 1.0]))
    np.testing.assert_allclose(outputs, e / e.sum(axis=0), rtol=1e-12)
    steep = np.array([line.get_ydata() for line in lines_of(slopes)])
    expected = outputs[0] * (np.eye(3)[:, :1] - outputs)  # y_k ([k = 0] - y_0), Bridle, 1990
    np.testing.assert_allclose(steep[0], expected[0], atol=1e-12)
    np.testing.assert_allclose(steep[1:], -outputs[0] * outputs[1:], atol=1e-12)


def test_softmax_beside_others_is_refused():
    with pytest.raises(InputError, match="softmax works on a whole row"):
        activation("relu", "softmax")


@pytest.mark.parametrize(("name", "sides"), [("relu", 1), ("sigmoid", 2), ("step", 2), ("tanh", 2)])
def test_the_sides_where_it_saturates_are_shaded(name, sides):
    figure = activation(name)
    assert len(figure.axes[0].patches) == sides
    assert figure.axes[0].get_legend().get_texts()[-1].get_text().startswith("saturates")


@pytest.mark.parametrize("name", ["identity", "leaky_relu"])
def test_what_does_not_saturate_is_not_shaded(name):
    assert not activation(name).axes[0].patches


def test_the_shade_ends_where_the_slope_does():
    left, right = activation("sigmoid").axes[0].patches
    assert isinstance(left, Rectangle)
    assert isinstance(right, Rectangle)
    end = np.log((1 - np.sqrt(0.96)) / (1 + np.sqrt(0.96)))  # where y (1 - y) = 0.01
    assert left.get_x() + left.get_width() == pytest.approx(end, abs=0.02)
    assert right.get_x() == pytest.approx(-end, abs=0.02)


def test_the_formula_is_in_the_legend():
    legend = activation("tanh").axes[0].get_legend()
    assert r"\tanh" in legend.get_texts()[0].get_text()
    assert "1 - y^2" in legend.get_texts()[1].get_text()


def test_a_function_that_runs_off_does_not_flatten_the_others():
    left, _ = activation("exponential", "relu").axes[0].child_axes
    assert left.get_ylim()[1] < 10.0
    assert activation("exponential").axes[0].get_ylim()[1] < 400.0


def test_ones_own_activation_and_its_parameters_are_drawn():
    wave = Activation("wave", lambda x: np.sin(x), lambda x: np.cos(x))
    leaky = activations.get("leaky_relu").with_parameters(negative_slope=0.5)
    one, other = lines_of(activation(wave, leaky, slopes=False, between=(0.0, 3.0)).axes[0])
    x, y = one.get_data()
    np.testing.assert_array_equal(y, np.sin(x))
    assert (x[0], x[-1]) == (0.0, 3.0)
    assert other.get_label() == "leaky_relu (negative_slope 0.5)"


def test_as_many_as_there_are_dashes_can_be_told_apart(check_legible):
    names = ELEMENTWISE[: len(DASHES)]
    figure = activation(*names)
    check_legible(figure)
    left = figure.axes[0].child_axes[0]
    assert len({str(line.get_linestyle()) + line.get_color() for line in lines_of(left)}) == 7


@pytest.mark.parametrize("names", [(), ("rellu",), (3,), (abs,)])
def test_names_that_mean_nothing_are_refused(names):
    with pytest.raises(InputError):
        activation(*names)
