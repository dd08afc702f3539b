"""Answers to what is drawn or typed: the class or number, what each unit made of it, and why."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak._common.language import message
from badak.errors import BadakError
from badak.lab.arithmetic import as_array
from badak.lab.errors import RecipeError
from badak.lab.views import MOST_OUTPUTS, Look
from badak.typing import Array


def answer(look: Look, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the network's answer to "pixels" or "values", a flat list in a sample's order.

    Of a network that tells classes "for_against" has what each input adds to the sum of the class
    that it gives, and "rather" what it adds to its lead over the next one's.
    """
    x = _sample(look, given)
    model = look.model
    trace = model.trace(x)
    classes = look.data.task == "classes"
    told: dict[str, Any] = {
        "outputs": trace.y[0],
        "classes": list(look.data.classes),
        "class": None,
        "for_against": None,
        "rather": None,
        "units": {str(e.index): e.z[0].ravel() for e in trace if e.z[0].size <= MOST_OUTPUTS},
    }
    if classes:
        try:
            explained = model.explain(x[0])
        except BadakError:  # an output of which classes cannot be explained
            explained = None
        if explained is None:
            told["class"] = _class(look, x)
        else:
            told["class"] = explained.answer
            told["probabilities"] = explained.probabilities
            told["for_against"] = explained.contributions().to_dict()
            if explained.against is not None:
                told["rather"] = explained.contributions(against=explained.against).to_dict()
    return json_data(told)


def _class(look: Look, x: Array) -> int | None:
    try:
        return int(look.model.classify(x)[0])
    except BadakError:
        return None


def _sample(look: Look, given: Mapping[str, Any]) -> Array:
    shape = look.data.shape
    count = int(np.prod(shape))
    where = "pixels" if "pixels" in given else "values"
    array = as_array(given.get(where), where, count)
    if len(array) != count:
        raise RecipeError(
            message(
                "{where} has {given} numbers, but a sample has {count}",
                where=where,
                given=len(array),
                count=count,
            ),
            where,
        )
    return array.astype(np.float32).reshape(1, *shape)
