"""The same network, data and settings as a script for Keras."""

import json
from collections.abc import Mapping
from typing import Any

from badak import activations, optimizers
from badak._common.language import message
from badak._version import __version__
from badak.activations import ACTIVATIONS, is_builtin
from badak.errors import InputError
from badak.formats.keras.names import TO_KERAS
from badak.formats.keras.training import NOT_IN_KERAS, OPTIMIZERS
from badak.formats.keras.writing import KerasLayer, layers_of
from badak.lab import network
from badak.lab.data import LabData
from badak.lab.expressions import Node, variables_of, written
from badak.lab.formula import parse
from badak.lab.takeaway.script import merged, split_imports
from badak.lab.takeaway.source import wrapped
from badak.losses import Loss, ScaledSquaredError
from badak.losses.objective import fitting_loss
from badak.network.sequential import Sequential
from badak.optimizers import Optimizer
from badak.optimizers.schedules import Constant, Schedule

PLAIN = frozenset(
    {
        *("Activation", "BatchNormalization", "Dense", "Dropout", "ELU", "Flatten"),
        *("GaussianNoise", "LayerNormalization", "LeakyReLU", "PReLU", "ReLU", "Rescaling"),
        "Softmax",
    }
)
"""Layers all of whose numbers stand in their arguments or are learnt."""

DEFAULTS: dict[str, Any] = {
    "use_bias": True,
    "kernel_initializer": "GlorotUniform",
    "bias_initializer": "Zeros",
    "beta_initializer": "Zeros",
    "gamma_initializer": "Ones",
    "moving_mean_initializer": "Zeros",
    "moving_variance_initializer": "Ones",
    "alpha_initializer": "Zeros",
    "data_format": "channels_last",
    "offset": 0.0,
    "momentum": 0.99,
    "epsilon": 0.001,
    "center": True,
    "scale": True,
    "trainable": True,
}
"""What Keras takes where an argument of a layer is left out; arguments without one are None."""

OPS = {
    **{name: f"ops.{name}({{0}})" for name in ("abs", "sign", "floor", "sqrt", "exp", "log")},
    **{name: f"ops.{name}({{0}})" for name in ("sin", "cos")},
    "max": "ops.maximum({0}, {1})",
    "min": "ops.minimum({0}, {1})",
    "where": "ops.where({0} != 0.0, {1}, {2})",
    "less": 'ops.cast({0} < {1}, "float32")',
    "less_equal": 'ops.cast({0} <= {1}, "float32")',
    "greater": 'ops.cast({0} > {1}, "float32")',
    "greater_equal": 'ops.cast({0} >= {1}, "float32")',
    "step": 'ops.cast({0} > 0.0, "float32")',
    "identity": "({0})",
    **{
        own: f"keras.activations.{name}({{0}})"
        for own, name in TO_KERAS.items()
        if own != "identity"
    },
}
"""How Keras writes what may stand in a formula."""


def keras_script(recipe: Mapping[str, Any], epochs: int, data: LabData) -> str:
    """Return the script: the recipe's network, trained for so many epochs.

    What was changed while it trained does not stand in it: Keras trains by the recipe from the
    start, and its random numbers are others.

    Raises
    ------
    InputError
        Something that Keras has not got.

    Examples
    --------
    >>> from badak.lab import data
    >>> from badak.lab.recipe import complete
    >>> text = keras_script(complete({}), 5, data.load({"kind": "xor"}))
    >>> 'layers.Dense(4, activation="tanh")' in text
    True
    """
    model = network.build(recipe, data)
    t = network.targets(model, data.t_train)
    output = model.layers[-1 - len(data.ending)].activation
    loss = model.loss or fitting_loss(output, model.output_shape[0], t)
    typed = _typed(model)
    formulas = list(dict.fromkeys(typed.values()))
    own, code = split_imports(data.code)
    functions = [_function(place, text) for place, text in enumerate(formulas)]
    imports = ["import keras", "from keras import layers", *own]
    if isinstance(loss, ScaledSquaredError):
        functions.append(_scaled_loss(loss))
    if any("ops." in function for function in functions):
        imports.append("from keras import ops")
    named = {layer: f"formula_{formulas.index(text)}" for layer, text in typed.items()}
    stack = [f"keras.Input({model.input_shape!r})"]
    stack += [_layer(layer, named) for layer in layers_of(model)]
    targets = ["t_train", "t_test"]
    if network.targets(model, data.t_train) is not data.t_train:
        targets = [f"keras.utils.to_categorical({t}, {model.output_shape[0]})" for t in targets]
    metric = "accuracy" if data.task == "classes" else "mean_absolute_error"
    size = network.batch_size(model, recipe) or len(data.x_train)
    compiled = [_optimizer(model.optimizer), _loss(loss), f'metrics=["{metric}"]']
    fit = ["x_train", targets[0], f"batch_size={size}", f"epochs={epochs}"]
    fit += [f"validation_data=(x_test, {targets[1]})", "verbose=2"]
    title = message(
        "A network of badak's lab for Keras 3, which draws other weights (badak {version}).",
        version=__version__,
    )
    lines = [
        f'"""{title}"""',
        "",
        *merged(imports),
        "",
        *(["", *"\n\n\n".join(functions).split("\n"), "", ""] if functions else []),
        *([""] if code.startswith("def ") and not functions else []),
        *code.strip("\n").split("\n"),
        "",
        f"keras.utils.set_random_seed({recipe['training']['seed']})",
        "model = keras.Sequential(",
        *wrapped("[", stack, "]", 4),
        ")",
        *wrapped("model.compile(", compiled, ")"),
        *wrapped("model.fit(", fit, ")"),
        f"print(model.evaluate(x_test, {targets[1]}, verbose=0, return_dict=True))",
        'model.save("model.keras")',
    ]
    return "\n".join(lines) + "\n"


def _typed(model: Sequential) -> dict[str, str]:
    """Return the typed activations by the names of their layers, which are linear from now on."""
    typed = {}
    for layer in model.layers:
        record = layer.activation
        if record is not None and not is_builtin(record):
            typed[str(layer.name)] = record.name
            layer.activation = activations.get("identity")
    return typed


def _function(place: int, text: str) -> str:
    tree = parse(text, ("x",)).tree
    _check(tree)
    same = "" if variables_of(tree) else "0.0 * x + "
    return f"def formula_{place}(x):  # {text}\n    return {same}{written(tree, OPS)}"


def _check(tree: Node) -> None:
    if tree.operation in ACTIVATIONS and tree.operation not in OPS:
        raise InputError(message("Keras has no {name} for a formula", name=tree.operation))
    for part in tree.parts:
        _check(part)


def _scaled_loss(loss: ScaledSquaredError) -> str:
    return (
        "def loss(t, y):  # of the standardised target\n"
        f"    return ops.mean(ops.square((y - t) / {loss.scale!r}), axis=-1)"
    )


def _layer(layer: KerasLayer, formulas: Mapping[str, str]) -> str:
    if layer.kind not in PLAIN:
        raise InputError(
            message("the layer {name!r} has numbers that a script does not hold", name=layer.name)
        )
    parts: list[str] = []
    for place, (name, value) in enumerate(layer.config.items()):
        if name == "activation" and layer.name in formulas:
            parts.append(f"activation={formulas[layer.name]}")
        elif not _is_usual(name, value):
            parts.append(_value(value) if place == 0 else f"{name}={_value(value)}")
    return f"layers.{layer.kind}({', '.join(parts)})"


def _is_usual(name: str, value: Any) -> bool:
    """Whether Keras takes this value where the argument is left out."""
    if isinstance(value, Mapping) and "class_name" in value:
        return not _settings(value) and value["class_name"] == DEFAULTS.get(name)
    return value is None or value == DEFAULTS.get(name) or (name, value) in USUAL


USUAL = (("activation", "linear"), ("axis", -1), ("axis", [-1]))


def _settings(value: Any) -> dict[str, Any]:
    """Return an object's arguments that are given."""
    return {k: v for k, v in value["config"].items() if v is not None}


def _value(value: Any) -> str:
    if isinstance(value, Mapping) and "class_name" in value:
        given = ", ".join(f"{k}={_value(v)}" for k, v in _settings(value).items())
        return f"{value['module']}.{value['class_name']}({given})"
    if isinstance(value, str):
        return json.dumps(value)
    return repr(value)


def _optimizer(optimizer: Optimizer) -> str:
    config = dict(optimizer.get_config())
    kind = str(config.pop("name"))
    usual = type(optimizer)().get_config()
    given = {k: v for k, v in config.items() if k == "learning_rate" or v != usual[k]}
    if isinstance(optimizer, optimizers.Momentum | optimizers.Nesterov):
        kind = "SGD"
        given["momentum"] = config["momentum"]
        given |= {"nesterov": True} if isinstance(optimizer, optimizers.Nesterov) else {}
    elif isinstance(optimizer, optimizers.GradientDescent):
        kind = "SGD"
    if kind not in OPTIMIZERS:
        raise InputError(message("Keras has no optimizer {name}", name=kind))
    given["learning_rate"] = optimizer.learning_rate
    parts = ", ".join(f"{name}={_rate(value)}" for name, value in given.items())
    return f"optimizer=keras.optimizers.{kind}({parts})"


def _rate(value: Any) -> str:
    if not isinstance(value, Schedule):
        return repr(value)
    if isinstance(value, Constant):
        return repr(value.learning_rate)
    config = dict(value.get_config())
    kind = config.pop("name")
    given = ", ".join(f"{k}={v!r}" for k, v in config.items() if v is not None)
    return f"keras.optimizers.schedules.{kind}({given})"


def _loss(loss: Loss) -> str:
    if isinstance(loss, ScaledSquaredError):
        return "loss=loss"
    if loss.name in NOT_IN_KERAS:
        raise InputError(message("Keras has no loss {name}", name=loss.name))
    config, usual = loss.get_config(), type(loss)().get_config()
    given = ", ".join(f"{k}={v!r}" for k, v in config.items() if v != usual[k])
    return f"loss=keras.losses.{type(loss).__name__}({given})"
