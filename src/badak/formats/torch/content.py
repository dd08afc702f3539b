"""The tensors of a state_dict in a file: safetensors, or a file of PyTorch's own kind."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.contents import but_is
from badak._common.extras import need
from badak._common.json_data import read_object
from badak._common.language import message
from badak._common.tensors import metadata_of, open_tensors, tensors_of
from badak.errors import FileFormatError
from badak.formats.torch.write import METADATA
from badak.typing import Array

KNOWN_TYPES = {"F64", "F32", "F16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"}

INSIDE = ("state_dict", "model_state_dict", "model")
"""Where a checkpoint of a training loop has the state_dict."""


def from_safetensors(path: Path) -> tuple[dict[str, Array], dict[str, Any] | None]:
    """Return the tensors by name, and badak's description of the network where there is one."""
    with open_tensors(path) as file:
        metadata = metadata_of(file)
        for name in file.keys():  # noqa: SIM118
            kind = file.get_slice(name).get_dtype()
            if kind not in KNOWN_TYPES:
                raise FileFormatError(
                    message(
                        "{path}: the tensor {name!r} is of type {kind}, which NumPy does not "
                        "know: save it as float32, tensor.float()",
                        path=path,
                        name=name,
                        kind=kind,
                    )
                )
        tensors = tensors_of(file)
    told = None
    if METADATA in metadata:
        told = read_object(
            metadata[METADATA], message("{path}: its description of the network", path=path)
        )
    return {name: _float32(path, name, value) for name, value in tensors.items()}, told


def from_pickle(path: Path) -> dict[str, Array]:
    """Return the tensors of a state_dict by name, in its order; with a warning, of a checkpoint's.

    It is read by PyTorch's unpickler that knows tensors and calls nothing else.
    """
    torch = need(
        "torch",
        "torch",
        message("{path}, a file of PyTorch's own kind,", path=path),
    )
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # it raises what it comes upon
        raise FileFormatError(
            message(
                "{path} holds no plain state_dict ({kind}){but_is}, and nothing else is read; in "
                "PyTorch, torch.save(net.state_dict(), path) writes one",
                path=path,
                kind=type(error).__name__,
                but_is=but_is(path),
            )
        ) from None
    if not isinstance(loaded, Mapping) or not loaded:
        raise FileFormatError(
            message(
                "{path} holds a {kind}, not a state_dict", path=path, kind=type(loaded).__name__
            )
        )
    tensors = {}
    for name, value in _state_dict(path, loaded).items():
        if not isinstance(value, torch.Tensor) or not isinstance(name, str):
            raise FileFormatError(
                message(
                    "{path} holds {name!r}, which is no tensor; in PyTorch, "
                    "torch.save(net.state_dict(), path) writes weights alone",
                    path=path,
                    name=name,
                )
            )
        tensors[name] = _float32(path, name, _as_array(path, name, value))
    return tensors


def _state_dict(path: Path, loaded: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the state_dict itself; a checkpoint also holds its epoch, optimizer and so on."""
    found = [name for name in INSIDE if isinstance(loaded.get(name), Mapping)]
    if not found:
        return loaded
    if len(found) > 1:
        raise FileFormatError(
            message(
                "{path} holds {found}: save the one that is meant alone",
                path=path,
                found=message(" and ").join(map(repr, found)),
            )
        )
    rest = ", ".join(repr(name) for name in loaded if name != found[0])
    if rest:
        said = message(
            "{path} is a checkpoint: its {found!r} is read, not {rest}",
            path=path,
            found=found[0],
            rest=rest,
        )
    else:
        said = message("{path} is a checkpoint: its {found!r} is read", path=path, found=found[0])
    warnings.warn(said, stacklevel=2)
    return _state_dict(path, loaded[found[0]])


def _as_array(path: Path, name: str, tensor: Any) -> Array:
    """Return a tensor's numbers; a view of few bytes may claim to be any number of them."""
    try:
        stored = tensor.untyped_storage().nbytes()
        if tensor.numel() * tensor.element_size() <= stored:
            plain = tensor.float() if tensor.is_floating_point() else tensor
            return np.asarray(plain.detach().contiguous().numpy())
    except Exception as error:  # of tensors that are sparse, quantized or without numbers
        raise FileFormatError(
            message(
                "{path}: the tensor {name!r} is no plain one: {error}",
                path=path,
                name=name,
                error=error,
            )
        ) from None
    raise FileFormatError(
        message(
            "{path}: the tensor {name!r} claims more numbers than the file holds",
            path=path,
            name=name,
        )
    )


def _float32(path: Path, name: str, value: Array) -> Array:
    if value.dtype.kind not in "fiu":
        raise FileFormatError(
            message(
                "{path}: the tensor {name!r} is of type {dtype}",
                path=path,
                name=name,
                dtype=value.dtype,
            )
        )
    if value.dtype.kind != "f":
        return value
    with np.errstate(over="ignore"):  # infinity is refused where the weights are set
        return value.astype(np.float32)
