"""A model read from its file, with the names of its classes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from badak.errors import FileFormatError

if TYPE_CHECKING:
    from badak.sequential import Sequential

ModelArgument = Annotated[
    Path,
    typer.Argument(metavar="MODEL", help="A file that `badak train` wrote.", show_default=False),
]


def load(path: Path) -> "tuple[Sequential, list[str]]":
    """Return the model and a name for each of its outputs, a number where it has no names."""
    from badak import load_model

    if not path.exists():
        raise FileNotFoundError(
            f"there is no model {path}: check the name, or make one with `badak train --out {path}`"
        )
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give the file of a model")
    model = load_model(path)
    count = model.output_shape[0]
    names = [str(i) for i in range(count)] if model.class_names is None else model.class_names
    if not isinstance(names, list) or [type(name) for name in names] != [str] * count:
        raise FileFormatError(f"{path}: it has {count} outputs, but its classes are {names!r}")
    return model, names


def described(optimizer: Any) -> str:
    """Return an optimizer's name and learning rate.

    >>> from badak.optimizers import Adam
    >>> described(Adam(0.01))
    'Adam, learning rate 0.01'
    """
    rate = optimizer.learning_rate
    shown = f"{rate:g}" if isinstance(rate, float) else repr(rate)
    return f"{type(optimizer).__name__}, learning rate {shown}"
