"""`badak import`: save a network of another program as a badak model."""

import os
import shlex
import warnings
from pathlib import Path
from typing import Annotated

import typer

from badak._common.language import message
from badak.cli.export import tell
from badak.cli.terminal import make_console, print_facts
from badak.errors import InputError
from badak.formats.registry import endings_read
from badak.recipes.files import COMMAND, check_output


def import_model(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help=f"A file that ends in {', '.join(endings_read())} (the book's).",
            show_default=False,
        ),
    ],
    activation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="What hidden layers apply, in a file that holds weights alone. "
            "Once for all of them, or once for each.",
            show_default="what the file tells",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What the last layer applies: softmax, sigmoid, identity, ...",
            show_default="what the file tells",
        ),
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option(
            metavar="MODEL",
            help="Instead: a model of badak's that is the same but for its weights.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="MODEL", show_default="FILE's name.safetensors here", help="Where it is saved."
        ),
    ] = None,
) -> None:
    """Read the network in another program's file and save it as a model.

    Of files that hold weights alone, such as .pt, .weights.h5 and .pkl, tell what layers apply.

    Try: badak import net.pt --activation relu --output softmax
    """
    from badak import formats, load_model
    from badak.network.summary import print_summary

    name = file.name.removesuffix(".weights.h5").removesuffix(file.suffix).removesuffix(".torch")
    target = out or Path(f"{name}.safetensors")
    check_output(target, COMMAND)
    if target.exists() and file.exists() and target.samefile(file):
        raise InputError(
            message("{target} is the file itself: give --out another name", target=target)
        )
    hidden = activation[0] if activation and len(activation) == 1 else activation
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        model = formats.import_model(
            file,
            activation=hidden or None,
            output=output,
            like=None if like is None else load_model(like),
        )
    model.save(target)
    console = make_console()
    print_summary(model, console)
    console.print()
    path = os.fspath(target)
    print_facts(console, {"saved": path, "next": f"badak info {shlex.quote(path)}"})
    tell(noted)
