"""The arguments that name a data set, and the images that a model is tested with."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak.errors import InputError
from badak.recipes.preparation import BOXES, Preparation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from badak.typing import Array

DATA_HELP = (
    "digits, mnist, fashion-mnist, kmnist, or a folder: with a sub-folder of pictures for each "
    "class, or with IDX files named as MNIST's; or a table: .csv, .tsv, .parquet, .arrow, .feather."
)

DataArgument = Annotated[str, typer.Argument(metavar="DATA", help=DATA_HELP)]

DataDir = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Where the files of mnist and its kin are, for work without a network.",
        show_default="BADAK_DATA or a download kept in the user's cache",
    ),
]


def load_test(
    data: str, data_dir: Path | None, prepare: Preparation, class_names: "Sequence[str]"
) -> "tuple[Array, Array]":
    """Return images and labels to test a model with, prepared and numbered as its own were.

    A folder of pictures is prepared picture by picture for a model of single characters, and used
    whole, because such a model has not learnt from it; of all else it is the test part.
    """
    if prepare.kind == "digit" and _holds_pictures(data):
        return _drawings(Path(data).expanduser(), prepare, class_names)
    from badak.recipes.images import load

    dataset = load(data, data_dir)
    shape, maximum = dataset.x_test.shape[1:], dataset.maximum
    if (shape, maximum) != (prepare.shape, prepare.maximum):
        raise InputError(
            f"the images of {data} are of {_size(shape)} pixels, 0 to {maximum}, but the model "
            f"takes {_size(prepare.shape)}, 0 to {prepare.maximum}, as {prepare.data} has them"
        )
    places = _places(dataset.class_names, class_names, data)
    return dataset.x_test, places[dataset.y_test]


def _holds_pictures(data: str) -> bool:
    from badak.datasets.folder import is_idx_folder

    folder = Path(data).expanduser()
    return data not in BOXES and folder.is_dir() and not is_idx_folder(folder)


def _drawings(
    folder: Path, prepare: Preparation, class_names: "Sequence[str]"
) -> "tuple[Array, Array]":
    import numpy as np

    from badak.datasets.folder import SUFFIXES

    files = sorted(
        path
        for path in folder.glob("*/*")
        if path.suffix.lower() in SUFFIXES and not path.parent.name.startswith(".")
    )
    if not files:
        raise InputError(f"{folder} has no picture in any sub-folder: make one a class, named so")
    names = sorted({path.parent.name for path in files})
    places = dict(zip(names, _places(names, class_names, os.fspath(folder)), strict=True))
    images = np.stack([prepare(path) for path in files])
    return images, np.array([places[path.parent.name] for path in files])


def _places(names: "Sequence[str]", class_names: "Sequence[str]", data: str) -> "Array":
    """Return for each name its place among the model's classes."""
    import numpy as np

    known = {name: place for place, name in enumerate(class_names)}
    for name in names:
        if name not in known:
            raise InputError(
                f"{data} has the class {name!r}, but the model knows only {', '.join(class_names)}"
            )
    return np.array([known[name] for name in names])


def _size(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
