import numpy as np
import pytest

from badak import Input, Sequential, formats
from badak.errors import FileFormatError, InputError
from badak.formats.assembly import WeightedLayer, assemble
from badak.layers import Dense


@pytest.fixture
def three_layers(tmp_path):
    path = tmp_path / "m.npz"
    sizes = [(2, 3), (3, 4), (4, 1)]
    np.savez(path, **{f"W{i}": np.ones(size) for i, size in enumerate(sizes, 1)})
    return path


def test_a_list_of_activations_has_one_for_each_hidden_layer(three_layers):
    model = formats.import_model(three_layers, activation=["relu", "tanh"], output="sigmoid")
    assert [layer.activation.name for layer in model.layers] == ["relu", "tanh", "sigmoid"]
    for names in (["relu"], ["relu", "tanh", "relu"]):
        with pytest.raises(InputError, match=f"names {len(names)}, but there are 2 hidden layers"):
            formats.import_model(three_layers, activation=names, output="sigmoid")


@pytest.mark.parametrize("like", ["relu", Dense(2), Sequential([Dense(2)])])
def test_like_has_to_be_a_model_whose_shapes_are_known(like, three_layers):
    with pytest.raises(InputError, match="like is a model whose shapes are known"):
        formats.import_model(three_layers, like=like)


def test_layers_of_one_name_get_names_of_their_own():
    layers = [Dense(2, name="same"), Dense(2, name="same"), Dense(2)]
    weights = {"kernel": np.eye(2), "bias": np.zeros(2)}
    model = assemble([WeightedLayer(layer, weights) for layer in layers], (2,), "m")
    assert [layer.name for layer in model.layers] == ["same", "dense", "dense_1"]


def test_weights_that_are_missing_or_too_many_are_named():
    kernel, bias = np.eye(2), np.zeros(2)
    for weights, said in (
        ({"kernel": kernel}, r"'dense\.bias' is missing"),
        ({"kernel": kernel, "bias": bias, "more": bias}, r"'dense\.more' is no weights of"),
        ({"kernel": np.ones((3, 2)), "bias": bias}, r"dense\.kernel is of shape \(3, 2\)"),
    ):
        with pytest.raises(FileFormatError, match=said):
            assemble([WeightedLayer(Dense(2), weights)], (2,), "m")


def test_a_model_that_is_like_the_file_keeps_its_own_weights(three_layers):
    like = Sequential([Input((2,)), *(Dense(units, use_bias=False) for units in (3, 4, 1))], seed=1)
    before = like.get_weights()
    model = formats.import_model(three_layers, like=like)
    assert all((w == 1.0).all() for w in model.get_weights())
    for now, then in zip(like.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
