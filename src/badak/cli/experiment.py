"""`badak experiment`: run the experiments that test the statements of the lecture notes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common.files import reason_of
from badak._common.language import message
from badak.cli.choices import TextsLanguage
from badak.cli.data import DataDir
from badak.cli.errors import UsageError
from badak.cli.terminal import make_console, print_facts
from badak.cli.training import INTERRUPTED
from badak.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from badak import experiments

PAGE, NUMBERS = "experiments.html", "experiments.json"


def experiment(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Names or numbers of experiments, or 'all'; none lists them.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help=f"A folder to write {PAGE}, one page with the figures, and {NUMBERS} to.",
            show_default=False,
        ),
    ] = None,
    language: TextsLanguage = "",
    data: Annotated[
        str, typer.Option(metavar="DATA", help="The images that are learnt from, such as mnist.")
    ] = "digits",
    data_dir: DataDir = None,
    book_weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The book's sample_weight.pkl, for the experiment with its network.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Settles all that is random.")] = 0,
) -> None:
    """Run the statements of the notes, and see whether they hold.

    Try: badak experiment
    Try: badak experiment softmax dying-relu
    Try: badak experiment all --out report --language ko
    """
    from badak import experiments
    from badak.experiments import terminal

    console = make_console()
    if not names:
        terminal.print_list(console, list(experiments.every()), language)
        return
    chosen = _chosen(names)
    if book_weights is not None and not book_weights.is_file():
        raise InputError(
            message(
                "there is no file {book_weights}: give --book-weights sample_weight.pkl",
                book_weights=book_weights,
            )
        )
    if out is not None:
        _make_folder(out)
    setting = experiments.Setting(seed, data, data_dir, book_weights)
    outcomes: list[experiments.Outcome] = []
    try:
        for place, one in enumerate(chosen, 1):
            of = message("{place} of {count}", place=place, count=len(chosen))
            several = len(chosen) > 1
            with console.status(f"{of}: {one.title.to(language)}" if several else of):
                outcomes.append(experiments.try_out(one, setting))
            if place > 1:
                console.print()
            if several:
                left = message("{left} left", left=len(chosen) - place)
                console.print(f"{of}, {left}", style="dim")
            terminal.print_outcome(console, outcomes[-1], language)
    except KeyboardInterrupt:
        console.print()
        stopped = message(
            "stopped by Ctrl-C after {done} of {count}; what is done is kept",
            done=len(outcomes),
            count=len(chosen),
        )
        console.print(stopped, soft_wrap=True)
    if len(outcomes) > 1:
        console.print()
        terminal.print_overview(console, outcomes, language)
    _print_end(console, outcomes, chosen, names, out, setting, language)
    if len(outcomes) < len(chosen):
        raise typer.Exit(INTERRUPTED)


def _print_end(
    console: "Console",
    outcomes: "list[experiments.Outcome]",
    chosen: "list[experiments.Experiment]",
    names: list[str],
    out: Path | None,
    setting: "experiments.Setting",
    language: str,
) -> None:
    """Write the page of what is done; print where it is, or how to get it, and what is left."""
    facts = {}
    if outcomes and out is not None:
        written = _write(out, outcomes, setting, language)
        facts["written"] = ", ".join(map(os.fspath, written))
    elif outcomes and len(outcomes) == len(chosen):
        asked = names if names == ["all"] else [one.name for one in chosen]
        again = " ".join(["badak experiment", *asked])
        facts["figures"] = message("{again} --out FOLDER writes a page with them", again=again)
    if left := [one.name for one in chosen[len(outcomes) :]]:
        facts["next"] = " ".join(["badak experiment", *left])
    if facts:
        console.print()
        print_facts(console, facts)


def _chosen(names: list[str]) -> "list[experiments.Experiment]":
    from badak import experiments

    if names == ["all"]:
        return list(experiments.every())
    if "all" in names:
        raise UsageError(message("'all' runs every experiment: give no other name with it."))
    found = {one.name: one for one in map(experiments.get, names)}
    return list(found.values())


def _make_folder(out: Path) -> None:
    """Make the folder that is written to at the end, so that no run is lost for want of it."""
    if out.exists() and not out.is_dir():
        raise InputError(message("{out} is a file: give --out the name of a folder", out=out))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            message(
                "the folder {out} cannot be made ({strerror}): give --out another",
                out=out,
                strerror=reason_of(error),
            )
        ) from None
    if not os.access(out, os.W_OK):
        raise InputError(message("{out} cannot be written to: give --out another folder", out=out))


def _write(
    out: Path,
    outcomes: "list[experiments.Outcome]",
    setting: "experiments.Setting",
    language: str,
) -> list[Path]:
    from badak._common.files import write_whole
    from badak.experiments import report

    texts = {
        PAGE: report.page(outcomes, setting, language),
        NUMBERS: report.measured(outcomes, setting),
    }
    for name, text in texts.items():
        write_whole(out / name, text.encode())
    return [out / name for name in texts]
