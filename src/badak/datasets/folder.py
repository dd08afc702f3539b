"""A user's own images: a folder with one sub-folder a class, or one with four IDX files."""

import os
from pathlib import Path

import numpy as np

from badak._common.language import counted, message
from badak.datasets.image_dataset import FILES, read_pair
from badak.datasets.names import find
from badak.errors import InputError
from badak.images import load_grey, resize
from badak.typing import Array

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")


def load_folder(
    path: str | os.PathLike[str], image_shape: tuple[int, int] = (28, 28)
) -> tuple[Array, Array, tuple[str, ...]]:
    """Load images that are sorted into one sub-folder a class.

    Sub-folders and files are taken in the order of their names. Hidden ones (``.git``) and files
    without an image's suffix are passed over.

    Parameters
    ----------
    path : path-like
        The folder, with at least two sub-folders, whose names are the classes' names.
    image_shape : (int, int), default (28, 28)
        Height and width to which every image is resized, in pixels.

    Returns
    -------
    images : array of uint8, (n, height, width)
        Grey, 0 to 255, as bright as they are in the file.
    labels : array of int64, (n,)
        Indices into `class_names`.
    class_names : tuple of str
        The names of the sub-folders.

    Raises
    ------
    InputError
        There are fewer than two classes, or a class has no image.
    FileFormatError
        An image cannot be read; the message names it.

    Examples
    --------
    >>> from PIL import Image
    >>> for name, shade in ("black", 0), ("white", 255):
    ...     folder = getfixture("tmp_path") / name
    ...     folder.mkdir()
    ...     Image.new("L", (9, 9), shade).save(folder / "1.png")
    >>> images, labels, class_names = load_folder(getfixture("tmp_path"), (2, 2))
    >>> images.shape, labels, class_names
    ((2, 2, 2), array([0, 1]), ('black', 'white'))
    """
    classes = [entry for entry in _listed(_folder(path)) if entry.is_dir()]
    if len(classes) < 2:
        found = ", ".join(entry.name for entry in classes) or "none"
        raise InputError(
            counted(
                "{path} has {count} sub-folder ({found}), but learning to tell classes apart takes "
                "at least 2, each with the images of one class",
                "{path} has {count} sub-folders ({found}), but learning to tell classes apart "
                "takes at least 2, each with the images of one class",
                len(classes),
                path=path,
                found=found,
            )
        )
    images: list[Array] = []
    labels: list[int] = []
    for label, folder in enumerate(classes):
        files = [entry for entry in _listed(folder) if entry.suffix.lower() in SUFFIXES]
        if not files:
            raise InputError(
                message(
                    "the class folder {folder} has no image; expected files that end in {suffixes}",
                    folder=folder,
                    suffixes=", ".join(SUFFIXES),
                )
            )
        images += [resize(load_grey(file), image_shape) for file in files]
        labels += [label] * len(files)
    names = tuple(folder.name for folder in classes)
    return np.stack(images), np.array(labels, np.int64), names


def load_idx_folder(
    path: str | os.PathLike[str],
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Load images and labels from four IDX files that are called as MNIST's.

    Parameters
    ----------
    path : path-like
        The folder. The names may end in ``.gz`` or not, and have ``.idx`` for ``-idx``.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        uint8 images (n, height, width); integer labels (n,), counted from 0.

    Raises
    ------
    InputError
        A file is missing, or the two parts have images of different sizes.
    FileFormatError
        A file is damaged, or the images and labels of a part do not go together.

    Examples
    --------
    >>> from badak.datasets import write_idx
    >>> for part in "train", "t10k":
    ...     folder = getfixture("tmp_path")
    ...     write_idx(folder / f"{part}-images-idx3-ubyte", np.zeros((3, 4, 4), np.uint8))
    ...     write_idx(folder / f"{part}-labels-idx1-ubyte", np.arange(3, dtype=np.uint8))
    >>> (x_train, y_train), (x_test, y_test) = load_idx_folder(folder)
    >>> x_train.shape, y_test
    ((3, 4, 4), array([0, 1, 2], dtype=uint8))
    """
    folder = _folder(path)
    names = [name for part in FILES.values() for name in part]
    paths = {name: found for name in names if (found := find(folder, name))}
    missing = [name for name in names if name not in paths]
    if missing:
        raise InputError(
            message(
                "{folder} lacks {missing}; an IDX folder holds these four files, with .gz or "
                "without: {names}",
                folder=folder,
                missing=", ".join(missing),
                names=", ".join(names),
            )
        )
    (x_train, y_train), (x_test, y_test) = (
        read_pair(paths[images], paths[labels])
        for images, labels in (FILES["train"], FILES["test"])
    )
    if x_train.shape[1:] != x_test.shape[1:]:
        raise InputError(
            message(
                "{folder} has training images of {shape} pixels, but test images of {shape_2}",
                folder=folder,
                shape=x_train.shape[1:],
                shape_2=x_test.shape[1:],
            )
        )
    return (x_train, y_train), (x_test, y_test)


def is_idx_folder(path: str | os.PathLike[str]) -> bool:
    """Whether any of the four files of an IDX folder is there."""
    return any(find(Path(path), name) for part in FILES.values() for name in part)


def _folder(path: str | os.PathLike[str]) -> Path:
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise InputError(message("there is no folder {path!r}", path=str(path)))
    return folder


def _listed(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
