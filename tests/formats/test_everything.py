"""What holds for every layer, badak's and the user's: formats answer alike, or refuse by name."""

import ctypes
import importlib.util
import json
import os
import shutil
import subprocess
import warnings
from dataclasses import dataclass

import numpy as np
import pytest

from badak import Input, Sequential, formats, load_model
from badak.activations import Activation as OwnActivation
from badak.errors import FileFormatError, InputError
from badak.layers import (
    LAYERS,
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Ensemble,
    Flatten,
    LayerNormalization,
    Normalization,
    PiecewiseLinearEncoding,
    Rescaling,
)
from badak.layers.base import is_just
from badak.layers.passes import INFERENCE
from badak.losses import OwnLoss
from badak.optimizers import Optimizer
from tests.own_layers import SAMPLE_BY_SAMPLE as OWN
from tests.own_layers import Bend

pytestmark = pytest.mark.filterwarnings("ignore:the compiled engine cannot run:RuntimeWarning")

BATCH = 9


EVERY = {**{name: LAYERS[name] for name in LAYERS}, **OWN}

NO_FORMULA = {"Twice", "AcrossRows", "BesideItsSquares", "RowSum", "Matrix"}
"""Layers that no other program can be told of by a formula of rows."""

OF_TABLES = {"CategoryEmbedding", "PeriodicEmbedding", "PiecewiseLinearEncoding", "SmoothClip"}
NOT_IN_KERAS = {"Ensemble", "FeatureDense", "FeatureScale", "SharedEnsemble", *OF_TABLES}
NOT_READ_BACK = {"Ensemble", "SharedEnsemble", *OF_TABLES}
"""Written to ONNX as a graph that branches, or as a function of their own, as the user's are."""


def network(kind):
    """The example at the front of a network, with unusual weights throughout."""
    example = kind.example()
    flat = len(example.output_shape(kind.example_input)) == 1
    model = Sequential(
        [Input(kind.example_input), example, *([] if flat else [Flatten()]), Dense(3, "softmax")],
        name="small",
        seed=3,
    )
    rng = np.random.default_rng(1)
    x = rng.normal(size=(BATCH, *kind.example_input)).astype(np.float32)
    model.adapt(x)
    model.set_weights(
        [
            np.abs(w) + 0.5 if "variance" in name else w + 0.3 * rng.normal(size=w.shape)
            for layer in model.layers
            for name, w in layer.weights.items()
        ]
    )
    return model, x


def in_float64(model, x):
    """What the layers' own passes make of the samples."""
    x = x.astype(np.float64)
    for layer in model.layers:
        w = {name: view.astype(np.float64) for name, view in layer.weights.items()}
        x, _ = layer.forward(w, x, INFERENCE)
        x = x if layer.activation is None else layer.activation(x)
    return x


def agree(given, expected):
    np.testing.assert_allclose(given, expected, rtol=2e-5, atol=2e-5)


def in_python(path, x):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.predict(x)


def in_c(path, x):
    library = path.with_suffix(".so")
    subprocess.run(["cc", "-std=c99", "-shared", "-fPIC", "-o", library, path, "-lm"], check=True)
    predict = ctypes.CDLL(str(library)).badak_small_predict
    y = np.empty((len(x), 3), np.float32)
    pointer = ctypes.POINTER(ctypes.c_float)
    for sample, row in zip(x, y, strict=True):
        assert predict(sample.ctypes.data_as(pointer), row.ctypes.data_as(pointer)) == 0
    return y


def in_node(path, x):
    script = (
        f"import {{ predict }} from {json.dumps(path.as_uri())};"
        f"const x = {json.dumps(x.tolist())};"
        "console.log(JSON.stringify(x.map((sample) => Array.from(predict(sample)))));"
    )
    command = ["node", "--input-type=module", "-e", script]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def in_onnx(path, x):
    onnx = pytest.importorskip("onnx", reason="comes with the extra onnx")
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator(onnx.load(path)).run(None, {"x": x})[0]


def in_onnx_runtime(path, x):
    runtime = pytest.importorskip("onnxruntime", reason="comes with the extra test-peers")
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def in_keras(path, x):
    pytest.importorskip("torch", reason="comes with the extra test-peers")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras", reason="comes with the extra test-peers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of its own use of NumPy
        return keras.saving.load_model(path).predict(x, verbose=0)


def in_torch(path, x):
    torch = pytest.importorskip("torch", reason="comes with the extra test-peers")
    from safetensors import safe_open
    from safetensors.torch import load_file

    with safe_open(path, framework="numpy") as file:
        told = json.loads(file.metadata()["badak.torch"])
    net = eval(told["torch"], {"nn": torch.nn})
    net.load_state_dict(load_file(path))
    return net.eval()(torch.from_numpy(x)).detach().numpy()


def by_badak(path, x):
    return formats.import_model(path, custom_objects=OWN).predict(x)


BY_FORMULA = {
    "python": ("m.py", in_python),
    "c": ("m.c", in_c),
    "js": ("m.mjs", in_node),
    "onnx": ("m.onnx", in_onnx),
    "onnxruntime": ("m.onnx", in_onnx_runtime),
}
BY_WORD = {"keras": ("m.keras", in_keras), "torch": ("m.safetensors", in_torch)}


def need_for(path):
    """Skip where the library that writes such a file is not installed."""
    library = {".onnx": "onnx", ".keras": "h5py"}.get(path.suffix)
    if library is not None:
        pytest.importorskip(library, reason=f"writes {path.suffix}; comes with an extra")


def exported(model, path, kind):
    """Whether a format takes a model; where not, it names the layer."""
    need_for(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what matters only in training is left out
        try:
            formats.export(model, path)
        except InputError as error:
            refused = str(error)
        else:
            return True
    assert repr(model.layers[0].name) in refused or kind.__name__ in refused
    assert not path.exists()
    return False


@pytest.mark.parametrize("program", BY_FORMULA)
@pytest.mark.parametrize("name", EVERY)
def test_a_format_of_formulas_answers_as_numpy_does_or_refuses_by_name(name, program, tmp_path):
    file, run = BY_FORMULA[program]
    if shutil.which({"c": "cc", "js": "node"}.get(program, "true")) is None:
        pytest.skip("it cannot be run here")
    model, x = network(EVERY[name])
    taken = exported(model, tmp_path / file, EVERY[name])
    assert taken == (name not in NO_FORMULA)
    if taken:
        agree(run(tmp_path / file, x), in_float64(model, x))


def side_by_side(shape):
    """Members that begin and end in all the ways there are, one of them an ensemble again."""
    width = int(np.prod(shape))
    inner = Ensemble([[Dense(4, "silu")], [Rescaling(0.5), Dense(4, "softmax")]], [2.0, -0.5])
    members = [
        [Flatten(), PiecewiseLinearEncoding([[-1.0, 0.0, 1.0]] * width), Dense(3, "tanh")],
        [Normalization(), Flatten(), BatchNormalization(), Dense(5, "relu"), Dense(3)],
        [Activation("tanh"), Flatten(), inner, Dropout(0.5), LayerNormalization(), Dense(3)],
    ]
    model = Sequential([Input(shape), Ensemble(members, [0.5, 0.7, -0.1]), Dense(3)], name="small")
    x = np.random.default_rng(1).normal(size=(BATCH, *shape)).astype(np.float32)
    model.adapt(x)
    return model, x


@pytest.mark.parametrize("program", BY_FORMULA)
@pytest.mark.parametrize("shape", [(6,), (2, 3)], ids=str)
def test_networks_side_by_side_answer_alike_in_every_format_of_formulas(shape, program, tmp_path):
    file, run = BY_FORMULA[program]
    if shutil.which({"c": "cc", "js": "node"}.get(program, "true")) is None:
        pytest.skip("it cannot be run here")
    need_for(tmp_path / file)
    model, x = side_by_side(shape)
    formats.export(model, tmp_path / file)
    agree(run(tmp_path / file, x), in_float64(model, x))


@pytest.mark.peers
@pytest.mark.parametrize("program", BY_WORD)
@pytest.mark.parametrize("name", EVERY)
def test_a_format_of_known_layers_answers_as_numpy_does_or_refuses_by_name(name, program, tmp_path):
    file, run = BY_WORD[program]
    model, x = network(EVERY[name])
    if exported(model, tmp_path / file, EVERY[name]):
        agree(run(tmp_path / file, x), in_float64(model, x))
        assert name not in OWN or is_just(model.layers[0], EVERY[name].__base__)
    else:
        assert name in OWN or program == "torch" or name in NOT_IN_KERAS


@pytest.mark.parametrize("name", EVERY)
def test_badaks_own_files_and_npz_keep_every_layer_to_the_bit(name, tmp_path):
    model, x = network(EVERY[name])
    agree(model.predict(x), in_float64(model, x))
    model.save(tmp_path / "m.safetensors")
    formats.export(model, tmp_path / "m.npz")
    for path in (tmp_path / "m.safetensors", tmp_path / "m.npz"):
        np.testing.assert_array_equal(by_badak(path, x), model.predict(x))
        assert type(
            by_badak.__globals__["formats"].import_model(path, custom_objects=OWN).layers[0]
        )


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("file", ["m.keras", "m.onnx"])
def test_what_badak_wrote_for_others_reads_back_alike_or_is_refused(name, file, tmp_path):
    model, x = network(EVERY[name])
    if not exported(model, tmp_path / file, EVERY[name]):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of what matters only in training
            back = formats.import_model(tmp_path / file, custom_objects=OWN)
    except FileFormatError as error:
        refused = str(error)
    else:
        agree(back.predict(x), in_float64(model, x))
        return
    assert file == "m.onnx"
    assert name in OWN or name in NOT_READ_BACK
    assert name in refused or repr(model.layers[0].name) in refused


def slow_sigmoid(x):
    return 1.0 / (1.0 + np.exp(-0.25 * x))


def slow_sigmoid_slope(x):
    y = 1.0 / (1.0 + np.exp(-0.25 * x))
    return 0.25 * y * (1.0 - y)


SLOW = OwnActivation("sigmoid", slow_sigmoid, slow_sigmoid_slope)
"""Called as badak's sigmoid is, and another function."""


@pytest.mark.parametrize("program", [*BY_FORMULA, *BY_WORD, "badak", "npz"])
def test_an_activation_that_is_called_as_badaks_is_never_taken_for_it(program, tmp_path):
    files = {"badak": ("m.safetensors", by_badak), "npz": ("m.npz", by_badak)}
    file, run = {**BY_FORMULA, **BY_WORD, **files}[program]
    need_for(tmp_path / file)
    model = Sequential([Input((4,)), Dense(5, SLOW), Dense(3, "softmax")], name="small")
    x = np.random.default_rng(2).normal(size=(BATCH, 4)).astype(np.float32)
    if program in BY_FORMULA:
        formats.export(model, tmp_path / file)
        agree(run(tmp_path / file, x), in_float64(model, x))
        return
    with pytest.raises(InputError, match="'sigmoid'"):
        model.save(tmp_path / file) if program == "badak" else formats.export(
            model, tmp_path / file
        )


@dataclass
class Adam(Optimizer):
    """Called as badak's Adam is, and plain descent."""

    learning_rate: float = 0.5
    slots = ()
    rule = staticmethod(lambda w, g, learning_rate: w - learning_rate * g)

    def scalars(self, step):
        return {"learning_rate": self.rate(step)}


def tripled(y, t):
    return 3.0 * np.abs(y - t)


def tripled_slope(y, t):
    return 3.0 * np.sign(y - t)


@pytest.mark.parametrize(
    ("optimizer", "loss"), [(Adam(), "mse"), ("sgd", OwnLoss("mse", tripled, tripled_slope))]
)
def test_training_that_is_called_as_badaks_is_never_taken_for_it(optimizer, loss, tmp_path):
    model = Sequential([Input((4,)), Dense(1)])
    model.compile(optimizer, loss)
    for path in (tmp_path / "m.npz", tmp_path / "m.safetensors"):
        with pytest.raises(InputError, match=r"called '(Adam|mse)' as badak's"):
            model.save(path) if path.suffix == ".safetensors" else formats.export(model, path)
    pytest.importorskip("h5py", reason="comes with the extra keras")
    with pytest.warns(UserWarning, match="how the model was trained is left out"):
        formats.export(model, tmp_path / "m.keras")
    assert formats.import_model(tmp_path / "m.keras").loss is None


def test_a_loaded_model_of_ones_own_layers_goes_on_as_it_was(tmp_path):
    model, x = network(Bend)
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(FileFormatError, match=r"unknown layer 'Bend'.*custom_objects={'Bend'"):
        load_model(tmp_path / "m.safetensors")
    back = load_model(tmp_path / "m.safetensors", {"Bend": Bend})
    assert back.layers[0].strength == 0.7
    np.testing.assert_array_equal(back.predict(x), model.predict(x))
