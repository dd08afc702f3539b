import numpy as np
import pytest
from PIL import Image

from badak import datasets
from badak.datasets.idx import write_idx
from badak.datasets.image_dataset import FILES
from badak.errors import InputError, UnknownNameError


def make_images(folder, count=10):
    for label in ("circle", "square"):
        (folder / label).mkdir(parents=True)
        for number in range(count):
            Image.new("L", (20, 20), number).save(folder / label / f"{number}.png")


def make_idx(folder):
    folder.mkdir(exist_ok=True)
    for images, labels in FILES.values():
        write_idx(folder / images, np.zeros((3, 5, 5), np.uint8))
        write_idx(folder / labels, np.array([0, 2, 1], np.uint8))


def check(dataset):
    """What every data set promises."""
    for x, y in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)):
        assert x.dtype == np.uint8
        assert x.ndim == 3
        assert len(x) == len(y) > 0
        assert y.dtype.kind in "ui"
        assert x.max() <= dataset.maximum
        assert y.max() < len(dataset.class_names)


def test_the_digits():
    dataset = datasets.load("digits", seed=3, test_fraction=0.3)
    check(dataset)
    (x_train, _), _ = datasets.digits.load_data(0.3, 3)
    np.testing.assert_array_equal(dataset.x_train, x_train)
    assert (dataset.name, dataset.maximum) == ("digits", 16)


def test_mnist(shared_data):
    dataset = datasets.load("MNIST", data_dir=shared_data)
    check(dataset)
    assert (dataset.name, dataset.maximum, len(dataset.x_test)) == ("mnist", 255, 10000)
    assert dataset.class_names == tuple("0123456789")


def test_a_folder_of_images_is_split_by_class_and_seed(tmp_path):
    make_images(tmp_path / "shapes")
    dataset = datasets.load(tmp_path / "shapes")
    check(dataset)
    assert dataset.name == "shapes"
    assert dataset.class_names == ("circle", "square")
    assert np.bincount(dataset.y_train).tolist() == [8, 8]
    assert np.bincount(dataset.y_test).tolist() == [2, 2]
    again = datasets.load(str(tmp_path / "shapes"))
    np.testing.assert_array_equal(dataset.x_train, again.x_train)


def test_a_folder_of_idx_files(tmp_path):
    make_idx(tmp_path)
    dataset = datasets.load(tmp_path)
    check(dataset)
    assert dataset.class_names == ("0", "1", "2")


def test_a_name_comes_before_a_folder_unless_it_is_written_as_one(tmp_path, monkeypatch):
    make_idx(tmp_path / "digits")
    make_idx(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert datasets.load("digits").x_train.shape == (1438, 8, 8)
    assert datasets.load("mine").x_train.shape == (3, 5, 5)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="'minst'; did you mean 'mnist'"):
        datasets.load("minst")


def test_a_missing_folder_is_told(tmp_path):
    for folder in (tmp_path / "nowhere", str(tmp_path / "nowhere"), "nowhere/"):
        with pytest.raises(InputError, match="there is no folder"):
            datasets.load(folder)


@pytest.mark.parametrize("neither", [3, None, b"digits"])
def test_what_is_neither_a_name_nor_a_folder_is_refused(neither):
    with pytest.raises(InputError, match="a name such as 'digits' or a folder"):
        datasets.load(neither)
