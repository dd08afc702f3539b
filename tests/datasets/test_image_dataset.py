"""MNIST, Fashion-MNIST and KMNIST: one reader, three tables."""

import hashlib
import pickle
import re

import numpy as np
import pytest

from badak.datasets import fashion_mnist, kmnist, mnist
from badak.datasets.idx import write_idx
from badak.datasets.image_dataset import FILES, ImageDataset, read_pair
from badak.errors import FileFormatError

MODULES = [mnist, fashion_mnist, kmnist]


@pytest.fixture
def small(tmp_path):
    """A data set in MNIST's form: six images of 2x2 and four of them, in a folder."""
    for part, count in (("train", 6), ("test", 4)):
        images, labels = FILES[part]
        write_idx(tmp_path / images, np.arange(count * 4, dtype=np.uint8).reshape(count, 2, 2))
        write_idx(tmp_path / labels, np.arange(count, dtype=np.uint8) % 3)
    sha256 = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()
    }
    return ImageDataset("small", (), sha256, ("a", "b", "c")), tmp_path


def test_four_files_become_two_pairs(small):
    dataset, folder = small
    (x_train, y_train), (x_test, y_test) = dataset.load_data(folder)
    assert x_train.shape == (6, 2, 2)
    assert y_train.tolist() == [0, 1, 2, 0, 1, 2]
    assert x_test[3].tolist() == [[12, 13], [14, 15]]
    assert y_test.tolist() == [0, 1, 2, 0]


def test_one_part_is_read_without_the_other(small):
    dataset, folder = small
    for name in FILES["train"]:
        (folder / name).unlink()
    x_test, y_test = dataset.load_part("test", folder)
    assert (len(x_test), len(y_test)) == (4, 4)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((3, 2, 2), np.uint8), np.zeros(2, np.uint8), "holds 3 images, but .* 2 labels"),
        (np.zeros((3, 4), np.uint8), np.zeros(3, np.uint8), "images are uint8 of shape"),
        (np.zeros((3, 2, 2), np.float32), np.zeros(3, np.uint8), "holds float32"),
        (np.zeros((3, 2, 2), np.uint8), np.zeros((3, 1), np.uint8), "labels are integers"),
        (np.zeros((3, 2, 2), np.uint8), np.zeros(3, np.float64), "labels are integers"),
        (np.zeros((0, 2, 2), np.uint8), np.zeros(0, np.uint8), "holds no image"),
        (np.zeros((2, 2, 2), np.uint8), np.array([0, 10], np.uint8), "0 to 10, expected 0 to 9"),
        (np.zeros((2, 2, 2), np.uint8), np.array([-1, 0], np.int8), "from -1 to 0"),
    ],
)
def test_images_and_labels_that_do_not_fit_are_refused(tmp_path, images, labels, message):
    write_idx(tmp_path / "images", images)
    write_idx(tmp_path / "labels", labels)
    with pytest.raises(FileFormatError, match=message):
        read_pair(tmp_path / "images", tmp_path / "labels", classes=10)


@pytest.mark.parametrize("module", MODULES)
def test_a_published_set_has_ten_classes_and_four_checksums(module):
    dataset = module.DATASET
    assert len(module.CLASS_NAMES) == 10
    assert dataset.class_names is module.CLASS_NAMES
    assert set(dataset.sha256) == {name for part in FILES.values() for name in part}
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in dataset.sha256.values())
    assert all(re.fullmatch("https?://.*/", url) for url in dataset.base_urls)


def test_no_two_files_share_a_checksum():
    values = [value for module in MODULES for value in module.DATASET.sha256.values()]
    assert len(set(values)) == 12


@pytest.mark.parametrize("module", MODULES)
def test_load_data_is_keras_shaped_and_reads_the_given_folder(module, small, monkeypatch):
    dataset, folder = small
    monkeypatch.setattr(module, "DATASET", dataset)
    (x_train, y_train), (x_test, y_test) = module.load_data(data_dir=folder)
    assert [len(each) for each in (x_train, y_train, x_test, y_test)] == [6, 6, 4, 4]


class TestMnist:
    """The real files."""

    def test_load_data(self, shared_data):
        (x_train, y_train), (x_test, y_test) = mnist.load_data(shared_data)
        assert x_train.shape == (60000, 28, 28)
        assert y_train.shape == (60000,)
        assert x_test.shape == (10000, 28, 28)
        assert y_test.shape == (10000,)
        assert all(each.dtype == np.uint8 for each in (x_train, y_train, x_test, y_test))
        assert y_train[0] == 5
        assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        assert (x_train.min(), x_train.max()) == (0, 255)

    def test_the_books_shapes(self, shared_data):
        folder = shared_data / "mnist"
        (x_train, t_train), (x_test, t_test) = mnist.load_mnist(data_dir=folder)
        assert (x_train.shape, x_test.shape) == ((60000, 784), (10000, 784))
        assert (x_train.dtype, x_train.min(), x_train.max()) == (np.float32, 0.0, 1.0)
        assert (t_train[0], t_test.shape) == (5, (10000,))

    def test_the_books_switches(self, shared_data):
        (x_train, t_train), (x_test, t_test) = mnist.load_mnist(
            normalize=False, flatten=False, one_hot_label=True, data_dir=shared_data
        )
        assert (x_train.shape, x_test.shape) == ((60000, 1, 28, 28), (10000, 1, 28, 28))
        assert (x_train.dtype, x_train.max()) == (np.uint8, 255)
        assert (t_train.shape, t_test.shape) == ((60000, 10), (10000, 10))
        assert t_train[0].tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]

    def test_the_books_trained_weights_classify_the_test_images(self, shared_data):
        # Chapter 3 prints the accuracy 0.9352 for these weights.
        (_, _), (x, t) = mnist.load_mnist(data_dir=shared_data)
        with (shared_data / "book" / "sample_weight.pkl").open("rb") as file:
            weights = pickle.load(file)
        for layer in "123":
            x = x @ weights[f"W{layer}"] + weights[f"b{layer}"]
            x = 1.0 / (1.0 + np.exp(-x)) if layer < "3" else x
        assert (x.argmax(axis=1) == t).mean() == 0.9352
