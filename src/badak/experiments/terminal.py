"""Printing experiments in a terminal."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from badak.experiments.base import Experiment, Outcome, Table, Verdict, Words
from badak.experiments.registry import number_of
from badak.experiments.report import METHOD, RESULT, STATEMENT, VERDICT, WHY, cell_text

STYLES = {Verdict.HOLDS: "bold green", Verdict.IN_PART: "bold yellow", Verdict.FAILS: "bold red"}
NAME = Words("name", "이름")
GAP = 2  # characters between columns


def print_list(console: Console, experiments: Sequence[Experiment], language: str) -> None:
    """Print the number, name and statement of each experiment."""
    grid = _grid("", NAME.to(language), STATEMENT.to(language))
    for experiment in experiments:
        grid.add_row(str(number_of(experiment)), experiment.name, experiment.claim.to(language))
    console.print(grid)


def print_outcome(console: Console, outcome: Outcome, language: str) -> None:
    """Print one experiment: the statement, the method, the result and the reason."""
    experiment, findings = outcome.experiment, outcome.findings
    title = f"{number_of(experiment)}. {experiment.title.to(language)}"
    console.print(Text(title, style="bold underline"))
    console.print(Text(f"“{experiment.claim.to(language)}”", style="italic"))
    console.print(Text(experiment.source.to(language), style="dim"))
    _print_part(console, METHOD.to(language), experiment.method.to(language))
    if findings is not None:
        for table in findings.tables:
            console.print()
            _print_table(console, table, language)
    console.print()
    verdict = (outcome.verdict.to(language), _style(outcome))
    console.print(Text.assemble(verdict, ": ", outcome.result.to(language)))
    if findings is not None:
        _print_part(console, WHY.to(language), findings.why.to(language))


def print_overview(console: Console, outcomes: Sequence[Outcome], language: str) -> None:
    """Print a line for each experiment."""
    heads = (words.to(language) for words in (STATEMENT, VERDICT, RESULT))
    grid = _grid("", *heads)
    for outcome in outcomes:
        grid.add_row(
            str(number_of(outcome.experiment)),
            outcome.experiment.title.to(language),
            Text(outcome.verdict.to(language), style=_style(outcome)),
            outcome.result.to(language),
        )
    console.print(grid)


def _print_part(console: Console, heading: str, text: str) -> None:
    console.print()
    console.print(Text(heading, style="dim"))
    console.print(Text(text))


def _print_table(console: Console, table: Table, language: str) -> None:
    if table.caption:
        console.print(Text(table.caption.to(language), style="dim"))
    grid = _grid(*(words.to(language) for words in table.headings))
    for row in table.rows:
        grid.add_row(*(cell_text(cell, language) for cell in row))
    _fit(grid, console.width)
    console.print(grid)


def _fit(grid: Grid, width: int) -> None:
    """Make no column narrower than its longest word if the terminal has room."""
    texts = [[str(column.header), *map(str, column.cells)] for column in grid.columns]
    longest = [
        max(cell_len(word) for text in column for word in text.split(" ")) for column in texts
    ]
    wanted = [max(map(cell_len, column)) for column in texts]
    spare = width - sum(longest) - GAP * len(longest)
    if spare < 0:
        return
    for column, least, most in zip(grid.columns, longest, wanted, strict=True):
        column.width = min(most, least + spare)
        spare -= column.width - least


def _grid(*headings: str) -> Grid:
    grid = Grid(box=None, padding=(0, GAP, 0, 0), header_style="dim")
    for heading in headings:
        grid.add_column(heading, overflow="fold")
    return grid


def _style(outcome: Outcome) -> str:
    return STYLES[outcome.findings.verdict] if outcome.findings else "dim"
