"""The script for Keras: it runs, and builds the network and the training that badak has."""

import os
import re
from typing import Any

import numpy as np
import pytest

from badak.errors import InputError
from badak.lab import data, network
from badak.lab.recipe import complete
from badak.lab.takeaway.keras import keras_script
from badak.losses import LOSSES
from badak.optimizers import OPTIMIZERS
from badak.optimizers.schedules import SCHEDULES

MANY = {
    "data": {"kind": "digits"},
    "network": {
        "layers": [
            {"kind": "dense", "units": 20, "activation": {"formula": "x * sigmoid(x)"}},
            {"kind": "batch_normalization"},
            {"kind": "dropout"},
            {"kind": "layer_normalization"},
            {"kind": "gaussian_noise"},
            {"kind": "p_re_lu"},
            {
                "kind": "dense",
                "units": 5,
                "activation": {"name": "elu", "alpha": 0.5},
                "use_bias": False,
            },
            {
                "kind": "activation",
                "activation": {"formula": "max(x, 0.1*x) if x < 3 else 3 + abs(sin(x))"},
            },
            {"kind": "dense", "units": 6, "activation": "swish", "initializer": "he_normal"},
        ]
    },
    "training": {
        "batch_size": 64,
        "l1": 0.001,
        "l2": 0.01,
        "optimizer": {"name": "momentum", "learning_rate": 0.05},
        "schedule": {"name": "cosine_decay", "decay_steps": 100},
    },
}


@pytest.fixture(scope="module")
def keras():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


def script_of(recipe, epochs=1):
    whole = complete(recipe)
    return keras_script(whole, epochs, data.load(whole["data"]))


def run(recipe, folder, monkeypatch):
    """Run the script for a recipe here, and return its names."""
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(script_of(recipe).replace("verbose=2", "verbose=0"), names)
    return names


pytestmark = pytest.mark.filterwarnings("ignore")  # Keras and PyTorch warn of their own
peers = pytest.mark.peers


@peers
@pytest.mark.parametrize(
    "recipe",
    [
        {},
        MANY,
        {"data": {"kind": "function", "formula": "x1 * gelu(x2)"}, "training": {"loss": "huber"}},
        {"data": {"kind": "digits"}, "training": {"loss": "mean_squared_error", "batch_size": 99}},
    ],
    ids=["preset", "many", "function", "one-hot"],
)
def test_with_badaks_weights_it_answers_as_badak_does(recipe, keras, tmp_path, monkeypatch):
    made = run(recipe, tmp_path, monkeypatch)
    whole = complete(recipe)
    loaded = data.load(whole["data"])
    model = network.build(whole, loaded)
    rng = np.random.default_rng(0)
    weights = [rng.normal(0.0, 0.3, w.shape).astype(np.float32) ** 2 for w in model.get_weights()]
    model.set_weights(weights)
    kept = made["model"]
    variables = [w for w in kept.weights if "seed" not in w.path]
    assert sorted(w.shape for w in variables) == sorted(w.shape for w in weights)
    for variable, value in zip(variables, _in_order(variables, weights), strict=True):
        variable.assign(value)
    x = loaded.x_test[:50]
    assert np.allclose(kept.predict(x, verbose=0), model.predict(x), atol=2e-5)


def _in_order(variables, weights):
    """badak lists the weights of a normalisation as Keras does: the shapes must agree."""
    assert [tuple(v.shape) for v in variables] == [w.shape for w in weights]
    return weights


@peers
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_badaks_numbers(name, keras, tmp_path, monkeypatch):
    spec = {"name": name, "learning_rate": 0.02}
    made = run({"training": {"optimizer": spec}}, tmp_path, monkeypatch)["model"].optimizer
    own = network.make_optimizer(complete({"training": {"optimizer": spec}}))
    config = {k: v for k, v in made.get_config().items() if k in own.get_config() and k != "name"}
    for key, value in config.items():
        expected = own.get_config()[key]
        if key == "nesterov":
            expected = name == "nesterov"
        assert value == pytest.approx(expected) if isinstance(value, float) else value == expected


@peers
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_badaks_rates(name, keras, tmp_path, monkeypatch):
    settings: dict[str, dict[str, Any]] = {
        "PiecewiseConstantDecay": {"boundaries": [3], "values": [0.1, 0.01]},
        "ExponentialDecay": {"decay_steps": 5, "decay_rate": 0.5},
        "InverseTimeDecay": {"decay_steps": 5, "decay_rate": 0.5},
        "PolynomialDecay": {"decay_steps": 20},
        "CosineDecay": {"decay_steps": 20},
        "CosineDecayRestarts": {"first_decay_steps": 20},
    }
    spec = {"training": {"schedule": {"name": name, **settings.get(name, {})}}}
    whole = complete(spec)
    own = network.make_optimizer(whole).learning_rate
    text = re.search(r"learning_rate=(.*)\)", script_of(spec)).group(1)
    made = eval(text, {"keras": keras})
    for step in (0, 1, 7, 19):
        rate = float(made(step)) if callable(made) else made
        assert rate == pytest.approx(float(own(step)), rel=1e-5)


@peers
@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("kind", ["plane", "digits", "circle"])
def test_a_loss_is_the_same_number_or_refused_by_name(name, kind, keras):
    spec = {"data": {"kind": kind}, "training": {"loss": name, "batch_size": 50}}
    text = refused = ""
    try:
        text = script_of(spec)
    except InputError as error:
        refused = str(error)
    if refused:
        assert name in refused or "target" in refused
        return
    whole = complete(spec)
    loaded = data.load(whole["data"])
    model = network.build(whole, loaded)
    names: dict[str, object] = {"keras": keras, "ops": keras.ops}
    defined = re.search(r"def loss.*\n    return .*\n", text)
    exec(defined.group() if defined else "", names)
    written = eval(re.search(r"loss=(loss|keras\.losses\..*\)),", text).group(1), names)
    t = network.targets(model, loaded.t_test)
    y = model.predict(loaded.x_test)
    given = t.reshape(len(t), -1) if model.output_shape[0] == 1 else t
    theirs = float(np.mean(keras.ops.convert_to_numpy(written(given.astype(np.float32), y))))
    ours = model.evaluate(loaded.x_test, t, verbose=0, return_dict=True)["loss"]
    assert theirs == pytest.approx(ours, rel=1e-4, abs=1e-6)


def test_the_script_is_python_that_names_what_it_uses():
    text = script_of(MANY, epochs=7)
    compile(text, "run_keras.py", "exec")
    assert "epochs=7" in text
    assert "def formula_0(x):  # x * sigmoid(x)" in text
    assert "keras.initializers.HeNormal()" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"network": {"layers": [{"kind": "dense", "activation": "step"}]}}, "step"),
        (
            {"network": {"layers": [{"kind": "dense", "activation": {"formula": "threshold(x)"}}]}},
            "threshold",
        ),
        ({"data": {"kind": "plane"}, "training": {"loss": "pinball"}}, "pinball"),
    ],
)
def test_what_keras_has_not_is_refused_by_name(change, said):
    with pytest.raises(InputError, match=said):
        script_of(change)
