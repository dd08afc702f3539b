"""`badak predict`: classify pictures with a saved network, or predict a table's rows."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak.cli.errors import UsageError, message, report
from badak.cli.models import BOXED, ModelAndPictures, load_or_boxed, split_model, tell_boxed
from badak.cli.terminal import make_console, printable
from badak.errors import BadakError, InputError
from badak.recipes.preparation import Preparation, preparation_of
from badak.tables.names import is_table

if TYPE_CHECKING:
    from rich.console import Console

    from badak.network.sequential import Sequential
    from badak.typing import Array

LIKELIEST = 3  # classes shown
BAR_WIDTH = 24  # characters


def predict(
    paths: ModelAndPictures,
    every: Annotated[
        bool, typer.Option("--all", "-a", help=f"Show all classes, not the {LIKELIEST} likeliest.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON array, with all probabilities.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default="the first rows are printed",
            help="Where predictions for a table are written, .csv or .tsv.",
        ),
    ] = None,
    with_input: Annotated[
        bool, typer.Option("--with-input", help="Put the table's own columns before them.")
    ] = False,
) -> None:
    """Tell what pictures show, and how sure the network is of it; or predict a table's rows.

    A drawn character may be dark on light or light on dark, and anywhere on it.

    Without a model badak's own network answers: it reads one handwritten digit.

    Try: badak predict seven.png
    Try: badak predict houses.safetensors new.csv --out predictions.csv
    """
    given, pictures = split_model(paths)
    if any(map(is_table, pictures)):
        from badak.cli.tables.predict import predict_table

        predict_table(given, pictures, out, with_input, as_json)
        return
    if out is not None or with_input:
        raise UsageError("--out and --with-input are for tables, but these are pictures.")
    model, network, class_names = load_or_boxed(given)
    prepare = preparation_of(network, model)
    _check_softmax(network, model)
    name = BOXED if given is None else os.fspath(given)
    console = make_console()
    answers: list[dict[str, object]] = []
    for path in pictures:
        try:
            probabilities = _ask(network, prepare, path)
        except (BadakError, OSError) as error:
            report(message(error))
            continue
        if given is None and not as_json and not answers:
            tell_boxed(console)
        answers.append({**answer_of(path, probabilities, class_names), "model": name})
        if not as_json:
            print_answer(console, path, probabilities, class_names, every)
    if as_json:
        print(json.dumps(answers, indent=2))
    if len(answers) < len(pictures):
        raise typer.Exit(1)


def _ask(network: "Sequential", prepare: Preparation, path: Path) -> "Array":
    """Return the probabilities (classes,) of the picture in a file; errors name the file."""
    picture = prepare(path).reshape(1, *(network.input_shape or ()))
    return network.predict(picture)[0]


def answer_of(path: Path, probabilities: "Array", class_names: list[str]) -> dict[str, object]:
    """Return the answer as `--json` prints it."""
    best = int(probabilities.argmax())
    by_name = dict(zip(class_names, map(float, probabilities), strict=True))
    return {"file": os.fspath(path), "label": class_names[best], "probabilities": by_name}


def print_answer(
    console: "Console", path: Path, probabilities: "Array", class_names: list[str], every: bool
) -> None:
    """Print the answer, and a bar for each of the likeliest classes, or for every one."""
    from rich.bar import Bar
    from rich.table import Table
    from rich.text import Text

    order = (-probabilities).argsort(kind="stable")
    label = printable(class_names[order[0]])
    console.print(Text.assemble(f"{printable(os.fspath(path))}: ", (label, "bold")), soft_wrap=True)
    bars = Table.grid(padding=(0, 1))
    for place in order if every else order[:LIKELIEST]:
        share = float(probabilities[place])
        bar = Bar(1.0, 0.0, share, width=BAR_WIDTH, color="green")
        bars.add_row("  ", printable(class_names[place]), bar, f"{share:7.2%}")
    console.print(bars)


def _check_softmax(network: "Sequential", model: Path) -> None:
    output = network.layers[-1].activation
    if output is None or output.name != "softmax":
        raise InputError(
            f"{model} does not end in softmax, so that it gives no probabilities: ask it in "
            f"Python, load_model({os.fspath(model)!r}).predict(x)"
        )
