"""Options of `badak train` that are for tables only."""

from collections.abc import Sequence
from typing import Annotated

import typer

from badak.cli.errors import UsageError
from badak.recipes.options import HELD_OUT
from badak.tables.defaults import TASKS

PANEL = "Options for a table"


def _check_task(task: str) -> str:
    if task not in TASKS:
        raise typer.BadParameter(f"{task!r} is no task: give {', '.join(TASKS)}")
    return task


def _check_share(share: float) -> float:
    if not 0.0 < share < 1.0:
        raise typer.BadParameter(f"{share} is no share: give a number between 0 and 1")
    return share


TargetColumn = Annotated[
    str | None,
    typer.Option("--target", metavar="COLUMN", help="What to predict.", rich_help_panel=PANEL),
]

Task = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        callback=_check_task,
        show_default="auto: decided by the target",
        help="regression, classification or auto.",
        rich_help_panel=PANEL,
    ),
]

ColumnKinds = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=KIND",
        show_default="decided by its values",
        help="What a column is: number, category, date or ignore. May be repeated.",
        rich_help_panel=PANEL,
    ),
]

Ignored = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        help="A column that is not used. May be repeated.",
        rich_help_panel=PANEL,
    ),
]

MissingTexts = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TEXT",
        show_default="empty, NA, N/A, NaN, null, ?",
        help="A text that means a missing value as well. May be repeated.",
        rich_help_panel=PANEL,
    ),
]

HeldOut = Annotated[
    float,
    typer.Option(
        metavar="SHARE",
        callback=_check_share,
        help="Share of the rows that is held out to test with.",
        rich_help_panel=PANEL,
    ),
]


def refuse_table_options(
    data: str,
    target: str | None,
    columns: Sequence[str] | None,
    ignore: Sequence[str] | None,
    missing: Sequence[str] | None,
    task: str,
    held_out: float,
) -> None:
    """Raise UsageError if an option for tables is given with images."""
    asked = {
        "--target": target is not None,
        "--task": task != TASKS[0],
        "--column": bool(columns),
        "--ignore": bool(ignore),
        "--missing": bool(missing),
        "--held-out": held_out != HELD_OUT,
    }
    if options := [option for option, given in asked.items() if given]:
        raise UsageError(
            f"{options[0]} is for tables, but {data} is none: give a file that ends in .csv, .tsv, "
            ".parquet, .arrow or .feather."
        )
