"""The `badak` command: networks trained, asked and looked into from the shell.

A file a sub-command. Nothing heavy is imported before a command runs, so that help is quick.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from badak.cli.errors import ReportingGroup
from badak.cli.evaluate import evaluate
from badak.cli.info import info
from badak.cli.predict import predict
from badak.cli.train import train

app = typer.Typer(
    cls=ReportingGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,  # a fault of the program keeps its plain traceback
)
for _command in (train, evaluate, predict, info):
    app.command()(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with these arguments, by default the process's; ends in SystemExit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show is no end
    app(arguments, prog_name="badak")


def _print_version(wanted: bool) -> None:
    if wanted:
        from badak import __version__

        print(f"badak {__version__}")
        raise typer.Exit


@app.callback()
def _badak(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Neural networks that you can see through, fast on an ordinary CPU."""
