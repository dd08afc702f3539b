"""Activation functions by name: each enters the registry where it is defined."""

from collections.abc import Callable
from typing import Any, ParamSpec

from badak._common.language import marked, message
from badak._common.registry import Registry
from badak.activations.base import Activation
from badak.errors import InputError

ACTIVATIONS: Registry[Activation] = Registry(marked("activation"))

P = ParamSpec("P")


def _registered(make: Callable[P, Activation]) -> Callable[P, Activation]:
    def registered(*arguments: P.args, **keywords: P.kwargs) -> Activation:
        activation = make(*arguments, **keywords)
        ACTIVATIONS.add(activation.name, activation, activation.aliases)
        return activation

    return registered


built_in = _registered(Activation)  # takes what Activation takes, and enters it by its name


def get(spec: Any) -> Activation:
    """Return the activation that a user's `spec` means.

    Parameters
    ----------
    spec : str, dict, function, Activation or None
        A name in any spelling; a configuration ``{"name": ..., parameter: ...}``; one of badak's
        formulas, such as :func:`badak.activations.relu`; or a record, which is returned as it is.
        None is the identity. Give a function of your own as an :class:`Activation`, with its slope.

    Returns
    -------
    Activation
        The formula, its slope, and what is known of the two.

    Raises
    ------
    UnknownNameError
        No activation has that name; the message suggests the nearest one.
    InputError
        A function whose slope is not known, or a configuration without a name.

    Examples
    --------
    >>> get("silu").name
    'swish'
    >>> get({"name": "elu", "alpha": 0.5}).parameters
    {'alpha': 0.5}
    """
    if spec is None:
        return ACTIVATIONS["identity"]
    if isinstance(spec, Activation):
        return spec
    if isinstance(spec, dict):
        parameters = dict(spec)
        if "name" not in parameters:
            raise InputError(
                message("the configuration of an activation has no 'name': {spec!r}", spec=spec)
            )
        return ACTIVATIONS[parameters.pop("name")].with_parameters(**parameters)
    if callable(spec):
        return _of_function(spec)
    return ACTIVATIONS[spec]


def is_builtin(activation: Activation | None, *names: str) -> bool:
    """Return whether an activation is badak's own, or, with `names`, one of these.

    Its formula decides, not its name: parameters may have any values, but an activation of your
    own that is called "sigmoid" is not badak's sigmoid.

    Parameters
    ----------
    activation : Activation
        The activation in question.
    *names : str
        Names of badak's activations; none stands for all of them.

    Returns
    -------
    bool
        Whether value and slope are badak's own functions.

    Examples
    --------
    >>> from badak.activations import SIGMOID, Activation
    >>> own = Activation("sigmoid", lambda x: 0.5 * x, lambda x: 0.5 + 0.0 * x)
    >>> is_builtin(SIGMOID), is_builtin(SIGMOID, "softmax", "tanh"), is_builtin(own, "sigmoid")
    (True, False, False)
    """
    known = None if activation is None else ACTIVATIONS.get(activation.name)
    if activation is None or known is None:
        return False
    same = known.value is activation.value and known.slope is activation.slope
    return same and (not names or known.name in names)


def _of_function(function: Callable[..., Any]) -> Activation:
    for name in ACTIVATIONS:
        if ACTIVATIONS[name].value is function:
            return ACTIVATIONS[name]
    called = getattr(function, "__name__", repr(function))
    raise InputError(
        message(
            "the slope of the function {called!r} is not known; give Activation({called!r}, "
            "value, slope) with both as plain functions",
            called=called,
        )
    )
