"""`badak export`: write a saved network as a file for another program."""

import json
import os
import shlex
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common.language import message
from badak.cli.errors import UsageError, note
from badak.cli.models import ModelArgument, load
from badak.cli.tables.export import print_features
from badak.cli.terminal import make_console, print_facts
from badak.errors import InputError
from badak.formats.registry import EXPORTERS
from badak.recipes.preparation import is_for_tables

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def export(
    model: ModelArgument,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="Where it is written; its ending tells the format. The same as --out.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help=f"{', '.join(EXPORTERS)}.",
            show_default="what the ending of --out tells",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where it is written. For keras also a file that ends in .weights.h5.",
            show_default="MODEL's name with the format's ending, here",
        ),
    ] = None,
) -> None:
    """Write a saved network for another program.

    onnx, keras, torch (a state_dict as safetensors) and numpy are for those libraries.

    python, c and js are one file each with a self-test; it needs nothing, in Python only NumPy.

    Of a network for tables the file does not prepare the columns: what it takes is listed.

    Try: badak export digits --to c
    Try: badak export digits digits.onnx
    """
    from badak import formats

    if file is not None and out is not None:
        raise UsageError(message("Give one file, {file} or --out {out}.", file=file, out=out))
    out = file or out
    if to is None and out is None:
        raise UsageError(
            message(
                "Missing option '--to' ({exporters}), or a file with '--out'.",
                exporters=", ".join(EXPORTERS),
            )
        )
    if to is not None:
        EXPORTERS[to]  # met here, before a file is named for it
    network, _ = load(model)
    target = out or Path(model.stem + EXPORTERS[to or ""].default_ending)
    if target.exists() and target.samefile(model):
        raise InputError(
            message("{target} is the model itself: give --out another name", target=target)
        )
    not_listed = print_features(network, model) if is_for_tables(network) else ""
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        formats.export(network, target, to)
    console = make_console()
    facts = {
        "written": message(
            "{file}, {size:,} bytes", file=os.fspath(target), size=target.stat().st_size
        )
    }
    print_facts(console, facts | _next_step(network, target))
    tell(noted)
    if not_listed:
        note(not_listed)


def _next_step(network: "Sequential", target: Path) -> dict[str, str]:
    """Return how the file is used."""
    name, path = repr(os.fspath(target)), shlex.quote(os.fspath(target))
    ending = target.suffix
    if ending == ".onnx":
        return {"next": f"onnxruntime.InferenceSession({name}).run(None, {{'x': x}})"}
    if ending == ".keras":
        return {"next": f"keras.saving.load_model({name})"}
    if ending == ".h5":
        return {
            "next": message(
                "{code}, in a Keras model of the same layers", code=f"model.load_weights({name})"
            )
        }
    if ending == ".safetensors":
        from badak.formats.torch.write import architecture

        return {
            "network": architecture(network),
            "next": f"network.load_state_dict(safetensors.torch.load_file({name})).eval()",
        }
    if ending == ".npz":
        return {"next": f"numpy.load({name})"}
    if ending == ".py":
        return {"next": f"python {path}"}
    if ending == ".c":
        return {
            "next": message(
                "the first lines of {path} say how it is compiled and tested", path=path
            )
        }
    if ending == ".js":  # which Node takes for a module only where a package.json says so
        return {"next": f"import {{ predict }} from {json.dumps('./' + target.name)}"}
    return {"next": f"node {path}"}


def tell(noted: list[warnings.WarningMessage]) -> None:
    """Print what a format could not take along, each once."""
    for said in dict.fromkeys(str(warning.message) for warning in noted):
        note(said)
