"""A network as an ONNX graph, its preparation of the data included.

Each layer is the operator that ONNX has for it. What ONNX has none for, such as an activation of
the user's own, is a function of the file, whose body is badak's formula, traced.
"""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from badak import layers
from badak._common.extras import need
from badak._common.language import message
from badak._version import __version__
from badak.activations import Activation
from badak.activations.registry import is_builtin
from badak.errors import InputError
from badak.formats.formulas import encoding_of, formula_of, layer_formula, walk
from badak.formats.kinds import for_kind
from badak.formats.standalone.plan import slug
from badak.layers import Layer
from badak.layers.feature_dense import block_matrix
from badak.network.sequential import Sequential
from badak.network.weights import check_ready
from badak.tracing.node import Node, make
from badak.tracing.tracer import Tracer
from badak.typing import Shape

DOMAIN = "badak"
"""That of the functions which a file brings along for what badak has and ONNX has not."""

OWN_DOMAIN = "badak.own"
"""That of the functions for activations of the user's own."""

LAYER_DOMAIN = "badak.layer"
"""That of the functions for layers that ONNX has no operator for."""

MAX_BYTES = 2_000_000_000

OPSET = 20  # the first that knows Gelu
IR_VERSION = 9

OPERATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": "negative_slope"}),
    "elu": ("Elu", {"alpha": "alpha"}),
    "selu": ("Selu", {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}),
    "thresholded_relu": ("ThresholdedRelu", {"alpha": "theta"}),
    "hard_sigmoid": ("HardSigmoid", {"alpha": 1.0 / 6.0, "beta": 0.5}),
    "softplus": ("Softplus", {}),
    "softsign": ("Softsign", {}),
    "mish": ("Mish", {}),
    "gelu": ("Gelu", {"approximate": "none"}),
    "gelu_tanh": ("Gelu", {"approximate": "tanh"}),
    "softmax": ("Softmax", {"axis": -1}),
    "log_softmax": ("LogSoftmax", {"axis": -1}),
}
"""ONNX's name for an activation, and its attributes: a value, or which parameter of badak's."""


def write(model: Sequential) -> bytes:
    """Return the file; InputError names what of the model it cannot hold."""
    check_ready(model)
    if 4 * model.count_params() > MAX_BYTES:
        raise InputError(
            message(
                "the weights take more than the {max_bytes:,} bytes that ONNX allows",
                max_bytes=MAX_BYTES,
            )
        )
    return bytes(_Writer(model).model().SerializeToString(deterministic=True))


class _Writer:
    def __init__(self, model: Sequential) -> None:
        self.onnx = need("onnx", "badak[onnx]", message("an ONNX file"))
        self.source = model
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.functions: dict[str, Any] = {}
        self.formulas: dict[str, Any] = {}
        self.here = "x"
        """The name of what the nodes so far have made."""

    def model(self) -> Any:
        helper = self.onnx.helper
        model = self.source
        for layer, shape in zip(model.layers, model.shapes, strict=False):
            self.layer(layer, str(layer.name), shape)
        if self.here == "x":
            self.node("Identity", "output")
        self.nodes[-1].output[0] = "y"
        float32 = self.onnx.TensorProto.FLOAT
        ends = [
            helper.make_tensor_value_info(name, float32, ["batch", *shape])
            for name, shape in (("x", model.shapes[0]), ("y", model.output_shape))
        ]
        opsets = [helper.make_opsetid("", OPSET)]
        domains = sorted({function.domain for function in self.functions.values()})
        opsets += [helper.make_opsetid(domain, 1) for domain in domains]
        graph = helper.make_graph(self.nodes, model.name, ends[:1], ends[1:], self.weights)
        made = helper.make_model(
            graph,
            functions=list(self.functions.values()),
            opset_imports=opsets,
            ir_version=IR_VERSION,
            producer_name="badak",
            producer_version=__version__,
        )
        helper.set_model_props(made, self.metadata())
        try:
            self.onnx.checker.check_model(made)
        except self.onnx.checker.ValidationError as error:
            first = str(error).partition("\n")[0]
            raise InputError(
                message("ONNX cannot hold the network: {first}", first=first)
            ) from None
        return made

    def metadata(self) -> dict[str, str]:
        """Return what else a user of the file has to know, each as JSON."""
        told = {"class_names": self.source.class_names, "preparation": self.source.preparation}
        try:
            return {k: json.dumps(v, ensure_ascii=False) for k, v in told.items() if v}
        except TypeError as error:
            raise InputError(
                message("the model holds something that no file can: {error}", error=error)
            ) from None

    # -- the layers

    def layer(self, layer: Layer, name: str, shape: Shape) -> None:
        """Write a layer by its operators, else as a function of its traced formula."""
        write = for_kind(layer, LAYERS) or _Writer.derived
        write(self, layer, name, shape)
        if layer.activation is not None:
            self.activation(layer.activation, name, layer.output_shape(shape))

    def ensemble(self, layer: layers.Ensemble, name: str, shape: Shape) -> None:
        """Write each member on the same input, and the sum of what they make."""
        given, terms = self.here, []
        for index, member in enumerate(layer.members):
            self.here = given
            shapes = layer.member_shapes(index, shape)
            for place, (each, at) in enumerate(zip(member, shapes, strict=False)):
                self.layer(each, f"{name}.{index}.{place}", at)
            weight = np.float32(layer.member_weights[index])
            self.node("Mul", f"{name}.{index}", {"weight": weight})
            terms.append(self.here)
        self.here, *others = terms
        self.node("Sum", name, also=others)

    def shared_ensemble(self, layer: layers.SharedEnsemble, name: str, shape: Shape) -> None:
        """Write the members side by side, each with what they share."""
        self.ensemble(layer.apart(), name, shape)

    def dense(self, layer: layers.Dense, name: str, shape: Shape) -> None:
        self.node("Gemm", name, dict(layer.weights))

    def flatten(self, layer: Layer, name: str, shape: Shape) -> None:
        self.node("Flatten", name, axis=1)

    def rescaling(self, layer: layers.Rescaling, name: str, shape: Shape) -> None:
        if layer.scale != 1.0:
            self.node("Mul", f"{name}.scale", {"": np.float32(layer.scale)})
        if layer.offset != 0.0:
            self.node("Add", f"{name}.offset", {"": np.float32(layer.offset)})

    def normalization(self, layer: Layer, name: str, shape: Shape) -> None:
        w = layer.weights
        deviation = np.maximum(np.sqrt(w["variance"].astype(np.float64)), 1e-7)
        self.node("Sub", f"{name}.mean", {"": w["mean"]})
        self.node("Div", f"{name}.deviation", {"": deviation})

    def whitening(self, layer: Layer, name: str, shape: Shape) -> None:
        self.node("Sub", f"{name}.mean", {"": layer.weights["mean"]})
        self.node("MatMul", f"{name}.matrix", {"": layer.weights["matrix"]})

    def layer_normalization(
        self, layer: layers.LayerNormalization, name: str, shape: Shape
    ) -> None:
        w = layer.weights
        given = {"gamma": w.get("gamma", np.ones(shape[-1:]))}
        given |= {"beta": w["beta"]} if "beta" in w else {}
        self.node("LayerNormalization", name, given, axis=-1, epsilon=layer.epsilon)

    def batch_normalization(
        self, layer: layers.BatchNormalization, name: str, shape: Shape
    ) -> None:
        w = layer.weights
        features = shape[-1:]
        gamma, beta = w.get("gamma", np.ones(features)), w.get("beta", np.zeros(features))
        mean, variance = w["moving_mean"], w["moving_variance"]
        if len(shape) == 1:
            given = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
            self.node("BatchNormalization", name, given, epsilon=layer.epsilon)
            return
        # ONNX's normalises the first axis after the batch, badak's the last.
        deviation = np.sqrt(variance.astype(np.float64) + layer.epsilon)
        for operator, what, value in (
            ("Sub", "mean", mean),
            ("Div", "deviation", deviation),
            ("Mul", "gamma", gamma),
            ("Add", "beta", beta),
        ):
            self.node(operator, f"{name}.{what}", {"": value})

    def prelu(self, layer: Layer, name: str, shape: Shape) -> None:
        self.node("PRelu", name, {"alpha": layer.weights["alpha"]})

    def dropout(self, layer: layers.Dropout, name: str, shape: Shape) -> None:
        self.node("Dropout", name, {"ratio": np.float32(layer.rate)})

    def feature_scale(self, layer: Layer, name: str, shape: Shape) -> None:
        self.node("Mul", name, {"": layer.weights["scale"]})

    def feature_dense(self, layer: layers.FeatureDense, name: str, shape: Shape) -> None:
        kernel = block_matrix(layer.blocks(shape[-1]), layer.weights)
        self.node("Gemm", name, {**layer.weights, "kernel": kernel})

    def category_embedding(self, layer: layers.CategoryEmbedding, name: str, shape: Shape) -> None:
        self.derived(layer, name, shape)
        tables = block_matrix(layer.blocks(), layer.weights)
        self.node("MatMul", f"{name}.tables", {"": tables})

    def nothing(self, layer: Layer, name: str, shape: Shape) -> None:
        """Write no node: the layer is its activation alone."""

    def derived(self, layer: Layer, name: str, shape: Shape) -> None:
        """Write the traced formula of a layer that ONNX has no operator for, as a function."""
        encoded = encoding_of(layer, shape)
        if encoded is not None:
            self.node("MatMul", f"{name}.repeat", {"": encoded[0]})
            shape = encoded[0].shape[1:]
        formula = layer_formula(layer, shape) if encoded is None else encoded[1]
        if formula is None:
            return
        kind = slug(f"{type(layer).__name__}_{name}")
        body = _Body(self.onnx, message("the layer {name!r}", name=name), list(formula.arrays))
        self.functions[f"layer {name}"] = body.function(kind, formula.value, [], LAYER_DOMAIN)
        whole = formula.columns == math.prod(shape)
        given = {k: w.reshape(shape) if whole else w for k, w in formula.arrays.items()}
        self.node(kind, name, given, domain=LAYER_DOMAIN)

    def gaussian_noise(self, layer: layers.GaussianNoise, name: str, shape: Shape) -> None:
        """Write a function that hands its input on: noise is for training only."""
        helper = self.onnx.helper
        self.functions["GaussianNoise"] = helper.make_function(
            DOMAIN,
            "GaussianNoise",
            ["x"],
            ["y"],
            [helper.make_node("Identity", ["x"], ["y"])],
            [helper.make_opsetid("", OPSET)],
            attributes=["stddev"],
        )
        self.node("GaussianNoise", name, domain=DOMAIN, stddev=layer.stddev)

    def activation(self, h: Activation, name: str, shape: Shape) -> None:
        if is_builtin(h, "identity"):
            return
        place = f"{name}.{h.name}"
        if is_builtin(h, "swish"):
            before = self.here
            self.node("Sigmoid", f"{name}.sigmoid")
            self.node("Mul", place, also=[before])
        elif is_builtin(h, "relu6"):
            self.node("Clip", place, {"low": np.float32(0.0), "high": np.float32(6.0)})
        elif is_builtin(h) and h.name in OPERATORS:
            operator, attributes = OPERATORS[h.name]
            given = {k: h.parameters.get(v, v) for k, v in attributes.items()}
            self.node(operator, place, **given)
        else:
            domain = DOMAIN if is_builtin(h) else OWN_DOMAIN
            self.define(h, shape, domain)
            made = self.node(h.name, place, domain=domain)
            helper = self.onnx.helper
            made.attribute.extend(helper.make_attribute(k, v) for k, v in h.parameters.items())

    def define(self, h: Activation, shape: Shape, domain: str) -> None:
        """Write the function for an activation that ONNX does not have, if it is not there yet."""
        if self.formulas.setdefault(h.name, h.value) is not h.value:
            raise InputError(
                message(
                    "two activations of the network are called {name!r}: rename one", name=h.name
                )
            )
        if h.name not in self.functions:
            parameters = {name: _parameter(name) for name in h.parameters}
            traced = formula_of(h, shape[-1], str(self.source.name), parameters)
            body = _Body(self.onnx, h.name).function(h.name, traced, list(h.parameters), domain)
            self.functions[h.name] = body

    # -- the graph

    def node(
        self,
        operator: str,
        name: str,
        weights: dict[str, Any] | None = None,
        also: Sequence[str] = (),
        domain: str = "",
        **attributes: Any,
    ) -> Any:
        """Put one more node at the end of the chain, with its weights as further inputs."""
        inputs = [self.here, *also]
        for part, value in (weights or {}).items():
            inputs.append(self.weight(f"{name}.{part}" if part else name, value))
        self.here = f"{name}.out"
        made = self.onnx.helper.make_node(
            operator, inputs, [self.here], name=name, domain=domain, **attributes
        )
        self.nodes.append(made)
        return made

    def weight(self, name: str, value: Any) -> str:
        array = np.ascontiguousarray(value, np.float32).reshape(np.shape(value))
        self.weights.append(self.onnx.numpy_helper.from_array(array, name))
        return name


def _parameter(name: str) -> Tracer:
    return Tracer(make("parameter", payload=name, over=(False, False)))


LAYERS: dict[type[Layer], Callable[..., None]] = {
    layers.Dense: _Writer.dense,
    layers.Flatten: _Writer.flatten,
    layers.Rescaling: _Writer.rescaling,
    layers.Normalization: _Writer.normalization,
    layers.Whitening: _Writer.whitening,
    layers.BatchNormalization: _Writer.batch_normalization,
    layers.LayerNormalization: _Writer.layer_normalization,
    layers.PReLU: _Writer.prelu,
    layers.FeatureScale: _Writer.feature_scale,
    layers.FeatureDense: _Writer.feature_dense,
    layers.CategoryEmbedding: _Writer.category_embedding,
    layers.Dropout: _Writer.dropout,
    layers.Ensemble: _Writer.ensemble,
    layers.SharedEnsemble: _Writer.shared_ensemble,
    layers.GaussianNoise: _Writer.gaussian_noise,
    layers.Activation: _Writer.nothing,
}
"""What writes the layers that ONNX has operators for, and those that are no node."""


# What a traced operation is in ONNX; some are made of two.
PRIMITIVES = {
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "power": "Pow",
    "maximum": "Max",
    "minimum": "Min",
    "negative": "Neg",
    "absolute": "Abs",
    "sqrt": "Sqrt",
    "exp": "Exp",
    "log": "Log",
    "tanh": "Tanh",
    "erf": "Erf",
    "sin": "Sin",
    "cos": "Cos",
    "floor": "Floor",
    "rint": "Round",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
    "equal": "Equal",
    "bitwise_and": "And",
    "bitwise_or": "Or",
    "bitwise_xor": "Xor",
    "where": "Where",
}
REDUCTIONS = {"sum_columns": "ReduceSum", "max_columns": "ReduceMax", "min_columns": "ReduceMin"}


class _Body:
    """The body of a function: a traced formula as nodes."""

    def __init__(self, onnx: Any, what: str, arrays: Sequence[str] = ()) -> None:
        self.onnx = onnx
        self.name = what
        self.inputs = {name: f"w{place}" for place, name in enumerate(arrays)}
        """The names of the vectors of weights that the function takes in addition to x."""
        self.nodes: list[Any] = []
        self.known: dict[int, str] = {}

    def function(self, name: str, traced: Node, parameters: list[str], domain: str) -> Any:
        helper = self.onnx.helper
        for node in walk(traced):
            self.known[id(node)] = self.written(node)
        self.emit("Identity", [self.known[id(traced)]], "y")
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_function(
            domain,
            name,
            ["x", *self.inputs.values()],
            ["y"],
            self.nodes,
            opsets,
            attributes=parameters,
        )

    def written(self, node: Node) -> str:
        operation = node.operation
        arguments = [self.known[id(a)] for a in node.arguments]
        if operation == "input":
            return "x"
        if operation == "array":
            return self.inputs[node.payload]
        if operation == "constant":
            return self.constant(np.asarray(node.payload, _DTYPES.get(node.type, np.int64)))
        if operation == "parameter":
            made = self.onnx.helper.make_node("Constant", [], [f"{node.payload}_"])
            made.attribute.add(
                name="value_float",
                ref_attr_name=node.payload,
                type=self.onnx.AttributeProto.FLOAT,
            )
            self.nodes.append(made)
            return f"{node.payload}_"
        if node.type in ("int", "uint"):
            raise InputError(
                message(
                    "the formula of {name} counts in whole numbers ({operation})",
                    name=self.name,
                    operation=operation,
                )
            )
        if operation in PRIMITIVES:
            return self.emit(PRIMITIVES[operation], arguments)
        if operation == "not_equal":
            return self.emit("Not", [self.emit("Equal", arguments)])
        if operation == "expm1":
            return self.emit("Sub", [self.emit("Exp", arguments), self.number(1.0)])
        if operation == "log1p":
            return self.emit("Log", [self.emit("Add", [*arguments, self.number(1.0)])])
        if operation == "convert":
            goal = self.onnx.helper.np_dtype_to_tensor_dtype(np.dtype(_DTYPES[node.type]))
            return self.emit("Cast", arguments, to=goal)
        if operation in REDUCTIONS:
            axes = self.constant(np.array([-1], np.int64))
            return self.emit(REDUCTIONS[operation], [*arguments, axes], keepdims=1)
        raise InputError(
            message(
                "the formula of {name} has {operation}, which ONNX does not know",
                name=self.name,
                operation=operation,
            )
        )

    def number(self, value: float) -> str:
        return self.constant(np.float32(value))

    def constant(self, value: Any) -> str:
        tensor = self.onnx.numpy_helper.from_array(np.asarray(value))
        return self.emit("Constant", [], value=tensor)

    def emit(
        self, operator: str, inputs: list[str], output: str | None = None, **attributes: Any
    ) -> str:
        made = output or f"t{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, [made], **attributes))
        return made


_DTYPES: dict[str, type[np.generic]] = {"float": np.float32, "bool": np.bool_}
