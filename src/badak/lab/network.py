"""A recipe's network: built, compiled, and changed without losing what it has learnt."""

import copy
import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Literal

from badak import Sequential, activations, optimizers, regularizers, utils
from badak._common.language import counted, message
from badak.activations import Activation
from badak.lab.data import LabData
from badak.lab.errors import RecipeError
from badak.lab.recipe import GIVEN, MOST_WEIGHTS, at
from badak.layers import Dense, Input, Layer
from badak.layers.registry import LAYERS
from badak.losses import LOSSES, Loss, ScaledSquaredError
from badak.losses import get as get_loss
from badak.optimizers import Optimizer
from badak.optimizers.schedules import SCHEDULES, Schedule
from badak.regularizers import Regularizer
from badak.typing import Array

Begin = Literal["new", "given", "settings", "compiled", "rebuilt"]
Kept = tuple[tuple[int, int], ...]
"""Layers that keep their weights: places in the old network and in the new one."""


@dataclasses.dataclass(frozen=True)
class Change:
    """What became of a network when its recipe was changed."""

    model: Sequential
    begin: Begin
    kept: Kept = ()
    remarks: tuple[str, ...] = ()


def build(recipe: Mapping[str, Any], data: LabData, given: Sequential | None = None) -> Sequential:
    """Return the recipe's network, compiled and with its first weights.

    Parameters
    ----------
    recipe : mapping
        As :func:`badak.lab.recipe.complete` returns it.
    data : LabData
        Its data.
    given : Sequential, optional
        A model from outside, whose layers the recipe names as "given".

    Raises
    ------
    RecipeError
        Something does not fit; its `where` names the part.

    Examples
    --------
    >>> from badak.lab.data import load
    >>> from badak.lab.recipe import complete
    >>> build(complete({}), load({"kind": "circle"})).count_params()
    17
    """
    _check_size(recipe, data)
    own = recipe["network"]["layers"]
    layers = [_layer(spec, f"network.layers.{i}", recipe, given) for i, spec in enumerate(own)]
    network = [*data.preparation, *layers, *_output(recipe, data), *data.ending]
    with at("network.layers"):
        model = Sequential([Input(data.shape), *network], seed=recipe["training"]["seed"])
    names = list(data.classes)
    model.class_names = names if names and model.output_shape == (len(names),) else None
    model.preparation = dict(data.model_preparation)
    compile_model(model, recipe, data)
    return model


def compile_model(model: Sequential, recipe: Mapping[str, Any], data: LabData) -> None:
    """Choose optimizer, loss and metrics as the recipe says; check that the data fit."""
    optimizer, loss = make_optimizer(recipe), make_loss(recipe, data)
    metrics = None
    if loss is not None:
        metrics = ["accuracy"] if data.task == "classes" else ["mean_absolute_error"]
    with at("training.loss"):
        model.compile(optimizer, loss, metrics)
        model.adapt(data.x_train)
        model.batch(data.x_train, targets(model, data.t_train))


def targets(model: Sequential, t: Array) -> Array:
    """Return targets as the network's loss takes them: class numbers, or one-hot.

    Examples
    --------
    >>> import numpy as np
    >>> model = Sequential([Input((2,)), Dense(3)])
    >>> targets(model, np.array([0, 2])).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    units = model.output_shape[0]
    if t.ndim == 1 and units > 1 and model.objective(t).loss.targets != "labels":
        return utils.to_categorical(t, units)
    return t


def make_activation(spec: Any, where: str = "") -> Activation:
    """Return the activation of a name, a name with settings, or a typed formula."""
    with at(where):
        if isinstance(spec, Mapping) and "formula" in spec:
            from badak.lab.formula import activation

            return activation(spec["formula"])
        return activations.get(dict(spec) if isinstance(spec, Mapping) else spec)


def make_optimizer(recipe: Mapping[str, Any]) -> Optimizer:
    """Return the recipe's optimizer, with its schedule."""
    spec = dict(recipe["training"]["optimizer"])
    with at("training.optimizer"):
        optimizer = optimizers.get(spec)
    schedule = make_schedule(recipe, optimizer)
    if schedule is not None:
        optimizer.learning_rate = schedule
    return optimizer


def make_schedule(recipe: Mapping[str, Any], optimizer: Optimizer) -> Schedule | None:
    """Return the recipe's schedule; its first rate is the optimizer's unless it says another."""
    spec = recipe["training"]["schedule"]
    if spec is None:
        return None
    given = dict(spec)
    with at("training.schedule"):
        kind = SCHEDULES[given.get("name", "")]
        first = {"learning_rate", "initial_learning_rate"}
        for name in first & {field.name for field in dataclasses.fields(kind)}:  # type: ignore[arg-type]
            given.setdefault(name, optimizer.learning_rate)
        made: Schedule = SCHEDULES.make(given)
        made(0)
        return made


def make_loss(recipe: Mapping[str, Any], data: LabData) -> Loss | None:
    """Return the recipe's loss; None where it follows from the output."""
    spec = recipe["training"]["loss"]
    if spec == "auto":
        return ScaledSquaredError(data.scale[1]) if data.ending else None
    with at("training.loss"):
        if isinstance(spec, str):
            LOSSES[spec]
        return get_loss(spec)


def penalty(recipe: Mapping[str, Any]) -> Regularizer | None:
    """Return what the recipe's layers are penalised by."""
    l1, l2 = recipe["training"]["l1"], recipe["training"]["l2"]
    return regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None


def batch_size(model: Sequential, recipe: Mapping[str, Any]) -> int | None:
    """Return the samples of a step; None where the optimizer takes all of them."""
    return None if model.optimizer.full_batch else int(recipe["training"]["batch_size"])


def change(
    model: Sequential,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    data: LabData,
    given: Sequential | None = None,
) -> Change:
    """Make a network that trains what a changed recipe says; weights stay where they can.

    Settings are changed in `model` itself. An optimizer or a loss of another kind begins anew with
    the weights as they are. Other layers are another network, with the weights of layers that stay.

    Raises
    ------
    RecipeError
        Something does not fit; nothing is changed.
    """
    wanted = build(new, data, given)
    if _structure(old) != _structure(new):
        return _rebuilt(model, wanted, old, new, data)
    begin: Begin = "settings"
    for layer, other in zip(model.layers, wanted.layers, strict=True):
        for name in ("activation", "rate", "stddev", "kernel_regularizer"):
            if name in vars(other) and getattr(layer, name) != getattr(other, name):
                setattr(layer, name, getattr(other, name))
    if _kind(old) != _kind(new):
        compile_model(model, new, data)
        begin = "compiled"
    elif old["training"] != new["training"]:
        model.optimizer = make_optimizer(new)
    return Change(model, begin)


def begins_anew(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether a change means another beginning: other first weights, or another seed."""
    first = [[layer.get("initializer") for layer in r["network"]["layers"]] for r in (old, new)]
    same_layers = _structure(old) == _structure(new)
    return old["training"]["seed"] != new["training"]["seed"] or (
        same_layers and first[0] != first[1]
    )


def place_of_layers(recipe: Mapping[str, Any], data: LabData) -> int:
    """Return the place of the recipe's first layer among those of the network."""
    return len(data.preparation)


def _structure(recipe: Mapping[str, Any]) -> Any:
    """Return what decides which arrays of weights there are."""
    names = ("kind", "units", "use_bias", "place")
    own = [[layer.get(name) for name in names] for layer in recipe["network"]["layers"]]
    return own, recipe["network"]["output"]["units"]


def _kind(recipe: Mapping[str, Any]) -> Any:
    """Return what the optimizer's memory belongs to, and what is minimised."""
    training = recipe["training"]
    output = recipe["network"]["output"]["activation"]
    follows = output if training["loss"] == "auto" else None
    return str(training["optimizer"].get("name")).lower(), training["loss"], follows


def _rebuilt(
    model: Sequential,
    wanted: Sequential,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    data: LabData,
) -> Change:
    kept = []
    for one, other in _matched(model, wanted, len(data.preparation)):
        before, after = model.layers[one], wanted.layers[other]
        same = type(before) is type(after)
        shapes = [w.shape for w in before.weights.values()]
        if same and shapes and shapes == [w.shape for w in after.weights.values()]:
            after.set_weights(before.get_weights())
            kept.append((one, other))
    with_weights = sum(bool(layer.weights) for layer in wanted.layers)
    fresh = with_weights - len(kept)
    remark = counted(
        "{kept} of {of} layer with weights keeps them; the others begin anew",
        "{kept} of {of} layers with weights keep them; the others begin anew",
        count=with_weights,
        kept=len(kept),
        of=with_weights,
    )
    return Change(wanted, "rebuilt", tuple(kept), (remark,) if fresh else ())


def _matched(model: Sequential, wanted: Sequential, first: int) -> list[tuple[int, int]]:
    """Pair the layers that stay: from the front as long as they are alike, then from the back."""
    one, other = model.layers, wanted.layers
    alike = [type(a) is type(b) for a, b in zip(one, other, strict=False)]
    front = next((i for i, same in enumerate(alike) if not same), len(alike))
    if len(one) == len(other) and front == len(one):
        return [(i, i) for i in range(len(one))]
    shapes = [[[w.shape for w in layer.weights.values()] for layer in m] for m in (one, other)]
    front = 0
    while front < min(len(one), len(other)) and (
        type(one[front]) is type(other[front]) and shapes[0][front] == shapes[1][front]
    ):
        front += 1
    back = 0
    while back < min(len(one), len(other)) - front and (
        type(one[-1 - back]) is type(other[-1 - back])
        and shapes[0][-1 - back] == shapes[1][-1 - back]
    ):
        back += 1
    pairs = [(i, i) for i in range(front)]
    return pairs + [(len(one) - i, len(other) - i) for i in range(back, 0, -1)]


def _check_size(recipe: Mapping[str, Any], data: LabData) -> None:
    """Refuse a network that would take all memory, before any is taken."""
    width, total = math.prod(data.shape), 0
    units = [layer["units"] for layer in recipe["network"]["layers"] if "units" in layer]
    wanted = recipe["network"]["output"]["units"]
    for count in [*units, data.units if isinstance(wanted, str) else wanted]:
        total += (width + 1) * count
        width = count
    if total > MOST_WEIGHTS:
        raise RecipeError(
            message(
                "the network would have {total:,} weights, but the lab takes at most {most:,}: "
                "fewer units, or layers",
                total=total,
                most=MOST_WEIGHTS,
            ),
            "network.layers",
        )


def _layer(
    spec: Mapping[str, Any], where: str, recipe: Mapping[str, Any], given: Sequential | None
) -> Layer:
    kind = spec["kind"]
    if kind == GIVEN:
        if given is None or not 0 <= spec["place"] < len(given.layers):
            raise RecipeError(message("there is no given model with this layer"), where)
        return copy.deepcopy(given.layers[spec["place"]])
    settings = {k: v for k, v in spec.items() if k != "kind"}
    if "activation" in settings:
        settings["activation"] = make_activation(settings["activation"], f"{where}.activation")
    if "initializer" in settings:
        with at(f"{where}.initializer"):
            settings["kernel_initializer"] = settings.pop("initializer")
            Dense(1, kernel_initializer=settings["kernel_initializer"])
    if kind == "dense":
        settings["kernel_regularizer"] = penalty(recipe)
    with at(where):
        made: Any = LAYERS[kind]
        return made(**settings)


def _output(recipe: Mapping[str, Any], data: LabData) -> list[Dense]:
    """Return the output layer; what is "auto" follows from the task.

    Of a given model that ends in another layer there is none: it is among its layers.
    """
    spec = recipe["network"]["output"]
    units, activation = spec["units"], spec["activation"]
    if units == GIVEN:
        return []
    # The commands answer a table's rows and pictures by networks with an output for each class.
    two = data.task == "classes" and data.units == 2 and not data.model_preparation
    if units == "auto":
        units = 1 if two else data.units
    if activation == "auto":
        activation = "identity"
        if data.task == "classes":
            activation = "sigmoid" if units == 1 else "softmax"
    h = make_activation(activation, "network.output.activation")
    return [Dense(units, h, kernel_regularizer=penalty(recipe))]
