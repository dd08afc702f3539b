"""`badak plot network`, `weights`, `layers` and `boundary`: pictures of a network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from badak._common.language import message
from badak.cli.choices import one_of
from badak.cli.data import DataDir
from badak.cli.models import ModelArgument, load
from badak.cli.plot.options import Count, DataOfModel, Look, with_look
from badak.cli.plot.results import tested
from badak.cli.points import read_points
from badak.errors import InputError
from badak.recipes.preparation import is_for_tables

if TYPE_CHECKING:
    from badak.network.sequential import Sequential

GATES = ("and", "nand", "or", "xor")
MOST_LOOKED_AT = 1000  # samples whose outputs in every layer are kept at once


@with_look
def network(
    look: Look,
    model: ModelArgument,
    style: Annotated[
        str,
        typer.Option(
            callback=one_of(("auto", "circles", "boxes")),
            metavar="auto|circles|boxes",
            help="A circle a unit, for small networks, or a box a layer.",
        ),
    ] = "auto",
) -> None:
    """Draw a network: a small one with all its weights, a large one as boxes.

    Try: badak plot network digits.safetensors
    """
    from badak import pictures

    with look.picture(f"{model.stem}.network") as options:
        asked, _ = load(model)
        pictures.network(asked, style=style, inputs=_features(asked, model), **options)


@with_look
def weights(
    look: Look,
    model: ModelArgument,
    layer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Whose weights, as `badak info` names the layers.",
            show_default="the first that has some",
        ),
    ] = None,
    count: Count = 40,
) -> None:
    """Draw what the units of a layer look for: their weights, as images where inputs are pixels.

    Try: badak plot weights digits.safetensors
    """
    from badak import pictures

    with look.picture(f"{model.stem}.weights") as options:
        asked, _ = load(model)
        names = [each.name for each in asked.layers if "kernel" in each.weights]
        inputs = _features(asked, model) if layer in (None, *names[:1]) else None
        pictures.weights(asked, layer, inputs=inputs, count=count, **options)


@with_look
def layers(
    look: Look,
    model: ModelArgument,
    data: DataOfModel = None,
    data_dir: DataDir = None,
) -> None:
    """Draw what each layer makes of held-out images: its outputs, how many are zero or saturated.

    Of many images or rows the first thousand are looked at.

    Try: badak plot layers digits.safetensors
    """
    from badak import pictures
    from badak.cli.tables import rows

    with look.picture(f"{model.stem}.layers") as options:
        asked, class_names = load(model)
        if is_for_tables(asked):
            x = rows.samples(
                *rows.opened(asked, model, None if data is None else Path(data)), MOST_LOOKED_AT
            )
        else:
            x, _ = tested(asked, model, class_names, data, data_dir)
        pictures.layers(asked, x[:MOST_LOOKED_AT], **options)


@with_look
def boundary(
    look: Look,
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help=f"A gate made of perceptrons ({', '.join(GATES)}), or the file of a network of "
            "two inputs, or one trained on a table with two columns of numbers.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="POINTS",
            help="A CSV file with two numbers and a class in each row, or a table like the one "
            "trained on; a gate brings its own.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Draw where in the plane of two inputs the answer changes.

    Try: badak plot boundary xor
    Try: badak plot boundary moons.safetensors moons.csv
    """
    from badak import pictures
    from badak.cli.tables.plane import in_plane

    asked: Any
    x: Any
    y: Any
    name = Path(model).stem
    if model.lower() in GATES and data is None:
        name = model.lower()
        asked, x, y = _gate(name)
        more: dict[str, Any] = {}
    elif data is None:
        raise InputError(
            message(
                "{model} is no gate ({gates}), and a network needs points to be drawn with: give "
                "a CSV file with two numbers and a class in each row",
                model=model,
                gates=", ".join(GATES),
            )
        )
    else:
        asked, known = load(Path(model))
        if is_for_tables(asked):
            asked, x, y = in_plane(asked, Path(model), data)
            more = {"features": asked.names, "class_names": known}
        else:
            x, y, features, class_names = read_points(data, asked.class_names)
            more = {"features": features, "class_names": class_names}
    with look.picture(f"{name}.boundary") as options:
        pictures.boundary(asked, x, y, **more, **options)


def _features(network: "Sequential", model: Path) -> list[str] | None:
    """Return the names of a table's features, which are the network's inputs; else None."""
    from badak.tables import TablePreparation

    return TablePreparation.of(network, model).features if is_for_tables(network) else None


def _gate(name: str) -> tuple[Any, list[list[int]], list[int]]:
    """Return a gate of perceptrons as a function of points, with its four inputs and outputs."""
    from badak import perceptron

    gate = getattr(perceptron, name.upper())
    corners = [[0, 0], [1, 0], [0, 1], [1, 1]]
    outputs = [gate(*corner) for corner in corners]
    asked = (lambda points: gate(points[:, 0], points[:, 1])) if name == "xor" else None
    return asked or getattr(perceptron.Perceptron, name.upper())(), corners, outputs
