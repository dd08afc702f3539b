"""Data sets published as MNIST is: four IDX files, images and labels for training and for test."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from badak._common.language import message
from badak.datasets.download import fetch
from badak.datasets.idx import read_idx
from badak.errors import FileFormatError
from badak.typing import Array

FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}
"""Images and labels of each part, as MNIST names them."""

Parts = tuple[tuple[Array, Array], tuple[Array, Array]]
"""``(x_train, y_train), (x_test, y_test)``."""

Function = TypeVar("Function", bound=Callable[..., Parts])

SECTIONS = """

    Parameters
    ----------
    data_dir : path-like, optional
        The folder that holds the files; None: BADAK_DATA, the cache and the network are tried.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        uint8 images of shape (60000, 28, 28) and (10000, 28, 28), from 0, the ground, to 255;
        uint8 labels of shape (60000,) and (10000,), indices into CLASS_NAMES.

    Raises
    ------
    InputError
        `data_dir` lacks a file.
    FileFormatError
        A file is there, but damaged or that of another data set.
    DownloadError
        No folder has a file and no address gave it.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.shape, y_test.shape  # doctest: +SKIP
    ((60000, 28, 28), (10000,))
    """
"""What the docstrings of `load_data` of all image data sets have in common."""


def with_sections(load_data: Function) -> Function:
    """Add :data:`SECTIONS` to the docstring of a `load_data`."""
    load_data.__doc__ = f"{load_data.__doc__}{SECTIONS}"
    return load_data


@dataclass(frozen=True)
class ImageDataset:
    """A published data set: where its four files are, their checksums, its classes' names.

    `sha256` maps each name of :data:`FILES` to the SHA-256 of that file, in hexadecimal.
    """

    name: str
    base_urls: tuple[str, ...]
    sha256: dict[str, str]
    class_names: tuple[str, ...]

    def load_data(self, data_dir: str | os.PathLike[str] | None = None) -> Parts:
        """``(x_train, y_train), (x_test, y_test)``: uint8 images (n, h, w) and labels (n,)."""
        return self.load_part("train", data_dir), self.load_part("test", data_dir)

    def load_part(
        self, part: str, data_dir: str | os.PathLike[str] | None = None
    ) -> tuple[Array, Array]:
        """Images and labels of ``"train"`` or ``"test"`` alone, without the other's files."""
        images, labels = (
            fetch(self.name, file, self.base_urls, self.sha256[file], data_dir)
            for file in FILES[part]
        )
        return read_pair(images, labels, classes=len(self.class_names))


def read_pair(
    images_path: Path, labels_path: Path, classes: int | None = None
) -> tuple[Array, Array]:
    """An IDX file of uint8 images (n, h, w) and one of labels (n,), checked against each other."""
    images = read_idx(images_path)
    if images.ndim != 3 or images.dtype != np.uint8:
        raise FileFormatError(
            message(
                "{images_path} holds {dtype} of shape {shape}, but images are uint8 of shape "
                "(number, height, width)",
                images_path=images_path,
                dtype=images.dtype,
                shape=images.shape,
            )
        )
    labels = read_idx(labels_path)
    if labels.ndim != 1 or labels.dtype.kind not in "ui":
        raise FileFormatError(
            message(
                "{labels_path} holds {dtype} of shape {shape}, but labels are integers of shape "
                "(number,)",
                labels_path=labels_path,
                dtype=labels.dtype,
                shape=labels.shape,
            )
        )
    if len(images) != len(labels):
        raise FileFormatError(
            message(
                "{images_path} holds {count} images, but {labels_path} holds {count_2} labels",
                images_path=images_path,
                count=len(images),
                labels_path=labels_path,
                count_2=len(labels),
            )
        )
    if not len(images):
        raise FileFormatError(message("{images_path} holds no image", images_path=images_path))
    smallest, largest = int(labels.min()), int(labels.max())
    if smallest < 0 or (classes is not None and largest >= classes):
        if classes is None:
            raise FileFormatError(
                message(
                    "{labels_path} holds labels from {smallest} to {largest}, but they count "
                    "from 0",
                    labels_path=labels_path,
                    smallest=smallest,
                    largest=largest,
                )
            )
        raise FileFormatError(
            message(
                "{labels_path} holds labels from {smallest} to {largest}, expected 0 to {last}",
                labels_path=labels_path,
                smallest=smallest,
                largest=largest,
                last=classes - 1,
            )
        )
    return images, labels
