"""1,797 handwritten digits of 8x8 pixels, shipped with badak: no download, ready at once.

E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository
(1998), https://doi.org/10.24432/C50P49, its test part. Licence: CC BY 4.0. A pixel counts the
inked points in a block of 4x4 of a 32x32 scan, 0 to 16.
"""

from pathlib import Path

from badak.datasets.idx import read_idx
from badak.preprocessing import split_stratified
from badak.typing import Array

MAXIMUM = 16
"""The largest value of a pixel."""

CLASS_NAMES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")

_HERE = Path(__file__).parent


def load() -> tuple[Array, Array]:
    """Load all digits.

    Returns
    -------
    images : array of uint8, (1797, 8, 8)
        From 0 to 16.
    labels : array of uint8, (1797,)
        From 0 to 9.

    Examples
    --------
    >>> images, labels = load()
    >>> images.shape, labels[:5]
    ((1797, 8, 8), array([0, 1, 2, 3, 4], dtype=uint8))
    """
    return (
        read_idx(_HERE / "digits-images-idx3-ubyte.gz"),
        read_idx(_HERE / "digits-labels-idx1-ubyte.gz"),
    )


def load_data(
    test_fraction: float = 0.2, seed: int = 0
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Load the digits in two parts, each with all classes in their shares.

    Parameters
    ----------
    test_fraction : float, default 0.2
        The share of the test set.
    seed : int, default 0
        The same seed gives the same parts, in the same order.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        uint8 images (n, 8, 8), 0 to 16, and uint8 labels (n,).

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> len(x_train), len(x_test)
    (1438, 359)
    """
    images, labels = load()
    train, test = split_stratified(labels, test_fraction, seed)
    return (images[train], labels[train]), (images[test], labels[test])
