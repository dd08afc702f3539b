"""A loss as it is called: shapes, weights, types, and losses of one's own."""

import numpy as np
import pytest

from badak.errors import InputError
from badak.losses import LOSSES, CategoricalCrossentropy, MeanSquaredError, OwnLoss, get

ROWS = {"categorical_hinge", "cosine_similarity", "kl_divergence"}
ROWS |= {name for name in LOSSES if "categorical" in name}
by_units = pytest.mark.parametrize("name", [n for n in LOSSES if n not in ROWS])
by_rows = pytest.mark.parametrize("name", sorted(ROWS))
every_loss = pytest.mark.parametrize("name", LOSSES)


def samples(name, units=3, batch=8):
    """Predictions from 0 to 1 and targets that each kind of loss takes."""
    rng = np.random.default_rng(1)
    labels = rng.integers(units, size=batch)
    yes = rng.integers(2, size=(batch, units)).astype(float)
    kind = LOSSES[name].targets
    t = {"labels": labels, "distribution": np.eye(units)[labels]}.get(kind, yes)
    return t, rng.uniform(0.1, 0.9, size=(batch, units))


@every_loss
def test_a_call_is_the_mean_of_the_rows(name):
    t, y = samples(name)
    each = [get(name)(t[i : i + 1], y[i : i + 1]) for i in range(8)]
    assert get(name)(t, y) == pytest.approx(np.mean(each), rel=1e-12)
    assert type(get(name)(t, y)) is float


@every_loss
def test_each_sample_counts_as_much_as_its_weight(name):
    t, y = samples(name)
    loss = get(name)
    each = np.array([loss(t[i : i + 1], y[i : i + 1]) for i in range(8)])
    weights = np.arange(8) / 4
    assert loss(t, y, weights) == pytest.approx((each * weights).mean(), rel=1e-12)
    assert loss(t, y, weights[:, np.newaxis].tolist()) == loss(t, y, sample_weight=weights)
    assert loss(t, y, np.zeros(8)) == 0.0


@by_units
def test_predictions_of_one_axis_are_samples_of_one_unit(name):
    t, y = samples(name, units=1)
    assert get(name)(t[:, 0], y[:, 0]) == get(name)(t, y) == get(name)(t[:, 0], y)


@by_rows
def test_predictions_of_one_axis_are_one_row(name):
    t, y = samples(name)
    assert get(name)(t[0], y[0]) == get(name)(t[:1], y[:1])


@every_loss
def test_lists_and_float32_are_taken(name):
    t, y = samples(name)
    exact = get(name)(t, y)
    assert get(name)(t.tolist(), y.tolist()) == exact
    assert get(name)(t, y.astype(np.float32)) == pytest.approx(exact, rel=1e-5)
    gradient = get(name).gradient(y.astype(np.float32), t)
    assert gradient.dtype == np.float32
    assert gradient.shape == y.shape


def test_whole_numbers_are_not_rounded():
    """2^24 + 1 is the first whole number that float32 does not know."""
    assert MeanSquaredError()([16777217], [16777216.0]) == 1.0
    assert MeanSquaredError()([16777217], [16777216]) == 1.0


@every_loss
def test_as_many_targets_as_predictions(name):
    t, y = samples(name)
    for fewer in (1, 7):
        with pytest.raises(InputError, match=rf"\b{fewer}\b.*\b8\b"):
            get(name)(t[:fewer], y)
        with pytest.raises(InputError, match=rf"\b8\b.*\b{fewer}\b"):
            get(name)(t, y[:fewer])


@pytest.mark.parametrize(
    ("y_true", "y_pred", "weights", "message"),
    [
        ([], [], None, r"y_pred must be .*\(batch, units\), with at least one sample, not \(0,"),
        (
            np.ones((0, 2)),
            np.ones((0, 2)),
            None,
            r"y_pred must be .*\(batch, units\), with at least one sample, not \(0,",
        ),
        (1.0, 2.0, None, r"y_pred.*\(batch, units\).*\(\)"),
        (np.ones((2, 2, 2)), np.ones((2, 2, 2)), None, r"y_pred.*\(batch, units\).*\(2, 2, 2\)"),
        ([1.0], ["a"], None, "y_pred.*numbers"),
        ([1.0], [1j], None, "y_pred.*numbers"),
        ([1.0, 2.0], [1.0, 2.0], [1.0], r"sample_weight.*\(2,\).*\(1,\)"),
        ([1.0, 2.0], [1.0, 2.0], 1.0, r"sample_weight.*\(2,\).*\(\)"),
        ([1.0, 2.0], [1.0, 2.0], [1.0, -1.0], "sample_weight must be finite numbers of 0 or more"),
        ([1.0, 2.0], [1.0, 2.0], [1.0, np.nan], "sample_weight must be finite numbers of 0 or"),
    ],
)
def test_what_cannot_be_compared_is_refused(y_true, y_pred, weights, message):
    with pytest.raises(InputError, match=message):
        MeanSquaredError()(y_true, y_pred, weights)


@every_loss
def test_arguments_are_not_written_to(name):
    t, y = samples(name)
    before = t.copy(), y.copy()
    get(name)(t, y, np.ones(8))
    get(name).gradient(y, t)
    np.testing.assert_array_equal(t, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_a_loss_that_is_not_a_number_is_told_as_such():
    assert np.isnan(MeanSquaredError()([1.0], [np.nan]))


@pytest.mark.parametrize(("over_units", "expected"), [("mean", 4.5), ("sum", 9.0)])
def test_a_loss_of_your_own(over_units, expected):
    cubic = OwnLoss(
        "cubic",
        lambda y, t: np.abs(y - t) ** 3.0,
        lambda y, t: 3.0 * (y - t) * np.abs(y - t),
        over_units,
    )
    t, y = [[0.0, 0.0]], np.array([[1.0, 2.0]])
    assert cubic(t, y) == expected
    h = 1e-5
    step = h * np.array([[1.0, 0.0]])
    slope = (cubic(t, y + step) - cubic(t, y - step)) / (2 * h)
    assert cubic.gradient(y, np.array(t))[0, 0] == pytest.approx(slope, rel=1e-6)
    assert get(cubic) is cubic
    assert cubic.get_config() == {"name": "cubic"}
    assert repr(cubic) == "OwnLoss()"


def test_a_loss_of_your_own_over_rows():
    longest = OwnLoss("worst", lambda y, t: np.abs(y - t).max(axis=-1), np.subtract, "row")
    assert longest([1.0, 5.0], [0.0, 0.0]) == 5.0
    assert longest([[1.0, 5.0], [0.0, 0.0]], np.zeros((2, 2))) == 2.5


def test_a_reduction_that_is_not_known_is_refused():
    with pytest.raises(InputError, match="over_units is 'mean', 'sum' or 'row', not 'max'"):
        OwnLoss("own", np.subtract, np.subtract, "max")


def test_two_losses_with_the_same_arguments_are_equal():
    assert CategoricalCrossentropy() == CategoricalCrossentropy(False, 0.0)
    assert CategoricalCrossentropy() != CategoricalCrossentropy(label_smoothing=0.1)
    assert repr(CategoricalCrossentropy()) == (
        "CategoricalCrossentropy(from_logits=False, label_smoothing=0.0)"
    )
