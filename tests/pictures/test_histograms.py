import numpy as np
import pytest

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import Activation, BatchNormalization, Dense, Dropout, Flatten
from badak.pictures import layers

X = np.random.default_rng(0).normal(size=(200, 4))


def panels(figure):
    return [ax for ax in figure.axes[0].child_axes if ax.get_visible()]


def test_the_bars_hold_the_outputs_of_each_layer():
    model = Sequential([Input((4,)), Dense(8, "relu"), Dropout(0.5), Dense(6, "tanh"), Dense(2)])
    passes = [p for p in model.forward(X) if isinstance(p.layer, Dense)]
    shown = panels(layers(model, X))
    assert len(shown) == 3
    for ax, p in zip(shown, passes, strict=True):
        stairs = ax.patches[0].get_data()
        zero = p.z == 0.0
        expected, _ = np.histogram(p.z[~zero].astype(float), stairs.edges)
        np.testing.assert_allclose(stairs.values, expected / p.z.size, atol=2.0 / p.z.size)
        bars = ax.patches[1:]
        assert len(bars) == int(zero.any())
        if bars:
            assert bars[0].get_height() == pytest.approx(zero.mean())


def test_zeros_dead_and_saturated_units_are_told():
    model = Sequential([Input((4,)), Dense(4, "relu"), Dense(4, "sigmoid")], engine="reference")
    model.layers[0].kernel[...] = np.eye(4)
    model.layers[0].bias[...] = [0.0, 0.0, 0.0, -1e6]
    model.layers[1].kernel[...] = 1000.0 * np.eye(4)
    z = np.maximum(X.astype(np.float32) + np.array([0.0, 0.0, 0.0, -1e6]), 0.0)
    first, second = (ax.get_title().rstrip() for ax in panels(layers(model, X)))
    assert (
        first
        == f"dense, relu\n{(z == 0.0).mean():.1%} zero\n1 of 4 units dead\n(healthy: up to 25%)"
    )
    y = 1.0 / (1.0 + np.exp(-1000.0 * z))
    saturated = (y * (1.0 - y) < 0.05 * 0.25).mean()  # a twentieth of the largest slope
    assert second == f"dense_1, sigmoid\n{saturated:.1%} saturated"


def test_dead_and_saturated_units_are_those_that_inspect_counts():
    stack = [Dense(30, "relu"), Dense(20, "tanh"), Dense(8, "sigmoid")]
    model = Sequential([Input((4,)), *stack], seed=1)
    model.layers[0].bias[...] = np.linspace(-9.0, 3.0, 30)
    model.layers[1].kernel[...] *= 4.0
    found = model.inspect(X)
    for ax, entry in zip(panels(layers(model, X)), found.layers, strict=True):
        dead = int(entry.dead.sum())
        assert (f"{dead} of {len(entry.dead)} units dead" in ax.get_title()) == (dead > 0)
        if entry.activation != "relu" and entry.saturated_share:
            assert f"{entry.saturated_share:.1%} saturated" in ax.get_title()
    assert found["dense"].dead.any()


def test_layers_without_weights_or_activation_are_left_out():
    stack = [Flatten(), Dense(3), BatchNormalization(), Activation("relu"), Dropout(0.1)]
    shown = panels(layers(Sequential([Input((2, 2)), *stack]), X.reshape(-1, 2, 2)))
    names = [ax.get_title().split("\n")[0] for ax in shown]
    assert names == ["dense, identity", "activation, relu"]


def test_many_layers_take_more_rows(check_legible):
    names = ("relu", "sigmoid", "tanh", "elu", "relu6", "gelu", "softsign")
    model = Sequential([Input((4,)), *(Dense(5, name) for name in names)], seed=2)
    figure = layers(model, 9.0 * X, language="ko")
    check_legible(figure)
    assert len(panels(figure)) == 7


def test_outputs_that_are_all_alike_are_drawn():
    model = Sequential([Input((4,)), Dense(3, "relu", kernel_initializer="zeros")])
    (ax,) = panels(layers(model, X))
    assert "100.0% zero\n3 of 3 units dead" in ax.get_title()


@pytest.mark.parametrize(
    ("model", "x"),
    [
        (Sequential([Input((4,)), Dropout(0.5)]), X),
        (Sequential([Input((4,)), Dense(2)]), X[:, :3]),
        (Sequential([Input((4,)), Dense(2)]), X[:0]),
        (Sequential([Input((4,)), Dense(2)]), X * np.nan),
    ],
)
def test_what_cannot_be_looked_into_is_refused(model, x):
    with pytest.raises(InputError):
        layers(model, x)


def test_broken_weights_are_told():
    model = Sequential([Input((4,)), Dense(2)], engine="reference")
    model.layers[0].kernel[0, 0] = np.nan
    with pytest.raises(InputError, match="weights are broken"):
        layers(model, X)
