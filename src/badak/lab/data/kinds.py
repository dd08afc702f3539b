"""The kinds of data in a recipe: each with its title, its settings and what loads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from badak._common.language import marked, message, translated
from badak._common.registry import nearest
from badak._common.validation import shown
from badak.lab.data import (
    drawn,
    function,
    generated,
    given,
    images,
    pictures,
    planes,
    points,
    table,
)
from badak.lab.data.fields import Field
from badak.lab.data.lab_data import LabData
from badak.lab.data.uploads import Uploads
from badak.lab.errors import RecipeError


@dataclass(frozen=True)
class Kind:
    """A kind of data."""

    title: str
    """In English, marked for the catalogue."""
    task: str
    """"classes", "number", or "any" where the data tell."""
    fields: tuple[Field, ...]
    load: Callable[[Mapping[str, Any], Uploads], LabData]
    why_not: Callable[[], str] = str
    """Returns why it is not there; "" where it is."""


def load(spec: Mapping[str, Any], uploads: Uploads | None = None) -> LabData:
    """Return the data that a recipe describes.

    Parameters
    ----------
    spec : mapping
        The recipe's part "data": its "kind", and the settings of that kind.
    uploads : Uploads, optional
        What the user has put on the page.

    Returns
    -------
    LabData
        Samples and targets, in two parts.

    Raises
    ------
    RecipeError
        A kind or a setting that is none; its `where` names the field.

    Examples
    --------
    >>> data = load({"kind": "circle", "samples": 100})
    >>> data.x_train.shape, data.task, data.classes
    ((75, 2), 'classes', ('0', '1'))
    """
    kind = spec.get("kind") if isinstance(spec, Mapping) else None
    if not isinstance(kind, str) or kind not in KINDS:
        hint = nearest(kind, KINDS) if isinstance(kind, str) else ""
        raise RecipeError(
            message(
                "the kind of data is {kind}{hint}, but must be one of {known}",
                kind=shown(kind),
                hint=hint,
                known=", ".join(KINDS),
            ),
            "data.kind",
        )
    return KINDS[kind].load(spec, uploads or Uploads())


def catalogue() -> list[dict[str, Any]]:
    """Return what the page is told of each kind, in the language that is spoken."""
    return [
        {
            "kind": name,
            "title": translated(kind.title),
            "task": kind.task,
            "fields": [field.told() for field in kind.fields],
            "available": not (reason := kind.why_not()),
            "why_not": reason,
        }
        for name, kind in KINDS.items()
    ]


def _generated(title: str, task: str, make: generated.Make) -> Kind:
    return Kind(title, task, generated.FIELDS, lambda spec, _: generated.load(make, spec))


def _published(title: str, name: str) -> Kind:
    return Kind(
        title,
        "classes",
        images.PUBLISHED_FIELDS,
        lambda spec, _: images.load(name, spec),
        lambda: images.why_not(name),
    )


KINDS: dict[str, Kind] = {
    "circle": _generated(marked("Circle"), "classes", planes.circle),
    "xor": _generated(marked("XOR"), "classes", planes.xor),
    "gauss": _generated(marked("Two clouds"), "classes", planes.gauss),
    "spiral": _generated(marked("Spiral"), "classes", planes.spiral),
    "plane": _generated(marked("Plane"), "number", planes.plane),
    "bumps": _generated(marked("Hills and hollows"), "number", planes.bumps),
    "function": Kind(
        marked("A function of your own"),
        "number",
        function.FIELDS,
        lambda spec, _: function.load(spec),
    ),
    "points": Kind(
        marked("Points that you draw"), "any", points.FIELDS, lambda spec, _: points.load(spec)
    ),
    "digits": Kind(
        marked("Digits, 8x8"),
        "classes",
        images.DIGITS_FIELDS,
        lambda spec, _: images.load("digits", spec),
    ),
    "mnist": _published(marked("MNIST, 28x28"), "mnist"),
    "fashion_mnist": _published(marked("Fashion-MNIST, 28x28"), "fashion_mnist"),
    "table": Kind(marked("A table of your own"), "any", table.FIELDS, table.load),
    "pictures": Kind(marked("Pictures of your own"), "classes", pictures.FIELDS, pictures.load),
    "drawn": Kind(marked("Digits that you draw"), "classes", drawn.FIELDS, drawn.load),
    "given": Kind(marked("Data from Python"), "any", given.FIELDS, given.load),
}
"""Every kind by its name in recipes."""
