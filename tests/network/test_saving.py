import json
import struct
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak import Input, Sequential, formats, initializers, load_model
from badak.activations import Activation
from badak.errors import FileFormatError, InputError
from badak.layers import (
    ELU,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Layer,
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
from badak.layers.parameters import ParameterSpec
from badak.losses import OwnLoss
from badak.optimizers import Adam, Optimizer
from badak.regularizers import Regularizer
from badak.schedules import ExponentialDecay, Schedule

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


def test_every_flipped_bit_is_refused_or_changes_no_answer(saved, tmp_path):
    path, x = tmp_path / "flipped.safetensors", np.eye(3, dtype=np.float32)
    path.write_bytes(saved)
    answers = load_model(path).predict(x)
    weights = 4 * (3 * 2 + 2 + 2 * 2 + 2)  # the last bytes of the file
    places = [*range(8 * (len(saved) - weights), 8 * len(saved))]
    places += np.random.default_rng(5).integers(0, places[0], 1000).tolist()
    loaded = 0
    for place in places:
        changed = bytearray(saved)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            model = load_model(path)
        except FileFormatError:
            continue
        loaded += 1
        assert (model.predict(x) == answers).all()
    assert loaded < 20  # such as a bit of the spaces behind the header


def test_a_file_of_before_the_checksum_is_read(saved, tmp_path):
    path, old = tmp_path / "new.safetensors", tmp_path / "old.safetensors"
    path.write_bytes(saved)
    old.write_bytes(with_description(saved, lambda description: None))
    assert b"checksum" in path.read_bytes()
    assert b"checksum" not in old.read_bytes()
    x = np.eye(3, dtype=np.float32)
    assert (load_model(old).predict(x) == load_model(path).predict(x)).all()


def test_a_changed_description_does_not_go_with_the_checksum(saved, tmp_path):
    path = tmp_path / "changed.safetensors"
    path.write_bytes(saved.replace(b'\\"softmax\\"', b'\\"sigmoid\\"'))
    with pytest.raises(FileFormatError, match="damaged, its checksum"):
        load_model(path)


def with_description(saved, change):
    """The file as badak wrote it before there was a checksum, its description changed."""
    (length,) = struct.unpack("<Q", saved[:8])
    header = json.loads(saved[8 : 8 + length])
    description = json.loads(header["__metadata__"]["badak"])
    description.pop("checksum", None)
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


class Bend(Layer):
    """A layer of the user's own, with a setting."""

    arguments: ClassVar[tuple[str, ...]] = ("by", "bend_initializer")
    elementwise = True

    def __init__(self, by, bend_initializer="ones", **common):
        super().__init__(**common)
        self.by = by
        self.bend_initializer = initializers.get(bend_initializer)

    def parameters(self, input_shape):
        return [ParameterSpec("bend", input_shape[-1:], self.bend_initializer)]

    def forward(self, w, x, mode):
        return x + self.by * w["bend"] * np.tanh(x), None

    def backward(self, w, p, gradient):
        h = np.tanh(p.x)
        return gradient * (1.0 + self.by * w["bend"] * (1.0 - h * h)), {
            "bend": (gradient * self.by * h).sum(axis=0)
        }


@dataclass(frozen=True)
class Steps(initializers.Initializer):
    """Evenly spaced weights."""

    to: float = 1.0

    def draw(self, shape, rng):
        return np.linspace(0.0, self.to, int(np.prod(shape))).reshape(shape)


@dataclass(frozen=True)
class Quartic(Regularizer):
    """A penalty of fourth powers."""

    share: float = 0.1

    def price(self, w):
        return self.share * w * w * w * w

    def gradient(self, w):
        return 4.0 * self.share * w * w * w


@dataclass(frozen=True)
class Halving(Schedule):
    """A learning rate that is halved in each step."""

    first: float = 0.5

    def __call__(self, iteration):
        return self.first * 0.5**iteration


@dataclass
class Signs(Optimizer):
    """Steps of one size."""

    learning_rate: float = 0.25
    slots = ()
    rule = staticmethod(lambda w, g, learning_rate: w - learning_rate * np.sign(g))

    def scalars(self, step):
        return {"learning_rate": self.rate(step)}


def far_off(y_true, y_pred):
    return float(np.abs(y_true - y_pred).max())


SQUARE = Activation("bent", lambda x: x * x, lambda x: 2.0 * x)
CUBIC = OwnLoss("cubic", lambda y, t: np.abs(y - t) ** 3, lambda y, t: 3 * (y - t) ** 2)
OWN = {
    **{"Bend": Bend, "Steps": Steps, "Quartic": Quartic, "Halving": Halving, "Signs": Signs},
    **{"bent": SQUARE, "cubic": CUBIC, "far_off": far_off},
}


def with_own_things():
    dense = Dense(3, SQUARE, kernel_initializer=Steps(0.5), kernel_regularizer=Quartic(0.2))
    model = Sequential([Input((6,)), dense, Bend(0.7, Steps(2.0)), Dense(1)])
    model.compile(Signs(Halving(0.3)), CUBIC, metrics=[far_off, "mae"])
    return model


def test_everything_of_ones_own_comes_back_with_its_settings(tmp_path):
    model, x = with_own_things(), X.reshape(30, 6)
    model.save(tmp_path / "own.safetensors")
    back = load_model(tmp_path / "own.safetensors", OWN)
    assert (back.predict(x) == model.predict(x)).all()
    assert isinstance(back.layers[1], Bend)
    assert back.layers[1].by == 0.7
    assert back.layers[1].bend_initializer == Steps(2.0)
    assert back.layers[0].kernel_regularizer == Quartic(0.2)
    assert back.optimizer == model.optimizer
    assert back.optimizer.learning_rate == Halving(0.3)
    assert back.loss is CUBIC
    assert back.metrics == [far_off, "mae"]
    t = np.arange(30.0)[:, None]
    assert back.evaluate(x, t, verbose=0) == model.evaluate(x, t, verbose=0)
    formats.export(model, tmp_path / "own.npz")
    other = formats.import_model(tmp_path / "own.npz", custom_objects=OWN)
    assert (other.predict(x) == model.predict(x)).all()


@pytest.mark.parametrize("name", sorted(OWN))
def test_what_is_not_given_is_asked_for_by_its_name(name, tmp_path):
    with_own_things().save(tmp_path / "own.safetensors")
    given = {other: thing for other, thing in OWN.items() if other != name}
    with pytest.raises(FileFormatError, match=f"unknown .*'{name}'.*custom_objects={{'{name}'"):
        load_model(tmp_path / "own.safetensors", given)


def test_an_own_thing_serves_only_where_its_kind_stands(tmp_path):
    bell = Activation("bell", lambda x: 1.0 / (1.0 + x * x), lambda x: -2.0 * x)
    model = Sequential([Input((6,)), Dense(3, bell, name="bell"), Dense(1)], name="bell")
    model.class_names = ["bell"]
    model.save(tmp_path / "m.safetensors")
    back = load_model(tmp_path / "m.safetensors", {"bell": bell, "Dense": bell, "mse": bell})
    assert (back.name, back.layers[0].name, back.class_names) == ("bell", "bell", ["bell"])
    assert back.layers[0].activation is bell
    assert type(back.layers[0]) is Dense
    with pytest.raises(FileFormatError, match="unknown activation 'bell'"):
        load_model(tmp_path / "m.safetensors", {"bell": Bend})
    with pytest.raises(FileFormatError, match="unknown activation 'bell'"):
        load_model(tmp_path / "m.safetensors", {"bell": CUBIC})


def test_an_own_layer_whose_weights_are_of_other_shapes_is_refused(tmp_path):
    class Wider(Bend):
        def parameters(self, input_shape):
            return [ParameterSpec("bend", (2 * input_shape[-1],), self.bend_initializer)]

    Sequential([Input((6,)), Bend(0.5)]).save(tmp_path / "m.safetensors")
    with pytest.raises(FileFormatError, match=r"bend\.bend is of shape \(6,\).*must be \(12,\)"):
        load_model(tmp_path / "m.safetensors", {"Bend": Wider})


class Forgetful(Bend):
    """Its configuration leaves out a setting."""

    arguments = ("bend_initializer",)

    def __init__(self, by=0.5, bend_initializer="ones", **common):
        super().__init__(by, bend_initializer, **common)


def own_dense():
    made = type("Dense", (Dense,), {})
    return made(2)


def patched():
    layer = Dense(2)
    layer.forward = lambda w, x, mode: (0.0 * x[:, :2], None)
    return layer


def linear(x):
    return 3.0 * x


def rising(x):
    return 3.0 + 0.0 * x


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (lambda: Dense(2, Activation("sigmoid", linear, rising)), "called 'sigmoid' as badak's"),
        (lambda: Dense(2, Activation("Leaky ReLU", linear, rising)), "as badak's activation is"),
        (lambda: Dense(2, Activation("", linear, rising)), "no name that a file could hold"),
        (lambda: Dense(2, kernel_initializer=lambda shape: np.ones(shape)), "'<lambda>'"),
        (lambda: Forgetful(0.7), r"Forgetful is not rebuilt by its get_config\(\)"),
        (own_dense, "called 'Dense' as badak's layer is"),
        (patched, "has a forward of its own, which no file can name"),
    ],
)
def test_a_layer_that_no_file_can_name_is_refused_when_it_is_saved(layer, said, tmp_path):
    model = Sequential([Input((4,)), Dense(4), layer()])
    with pytest.raises(InputError, match=said):
        model.save(tmp_path / "m.safetensors")
    with pytest.raises(InputError, match=said):
        formats.export(model, tmp_path / "m.npz")
    assert list(tmp_path.iterdir()) == []


def own_named(base, name):
    return type(name, (base,), {})()


@pytest.mark.parametrize(
    ("optimizer", "loss", "metric", "said"),
    [
        (own_named(Adam, "Adam"), "mse", "mae", "the optimizer.*called 'Adam'"),
        (Adam(own_named(Halving, "Constant")), "mse", "mae", "learning rate.*called 'Constant'"),
        ("sgd", OwnLoss("mse", linear, rising), "mae", "the loss.*called 'mse'"),
        ("sgd", CUBIC, OwnLoss("cubic", linear, rising), "two of your own.*'cubic'"),
        ("sgd", "mse", lambda y_true, y_pred: 0.0, "a metric.*'<lambda>'"),
    ],
)
def test_training_that_no_file_can_name_is_refused(optimizer, loss, metric, said, tmp_path):
    model = Sequential([Input((4,)), Dense(1)])
    model.compile(optimizer, loss, metrics=[metric])
    with pytest.raises(InputError, match=said):
        model.save(tmp_path / "m.safetensors")
