"""`badak plot history`, `confusion`, `misclassified` and `images`: pictures of data and answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from badak._common.language import message
from badak.cli.choices import one_of
from badak.cli.data import DataArgument, DataDir, load_test
from badak.cli.models import ModelArgument, load
from badak.cli.plot.options import Count, DataOfModel, Look, with_look
from badak.errors import InputError
from badak.recipes.files import HISTORY
from badak.recipes.preparation import is_for_tables, preparation_of

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.typing import Array


@with_look
def history(
    look: Look,
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN",
            help="A model that `badak train` wrote, the .history.csv beside it, a checkpoint, or "
            "a CSV file of CSVLogger.",
            show_default=False,
        ),
    ],
) -> None:
    """Draw how loss and metrics went while a network learnt.

    Try: badak plot history digits.safetensors
    Try: badak plot history log.csv --out log.svg
    """
    from badak import pictures

    with look.picture(f"{_stem_of_run(run)}.curves") as options:
        pictures.history(_history(run), **options)


@with_look
def confusion(
    look: Look,
    model: ModelArgument,
    data: DataOfModel = None,
    data_dir: DataDir = None,
) -> None:
    """Draw which classes of held-out images a network takes for which.

    Try: badak plot confusion digits.safetensors
    """
    from badak import pictures

    with look.picture(f"{model.stem}.confusion") as options:
        asked, class_names = load(model)
        if is_for_tables(asked):
            y, said = _of_table(asked, model, data)
        else:
            x, y = tested(asked, model, class_names, data, data_dir)
            said = asked.classify(x)
        pictures.confusion(y, said, class_names, **options)


@with_look
def misclassified(
    look: Look,
    model: ModelArgument,
    data: DataOfModel = None,
    data_dir: DataDir = None,
    count: Count = 24,
) -> None:
    """Draw the held-out images that a network gets wrong, the surest mistakes first.

    Try: badak plot misclassified digits.safetensors --count 48
    """
    from badak import pictures

    with look.picture(f"{model.stem}.misclassified") as options:
        asked, class_names = load(model)
        if is_for_tables(asked):
            raise InputError(
                message(
                    "{model} answers the rows of a table, which are no images to draw: `badak "
                    "predict MODEL TABLE --with-input --out FILE` writes each row's answer",
                    model=model,
                )
            )
        x, y = tested(asked, model, class_names, data, data_dir)
        pictures.misclassified(asked, x, y, class_names=class_names, count=count, **options)


@with_look
def images(
    look: Look,
    data: DataArgument = "digits",
    part: Annotated[
        str,
        typer.Option(
            callback=one_of(("train", "test")), metavar="train|test", help="Which of its parts."
        ),
    ] = "train",
    count: Count = 40,
    data_dir: DataDir = None,
) -> None:
    """Draw the first images of a data set with their classes.

    Try: badak plot images digits --count 100
    """
    from badak import pictures
    from badak.recipes.images import load as load_data

    dataset = load_data(data, data_dir)
    parts = {
        "train": (dataset.x_train, dataset.y_train),
        "test": (dataset.x_test, dataset.y_test),
    }
    with look.picture(f"{dataset.name}.images") as options:
        names = dataset.class_names
        pictures.images(*parts[part], class_names=names, count=count, **options)


def tested(
    asked: "Sequential",
    model: Path,
    class_names: list[str],
    data: str | None,
    data_dir: Path | None,
) -> "tuple[Array, Array]":
    """Return images and labels that the network was not trained on, `model` being its file."""
    prepare = preparation_of(asked, model)
    return load_test(data or prepare.data, data_dir, prepare, class_names)


def _of_table(asked: "Sequential", model: Path, data: str | None) -> "tuple[Array, Array]":
    """Return the classes of a table's rows to test with, (rows,), and those that are answered."""
    from badak.cli.tables import rows

    prepare, table = rows.opened(asked, model, None if data is None else Path(data))
    if not prepare.target.classes:
        raise InputError(message("{model} predicts numbers: it confuses no classes", model=model))
    y, outputs, _ = rows.answered(asked, prepare, table)
    chosen, _ = rows.held_out(prepare, table, y)
    return y[chosen], prepare.decide(outputs[chosen])


def _stem_of_run(run: Path) -> str:
    return run.stem.removesuffix(".history").removesuffix(".checkpoint")


def _history(run: Path) -> Any:
    """Return what pictures.history takes: the name of a CSV file, or the History of a run."""
    if run.suffix != ".safetensors":
        return run
    if run.stem.endswith(".checkpoint"):
        from badak.training import checkpoint
        from badak.training.callbacks.history import History

        state = checkpoint.read(run)
        return History(epoch=state.epochs, history=state.history)
    beside = run.with_suffix(HISTORY)
    if not beside.exists():
        raise FileNotFoundError(
            message(
                "there is no {beside}, which `badak train` writes beside a model: give a CSV file "
                "with the history of a run",
                beside=beside,
            )
        )
    return beside
