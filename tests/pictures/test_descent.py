import numpy as np
import pytest
from matplotlib.axes import Axes

from badak import optimizers
from badak.errors import InputError
from badak.pictures import valley
from badak.pictures.descent import RATES, narrow_valley


def paths(figure):
    axes = figure.axes[0].child_axes or figure.axes
    return [ax.lines[0].get_xydata() for ax in axes if ax.get_visible()]


def test_gradient_descent_goes_as_the_formula_says():
    (path,) = paths(valley("sgd", steps=20))
    n = np.arange(21)
    rate = RATES["sgd"]  # on x²/20 + y² each step multiplies x by 1 - rate/10 and y by 1 - 2 rate
    expected = np.stack([-7.0 * (1 - rate / 10) ** n, 2.0 * (1 - 2 * rate) ** n], axis=1)
    np.testing.assert_allclose(path, expected, rtol=1e-6)


def test_momentum_goes_as_the_book_has_it():
    (path,) = paths(valley("momentum", steps=30))
    w, v = np.array([-7.0, 2.0]), np.zeros(2)
    for place in path[1:]:
        v = 0.9 * v - 0.1 * w * [0.1, 2.0]
        w = w + v
        np.testing.assert_allclose(place, w, rtol=1e-6, atol=1e-9)


def test_by_default_the_books_four_are_drawn_and_each_ends_near_the_lowest_place():
    figure = valley()
    told = [ax.get_title() for ax in figure.axes[0].child_axes if isinstance(ax, Axes)]
    assert told == ["SGD, 0.95", "Momentum, 0.1", "Adagrad, 1.5", "Adam, 0.3"]
    for path in paths(figure):
        assert narrow_valley(*path[-1]) < 0.1 * narrow_valley(*path[0])


def test_an_optimizer_of_ones_own_making_keeps_its_rate_and_its_clipping():
    (path,) = paths(valley(optimizers.SGD(0.5, clipnorm=0.1), steps=3))
    assert np.abs(np.diff(path, axis=0)).max() <= 0.05 + 1e-9


@pytest.mark.parametrize("name", list(optimizers.OPTIMIZERS))
def test_every_optimizer_of_the_table_has_a_rate_and_goes_down(name):
    (path,) = paths(valley(name))
    assert len(path) == 31
    assert narrow_valley(*path[-1]) < narrow_valley(*path[0])


def test_another_function_is_taken_and_a_path_that_runs_off_ends(check_legible):
    figure = valley(
        *("adam", optimizers.SGD(9.0)),
        function=lambda x, y: (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2,
        start=(-1.0, 1.0),
        steps=50,
    )
    check_legible(figure)
    adam, sgd = paths(figure)
    assert len(adam) == 51
    assert len(sgd) < 51
    assert figure.axes[0].child_axes[1].get_xlim()[1] < 10.0


@pytest.mark.parametrize(
    ("names", "options", "complaint"),
    [
        (("adm",), {}, "did you mean 'adam'"),
        ((), {"steps": 0}, "steps"),
        ((), {"start": 3.0}, "start is"),
        ((), {"start": (np.inf, 1.0)}, "start"),
        ((), {"function": lambda x, y: x * np.nan}, "gives nan at the start"),
    ],
)
def test_what_cannot_be_drawn_is_refused(names, options, complaint):
    with pytest.raises(InputError, match=complaint):
        valley(*names, **options)
