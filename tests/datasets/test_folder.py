import numpy as np
import pytest
from PIL import Image

from badak.datasets.folder import is_idx_folder, load_folder, load_idx_folder
from badak.datasets.idx import write_idx
from badak.datasets.image_dataset import FILES
from badak.datasets.picture_folder import SUFFIXES
from badak.errors import FileFormatError, InputError


def paint(path, shade, size=(28, 28)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, shade).save(path)


def test_sub_folders_are_classes_in_the_order_of_their_names(tmp_path):
    paint(tmp_path / "dog" / "b.png", 30)
    paint(tmp_path / "dog" / "a.png", 20)
    paint(tmp_path / "cat" / "z.png", 10)
    images, labels, names = load_folder(tmp_path)
    assert names == ("cat", "dog")
    assert labels.tolist() == [0, 1, 1]
    assert images.dtype == np.uint8
    assert images.shape == (3, 28, 28)
    assert images[:, 0, 0].tolist() == [10, 20, 30]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_of_picture_is_read(tmp_path, suffix):
    paint(tmp_path / "a" / f"one{suffix}", 100)
    paint(tmp_path / "b" / f"two{suffix.upper()}", 200)
    images, labels, _ = load_folder(tmp_path)
    assert np.abs(images.mean(axis=(1, 2)) - [100, 200]).max() < 3
    assert labels.tolist() == [0, 1]


def test_pictures_of_any_size_become_one_shape(tmp_path):
    paint(tmp_path / "a" / "wide.png", 100, (90, 30))
    paint(tmp_path / "b" / "tiny.png", 200, (3, 5))
    images, _, _ = load_folder(tmp_path, image_shape=(8, 6))
    assert images.shape == (2, 8, 6)
    assert [np.unique(image).tolist() for image in images] == [[100], [200]]


def test_what_is_hidden_or_no_picture_is_passed_over(tmp_path):
    for name in ("a", "b", ".git"):
        paint(tmp_path / name / "one.png", 1)
    (tmp_path / "a" / "notes.txt").write_text("not a picture")
    (tmp_path / "a" / "._one.png").write_bytes(b"what a Mac leaves on a foreign disk")
    (tmp_path / "README").write_text("not a class")
    images, _, names = load_folder(tmp_path)
    assert len(images) == 2
    assert names == ("a", "b")


def test_what_cannot_be_learned_from_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        load_folder(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"has 0 sub-folders \(none\)"):
        load_folder(tmp_path)
    paint(tmp_path / "a" / "one.png", 1)
    with pytest.raises(InputError, match=r"has 1 sub-folder \(a\), .* takes at least 2"):
        load_folder(tmp_path)
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match="/b has no image"):
        load_folder(tmp_path)
    (tmp_path / "b" / "torn.png").write_bytes((tmp_path / "a" / "one.png").read_bytes()[:50])
    with pytest.raises(FileFormatError, match=r"/b/torn\.png"):
        load_folder(tmp_path)


@pytest.fixture
def idx_folder(tmp_path):
    for number, names in enumerate(FILES.values()):
        images, labels = (name.removesuffix(".gz") if number else name for name in names)
        write_idx(tmp_path / images, np.full((2, 3, 3), number, np.uint8))
        write_idx(tmp_path / labels, np.array([0, 1], np.uint8))
    return tmp_path


def test_idx_files_are_read_packed_and_plain(idx_folder):
    assert is_idx_folder(idx_folder)
    (x_train, y_train), (x_test, y_test) = load_idx_folder(idx_folder)
    assert (x_train == 0).all()
    assert (x_test == 1).all()
    assert y_train.tolist() == y_test.tolist() == [0, 1]


def test_every_missing_idx_file_is_named(idx_folder):
    (idx_folder / FILES["train"][1]).unlink()
    (idx_folder / FILES["test"][0].removesuffix(".gz")).unlink()
    with pytest.raises(InputError, match=r"lacks train-labels\S*, t10k-images"):
        load_idx_folder(idx_folder)


def test_training_and_test_images_are_of_one_size(idx_folder):
    write_idx(idx_folder / "t10k-images-idx3-ubyte", np.zeros((2, 4, 4), np.uint8))
    with pytest.raises(InputError, match=r"\(3, 3\) pixels, but test images of \(4, 4\)"):
        load_idx_folder(idx_folder)


def test_an_idx_folder_is_told_from_others(tmp_path):
    paint(tmp_path / "a" / "one.png", 1)
    assert not is_idx_folder(tmp_path)
