"""Networks that share their hidden layers: what they answer, how they are trained, and refused."""

import copy
import json
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import badak
from badak import Input, Sequential, formats, load_model, losses, optimizers
from badak.engine.machine import threads
from badak.engine.program import inference, training
from badak.errors import FileFormatError, InputError
from badak.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Ensemble,
    FeatureScale,
    LayerNormalization,
    Normalization,
    PiecewiseLinearEncoding,
    SharedEnsemble,
    from_config,
)
from badak.layers import (
    Input as InputLayer,
)
from badak.layers.ensemble import every_layer
from tests.own_layers import Bend

RNG = np.random.default_rng(5)
X = RNG.normal(size=(43, 3)).astype(np.float32)
T = RNG.normal(size=(43, 2)).astype(np.float32)
LABELS = RNG.integers(0, 2, 43)
EDGES = [[-1.0, 0.0, 1.5], [], [-0.5, 0.7]]
ENGINES = ["reference", "compiled"]


@pytest.fixture(autouse=True)
def no_fallback():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def shared(members=3, dropout=0.0, units=2, bias=True):
    hidden = [Dense(5, "tanh"), Dropout(dropout), Dense(4, "relu")]
    return SharedEnsemble([*hidden, Dense(units, use_bias=bias)], members=members)


def network(*after, engine=None, before=(), seed=2, optimizer="adam", loss="mse", **settings):
    layers = [*before, shared(**settings), *after]
    model = Sequential([Input((3,)), *layers], seed=seed, engine=engine)
    model.compile(optimizer, loss=loss)
    return model


def by_formula(layer, x):
    """TabM-mini of the paper: each member's answer in float64, (members, samples, units)."""
    w = {name: view.astype(np.float64) for name, view in layer.weights.items()}
    answers = []
    for k in range(layer.members):
        h = np.tanh((x * w[f"scale.{k}"]) @ w["shared.0.kernel"] + w["shared.0.bias"])
        h = np.maximum(h @ w["shared.2.kernel"] + w["shared.2.bias"], 0.0)
        answers.append(h @ w[f"head.{k}.kernel"] + w.get(f"head.{k}.bias", 0.0))
    return np.stack(answers)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("members", [1, 3, 8, 40])
def test_it_answers_the_mean_of_the_papers_members(members, engine):
    model = network(engine=engine, members=members, bias=members != 3)
    expected = by_formula(model.layers[0], X).mean(axis=0)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_each_members_answer_is_compared_with_the_target_by_itself(engine):
    model = network(engine=engine, optimizer=optimizers.SGD(0.0))
    squares = (by_formula(model.layers[0], X) - T) ** 2
    weight = RNG.uniform(0.5, 2.0, len(X)).astype(np.float32)
    plain = model.fit(X, T, batch_size=len(X), epochs=1, verbose=0).history["loss"]
    weighted = model.fit(X, T, sample_weight=weight, batch_size=43, epochs=1, verbose=0).history
    np.testing.assert_allclose(plain, squares.mean(), rtol=1e-5)
    expected = (squares.mean(axis=(0, 2)) * weight).mean()
    np.testing.assert_allclose(weighted["loss"], expected, rtol=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_metrics_of_training_are_those_of_the_mean_of_the_members(engine):
    model = network(engine=engine, loss=losses.SparseCategoricalCrossentropy(from_logits=True))
    model.compile(optimizers.SGD(0.0), loss=model.loss, metrics=["accuracy"])
    logs = model.fit(X, LABELS, batch_size=10, epochs=1, verbose=0).history
    chosen = by_formula(model.layers[0], X).mean(axis=0).argmax(axis=1)
    assert logs["accuracy"] == [pytest.approx((chosen == LABELS).mean())]
    scores = model.evaluate(X, LABELS, return_dict=True)
    assert scores["accuracy"] == pytest.approx(logs["accuracy"][0])


def test_gradients_are_those_of_autograd():
    torch = pytest.importorskip("torch", reason="comes with the extra test-peers")
    model = network()
    layer = model.layers[0]
    w = {
        name: torch.tensor(view.astype(np.float64), requires_grad=True)
        for name, view in layer.weights.items()
    }
    x, t = torch.tensor(X.astype(np.float64)), torch.tensor(T.astype(np.float64))
    loss = torch.zeros((), dtype=torch.float64)
    for k in range(3):
        h = torch.tanh((x * w[f"scale.{k}"]) @ w["shared.0.kernel"] + w["shared.0.bias"])
        h = torch.relu(h @ w["shared.2.kernel"] + w["shared.2.bias"])
        y = h @ w[f"head.{k}.kernel"] + w[f"head.{k}.bias"]
        loss = loss + torch.nn.functional.mse_loss(y, t) / 3.0
    loss.backward()
    for (name, theirs), ours in zip(w.items(), model.gradients(X, T), strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-4, atol=1e-6, err_msg=name)
    trace = model.trace(X, T, training=True)
    assert trace.loss == pytest.approx(loss.item(), rel=1e-5)
    assert trace.t.shape == trace.y.shape == (129, 2)


def test_gradients_are_those_of_central_differences():
    before, after = [PiecewiseLinearEncoding(EDGES), FeatureScale()], [Activation("tanh"), Dense(2)]
    model = network(*after, before=before, dropout=0.3)
    check = model.check_gradients(X, T)
    assert {"shared_ensemble.scale.1", "shared_ensemble.head.2.kernel"} <= set(check.errors)
    assert check.passed(1e-6), str(check)


@given(
    members=st.sampled_from([1, 2, 3, 8, 27]),
    batch_size=st.integers(1, 50),
    bias=st.booleans(),
    dropout=st.sampled_from([0.0, 0.3]),
    before=st.booleans(),
    after=st.booleans(),
    full=st.booleans(),
)
@settings(max_examples=12, deadline=None)
def test_the_engine_agrees_with_the_reference(
    members, batch_size, bias, dropout, before, after, full
):
    first = [PiecewiseLinearEncoding(EDGES), Dropout(0.1)] if before else []
    last = [LayerNormalization(), Dense(2)] if after else []
    found = []
    for engine in ENGINES:
        given_layers = copy.deepcopy((first, last))
        model = network(
            *given_layers[1],
            before=given_layers[0],
            engine=engine,
            optimizer=optimizers.SGD(0.05, global_clipnorm=0.5 if full else None),
            members=members,
            bias=bias,
            dropout=dropout,
        )
        history = model.fit(X, T, batch_size=batch_size, epochs=2, verbose=0).history["loss"]
        found.append((history, model.predict(X), *model.get_weights()))
    for by_reference, by_engine in zip(*found, strict=True):
        np.testing.assert_allclose(by_engine, by_reference, rtol=1e-3, atol=2e-5)


def trained(**settings):
    model = network(Activation("tanh"), before=[Dense(3, "tanh")], dropout=0.2, members=5)
    model.fit(X, T, epochs=3, batch_size=16, verbose=0, **settings)
    return model.parameters.vector.tobytes(), model.predict(X).tobytes()


@pytest.mark.parametrize("count", [2, 3, 7])
def test_any_number_of_threads_gives_the_same_bits(count, monkeypatch):
    monkeypatch.setattr(training, "SMALL", 0)
    monkeypatch.setattr(inference, "ANSWERS_APART", 0)
    found = []
    for threads_now in (1, count):
        monkeypatch.setenv(threads.VARIABLE, str(threads_now))
        found.append(trained())
    assert found[0] == found[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_checkpoint_goes_on_to_the_same_bits(engine, tmp_path):
    whole, first, second = (network(engine=engine, dropout=0.2) for _ in range(3))
    whole.fit(X, T, epochs=4, verbose=0)
    first.fit(X, T, epochs=2, verbose=0, checkpoint=tmp_path / "run")
    second.fit(X, T, epochs=4, verbose=0, checkpoint=tmp_path / "run")
    np.testing.assert_array_equal(second.parameters.vector, whole.parameters.vector)


@pytest.mark.parametrize("engine", ENGINES)
def test_learning_rates_are_multiplied_by_its_own_and_those_within(engine):
    hidden = Dense(4, "tanh", learning_rate_multiplier={"kernel": 0.0})
    layer = SharedEnsemble(
        [hidden, Dense(2, learning_rate_multiplier=0.25)], 3, learning_rate_multiplier=0.5
    )
    model = Sequential([Input((3,)), layer], engine=engine)
    model.compile(optimizers.SGD(0.1), loss="mse")
    before, gradients = model.get_weights(), model.gradients(X, T)
    model.fit(X, T, batch_size=43, epochs=1, verbose=0)
    multipliers = {"scale": 0.5, "shared.0.kernel": 0.0, "shared.0.bias": 0.5, "head": 0.125}
    for name, w, g in zip(layer.weights, before, gradients, strict=True):
        known = multipliers.get(name, multipliers.get(name.split(".")[0]))
        expected = w - 0.1 * known * g
        np.testing.assert_allclose(layer.weights[name], expected, rtol=1e-5, atol=1e-7)


def test_fit_many_gives_the_bits_of_fit():
    models = [network(seed=seed, dropout=0.2) for seed in range(3)]
    badak.fit_many(models, X, T, epochs=2)
    for seed, model in enumerate(models):
        alone = network(seed=seed, dropout=0.2)
        alone.fit(X, T, epochs=2, verbose=0)
        np.testing.assert_array_equal(model.parameters.vector, alone.parameters.vector)


@pytest.mark.parametrize("engine", ENGINES)
def test_batches_that_are_read_one_by_one_train_as_those_of_an_array(engine):
    whole, streamed = (network(engine=engine, dropout=0.2) for _ in range(2))
    whole.fit(X, T, batch_size=10, epochs=1, shuffle=False, verbose=0)
    batches = [(X[start : start + 10], T[start : start + 10]) for start in range(0, 43, 10)]
    streamed.fit(iter(batches), epochs=1, verbose=0)
    np.testing.assert_allclose(
        streamed.parameters.vector, whole.parameters.vector, rtol=1e-5, atol=1e-6
    )


def test_class_weights_count_for_every_member():
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    by_class, by_sample = (network(loss=loss) for _ in range(2))
    by_class.fit(X, LABELS, class_weight={0: 3.0, 1: 0.5}, epochs=2, verbose=0)
    weight = np.where(LABELS == 0, 3.0, 0.5)
    by_sample.fit(X, LABELS, sample_weight=weight, epochs=2, verbose=0)
    np.testing.assert_array_equal(by_class.parameters.vector, by_sample.parameters.vector)


def test_each_member_has_noise_of_its_own():
    layer = SharedEnsemble([Dropout(0.5), Dense(50)], members=2)
    model = Sequential([Input((50,)), layer])
    (passed,) = model.forward(np.ones((4, 50)), training=True)
    assert passed.z.shape == (8, 50)
    kept = passed.memo.passes[0].z != 0.0
    assert all((kept[row] != kept[row + 1]).any() for row in range(7))


def test_apart_it_is_an_ensemble_of_the_same_bits():
    model = network()
    model.fit(X, T, epochs=2, verbose=0)
    alone = Sequential([Input((3,)), model.layers[0].apart()])
    assert isinstance(alone.layers[0], Ensemble)
    np.testing.assert_array_equal(alone.predict(X), model.predict(X))
    alone.layers[0].members[0][1].kernel[...] = 0.0
    assert model.layers[0].weights["shared.0.kernel"].any()
    with pytest.raises(InputError, match="SharedEnsemble has no weights yet"):
        shared().apart()


def test_a_new_one_has_scales_of_a_normal_distribution():
    model = Sequential([Input((500,)), SharedEnsemble([Dense(1)], members=4)])
    scales = np.stack([model.layers[0].weights[f"scale.{k}"] for k in range(4)])
    assert abs(scales.mean()) < 0.1
    assert abs(scales.std() - 1.0) < 0.1
    assert np.abs(np.corrcoef(scales) - np.eye(4)).max() < 0.2


# -- kept and shown


@pytest.mark.parametrize("file", ["m.safetensors", "m.npz"])
def test_files_keep_it_to_the_bit(file, tmp_path):
    model = network(Dense(2), dropout=0.2)
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
    model = network()
    expected = model.predict(X)
    copied = again(model)
    copied.layers[0].layers[0].kernel[...] = 0.0
    np.testing.assert_array_equal(model.predict(X), expected)
    assert not np.array_equal(copied.predict(X), expected)


def test_layers_of_ones_own_are_found_within(tmp_path):
    layer = SharedEnsemble([Dense(4), Bend(0.3), Dense(2)], members=2)
    model = Sequential([Input((3,)), layer])
    model.compile("adam", loss="mse")
    model.fit(X, T, epochs=1, verbose=0)
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(FileFormatError, match="custom_objects"):
        load_model(tmp_path / "m.safetensors")
    back = load_model(tmp_path / "m.safetensors", {"Bend": Bend})
    np.testing.assert_array_equal(back.predict(X), model.predict(X))
    config = json.loads(json.dumps(layer.get_config()))
    assert from_config(config, {"Bend": Bend}).get_config() == layer.get_config()


def test_what_no_file_can_name_is_refused_within(tmp_path):
    class Dense(badak.layers.Dense):
        """Called as badak's own."""

    model = Sequential([Input((3,)), SharedEnsemble([Dense(3), badak.layers.Dense(2)])])
    with pytest.raises(InputError, match="another name"):
        model.save(tmp_path / "m.safetensors")


def test_layers_within_count_as_those_of_the_network():
    layer = shared()
    assert [type(each).__name__ for each in every_layer([layer])] == [
        "SharedEnsemble",
        "Dense",
        "Dropout",
        "Dense",
        "Dense",
    ]
    model = Sequential([Input((3,)), SharedEnsemble([Dense(1, "softmax"), Dense(1)])])
    with pytest.raises(InputError, match="over one unit"):
        model.compile(loss="mse")


def test_a_file_of_too_many_layers_within_is_refused():
    from badak.network.description import check_description

    inner = [{"class": "Dense", "name": "0"}] * 20_001
    told = {"layers": [{"class": "SharedEnsemble", "name": "e", "layers": inner}]}
    with pytest.raises(FileFormatError, match="20,000"):
        check_description(told, ("layers",))


def test_a_change_within_changes_the_answers():
    model = Sequential([Input((3,)), SharedEnsemble([Bend(0.0), Dense(2)], members=2)])
    before = model.predict(X)
    model.layers[0].layers[0].strength = 5.0
    assert not np.array_equal(model.predict(X), before)


# -- looked into


def test_a_trace_of_gradients_is_that_of_training_or_refused():
    model = network(dropout=0.2)
    with pytest.raises(InputError, match="training=True"):
        model.trace(X, T)
    trace = model.trace(X, T, training=True)
    assert "43 samples of 3 rows each" in str(trace)
    assert model.inspect(X, T, training=True).samples == trace.samples == 43
    for (name, ours), theirs in zip(trace[0].gradients.items(), model.gradients(X, T), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, err_msg=name)
    np.testing.assert_allclose(model.trace(X).y, model.predict(X), rtol=1e-5, atol=1e-6)


def test_the_arithmetic_of_a_unit_is_the_mean_of_its_members():
    model = Sequential([Input((2,)), SharedEnsemble([Dense(1)], members=2)])
    model.set_weights([[1.0, 1.0], [0.0, 2.0], [[1.0], [1.0]], [0.5], [[1.0], [1.0]], [0.0]])
    x = [[4.0, 8.0]]
    assert str(model.trace(x).unit(0, 0)) == "0.5*12.5 + 0.5*16.0 = 14.25"
    row = model.trace(x, training=True)
    assert str(row.unit(0, 0, sample=0)) == "1.0*4.0 + 1.0*8.0 + 0.5 = 12.5"
    assert str(row.unit(0, 0, sample=1)) == "1.0*0.0 + 1.0*16.0 + 0.0 = 16.0"


@pytest.mark.parametrize(("hidden", "method"), [([], "exact"), ([Dense(4, "tanh")], "gradients")])
def test_what_each_column_adds_sums_up_to_the_answer(hidden, method):
    from badak.diagnostics.decomposition import decompose

    model = Sequential([Input((3,)), SharedEnsemble([*hidden, Dense(1)], members=3)])
    columns = {name: slice(i, i + 1) for i, name in enumerate("abc")}
    found = decompose(model, X[0], X[1], columns)
    assert found.method == method
    answers = model.predict(X[:2])[:, 0]
    assert found.added.sum() == pytest.approx(answers[0] - answers[1], abs=1e-3)


# -- refused


@pytest.mark.parametrize("engine", ENGINES)
def test_within_an_ensemble_it_answers_but_is_not_trained(engine):
    members = [network(seed=seed) for seed in range(2)]
    model = Sequential([Input((3,)), Ensemble(members)], engine=engine)
    model.compile("sgd", loss="mse")
    expected = np.mean([each.predict(X) for each in members], axis=0)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5, atol=1e-6)
    model.evaluate(X, T)
    for work in (
        lambda: model.fit(X, T, verbose=0),
        lambda: model.gradients(X, T),
        lambda: model.trace(X, T, training=True),
        lambda: model.check_gradients(X, T),
    ):
        with pytest.raises(InputError, match="SharedEnsemble within an Ensemble cannot be trained"):
            work()


def test_a_network_with_two_is_not_trained():
    model = network(SharedEnsemble([Dense(2)], members=2))
    assert model.predict(X).shape == (43, 2)
    with pytest.raises(InputError, match="one SharedEnsemble, but this one has 2"):
        model.fit(X, T, verbose=0)


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([], "the last layer of SharedEnsemble"),
        ([Dense(2, "relu")], "must be a Dense without activation"),
        ([Dense(2), Dropout(0.1)], "must be a Dense without activation"),
        ([BatchNormalization(), Dense(2)], "cannot be shared"),
        ([Normalization(), Dense(2)], "cannot be shared"),
        ([Ensemble([[Dense(2)]]), Dense(2)], "cannot be shared"),
        ([SharedEnsemble([Dense(2)]), Dense(2)], "cannot be shared"),
        ([InputLayer((3,)), Dense(2)], "takes a list of layers"),
        (["relu", Dense(2)], "takes a list of layers"),
    ],
)
def test_layers_that_cannot_be_shared_are_refused_by_name(layers, said):
    with pytest.raises(InputError, match=said):
        SharedEnsemble(layers)


@pytest.mark.parametrize("members", [0, -1, 2.5, True, 1_001, "3"])
def test_a_number_of_members_that_is_none_is_refused(members):
    with pytest.raises(InputError, match="members"):
        SharedEnsemble([Dense(2)], members=members)


def test_samples_of_several_axes_are_refused():
    with pytest.raises(InputError, match="SharedEnsemble"):
        Sequential([Input((2, 2)), shared()])
