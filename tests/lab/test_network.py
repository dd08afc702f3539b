"""Networks of recipes: as they are written by hand, and changed."""

import numpy as np
import pytest

import badak
from badak.lab import network
from badak.lab.data import load
from badak.lab.errors import RecipeError
from badak.lab.recipe import complete, same_data

PLANE = {"kind": "circle", "samples": 40}


def recipe(layers=(), *, data=PLANE, output=None, **training):
    wanted = {"data": dict(data), "network": {"layers": list(layers)}, "training": training}
    if output:
        wanted["network"]["output"] = output
    return complete(wanted)


def built(*layers, **settings):
    wanted = recipe(layers, **settings)
    return network.build(wanted, load(wanted["data"]))


def kinds(model):
    return [type(layer).__name__ for layer in model.layers]


def test_each_kind_of_layer_is_badaks_own():
    model = built(
        {"kind": "dense", "units": 5, "activation": "relu", "initializer": "he_normal"},
        {"kind": "batch_normalization"},
        {"kind": "dropout", "rate": 0.25},
        {"kind": "dense", "units": 4, "activation": "identity", "use_bias": False},
        {"kind": "layer_normalization"},
        {"kind": "activation", "activation": {"name": "elu", "alpha": 0.5}},
        {"kind": "gaussian_noise", "stddev": 0.2},
        {"kind": "p_re_lu"},
    )
    assert kinds(model) == [
        *("Dense", "BatchNormalization", "Dropout", "Dense", "LayerNormalization", "Activation"),
        *("GaussianNoise", "PReLU", "Dense"),
    ]
    assert model.layers[2].rate == 0.25
    assert "bias" not in model.layers[3].weights
    assert model.layers[5].activation.parameters == {"alpha": 0.5}
    assert model.layers[6].stddev == 0.2


@pytest.mark.parametrize(
    ("data", "units", "activation", "loss"),
    [
        ("circle", 1, "sigmoid", "binary_crossentropy"),
        ("digits", 10, "softmax", "sparse_categorical_crossentropy"),
        ("plane", 1, "identity", "mean_squared_error"),
    ],
)
def test_output_and_loss_follow_from_the_task(data, units, activation, loss):
    wanted = recipe(data={"kind": data})
    data = load(wanted["data"])
    model = network.build(wanted, data)
    assert model.output_shape == (units,)
    assert model.layers[-1].activation.name == activation
    assert model.objective(data.t_train).loss.name == loss


def test_class_numbers_become_one_hot_where_the_loss_needs_it():
    wanted = recipe(data={"kind": "digits"}, loss="mean_squared_error")
    data = load(wanted["data"])
    t = network.targets(network.build(wanted, data), data.t_train[:3])
    assert np.array_equal(t, badak.utils.to_categorical(data.t_train[:3], 10))


def test_penalties_are_those_of_every_dense_layer():
    model = built({"kind": "dense", "units": 5}, l1=0.1, l2=0.2)
    expected = badak.regularizers.L1L2(l1=0.1, l2=0.2)
    assert [layer.kernel_regularizer for layer in model.layers] == [expected, expected]


def test_a_schedule_begins_with_the_optimizers_rate():
    model = built(
        optimizer={"name": "sgd", "learning_rate": 0.5},
        schedule={"name": "CosineDecay", "decay_steps": 10},
    )
    assert model.optimizer.rate(1) == 0.5
    assert model.optimizer.rate(11) == pytest.approx(0.0)


def test_an_optimizer_that_takes_all_samples_has_no_batches():
    wanted = recipe(optimizer={"name": "GradientDescent", "learning_rate": 0.1})
    assert network.batch_size(network.build(wanted, load(wanted["data"])), wanted) is None


def test_a_typed_activation_trains_as_the_one_it_means():
    typed = built({"kind": "dense", "units": 5, "activation": {"formula": "x * sigmoid(x)"}})
    named = built({"kind": "dense", "units": 5, "activation": "swish"})
    data = load(PLANE)
    for model in (typed, named):
        model.fit(data.x_train, data.t_train, batch_size=10, epochs=5, verbose=0)
    one, other = (model.parameters.vector for model in (typed, named))
    assert np.allclose(one, other, atol=1e-5)


def test_the_network_takes_no_more_memory_than_it_may():
    layer = {"kind": "dense", "units": 4096, "activation": "relu"}
    with pytest.raises(RecipeError, match=r"the network would have .* weights"):
        built(*[layer] * 3)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ([3], [3, 4], ((0, 0),)),
        ([3, 4], [4], ((2, 1),)),
        ([3, 4, 5], [3, 5], ((0, 0), (3, 2))),
        ([3, 4, 4, 5], [3, 4, 5], ((0, 0), (1, 1), (3, 2), (4, 3))),
        ([3, 4], [3, 7], ((0, 0),)),
        ([7, 3, 4], [3, 4], ((2, 1), (3, 2))),
    ],
)
def test_layers_that_stay_keep_their_weights(old, new, kept):
    before, after = (
        recipe([{"kind": "dense", "units": units} for units in each]) for each in (old, new)
    )
    data = load(PLANE)
    model = network.build(before, data)
    model.parameters.vector[...] += 1.0
    made = network.change(model, before, after, data)
    assert made.begin == "rebuilt"
    fits = [
        (one, other)
        for one, other in kept
        if model.layers[one].kernel.shape == made.model.layers[other].kernel.shape
    ]
    assert made.kept == tuple(fits)
    for one, other in made.kept:
        assert np.array_equal(model.layers[one].kernel, made.model.layers[other].kernel)


def test_how_data_are_shown_is_no_other_data():
    one = recipe(data={**PLANE, "plane": [0, 1]})
    assert same_data(one, recipe(data={**PLANE, "plane": [1, 0], "held": {"0": 1.0}}))
    assert not same_data(one, recipe(data={**PLANE, "samples": 50}))


def test_a_complete_recipe_is_complete():
    assert complete(complete({})) == complete({})
    assert complete({"training": {"optimizer": "sgd"}})["training"]["optimizer"] == {"name": "sgd"}
