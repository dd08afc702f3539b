"""The sub-commands of `badak plot`."""

from collections.abc import Callable

import typer

from badak.cli.help import Language
from badak.cli.plot import formulas, networks, results, tables

plot = typer.Typer(invoke_without_command=True)


@plot.callback()
def _plot(context: typer.Context, language: Language = None) -> None:
    """Draw formulas, networks, training and answers as PNG, SVG or PDF.

    Try: badak plot activation relu sigmoid step
    """
    if context.invoked_subcommand is None:
        print(context.get_help())


COMMANDS: tuple[Callable[..., None], ...] = (
    formulas.activation,
    formulas.loss,
    networks.network,
    results.history,
    results.confusion,
    results.misclassified,
    tables.importance,
    tables.dependence,
    tables.contributions,
    networks.weights,
    networks.layers,
    networks.boundary,
    formulas.valley,
    results.images,
)
for _command in COMMANDS:
    plot.command()(_command)
