"""`badak report`: a page on how well a network predicts a table, and where it fails."""

import os
from pathlib import Path
from typing import Annotated

import typer

from badak._common.files import check_place
from badak._common.language import message
from badak.cli.choices import TextsLanguage
from badak.cli.errors import UsageError
from badak.cli.models import ModelArgument, load
from badak.cli.tables.options import Encoding
from badak.cli.terminal import make_console, print_facts, print_json
from badak.errors import InputError

ENDINGS = (".html", ".htm")


def report(
    model: ModelArgument,
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE",
            help="Rows with the column to predict; of the file that was trained on, those that "
            "were held out are scored.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the page goes: a name that ends in .html.",
            show_default="MODEL.report.html here",
        ),
    ] = None,
    trained_on: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The file that was trained on, where TABLE is another: simple models learn from "
            "it, to be compared with.",
            show_default=False,
        ),
    ] = None,
    language: TextsLanguage = "",
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Settles all that is random.")] = 0,
    encoding: Encoding = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the numbers as JSON as well as write the page.")
    ] = False,
) -> None:
    """Write a page on a model of tables: how good it is, which columns matter, where it fails.

    The page is one file that opens without a network, light, dark and on paper: the table as it
    is understood, scores beside simple models with their intervals, calibration or residuals,
    what each column does, the worst rows, and what would spoil it in use.

    Try: badak report houses.safetensors houses.csv
    Try: badak report houses.safetensors new.csv --trained-on houses.csv --language ko
    """
    page = Path(f"{model.stem}.report.html") if out is None else out
    if page.suffix.lower() not in ENDINGS:
        raise UsageError(
            message(
                "A report is written as .html, not as {page}: give --out such a name.", page=page
            )
        )
    check_place(page, message("report"))
    for read in (model, table, *([] if trained_on is None else [trained_on])):
        if os.path.realpath(read) == os.path.realpath(page):
            raise InputError(message("{page} is read: give --out another name", page=page))
    network, _ = load(model)
    from badak.tables import TablePreparation
    from badak.tables import report as made

    TablePreparation.of(network, model)
    console = make_console()
    with console.status("") as status:
        told = made(
            network,
            table.expanduser(),
            trained_on=None if trained_on is None else trained_on.expanduser(),
            name=model.stem,
            language=language,
            seed=seed,
            encoding=encoding,
            on_step=lambda said: status.update(said),
        )
        told.save(page)
    if as_json:
        print_json(told.to_dict())
        return
    from badak.tables.reporting.summary import summary

    console.print("\n".join(summary(told)), soft_wrap=True)
    console.print()
    print_facts(console, {"written": os.fspath(page)})
