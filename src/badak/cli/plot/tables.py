"""`badak plot importance`, `dependence` and `contributions`: pictures of a model of a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common.looks import SHOWN
from badak.cli.models import ModelArgument
from badak.cli.plot.options import Look, with_look
from badak.cli.tables.explaining import (
    BaselineOption,
    Class,
    Columns,
    Explaining,
    Repeats,
    Seed,
    TableArgument,
    load_for_tables,
)
from badak.cli.tables.options import Encoding
from badak.cli.tables.predict import print_findings
from badak.tables.defaults import BASELINES, REPEATS

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.tables.columns import Findings


@contextmanager
def _asked(model: Path) -> "Iterator[tuple[Sequential, Findings]]":
    """Give the network to ask, and what counts findings, which are told behind the asking."""
    network = load_for_tables(model)
    from badak.tables.columns import Findings

    findings = Findings()
    yield network, findings
    print_findings(findings)


@with_look
def importance(
    look: Look,
    model: ModelArgument,
    table: TableArgument,
    repeats: Repeats = REPEATS,
    columns: Columns = SHOWN,
    seed: Seed = 0,
    encoding: Encoding = None,
) -> None:
    """Draw how much each column of a table matters to a model.

    Try: badak plot importance houses.safetensors houses.csv
    """
    from badak import pictures

    with look.picture(f"{model.stem}.importance") as options:
        asked = Explaining(repeats=repeats, columns=columns, seed=seed, encoding=encoding)
        with _asked(model) as (network, findings):
            told = asked.table(network, table.expanduser(), findings)
        pictures.importance(told, **options)


@with_look
def dependence(
    look: Look,
    model: ModelArgument,
    table: TableArgument,
    target: Class = None,
    columns: Columns = SHOWN,
    seed: Seed = 0,
    encoding: Encoding = None,
) -> None:
    """Draw what each column of a table does to a model's answer.

    Try: badak plot dependence houses.safetensors houses.csv
    """
    from badak import pictures

    with look.picture(f"{model.stem}.dependence") as options:
        asked = Explaining(target, columns=columns, seed=seed, encoding=encoding)
        with _asked(model) as (network, findings):
            told = asked.table(network, table.expanduser(), findings)
        pictures.dependence(told, **options)


@with_look
def contributions(
    look: Look,
    model: ModelArgument,
    table: TableArgument,
    row: Annotated[int, typer.Option(metavar="N", min=1, help="The row, the first being 1.")] = 1,
    target: Class = None,
    baseline: BaselineOption = BASELINES[0],
    columns: Columns = SHOWN,
    seed: Seed = 0,
    encoding: Encoding = None,
) -> None:
    """Draw what each column adds to the answer to a row of a table.

    Try: badak plot contributions houses.safetensors houses.csv --row 17
    """
    from badak import pictures

    with look.picture(f"{model.stem}.row{row}") as options:
        asked = Explaining(target, baseline=baseline, columns=columns, seed=seed, encoding=encoding)
        with _asked(model) as (network, findings):
            [told] = asked.rows(network, table.expanduser(), [row], findings)
        pictures.contributions(told, **options)
