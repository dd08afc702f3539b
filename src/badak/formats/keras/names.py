"""What Keras calls things, where badak has another name or place for them."""

from collections.abc import Iterable
from typing import Any

from badak._common.registry import snake_case

ACTIVATIONS = {
    "linear": "identity",
    "relu": "relu",
    "relu6": "relu6",
    "leaky_relu": "leaky_relu",
    "elu": "elu",
    "selu": "selu",
    "sigmoid": "sigmoid",
    "hard_sigmoid": "hard_sigmoid",
    "tanh": "tanh",
    "softsign": "softsign",
    "softplus": "softplus",
    "exponential": "exponential",
    "silu": "swish",
    "swish": "swish",
    "mish": "mish",
    "gelu": "gelu",
    "softmax": "softmax",
    "log_softmax": "log_softmax",
}
"""Keras's activations that badak has with the same formula and the same defaults."""

TO_KERAS = {own: name for name, own in ACTIVATIONS.items() if name != "swish"}


def stored_names(kinds: Iterable[str]) -> list[str]:
    """Return under which names the layers of these classes are kept in a file of weights.

    >>> stored_names(["Dense", "PReLU", "Dense"])
    ['dense', 'p_re_lu', 'dense_1']
    """
    counts: dict[str, int] = {}
    names = []
    for kind in kinds:
        base = snake_case(kind)
        counts[base] = counts.get(base, -1) + 1
        names.append(f"{base}_{counts[base]}" if counts[base] else base)
    return names


def an_object(module: str, kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return what Keras writes of an object: where its class is, and its arguments."""
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def plain(spec: Any) -> Any:
    """Return Keras's configuration of an object as badak's: {"name": class, **arguments}."""
    if isinstance(spec, dict) and "class_name" in spec:
        config = {k: plain(v) for k, v in spec["config"].items() if k != "name"}
        config = {k: v for k, v in config.items() if k not in ("input_axes", "output_axes")}
        return {"name": spec["class_name"], **config}
    return spec
