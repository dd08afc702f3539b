"""MNIST: 70,000 handwritten digits of 28x28 pixels.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document
recognition, Proceedings of the IEEE 86 (1998). Licence: CC BY-SA 3.0 (Y. LeCun, C. Cortes).
"""

import os

from badak.datasets.image_dataset import ImageDataset, Parts, with_sections
from badak.preprocessing import normalize, one_hot
from badak.typing import Array

CLASS_NAMES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")

DATASET = ImageDataset(
    name="mnist",
    base_urls=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",  # where it was first published; often unreachable
    ),
    sha256={
        "train-images-idx3-ubyte.gz": (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
        ),
        "train-labels-idx1-ubyte.gz": (
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
        ),
    },
    class_names=CLASS_NAMES,
)


@with_sections
def load_data(data_dir: str | os.PathLike[str] | None = None) -> Parts:
    """Load MNIST as Keras hands it out."""
    return DATASET.load_data(data_dir)


def load_mnist(
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
    data_dir: str | os.PathLike[str] | None = None,
) -> Parts:
    """Load MNIST as *Deep Learning from Scratch* (K. Saito) hands it out.

    Parameters
    ----------
    normalize : bool, default True
        Whether pixels are float32 from 0 to 1; else uint8 from 0 to 255.
    flatten : bool, default True
        Whether an image is a row of 784 numbers; else it is (1, 28, 28).
    one_hot_label : bool, default False
        Whether a label is a row of 10 numbers with a single one; else it is an integer.
    data_dir : path-like, optional
        As for :func:`load_data`.

    Returns
    -------
    (x_train, t_train), (x_test, t_test)
        Images (n, 784) or (n, 1, 28, 28); labels (n,) or (n, 10).

    Examples
    --------
    >>> (x, t), _ = load_mnist(one_hot_label=True)  # doctest: +SKIP
    >>> x.shape, t.shape  # doctest: +SKIP
    ((60000, 784), (60000, 10))
    """
    (x_train, t_train), (x_test, t_test) = load_data(data_dir)
    return (
        (_images(x_train, normalize, flatten), _labels(t_train, one_hot_label)),
        (_images(x_test, normalize, flatten), _labels(t_test, one_hot_label)),
    )


def _images(x: Array, normalized: bool, flatten: bool) -> Array:
    shape = (len(x), -1) if flatten else (len(x), 1, *x.shape[1:])
    return (normalize(x) if normalized else x).reshape(shape)


def _labels(t: Array, one_hot_label: bool) -> Array:
    return one_hot(t, len(CLASS_NAMES)) if one_hot_label else t
