"""A user's own images: a folder with one sub-folder a class, or one with four IDX files."""

import os
from pathlib import Path

import numpy as np

from badak.datasets.image_dataset import FILES, read_pair
from badak.errors import InputError
from badak.images import load_grey, resize
from badak.typing import Array

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")


def load_folder(
    path: str | os.PathLike[str], image_shape: tuple[int, int] = (28, 28)
) -> tuple[Array, Array, tuple[str, ...]]:
    """Images sorted into one sub-folder a class.

    Sub-folders and files are taken in the order of their names. Hidden ones (``.git``) and files
    without an image's suffix are passed over.

    Parameters
    ----------
    path
        The folder, with at least two sub-folders, whose names are the classes' names.
    image_shape
        (height, width) to which every image is resized.

    Returns
    -------
    (images, labels, class_names)
        Grey uint8 images (n, height, width), 0 to 255, as bright as they are in the file; int64
        labels (n,), places in `class_names`.

    Raises
    ------
    InputError
        There are fewer than two classes, or a class has no image.
    FileFormatError
        An image cannot be read; the message names it.
    """
    classes = [entry for entry in _listed(_folder(path)) if entry.is_dir()]
    if len(classes) < 2:
        found = ", ".join(entry.name for entry in classes) or "none"
        sub_folders = "sub-folder" if len(classes) == 1 else "sub-folders"
        raise InputError(
            f"{path} has {len(classes)} {sub_folders} ({found}), but learning to tell classes "
            "apart takes at least 2, each with the images of one class"
        )
    images: list[Array] = []
    labels: list[int] = []
    for label, folder in enumerate(classes):
        files = [entry for entry in _listed(folder) if entry.suffix.lower() in SUFFIXES]
        if not files:
            raise InputError(
                f"the class folder {folder} has no image; expected files that end in "
                f"{', '.join(SUFFIXES)}"
            )
        images += [resize(load_grey(file), image_shape) for file in files]
        labels += [label] * len(files)
    names = tuple(folder.name for folder in classes)
    return np.stack(images), np.array(labels, np.int64), names


def load_idx_folder(
    path: str | os.PathLike[str],
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Images and labels from four IDX files that are called as MNIST's, with ``.gz`` or without.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        uint8 images (n, height, width); integer labels (n,), counted from 0.
    """
    folder = _folder(path)
    names = [name for part in FILES.values() for name in part]
    paths = {name: found for name in names if (found := _packed_or_plain(folder, name))}
    missing = [name for name in names if name not in paths]
    if missing:
        raise InputError(
            f"{folder} lacks {', '.join(missing)}; an IDX folder holds these four files, with "
            f".gz or without: {', '.join(names)}"
        )
    (x_train, y_train), (x_test, y_test) = (
        read_pair(paths[images], paths[labels])
        for images, labels in (FILES["train"], FILES["test"])
    )
    if x_train.shape[1:] != x_test.shape[1:]:
        raise InputError(
            f"{folder} has training images of {x_train.shape[1:]} pixels, "
            f"but test images of {x_test.shape[1:]}"
        )
    return (x_train, y_train), (x_test, y_test)


def is_idx_folder(path: str | os.PathLike[str]) -> bool:
    """Whether any of the four files of an IDX folder is there."""
    return any(_packed_or_plain(Path(path), name) for part in FILES.values() for name in part)


def _packed_or_plain(folder: Path, name: str) -> Path | None:
    for path in (folder / name, folder / name.removesuffix(".gz")):
        if path.is_file():
            return path
    return None


def _folder(path: str | os.PathLike[str]) -> Path:
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise InputError(f"there is no folder {str(path)!r}")
    return folder


def _listed(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
