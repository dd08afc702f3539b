"""Kuzushiji-MNIST: 70,000 cursive hiragana of old Japanese books, in the form of MNIST.

T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha, Deep learning for classical
Japanese literature, arXiv:1812.01718 (2018). Licence: CC BY-SA 4.0 (ROIS-DS Center for Open Data
in the Humanities).
"""

import os

from badak.datasets.image_dataset import ImageDataset
from badak.typing import Array

CLASS_NAMES = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")

DATASET = ImageDataset(
    name="kmnist",
    base_urls=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
    sha256={
        "train-images-idx3-ubyte.gz": (
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"
        ),
        "train-labels-idx1-ubyte.gz": (
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"
        ),
    },
    class_names=CLASS_NAMES,
)


def load_data(
    data_dir: str | os.PathLike[str] | None = None,
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Kuzushiji-MNIST, handed out as Keras does with its kin.

    Parameters
    ----------
    data_dir
        A folder that holds the files; else BADAK_DATA, the cache and the network are tried.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        uint8 images of shape (60000, 28, 28) and (10000, 28, 28), ink bright, 0 to 255;
        uint8 labels of shape (60000,) and (10000,), places in CLASS_NAMES.
    """
    return DATASET.load_data(data_dir)
