"""The argument that names a model, and the model with its class names."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from badak._common.language import language, message
from badak.cli.errors import UsageError
from badak.errors import FileFormatError, InputError

if TYPE_CHECKING:
    from rich.console import Console

    from badak.network.sequential import Sequential

SUFFIX = ".safetensors"

BOXED = "digits"
"""The name of the trained network that badak brings: :func:`badak.models.digits`."""


def _found(path: Path) -> Path:
    """Return the model's file: for the name "digits" badak's own, unless a file is called so."""
    from badak import models

    return models.FILE if str(path) == BOXED and not path.exists() else path


ModelArgument = Annotated[
    Path,
    typer.Argument(
        metavar="MODEL",
        callback=_found,
        help=f"A file that `badak train` wrote, or {BOXED}, the trained network that badak brings.",
        show_default=False,
    ),
]

ModelAndPictures = Annotated[
    list[Path],
    typer.Argument(
        metavar="[MODEL] IMAGE",
        help="Pictures of any size: PNG, JPEG, BMP, GIF, WebP or TIFF, or a folder of them. "
        "Before them may stand a MODEL that `badak train` wrote; without it badak's own network "
        "answers. Or a MODEL and a table.",
        show_default=False,
    ),
]
"""What :func:`split_model` takes apart."""


def split_model(paths: list[Path]) -> tuple[Path | None, list[Path]]:
    """Return the model's file, None for the network that badak brings, and the pictures.

    The first path is a model if it ends in .safetensors, or is such a file under another name;
    else every path is a picture or a folder of them, and badak's own network answers. A model
    without a picture, or after one, is a UsageError.

    >>> split_model([Path("mine.safetensors"), Path("a.png")])[0].name
    'mine.safetensors'
    >>> split_model([Path("a.png"), Path("b.png")])[0] is None
    True
    """
    first, *others = paths
    if str(first) == BOXED and not first.exists():
        model, pictures = None, others
    elif _is_model(first):
        model, pictures = first, others
    else:
        model, pictures = None, paths
    if model is None and (late := [path for path in pictures if path.suffix == SUFFIX]):
        raise UsageError(
            message("The model {late} comes after a picture: give it first.", late=late[0])
        )
    if not pictures:
        raise UsageError(message("Missing argument 'IMAGE...'."))
    return model, pictures


def load_or_boxed(path: Path | None) -> "tuple[Path, Sequential, list[str]]":
    """Return the file, the model and its classes' names; for None of badak's own network."""
    from badak import models

    file = models.FILE if path is None else path
    return file, *load(file)


def is_boxed(model: Path) -> bool:
    """Whether a model's file is that of badak's own network."""
    from badak import models

    return model == models.FILE


def tell_boxed(console: "Console") -> None:
    """Print in a dim line that badak's own network answers."""
    from rich.text import Text

    line = message(
        "answered by badak's own network, trained on MNIST (badak info {name})", name=BOXED
    )
    console.print(Text(line, style="dim"), soft_wrap=True)


def load(path: Path) -> "tuple[Sequential, list[str]]":
    """Return the model and a name for each of its outputs, a number where it has no names."""
    from badak import load_model
    from badak.diagnostics.classes import output_names

    if not path.exists():
        raise FileNotFoundError(
            message(
                "there is no model {path}: check the name, or make one with `badak train --out "
                "{path}`",
                path=path,
            )
        )
    if path.is_dir():
        raise IsADirectoryError(message("{path} is a folder: give the file of a model", path=path))
    model = load_model(path)
    try:
        return model, output_names(model)
    except InputError as error:
        raise FileFormatError(f"{path}: {error}") from None


def print_card(console: "Console", model: Path) -> None:
    """Print the card of badak's own network; nothing for another model."""
    from rich.markdown import Markdown

    from badak import models

    if model == models.FILE:
        console.print()
        console.print(Markdown(models.CARDS[language()].read_text(encoding="utf-8")))


def _is_model(path: Path) -> bool:
    if path.suffix == SUFFIX:
        return True
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:  # it begins with its header's length, then the header
            length, brace = int.from_bytes(file.read(8), "little"), file.read(1)
        return brace == b"{" and length < path.stat().st_size
    except OSError:  # reading it as a picture reports the error
        return False


def described(optimizer: Any) -> str:
    """Return an optimizer's name and learning rate.

    >>> from badak.optimizers import Adam
    >>> described(Adam(0.01))
    'Adam, learning rate 0.01'
    """
    rate = optimizer.learning_rate
    shown = f"{rate:g}" if isinstance(rate, float) else repr(rate)
    return message(
        "{optimizer}, learning rate {rate}", optimizer=type(optimizer).__name__, rate=shown
    )
