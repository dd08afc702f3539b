"""`badak predict`: classify pictures with a saved network, or predict a table's rows."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak.cli.answers import LIKELIEST, answers_to, print_answer, print_several
from badak.cli.errors import report, sentence
from badak.cli.models import (
    BOXED,
    ModelAndPictures,
    is_boxed,
    load_or_boxed,
    split_model,
    tell_boxed,
)
from badak.cli.tables.options import Encoding
from badak.cli.tables.predict import Asked, predict_table
from badak.cli.terminal import make_console
from badak.errors import BadakError, InputError
from badak.recipes.preparation import preparation_of
from badak.tables.names import is_table

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


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
    key: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            show_default=False,
            help="A column of the table that is put before them. May be repeated.",
        ),
    ] = None,
    no_formulas: Annotated[
        bool,
        typer.Option(
            "--no-formulas",
            help="Put ' before texts that a spreadsheet takes for a formula: =, +, -, @ first.",
        ),
    ] = False,
    encoding: Encoding = None,
) -> None:
    """Tell what pictures show, and how sure the network is of it; or predict a table's rows.

    A drawn character may be dark on light or light on dark, and anywhere on it.

    Several digits are read one by one, from left to right.

    Without a model badak's own network answers: it reads handwritten digits.

    Try: badak predict seven.png
    Try: badak predict houses.safetensors new.csv --out predictions.csv
    """
    given, pictures = split_model(paths)
    asked = Asked(out, with_input, key or [], no_formulas, encoding)
    if any(map(is_table, pictures)):
        predict_table(given, pictures, asked, as_json)
        return
    asked.refuse()
    from badak.recipes.reading import read

    model, network, class_names = load_or_boxed(given)
    prepare = preparation_of(network, model)
    _check_softmax(network, model)
    name = BOXED if given is None else os.fspath(given)
    console = make_console()
    answers: list[dict[str, object]] = []
    failed = False
    for path in pictures:
        try:
            reading = read(path, prepare, class_names)
        except (BadakError, OSError) as error:
            report(sentence(error))
            failed = True
            continue
        if given is None and not as_json and not answers:
            tell_boxed(console)
        found = answers_to(network, reading, path, class_names, boxed=is_boxed(model))
        answers += [{**answer.as_dict(), "model": name} for answer in found]
        if not as_json:
            print_several(console, found)
            for answer in found:
                print_answer(console, answer, every=every)
    if as_json:
        print(json.dumps(answers, indent=2))
    if failed:
        raise typer.Exit(1)


def _check_softmax(network: "Sequential", model: Path) -> None:
    output = network.layers[-1].activation
    if output is None or output.name != "softmax":
        raise InputError(
            f"{model} does not end in softmax, so that it gives no probabilities: ask it in "
            f"Python, load_model({os.fspath(model)!r}).predict(x)"
        )
