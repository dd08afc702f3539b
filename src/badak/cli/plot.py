"""`badak plot`: formulas, networks, training and answers as pictures."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from badak.cli.data import DATA_HELP, DataArgument, DataDir, load_test
from badak.cli.models import ModelArgument, load
from badak.cli.points import read_points
from badak.cli.terminal import make_console, print_facts
from badak.errors import InputError
from badak.recipes.preparation import preparation_of

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.typing import Array

THEMES = ("light", "dark")
LANGUAGES = ("en", "ko")
GATES = ("and", "nand", "or", "xor")
MOST_LOOKED_AT = 1000  # samples whose outputs in every layer are kept at once

plot = typer.Typer(invoke_without_command=True)


@plot.callback()
def _plot(context: typer.Context) -> None:
    """Draw formulas, networks, training and answers as PNG, SVG or PDF.

    Try: badak plot activation relu sigmoid step
    """
    if context.invoked_subcommand is None:
        print(context.get_help())


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def check(given: str) -> str:
        if given not in known:
            raise typer.BadParameter(f"{given!r} is not known: give {' or '.join(known)}")
        return given

    return check


Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where the picture goes: a name that ends in .png, .svg or .pdf.",
        show_default="a fitting .png here",
    ),
]
ThemeOption = Annotated[
    str,
    typer.Option("--theme", callback=_one_of(THEMES), metavar="light|dark", help="Its colours."),
]
LanguageOption = Annotated[
    str, typer.Option("--language", callback=_one_of(LANGUAGES), metavar="en|ko", help="Its words.")
]
TitleOption = Annotated[
    str | None,
    typer.Option("--title", metavar="TEXT", help="Its title.", show_default="what it shows"),
]
DataOfModel = Annotated[
    str | None,
    typer.Argument(metavar="DATA", help=DATA_HELP, show_default="what it was trained on"),
]
Count = Annotated[int, typer.Option(metavar="N", min=1, help="How many are drawn at most.")]
Slopes = Annotated[bool, typer.Option("--slopes/--no-slopes", help="Draw the slopes as well.")]


@plot.command()
def activation(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME", help="relu, sigmoid, step, tanh, ...", show_default=False),
    ],
    slopes: Slopes = True,
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw activation functions with their slopes.

    Try: badak plot activation sigmoid
    Try: badak plot activation step sigmoid relu --no-slopes
    """
    from badak import pictures

    target = target_of(out, _joined("activation", names))
    pictures.activation(
        *names, slopes=slopes, title=title, theme=theme, language=language, save=target
    )
    _tell(target)


@plot.command()
def loss(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME", help="mse, mae, huber, hinge, ...", show_default=False),
    ],
    slopes: Slopes = True,
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw losses with their slopes.

    Try: badak plot loss mse mae huber
    Try: badak plot loss binary_crossentropy
    """
    from badak import pictures

    target = target_of(out, _joined("loss", names))
    pictures.loss(*names, slopes=slopes, title=title, theme=theme, language=language, save=target)
    _tell(target)


@plot.command()
def network(
    model: ModelArgument,
    style: Annotated[
        str,
        typer.Option(
            callback=_one_of(("auto", "circles", "boxes")),
            metavar="auto|circles|boxes",
            help="A circle a unit, for small networks, or a box a layer.",
        ),
    ] = "auto",
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw a network: a small one with all its weights, a large one as boxes.

    Try: badak plot network digits.safetensors
    """
    from badak import pictures

    asked, _ = load(model)
    target = target_of(out, f"{model.stem}.network")
    pictures.network(asked, style=style, title=title, theme=theme, language=language, save=target)
    _tell(target)


@plot.command()
def history(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN",
            help="A model that `badak train` wrote, the .history.csv beside it, a checkpoint, or "
            "a CSV file of CSVLogger.",
            show_default=False,
        ),
    ],
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw how loss and metrics went while a network learnt.

    Try: badak plot history digits.safetensors
    Try: badak plot history log.csv --out log.svg
    """
    from badak import pictures

    target = target_of(out, f"{_stem_of_run(run)}.curves")
    found = _history(run)
    pictures.history(found, title=title, theme=theme, language=language, save=target)
    _tell(target)


@plot.command()
def confusion(
    model: ModelArgument,
    data: DataOfModel = None,
    data_dir: DataDir = None,
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw which classes of held-out images a network takes for which.

    Try: badak plot confusion digits.safetensors
    """
    from badak import pictures

    target = target_of(out, f"{model.stem}.confusion")
    asked, class_names, x, y = _tested(model, data, data_dir)
    said = asked.classify(x)
    pictures.confusion(
        y, said, class_names, title=title, theme=theme, language=language, save=target
    )
    _tell(target)


@plot.command()
def misclassified(
    model: ModelArgument,
    data: DataOfModel = None,
    data_dir: DataDir = None,
    count: Count = 24,
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw the held-out images that a network gets wrong, the surest mistakes first.

    Try: badak plot misclassified digits.safetensors --count 48
    """
    from badak import pictures

    target = target_of(out, f"{model.stem}.misclassified")
    asked, class_names, x, y = _tested(model, data, data_dir)
    pictures.misclassified(
        asked,
        x,
        y,
        class_names=class_names,
        count=count,
        title=title,
        theme=theme,
        language=language,
        save=target,
    )
    _tell(target)


@plot.command()
def weights(
    model: ModelArgument,
    layer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Whose weights, as `badak info` names the layers.",
            show_default="the first that has some",
        ),
    ] = None,
    count: Count = 40,
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw what the units of a layer look for: their weights, as images where inputs are pixels.

    Try: badak plot weights digits.safetensors
    """
    from badak import pictures

    asked, _ = load(model)
    target = target_of(out, f"{model.stem}.weights")
    pictures.weights(
        asked, layer, count=count, title=title, theme=theme, language=language, save=target
    )
    _tell(target)


@plot.command()
def layers(
    model: ModelArgument,
    data: DataOfModel = None,
    data_dir: DataDir = None,
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw what each layer makes of held-out images: its outputs, how many are zero or saturated.

    Of many images the first thousand are looked at.

    Try: badak plot layers digits.safetensors
    """
    from badak import pictures

    target = target_of(out, f"{model.stem}.layers")
    asked, _, x, _ = _tested(model, data, data_dir)
    pictures.layers(
        asked, x[:MOST_LOOKED_AT], title=title, theme=theme, language=language, save=target
    )
    _tell(target)


@plot.command()
def boundary(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help=f"A gate made of perceptrons ({', '.join(GATES)}), or the file of a network of "
            "two inputs.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="POINTS",
            help="A CSV file with two numbers and a class in each row; a gate brings its own.",
            show_default=False,
        ),
    ] = None,
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw where in the plane of two inputs the answer changes.

    Try: badak plot boundary xor
    Try: badak plot boundary moons.safetensors moons.csv
    """
    from badak import pictures

    more: dict[str, Any] = {}
    x: Any
    y: Any
    if model.lower() in GATES and data is None:
        asked, x, y = _gate(model.lower())
        target = target_of(out, f"{model.lower()}.boundary")
    else:
        if data is None:
            raise InputError(
                f"{model} is no gate ({', '.join(GATES)}), and a network needs points to be drawn "
                "with: give a CSV file with two numbers and a class in each row"
            )
        asked, _ = load(Path(model))
        x, y, more["features"], more["class_names"] = read_points(data, asked.class_names)
        target = target_of(out, f"{Path(model).stem}.boundary")
    pictures.boundary(asked, x, y, title=title, theme=theme, language=language, save=target, **more)
    _tell(target)


@plot.command()
def valley(
    optimizers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="sgd, momentum, adam, ..., each also as NAME=RATE.",
            show_default="sgd momentum adagrad adam",
        ),
    ] = None,
    steps: Annotated[int, typer.Option(metavar="N", min=1, help="How many each takes.")] = 30,
    start: Annotated[tuple[float, float], typer.Option(metavar="X Y", help="Where they begin.")] = (
        -7.0,
        2.0,
    ),
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw the paths of optimizers down the narrow valley x²/20 + y².

    Try: badak plot valley
    Try: badak plot valley momentum nesterov adam=0.1 --steps 60
    """
    from badak import pictures

    target = target_of(out, "valley")
    chosen = [_optimizer(each) for each in optimizers or []]
    pictures.valley(
        *chosen, start=start, steps=steps, title=title, theme=theme, language=language, save=target
    )
    _tell(target)


@plot.command()
def images(
    data: DataArgument = "digits",
    part: Annotated[
        str,
        typer.Option(
            callback=_one_of(("train", "test")), metavar="train|test", help="Which of its parts."
        ),
    ] = "train",
    count: Count = 40,
    data_dir: DataDir = None,
    out: Out = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "en",
    title: TitleOption = None,
) -> None:
    """Draw the first images of a data set with their classes.

    Try: badak plot images digits --count 100
    """
    from badak import pictures
    from badak.recipes.images import load as load_data

    dataset = load_data(data, data_dir)
    target = target_of(out, f"{dataset.name}.images")
    x, y = (
        (dataset.x_train, dataset.y_train) if part == "train" else (dataset.x_test, dataset.y_test)
    )
    pictures.images(
        x,
        y,
        class_names=dataset.class_names,
        count=count,
        title=title,
        theme=theme,
        language=language,
        save=target,
    )
    _tell(target)


def target_of(out: Path | None, name: str) -> Path:
    """Return where the picture goes; a name whose ending does not do is met before any work."""
    from badak.pictures.canvas import check_format

    target = Path(f"{name}.png") if out is None else out
    check_format(target)
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder: give --out a file's name")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {target.parent} to save {target.name} in: make it first, or give "
            "--out another"
        )
    return target


def _tell(target: Path) -> None:
    print_facts(make_console(), {"saved": os.fspath(target)})


def _joined(kind: str, names: list[str]) -> str:
    """Return the file's name for a few names; for many, the kind of them.

    >>> _joined("activation", ["relu", "step"]), _joined("loss", ["a", "b", "c", "d", "e"])
    ('relu-step', 'loss')
    """
    known = all(name.replace("_", "").isalnum() for name in names)
    return "-".join(names) if known and len(names) <= 4 else kind


def _tested(
    model: Path, data: str | None, data_dir: Path | None
) -> "tuple[Sequential, list[str], Array, Array]":
    """Return the model, its class names, and images and labels that it was not trained on."""
    asked, class_names = load(model)
    prepare = preparation_of(asked, model)
    x, y = load_test(data or prepare.data, data_dir, prepare, class_names)
    return asked, class_names, x, y


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
    beside = run.with_suffix(".history.csv")
    if not beside.exists():
        raise FileNotFoundError(
            f"there is no {beside}, which `badak train` writes beside a model: give a CSV file "
            "with the history of a run"
        )
    return beside


def _gate(name: str) -> tuple[Any, list[list[int]], list[int]]:
    """Return a gate of perceptrons as a function of points, with its four inputs and outputs."""
    from badak import perceptron

    gate = getattr(perceptron, name.upper())
    corners = [[0, 0], [1, 0], [0, 1], [1, 1]]
    outputs = [gate(*corner) for corner in corners]
    asked = (lambda points: gate(points[:, 0], points[:, 1])) if name == "xor" else None
    return asked or getattr(perceptron.Perceptron, name.upper())(), corners, outputs


def _optimizer(given: str) -> Any:
    """Return a name as it is, and an optimizer for NAME=RATE."""
    name, equals, rate = given.partition("=")
    if not equals:
        return given
    from badak import optimizers

    optimizer = optimizers.get(name)
    try:
        optimizer.learning_rate = float(rate)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{given!r} has no learning rate: write such as {name}=0.1") from None
    return optimizer
