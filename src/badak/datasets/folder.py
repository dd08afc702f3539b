"""A user's own images: a folder with one sub-folder a class, or one with four IDX files."""

import os
from pathlib import Path

from badak._common.language import message
from badak.datasets.image_dataset import FILES, read_pair
from badak.datasets.names import find
from badak.datasets.picture_folder import existing, read_pictures
from badak.errors import InputError
from badak.typing import Array


def load_folder(
    path: str | os.PathLike[str],
    image_shape: tuple[int, int] | None = None,
    colour: str | None = None,
    *,
    skip_unreadable: bool = False,
) -> tuple[Array, Array, tuple[str, ...]]:
    """Load images that are sorted into one sub-folder a class.

    Sub-folders and files are taken in the order of their names. Hidden ones (``.git``) and files
    without an image's suffix are passed over.

    Parameters
    ----------
    path : path-like
        The folder, with at least two sub-folders, whose names are the classes' names.
    image_shape : (int, int), optional
        Height and width to which every image is resized, in pixels. None: those in the middle of
        the files' own, made smaller so that the longer side is at most 64 pixels, and all images
        together at most 100,000,000 values.
    colour : {"grey", "rgb"}, optional
        None: "rgb" where at least one image in twenty has colour, else "grey".
    skip_unreadable : bool, default False
        Whether files that cannot be read are left out.

    Returns
    -------
    images : array of uint8, (n, height, width) or (n, height, width, 3)
        In grey or in red, green and blue, 0 to 255, as bright as they are in the file.
    labels : array of int64, (n,)
        Indices into `class_names`.
    class_names : tuple of str
        The names of the sub-folders.

    Raises
    ------
    InputError
        There are fewer than two classes, a class has no image, a size or colour is none, or the
        images would take more than 2 GB.
    FileFormatError
        Images cannot be read; the message names them.

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
    found = read_pictures(path, image_shape, colour, skip_unreadable=skip_unreadable)
    return found.images, found.labels, found.class_names


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
    >>> import numpy as np
    >>> from badak.datasets import write_idx
    >>> for part in "train", "t10k":
    ...     folder = getfixture("tmp_path")
    ...     write_idx(folder / f"{part}-images-idx3-ubyte", np.zeros((3, 4, 4), np.uint8))
    ...     write_idx(folder / f"{part}-labels-idx1-ubyte", np.arange(3, dtype=np.uint8))
    >>> (x_train, y_train), (x_test, y_test) = load_idx_folder(folder)
    >>> x_train.shape, y_test
    ((3, 4, 4), array([0, 1, 2], dtype=uint8))
    """
    folder = existing(path)
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
