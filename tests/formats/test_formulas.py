import numpy as np
import pytest

from badak import Input, Sequential, activations
from badak.activations import Activation
from badak.errors import InputError
from badak.formats.formulas import Formula, Product, evaluated, formula_of, steps, walk, written
from badak.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    LayerNormalization,
    Normalization,
    Rescaling,
    Whitening,
)


def test_a_network_is_products_and_formulas_and_nothing_where_nothing_is_done():
    model = Sequential(
        [
            *(Input((2, 3)), Rescaling(2.0), Normalization(mean=[1.0, 2, 3], variance=[4.0, 5, 6])),
            *(Flatten(), Dropout(0.5), Dense(4, "relu"), Dense(3, use_bias=False)),
            LayerNormalization(),
        ]
    )
    found = list(steps(model))
    assert [type(step) for step in found] == [Formula, Formula, Product, Formula, Product, Formula]
    assert [step.name for step in found] == [
        *("rescaling", "normalization", "dense", "relu", "dense_1", "layer_normalization")
    ]
    assert [(step.rows, step.columns) for step in found if isinstance(step, Formula)] == [
        *((2, 3), (2, 3), (1, 4), (1, 3))
    ]
    assert [step.rowwise for step in found if isinstance(step, Formula)] == [False] * 3 + [True]
    assert found[4].bias is None


def test_what_depends_on_weights_alone_is_worked_out_beforehand():
    model = Sequential([Input((2,)), BatchNormalization(epsilon=0.5)])
    model.set_weights([[1, 1], [0, 0], [0, 0], [3.5, 8.5]])
    (step,) = steps(model)
    np.testing.assert_array_equal(step.arrays["deviation"], [2.0, 3.0])
    assert step.notes["deviation"] == "sqrt(add(moving_variance, 0.5))"
    assert "sqrt" not in {node.operation for node in walk(step.value)}


def test_neutral_products_and_sums_are_left_out():
    model = Sequential([Input((2,)), Rescaling(1.0, 0.0), Dense(2)])
    assert [type(step) for step in steps(model)] == [Product]
    (scaled, _) = steps(Sequential([Input((2,)), Rescaling(0.5, 0.0), Dense(2)]))
    assert [node.operation for node in walk(scaled.value)] == ["input", "constant", "multiply"]


def test_whitening_is_a_difference_and_a_product():
    layer = Whitening()
    model = Sequential([Input((3,)), layer])
    layer.adapt(np.random.default_rng(0).normal(size=(20, 3)))
    centre, product = steps(model)
    assert (centre.arrays["mean"] == layer.mean).all()
    assert (product.kernel == layer.matrix).all()


def test_a_formula_of_weights_is_evaluated_and_written():
    (step,) = steps(Sequential([Input((2,)), Normalization(mean=[0.0, 0.0], variance=[4.0, 0.0])]))
    assert step.notes["deviation"] == "maximum(sqrt(variance), 1e-07)"
    np.testing.assert_allclose(step.arrays["deviation"], [2.0, 1e-7])
    node = formula_of(activations.RELU, 1, "here")
    assert written(node.arguments[1]) == "0.0"
    assert evaluated(node.arguments[1], {}) == 0.0


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (lambda x: x if x > 0 else -x, "branches on a value"),
        (lambda x: np.sort(x), "np.sort"),
        (lambda x: 3.0, "does not depend on its input"),
    ],
)
def test_formulas_that_cannot_be_written_down_are_named(formula, said):
    with pytest.raises(InputError, match=f"odd in dense.*{said}"):
        formula_of(Activation("odd", formula, lambda x: 0.0 * x), 3, "dense")
