"""What badak makes of each operator: a layer more, or a sign that it is met in a known place.

A reader raises InputError for what the operator asks and badak's layer does not do.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from badak import activations
from badak._common.language import message
from badak.activations import ACTIVATIONS
from badak.errors import InputError
from badak.formats.assembly import WeightedLayer
from badak.formats.onnx import activations as read
from badak.formats.onnx.node import Node, check_last
from badak.formats.onnx.values import Chain, Complement, Erf, Label, TwoClasses, shortest
from badak.formats.onnx.write import DOMAIN
from badak.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    LayerNormalization,
    PReLU,
)
from badak.network.custom_objects import ACTIVATION
from badak.typing import Array

ML = "ai.onnx.ml"


def same(node: Node) -> Any:
    """Identity and the like."""
    return node.inputs[0]


FLOATS = (1, 10, 11, 16)
"""ONNX's numbers for float32, float16, float64 and bfloat16."""


def cast(node: Node) -> Any:
    """Nothing, to other floats; badak answers in float32."""
    if isinstance(node.inputs[0], Chain) and node.get("to", 1) not in FLOATS:
        raise InputError(message("it turns the data into other than floats"))
    return node.inputs[0]


def gemm(node: Node) -> Chain:
    """The sum alpha * x W + beta * b."""
    x, kernel = node.chain(), _matrix(node)
    if node.get("transA", 0):
        raise InputError(message("it turns the data (transA)"))
    kernel = (kernel.T if node.get("transB", 0) else kernel) * node.get("alpha", 1.0)
    bias = node.constant(2)
    if bias is not None:
        bias = _row(bias * node.get("beta", 1.0), kernel.shape[1])
    return _dense(node, x, kernel, bias)


def matmul(node: Node) -> Chain:
    """A product x W; the sum with the bias, if there is one, comes as a node of its own."""
    return _dense(node, node.chain(), _matrix(node), None)


def _matrix(node: Node) -> Array:
    kernel = node.constant(1)
    if kernel is None or kernel.ndim != 2:
        raise InputError(message("what the data are multiplied with is no matrix"))
    return kernel


def _dense(node: Node, x: Chain, kernel: Array, bias: Array | None) -> Chain:
    if x.shape != kernel.shape[:1]:
        raise InputError(
            message(
                "its matrix is of shape {shape}, but a sample is {shape_2}",
                shape=kernel.shape,
                shape_2=x.shape,
            )
        )
    layer = Dense(kernel.shape[1], use_bias=bias is not None, name=node.layer_name)
    weights = {"kernel": kernel} | ({} if bias is None else {"bias": bias})
    return x.then(WeightedLayer(layer, weights), (kernel.shape[1],))


def _row(values: Array, width: int) -> Array:
    """Return one number a column, of an array that is broadcast to rows of so many."""
    if values.size not in (1, width) or (values.ndim and values.shape[-1] not in (1, width)):
        raise InputError(
            message(
                "its numbers are of shape {shape}, not one for each of {width}",
                shape=values.shape,
                width=width,
            )
        )
    return np.broadcast_to(values.reshape(-1), (width,))


def _factor(values: Array, x: Chain) -> Array:
    """Return a constant that data are added to or multiplied with: a number, or one a feature."""
    if values.dtype.kind not in "fiu":
        raise InputError(message("its numbers are of type {dtype}", dtype=values.dtype))
    return values.reshape(()) if values.size == 1 else _row(values, x.shape[-1])


def add(node: Node) -> Any:
    """A sum x + c, on either side."""
    left, right = node.inputs
    x, c = (left, right) if isinstance(right, np.ndarray) else (right, left)
    if isinstance(x, Erf) and isinstance(c, np.ndarray) and c.size == 1:
        return Erf(x.of, x.shift + float(c.reshape(())))
    if not isinstance(x, Chain) or not isinstance(c, np.ndarray):
        raise InputError(message("it adds two branches of the network"))
    return x.affine(1.0, _factor(c, x))


def subtract(node: Node) -> Any:
    """A difference x - c, or c - x."""
    left, right = node.inputs
    if isinstance(left, Chain) and isinstance(right, np.ndarray):
        return left.affine(1.0, -1.0 * _factor(right, left))
    if isinstance(left, np.ndarray) and isinstance(right, Chain):
        if left.size == 1 and float(left.reshape(())) == 1.0 and right.applies("sigmoid"):
            return Complement(right)
        return right.affine(-1.0, _factor(left, right))
    raise InputError(message("it subtracts one branch of the network from another"))


def multiply(node: Node) -> Any:
    """A product x * c on either side, or x times a function of itself: SiLU, Mish, GELU."""
    left, right = node.inputs
    for x, c in ((left, right), (right, left)):
        if isinstance(x, Chain) and isinstance(c, np.ndarray):
            return x.affine(_factor(c, x), 0.0)
        if isinstance(x, Chain) and isinstance(c, Chain) and c.before is x and c.applies("sigmoid"):
            return x.apply(activations.SWISH)
        if isinstance(x, Chain) and isinstance(c, Chain) and c.applies("tanh"):
            inner = c.before
            if inner is not None and inner.applies("softplus") and inner.before is x:
                return x.apply(activations.MISH)
        if isinstance(x, Chain) and isinstance(c, Erf) and c.shift == 1.0 and _by_root_2(c.of, x):
            return x.apply(activations.GELU).affine(2.0, 0.0)
    raise InputError(message("it multiplies two branches of the network"))


def _by_root_2(chain: Chain, x: Chain) -> bool:
    """Whether a chain is x over the square root of two."""
    step = chain.step
    scale, shift = getattr(step, "scale", None), getattr(step, "shift", None)
    if chain.before is not x or not isinstance(scale, np.ndarray) or shift is None:
        return False
    return bool(np.allclose(scale, math.sqrt(0.5), rtol=1e-5) and (shift == 0.0).all())


def divide(node: Node) -> Chain:
    """A quotient x / c."""
    left, right = node.inputs
    if not isinstance(left, Chain) or not isinstance(right, np.ndarray):
        raise InputError(message("it divides by what depends on the data"))
    divisor = np.asarray(_factor(right, left), np.float64)
    if not divisor.all():
        raise InputError(message("it divides by 0"))
    return left.affine(1.0 / divisor, 0.0)


def negate(node: Node) -> Chain:
    """-x."""
    return node.chain().affine(-1.0, 0.0)


def erf(node: Node) -> Erf:
    """The error function, which badak knows inside of GELU."""
    return Erf(node.chain())


def scaler(node: Node) -> Chain:
    """(x - offset) * scale, as scikit-learn's scalers are exported."""
    x = node.chain()
    offset = _factor(np.asarray(node.get("offset", [0.0]), np.float64), x)
    scale = _factor(np.asarray(node.get("scale", [1.0]), np.float64), x)
    return x.affine(1.0, -1.0 * offset).affine(scale, 0.0)


def flatten(node: Node) -> Chain:
    """All axes but the batch's as one."""
    x = node.chain()
    if node.get("axis", 1) not in (1, -len(x.shape)):
        raise InputError(
            message("it flattens from axis {get}, not from the first", get=node.get("axis", 1))
        )
    return _flat(x)


def reshape(node: Node) -> Any:
    """Flat samples only."""
    if isinstance(node.inputs[0], Label):
        return node.inputs[0]
    x = node.chain()
    shape = node.constant(1)
    goal = [int(n) for n in (node.get("shape", []) if shape is None else shape)]
    width = math.prod(x.shape)
    if len(goal) == 2 and (goal[1] in (width, -1) or (goal[1] == 0 and len(x.shape) == 1)):
        return _flat(x)
    if tuple(goal[1:]) == x.shape:
        return x
    raise InputError(
        message(
            "it shapes samples {shape} to {goal}, but badak can only flatten",
            shape=x.shape,
            goal=tuple(goal),
        )
    )


def _flat(x: Chain) -> Chain:
    if len(x.shape) == 1:
        return x
    return x.then(WeightedLayer(Flatten()), (math.prod(x.shape),))


def shape_of(node: Node) -> Array:
    """The shape of data, with -1 for the batch: what a graph reckons another shape from."""
    return np.array([-1, *node.chain().shape], np.int64)


def dropout(node: Node) -> Chain:
    """Nothing, when answering."""
    if (node.number(2) or 0.0) != 0.0:
        raise InputError(message("it is in training mode"))
    ratio = node.number(1)
    rate = shortest(node.get("ratio", 0.5) if ratio is None else ratio)
    return node.chain().then(WeightedLayer(Dropout(rate, name=node.layer_name)))


def gaussian_noise(node: Node) -> Chain:
    """Nothing, when answering."""
    stddev = shortest(node.get("stddev", 0.0))
    return node.chain().then(WeightedLayer(GaussianNoise(stddev, name=node.layer_name)))


def batch_normalization(node: Node) -> Chain:
    """With its running mean and variance."""
    x = node.chain()
    if len(x.shape) != 1:
        raise InputError(
            message(
                "it normalises the first axis of samples {shape}, badak's the last", shape=x.shape
            )
        )
    if node.get("training_mode", 0):
        raise InputError(message("it is in training mode"))
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    weights = {name: node.needed(i + 1) for i, name in enumerate(names)}
    epsilon = shortest(node.get("epsilon", 1e-5))
    layer = BatchNormalization(epsilon=epsilon, name=node.layer_name)
    return x.then(WeightedLayer(layer, weights))


def layer_normalization(node: Node) -> Chain:
    """Over the last axis."""
    x = node.chain()
    check_last(node.get("axis", -1), x.shape)
    gamma, beta = node.needed(1), node.constant(2)
    epsilon = shortest(node.get("epsilon", 1e-5))
    layer = LayerNormalization(epsilon=epsilon, center=beta is not None, name=node.layer_name)
    return x.then(WeightedLayer(layer, {"gamma": gamma} | ({} if beta is None else {"beta": beta})))


def prelu(node: Node) -> Chain:
    """A slope for each number, or one for all."""
    x = node.chain()
    slope = node.needed(1)
    while slope.ndim > len(x.shape) and slope.shape[0] == 1:  # an axis for the batch
        slope = slope[0]
    weights = {"alpha": np.broadcast_to(slope, x.shape)}
    return x.then(WeightedLayer(PReLU(name=node.layer_name), weights))


def no_layer(node: Node) -> Any:
    """Refuse what badak does not have."""
    raise InputError(message("badak has no layer for it"))


def own_activation(node: Node) -> Chain:
    """An activation of the user's own."""
    if not ACTIVATION.fits(node.own.get(node.operator)):
        raise InputError(
            message(
                "it is an activation of someone's own: give custom_objects={{{operator!r}: ...}}",
                operator=node.operator,
            )
        )
    return node.chain().apply(activations.get(node.own[node.operator]))


def own_layer(node: Node) -> Any:
    """Refuse a layer of the user's own."""
    raise InputError(
        message("it is a layer that ONNX keeps as a formula only; model.save keeps it whole")
    )


# -- where classifiers end


def two_classes(node: Node) -> Chain:
    """[1 - p, p]."""
    if len(node.inputs) == 2:
        complement, p = node.inputs
        if isinstance(complement, Complement) and complement.of is p and p.shape == (1,):
            assert p.before is not None
            return p.before.then(TwoClasses(), (2,))
    raise InputError(message("it puts branches of the network side by side"))


def arg_max(node: Node) -> Label:
    """The number of the likeliest class."""
    return Label(node.chain())


def name_of_class(node: Node) -> Any:
    """The name of the likeliest class."""
    classes, label = node.inputs
    if not isinstance(classes, np.ndarray) or not isinstance(label, Label):
        raise InputError(message("it takes a part of the data"))
    return Label(label.of, [_decoded(name) for name in classes.reshape(-1)])


def zip_map(node: Node) -> Label:
    """The scores by the names of their classes."""
    names = node.get("classlabels_strings", None) or node.get("classlabels_int64s", [])
    return Label(node.chain(), [_decoded(name) for name in names], scores=True)


def _decoded(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


READERS: dict[tuple[str, str], Callable[[Node], Any]] = {
    ("", "Identity"): same,
    ("", "Cast"): cast,
    ("", "Gemm"): gemm,
    ("", "MatMul"): matmul,
    ("", "Add"): add,
    ("", "Sub"): subtract,
    ("", "Mul"): multiply,
    ("", "Div"): divide,
    ("", "Neg"): negate,
    ("", "Erf"): erf,
    ("", "Flatten"): flatten,
    ("", "Reshape"): reshape,
    ("", "Shape"): shape_of,
    ("", "Dropout"): dropout,
    ("", "BatchNormalization"): batch_normalization,
    ("", "LayerNormalization"): layer_normalization,
    ("", "Relu"): read.activation("relu"),
    ("", "Sigmoid"): read.activation("sigmoid"),
    ("", "Tanh"): read.activation("tanh"),
    ("", "Softplus"): read.activation("softplus"),
    ("", "Softsign"): read.activation("softsign"),
    ("", "Mish"): read.activation("mish"),
    ("", "Exp"): read.activation("exponential"),
    ("", "LeakyRelu"): read.activation("leaky_relu", alpha=("negative_slope", 0.01)),
    ("", "Elu"): read.activation("elu", alpha=("alpha", 1.0)),
    ("", "ThresholdedRelu"): read.activation("thresholded_relu", alpha=("theta", 1.0)),
    ("", "Selu"): read.selu,
    ("", "Celu"): read.celu,
    ("", "Gelu"): read.gelu,
    ("", "Swish"): read.swish,
    ("", "HardSigmoid"): read.hard_sigmoid,
    ("", "PRelu"): prelu,
    ("", "Clip"): read.clip,
    ("", "Softmax"): read.softmax,
    ("", "LogSoftmax"): read.softmax,
    ("", "Concat"): two_classes,
    ("", "ArgMax"): arg_max,
    (ML, "Scaler"): scaler,
    (ML, "ArrayFeatureExtractor"): name_of_class,
    (ML, "ZipMap"): zip_map,
    (DOMAIN, "GaussianNoise"): gaussian_noise,
    **{(DOMAIN, name): read.of_badak(name) for name in ACTIVATIONS},
}
