import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak import Input, Sequential, load_model
from badak.activations import Activation
from badak.errors import FileFormatError, InputError
from badak.layers import (
    ELU,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
    ThresholdedReLU,
    Whitening,
)
from badak.layers import Activation as ActivationLayer
from badak.losses import OwnLoss
from badak.schedules import ExponentialDecay

X = np.random.default_rng(0).normal(size=(30, 2, 3)).astype(np.float32)
LABELS = np.arange(30) % 4


@pytest.fixture
def model():
    model = Sequential(
        [
            Input((2, 3)),
            Rescaling(2.0, 0.5),
            Flatten(),
            Normalization(),
            Whitening("zca"),
            Dense(6, "leaky_relu", kernel_initializer="he_normal", kernel_regularizer="l2"),
            BatchNormalization(),
            PReLU(),
            Dropout(0.2),
            Dense(5, {"name": "elu", "alpha": 0.7}, use_bias=False),
            LayerNormalization(center=False),
            GaussianNoise(0.1),
            ReLU(6.0, 0.1),
            LeakyReLU(0.4),
            ThresholdedReLU(0.01),
            ELU(0.3),
            ActivationLayer("gelu"),
            Dense(4),
            Softmax(),
        ],
        name="everything",
        seed=5,
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, LABELS, epochs=3, verbose=0)
    model.class_names = ["하나", "둘", "셋", "넷"]
    model.preparation = {"kind": "digit", "shape": [2, 3]}
    return model


def test_a_saved_model_predicts_the_same_bits(model, tmp_path):
    path = tmp_path / "모델.safetensors"
    model.save(path)
    back = load_model(path)
    assert (back.predict(X) == model.predict(X)).all()
    assert back.evaluate(X, LABELS) == model.evaluate(X, LABELS)
    assert back.class_names == model.class_names
    assert back.preparation == model.preparation
    assert back.name == "everything"
    assert repr(back) == repr(model)
    assert back.optimizer == model.optimizer


def test_a_loaded_model_can_go_on_learning(model, tmp_path):
    model.save(tmp_path / "m.safetensors")
    back = load_model(tmp_path / "m.safetensors")
    before = back.evaluate(X, LABELS)[0]
    back.fit(X, LABELS, epochs=20, verbose=0)
    assert back.evaluate(X, LABELS)[0] < before


def test_saving_twice_writes_the_same_bytes(model, tmp_path):
    model.save(tmp_path / "a.safetensors")
    load_model(tmp_path / "a.safetensors").save(tmp_path / "b.safetensors")
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_the_weights_are_plain_safetensors(model, tmp_path):
    from safetensors.numpy import load_file

    model.save(tmp_path / "m.safetensors")
    tensors = load_file(tmp_path / "m.safetensors")
    assert (tensors["dense.kernel"] == model.layers[4].kernel).all()
    assert tensors["dense.kernel"].shape == (6, 6)


def test_own_objects_come_back_by_their_names(tmp_path):
    square = Activation("square", lambda x: x * x, lambda x: 2.0 * x)
    cubic = OwnLoss("cubic", lambda y, t: np.abs(y - t) ** 3, lambda y, t: 3 * (y - t) ** 2)
    model = Sequential([Input((6,)), Dense(3, square), Dense(1)])
    model.compile("sgd", cubic)
    path = tmp_path / "own.safetensors"
    model.save(path)
    back = load_model(path, custom_objects={"square": square, "cubic": cubic})
    assert (back.predict(X.reshape(30, 6)) == model.predict(X.reshape(30, 6))).all()
    assert back.loss is cubic
    with pytest.raises(FileFormatError, match="unknown activation 'square'"):
        load_model(path)
    with pytest.raises(FileFormatError, match="unknown loss 'cubic'"):
        load_model(path, custom_objects={"square": square})
    assert load_model(path, {"square": square}, compile=False).loss is None


def test_schedules_are_kept(tmp_path):
    from badak.optimizers import Adam

    model = Sequential([Input((6,)), Dense(1)])
    model.compile(Adam(ExponentialDecay(0.1, 100, 0.5)), "mse")
    model.save(tmp_path / "m.safetensors")
    back = load_model(tmp_path / "m.safetensors").optimizer
    assert [back.rate(s) for s in (1, 101)] == [model.optimizer.rate(s) for s in (1, 101)]


def test_what_cannot_be_saved_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"\.safetensors files, not as \.keras"):
        Sequential([Input((2,)), Dense(1)]).save(tmp_path / "m.keras")
    with pytest.raises(InputError, match="no weights yet"):
        Sequential([Dense(1)]).save(tmp_path / "m.safetensors")
    with pytest.raises(InputError, match="has not seen data"):
        Sequential([Input((2,)), Normalization()]).save(tmp_path / "m.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no model file .*none\.safetensors"):
        load_model(tmp_path / "none.safetensors")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "m.safetensors"
    model = Sequential([Input((3,)), Dense(2, "relu"), Dense(2, "softmax")])
    model.save(path)
    return path.read_bytes()


def test_a_file_cut_short_anywhere_is_refused(saved, tmp_path):
    path = tmp_path / "cut.safetensors"
    for length in range(0, len(saved), 7):
        path.write_bytes(saved[:length])
        with pytest.raises(FileFormatError):
            load_model(path)


@given(place=st.integers(0, 10**6), value=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_changed_byte_gives_a_model_or_an_error_that_says_so(
    saved, tmp_path_factory, place, value
):
    path = tmp_path_factory.mktemp("changed") / "m.safetensors"
    changed = bytearray(saved)
    changed[place % len(saved)] = value
    path.write_bytes(bytes(changed))
    try:
        model = load_model(path)
    except FileFormatError as error:
        said = str(error)
    else:
        said = f"{path}: loaded {model}"
    assert str(path) in said


def with_description(saved, change):
    """The file with its description of the network changed."""
    (length,) = struct.unpack("<Q", saved[:8])
    header = json.loads(saved[8 : 8 + length])
    description = json.loads(header["__metadata__"]["badak"])
    change(description)
    header["__metadata__"]["badak"] = json.dumps(description)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + saved[8 + length :]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["layers"][0].update(units=10**12), r"dense\.bias.*float32"),
        (lambda d: d["layers"][0].update({"class": "os.system"}), "unknown layer"),
        (lambda d: d["layers"][0].update(shell="rm"), "takes no 'shell'"),
        (lambda d: d["layers"][0].update(activation="exec"), "unknown activation"),
        (lambda d: d["layers"].pop(), "no weights of the network"),
        (lambda d: d.update(layers=3), "broken"),
        (lambda d: d.update(deep=json.loads("[" * 700 + "]" * 700)), "broken|no JSON"),
        (lambda d: d.pop("layers"), "broken"),
        (lambda d: d.update(input_shape=[-3]), "positive whole numbers"),
        (lambda d: d.update(input_shape="abc"), "positive whole numbers"),
        (lambda d: d["training"].update(optimizer={"name": "evil"}), "unknown optimizer"),
    ],
)
def test_a_lying_description_is_refused_before_room_is_made(saved, tmp_path, change, said):
    path = tmp_path / "lying.safetensors"
    path.write_bytes(with_description(saved, change))
    with pytest.raises(FileFormatError, match=said):
        load_model(path)


def test_other_files_are_told_apart(tmp_path):
    from safetensors.numpy import save_file

    other = tmp_path / "other.safetensors"
    save_file({"w": np.zeros(2, np.float32)}, other)
    with pytest.raises(FileFormatError, match="not a model of badak"):
        load_model(other)
    other.write_bytes(b"\x80\x04cos\nsystem\n")
    with pytest.raises(FileFormatError, match="not a whole safetensors file"):
        load_model(other)
