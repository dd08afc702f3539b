"""A run of `badak train` on any kind of data: run the recipe, print its reports, exit."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import typer

from badak._common.language import counted, message, translated
from badak.cli.artifacts import check_pictures
from badak.cli.models import described
from badak.cli.resuming import how_to_go_on, left_behind
from badak.cli.terminal import Facts, make_console, print_facts
from badak.errors import DivergedError
from badak.recipes.files import COMMAND, HISTORY, check_files
from badak.recipes.options import Training

if TYPE_CHECKING:
    from rich.console import Console

    from badak.network.sequential import Sequential
    from badak.recipes.events import BagStarted, Event, OnEvent, Started
    from badak.recipes.result import Trained
    from badak.tables.efforts import NetworkTrained

LINES = 20  # printed of a bag's networks at most, and of the first and the last
INTERRUPTED = 130  # the exit code that shells give to Ctrl-C
LARGE = 100 * 2**20  # bytes of a file that takes a while to read

Result = TypeVar("Result", bound="Trained")


class Job(Generic[Result]):
    """One kind of data: its recipe, and how its facts, scores and pictures are shown."""

    options: Training
    asked_for: ClassVar[str]
    """What `badak predict` takes for such a model."""

    def train(self, on_event: "OnEvent | None", *, quiet: bool) -> Result:
        """Run the recipe; unless quiet, show the epochs."""
        raise NotImplementedError

    def facts(self, started: "Started | BagStarted") -> Facts:
        """Return what is printed before training, by its names."""
        raise NotImplementedError

    def epochs_done(self, result: Result) -> str:
        """Return how far a run is that was stopped."""
        raise NotImplementedError

    def print_scores(self, console: "Console", result: Result) -> None:
        """Print how good the network is on what was held out."""
        raise NotImplementedError

    def draw(self, model: Path, result: Result) -> list[Path]:
        """Draw pictures beside the model; return their files."""
        raise NotImplementedError


def check(options: Training, *, pictures: bool) -> None:
    """Raise InputError or OSError, before any work, where a file could not be written."""
    check_files(options, COMMAND)
    if pictures and options.out_path is not None:
        check_pictures(options.out_path)


def run(job: Job[Result], *, pictures: bool, quiet: bool) -> None:
    """Train, print and draw; ends in an exit code of its own if Ctrl-C stopped the training."""
    options, console = job.options, make_console()
    assert options.out_path is not None
    try:
        result = job.train(None if quiet else _printer(console, job), quiet=quiet)
    except DivergedError as error:
        raise DivergedError(f"{error} {left_behind(options.checkpoint_path)}") from None
    if result.interrupted:
        again = how_to_go_on(options.checkpoint_path, options.resume)
        done = job.epochs_done(result) if result.history.epoch else _batches_done(result)
        stopped = message("\nstopped by Ctrl-C after {done}{again}", done=done, again=again)
        console.print(stopped, soft_wrap=True)
    job.print_scores(console, result)
    _finish(console, job, result, options.out_path, pictures=pictures)
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)


def _batches_done(result: "Trained") -> str:
    """Return how far a run is that was stopped in its first epoch."""
    return counted(
        "{count} batch of the first of {epochs} epochs",
        "{count} batches of the first of {epochs} epochs",
        result.model.step,
        epochs=result.epochs,
    )


def _finish(
    console: "Console", job: Job[Result], result: Result, out: Path, *, pictures: bool
) -> None:
    """Draw, and print where everything is; also where a picture could not be drawn."""
    path = os.fspath(out)
    history = os.fspath(out.with_suffix(HISTORY))
    facts = {"saved": message("{file}, and its history in {history}", file=path, history=history)}
    try:
        if pictures and (drawn := job.draw(out, result)):
            facts["drawn"] = ", ".join(map(os.fspath, drawn))
    finally:
        facts["next"] = f"badak predict {shlex.quote(path)} {job.asked_for}"
        print_facts(console, facts)


def _printer(console: "Console", job: Job[Result]) -> "Callable[[Event], None]":
    from badak.recipes.events import BagStarted, Reading, Started
    from badak.tables.efforts import NetworkTrained

    def on_event(event: "Event") -> None:
        match event:
            case Reading(size=size) if size > LARGE:
                console.print(
                    message("reading {size:,.0f} MB three times", size=size / 2**20), style="dim"
                )
            case NetworkTrained(number=number, count=count):
                if number in (1, count) or number % max(1, -(-count // LINES)) == 0:
                    console.print(_trained(event), highlight=False)
            case Started() | BagStarted():
                print_facts(console, {**job.facts(event), **_checkpoint(job.options, event)})
                console.print()

    return on_event


def _trained(event: "NetworkTrained") -> str:
    said = message(
        "network {number} of {count}, {kind}: {epochs} epochs",
        number=event.number,
        count=event.count,
        kind=translated(event.kind),
        epochs=event.epochs,
    )
    if event.best is not None:
        said += message(
            ", {watched} {best:.4g} on the rows left out",
            watched=translated(event.watched),
            best=event.best,
        )
    return said


def _checkpoint(options: Training, started: "Started | BagStarted") -> dict[str, str]:
    from badak.recipes.events import BagStarted

    if options.checkpoint_path is None:
        return {}
    if isinstance(started, BagStarted):
        beginning = (
            counted(
                "going on with {count} network that has begun",
                "going on with {count} networks that have begun",
                started.begun,
            )
            if started.begun
            else message("a file for each network, from the first epoch")
        )
        return {"checkpoint": f"{os.fspath(options.checkpoint_path)}, {beginning}"}
    done = started.first_epoch
    beginning = (
        message("going on after epoch {done}", done=done)
        if done
        else message("from the first epoch")
    )
    return {"checkpoint": f"{os.fspath(options.checkpoint_path)}, {beginning}"}


def facts_of_training(started: "Started", epochs: str, at_once: str) -> dict[str, str]:
    """Return the network and how it is trained, in words.

    `at_once` is said where a step takes all samples.
    """
    model, size = started.model, started.batch_size
    return {
        "network": message(
            "{network}, {weights:,} weights", network=_drawn(model), weights=model.count_params()
        ),
        "training": message(
            "{optimizer}, {epochs}, {batches}, seed {seed}",
            optimizer=described(model.optimizer),
            epochs=epochs,
            batches=at_once if size is None else message("batches of {size}", size=size),
            seed=model.seed,
        ),
    }


def _drawn(model: "Sequential") -> str:
    """Return the shape of the input and the dense layers: "8x8 → 10 softmax"."""
    from badak import activations
    from badak.layers import Dense

    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    sizes = "x".join(map(str, model.input_shape or ()))
    steps = [f"{layer.units} {activations.get(layer.activation).name}" for layer in dense]
    return " → ".join([sizes, *steps])
