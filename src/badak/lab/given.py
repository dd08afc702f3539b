"""What is brought to the lab from outside: a model with its data, a table, pictures, a file."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from badak import Sequential
from badak._common.language import message
from badak._common.samples import as_array
from badak.activations import Activation, is_builtin
from badak.errors import InputError
from badak.initializers import INITIALIZERS
from badak.lab.data import KINDS, Uploads
from badak.lab.recipe import DEFAULT, GIVEN
from badak.lab.recipe import KINDS as LAYER_KINDS
from badak.lab.session import Session
from badak.layers import Dense, Layer
from badak.layers.registry import LAYERS
from badak.losses import LOSSES
from badak.network.loading import load_model
from badak.optimizers import OPTIMIZERS
from badak.optimizers.schedules import SCHEDULES
from badak.tables.names import is_table

MODEL = ".safetensors"
MOST_PICTURES = 64 * 2**20
DATA_OF_SHAPES: dict[tuple[int, ...], str] = {(8, 8): "digits", (28, 28): "mnist"}
TABLE_NETWORK: dict[str, Any] = {
    "layers": [{"kind": "dense", "units": 16, "activation": "relu"} for _ in range(2)]
}
PICTURE_NETWORK: dict[str, Any] = {
    "layers": [{"kind": "dense", "units": 50, "activation": "relu"} for _ in range(2)]
}
TRAINING = {"batch_size": 32, "optimizer": {"name": "adam", "learning_rate": 0.003}}


def session_for(path: Path | None, target: str | None) -> Session:
    """Return the session that a command line asks for.

    Raises
    ------
    InputError
        It is nothing that the lab can work with.
    OSError
        There is no such file.
    """
    if target is not None and (path is None or not is_table(str(path))):
        raise InputError(message("--target is the column of a table: badak lab DATA.csv --target"))
    if path is None:
        return Session()
    path = path.expanduser()
    if path.suffix.lower() == MODEL:
        return _of_model_file(path)
    uploads = Uploads()
    if path.is_dir():
        told = uploads.add("pictures", path.name, _zipped(path))
        spec = {"kind": "pictures", "upload": told["upload"]}
        return Session(_recipe(spec, PICTURE_NETWORK), uploads=uploads)
    if is_table(str(path)):
        told = uploads.add("table", path.name, path.read_bytes())
        spec = {"kind": "table", "upload": told["upload"], "target": target or told["target"]}
        return Session(_recipe(spec, TABLE_NETWORK), uploads=uploads)
    path.stat()  # it says so where there is nothing
    raise InputError(
        message(
            "{path} is neither a table (.csv and the like), nor a folder of pictures, nor a model "
            "(.safetensors)",
            path=path,
        )
    )


def session_of(model: Sequential, data: Any) -> Session:
    """Return the session of a model and its data (x, t).

    Raises
    ------
    InputError
        The data are no pair, or do not fit the model.
    """
    if not isinstance(model, Sequential):
        raise InputError(message("the model is a badak.Sequential, not {model!r}", model=model))
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise InputError(message("give the model's data as a pair: badak.lab(model, (x, t))"))
    x, t = data
    model.batch(x, t)
    uploads = Uploads()
    number = uploads.add_given(x, _labels(model, t), classes=tuple(model.class_names or ()))
    return _of_model(model, {"kind": "given", "upload": number}, uploads)


def recipe_of(model: Sequential) -> dict[str, Any]:
    """Return a model as the recipe's "network" and "training"; what has no words stays "given".

    Examples
    --------
    >>> from badak import Input, layers
    >>> recipe = recipe_of(Sequential([Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)]))
    >>> [layer["kind"] for layer in recipe["network"]["layers"]], recipe["network"]["output"]
    (['dense'], {'units': 1, 'activation': 'identity'})
    """
    own = [_spec(layer, place) for place, layer in enumerate(model.layers)]
    output: dict[str, Any] = {"units": GIVEN, "activation": "auto"}
    if own and own[-1]["kind"] == "dense" and own[-1]["use_bias"]:
        last = own.pop()
        output = {"units": last["units"], "activation": last["activation"]}
    network = {"layers": own, "output": output, "preparation": GIVEN}
    return {"network": network, "training": _training(model)}


def _labels(model: Sequential, t: Any) -> Any:
    """Return targets as class numbers, where the model's loss tells that they are."""
    targets = as_array(t, "t")
    if targets.size != len(targets) or targets.dtype.kind not in "fiub":
        return t
    column = targets.reshape(-1)
    kind = model.objective(t).loss.targets
    binary = kind in ("shares", "signs") and bool(np.isin(column, (0, 1)).all())
    return column.astype(np.int64) if binary or kind == "labels" else t


def _of_model(model: Sequential, spec: dict[str, Any], uploads: Uploads) -> Session:
    return Session({"data": spec, **recipe_of(model)}, given=model, uploads=uploads)


def _of_model_file(path: Path) -> Session:
    model = load_model(path)
    shape = model.input_shape
    named = str(model.preparation.get("data", "")).replace("-", "_")
    kind = named if named in KINDS else DATA_OF_SHAPES.get(shape or (), "")
    if not kind or shape not in DATA_OF_SHAPES:
        raise InputError(
            message(
                "{path} takes samples of shape {shape}, for which the lab has no data: open it "
                "from Python, badak.lab(badak.load_model({path!r}), (x, t))",
                path=str(path),
                shape=shape,
            )
        )
    if reason := KINDS[kind].why_not():
        raise InputError(f"{path}: {reason}")
    return _of_model(model, {"kind": kind}, Uploads())


def _recipe(spec: Mapping[str, Any], network: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": dict(spec), "network": dict(network), "training": dict(TRAINING)}


def _spec(layer: Layer, place: int) -> dict[str, Any]:
    """Return a layer as recipes have it."""
    given = {"kind": GIVEN, "place": place}
    kind = next(
        (name for name in LAYER_KINDS if name != GIVEN and LAYERS[name] is type(layer)), None
    )
    if kind is None:
        return given
    config = {k: v for k, v in layer.get_config().items() if k not in ("class", "name")}
    spec: dict[str, Any] = {"kind": kind}
    if layer.activation is not None:
        if not is_builtin(layer.activation):
            return given
        config["activation"] = _activation(layer.activation)
    if isinstance(layer, Dense):
        if layer.kernel_regularizer or layer.bias_regularizer:
            return given
        zeros = type(layer)(1).bias_initializer
        if layer.bias_initializer != zeros or layer.kernel_initializer.get_config() is None:
            return given
        initial = layer.kernel_initializer
        config["initializer"] = _as_listed(initial.get_config(), INITIALIZERS, type(initial))
    from badak.lab.recipe import LAYER

    spec |= {name: config[name] for name in LAYER[kind] if name in config}
    plain: Any = LAYERS[kind]
    needed = {k: v for k, v in spec.items() if k not in ("kind", "initializer")}
    made = plain(**needed).get_config()
    same = all(
        made[k] == v
        for k, v in layer.get_config().items()
        if k not in ("name", "kernel_initializer", "activation")
    )
    return spec if same else given


def _activation(activation: Activation) -> Any:
    config = activation.get_config()
    return config["name"] if len(config) == 1 else config


def _training(model: Sequential) -> dict[str, Any]:
    training = {**DEFAULT["training"], **TRAINING, "seed": model.seed}
    if OPTIMIZERS.holds(type(model.optimizer)):
        config = {k: v for k, v in model.optimizer.get_config().items() if v is not None}
        if isinstance(config["learning_rate"], dict):
            schedule = type(model.optimizer.learning_rate)
            training["schedule"] = _as_listed(config.pop("learning_rate"), SCHEDULES, schedule)
        training["optimizer"] = _as_listed(config, OPTIMIZERS, type(model.optimizer))
    if model.loss is not None and LOSSES.holds(type(model.loss)):
        training["loss"] = _as_listed(model.loss.get_config(), LOSSES, type(model.loss))
    return training


def _as_listed(config: Mapping[str, Any], registry: Any, kind: type) -> dict[str, Any]:
    """Return a configuration under the name that the page lists its class by."""
    return {**config, "name": next((n for n in registry if registry[n] is kind), config["name"])}


def _zipped(folder: Path) -> bytes:
    """Return a folder of folders of pictures as the zip that a page would send."""
    packed = io.BytesIO()
    total = 0
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.glob("*/*")):
            if path.is_file():
                total += path.stat().st_size
                if total > MOST_PICTURES:
                    raise InputError(
                        message(
                            "the pictures in {folder} are more than {most} MB together",
                            folder=folder,
                            most=MOST_PICTURES // 2**20,
                        )
                    )
                archive.write(path, f"{path.parent.name}/{path.name}")
    return packed.getvalue()
