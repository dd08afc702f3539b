"""`badak train`: a network for a set of images, trained before one's eyes and saved."""

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak.cli import artifacts
from badak.cli.confusion import print_held_out
from badak.cli.data import DataArgument, DataDir, hold_out, load
from badak.cli.models import described
from badak.cli.output import check_output
from badak.cli.preparation import preparation_for
from badak.cli.resuming import checkpoint_of, epochs_done, how_to_go_on, left_behind
from badak.cli.table_options import (
    HELD_OUT,
    ColumnKinds,
    HeldOut,
    Ignored,
    MissingTexts,
    TargetColumn,
    Task,
    refuse_table_options,
)
from badak.cli.terminal import make_console, print_facts
from badak.errors import DivergedError
from badak.tables.names import is_table

if TYPE_CHECKING:
    from badak.datasets import Dataset
    from badak.network.sequential import Sequential
    from badak.optimizers.base import Optimizer

LAYERS = "512-256"
BATCH_SIZE = 32
MANY_IMAGES = 10_000  # above this an epoch teaches so much that fewer of them do
EPOCHS, EPOCHS_OF_MANY = 30, 10

INTERRUPTED = 130  # the exit code that shells give to Ctrl-C


def _check_layers(layers: str | None) -> str | None:
    if layers is not None and not re.fullmatch(r"none|[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})*", layers):
        raise typer.BadParameter(
            f"{layers!r} is no list of units: give numbers from 1 to 99999 with dashes between, "
            "such as 100-50, or none"
        )
    return layers


def _check_share(share: float) -> float:
    if not 0.0 <= share < 1.0:
        raise typer.BadParameter(f"{share} is no share: give a number from 0 to below 1")
    return share


def train(
    data: DataArgument = "digits",
    layers: Annotated[
        str | None,
        typer.Option(
            callback=_check_layers,
            metavar="UNITS",
            show_default=f"{LAYERS}; 128-64 for a table",
            help="Units of each hidden layer, with dashes between; 'none' for no hidden layer.",
        ),
    ] = None,
    activation: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="What hidden units apply: relu, sigmoid, tanh, leaky_relu, ..."
        ),
    ] = "relu",
    dropout: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            callback=_check_share,
            help="Share of each hidden layer's units silenced at each step.",
        ),
    ] = 0.0,
    optimizer: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How weights are moved: adam, sgd, momentum, rmsprop, adamw, ...",
        ),
    ] = "adam",
    learning_rate: Annotated[
        float | None,
        typer.Option(metavar="RATE", show_default="the optimizer's own", help="Size of a step."),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            show_default=f"{BATCH_SIZE}, more for a large table; all for gradient_descent",
            help="Images or rows that make a step.",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            show_default=f"{EPOCHS}; {EPOCHS_OF_MANY} above {MANY_IMAGES:,} images; "
            "for a table at most 200, ended when the validation says so",
            help="Passes over the training images or rows.",
        ),
    ] = None,
    validation: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            callback=_check_share,
            help="Share of the training images or rows held back to watch each epoch with.",
        ),
    ] = 0.1,
    seed: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            help="Settles initial weights, order and noise; one seed, one model.",
        ),
    ] = 0,
    data_dir: DataDir = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", show_default="DATA.safetensors here", help="Where the model is saved."
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default="with --resume, OUT.checkpoint.safetensors",
            help="Where the state of training is kept after each epoch, at most once a second.",
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Keep a checkpoint, and go on from it where it is there from a run that stopped.",
        ),
    ] = False,
    pictures: Annotated[
        bool,
        typer.Option(
            "--pictures/--no-pictures",
            help="Draw curves, confusion and mistakes beside the model.",
        ),
    ] = True,
    target_column: TargetColumn = None,
    task: Task = "auto",
    columns: ColumnKinds = None,
    ignore: Ignored = None,
    missing: MissingTexts = None,
    held_out: HeldOut = HELD_OUT,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the result only, not the epochs.")
    ] = False,
) -> None:
    """Train a network on images, or on a table, and save it.

    It is tested on images held out from training: always the same, for any seed.
    Of a table it learns to predict the column --target, a number or a class; on
    rows held out it is compared with linear regression and the naive guess.
    Ctrl-C stops early; what is learnt by then is tested and saved all the same.
    Beside the model go the run's history, as CSV, and pictures of it.

    With --resume a run that was stopped or killed goes on when the same command
    is given again, and ends with the same model, to the bit. Its checkpoint is
    removed once the model is saved.

    Try: badak train
    Try: badak train mnist --layers 50-100 --activation sigmoid
    Try: badak train mnist --epochs 100 --resume
    Try: badak train houses.csv --target price
    """
    method = _make_optimizer(optimizer, learning_rate)
    if is_table(data):
        from badak.cli.train_table import TableRun, train_table

        train_table(
            TableRun(
                data=Path(data).expanduser(),
                target=target_column,
                task=task,
                columns=columns or [],
                ignore=ignore or [],
                missing=missing or [],
                held_out=held_out,
                units=None if layers is None else _units(layers),
                activation=activation,
                dropout=dropout,
                optimizer=method,
                batch_size=batch_size,
                epochs=epochs,
                validation=validation,
                seed=seed,
                out=out,
                checkpoint=checkpoint,
                resume=resume,
                pictures=pictures,
                quiet=quiet,
            )
        )
        return
    refuse_table_options(data, target_column, columns, ignore, missing, task, held_out)
    if batch_size is None and not method.full_batch:
        batch_size = BATCH_SIZE
    dataset = load(data, data_dir)
    target = out or Path(f"{dataset.name}.safetensors")
    check_output(target)
    artifacts.check_beside(target, pictures=pictures)
    keep = checkpoint or (checkpoint_of(target) if resume else None)
    done = 0 if keep is None else epochs_done(keep, target, resume)
    units = _units(layers or LAYERS)
    model = build(dataset, units, activation, dropout, seed)
    model.compile(method, "sparse_categorical_crossentropy", ["accuracy"])
    model.class_names = list(dataset.class_names)
    model.preparation = preparation_for(data, dataset).as_dict()
    learn, validate = hold_out(dataset.y_train, validation, seed)
    if epochs is None:
        epochs = EPOCHS_OF_MANY if len(learn) > MANY_IMAGES else EPOCHS

    console = make_console()
    if not quiet:
        facts = _facts(model, dataset, len(learn), len(validate), batch_size, epochs)
        if keep is not None:
            beginning = f"going on after epoch {done}" if done else "from the first epoch"
            facts["checkpoint"] = f"{os.fspath(keep)}, {beginning}"
        print_facts(console, facts)
        console.print()
    watched = (dataset.x_train[validate], dataset.y_train[validate]) if len(validate) else None
    try:
        history = model.fit(
            dataset.x_train[learn],
            dataset.y_train[learn],
            batch_size=batch_size,
            epochs=epochs,
            validation_data=watched,
            verbose=0 if quiet else 1,  # a bar on a terminal, lines elsewhere
            checkpoint=keep,
        )
    except DivergedError as error:
        raise DivergedError(f"{error} {left_behind(keep)}") from None
    model.save(target)
    table = artifacts.write_history(target, history)
    if history.interrupted:
        console.print(
            f"\nstopped by Ctrl-C after {len(history.epoch)} of {epochs} epochs"
            + how_to_go_on(keep, resume),
            soft_wrap=True,
        )
    elif keep is not None:
        keep.unlink(missing_ok=True)
    print_held_out(console, model, dataset.x_test, dataset.y_test, list(dataset.class_names))
    path = os.fspath(target)
    facts = {"saved": f"{path}, and its history in {os.fspath(table)}"}
    try:
        if pictures:
            drawn = artifacts.draw(target, model, history, dataset.x_test, dataset.y_test)
            facts["drawn"] = ", ".join(map(os.fspath, drawn))
    finally:
        facts["next"] = f"badak predict {shlex.quote(path)} image.png"
        print_facts(console, facts)
    if history.interrupted:
        raise typer.Exit(INTERRUPTED)


def build(
    dataset: "Dataset", units: list[int], activation: str, dropout: float, seed: int
) -> "Sequential":
    """Return a dense network for the data set's images as they are, ending in softmax."""
    from badak import Input, Sequential
    from badak.layers import Dense, Dropout, Flatten, Layer, Rescaling

    stack: list[Layer] = [
        Input(dataset.x_train.shape[1:]),
        Rescaling(1.0 / dataset.maximum),
        Flatten(),
    ]
    for count in units:
        stack.append(Dense(count, activation))
        if dropout:
            stack.append(Dropout(dropout))
    stack.append(Dense(len(dataset.class_names), "softmax"))
    return Sequential(stack, name=dataset.name, seed=seed)


def _units(layers: str) -> list[int]:
    """Return the units of each hidden layer.

    >>> _units("100-50"), _units("none")
    ([100, 50], [])
    """
    return [] if layers == "none" else [int(count) for count in layers.split("-")]


def _make_optimizer(name: str, learning_rate: float | None) -> "Optimizer":
    from badak import optimizers

    optimizer = optimizers.get(name)
    if learning_rate is not None:
        optimizer.learning_rate = learning_rate
    return optimizer


def _facts(
    model: "Sequential",
    dataset: "Dataset",
    learn: int,
    validate: int,
    batch_size: int | None,
    epochs: int,
) -> dict[str, str]:
    batches = "all images at once" if batch_size is None else f"batches of {batch_size}"
    return {
        "data": f"{dataset.name}: {learn:,} images to train on, {validate:,} to validate, "
        f"{len(dataset.x_test):,} held out",
        "network": f"{_drawn(model)}, {model.count_params():,} weights",
        "training": f"{described(model.optimizer)}, {epochs} epochs, {batches}, seed {model.seed}",
    }


def _drawn(model: "Sequential") -> str:
    from badak import activations
    from badak.layers import Dense

    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    pixels = "x".join(map(str, model.input_shape or ()))
    steps = [f"{layer.units} {activations.get(layer.activation).name}" for layer in dense]
    return " → ".join([pixels, *steps])
