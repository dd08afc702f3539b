"""`badak predict`: classify pictures with a saved network, or predict a table's rows."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common.language import message
from badak.cli.answers import LIKELIEST, Answer, Asked, answered, print_answer, print_several
from badak.cli.folders import pictures_in
from badak.cli.models import (
    BOXED,
    ModelAndPictures,
    is_boxed,
    load_or_boxed,
    split_model,
    tell_boxed,
)
from badak.cli.rows import check_out, print_rows, write_rows
from badak.cli.tables.options import Encoding
from badak.cli.tables.predict import TableAsked, predict_table
from badak.cli.terminal import make_console, print_json
from badak.errors import InputError
from badak.recipes.preparation import preparation_of
from badak.tables.names import is_table, refuse_workbook

if TYPE_CHECKING:
    from rich.console import Console

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
            help="Where predictions for a table or for pictures are written, .csv or .tsv.",
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
    interval: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            show_default=False,
            help="Put the bounds between which a number lies in this share of the rows: 0.5, 0.8, "
            "0.9, 0.95 or 0.99.",
        ),
    ] = None,
) -> None:
    """Tell what pictures show, and how sure the network is of it; or predict a table's rows.

    A drawn character may be dark on light or light on dark, and anywhere on it.

    Several digits are read one by one, from left to right.

    Without a model badak's own network answers: it reads handwritten digits.

    Of a folder all pictures are answered, those in its sub-folders too, a row each.

    Try: badak predict seven.png
    Try: badak predict flowers.safetensors my_pictures/ --out predictions.csv
    Try: badak predict houses.safetensors new.csv --out predictions.csv
    Try: badak predict houses.safetensors new.csv --interval 0.9
    """
    given, pictures = split_model(paths)
    for path in pictures:
        refuse_workbook(path)
    asked_of_table = TableAsked(out, with_input, key or [], no_formulas, encoding, interval)
    if any(map(is_table, pictures)):
        predict_table(given, pictures, asked_of_table, as_json)
        return
    asked_of_table.refuse()
    if out is not None:
        check_out(out, as_json=as_json)
    files = [file for path in pictures for file in pictures_in(path)]
    in_rows = files != pictures
    model, network, class_names = load_or_boxed(given)
    prepare = preparation_of(network, model)
    _check_softmax(network, model)
    asked = Asked(network, prepare, class_names, boxed=is_boxed(model))
    console = make_console()
    failed: list[Path] = []
    answers = answered(asked, files, failed)
    if given is None and not as_json:
        answers = _after_who(console, answers)
    if as_json:
        name = BOXED if given is None else os.fspath(given)
        found = [{**each.as_dict(), "model": name} for several in answers for each in several]
        print_json(found)
    elif out is not None:
        write_rows(console, out, answers, class_names)
    elif in_rows:
        print_rows(console, answers)
    else:
        for several in answers:
            print_several(console, several)
            for answer in several:
                print_answer(console, answer, every=every)
    if failed:
        raise typer.Exit(1)


def _after_who(console: "Console", answers: Iterator[list[Answer]]) -> Iterator[list[Answer]]:
    """Tell before the first answer that badak's own network gives it."""
    for place, each in enumerate(answers):
        if not place:
            tell_boxed(console)
        yield each


def _check_softmax(network: "Sequential", model: Path) -> None:
    output = network.layers[-1].activation
    if output is None or output.name != "softmax":
        raise InputError(
            message(
                "{model} does not end in softmax, so that it gives no probabilities: ask it in "
                "Python, load_model({model_2!r}).predict(x)",
                model=model,
                model_2=os.fspath(model),
            )
        )
