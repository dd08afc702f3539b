"""`badak explain model.safetensors data.csv`: which columns matter, and what each does."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common import display
from badak._common.language import message
from badak.cli.errors import UsageError
from badak.cli.plot.options import target_of
from badak.cli.tables.explaining import Explaining, load_for_tables
from badak.cli.tables.predict import print_findings
from badak.cli.terminal import make_console, print_facts, print_json

if TYPE_CHECKING:
    from badak.diagnostics.row_explanation import RowExplanation
    from badak.diagnostics.table_explanation import TableExplanation


def explain_table(
    model: Path | None,
    tables: list[Path],
    rows: list[int],
    options: Explaining,
    *,
    out: Path | None,
    theme: str,
    language: str,
    as_json: bool,
) -> None:
    """Print what a model sees in a table, or, of some rows, how each answer comes about.

    With `out` it is drawn as well.
    """
    if model is None or len(tables) > 1:
        raise UsageError(message("A table is explained with its model: give MODEL and one table."))
    if out is None and theme != "light":
        raise UsageError(message("--theme is for figures: give --out FILE, too."))
    if rows and "--repeats" in options.given:
        raise UsageError(message("--repeats is for columns, which --row leaves out."))
    if "--baseline" in options.given and not rows:
        raise UsageError(message("--baseline is for the answer to a row: give --row N, too."))
    if out is not None:
        target_of(out, "")
    network = load_for_tables(model)
    from badak.tables.columns import Findings

    findings, table = Findings(), tables[0].expanduser()
    told: list[TableExplanation | RowExplanation] = []
    if rows:
        told += options.rows(network, table, rows, findings)
    else:
        told.append(options.table(network, table, findings))
    figures = [
        [] if out is None else _drawn(each, out, len(told), theme, language) for each in told
    ]
    if as_json:
        print_json(
            [
                each.to_dict() | ({"figures": list(map(os.fspath, drawn))} if drawn else {})
                for each, drawn in zip(told, figures, strict=True)
            ]
        )
    else:
        _print(told, figures)
    print_findings(findings)


def _print(told: "list[TableExplanation | RowExplanation]", figures: list[list[Path]]) -> None:
    console = make_console()
    for place, (each, drawn) in enumerate(zip(told, figures, strict=True)):
        if place:
            console.print()
        for index, view in enumerate(each.views):
            if index:
                console.print()
            console.print(display.as_rich(view))
        if drawn:
            console.print()
            print_facts(console, {"figure": ", ".join(map(os.fspath, drawn))})


def _drawn(
    each: "TableExplanation | RowExplanation", out: Path, count: int, theme: str, language: str
) -> list[Path]:
    """Draw what was told; return where it is.

    Several figures have names of their own: that of `out` with what each shows before the ending.
    """
    from badak import pictures
    from badak.diagnostics.row_explanation import RowExplanation

    if isinstance(each, RowExplanation):
        figure = out if count == 1 else _named(out, str(each.row))
        pictures.contributions(each, theme=theme, language=language, save=figure)
        return [figure]
    figure = out
    figures = []
    if each.importances:
        figure = _named(out, "dependence")
        figures.append(_named(out, "importance"))
        pictures.importance(each, theme=theme, language=language, save=figures[0])
    pictures.dependence(each, theme=theme, language=language, save=figure)
    return [*figures, figure]


def _named(out: Path, what: str) -> Path:
    return out.with_name(f"{out.stem}.{what}{out.suffix}")
