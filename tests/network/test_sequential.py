import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak import Input, Sequential, utils
from badak.activations import Activation
from badak.errors import DivergedError, InputError
from badak.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Ensemble,
    Flatten,
    Normalization,
    Rescaling,
)

X = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
LABELS = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


def small(output="softmax", units=3, **settings):
    return Sequential([Input((4,)), Dense(8, "relu"), Dense(units, output)], **settings)


def test_layers_added_one_by_one_make_the_same_network():
    at_once = small()
    one_by_one = Sequential()
    one_by_one.add(Dense(8, activation="relu", input_shape=(4,)))
    one_by_one.add(Dense(3, activation="softmax"))
    assert (at_once.predict(X) == one_by_one.predict(X)).all()
    assert [layer.name for layer in one_by_one.layers] == ["dense", "dense_1"]


def test_input_dim_is_one_axis_of_input_shape():
    assert Sequential([Dense(2, input_dim=7)]).input_shape == (7,)


def test_adding_a_layer_keeps_the_weights_of_those_before():
    model = small()
    model.fit(X, LABELS, verbose=0)
    before = model.get_weights()
    model.add(Dense(2))
    for old, new in zip(before, model.get_weights(), strict=False):
        assert (old == new).all()
    model.pop()
    assert [w.shape for w in model.get_weights()] == [w.shape for w in before]


def test_the_shape_may_come_from_the_data():
    model = Sequential([Dense(3, "softmax")])
    with pytest.raises(InputError, match="shape is not known"):
        model.get_weights()
    model.fit(X, LABELS, verbose=0)
    assert model.input_shape == (4,)


def test_layers_hold_named_views_of_one_aligned_vector():
    model = small()
    assert model.parameters.vector.dtype == np.float32
    assert model.parameters.vector.ctypes.data % 64 == 0
    model.layers[0].kernel[0, 0] = 42.0
    assert 42.0 in model.parameters.vector
    assert model.get_weights()[0][0, 0] == 42.0
    with pytest.raises(AttributeError, match="gamma"):
        _ = model.layers[0].gamma


@given(seed=st.integers(0, 2**31))
@settings(max_examples=10, deadline=None)
def test_one_seed_gives_the_same_bits(seed):
    answers = []
    for _ in range(2):
        model = Sequential([Input((4,)), Dense(5, "tanh"), Dropout(0.3), Dense(1)], seed=seed)
        model.fit(X, X[:, :1], epochs=2, verbose=0)
        answers.append(model.predict(X).tobytes())
    assert answers[0] == answers[1]


def test_the_default_seed_is_set_in_one_place():
    try:
        utils.set_random_seed(7)
        assert (small().get_weights()[0] == small(seed=7).get_weights()[0]).all()
    finally:
        utils.set_random_seed(0)
    assert (small().get_weights()[0] == small(seed=0).get_weights()[0]).all()


def test_weights_go_in_as_they_came_out_or_not_at_all():
    model, other = small(seed=1), small(seed=2)
    other.set_weights(model.get_weights())
    assert (model.predict(X) == other.predict(X)).all()
    good = model.get_weights()
    for wrong in (good[:-1], [w.T for w in good], [w * np.nan for w in good]):
        with pytest.raises(InputError):
            other.set_weights(wrong)
        assert (model.predict(X) == other.predict(X)).all()


def test_classify_gives_the_largest_without_softmax():
    model = small()
    assert (model.classify(X) == model.predict(X).argmax(axis=1)).all()
    model = small("sigmoid", 1)
    assert (model.classify(X) == (model.predict(X)[:, 0] > 0.5)).all()


@pytest.mark.parametrize("size", [1, 7, 40, 1000])
def test_answers_do_not_depend_on_the_batch_size(size):
    model = small()
    np.testing.assert_allclose(model.predict(X, batch_size=size), model.predict(X), rtol=1e-5)
    assert (model.classify(X, batch_size=size) == model.classify(X)).all()


def test_forward_keeps_every_sum_and_output():
    model = small()
    passes = model.forward(X)
    hidden, output = passes
    w1, b1, w2, b2 = model.get_weights()
    np.testing.assert_allclose(hidden.a, X @ w1 + b1, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(hidden.z, np.maximum(hidden.a, 0.0))
    np.testing.assert_allclose(output.a, hidden.z @ w2 + b2, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(output.z, model.predict(X), rtol=1e-5)


def test_gradients_are_those_of_the_loss():
    model = small("identity", 2)
    t = X[:, :2] * 2.0
    gradients = model.gradients(X, t)
    h = model.forward(X)[0].z
    expected = h.T @ (2.0 / 2 * (model.predict(X) - t) / len(X))
    np.testing.assert_allclose(gradients[2], expected, rtol=1e-3, atol=1e-6)
    assert [g.shape for g in gradients] == [w.shape for w in model.get_weights()]


def test_check_gradients_finds_a_wrong_slope():
    from badak.activations import Activation

    wrong = Activation("wrong", lambda x: x * x, lambda x: 3.0 * x)
    model = Sequential([Input((4,)), Dense(5, wrong), Dense(1)])
    check = model.check_gradients(X, X[:, :1])
    assert not check.passed()
    assert check.errors["dense_1.kernel"] < 1e-6 < check.errors["dense.kernel"]
    assert "dense.kernel" in str(check)


def test_evaluate_gives_the_mean_loss_and_the_metrics():
    model = small()
    loss, accuracy = model.evaluate(X, LABELS)
    y = model.predict(X).astype(np.float64)
    assert loss == pytest.approx(-np.log(y[np.arange(40), LABELS]).mean(), rel=1e-5)
    assert accuracy == pytest.approx((y.argmax(axis=1) == LABELS).mean())
    assert model.evaluate(X, LABELS, return_dict=True) == {"loss": loss, "accuracy": accuracy}
    model.compile(loss="sparse_categorical_crossentropy")
    assert model.evaluate(X, LABELS) == loss


def test_regularizers_count_in_the_loss():
    plain = Sequential([Input((4,)), Dense(1)])
    held = Sequential([Input((4,)), Dense(1, kernel_regularizer="l2")])
    t = X[:, :1]
    for model in (plain, held):
        model.compile(loss="mse")
    penalty = 0.01 * float((plain.get_weights()[0] ** 2).sum())
    assert held.evaluate(X, t) == pytest.approx(plain.evaluate(X, t) + penalty, rel=1e-5)


def test_sample_weights_weigh_the_loss():
    model = small()
    model.compile(loss="sparse_categorical_crossentropy")
    only_first = np.zeros(40)
    only_first[0] = 40.0
    expected = model.evaluate(X[:1], LABELS[:1])
    assert model.evaluate(X, LABELS, sample_weight=only_first) == pytest.approx(expected, rel=1e-5)


def test_a_network_of_images_and_raw_pixels():
    images = np.random.default_rng(1).integers(0, 256, size=(20, 3, 3), dtype=np.uint8)
    model = Sequential([Input((3, 3)), Rescaling(1 / 255), Flatten(), Dense(2, "softmax")])
    model.fit(images, np.arange(20) % 2, verbose=0)
    scaled = images.reshape(20, 9).astype(np.float32) / 255
    w, b = model.get_weights()
    np.testing.assert_allclose(model.forward(images)[-1].a, scaled @ w + b, rtol=1e-4, atol=1e-5)


def test_fit_adapts_layers_in_their_order():
    model = Sequential([Input((4,)), Rescaling(10.0, 3.0), Normalization(), Dense(1)])
    with pytest.raises(InputError, match="adapt"):
        model.predict(X)
    model.fit(X, X[:, :1], epochs=1, verbose=0)
    z = model.forward(X)[1].z
    np.testing.assert_allclose(z.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(z.std(axis=0), 1.0, rtol=1e-4)


def test_an_own_mean_and_variance_are_used_as_given():
    layer = Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0])
    model = Sequential([Input((2,)), layer, Flatten()])
    np.testing.assert_allclose(model.predict([[3.0, 5.0]]), [[1.0, 1.0]])


def test_summary_counts_the_deepest_of_networks_side_by_side(capsys):
    members = [[Dense(4, "relu"), Dense(4, "relu"), Dense(2)], [Dense(2)]]
    Sequential([Input((3,)), Ensemble(members), Dense(1)]).summary()
    printed = capsys.readouterr().out
    assert "Ensemble of 2" in printed
    assert "layers: 4 counting those with weights" in printed
    assert f"weights: {(3 * 4 + 4) + (4 * 4 + 4) + (4 * 2 + 2) + (3 * 2 + 2) + 3}" in printed


def test_summary_counts_layers_in_both_ways(capsys):
    Sequential(
        [Input((784,)), Dense(50, "sigmoid"), BatchNormalization(), Dense(10, "softmax")]
    ).summary()
    printed = capsys.readouterr().out
    assert "layers: 2 counting those with weights, 3 with the input as well" in printed
    assert "39,250" in printed
    assert "weights: 39,960 (39,860 trained, 100 only kept)" in printed


def test_repr_tells_the_network():
    assert repr(small()) == (
        "Sequential([Input((4,)), Dense(8, activation='relu'), Dense(3, activation='softmax')])"
    )


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Sequential(["dense"]), "add takes a layer"),
        (lambda: Sequential([Dense(2), Input((3,))]), "only be the first"),
        (lambda: Sequential([Input((3,)), Input((3,))]), "only one"),
        (lambda: Sequential([Dense(2, name="a"), Dense(2, name="a")]), "two layers are called"),
        (lambda: Sequential([Input((2, 2)), Dense(3)]), r"layer 'dense'.*Flatten\(\)"),
        (lambda: Sequential([Input((0,))]), "positive whole numbers"),
        (lambda: Dense(0), "units must be a whole number of at least 1"),
        (lambda: Dense(2.5), "units"),
        (lambda: Dense(2, activation="sigmod"), "did you mean 'sigmoid'"),
        (lambda: Dense(2, kernel_initializer="he_norml"), "did you mean"),
        (lambda: Dropout(1.0), r"number in \[0, 1\)"),
        (lambda: Sequential(seed=-1), "seed"),
        (lambda: Sequential().pop(), "no layer"),
        (lambda: Sequential().predict(X), "no layers"),
        (lambda: small().compile(optimizer="adm"), "did you mean 'adam'"),
        (lambda: small().compile(loss="mean_square_error"), "did you mean 'mean_squared_error'"),
        (lambda: small("identity").compile(loss="categorical_crossentropy"), "probabilities"),
    ],
)
def test_what_cannot_be_built_is_refused(build, said):
    with pytest.raises(InputError, match=said):
        build()


def test_the_same_layer_twice_is_refused():
    layer = Dense(4)
    with pytest.raises(InputError, match="in this network"):
        Sequential([Input((4,)), layer, layer])


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (LABELS + 1, "3 units, for the classes 0 to 2"),
        (LABELS - 1, "class -1"),
        (LABELS + 0.5, "whole class numbers"),
        (LABELS[:-1], "x has 40 samples, but y has 39"),
        (np.array(["a"] * 40), "labels 0, 1, 2"),
        (np.where(X[:, 0] > 9, 1.0, np.nan), "nan"),
        (np.eye(4)[LABELS], r"shape \(40, 4\)"),
        (np.ones((40, 3)), "sum to 1"),
        (np.zeros((40, 2, 2)), "shape"),
    ],
)
def test_targets_that_do_not_fit_are_refused(y, said):
    model = small()
    before = model.get_weights()
    with pytest.raises(InputError, match=said):
        model.fit(X, y, verbose=0)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_one_hot_and_labels_are_told_apart():
    model = small()
    model.compile(loss="sparse_categorical_crossentropy")
    with pytest.raises(InputError, match="'categorical_crossentropy'"):
        model.fit(X, np.eye(3)[LABELS], verbose=0)
    model.compile(loss="categorical_crossentropy")
    with pytest.raises(InputError, match="'sparse_categorical_crossentropy'"):
        model.fit(X, LABELS, verbose=0)


def test_regression_targets_are_never_broadcast():
    model = Sequential([Input((4,)), Dense(1)])
    model.fit(X, X[:, 0], verbose=0)
    model.fit(X, X[:, :1], verbose=0)
    with pytest.raises(InputError, match="agree"):
        model.fit(X, X[:, :2], verbose=0)
    with pytest.raises(InputError, match="agree"):
        small("identity", 3).fit(X, X[:, 0], verbose=0)


def test_a_loss_that_is_not_finite_ends_training_with_the_last_good_weights():
    model = Sequential([Input((4,)), Dense(8), Dense(1)])
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 1e30
    with pytest.raises(DivergedError, match=r"epoch 1, batch \d.*learning rate 1e\+30"):
        model.fit(X, X[:, :1], epochs=3, batch_size=8, verbose=0)
    assert np.isfinite(model.parameters.vector).all()
    assert np.isfinite(model.evaluate(X, X[:, :1]))
    model.optimizer.learning_rate = 0.01
    model.fit(X, X[:, :1], epochs=3, verbose=0)


def test_inputs_without_scale_are_named_as_the_cause():
    model = Sequential([Input((4,)), Dense(8), Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(DivergedError, match="scale them"):
        model.fit(X * 1e6, X[:, :1], epochs=20, verbose=0)


def test_a_layer_belongs_to_one_network():
    layer = Dense(3)
    first = Sequential([Input((4,)), layer])
    with pytest.raises(InputError, match="in another network"):
        Sequential([Input((7,)), layer])
    assert first.pop() is layer
    assert Sequential([Input((7,)), layer]).count_params() == 24


def test_a_list_of_layers_is_asked_for():
    with pytest.raises(InputError, match=r"a list of layers, \[Dense\(3\)\]"):
        Sequential(Dense(3))


def test_weights_that_are_set_are_as_good_as_learned_ones():
    taught = Sequential([Input((4,)), Normalization(), Dense(1)])
    taught.adapt(X)
    other = Sequential([Input((4,)), Normalization(), Dense(1)])
    other.set_weights(taught.get_weights())
    assert (other.predict(X) == taught.predict(X)).all()


def test_many_questions_have_no_one_class():
    model = Sequential([Input((4,)), Dense(3, "sigmoid")])
    model.compile(loss="binary_crossentropy")
    with pytest.raises(InputError, match="predict"):
        model.classify(X)


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_a_copy_goes_on_by_itself(copied):
    model = small()
    model.compile("adam")
    model.fit(X, LABELS, epochs=2, verbose=0)
    twin = copied(model)
    assert (twin.predict(X) == model.predict(X)).all()
    before = model.get_weights()
    twin.fit(X, LABELS, epochs=2, verbose=0)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    model.fit(X, LABELS, epochs=2, verbose=0)
    assert all((a == b).all() for a, b in zip(twin.get_weights(), model.get_weights(), strict=True))


def test_classes_are_those_of_the_outputs_where_an_own_activation_turns_the_order_round():
    def turned(x):
        return -x / np.sum(np.abs(x), axis=-1, keepdims=True)

    own = Activation("softmax", turned, lambda y, gradient: gradient, rowwise=True)
    model = Sequential([Input((3,)), Dense(4, own)], seed=1)
    model.compile(loss="mean_squared_error")
    x = np.random.default_rng(0).normal(size=(20, 3))
    np.testing.assert_array_equal(model.classify(x), model.predict(x).argmax(axis=-1))
