"""How a model was trained, in Keras's terms: optimizer, loss and metrics."""

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from badak import losses, metrics, optimizers
from badak._common.language import message
from badak.errors import BadakError, InputError
from badak.formats.keras.layers import ImportContext
from badak.formats.keras.names import an_object, plain
from badak.network.custom_objects import LOSS, METRIC, OPTIMIZER, Kind, make, name_in
from badak.network.sequential import Sequential

NOT_IN_KERAS = ("pinball", "scaled_squared_error")
"""Losses that Keras does not have."""

NEUTRAL = {
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
    "jit_compile": False,
}


def compile_from(model: Sequential, config: Any, context: ImportContext) -> None:
    """Take optimizer, loss and metrics where badak has them, and warn where it has not."""
    if not config or not config.get("optimizer"):
        return
    optimizer = _taken(
        message("its optimizer"), lambda: _optimizer(config["optimizer"], context), context
    )
    loss = None
    if config.get("loss") is not None:
        known = partial(_known, config["loss"], context, LOSS)
        loss = _taken(message("its loss"), lambda: losses.get(known()), context)
    listed = config.get("metrics") or []
    measured = [
        _taken(
            message("the metric {called}", called=_called(each)),
            partial(_metric, each, context),
            context,
        )
        for each in (listed if isinstance(listed, list) else [listed])
    ]
    try:
        model.compile(optimizer or "rmsprop", loss, [each for each in measured if each] or None)
    except InputError as error:
        context.warn(message("how it was trained is left out: {error}", error=error))
    for key in ("loss_weights", "weighted_metrics"):
        if config.get(key):
            context.warn(message("{key} are left out", key=key))


def _taken(what: str, get: Callable[[], Any], context: ImportContext) -> Any:
    """Return what badak has for a part of it, None with a warning where it has nothing."""
    try:
        return get()
    except (BadakError, TypeError, ValueError, KeyError, AttributeError) as error:
        context.warn(message("{what} is left out: {error}", what=what, error=error))
        return None


def _called(spec: Any) -> str:
    return repr(spec["config"].get("name") if isinstance(spec, dict) else spec)


def _metric(spec: Any, context: ImportContext) -> Any:
    """Return a metric as it was given by name, or as an object; errors where badak has none."""
    known = _known(spec, context, METRIC)
    if callable(known) or known in ("accuracy", "acc") or known in losses.LOSSES:
        return known
    made = metrics.get(known)
    return known if isinstance(known, str) else made


def _optimizer(spec: Any, context: ImportContext) -> Any:
    made = plain(spec)
    if isinstance(made, dict):
        for key, neutral in NEUTRAL.items():
            if made.pop(key, neutral) != neutral:
                raise InputError(
                    message("its optimizer has {key}, which badak's have not", key=key)
                )
        if isinstance(made.get("learning_rate"), float):
            made["learning_rate"] = float(str(np.float32(made["learning_rate"])))
    return make(OPTIMIZER, made, context.own)


def _known(spec: Any, context: ImportContext, kind: Kind) -> Any:
    """Return a loss or metric as badak takes it: one of the user's own, or a configuration."""
    if isinstance(spec, dict) and spec.get("class_name") == "function":
        spec = spec["config"]
    if kind.fits(context.own.get(str(name_in(plain(spec))))):
        return make(kind, plain(spec), context.own)
    made = plain(spec)
    if isinstance(made, dict):
        neutral = {"reduction": "sum_over_batch_size", "axis": -1}
        made = {
            key: value
            for key, value in made.items()
            if value is not None and key != "dtype" and (key, value) not in neutral.items()
        }
    return made


OPTIMIZERS = ("SGD", "RMSprop", "Adam", "AdamW", "Adadelta", "Adagrad", "Adamax", "Nadam", "Lion")


def compile_config(model: Sequential) -> dict[str, Any] | None:
    """Return optimizer, loss and metrics, None where the model was not compiled with a loss."""
    if model.loss is None:
        return None
    optimizer, loss = dict(model.optimizer.get_config()), dict(model.loss.get_config())
    kind = str(optimizer.pop("name"))
    sparse = type(model.loss) is losses.SparseCategoricalCrossentropy
    smoothing = loss.pop("label_smoothing") if sparse else None  # Keras has it for one-hot only
    foreign = None
    if type(model.optimizer) not in _optimizers() or not isinstance(
        optimizer["learning_rate"], (int, float)
    ):
        foreign = message("the optimizer {optimizer!r}", optimizer=model.optimizer)
    elif type(model.loss) not in _known_losses():
        foreign = message("the loss {name!r}", name=model.loss.name)
    elif smoothing is not None and smoothing != 0.0:
        foreign = message("the loss {name!r} with label smoothing", name=model.loss.name)
    elif not all(isinstance(metric, str) for metric in model.metrics or []):
        foreign = message("its metrics")
    if foreign is not None:
        warnings.warn(
            message(
                "how the model was trained is left out: a file of Keras does not hold {foreign}",
                foreign=foreign,
            ),
            stacklevel=2,
        )
        return None
    loss.pop("name", None)
    return {
        "optimizer": an_object("keras.optimizers", kind, optimizer),
        "loss": an_object("keras.losses", type(model.loss).__name__, loss),
        "metrics": model.metrics or None,
    }


def _optimizers() -> list[type[optimizers.Optimizer]]:
    return [optimizers.OPTIMIZERS[name] for name in OPTIMIZERS]


def _known_losses() -> list[type[losses.Loss]]:
    return [losses.LOSSES[name] for name in losses.LOSSES if name not in NOT_IN_KERAS]
