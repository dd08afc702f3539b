"""The classes of a network: their names, and which of them an explanation is about."""

from collections.abc import Sequence

import numpy as np

from badak._common.arrays import why_no_numbers
from badak._common.language import message
from badak._common.registry import nearest
from badak._common.samples import as_array, check_samples
from badak.activations import is_builtin
from badak.errors import InputError
from badak.layers.model import Model
from badak.typing import Array, ArrayLike


def given_names(model: Model) -> list[str] | None:
    """Return the class names that the model was given, as strings; None if it has none."""
    names = model.class_names
    if names is None:
        return None
    listed = isinstance(names, (Sequence, np.ndarray)) and not isinstance(names, str)
    if not listed or not all(isinstance(name, (str, int, np.generic)) for name in names):
        raise _unfit(model, names)
    return [str(name) for name in names]


def output_names(model: Model) -> list[str]:
    """Return a name for each output: the model's class names, or numbers if it has none.

    Raises InputError if there are more or fewer names than outputs.
    """
    count = model.output_shape[0]
    names = given_names(model)
    if names is None:
        return [str(i) for i in range(count)]
    if len(names) != count:
        raise _unfit(model, model.class_names)
    return names


def class_names_of(model: Model) -> list[str]:
    """Return a name for each class; a network of one sigmoid has two classes, "no" and "yes".

    Of one sigmoid the model's only name is that of "yes", its two names are "no" and "yes".
    """
    if model.output_shape[0] > 1 or is_builtin(model.layers[-1].activation, "softmax"):
        return output_names(model)
    named = given_names(model)
    if not named:
        return ["0", "1"]
    return named if len(named) == 2 else [f"not {output_names(model)[0]}", named[0]]


def check_explainable(model: Model, called: str | None = None) -> bool:
    """Return whether the output is one sigmoid; InputError unless it is that or softmax.

    A custom activation is neither, even if it has the same name: only badak's are known to give
    probabilities whose pre-activations are logits.
    """
    output, shape = model.layers[-1].activation, model.output_shape
    if is_builtin(output, "sigmoid") and shape == (1,):
        return True
    if is_builtin(output, "softmax") and len(shape) == 1:
        return False
    name = message("no activation") if output is None else output.name
    if output is not None and name in ("sigmoid", "softmax") and not is_builtin(output, name):
        name = message("an activation that is named {name!r} but is not badak's {name},", name=name)
    size = " x ".join(map(str, shape))
    raise InputError(
        message(
            "{called} ends in {name} of {size}, which are no probabilities of classes: what "
            "explains an answer needs softmax, or one sigmoid, at the end; trace(x) shows the "
            "numbers of any network",
            called=called or message("the network"),
            name=name,
            size=size,
        )
    )


def class_index(given: int | str, names: Sequence[str]) -> int:
    """Return the number of a class that is given by its number or its name, or raise InputError."""
    if isinstance(given, str):
        if given in names:
            return list(names).index(given)
        raise InputError(
            message(
                "there is no class {given!r}{nearest} (there are: {names})",
                given=given,
                nearest=nearest(given, names),
                names=", ".join(names),
            )
        )
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
        raise InputError(
            message("a class is told by its number or its name, not {given!r}", given=given)
        )
    if not 0 <= given < len(names):
        raise InputError(
            message(
                "classes are numbered 0 to {count}: there is no {given}",
                count=len(names) - 1,
                given=given,
            )
        )
    return int(given)


def other_class(
    probabilities: Array,  # (classes,)
    names: Sequence[str],
    chosen: int,
    against: int | str | None,
) -> int | None:
    """Return the class that the chosen one is compared with: `against`, or the likeliest other."""
    if against is not None:
        other = class_index(against, names)
        if other == chosen:
            raise InputError(
                message(
                    "class {names!r} is the one that is explained: hold it against another, or "
                    "ask for another class",
                    names=names[chosen],
                )
            )
        return other
    order = (-probabilities).argsort(kind="stable")
    return next((int(place) for place in order if place != chosen), None)


def one_sample(model: Model, x: ArrayLike) -> tuple[Array, Array]:
    """Return the image in float64 as it was given, and (1, *input_shape) of it."""
    given = as_array(x, "x")
    if given.dtype.kind not in "fiub":
        raise InputError(message("x must be numbers, not {kind}", kind=why_no_numbers(given)))
    shape = model.input_shape
    if shape is None:
        raise InputError(message("the input's shape is not known yet: fit the network first"))
    if given.shape == (1, *shape):
        given = given[0]
    if given.shape[1:] == shape:
        raise InputError(
            message(
                "one sample of shape {shape} is explained at a time, but x is of shape {given}; "
                "take one, x[0]",
                shape=shape,
                given=given.shape,
            )
        )
    if given.shape != shape and given.size != int(np.prod(shape)):
        raise InputError(
            message(
                "one sample of shape {shape} is explained at a time, but x is of shape {given}",
                shape=shape,
                given=given.shape,
            )
        )
    sample = check_samples(given.reshape(1, *shape), shape)
    return given.astype(np.float64), sample


def _unfit(model: Model, names: object) -> InputError:
    return InputError(
        message(
            "it has {output_shape} outputs, but its classes are {names!r}",
            output_shape=model.output_shape[0],
            names=names,
        )
    )
