"""`badak train`: train a network on an image dataset or a table, and save it."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from badak._common.colours import COLOURS
from badak._common.language import message
from badak.cli.data import DataArgument, DataDir
from badak.cli.folders import (
    FOLDERS,
    SkipUnreadable,
    colour_of,
    refuse_picture_options,
    shape_of,
)
from badak.cli.tables.options import (
    Balanced,
    ColumnKinds,
    DateOrders,
    EffortName,
    Encoding,
    Group,
    HeldOut,
    Ignored,
    Metric,
    MissingTexts,
    TableOptions,
    TargetColumn,
    Task,
    Threshold,
    Time,
    TimeLimit,
    Trees,
)
from badak.cli.training import Job, check, run
from badak.recipes.options import (
    HELD_OUT,
    IMAGE_BATCH_SIZE,
    IMAGE_EPOCHS,
    IMAGE_EPOCHS_OF_MANY,
    IMAGE_UNITS,
    MANY_IMAGES,
    ImageTraining,
    Training,
)
from badak.tables.defaults import EPOCHS, TASKS
from badak.tables.names import is_table, refuse_workbook


def _in_words(units: tuple[int, ...]) -> str:
    return "-".join(map(str, units))


def _check_layers(layers: str | None) -> str | None:
    if layers is not None and not re.fullmatch(r"none|[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})*", layers):
        raise typer.BadParameter(
            message(
                "{layers!r} is no list of units: give numbers from 1 to 99999 with dashes "
                "between, such as 100-50, or none",
                layers=layers,
            )
        )
    return layers


def _check_share(share: float) -> float:
    if not 0.0 <= share < 1.0:
        raise typer.BadParameter(
            message("{share} is no share: give a number from 0 to below 1", share=share)
        )
    return share


def train(
    data: DataArgument = "digits",
    layers: Annotated[
        str | None,
        typer.Option(
            callback=_check_layers,
            metavar="UNITS",
            show_default=f"{_in_words(IMAGE_UNITS)}; for a table those of --effort",
            help="Units of each hidden layer, with dashes between; 'none' for no hidden layer.",
        ),
    ] = None,
    activation: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Activation of the hidden units: relu, sigmoid, tanh, leaky_relu, ...",
        ),
    ] = "relu",
    dropout: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            callback=_check_share,
            help="Share of each hidden layer's outputs set to zero at each step.",
        ),
    ] = 0.0,
    optimizer: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How weights are updated: adam, sgd, momentum, rmsprop, adamw, ...",
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
            show_default=f"{IMAGE_BATCH_SIZE}, more for a large table; all for gradient_descent",
            help="Images or rows per step.",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            show_default=f"{IMAGE_EPOCHS}; {IMAGE_EPOCHS_OF_MANY} above {MANY_IMAGES:,} images; "
            f"for a table at most {EPOCHS}, ended early by the validation loss",
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
            help="Sets initial weights, order and noise: the same seed gives the same model.",
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
            help="Draw curves, confusion and mistakes as pictures next to the model.",
        ),
    ] = True,
    size: Annotated[
        str | None,
        typer.Option(
            metavar="WxH",
            show_default="the middle of the files' own, at most 64 a side",
            help="Width and height in pixels that pictures of a folder are brought to: 64x48, or "
            "64 for both.",
            rich_help_panel=FOLDERS,
        ),
    ] = None,
    colour: Annotated[
        str | None,
        typer.Option(
            "--colour",
            "--color",
            metavar="|".join(COLOURS),
            show_default="rgb where one picture in twenty has colour",
            help="What pictures of a folder are learnt in.",
            rich_help_panel=FOLDERS,
        ),
    ] = None,
    skip_unreadable: SkipUnreadable = False,
    target_column: TargetColumn = None,
    task: Task = TASKS[0],
    columns: ColumnKinds = None,
    ignore: Ignored = None,
    missing: MissingTexts = None,
    dates: DateOrders = None,
    encoding: Encoding = None,
    held_out: HeldOut = HELD_OUT,
    group: Group = None,
    time: Time = None,
    effort: EffortName = None,
    time_limit: TimeLimit = None,
    trees: Trees = True,
    metric: Metric = None,
    balanced: Balanced = False,
    threshold: Threshold = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the result only, not the epochs.")
    ] = False,
) -> None:
    """Train a network on images, or on a table, and save it.

    It is tested on held-out images, the same ones for every seed.
    On a table it learns to predict the column --target, a number or a class, and
    is compared on held-out rows with linear regression, trees and the naive guess.
    It is made of several networks there, as --effort says, unless options such as
    --layers describe one.
    Pictures of a folder, a sub-folder for each class, are brought to one size, in
    grey or colour; the weights of the epoch that is best on images held back are kept.
    Ctrl-C stops early; the network is tested and saved as it is by then.
    The run's history, as CSV, and pictures are saved next to the model.

    With --resume a run that was stopped or killed goes on when the same command
    is given again, and ends with the same model, to the bit. Its checkpoint is
    removed once the model is saved.

    Try: badak train
    Try: badak train mnist --layers 50-100 --activation sigmoid
    Try: badak train mnist --epochs 100 --resume
    Try: badak train my_pictures/ --size 64x48
    Try: badak train houses.csv --target price
    Try: badak train houses.csv --target price --effort best --time-limit 60
    """
    common = Training(
        units=None if layers is None else _units(layers),
        activation=activation,
        dropout=dropout,
        optimizer=optimizer,
        learning_rate=learning_rate,
        batch_size=batch_size,
        epochs=epochs,
        validation=validation,
        seed=seed,
        out=out,
        checkpoint=checkpoint,
        resume=resume,
    )
    table = TableOptions(
        target_column,
        task,
        columns,
        ignore,
        missing,
        dates,
        encoding,
        held_out,
        group,
        time,
        effort,
        time_limit,
        trees,
        metric,
        balanced,
        threshold,
    )
    job: Job[Any]
    if is_table(data):
        from badak.cli.tables.train import job_of

        refuse_picture_options(data, size, colour, skip_unreadable)
        job = job_of(Path(data).expanduser(), common, table)
    else:
        refuse_workbook(data)
        table.refuse(data)
        options = ImageTraining(
            data,
            data_dir=data_dir,
            size=shape_of(size),
            colour=colour_of(colour),
            skip_unreadable=skip_unreadable,
            **vars(common),
        )
        job = _image_job(options)
    check(job.options, pictures=pictures)
    run(job, pictures=pictures, quiet=quiet)


def _image_job(options: ImageTraining) -> Job[Any]:
    from badak.cli.images import ImageJob
    from badak.recipes import images

    dataset = images.load_for(options)
    out = options.out_path or Path(f"{dataset.name}.safetensors")
    return ImageJob(replace(options, out=out), dataset)


def _units(layers: str) -> list[int]:
    """Return the units of each hidden layer.

    >>> _units("100-50"), _units("none")
    ([100, 50], [])
    """
    return [] if layers == "none" else [int(count) for count in layers.split("-")]
