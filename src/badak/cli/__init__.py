"""The `badak` command: train, test, query and explain networks from the shell.

Each sub-command has its file. Heavy imports wait until a command runs, so that help is quick.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from badak._common.language import message
from badak.cli.doctor import doctor
from badak.cli.errors import ReportingGroup, UsageError, report
from badak.cli.evaluate import evaluate
from badak.cli.experiment import experiment
from badak.cli.explain import explain
from badak.cli.export import export
from badak.cli.help import Language, choose_language, translate, with_language
from badak.cli.import_ import import_model
from badak.cli.info import info
from badak.cli.lab import lab
from badak.cli.plot.app import plot
from badak.cli.predict import predict
from badak.cli.reporting import report as report_table
from badak.cli.train import train
from badak.cli.usage import usage_sentence

WRONG_USAGE = 2  # the exit code, as that of other commands

app = typer.Typer(
    cls=ReportingGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,  # a fault of the program keeps its plain traceback
)
for _command in (train, evaluate, predict, explain, info, lab, experiment, doctor):
    app.command()(with_language(_command))
app.command()(with_language(export))
app.command("report")(with_language(report_table))
app.command("import")(with_language(import_model))
app.add_typer(plot, name="plot")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with these arguments, by default the process's; ends in SystemExit.

    The exit code is 0, 1 for an error, 2 for a wrong command line, 130 after Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # names that the terminal cannot show must not raise
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        choose_language(given)
        command = typer.main.get_command(app)
        translate(command)
        code = command(given or ["--help"], prog_name="badak", standalone_mode=False)
    except UsageError as error:
        report(usage_sentence(error, given))
        code = WRONG_USAGE
    sys.exit(code or 0)


def _print_version(wanted: bool) -> None:
    if wanted:
        from badak import __version__

        print(message("badak {version}", version=__version__))
        raise typer.Exit


@app.callback()
def _badak(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
    language: Language = None,
) -> None:
    """Neural networks that you can see through, fast on an ordinary CPU."""
