"""Every file format, found by its folder; none loads its library before it is used."""

import importlib
import os
import pkgutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import badak.formats
from badak._common.files import check_regular, write_whole
from badak._common.language import marked, message, translated
from badak._common.registry import Registry
from badak.errors import InputError
from badak.formats.base import Format, ImportOptions

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def _found() -> tuple[Format, ...]:
    """Return the FORMATS of each sub-package, in the order in which lists show them."""
    found: list[Format] = []
    for module in pkgutil.iter_modules(badak.formats.__path__, "badak.formats."):
        if module.ispkg:
            found += importlib.import_module(module.name).FORMATS
    return tuple(sorted(found, key=lambda each: each.rank))


FORMATS = _found()
"""Every format."""

EXPORTERS: Registry[Format] = Registry(marked("format"), {})
"""The formats that are written, by name."""

for _format in FORMATS:
    if _format.write is not None and _format.name not in EXPORTERS:
        EXPORTERS.add(_format.name, _format)


def export(model: "Sequential", path: str | os.PathLike[str], to: str | None = None) -> None:
    """Write the model for another program, whole or not at all.

    Parameters
    ----------
    model
        A network that can answer.
    path
        The file. Its ending determines the format: `.onnx`, `.keras`, `.weights.h5`, `.safetensors`
        (PyTorch's names), `.npz`, `.py`, `.c`, `.mjs` or `.js`.
    to
        The format by name: "onnx", "keras", "torch", "numpy", "python", "c" or "js".

    Raises
    ------
    InputError
        The format is not known, or cannot hold something of the model, which is named.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(1)])
    >>> export(model, getfixture("tmp_path") / "network.py")
    """
    target = Path(path)
    exporter = exporter_for(target, to)
    assert exporter.write is not None
    content = exporter.write(model, target.name)
    if not exporter.holds_names and (model.class_names or model.preparation):
        warnings.warn(
            message(
                "{target} has no place for the names of the classes and the preparation of the "
                "data: they are left out",
                target=target,
            ),
            stacklevel=2,
        )
    write_whole(target, content.encode() if isinstance(content, str) else content)


def exporter_for(path: Path, to: str | None) -> Format:
    """Return the format by its name, or else by the ending of the file; or raise InputError."""
    written = [each for each in FORMATS if each.write is not None]
    if to is not None:
        written = [each for each in written if each.name == EXPORTERS[to].name]
    for each in written:
        if path.name.endswith(each.endings):
            return each
    endings = [ending for each in written for ending in each.endings]
    if to is not None:
        raise InputError(
            message(
                "a file of the format {to!r} ends in {endings}, not as {name} does",
                to=to,
                endings=message(" or ").join(endings),
                name=path.name,
            )
        )
    raise InputError(
        message(
            "the ending of {name} tells no format; known are {endings}",
            name=path.name,
            endings=", ".join(endings),
        )
    )


def import_model(
    source: Any,
    *,
    activation: Any = None,
    output: Any = None,
    like: "Sequential | None" = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> "Sequential":
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
        Your own layers (their classes), activations, losses, metrics, optimizers, initializers,
        regularizers and schedules, by the names that the file calls them by. Each is used only
        where a thing of its kind stands.

    Returns
    -------
    Sequential
        A model that predicts what the file's network does.

    Raises
    ------
    FileFormatError
        The file is damaged, hostile, or holds what badak does not have, which is named.
    InputError
        The kind of file is not known, or the activations are not given.
    FileNotFoundError, IsADirectoryError
        There is no such file, or it is a folder.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> path = getfixture("tmp_path") / "network.npz"
    >>> export(Sequential([Input((2,)), layers.Dense(1)]), path)
    >>> import_model(path)
    Sequential([Input((2,)), Dense(1)])
    """
    if not isinstance(source, (str, os.PathLike)):
        return _converted(source)
    path = Path(source)
    check_regular(path)
    options = ImportOptions(activation, output, like, dict(custom_objects or {}))
    hints = options.hints()
    if "like" in hints and len(hints) > 1:
        raise InputError(message("give like=, or the activations, but not both"))
    reader = reader_for(path)
    if not reader.takes_hints:
        for name in hints:
            raise InputError(
                message("{path} tells that itself: leave out {name}=", path=path, name=name)
            )
    try:
        assert reader.read is not None
        return reader.read(path, options)
    except InputError as error:
        text = str(error)
        raise InputError(text if str(path) in text else f"{path}: {text}") from None


def reader_for(path: Path) -> Format:
    """Return the format that a file is of, by its ending; or raise InputError."""
    ending = path.name.lower()
    read = [each for each in FORMATS if each.read is not None]
    for each in read:
        if ending.endswith(each.endings) and (each.recognises is None or each.recognises(path)):
            return each
    for each in FORMATS:
        if path.suffix.lower() in each.refused:
            raise InputError(f"{path}: {translated(each.refused[path.suffix.lower()])}")
    raise InputError(
        message(
            "the ending of {name} tells no format that is read; known are {endings_read}",
            name=path.name,
            endings_read=", ".join(endings_read()),
        )
    )


def endings_read() -> list[str]:
    """Return the endings of the files that are read, each once."""
    return list(dict.fromkeys(e for each in FORMATS if each.read for e in each.endings))


def _converted(source: object) -> "Sequential":
    """Return the model that an object of another library stands for."""
    (convert,) = (each.convert for each in FORMATS if each.convert is not None)
    return convert(source)
