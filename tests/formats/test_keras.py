import io
import json
import os
import zipfile

import numpy as np
import pytest

from badak import Input, Sequential, activations, formats, layers
from badak.errors import FileFormatError, InputError
from badak.layers import BatchNormalization, Dense, Dropout, Normalization, Whitening
from badak.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from badak.optimizers import SGD

h5py = pytest.importorskip("h5py", reason="h5py comes with the extra keras")

pytestmark = [
    pytest.mark.filterwarnings("ignore:the compiled engine cannot run:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own
    pytest.mark.filterwarnings("ignore:.*has no place for the names of the classes:UserWarning"),
]

NOT_IN_KERAS = {"step", "threshold", "gelu_tanh"}


@pytest.fixture(scope="module")
def keras():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "KERAS_BACKEND", "torch")
        pytest.importorskip("torch", reason="comes with the extra test-peers")
        yield pytest.importorskip("keras", reason="comes with the extra test-peers")


def agree(given, expected):
    np.testing.assert_allclose(given, expected, rtol=1e-5, atol=2e-6)


# -- written


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer:UserWarning")
def test_keras_reads_everything(keras, everything, samples, tmp_path):
    formats.export(everything, tmp_path / "network.keras")
    theirs = keras.saving.load_model(tmp_path / "network.keras")
    agree(theirs.predict(samples, verbose=0), everything.predict(samples))
    assert type(theirs.optimizer).__name__ == "Adam"
    assert theirs.name == "every thing"


@pytest.mark.peers
def test_keras_reads_the_weights_alone(keras, everything, samples, tmp_path):
    formats.export(everything, tmp_path / "network.keras")
    formats.export(everything, tmp_path / "network.weights.h5")
    blank = keras.models.clone_model(
        keras.saving.load_model(tmp_path / "network.keras", compile=False)
    )
    blank.load_weights(tmp_path / "network.weights.h5")
    agree(blank.predict(samples, verbose=0), everything.predict(samples))


@pytest.mark.peers
@pytest.mark.parametrize("name", sorted(set(activations.ACTIVATIONS) - NOT_IN_KERAS))
def test_every_activation_answers_alike(name, keras, network_of, inputs, tmp_path):
    model = network_of(name, "softmax")
    formats.export(model, tmp_path / "network.keras")
    theirs = keras.saving.load_model(tmp_path / "network.keras")
    agree(theirs(inputs).detach().numpy(), model.predict(inputs))
    back = formats.import_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(back.predict(inputs), model.predict(inputs))


@pytest.mark.parametrize("name", sorted(NOT_IN_KERAS))
def test_what_keras_does_not_have_is_refused(name, network_of, tmp_path):
    with pytest.raises(InputError, match=f"layer 'dense': Keras has no activation '{name}'"):
        formats.export(network_of(name), tmp_path / "network.keras")
    assert list(tmp_path.iterdir()) == []


def test_names_that_keras_does_not_take_are_refused(tmp_path):
    model = Sequential([Input((2,)), Dense(2, name="a/b")])
    with pytest.raises(InputError, match="no layer called 'a/b'"):
        formats.export(model, tmp_path / "network.keras")


def test_an_activation_of_ones_own_is_refused(square, network_of, tmp_path):
    with pytest.raises(InputError, match="'square' is your own"):
        formats.export(network_of(square), tmp_path / "network.keras")


def test_everything_comes_back(everything, samples, tmp_path):
    formats.export(everything, tmp_path / "network.keras")
    with pytest.warns(UserWarning, match="'whitening' is not to be trained"):
        back = formats.import_model(tmp_path / "network.keras")
    agree(back.predict(samples), everything.predict(samples))
    assert back.optimizer == everything.optimizer
    assert back.loss == everything.loss
    kinds = [type(layer) for layer in back.layers]
    assert kinds.count(Dropout) == 1
    assert Whitening not in kinds  # it is a normalisation and a product there


def test_weights_come_back_into_a_model_like_it(everything, samples, tmp_path):
    path = tmp_path / "network.weights.h5"
    formats.export(everything, path)
    before = everything.get_weights()
    back = formats.import_model(path, like=everything)
    np.testing.assert_array_equal(back.predict(samples), everything.predict(samples))
    assert repr(back) == repr(everything)
    other = Sequential([Input((2, 3)), layers.Flatten(), Dense(4)])
    with pytest.raises(FileFormatError, match=r"no 'layers/dense/vars/1', which 'dense' takes"):
        formats.import_model(path, like=other)
    assert all((a == b).all() for a, b in zip(before, everything.get_weights(), strict=True))


def test_weights_of_dense_layers_alone_need_only_the_activations(tmp_path):
    model = Sequential(
        [Input((3,)), *(Dense(n, "tanh") for n in (4, 5, 4, 5)), Dense(2, "softmax")]
    )
    path = tmp_path / "network.weights.h5"
    formats.export(model, path)
    back = formats.import_model(path, activation="tanh", output="softmax")
    x = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    np.testing.assert_array_equal(back.predict(x), model.predict(x))
    with pytest.raises(InputError, match=r"network\.weights\.h5.*tell activation='relu'"):
        formats.import_model(path)
    with pytest.raises(InputError, match="names 2, but there are 4 hidden layers"):
        formats.import_model(path, activation=["tanh", "relu"], output="softmax")


def test_the_order_of_other_layers_is_not_guessed(tmp_path):
    model = Sequential([Input((3,)), Dense(3), BatchNormalization(), Dense(3)])
    formats.export(model, tmp_path / "network.weights.h5")
    with pytest.raises(FileFormatError, match="order of its layers is not known"):
        formats.import_model(tmp_path / "network.weights.h5", activation="relu", output="softmax")


@pytest.mark.filterwarnings("default:.*has no place for the names of the classes:UserWarning")
def test_what_has_no_place_is_told(everything, tmp_path):
    with pytest.warns(UserWarning, match="no place for the names of the classes"):
        formats.export(everything, tmp_path / "network.keras")


def test_the_same_model_writes_the_same_bytes(everything, tmp_path):
    for name in ("a.keras", "b.keras"):
        formats.export(everything, tmp_path / name)
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


# -- read


@pytest.fixture
def theirs(keras):
    """A network of Keras with most of its layers, compiled and with moving averages."""
    L = keras.layers
    model = keras.Sequential(
        [
            *(keras.Input((2, 3)), L.Rescaling(0.5, 0.1), L.Normalization(), L.Flatten()),
            *(L.Dense(4, activation="relu", name="first"), L.BatchNormalization(scale=False)),
            *(L.PReLU(), L.Dropout(0.1), L.LayerNormalization(center=False), L.GaussianNoise(0.1)),
            *(L.ReLU(6.0, 0.1, 0.2), L.LeakyReLU(0.1), L.ELU(0.5), L.Activation("gelu")),
            *(L.Dense(4, activation="silu", use_bias=False), L.Reshape((4,)), L.Dense(3)),
            L.Softmax(),
        ]
    )
    rng = np.random.default_rng(0)
    model.layers[1].adapt(rng.normal(2.0, 3.0, (50, 2, 3)).astype(np.float32))
    for layer in model.layers:
        if not isinstance(layer, L.Normalization):
            layer.set_weights([rng.uniform(0.2, 1.0, w.shape) for w in layer.get_weights()])
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy")
    return model


@pytest.mark.peers
def test_a_sequential_of_keras_is_read(theirs, samples, tmp_path):
    theirs.save(tmp_path / "theirs.keras")
    model = formats.import_model(tmp_path / "theirs.keras")
    agree(model.predict(samples), theirs.predict(samples, verbose=0))
    assert model.layers[3].name == "first"
    assert isinstance(model.optimizer, SGD)
    assert (model.optimizer.learning_rate, model.optimizer.momentum) == (0.05, 0.9)
    assert model.loss.name == "sparse_categorical_crossentropy"
    model.fit(samples, np.arange(60) % 3, verbose=0)  # it can go on learning


@pytest.mark.peers
def test_how_it_was_trained_is_taken_where_badak_has_it(keras, tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    path = tmp_path / "model.keras"
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.5)
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=0.02, clipnorm=1.0),
        keras.losses.BinaryCrossentropy(label_smoothing=0.1),
        metrics=["accuracy", keras.metrics.Precision(thresholds=0.8, name="sure"), "mae"],
    )
    model.save(path)
    read = formats.import_model(path)
    assert (read.optimizer.weight_decay, read.optimizer.clipnorm) == (0.02, 1.0)
    assert [read.optimizer.rate(step) for step in (1, 101)] == pytest.approx([0.1, 0.05])
    assert isinstance(read.loss, BinaryCrossentropy)
    assert read.loss.label_smoothing == 0.1
    x, t = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    assert {"accuracy", "mae", "loss"} < set(read.evaluate(x, t, return_dict=True))
    model.compile("sgd", keras.losses.Dice(), metrics=[keras.metrics.IoU(2, [0])])
    model.save(path)
    with (
        pytest.warns(UserWarning, match="its loss is left out: .*Dice"),
        pytest.warns(UserWarning, match="the metric .* is left out: .*IoU"),
    ):
        assert formats.import_model(path).optimizer.learning_rate == 0.01


@pytest.mark.peers
def test_its_weights_alone_are_read_into_a_model_like_it(theirs, samples, tmp_path):
    theirs.save(tmp_path / "theirs.keras")
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    like = formats.import_model(tmp_path / "theirs.keras")
    like.set_weights([0.5 * w for w in like.get_weights()])
    model = formats.import_model(tmp_path / "theirs.weights.h5", like=like)
    agree(model.predict(samples), theirs.predict(samples, verbose=0))


@pytest.mark.peers
def test_a_functional_model_that_is_a_chain_is_read(keras, tmp_path):
    first = keras.Input((4,))
    x = keras.layers.Dense(3, activation="tanh")(first)
    x = keras.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0])(x)
    last = keras.layers.Dense(2, activation="hard_sigmoid")(keras.layers.Dropout(0.2)(x))
    keras.Model(first, last).save(tmp_path / "chain.keras")
    x = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    expected = keras.Model(first, last).predict(x, verbose=0)
    agree(formats.import_model(tmp_path / "chain.keras").predict(x), expected)


@pytest.mark.peers
def test_models_that_are_no_chain_are_refused(keras, tmp_path):
    L = keras.layers
    first = keras.Input((4,))
    left, right = L.Dense(3)(first), L.Dense(3)(first)
    path = tmp_path / "model.keras"
    for outputs, said in (
        (L.Add()([left, right]), "takes more than one|joins"),
        ([left, right], "has the inputs .* and the outputs"),
        (L.Dense(3, name="again")(L.Dense(3, name="again2")(left)), None),
    ):
        keras.Model(first, outputs).save(path)
        if said is None:
            formats.import_model(path)
        else:
            with pytest.raises(FileFormatError, match=said):
                formats.import_model(path)
    shared = L.Dense(4, name="shared")
    keras.Model(first, shared(shared(first))).save(path)
    with pytest.raises(FileFormatError, match="'shared' is used 2 times"):
        formats.import_model(path)


@pytest.mark.peers
def test_layers_and_settings_that_badak_does_not_have_are_refused_by_name(keras, tmp_path):
    L = keras.layers
    path = tmp_path / "model.keras"
    for shape, layer, said in (
        ((4, 4, 1), L.Conv2D(2, 2, name="seen"), "'seen' is a Conv2D"),
        ((4,), L.UnitNormalization(), "UnitNormalization"),
        ((4,), L.Dense(2, activation="hard_tanh"), "activation 'hard_tanh'"),
        ((4,), L.Normalization(mean=0.0, variance=1.0, invert=True), "invert=True"),
        ((2, 3), L.BatchNormalization(axis=1), "axis=1"),
        ((2, 3), L.Dense(2), "flat samples"),
        ((2, 3), L.Softmax(axis=1), "axis=1"),
    ):
        keras.Sequential([keras.Input(shape), layer]).save(path)
        with pytest.raises(FileFormatError, match=f"model.keras: .*{said}"):
            formats.import_model(path)


@pytest.mark.peers
def test_what_only_matters_in_training_is_left_out_with_a_warning(keras, tmp_path):
    L = keras.layers
    path = tmp_path / "model.keras"
    model = keras.Sequential(
        [keras.Input((4,)), L.Dense(2, kernel_constraint="non_neg"), L.Dense(1, trainable=False)]
    )
    model.compile(keras.optimizers.Ftrl(), "mse")
    model.save(path)
    with (
        pytest.warns(UserWarning, match="kernel_constraint of the layer 'dense"),
        pytest.warns(UserWarning, match="is not to be trained"),
        pytest.warns(UserWarning, match="its optimizer is left out: .*Ftrl"),
    ):
        formats.import_model(path)


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(entries, compression=zipfile.ZIP_STORED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return content.getvalue()


@pytest.fixture
def refused(tmp_path, network_of):
    """Assert that a changed file is refused: ``refused(change, said)``."""
    formats.export(network_of("relu"), tmp_path / "good.keras")
    good = parts(tmp_path / "good.keras")

    def check(change, said):
        entries = dict(good)
        entries = change(entries) or entries
        path = tmp_path / "bad.keras"
        path.write_bytes(packed(entries))
        with pytest.raises(FileFormatError, match=said) as caught:
            formats.import_model(path)
        assert str(path) in str(caught.value)

    return check


def with_config(change):
    """A change of config.json."""

    def changed(entries):
        config = json.loads(entries["config.json"])
        change(config["config"]["layers"][1])
        entries["config.json"] = json.dumps(config).encode()

    return changed


def with_weights(change):
    """A change of model.weights.h5."""

    def changed(entries):
        content = io.BytesIO(entries["model.weights.h5"])
        with h5py.File(content, "r+") as file:
            change(file)
        entries["model.weights.h5"] = content.getvalue()

    return changed


def put(file, make):
    """Put something else in the place of the first kernel."""
    del file["layers/dense/vars/0"]
    make(file["layers/dense/vars"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda e: e.pop("config.json") and None, "no config.json"),
        (lambda e: e.pop("model.weights.h5") and None, "no model.weights.h5"),
        (lambda e: e.update({"assets/evil.py": b""}), "evil.py"),
        (lambda e: e.update({"config.json": b"[1]"}), "no object"),
        (lambda e: e.update({"config.json": b"{"}), "no JSON"),
        (lambda e: e.update({"config.json": b"[" * 100_000}), "no JSON"),
        (lambda e: e.update({"config.json": b'{"class_name": "Sequential"}'}), "broken"),
        (lambda e: e.update({"model.weights.h5": b"nothing"}), "no whole HDF5"),
        (with_config(lambda c: c.update(class_name="Lambda")), "is a Lambda"),
        (with_config(lambda c: c.update(class_name="os.system")), "os.system"),
        (with_config(lambda c: c["config"].update(units=10**9)), r"shape \(5, 7\).*must be"),
        (with_config(lambda c: c["config"].update(lora_rank=4)), "lora_rank=4"),
        (
            with_config(lambda c: c["config"].update(use_bias=False)),
            "'layers/dense/vars/1', which no",
        ),
        (with_config(lambda c: c["config"].update(units="many")), "units"),
        (with_config(lambda c: c.pop("config")), "broken"),
        (with_weights(lambda f: f.pop("layers/dense/vars/0")), "lack 'layers/dense/vars/0'"),
        (
            with_weights(lambda f: f["layers/dense/vars/0"].write_direct(np.full((5, 7), np.nan))),
            "NaN",
        ),
        (
            with_weights(lambda f: put(f, lambda g: g.create_dataset("0", data=["text"]))),
            "no array of numbers",
        ),
    ],
)
def test_broken_files_are_refused(refused, change, said):
    refused(change, said)


def external(group):
    group["0"] = h5py.ExternalLink("/etc/passwd", "/")


def soft(group):
    group["0"] = h5py.SoftLink("/layers/dense_1/vars/0")


def outside(group):
    group.create_dataset("0", (5, 7), np.float32, external=[("/etc/passwd", 0, 140)])


def virtual(group):
    layout = h5py.VirtualLayout((5, 7), np.float32)
    layout[...] = h5py.VirtualSource("/tmp/other.h5", "w", (5, 7))
    group.create_virtual_dataset("0", layout)


def enormous(group):
    group.create_dataset("0", (10**6, 10**6), np.float32, chunks=(1000, 1000))


def circle(group):
    group["0"] = group.file["layers"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (external, "link to somewhere else"),
        (soft, "link to somewhere else"),
        (outside, "lies in other files"),
        (virtual, "lies in other files"),
        (enormous, "far more numbers than the file holds"),
        (circle, "there twice"),
    ],
)
def test_weights_that_reach_out_of_the_file_are_refused(refused, make, said):
    refused(with_weights(lambda file: put(file, make)), said)


def test_a_zip_that_would_fill_the_memory_is_refused(tmp_path):
    path = tmp_path / "bomb.keras"
    path.write_bytes(packed({"config.json": bytes(100 << 20)}, zipfile.ZIP_DEFLATED))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(FileFormatError, match="unpacks to 104,857,600 bytes"):
        formats.import_model(path)


def test_a_file_cut_short_is_refused(tmp_path, network_of):
    formats.export(network_of("relu"), tmp_path / "good.keras")
    content = (tmp_path / "good.keras").read_bytes()
    for length in range(0, len(content), 499):
        (tmp_path / "bad.keras").write_bytes(content[:length])
        with pytest.raises(FileFormatError, match="no whole zip"):
            formats.import_model(tmp_path / "bad.keras")


def test_models_of_older_kerases_are_told_what_to_do(tmp_path):
    (tmp_path / "old.h5").write_bytes(b"")
    with pytest.raises(InputError, match=r"model\.save"):
        formats.import_model(tmp_path / "old.h5")


def test_normalisation_that_was_given_its_numbers_is_kept(samples, tmp_path):
    model = Sequential([Input((2, 3)), Normalization(mean=[1.0, 2, 3], variance=[4.0, 5, 6])])
    formats.export(model, tmp_path / "network.keras")
    back = formats.import_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(back.predict(samples), model.predict(samples))


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
def test_a_name_that_no_hdf5_file_holds_is_refused(name, ending, tmp_path):
    model = Sequential([Input((2,)), Dense(2, name=name)])
    with pytest.raises(InputError, match="Keras takes no layer called"):
        formats.export(model, tmp_path / f"m{ending}")
    assert list(tmp_path.iterdir()) == []


def test_a_packed_file_of_a_few_kilobytes_names_no_million_layers(tmp_path):
    formats.export(Sequential([Input((2,)), Dense(2), Dropout(0.5)]), tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    entries = config["config"]["layers"]
    entries += [entries[-1]] * 100_000
    parts["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert (tmp_path / "m.keras").stat().st_size < 400_000
    with pytest.raises(FileFormatError, match="at most 20,000"):
        formats.import_model(tmp_path / "m.keras")


def test_labels_that_are_smoothed_are_no_loss_of_keras(tmp_path):
    model = Sequential([Input((2,)), Dense(3, "softmax")])
    model.compile("sgd", SparseCategoricalCrossentropy(label_smoothing=0.1))
    with pytest.warns(UserWarning, match=r"does not hold the loss .* with label smoothing"):
        formats.export(model, tmp_path / "m.keras")
    model.compile("sgd", SparseCategoricalCrossentropy())
    formats.export(model, tmp_path / "m.keras")
    assert formats.import_model(tmp_path / "m.keras").loss == SparseCategoricalCrossentropy()
