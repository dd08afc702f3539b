"""``dataset.mnist`` of the book: MNIST from where badak finds it."""

import numpy as np

from badak.datasets import mnist
from badak.datasets.image_dataset import Parts


def load_mnist(normalize: bool = True, flatten: bool = True, one_hot_label: bool = False) -> Parts:
    """Load MNIST with the arguments and the types of the book.

    The files are read from where :func:`badak.datasets.mnist.load_data` finds them, the folder that
    BADAK_DATA names first.

    Parameters
    ----------
    normalize : bool, default True
        Whether pixels are float32 from 0 to 1; else uint8 from 0 to 255.
    flatten : bool, default True
        Whether an image is a row of 784 numbers; else it is (1, 28, 28).
    one_hot_label : bool, default False
        Whether a label is a row of 10 numbers with a single one, in float64; else it is uint8.

    Returns
    -------
    (x_train, t_train), (x_test, t_test)
        Images (n, 784) or (n, 1, 28, 28); labels (n,) or (n, 10).

    Raises
    ------
    DownloadError
        No folder has a file and no address gave it.

    Examples
    --------
    >>> (x_train, t_train), (x_test, t_test) = load_mnist(flatten=False)  # doctest: +SKIP
    >>> x_train.shape, t_train.dtype  # doctest: +SKIP
    ((60000, 1, 28, 28), dtype('uint8'))
    """
    (x, t), (x_test, t_test) = mnist.load_mnist(normalize, flatten, one_hot_label)
    if one_hot_label:
        t, t_test = t.astype(np.float64), t_test.astype(np.float64)
    return (x, t), (x_test, t_test)


__all__ = ["load_mnist"]
