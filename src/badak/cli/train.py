"""`badak train`: a network for a set of images, trained before one's eyes and saved."""

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak.cli.confusion import print_held_out
from badak.cli.data import DataArgument, DataDir, hold_out, load
from badak.cli.models import described
from badak.cli.output import check_output
from badak.cli.preparation import preparation_for
from badak.cli.terminal import make_console, print_facts
from badak.errors import DivergedError, InputError

if TYPE_CHECKING:
    from badak.datasets import Dataset
    from badak.optimizers.base import Optimizer
    from badak.sequential import Sequential

BATCH_SIZE = 32
MANY_IMAGES = 10_000  # above this an epoch teaches so much that fewer of them do
EPOCHS, EPOCHS_OF_MANY = 30, 10

INTERRUPTED = 130  # the exit code that shells give to Ctrl-C


def _check_layers(layers: str) -> str:
    if not re.fullmatch(r"none|[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})*", layers):
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
        str,
        typer.Option(
            callback=_check_layers,
            metavar="UNITS",
            help="Units of each hidden layer, with dashes between; 'none' for no hidden layer.",
        ),
    ] = "512-256",
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
            show_default=f"{BATCH_SIZE}; all for gradient_descent",
            help="Images that make a step.",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            show_default=f"{EPOCHS}; {EPOCHS_OF_MANY} above {MANY_IMAGES:,} images",
            help="Passes over the training images.",
        ),
    ] = None,
    validation: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            callback=_check_share,
            help="Share of the training images held back to watch each epoch with.",
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
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the result only, not the epochs.")
    ] = False,
) -> None:
    """Train a network on images and save it.

    It is tested on images held out from training: always the same, for any seed.
    Ctrl-C stops early; what is learnt by then is tested and saved all the same.

    With --resume a run that was stopped or killed goes on when the same command
    is given again, and ends with the same model, to the bit. Its checkpoint is
    removed once the model is saved.

    Try: badak train
    Try: badak train mnist --layers 50-100 --activation sigmoid
    Try: badak train mnist --epochs 100 --resume
    """
    method = _make_optimizer(optimizer, learning_rate)
    if batch_size is None and not method.full_batch:
        batch_size = BATCH_SIZE
    dataset = load(data, data_dir)
    target = out or Path(f"{dataset.name}.safetensors")
    check_output(target)
    keep = checkpoint or (_checkpoint_of(target) if resume else None)
    done = 0 if keep is None else _epochs_done(keep, target, resume)
    units = [] if layers == "none" else [int(count) for count in layers.split("-")]
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
        raise DivergedError(f"{error} {_left_behind(keep)}") from None
    model.save(target)
    if history.interrupted:
        console.print(
            f"\nstopped by Ctrl-C after {len(history.epoch)} of {epochs} epochs"
            + _how_to_go_on(keep, resume),
            soft_wrap=True,
        )
    elif keep is not None:
        keep.unlink(missing_ok=True)
    print_held_out(console, model, dataset.x_test, dataset.y_test, list(dataset.class_names))
    path = os.fspath(target)
    print_facts(console, {"saved": path, "next": f"badak predict {shlex.quote(path)} image.png"})
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


def _checkpoint_of(target: Path) -> Path:
    """Return the name of a model's checkpoint: that of "m.safetensors" lies beside it."""
    return target.with_suffix(f".checkpoint{target.suffix}")


def _epochs_done(keep: Path, target: Path, resume: bool) -> int:
    """Return how far the checkpoint is, 0 where there is none; or say what stands against it."""
    from badak.training import checkpoint

    if os.path.realpath(keep) == os.path.realpath(target):
        raise InputError(f"{keep} is both --checkpoint and --out: give one of them another name")
    checkpoint.check_place(keep)
    if not keep.exists():
        return 0
    done = checkpoint.read(keep).next_epoch
    if not resume:
        raise InputError(
            f"{keep} is there from a run that stopped after epoch {done}: add --resume to go on "
            "with it, or remove the file to begin anew"
        )
    return done


def _how_to_go_on(keep: Path | None, resume: bool) -> str:
    if keep is None or not keep.exists():
        return ""
    return "; go on with the same command" + ("" if resume else " and --resume")


def _left_behind(keep: Path | None) -> str:
    if keep is None or not keep.exists():
        return "Nothing is saved."
    return f"The model is not saved; remove {keep} to begin anew."


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
