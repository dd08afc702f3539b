import ctypes
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

from badak import Input, Sequential, activations, formats
from badak.activations import Activation
from badak.errors import InputError
from badak.formats.standalone.plan import probes
from badak.layers import Dense, Flatten, Normalization, Rescaling

pytestmark = pytest.mark.filterwarnings("ignore:the compiled engine cannot run:RuntimeWarning")

STRICT = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node")


def loaded(path) -> ModuleType:
    """The exported Python file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class InC:
    """The exported C file, compiled to a library."""

    def __init__(self, source, name) -> None:
        library = source.with_suffix(".so")
        command = ["cc", *STRICT, "-shared", "-fPIC", "-o", library, source, "-lm"]
        subprocess.run(command, check=True)
        self.functions = ctypes.CDLL(str(library))
        self.name = f"badak_{name}"

    def predict(self, x, units):
        y = np.full((len(x), units), -7.0, np.float32)
        function = getattr(self.functions, f"{self.name}_predict")
        codes = [function(_floats(sample), _floats(row)) for sample, row in zip(x, y, strict=True)]
        return codes, y

    def classify(self, x):
        function = getattr(self.functions, f"{self.name}_classify")
        return [function(_floats(sample)) for sample in x]


def _floats(array):
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_float))


def in_node(path, x):
    """What the exported module answers in Node: outputs, classes, names."""
    script = (
        f"import * as network from {json.dumps(path.as_uri())};"
        f"const x = {json.dumps(x.tolist())};"
        "const classes = network.classify ? x.map((s) => network.classify(s)) : null;"
        "console.log(JSON.stringify([x.map((s) => Array.from(network.predict(s))), classes,"
        " network.classNames ?? null]));"
    )
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def agree(given, expected):
    """Within 1e-5 of 1, or of the answer where that is larger."""
    np.testing.assert_allclose(given, expected, rtol=1e-5, atol=1e-5)


@needs_cc
def test_c_answers_alike(everything, samples, tmp_path):
    path = tmp_path / "network.c"
    formats.export(everything, path)
    c = InC(path, "every_thing")
    codes, y = c.predict(samples, 4)
    assert codes == [0] * 60
    agree(y, everything.predict(samples))
    assert c.classify(samples) == everything.classify(samples).tolist()
    names = (ctypes.c_char_p * 4).in_dll(c.functions, "badak_every_thing_class_names")
    assert [name.decode() for name in names] == everything.class_names


@needs_cc
def test_c_refuses_what_is_not_finite_and_leaves_the_answer_alone(network_of, tmp_path):
    path = tmp_path / "network.c"
    formats.export(network_of("relu", "softmax"), path)
    c = InC(path, "small")
    x = np.zeros((3, 5), np.float32)
    x[1, 4], x[2, 0] = np.nan, np.inf
    codes, y = c.predict(x, 3)
    assert codes == [0, 1, 1]
    assert (y[1:] == -7.0).all()
    assert c.classify(x)[1:] == [-1, -1]


def test_python_answers_alike(everything, samples, tmp_path):
    path = tmp_path / "network.py"
    formats.export(everything, path)
    module = loaded(path)
    agree(module.predict(samples), everything.predict(samples))
    assert module.predict(samples).dtype == np.float32
    assert (module.classify(samples) == everything.classify(samples)).all()
    assert everything.class_names == module.CLASS_NAMES
    assert everything.preparation == module.PREPARATION
    with pytest.raises(ValueError, match=r"x is \(60, 3\)"):
        module.predict(samples[:, 0])
    with pytest.raises(ValueError, match="NaN"):
        module.predict(np.full((1, 2, 3), np.nan))


@needs_node
def test_javascript_answers_alike(everything, samples, tmp_path):
    path = tmp_path / "network.mjs"
    formats.export(everything, path)
    y, classes, names = in_node(path, samples)
    agree(y, everything.predict(samples))
    assert classes == everything.classify(samples).tolist()
    assert names == everything.class_names


@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS))
def test_every_activation_answers_alike_in_python(name, network_of, inputs, tmp_path):
    model = network_of(name)
    path = tmp_path / "network.py"
    formats.export(model, path)
    agree(loaded(path).predict(inputs), model.predict(inputs))


@needs_cc
@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS))
def test_every_activation_answers_alike_in_c(name, network_of, inputs, tmp_path):
    model = network_of(name)
    path = tmp_path / "network.c"
    formats.export(model, path)
    agree(InC(path, "small").predict(inputs, 3)[1], model.predict(inputs))


@needs_node
@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS))
def test_every_activation_answers_alike_in_javascript(name, network_of, inputs, tmp_path):
    model = network_of(name)
    path = tmp_path / "network.mjs"
    formats.export(model, path)
    agree(in_node(path, inputs)[0], model.predict(inputs))


@needs_cc
@needs_node
def test_an_activation_of_ones_own_is_taken_along(network_of, inputs, tmp_path):
    own = Activation(
        "mine",
        lambda x: np.where(
            (x > -1.0) & (x < 2.0), np.sin(x) + np.sqrt(np.abs(x)), np.copysign(0.5, x)
        ),
        lambda x: 0.0 * x,
    )
    model = network_of(own)
    expected = model.predict(inputs)
    for ending in ("c", "mjs", "py"):
        formats.export(model, tmp_path / f"network.{ending}")
    agree(InC(tmp_path / "network.c", "small").predict(inputs, 3)[1], expected)
    agree(in_node(tmp_path / "network.mjs", inputs)[0], expected)
    agree(loaded(tmp_path / "network.py").predict(inputs), expected)


def commands(name):
    return {
        "c": f"cc {' '.join(STRICT)} -DBADAK_{name.upper()}_SELF_TEST network.c -lm -o t && ./t",
        "py": f"{sys.executable} -W error network.py",
        "mjs": "node network.mjs",
    }


@pytest.mark.parametrize("ending", ["c", "py", "mjs"])
def test_the_self_test_passes_and_fails_when_a_weight_is_another(ending, network_of, tmp_path):
    if shutil.which({"c": "cc", "py": sys.executable, "mjs": "node"}[ending]) is None:
        pytest.skip("it cannot be run here")
    model = network_of("relu", "softmax")
    path = tmp_path / f"network.{ending}"
    formats.export(model, path)
    run = lambda: subprocess.run(  # noqa: E731
        commands("small")[ending], shell=True, cwd=tmp_path, capture_output=True, text=True
    )
    done = run()
    assert done.returncode == 0, done.stderr
    assert re.match(r"8 samples, farthest from badak's answers: \d", done.stdout)
    other = network_of("relu", "softmax")
    other.set_weights([w * 1.5 for w in other.get_weights()])
    right = path.read_text()
    formats.export(other, path)
    mixed = with_answers_of(ending, path.read_text(), right)
    path.write_text(mixed)
    assert run().returncode == 1


def with_answers_of(ending, text, other):
    """The file with the expected answers of another one."""
    pattern = {
        "c": r"static const float test_y\[24\] = \{.*?\};",
        "py": r"TEST_Y = _floats\(.*?\"\"\"\)",
        "mjs": r"const testY = floats\(`.*?`\);",
    }[ending]
    theirs = re.search(pattern, other, re.DOTALL)[0]
    changed, count = re.subn(pattern, lambda _: theirs, text, flags=re.DOTALL)
    assert count == 1
    return changed


@needs_cc
@needs_node
def test_names_that_would_be_code_stay_names(tmp_path):
    """A hostile model file must not write a program."""
    evil = "*/ int evil(void) { return 1; } /* \"\"\" ''' \\ ${x} `\n</script>\u202e"
    model = Sequential(
        [Input((2,)), Dense(2, name=evil), Dense(2, "softmax", name="int")], name=evil
    )
    model.class_names = [evil, "나"]
    model.preparation = {"kind": evil}
    x = np.ones((1, 2), np.float32)
    for ending in ("c", "mjs", "py"):
        formats.export(model, tmp_path / f"network.{ending}")
        text = (tmp_path / f"network.{ending}").read_text()
        assert "\u202e" not in text
        assert ending != "mjs" or "</script>" not in text
    name = re.search(r"int badak_(\w+)_predict", (tmp_path / "network.c").read_text())[1]
    c = InC(tmp_path / "network.c", name)
    assert not hasattr(c.functions, "evil")
    names = (ctypes.c_char_p * 2).in_dll(c.functions, f"badak_{name}_class_names")
    assert [each.decode() for each in names] == model.class_names
    y, _, told = in_node(tmp_path / "network.mjs", x)
    assert told == model.class_names
    module = loaded(tmp_path / "network.py")
    assert model.class_names == module.CLASS_NAMES
    assert model.preparation == module.PREPARATION
    agree(y, model.predict(x))
    agree(module.predict(x), model.predict(x))


def test_one_unit_tells_a_class_by_its_middle(tmp_path):
    model = Sequential([Input((2,)), Dense(1, "sigmoid")])
    formats.export(model, tmp_path / "network.py")
    x = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    assert (loaded(tmp_path / "network.py").classify(x) == model.classify(x)).all()


def test_a_network_that_tells_numbers_has_no_classify(tmp_path):
    formats.export(Sequential([Input((2,)), Dense(1)]), tmp_path / "network.py")
    assert not hasattr(loaded(tmp_path / "network.py"), "classify")


def test_the_probes_are_of_the_range_that_the_network_expects():
    pixels = Sequential([Input((4, 4)), Rescaling(1 / 255), Flatten(), Dense(2)])
    assert 200 < probes(pixels).max() <= 255
    assert probes(pixels).min() >= 0
    pixels.preparation = {"maximum": 16}
    assert set(probes(pixels).ravel()) <= set(range(17))
    far = Sequential(
        [Input((2,)), Normalization(mean=[100.0, -5.0], variance=[4.0, 1.0]), Dense(1)]
    )
    assert np.allclose(probes(far, 1000).mean(axis=0), [100.0, -5.0], atol=0.3)


def test_what_cannot_be_written_down_is_refused_by_name(network_of, tmp_path):
    branching = Activation("branching", lambda x: x if x.all() else -x, lambda x: x)
    with pytest.raises(InputError, match=r"branching in dense .* uses \.all of an array"):
        formats.export(network_of(branching), tmp_path / "network.c")
    with pytest.raises(InputError, match="no weights yet"):
        formats.export(Sequential([Dense(1)]), tmp_path / "network.c")
    with pytest.raises(InputError, match="has not seen data"):
        formats.export(Sequential([Input((2,)), Normalization()]), tmp_path / "network.c")
    assert list(tmp_path.iterdir()) == []
