import dataclasses

import numpy as np
import pytest
from PIL import Image

from badak import Sequential, datasets, layers
from badak.errors import FileFormatError
from badak.images import as_digit, load_grey
from badak.recipes.preparation import BOXES, Preparation, preparation_for, preparation_of

MNIST = Preparation("digit", (28, 28), 20, 1, 255, "mnist")


@pytest.fixture
def stroke(tmp_path):
    picture = np.full((200, 150), 240, np.uint8)
    picture[40:160, 60:80] = 15
    Image.fromarray(picture).save(tmp_path / "stroke.png")
    return tmp_path / "stroke.png"


def test_every_data_set_known_by_name_has_its_preparation():
    with pytest.raises(ValueError, match="unknown data set") as error:
        datasets.load("no such data")
    known = str(error.value).split("known: ")[1]
    assert sorted(known.strip(")").split(", ")) == sorted(BOXES)


def test_characters_of_mnist_are_prepared_as_those_of_mnist_were(stroke):
    np.testing.assert_array_equal(MNIST(stroke), as_digit(load_grey(stroke)))


def test_digits_are_drawn_on_32x32_points_and_counted_in_blocks_of_4x4(stroke):
    digits = preparation_for("digits", datasets.load("digits"))
    points = as_digit(load_grey(stroke), (32, 32), 32).astype(float) / 255.0
    counted = [
        [points[4 * y : 4 * y + 4, 4 * x : 4 * x + 4].sum() for x in range(8)] for y in range(8)
    ]
    prepared = digits(stroke)
    assert prepared.shape == (8, 8)
    assert np.abs(prepared - np.array(counted)).max() <= 0.51  # rounded


def test_a_picture_is_only_resized_and_keeps_its_brightness(stroke):
    prepared = dataclasses.replace(MNIST, kind="picture")(stroke)
    assert prepared.shape == (28, 28)
    assert prepared[0, 0] == 240
    assert prepared.min() == 15


def test_a_folder_is_not_taken_for_the_data_set_it_is_called_like(tmp_path):
    dataset = dataclasses.replace(datasets.load("digits"), name="mnist")
    assert preparation_for(str(tmp_path / "mnist"), dataset).kind == "picture"


def idx_folder(folder, images):
    folder.mkdir()
    for part in ("train", "t10k"):
        datasets.write_idx(folder / f"{part}-images-idx3-ubyte", images)
        labels = np.arange(len(images), dtype=np.uint8) % 2
        datasets.write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
    return str(folder)


def test_idx_files_of_characters_in_mnists_box_are_told_by_their_images(tmp_path):
    rng = np.random.default_rng(0)
    characters = np.zeros((20, 28, 28), np.uint8)
    for image, width in zip(characters, rng.integers(2, 20, 20), strict=True):
        image[4:24, 14 - width // 2 : 14 + width // 2 + 1] = 200
    whole = rng.integers(1, 255, (20, 28, 28)).astype(np.uint8)
    for name, images, kind, box in (("a", characters, "digit", 20), ("b", whole, "picture", 0)):
        folder = idx_folder(tmp_path / name, images)
        prepared = preparation_for(folder, datasets.load(folder))
        assert (prepared.kind, prepared.box, prepared.data) == (kind, box, folder)


def test_mnist_in_a_folder_is_prepared_as_mnist(shared_data):
    folder = str(shared_data / "mnist")
    prepared = preparation_for(folder, datasets.load(folder))
    assert prepared == dataclasses.replace(MNIST, data=folder)


def test_a_picture_in_colour_keeps_its_colours(tmp_path):
    Image.new("RGB", (20, 10), (200, 0, 100)).save(tmp_path / "a.png")
    prepare = Preparation("picture", (4, 6), 0, 1, 255, "folder", "rgb")
    prepared = prepare(tmp_path / "a.png")
    assert prepared.shape == (4, 6, 3)
    assert (prepared == [200, 0, 100]).all()


def test_a_model_that_does_not_speak_of_colour_takes_pictures_in_grey():
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(2, "softmax")])
    model.preparation = dataclasses.replace(MNIST, kind="picture").as_dict()
    assert "colour" not in model.preparation
    assert preparation_of(model, "m.safetensors").colour == "grey"


def test_a_colour_that_does_not_go_with_the_network_is_refused():
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(2, "softmax")])
    for colour in ("rgb", "blue"):
        kept = dataclasses.replace(MNIST, kind="picture", colour=colour)
        model.preparation = kept.as_dict()
        with pytest.raises(FileFormatError, match="does not go with how it prepares pictures"):
            preparation_of(model, "m.safetensors")
