"""Any data set of images by its name or folder, in one form."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from badak._common.language import marked, message
from badak._common.registry import Registry
from badak.datasets import digits, fashion_mnist, kmnist, mnist
from badak.datasets.folder import is_idx_folder, load_idx_folder
from badak.datasets.image_dataset import ImageDataset
from badak.datasets.picture_folder import PictureFacts, PictureFolder, read_pictures
from badak.errors import InputError
from badak.preprocessing import split_stratified
from badak.typing import Array


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels for training and for test.

    Parameters
    ----------
    name : str
        Its name, or that of its folder.
    x_train, x_test : array of uint8, (n, height, width) or (n, height, width, 3)
        Images, 0 to `maximum`, in grey or in red, green and blue.
    y_train, y_test : array of int, (n,)
        Labels, indices into `class_names`.
    class_names : tuple of str
        The names of the classes.
    maximum : int
        The largest value that a pixel may have.
    pictures : PictureFacts, optional
        Of a folder of pictures what its files are and what was chosen for them: ``count``,
        ``sizes`` (the smallest and the largest (height, width)), ``coloured`` (how many have
        colour), ``shape``, ``colour`` and ``left_out``. None for other data sets.

    Examples
    --------
    >>> data = load("digits")
    >>> data.name, data.class_names[data.y_test[0]] == str(data.y_test[0])
    ('digits', True)
    """

    name: str
    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    class_names: tuple[str, ...]
    maximum: int
    pictures: PictureFacts | None = None


def load(
    name_or_folder: str | os.PathLike[str],
    data_dir: str | os.PathLike[str] | None = None,
    seed: int = 0,
    test_fraction: float = 0.2,
    *,
    image_shape: tuple[int, int] | None = None,
    colour: str | None = None,
    skip_unreadable: bool = False,
) -> Dataset:
    """Load a data set by its name, or from a folder of the user's.

    Parameters
    ----------
    name_or_folder : str or path-like
        ``"digits"``, ``"mnist"``, ``"fashion-mnist"``, ``"kmnist"``; or a folder with one
        sub-folder of images a class, or with four IDX files called as MNIST's. A name comes
        before a folder called like it: write ``"./mnist"`` for the folder.
    data_dir : path-like, optional
        The folder that holds the published files of MNIST and the like; None: BADAK_DATA, the
        cache and the network are tried.
    seed : int, default 0
        The digits and image folders come in one part and are split by class; the same seed splits
        them the same way.
    test_fraction : float, default 0.2
        The share of them that becomes the test part.
    image_shape, colour, skip_unreadable : optional
        For a folder of pictures, as in :func:`load_folder`.

    Returns
    -------
    Dataset
        Images and labels.

    Raises
    ------
    UnknownNameError
        It is neither a name nor a folder.
    InputError
        A size or colour for data that are no folder of pictures, or what :func:`load_folder`
        refuses.

    Examples
    --------
    >>> dataset = load("digits")
    >>> dataset.x_train.shape, dataset.maximum
    ((1438, 8, 8), 16)
    """
    if not isinstance(name_or_folder, str | os.PathLike):
        raise InputError(
            message(
                "a data set is a name such as 'digits' or a folder, not {name_or_folder!r}",
                name_or_folder=name_or_folder,
            )
        )
    path = Path(name_or_folder).expanduser()
    named = isinstance(name_or_folder, str) and name_or_folder in _LOADERS
    idx = not named and path.is_dir() and is_idx_folder(path)
    if (named or idx) and (image_shape is not None or colour is not None or skip_unreadable):
        raise InputError(
            message(
                "a size, a colour and skip_unreadable are for folders of pictures; the images of "
                "{name_or_folder} are as they are",
                name_or_folder=os.fspath(name_or_folder),
            )
        )
    if named:
        return _LOADERS[str(name_or_folder)](data_dir, seed, test_fraction)
    if idx:
        return _from_idx(path)
    if path.is_dir():
        found = read_pictures(path, image_shape, colour, skip_unreadable=skip_unreadable)
        return _split(_name(path), found, seed, test_fraction)
    written = os.fspath(name_or_folder)
    if not isinstance(name_or_folder, str) or len(path.parts) > 1 or written.endswith(_ENDS):
        raise InputError(message("there is no folder {path!r} to load images from", path=str(path)))
    return _LOADERS[str(name_or_folder)](data_dir, seed, test_fraction)  # names the nearest


_ENDS = tuple({"/", os.sep})  # what only the name of a folder ends with


def _from_idx(path: Path) -> Dataset:
    (x_train, y_train), (x_test, y_test) = load_idx_folder(path)
    classes = int(max(y_train.max(), y_test.max())) + 1
    names = tuple(str(label) for label in range(classes))
    return Dataset(_name(path), x_train, y_train, x_test, y_test, names, 255)


def _split(name: str, found: PictureFolder, seed: int, test_fraction: float) -> Dataset:
    x, y = found.images, found.labels
    train, test = split_stratified(y, test_fraction, seed)
    names, facts = found.class_names, found.facts
    return Dataset(name, x[train], y[train], x[test], y[test], names, 255, facts)


def _name(path: Path) -> str:
    return path.resolve().name


_Loader = Callable[[str | os.PathLike[str] | None, int, float], Dataset]


def _digits(data_dir: object, seed: int, test_fraction: float) -> Dataset:
    (x_train, y_train), (x_test, y_test) = digits.load_data(test_fraction, seed)
    names = digits.CLASS_NAMES
    return Dataset("digits", x_train, y_train, x_test, y_test, names, digits.MAXIMUM)


def _published(dataset: ImageDataset) -> _Loader:
    def loader(data_dir: str | os.PathLike[str] | None, seed: int, test_fraction: float) -> Dataset:
        (x_train, y_train), (x_test, y_test) = dataset.load_data(data_dir)
        return Dataset(dataset.name, x_train, y_train, x_test, y_test, dataset.class_names, 255)

    return loader


_LOADERS: Registry[_Loader] = Registry(
    marked("data set"),
    {
        "digits": _digits,
        **{
            each.name: _published(each)
            for each in (mnist.DATASET, fashion_mnist.DATASET, kmnist.DATASET)
        },
    },
)
