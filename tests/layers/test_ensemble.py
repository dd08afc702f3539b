"""Networks side by side: what they answer, how they are trained, kept and refused."""

import copy
import json
import pickle
import warnings

import numpy as np
import pytest

from badak import Input, Sequential, formats, load_model
from badak.activations import Activation as NamedActivation
from badak.errors import FileFormatError, InputError
from badak.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Ensemble,
    FeatureScale,
    Flatten,
    GaussianNoise,
    Normalization,
    PiecewiseLinearEncoding,
    PReLU,
    Rescaling,
    from_config,
)
from badak.layers.ensemble import every_layer, member_place
from tests.own_layers import Bend

RNG = np.random.default_rng(5)
X = RNG.normal(size=(40, 3)).astype(np.float32)
T = RNG.normal(size=(40, 2)).astype(np.float32)
EDGES = [[-1.0, 0.0, 1.5], [], [-0.5, 0.7]]


def plain(units=2, seed=0):
    return Sequential([Input((3,)), Dense(5, "relu"), Dense(units)], seed=seed)


def encoded():
    return [
        PiecewiseLinearEncoding(EDGES),
        FeatureScale(),
        Dense(6, "silu", kernel_regularizer="l2"),
        Dropout(0.25),
        Dense(2),
    ]


def normalised():
    return [
        Normalization(),
        Dense(4, use_bias=False),
        BatchNormalization(momentum=0.5),
        Activation("relu"),
        GaussianNoise(0.1),
        Dense(2, "tanh"),
    ]


def activated():
    """A member that begins with an activation, and has weights in it."""
    return [Activation("tanh"), PReLU("ones"), Dense(2)]


def mixed(engine=None, **settings):
    """Members of every kind, between a layer before and layers after them."""
    members = [encoded(), normalised(), activated(), [Dense(2)]]
    layers = [Dense(3, "tanh"), Ensemble(members, [0.5, -0.25, 1.5, 0.1]), Rescaling(0.5, 0.1)]
    model = Sequential([Input((3,)), *layers], seed=2, engine=engine, **settings)
    model.compile("adam", loss="mean_squared_error")
    return model


def at_front(engine=None):
    model = Sequential(
        [Input((3,)), Ensemble([encoded(), normalised(), activated()])], seed=2, engine=engine
    )
    model.compile("sgd", loss="mean_squared_error")
    return model


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_it_answers_the_weighted_sum_of_what_its_members_answer(engine):
    bag = [plain(seed=seed) for seed in range(4)]
    weights = [0.5, 0.25, -1.0, 0.0]
    model = Sequential([Input((3,)), Ensemble(bag, weights)], engine=engine)
    expected = sum(w * member.predict(X) for w, member in zip(weights, bag, strict=True))
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5, atol=1e-6)


def test_without_weights_it_answers_the_mean():
    bag = [plain(seed=seed) for seed in range(3)]
    model = Sequential([Input((3,)), Ensemble(bag)])
    expected = np.mean([member.predict(X) for member in bag], axis=0)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5, atol=1e-6)


def test_a_bag_of_trained_networks_is_one_network_with_their_weights():
    bag = [plain(seed=seed) for seed in range(2)]
    for member in bag:
        member.compile("adam", loss="mse")
        member.fit(X, T, epochs=2, verbose=0)
    model = Sequential([Input((3,)), Ensemble(bag)])
    for index, member in enumerate(bag):
        for place, layer in enumerate(member.layers):
            inner = model.layers[0].members[index][place]
            np.testing.assert_array_equal(inner.kernel, layer.kernel)
            named = model.layers[0].weights[f"{index}.{place}.bias"]
            np.testing.assert_array_equal(named, inner.bias)
            assert np.shares_memory(inner.kernel, model.parameters.vector)
    bag[0].layers[0].kernel[...] = 0.0
    assert model.layers[0].members[0][0].kernel.any()


def test_weights_that_were_given_stay_when_layers_are_added():
    model = Sequential([Input((3,)), Ensemble([plain(seed=1)])])
    before = model.layers[0].get_weights()
    model.add(Dense(1))
    for one, other in zip(before, model.layers[0].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("make", [mixed, at_front])
def test_the_engine_compiles_it_and_agrees_with_the_reference(make):
    found = []
    for engine in ("reference", "compiled"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = make(engine)
            model.adapt(X)
            first = model.predict(X)
            model.fit(X, T, batch_size=16, epochs=3, verbose=0)
            found.append((first, model.predict(X), model.predict(X[:1]), *model.get_weights()))
    for by_reference, by_engine in zip(*found, strict=True):
        np.testing.assert_allclose(by_engine, by_reference, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("make", [mixed, at_front])
def test_its_gradients_are_those_of_central_differences(make):
    model = make()
    model.adapt(X)
    check = model.check_gradients(X, T)
    assert {"ensemble.0.2.kernel", "ensemble.2.1.alpha"} <= set(check.errors)
    assert check.passed(1e-6), str(check)


def test_members_that_begin_with_an_activation_leave_the_others_their_input():
    members = [[Activation("exponential")], [Activation("relu")], [Activation("tanh")]]
    model = Sequential([Input((3,)), Ensemble(members, [1.0, 1.0, 1.0])])
    expected = np.exp(X) + np.maximum(X, 0.0) + np.tanh(X)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5, atol=1e-6)


def test_the_same_layer_in_two_members_has_noise_of_its_own_in_each():
    drop = Dropout(0.5)
    model = Sequential([Input((50,)), Ensemble([[drop], [drop, drop]])])
    x = np.ones((20, 50), np.float32)
    (passed,) = model.forward(x, training=True)
    masks = [each.z != 0.0 for member in passed.memo for each in member]
    assert all((one != masks[0]).mean() > 0.1 for one in masks[1:])
    np.testing.assert_array_equal(model.predict(x), x)


def test_no_two_layers_share_the_number_that_their_noise_hangs_on():
    outer = range(30)
    inner = [member_place(layer, m, p) for layer in range(3) for m in range(30) for p in range(30)]
    within = [member_place(inner[7], m, p) for m in range(9) for p in range(9)]
    together = [*outer, *inner, *within]
    assert len(set(together)) == len(together)


def test_layers_in_members_learn_from_the_data_what_they_are_given():
    model = Sequential(
        [
            Input((3,)),
            Rescaling(2.0),
            Ensemble([[Normalization()], [Rescaling(3.0), Normalization()]]),
        ]
    )
    with pytest.raises(InputError, match="has not seen data yet"):
        model.predict(X)
    model.adapt(X)
    (one,), (_, other) = model.layers[1].members
    np.testing.assert_allclose(one.mean, 2.0 * X.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(other.mean, 6.0 * X.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(model.predict(X).std(axis=0), 1.0, rtol=1e-4)


def test_an_ensemble_may_be_a_members_layer():
    found = []
    for engine in ("reference", "compiled"):
        inner = Ensemble([[Dense(4, "tanh")], [Dense(4, "relu")]], [2.0, -1.0])
        outer = Ensemble([[inner, Dense(2)], [Dense(2)]])
        model = Sequential([Input((3,)), outer], seed=4, engine=engine)
        assert "0.0.1.0.kernel" in model.layers[0].weights
        model.compile("sgd", loss="mse")
        model.fit(X, T, epochs=2, verbose=0)
        found.append(model.predict(X))
    np.testing.assert_allclose(*found, rtol=1e-4, atol=1e-5)


def test_samples_of_several_axes_are_taken():
    members = [[Flatten(), Dense(2)], [Flatten(), Dense(3, "relu"), Dense(2)]]
    model = Sequential([Input((2, 2)), Ensemble(members)], seed=1)
    x = RNG.normal(size=(7, 2, 2)).astype(np.float32)
    expected = model.forward(x)[-1].z
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("file", ["m.safetensors", "m.npz"])
def test_files_keep_it_to_the_bit(file, tmp_path):
    model = mixed()
    model.fit(X, T, epochs=2, verbose=0)
    if file == "m.npz":
        formats.export(model, tmp_path / file)
    else:
        model.save(tmp_path / file)
    back = formats.import_model(tmp_path / file)
    np.testing.assert_array_equal(back.predict(X), model.predict(X))
    assert repr(back) == repr(model)
    back.fit(X, T, epochs=1, verbose=0)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copies_answer_alike_and_have_weights_of_their_own(again):
    model = mixed()
    model.adapt(X)
    expected = model.predict(X)
    copied = again(model)
    copied.layers[1].members[3][0].kernel[...] = 0.0
    np.testing.assert_array_equal(model.predict(X), expected)
    assert not np.array_equal(copied.predict(X), expected)


def test_a_checkpoint_goes_on_to_the_same_bits(tmp_path):
    whole, first, second = mixed(), mixed(), mixed()
    whole.fit(X, T, epochs=4, verbose=0)
    first.fit(X, T, epochs=2, verbose=0, checkpoint=tmp_path / "run")
    second.fit(X, T, epochs=4, verbose=0, checkpoint=tmp_path / "run")
    np.testing.assert_array_equal(second.parameters.vector, whole.parameters.vector)


def doubled(x):
    return 2.0 * x


def slope_of_doubled(x):
    return 2.0 + 0.0 * x


DOUBLED = NamedActivation("doubled", doubled, slope_of_doubled)


def test_layers_and_activations_of_ones_own_are_found_within_members(tmp_path):
    model = Sequential([Input((3,)), Ensemble([[Bend(0.7)], [Dense(3, DOUBLED)]])])
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(FileFormatError, match="custom_objects"):
        load_model(tmp_path / "m.safetensors", {"Bend": Bend})
    back = load_model(tmp_path / "m.safetensors", {"Bend": Bend, "doubled": DOUBLED})
    assert back.layers[0].members[0][0].strength == 0.7
    np.testing.assert_array_equal(back.predict(X), model.predict(X))


class Doubled(Ensemble):
    """An ensemble that computes otherwise."""

    def forward(self, w, x, mode):
        z, memo = super().forward(w, x, mode)
        return 2.0 * z, memo


def test_a_subclass_that_computes_otherwise_is_never_taken_for_it(tmp_path):
    model = Sequential([Input((3,)), Doubled([[Dense(2)], [Dense(2)]], [0.25, 0.5])])
    plain = Sequential([Input((3,)), Ensemble(model.layers[0].members, [0.25, 0.5])])
    with pytest.warns(RuntimeWarning, match="cannot run this network: Doubled"):
        answers = model.predict(X)
    np.testing.assert_allclose(answers, 2.0 * plain.predict(X), rtol=1e-5, atol=1e-6)
    with pytest.raises(InputError, match="Doubled"):
        formats.export(model, tmp_path / "m.py")
    model.save(tmp_path / "m.safetensors")
    back = load_model(tmp_path / "m.safetensors", {"Doubled": Doubled})
    assert back.layers[0].member_weights == (0.25, 0.5)
    np.testing.assert_array_equal(back.forward(X)[-1].z, model.forward(X)[-1].z)


def test_what_no_file_can_name_is_refused_within_members(tmp_path):
    model = Sequential(
        [
            Input((3,)),
            Ensemble([[Dense(3, NamedActivation("<lambda>", doubled, slope_of_doubled))]]),
        ]
    )
    with pytest.raises(InputError, match="lambda"):
        model.save(tmp_path / "m.safetensors")
    assert not (tmp_path / "m.safetensors").exists()


def test_two_arrays_of_one_name_are_not_saved(tmp_path):
    model = Sequential([Input((3,)), Ensemble([[Dense(3)]], name="a"), Dense(3, name="a.0.0")])
    with pytest.raises(InputError, match="the same name"):
        model.save(tmp_path / "m.safetensors")


def test_a_configuration_is_plain_json_and_rebuilds_it():
    layer = Ensemble([encoded(), normalised(), [Bend(0.3), Dense(2)]], [1, 2, 3])
    config = json.loads(json.dumps(layer.get_config()))
    again = from_config(config, {"Bend": Bend})
    assert again.get_config() == layer.get_config()
    assert again.member_weights == (1.0, 2.0, 3.0)


def test_a_change_within_a_member_changes_the_answers():
    model = Sequential([Input((3,)), Ensemble([[Rescaling(2.0)], [Rescaling(4.0)]])])
    np.testing.assert_allclose(model.predict(X), 3.0 * X, rtol=1e-6)
    model.layers[0].members[1][0].scale = 6.0
    np.testing.assert_allclose(model.predict(X), 4.0 * X, rtol=1e-6)
    model.layers[0].member_weights = (1.0, 0.0)
    np.testing.assert_allclose(model.predict(X), 2.0 * X, rtol=1e-6)


def test_every_layer_is_found_depth_first():
    one, two, after = Dense(2), Ensemble([[Dense(2)], [Rescaling(2.0)]]), Dense(1)
    kinds = [type(each).__name__ for each in every_layer([one, two, after])]
    assert kinds == ["Dense", "Ensemble", "Dense", "Rescaling", "Dense"]


@pytest.mark.parametrize(
    ("members", "weights", "said"),
    [
        ([], None, "at least one member"),
        (Dense(2), None, "a list of members"),
        ("ab", None, "a list of members"),
        ([[]], None, "member 0 of Ensemble has no layers"),
        ([[Input((3,))]], None, "member 0 of Ensemble has no layers"),
        (
            [[Dense(2)], Dense(2)],
            None,
            "must be a list of layers or a network",
        ),
        ([[Dense(2), "relu"]], None, "member 0 of Ensemble must be a list of layers.*'relu'"),
        ([[Dense(2), Input((3,))]], None, "not with Input"),
        ([[Dense(2)], [Dense(2)]], [1.0], "2 members, but 1 weights"),
        ([[Dense(2)]], [np.nan], "each of Ensemble's weights must be a number.*nan"),
        ([[Dense(2)]], [np.inf], "each of Ensemble's weights must be a number.*inf"),
        ([[Dense(2)]], [1e300], "float32"),
        ([[Dense(2)]], ["1"], "must be a number"),
        ([[Dense(2)]], 1.0, "a list of numbers"),
        ([[Dense(2)]], np.array(1.0), "a list of numbers"),
        ([[Dense(2)], [Dense(2)]], np.ones((2, 2)), "must be a number"),
        ([[Dense(2)], [Dense(2)]], [[1.0], [1.0, 2.0]], "must be a number"),
        ([[Dense(2)], [Dense(2)]], [0.0, 1e-60], "all 0"),
    ],
)
def test_what_is_no_ensemble_is_refused_by_name(members, weights, said):
    with pytest.raises(InputError, match=said):
        Ensemble(members, weights)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([[Dense(2)], [Dense(3)]], r"one shape, but member 0 gives \(2,\) and member 1 \(3,\)"),
        ([[Dense(2)], [PiecewiseLinearEncoding([[0.0, 1.0]])]], "layer 0 of member 1"),
        ([[Input((4,)), Dense(2)]], r"member 0 takes samples of shape \(4,\), not \(3,\)"),
        ([Sequential([Input((4,)), Dense(2)])], r"member 0 takes samples of shape \(4,\)"),
    ],
)
def test_members_that_do_not_fit_are_refused_when_the_input_is_known(members, said):
    with pytest.raises(InputError, match=said):
        Sequential([Input((3,)), Ensemble(members)])


def test_a_softmax_over_one_unit_is_refused_within_members():
    model = Sequential([Input((3,)), Ensemble([[Dense(1)], [Dense(1, "softmax")]])])
    with pytest.raises(InputError, match="over one unit"):
        model.compile(loss="mse")


def test_a_file_of_too_many_layers_within_layers_is_refused(tmp_path):
    from badak.network.description import check_description

    inner = [{"class": "Dense", "name": "0.0"}] * 20_001
    told = {"layers": [{"class": "Ensemble", "name": "e", "members": [inner]}]}
    with pytest.raises(FileFormatError, match="20,000"):
        check_description(told, ("layers",))
    told["layers"][0]["members"] = [[{"class": 3, "name": "0.0"}]]
    with pytest.raises(FileFormatError, match=r"layers within layers.*'class'"):
        check_description(told, ("layers",))
