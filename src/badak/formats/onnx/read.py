"""ONNX files of dense networks, followed from their input to their output.

The graph is not run: its nodes are gone through in order, and each is either a layer more in a
chain, a constant, or something that badak has no layer for, which is refused by its name if an
output depends on it.
"""

import importlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.contents import but_is
from badak._common.extras import need
from badak._common.json_data import read_json
from badak._common.language import message
from badak.errors import BadakError, FileFormatError, InputError
from badak.formats.archives import unpacked_limit
from badak.formats.assembly import assemble
from badak.formats.onnx.constants import evaluate
from badak.formats.onnx.external import load_external
from badak.formats.onnx.node import Node
from badak.formats.onnx.operators import READERS, no_layer, own_activation, own_layer
from badak.formats.onnx.values import Chain, Label, Refused, layers_of
from badak.formats.onnx.write import DOMAIN, LAYER_DOMAIN, OWN_DOMAIN
from badak.network.loading import BROKEN
from badak.network.sequential import Sequential
from badak.typing import Array, Shape

MAX_BYTES = 2 << 30
"""The largest file that the format allows."""


def read(
    path: str | os.PathLike[str], custom_objects: Mapping[str, Any] | None = None
) -> Sequential:
    """Return the network in an ONNX file as a model that answers alike.

    `custom_objects` gives your own activations by the names that they were exported under.

    Raises FileFormatError, which names the node that badak has no layer for.
    """
    onnx = need("onnx", "badak[onnx]", message("an ONNX file"))
    source = Path(path)
    if source.stat().st_size > MAX_BYTES:
        raise FileFormatError(
            message(
                "{path} has more than the {max_bytes} bytes that are read",
                path=path,
                max_bytes=MAX_BYTES,
            )
        )
    try:
        proto = onnx.load_model_from_string(source.read_bytes())
    except Exception as error:  # protobuf's own, which differ from one version to the next
        raise FileFormatError(
            message(
                "{path} is no ONNX file, or damaged{but_is}: {error}",
                path=path,
                but_is=but_is(path),
                error=error,
            )
        ) from None
    try:
        load_external(onnx, proto, source.parent)
        limit = unpacked_limit(proto.ByteSize())
        return _Reader(onnx, _inlined(onnx, proto), dict(custom_objects or {}), limit).model()
    except BadakError as error:
        raise FileFormatError(f"{path}: {error}") from None
    except BROKEN as error:
        raise FileFormatError(
            message("{path}: the graph is broken: {error}", path=path, error=error)
        ) from None


def _inlined(onnx: Any, proto: Any) -> Any:
    """Return the model with the functions of other programs replaced by what they do."""
    ours = [
        (f.domain, f.name)
        for f in proto.functions
        if f.domain in (DOMAIN, OWN_DOMAIN, LAYER_DOMAIN)
    ]
    if len(ours) == len(proto.functions):
        return proto
    inliner = importlib.import_module("onnx.inliner")
    return inliner.inline_selected_functions(proto, ours, exclude=True)


class _Reader:
    def __init__(self, onnx: Any, proto: Any, own: dict[str, Any], limit: int) -> None:
        self.onnx = onnx
        self.proto = proto
        self.graph = proto.graph
        self.own = own
        self.limit = limit
        self.opset = next((o.version for o in proto.opset_import if o.domain in ("", "ai.onnx")), 1)
        self.values: dict[str, Any] = {}

    def model(self) -> Sequential:
        if not self.graph.output:
            raise FileFormatError(message("it holds no graph"))
        if self.graph.sparse_initializer:
            raise FileFormatError(message("it holds sparse weights, which badak does not read"))
        for tensor in self.graph.initializer:
            self.values[tensor.name] = self.onnx.numpy_helper.to_array(tensor)
        given = [each for each in self.graph.input if each.name not in self.values]
        if len(given) != 1:
            names = ", ".join(repr(each.name) for each in given) or "none"
            raise FileFormatError(
                message(
                    "it has {count} inputs ({names}), but badak takes one",
                    count=len(given),
                    names=names,
                )
            )
        shape = self.input_shape(given[0])
        self.values[given[0].name] = Chain(None, None, shape)
        for proto in self.graph.node:
            self.follow(proto)
        chain, labels = self.result()
        told = {each.key: each.value for each in self.proto.metadata_props}
        names = _entry(told, "class_names", list)
        classes = labels if names is None else names
        model = assemble(layers_of(chain), shape, _name(self.graph.name), classes)
        model.preparation = _entry(told, "preparation", dict) or {}
        return model

    def follow(self, proto: Any) -> None:
        inputs = [self.values.get(name) if name else None for name in proto.input]
        for name, value in zip(proto.input, inputs, strict=True):
            if name and value is None:
                raise FileFormatError(
                    message(
                        "the input {name!r} of {called} is made nowhere",
                        name=name,
                        called=_called(proto),
                    )
                )
        attributes = {a.name: self.onnx.helper.get_attribute_value(a) for a in proto.attribute}
        node = Node(proto, inputs, attributes, self.opset, self.own)
        made = self.value_of(node)
        for name in proto.output[:1]:
            self.values[name] = made
        for name in proto.output[1:]:
            self.values[name] = Refused(
                message("{called}: its further output {name!r}", called=_called(proto), name=name)
            )

    def value_of(self, node: Node) -> Any:
        """Return what a node makes: an array, a chain one longer, a label, or why it cannot be."""
        for value in node.inputs:
            if isinstance(value, Refused):
                return value
        data = [v for v in node.inputs if v is not None and not isinstance(v, np.ndarray)]
        try:
            if not data and not node.has_graphs:
                return self.within_limit(evaluate(self.onnx, node))
            if node.domain == OWN_DOMAIN:
                return own_activation(node)
            if node.domain == LAYER_DOMAIN:
                return own_layer(node)
            return READERS.get((node.domain, node.operator), no_layer)(node)
        except (InputError, ValueError) as error:
            return Refused(f"{_called(node.proto)}: {error}")

    def within_limit(self, made: Array) -> Array:
        """Return an array that was worked out, while all of them are no more than a file's."""
        self.limit -= made.nbytes
        if self.limit < 0:
            raise FileFormatError(
                message("its constants are worked out to far more than the file holds")
            )
        return made

    def input_shape(self, given: Any) -> Shape:
        tensor = given.type.tensor_type
        kinds = self.onnx.TensorProto
        floats = (kinds.FLOAT, kinds.DOUBLE, kinds.FLOAT16, kinds.BFLOAT16)
        if tensor.elem_type not in floats:
            kind = kinds.DataType.Name(tensor.elem_type)
            raise FileFormatError(
                message(
                    "its input {name!r} is of type {kind}, not floats", name=given.name, kind=kind
                )
            )
        sizes = [dim.dim_value for dim in tensor.shape.dim][1:]
        if sizes == [0]:
            sizes = [self.first_width()]
        if not sizes or min(sizes) < 1:
            raise FileFormatError(
                message(
                    "its input {name!r} does not tell the shape of one sample: export it with "
                    "one, such as (batch, 4)",
                    name=given.name,
                )
            )
        return tuple(sizes)

    def first_width(self) -> int:
        """Return the number of features that the first product takes."""
        for proto in self.graph.node:
            weights = [self.values[name] for name in proto.input if name in self.values]
            if proto.op_type in ("MatMul", "Gemm") and weights and weights[0].ndim == 2:
                turned = any(a.name == "transB" and a.i for a in proto.attribute)
                return int(weights[0].shape[1 if turned else 0])
        return 0

    def result(self) -> tuple[Chain, list[str] | None]:
        """Return the one output that is numbers, and the class names from a label's output."""
        chains: dict[int, tuple[str, Chain]] = {}
        labels = None
        for output in self.graph.output:
            value = self.values.get(output.name)
            if isinstance(value, Refused):
                raise FileFormatError(value.why)
            if isinstance(value, Label):
                labels = value.classes or labels
                value = value.of if value.scores else None
            if isinstance(value, Chain):
                chains[id(value)] = (output.name, value)
            elif value is not None:
                raise FileFormatError(
                    message("its output {name!r} does not depend on its input", name=output.name)
                )
        if len(chains) != 1:
            names = ", ".join(repr(name) for name, _ in chains.values()) or "none"
            raise FileFormatError(
                message(
                    "it has {count} outputs of numbers ({names}), but a network of badak has one",
                    count=len(chains),
                    names=names,
                )
            )
        ((_, chain),) = chains.values()
        return chain, labels


def _called(proto: Any) -> str:
    domain = f"{proto.domain}." if proto.domain not in ("", "ai.onnx") else ""
    name = f" {proto.name!r}" if proto.name else ""
    return message(
        "the node {domain}{op_type}{name}", domain=domain, op_type=proto.op_type, name=name
    )


def _name(text: str) -> str:
    return text if re.fullmatch(r"[\w .-]{1,80}", text) else "imported"


def _entry(told: Mapping[str, str], key: str, kind: type) -> Any:
    """Return an entry of the metadata that badak wrote, None where there is none."""
    if key not in told:
        return None
    value = read_json(told[key], message("its {key}", key=key))
    if not isinstance(value, kind):
        raise FileFormatError(
            message("its {key} is no {kind} in JSON", key=key, kind=kind.__name__)
        )
    return value
