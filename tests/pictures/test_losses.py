import numpy as np
import pytest

from badak import losses
from badak.errors import InputError
from badak.pictures import loss


def curves(figure):
    return [line.get_data() for line in figure.axes[0].lines if line.get_label()[0] != "_"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mean_squared_error", lambda y: (y - 1.0) ** 2),
        ("mean_absolute_error", lambda y: np.abs(y - 1.0)),
        ("huber", lambda y: np.where(abs(y - 1) <= 1, (y - 1) ** 2 / 2, abs(y - 1) - 0.5)),
        ("hinge", lambda y: np.maximum(1.0 - y, 0.0)),
        ("binary_crossentropy", lambda y: -np.log(y)),
        ("categorical_crossentropy", lambda y: -np.log(y)),
        ("sparse_categorical_crossentropy", lambda y: -np.log(y)),
        ("categorical_hinge", lambda y: np.maximum(1.0 - y, 0.0)),
        ("cosine_similarity", lambda y: -(y + 1.0) / np.sqrt(2.0 * (y * y + 1.0))),
        ("kl_divergence", lambda y: -np.log(y)),
    ],
)
def test_the_line_is_the_loss_as_textbooks_have_it(name, expected):
    x, y = curves(loss(name))[0]
    np.testing.assert_allclose(y, expected(x), rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("name", list(losses.LOSSES))
def test_the_slope_is_what_the_loss_rises_by(name):
    (x, y), (at, slope) = curves(loss(name))
    drawn = np.isfinite(slope)
    rises = np.diff(y) / np.diff(x)
    between = np.interp(0.5 * (x[1:] + x[:-1]), at[drawn], slope[drawn])
    smooth = np.isfinite(rises) & (np.abs(np.gradient(between)) < 0.02 * np.ptp(between))
    near = np.isclose(rises, between, rtol=0.05, atol=0.02 * np.abs(between).max())
    assert near[smooth].mean() > 0.99


def test_several_are_drawn_with_their_slopes_beside_them():
    figure = loss("mse", "mae", "huber")
    left, right = figure.axes[0].child_axes
    assert len(left.lines) == 3
    slope = right.lines[1].get_ydata()  # of the absolute error: -1, and then 1
    assert set(slope[np.isfinite(slope)]) == {-1.0, 0.0, 1.0}
    assert np.isnan(slope).any()


def test_the_target_moves_the_curve():
    x, y = curves(loss("mse", target=-2.0))[0]
    assert x[y.argmin()] == pytest.approx(-2.0)
    x, y = curves(loss("binary_crossentropy", target=0.0))[0]
    np.testing.assert_allclose(y, -np.log(1.0 - x), rtol=1e-5)


def test_from_logits_the_loss_is_drawn_by_the_logit():
    x, y = curves(loss(losses.BinaryCrossentropy(from_logits=True)))[0]
    np.testing.assert_allclose(y, np.log1p(np.exp(-x)), rtol=1e-6)


@pytest.mark.parametrize(
    ("names", "options", "complaint"),
    [
        ((), {}, "no loss is named"),
        (("mes",), {}, "did you mean"),
        (("mse", "binary_crossentropy"), {}, "draw them apart"),
        (("mse",), {"target": np.nan}, "target must be"),
        (("poisson",), {"target": -1.0}, "not negative"),
        (("hinge",), {"target": 0.5}, "-1 and 1"),
        (("categorical_crossentropy",), {"target": 0.5}, "leave out target"),
    ],
)
def test_what_cannot_be_drawn_is_refused(names, options, complaint):
    with pytest.raises(InputError, match=complaint):
        loss(*names, **options)
