"""Recipes: what a run trains, on what and how, as JSON that is checked and made complete."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from badak._common.language import message
from badak._common.validation import Flag, Interval, Whole, check_whole, shown
from badak.errors import BadakError
from badak.lab.errors import RecipeError

MOST_LAYERS = 30
MOST_UNITS = 4096
MOST_WEIGHTS = 20_000_000
MOST_SAMPLES_A_STEP = 65536

GIVEN = "given"
"""A layer of a model from outside that a recipe has no words for: it stays as it is."""

KINDS = (
    *("dense", "activation", "dropout", "gaussian_noise"),
    *("batch_normalization", "layer_normalization", "p_re_lu", GIVEN),
)
PENALTY = Interval(0.0, 1000.0, high_is_in=True)

DEFAULT: dict[str, Any] = {
    "data": {"kind": "circle"},
    "network": {
        "layers": [{"kind": "dense", "units": 4, "activation": "tanh"}],
        "output": {"units": "auto", "activation": "auto"},
        "preparation": "auto",
    },
    "training": {
        "loss": "auto",
        "optimizer": {"name": "adam", "learning_rate": 0.01},
        "schedule": None,
        "batch_size": 10,
        "l1": 0.0,
        "l2": 0.0,
        "seed": 0,
    },
}
"""What the lab begins with."""

LAYER: dict[str, dict[str, Any]] = {
    "dense": {
        "units": 4,
        "activation": "relu",
        "initializer": "glorot_uniform",
        "use_bias": True,
    },
    "activation": {"activation": "relu"},
    "dropout": {"rate": 0.2},
    "gaussian_noise": {"stddev": 0.1},
    "batch_normalization": {},
    "layer_normalization": {},
    "p_re_lu": {},
    GIVEN: {"place": 0},
}
"""The settings of each kind of layer."""


def complete(given: Any) -> dict[str, Any]:
    """Return a recipe with every setting, in plain types.

    Settings of data are not checked here but where the data are made, and those of activations,
    optimizers and the like where these are made.

    Raises
    ------
    RecipeError
        A part that is none, or a setting that no part has; its `where` names it.

    Examples
    --------
    >>> complete({"training": {"batch_size": 20}})["training"]["optimizer"]["learning_rate"]
    0.01
    """
    recipe = _part(given, "recipe", DEFAULT)
    network = _part(recipe["network"], "network", DEFAULT["network"])
    layers = network["layers"]
    if not isinstance(layers, list) or len(layers) > MOST_LAYERS:
        raise RecipeError(
            message("network.layers must be a list of at most {most} layers", most=MOST_LAYERS),
            "network.layers",
        )
    network["layers"] = [_layer(layer, f"network.layers.{i}") for i, layer in enumerate(layers)]
    output = _part(network["output"], "network.output", DEFAULT["network"]["output"])
    if output["units"] not in ("auto", GIVEN):
        output["units"] = _units(output["units"], "network.output.units")
    network["output"] = output
    if network["preparation"] not in ("auto", GIVEN):
        raise RecipeError(
            message("network.preparation is 'auto', or 'given' where the layers hold it"),
            "network.preparation",
        )
    return {
        "data": _mapping(recipe["data"], "data"),
        "network": network,
        "training": _training(recipe["training"]),
    }


def same_data(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Return whether two recipes train on the same samples; how they are shown does not count."""
    return data_key(first) == data_key(second)


def data_key(recipe: Mapping[str, Any]) -> str:
    """Return a text that is the same for recipes of the same samples."""
    spec = {k: v for k, v in recipe["data"].items() if k not in ("plane", "held")}
    return json.dumps([spec, recipe["network"]["preparation"]], sort_keys=True)


@contextmanager
def at(where: str) -> Iterator[None]:
    """Let an error of badak's within name this part of the recipe."""
    try:
        yield
    except RecipeError as error:
        error.where = error.where or where
        raise
    except (BadakError, OverflowError) as error:
        raise RecipeError(str(error), where) from None


def _training(given: Any) -> dict[str, Any]:
    training = _part(given, "training", DEFAULT["training"])
    optimizer = training["optimizer"]
    if isinstance(optimizer, str):
        optimizer = {"name": optimizer}
    training["optimizer"] = _mapping(optimizer, "training.optimizer")
    if training["schedule"] is not None:
        training["schedule"] = _mapping(training["schedule"], "training.schedule")
    with at("training.batch_size"):
        size = check_whole(training["batch_size"], "batch_size")
        if size > MOST_SAMPLES_A_STEP:
            raise RecipeError(
                message("batch_size is {size}, but at most {most}", size=size, most=65536),
                "training.batch_size",
            )
    for name in ("l1", "l2"):
        with at(f"training.{name}"):
            training[name] = float(PENALTY.check(training[name], name))
    with at("training.seed"):
        training["seed"] = Whole(0).check(training["seed"], "seed")
        if training["seed"] >= 2**32:
            raise RecipeError(message("seed must be below 2**32"), "training.seed")
    if not isinstance(training["loss"], str | dict):
        raise RecipeError(
            message("the loss is a name, not {given}", given=shown(training["loss"])),
            "training.loss",
        )
    return training


def _layer(given: Any, where: str) -> dict[str, Any]:
    kind = _mapping(given, where).get("kind")
    if kind not in KINDS:
        raise RecipeError(
            message(
                "the kind of layer is {kind}, but must be one of {known}",
                kind=shown(kind),
                known=", ".join(k for k in KINDS if k != GIVEN),
            ),
            f"{where}.kind",
        )
    layer = _part(given, where, {"kind": kind, **LAYER[kind]})
    if "units" in layer:
        layer["units"] = _units(layer["units"], f"{where}.units")
    if "use_bias" in layer:
        with at(f"{where}.use_bias"):
            layer["use_bias"] = Flag().check(layer["use_bias"], "use_bias")
    return layer


def _units(given: Any, where: str) -> int:
    with at(where):
        units = int(check_whole(given, "units"))
    if units > MOST_UNITS:
        raise RecipeError(
            message("units is {units}, but at most {most}", units=units, most=MOST_UNITS), where
        )
    return units


def _part(given: Any, where: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part with what it leaves out; RecipeError for what is no setting of it."""
    part = _mapping(given, where)
    for name in part:
        if name not in defaults:
            inside = "" if where == "recipe" else f"{where}."
            raise RecipeError(
                message(
                    "{where} has no setting {name!r}; it has {known}",
                    where=where,
                    name=name,
                    known=", ".join(defaults),
                ),
                f"{inside}{name}",
            )
    return {name: part.get(name, default) for name, default in defaults.items()}


def _mapping(given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise RecipeError(
            message("{where} must be an object, not {given}", where=where, given=shown(given)),
            where,
        )
    return dict(given)
