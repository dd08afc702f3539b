"""The formats by name and by the ending of a file's name; none loads before it is used."""

import importlib
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from badak._common.files import write_whole
from badak._common.registry import Table
from badak.errors import FileFormatError, InputError
from badak.network.sequential import Sequential


@dataclass(frozen=True)
class Exporter:
    """A format that is written."""

    suffixes: tuple[str, ...]
    """The endings that tell it; the first is given to a file that has no name yet."""
    writer: str
    """Where its function from a model to the content is, "module:function"."""
    holds_names: bool = True
    """Whether it has a place for the names of the classes and the preparation of the data."""

    names_itself: bool = False
    """Whether the file tells how it is used, and so has to know its own name."""

    def content(self, model: Sequential, file: str) -> bytes:
        """Return what the file of this name is to hold."""
        writer = _function(self.writer)
        made = writer(model, file) if self.names_itself else writer(model)
        return made.encode() if isinstance(made, str) else bytes(made)


EXPORTERS: Table[Exporter] = Table("format", {})
for _name, _exporter in {
    "onnx": Exporter((".onnx",), "formats.onnx.write:write"),
    "keras": Exporter((".keras",), "formats.keras.files:write", holds_names=False),
    "torch": Exporter((".safetensors",), "formats.torch.write:write"),
    "numpy": Exporter((".npz",), "formats.npz:write"),
    "python": Exporter((".py",), "formats.standalone.python:write", names_itself=True),
    "c": Exporter((".c",), "formats.standalone.c:write", names_itself=True),
    "js": Exporter((".mjs", ".js"), "formats.standalone.javascript:write", names_itself=True),
}.items():
    EXPORTERS.add(_name, _exporter)

KERAS_WEIGHTS = Exporter((".weights.h5",), "formats.keras.files:write_weights", holds_names=False)
"""What "keras" writes to a file that ends so."""


def export(model: Sequential, path: str | os.PathLike[str], to: str | None = None) -> None:
    """Write the model for another program, whole or not at all.

    Parameters
    ----------
    model
        A network that can answer.
    path
        The file. Its ending tells the format: `.onnx`, `.keras`, `.weights.h5`, `.safetensors`
        (PyTorch's names), `.npz`, `.py`, `.c`, `.mjs` or `.js`.
    to
        The format by name: "onnx", "keras", "torch", "numpy", "python", "c" or "js".

    Raises
    ------
    InputError
        The format is not known, or cannot hold something of the model, which is named.
    OSError
        The file cannot be written.

    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(1)])
    >>> export(model, getfixture("tmp_path") / "network.py")
    """
    target = Path(path)
    exporter = exporter_for(target, to)
    content = exporter.content(model, target.name)
    if not exporter.holds_names and (model.class_names or model.preparation):
        warnings.warn(
            f"{target} has no place for the names of the classes and the preparation of the data: "
            f"they are left out",
            stacklevel=2,
        )
    write_whole(target, content)


def exporter_for(path: Path, to: str | None) -> Exporter:
    """Return the format that a name, or else the ending of the file, tells; or InputError."""
    weights_alone = path.name.endswith(KERAS_WEIGHTS.suffixes)
    if to is not None:
        exporter = EXPORTERS[to]
        if exporter is EXPORTERS["keras"] and weights_alone:
            return KERAS_WEIGHTS
        if path.suffix not in exporter.suffixes:
            raise InputError(
                f"a file of the format {to!r} ends in {' or '.join(exporter.suffixes)}, "
                f"not as {path.name} does"
            )
        return exporter
    if weights_alone:
        return KERAS_WEIGHTS
    for name in EXPORTERS:
        if path.suffix in EXPORTERS[name].suffixes:
            return EXPORTERS[name]
    endings = [suffix for name in EXPORTERS for suffix in EXPORTERS[name].suffixes]
    raise InputError(
        f"the ending of {path.name} tells no format; known are "
        f"{', '.join([*endings, *KERAS_WEIGHTS.suffixes])}"
    )


def import_model(
    source: Any,
    *,
    activation: Any = None,
    output: Any = None,
    like: Sequential | None = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> Sequential:
    """Return the network in another program's file, or a fitted estimator of scikit-learn.

    Parameters
    ----------
    source
        A file: `.keras`, `.weights.h5`, `.onnx`, `.safetensors` (badak's own, or a state_dict of
        PyTorch), `.pt`, `.pth`, `.npz` or `.pkl` (the book's). Or a fitted MLPClassifier or
        MLPRegressor, or a pipeline of scalers that ends in one.
    activation, output
        Of files that hold weights alone: what the hidden layers apply (or a list of one each),
        and what the last one does.
    like
        Of such files, instead: a model that is the same but for its weights.
    custom_objects
        Your own activations, losses and metrics, by the names that the file calls them by.

    Raises
    ------
    FileFormatError
        The file is damaged, hostile, or holds what badak does not have, which is named.
    InputError
        The kind of file is not known, or the activations are not told.

    >>> from badak import Input, Sequential, layers
    >>> path = getfixture("tmp_path") / "network.npz"
    >>> export(Sequential([Input((2,)), layers.Dense(1)]), path)
    >>> import_model(path)
    Sequential([Input((2,)), Dense(1)])
    """
    if not isinstance(source, (str, os.PathLike)):
        return _function("formats.sklearn:from_estimator")(source)
    path = Path(source)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give the file of a model")
    given = {"activation": activation, "output": output, "like": like}
    told = {name: value for name, value in given.items() if value is not None}
    if "like" in told and len(told) > 1:
        raise InputError("give like=, or the activations, but not both")
    reader, takes, takes_own = _reader(path)
    for name in told.keys() - set(takes):
        raise InputError(f"{path} tells that itself: leave out {name}=")
    own = {"custom_objects": dict(custom_objects or {})} if takes_own else {}
    try:
        model: Sequential = _function(reader)(path, **told, **own)
    except InputError as error:
        text = str(error)
        raise InputError(text if str(path) in text else f"{path}: {text}") from None
    return model


WEIGHTS_ALONE = ("activation", "output", "like")

READERS: dict[str, tuple[str, tuple[str, ...], bool]] = {
    ".keras": ("formats.keras.files:read", (), True),
    ".weights.h5": ("formats.keras.files:read_weights", WEIGHTS_ALONE, False),
    ".onnx": ("formats.onnx.read:read", (), True),
    ".safetensors": ("formats.torch.read:read", WEIGHTS_ALONE, False),
    ".pt": ("formats.torch.read:read", WEIGHTS_ALONE, False),
    ".pth": ("formats.torch.read:read", WEIGHTS_ALONE, False),
    ".npz": ("formats.npz:read", WEIGHTS_ALONE, True),
    ".pkl": ("formats.npz:read_book", WEIGHTS_ALONE, False),
}
"""By ending: where the function is, which of the arguments it takes, and custom_objects."""


def _reader(path: Path) -> tuple[str, tuple[str, ...], bool]:
    for suffix, reader in READERS.items():
        if path.name.lower().endswith(suffix):
            if suffix == ".safetensors" and _is_ours(path):
                return "network.loading:load_model", (), True
            return reader
    if path.suffix.lower() in (".h5", ".hdf5"):
        raise InputError(
            f"{path}: whole models in HDF5 are of older Kerases; in Keras 3, "
            f"model.save('model.keras') writes what is read"
        )
    if path.suffix.lower() in (".joblib", ".pickle"):
        raise InputError(
            f"{path}: such a file can run code and is not read; load it where you trust it, and "
            f"give the fitted estimator to badak.formats.import_model"
        )
    raise InputError(
        f"the ending of {path.name} tells no format that is read; known are {', '.join(READERS)}"
    )


def _is_ours(path: Path) -> bool:
    from safetensors import SafetensorError, safe_open

    from badak.network.saving import METADATA

    try:
        with safe_open(path, framework="numpy") as file:
            return METADATA in (file.metadata() or {})
    except (SafetensorError, TypeError) as error:
        raise FileFormatError(f"{path} is not a whole safetensors file: {error}") from None


def _function(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(f"badak.{module}"), name)
