"""The arguments that name a data set, and the images that a model is tested with."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common.colours import RGB
from badak._common.language import message
from badak.cli.errors import note
from badak.errors import BadakError, InputError
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
    data: str,
    data_dir: Path | None,
    prepare: Preparation,
    class_names: "Sequence[str]",
    *,
    skip_unreadable: bool = False,
) -> "tuple[Array, Array]":
    """Return images and labels to test a model with, prepared and numbered as its own were.

    A folder of pictures is prepared picture by picture for a model of single characters, and used
    whole, because such a model has not learnt from it; of all else it is the test part.
    """
    pictures = _holds_pictures(data)
    if prepare.kind == "digit" and pictures:
        return _drawings(Path(data).expanduser(), prepare, class_names, skip_unreadable)
    from badak.recipes.images import load

    dataset = load(
        data,
        data_dir,
        image_shape=prepare.shape if pictures else None,
        colour=prepare.colour if pictures else None,
        skip_unreadable=skip_unreadable,
    )
    if dataset.pictures is not None:
        _tell_left_out(dataset.pictures.left_out)
    shape, maximum = dataset.x_test.shape[1:], dataset.maximum
    expected = (*prepare.shape, 3) if prepare.colour == RGB else prepare.shape
    if (shape, maximum) != (expected, prepare.maximum):
        raise InputError(
            message(
                "the images of {data} are of {size} pixels, 0 to {maximum}, but the model takes "
                "{size_2}, 0 to {maximum_2}, as {data_2} has them",
                data=data,
                size=_size(shape),
                maximum=maximum,
                size_2=_size(expected),
                maximum_2=prepare.maximum,
                data_2=prepare.data,
            )
        )
    places = _places(dataset.class_names, class_names, data)
    return dataset.x_test, places[dataset.y_test]


def _holds_pictures(data: str) -> bool:
    from badak.datasets.folder import is_idx_folder

    folder = Path(data).expanduser()
    return data not in BOXES and folder.is_dir() and not is_idx_folder(folder)


def _drawings(
    folder: Path, prepare: Preparation, class_names: "Sequence[str]", skip_unreadable: bool
) -> "tuple[Array, Array]":
    import numpy as np

    from badak.datasets.picture_folder import is_picture, refuse_unreadable, what_is_wrong

    files = sorted(
        path
        for path in folder.glob("*/*")
        if is_picture(path) and not path.parent.name.startswith(".")
    )
    if not files:
        raise InputError(
            message(
                "{folder} has no picture in any sub-folder: make one a class, named so",
                folder=folder,
            )
        )
    names = sorted({path.parent.name for path in files})
    places = dict(zip(names, _places(names, class_names, os.fspath(folder)), strict=True))
    images, labels, errors = [], [], []
    for path in files:
        try:
            images.append(prepare(path))
        except (BadakError, OSError) as error:
            errors.append(what_is_wrong(path, error))
        else:
            labels.append(places[path.parent.name])
    if not skip_unreadable or not images:
        refuse_unreadable(errors)
    _tell_left_out(errors)
    return np.stack(images), np.array(labels)


def _tell_left_out(errors: "Sequence[str]") -> None:
    from badak.datasets.picture_folder import first_few

    if errors:
        files = "; ".join(first_few(errors))
        note(
            message(
                "{count:,} pictures that cannot be read are left out: {files}",
                count=len(errors),
                files=files,
            )
        )


def _places(names: "Sequence[str]", class_names: "Sequence[str]", data: str) -> "Array":
    """Return for each name its place among the model's classes."""
    import numpy as np

    known = {name: place for place, name in enumerate(class_names)}
    for name in names:
        if name not in known:
            raise InputError(
                message(
                    "{data} has the class {name!r}, but the model knows only {class_names}",
                    data=data,
                    name=name,
                    class_names=", ".join(class_names),
                )
            )
    return np.array([known[name] for name in names])


def _size(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
