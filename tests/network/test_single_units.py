"""A softmax over one unit is 1 whatever the weights: such a network is refused, not trained."""

import numpy as np
import pytest

from badak import Input, Sequential, layers
from badak.errors import InputError

X = np.random.default_rng(3).normal(size=(20, 4))
T = (X[:, :1] > 0.0).astype(float)


def stacks(name):
    return {
        "output": [layers.Dense(1, name)],
        "hidden": [layers.Dense(1, name), layers.Dense(1, "sigmoid")],
        "a layer of its own": [layers.Dense(1), layers.Activation(name), layers.Dense(2)],
    }


@pytest.mark.parametrize("where", stacks("softmax"))
@pytest.mark.parametrize(("name", "value"), [("softmax", 1.0), ("log_softmax", 0.0)])
def test_it_says_the_same_of_every_sample_and_is_refused(name, value, where):
    model = Sequential([Input((4,)), *stacks(name)[where]])
    said = model.forward(X)[-1 if where == "output" else -2].z
    assert (said == value).all()
    with pytest.raises(InputError, match=rf"ends in {name} over one unit, .* always {value:g}"):
        model.compile("adam", "mse")


def test_it_names_what_to_use_instead():
    with pytest.raises(InputError, match=r"Dense\(1, 'sigmoid'\) or two units"):
        Sequential([Input((4,)), layers.Dense(1, "softmax")]).compile()
    hidden = [layers.Dense(1, "softmax"), layers.Dense(1)]
    with pytest.raises(InputError, match="more units, or another activation"):
        Sequential([Input((4,)), *hidden]).compile()


@pytest.mark.parametrize("compiled", [False, True])
def test_a_network_whose_shape_comes_with_the_data_is_refused_then(compiled):
    model = Sequential([layers.Dense(1, "softmax")])
    if compiled:
        model.compile("adam", "binary_crossentropy")
    with pytest.raises(InputError, match="softmax over one unit"):
        model.fit(X, T, verbose=0)


def test_more_units_and_one_sigmoid_are_trained():
    for output in (layers.Dense(2, "softmax"), layers.Dense(1, "sigmoid")):
        model = Sequential([Input((4,)), layers.Softmax(), output])
        model.fit(X, T[:, 0].astype(int) if output.units == 2 else T, epochs=1, verbose=0)
