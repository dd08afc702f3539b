"""The squared error in units of a scale is the squared error of standardised numbers."""

import numpy as np
import pytest
from sklearn.metrics import mean_squared_error
from sklearn.preprocessing import StandardScaler

from badak import Input, Sequential, layers, load_model, losses
from badak.losses import ScaledSquaredError

RNG = np.random.default_rng(3)
Y, T = RNG.normal(5e5, 1e5, (2, 40, 1))


def test_the_loss_is_the_squared_error_of_standardised_numbers():
    scaler = StandardScaler().fit(T)
    loss = ScaledSquaredError(float(scaler.scale_[0]))
    expected = mean_squared_error(scaler.transform(T), scaler.transform(Y))
    assert loss(T, Y) == pytest.approx(expected, rel=1e-12)


def test_the_gradient_through_a_rescaling_is_that_of_standardised_targets():
    """Also of targets whose square leaves float32."""
    for deviation in (1e-25, 1e5, 1e25):
        t = (RNG.normal(0.0, 1.0, (40, 1)) * deviation).astype(np.float32)
        x = RNG.normal(0.0, 1.0, (40, 3)).astype(np.float32)
        dense = layers.Dense(1)
        model = Sequential([Input((3,)), dense, layers.Rescaling(deviation)], seed=2)
        model.compile("sgd", ScaledSquaredError(deviation))
        z = x.astype(float) @ dense.weights["kernel"].astype(float)
        error = z - t.astype(float) / deviation  # (40, 1)
        in_kernel, in_bias = model.gradients(x, t)
        np.testing.assert_allclose(in_kernel, 2.0 * x.T @ error / 40, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(in_bias, 2.0 * error.mean(axis=0), rtol=1e-4, atol=1e-6)


def test_a_model_file_keeps_the_scale(tmp_path):
    model = Sequential([Input((3,)), layers.Dense(1)])
    model.compile("adam", ScaledSquaredError(2.5))
    model.save(tmp_path / "m.safetensors")
    assert load_model(tmp_path / "m.safetensors").loss == ScaledSquaredError(2.5)


def test_by_name_its_scale_is_one():
    assert losses.get("scaled_squared_error") == ScaledSquaredError(1.0)


@pytest.mark.parametrize("scale", [0.0, -1.0, float("inf"), float("nan"), "1"])
def test_a_scale_that_is_no_positive_number_is_refused(scale):
    with pytest.raises(ValueError, match="ScaledSquaredError's scale must be a number in"):
        ScaledSquaredError(scale)
