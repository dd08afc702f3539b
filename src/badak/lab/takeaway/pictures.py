"""Pictures of a run as SVG, drawn by badak.pictures."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.looks import LANGUAGES, THEMES
from badak._common.registry import nearest
from badak._common.validation import shown
from badak.activations import Activation
from badak.lab.data import LabData
from badak.lab.errors import RecipeError
from badak.network.sequential import Sequential
from badak.typing import Array

VIEWS = (
    *("network", "curves", "boundary", "distributions", "weights"),
    *("confusion", "wrong", "activation"),
)
"""What can be drawn."""
INSPECTED = 1000
"""Samples whose outputs a histogram counts."""


def svg(
    view: str,
    model: Sequential,
    data: LabData,
    history: Mapping[str, list[float]],
    shown_as: Mapping[str, Any],
    theme: str = "light",
    language: str = "en",
) -> bytes:
    """Return a picture as SVG.

    Parameters
    ----------
    view : str
        One of :data:`VIEWS`.
    model : Sequential
        The network.
    data : LabData
        Its data.
    history : mapping of str to list of float
        Loss and the like by epoch, under the names of a History.
    shown_as : mapping
        The recipe's part "data": "plane" and "held" say what spans the plane.
    theme : {"light", "dark"}, default "light"
        The colours.
    language : {"en", "ko"}, default "en"
        The language.

    Raises
    ------
    InputError
        Another name, or what this run has no picture of.
    """
    for name, value, known in (
        ("view", view, VIEWS),
        ("theme", theme, THEMES),
        ("language", language, LANGUAGES),
    ):
        if value not in known:
            hint = nearest(value, known) if isinstance(value, str) else ""
            raise RecipeError(
                message(
                    "{name} is {value}{hint}, but must be one of {known}",
                    name=name,
                    value=shown(value),
                    hint=hint,
                    known=", ".join(known),
                ),
                name,
            )
    from badak import pictures
    from badak.pictures.canvas import encoded

    looks: dict[str, Any] = {"theme": theme, "language": language}
    if view == "network":
        figure = pictures.network(model, **looks)
    elif view == "curves":
        figure = pictures.history(dict(history), **looks)
    elif view == "boundary":
        figure = _boundary(model, data, shown_as, looks)
    elif view == "distributions":
        figure = pictures.layers(model, data.x_train[:INSPECTED], **looks)
    elif view == "weights":
        names = None if data.look == "image" else data.features
        figure = pictures.weights(model, inputs=names, **looks)
    elif view == "activation":
        figure = pictures.activation(*_elementwise(model), **looks)
    else:
        figure = _answers(view, model, data, looks)
    return encoded(figure, "svg")


def _elementwise(model: Sequential) -> list[Activation]:
    """Return the network's activations of one number, each once."""
    found = [layer.activation for layer in model.layers if layer.activation is not None]
    return list({each.name: each for each in found if not each.rowwise}.values())


def _boundary(
    model: Sequential, data: LabData, shown_as: Mapping[str, Any], looks: Mapping[str, Any]
) -> Any:
    from badak import pictures

    plane, held = shown_as.get("plane"), shown_as.get("held")
    spanned = () if data.look == "image" else data.spanning(plane)
    if data.task != "classes" or len(spanned) != 2:
        raise RecipeError(
            message("a boundary is drawn of classes in a plane, and these data have none"), "view"
        )

    def in_plane(points: Array) -> Array:
        return model.classify(data.samples_at(points, plane, held))

    labels = np.concatenate([data.t_train, data.t_test])
    names = data.axes[spanned[0]].name, data.axes[spanned[1]].name
    as_it_is = data.encode is None and len(data.axes) == 2 and spanned == (0, 1)
    drawn: Any = model if as_it_is else in_plane
    return pictures.boundary(
        drawn,
        data.places(plane),
        labels,
        class_names=data.classes,
        features=names,
        **looks,
    )


def _answers(view: str, model: Sequential, data: LabData, looks: Mapping[str, Any]) -> Any:
    from badak import pictures

    if data.task != "classes":
        raise RecipeError(message("classes are counted, but this run learns numbers"), "view")
    if view == "confusion":
        answers = model.classify(data.x_test)
        return pictures.confusion(data.t_test, answers, list(data.classes), **looks)
    if data.look != "image":
        raise RecipeError(
            message("mistakes are drawn of pictures, and these data have none"), "view"
        )
    return pictures.misclassified(
        model, data.x_test, data.t_test, class_names=data.classes, **looks
    )
