"""Data sets: the digits that come with badak, MNIST and the like, and the user's own folders."""

from badak.datasets import digits, fashion_mnist, kmnist, mnist
from badak.datasets.dataset import Dataset, load
from badak.datasets.folder import load_folder, load_idx_folder
from badak.datasets.idx import read_idx, write_idx
from badak.datasets.mnist import load_mnist

__all__ = [
    "Dataset",
    "digits",
    "fashion_mnist",
    "kmnist",
    "load",
    "load_folder",
    "load_idx_folder",
    "load_mnist",
    "mnist",
    "read_idx",
    "write_idx",
]
