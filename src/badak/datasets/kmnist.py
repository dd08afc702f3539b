"""Kuzushiji-MNIST: 70,000 cursive hiragana of old Japanese books, in the form of MNIST.

T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha, Deep learning for classical
Japanese literature, arXiv:1812.01718 (2018). Licence: CC BY-SA 4.0 (ROIS-DS Center for Open Data
in the Humanities).
"""

import os

from badak.datasets.image_dataset import ImageDataset, Parts, with_sections

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


@with_sections
def load_data(data_dir: str | os.PathLike[str] | None = None) -> Parts:
    """Load Kuzushiji-MNIST in the form that Keras has for MNIST."""
    return DATASET.load_data(data_dir)
