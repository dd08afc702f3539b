import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak import activations, losses
from badak.errors import InputError
from badak.pictures.fonts import renders
from badak.pictures.formulas import check_between, mathtext, traced


@given(st.floats(-4.0, 4.0), st.floats(0.2, 9.0), st.floats(-2.0, 2.0))
def test_a_jump_is_found_wherever_it_is(at, height, rise):
    x, y = traced(lambda x: rise * x + np.where(x > at, height, 0.0), -5.0, 5.0)
    gap = np.flatnonzero(np.isnan(y))
    assert len(gap) == 1
    before, after = gap[0] - 1, gap[0] + 1
    assert x[before] <= at <= x[after]
    assert x[after] - x[before] <= 1e-14 * 5.0
    np.testing.assert_allclose(y[after] - y[before], height, rtol=1e-9)


@pytest.mark.parametrize("function", [np.tanh, np.abs, lambda x: np.tanh(1e6 * x), np.exp])
def test_what_is_only_steep_is_no_jump(function):
    x, y = traced(function, -6.0, 6.0)
    assert np.isfinite(y).all()
    np.testing.assert_array_equal(y, function(x))


def test_points_stay_in_order_and_where_there_is_no_number_there_is_none():
    x, y = traced(np.log, -1.0, 1.0)
    assert (np.diff(x) >= 0.0).all()
    assert np.isfinite(y[x > 0.0]).all()
    assert not np.isfinite(y[x < 0.0]).any()


def test_a_formula_without_a_number_is_refused():
    with pytest.raises(InputError, match="nothing to draw"):
        traced(lambda x: np.full_like(x, np.nan), -1.0, 1.0)


@pytest.mark.parametrize("between", [(1.0, 0.0), (0.0, 0.0), (0.0, np.inf), (np.nan, 1.0), 3, "ab"])
def test_an_interval_that_is_none_is_refused(between):
    with pytest.raises(InputError):
        check_between(between)


def test_every_formula_of_the_library_can_be_drawn():
    known: list[activations.Activation | losses.Formula] = []
    known += [activations.get(name) for name in activations.ACTIVATIONS]
    known += [losses.get(name).formula for name in losses.LOSSES]
    for each in known:
        assert mathtext(each.latex), each
        assert not each.slope_latex or mathtext(each.slope_latex), each


def test_a_formula_that_cannot_be_drawn_is_left_out():
    assert mathtext(r"\begin{matrix} a \end{matrix}") == ""
    assert mathtext("") == ""
    assert renders(mathtext(r"\begin{cases} 1 & x \le 0 \\ 2 & \text{else} \end{cases}"))
