import numpy as np
import pytest

from badak.errors import InputError
from badak.pictures import images


def drawn(figure):
    return [np.array(image.get_array()) for image in figure.axes[0].images]


def labels(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def shade(image):
    """What an image's pixels become: 0 black, 1 white."""
    return np.array(image.norm(image.get_array()))


def test_the_images_are_drawn_row_by_row_with_their_labels():
    x = np.random.default_rng(0).integers(0, 256, (7, 4, 5), dtype=np.uint8)
    figure = images(x, np.arange(7), columns=3)
    np.testing.assert_array_equal(drawn(figure), x)
    assert labels(figure) == list("0123456")
    left = [image.get_extent()[0] for image in figure.axes[0].images]
    top = [image.get_extent()[3] for image in figure.axes[0].images]
    assert left[0] == left[3] == left[6] < left[1] < left[2]
    assert top[0] == top[2] > top[3] == top[5] > top[6]


@pytest.mark.parametrize("span", [(0, 255), (0.0, 1.0), (-3.0, 900.0), (5.0, 6.0), (1e-30, 2e-30)])
def test_the_least_number_is_black_and_the_greatest_white(span):
    x = np.linspace(*span, 2 * 3 * 3).reshape(2, 3, 3)
    first, last = images(x).axes[0].images
    assert shade(first).min() == pytest.approx(0.0)
    assert shade(last).max() == pytest.approx(1.0)
    assert shade(first).max() < shade(last).min()  # one scale for all


def test_images_of_one_shade_are_drawn_too():
    for picture in images(np.full((2, 3, 3), 7)).axes[0].images:
        np.testing.assert_array_equal(shade(picture), np.zeros((3, 3)))
        assert np.isfinite(picture.norm.vmax - picture.norm.vmin)


def test_flat_and_channelled_images_are_the_same_images():
    x = np.random.default_rng(0).random((3, 4, 4))
    for form in (x.reshape(3, 16), x[..., np.newaxis]):
        np.testing.assert_array_equal(drawn(images(form)), x)


def test_colours_are_kept():
    x = np.random.default_rng(0).integers(0, 256, (2, 3, 5, 3), dtype=np.uint8)
    low, high = int(x.min()), int(x.max())
    np.testing.assert_allclose(drawn(images(x)), (x - low) / (high - low), atol=1e-12)


def test_labels_may_be_names_numbers_or_one_hot():
    x = np.zeros((2, 3, 3))
    assert labels(images(x, ["cat", "owl"])) == ["cat", "owl"]
    assert labels(images(x, [1, 0], class_names=["cat", "owl"])) == ["owl", "cat"]
    assert labels(images(x, np.eye(2)[[1, 0]], class_names=["cat", "owl"])) == ["owl", "cat"]
    assert labels(images(x, [[1], [0]])) == ["1", "0"]
    assert labels(images(x, [1.0, 0.0])) == ["1", "0"]


def test_only_the_first_are_shown_of_many():
    figure = images(np.zeros((100, 3, 3)), np.arange(100), count=12)
    assert len(drawn(figure)) == len(labels(figure)) == 12
    assert figure.axes[0].get_title() == "The first 12 of 100 images"
    assert images(np.zeros((1, 3, 3))).axes[0].get_title() == "1 image"


def test_one_image_is_no_poster():
    figure = images(np.zeros((1, 8, 8)))
    assert figure.get_size_inches()[1] < 4.0


@pytest.mark.parametrize("shape", [(1, 9, 9), (40, 8, 8), (12, 5, 50), (12, 50, 5)])
def test_labels_do_not_meet_whatever_the_images_shape(shape, check_legible):
    names = ["a name too long for its image", "아주 긴 한국어 이름"]
    check_legible(
        images(np.zeros(shape), np.arange(len(shape)).repeat(99)[: shape[0]] % 2, class_names=names)
    )


@pytest.mark.parametrize(
    ("x", "y", "options"),
    [
        (np.zeros((0, 3, 3)), None, {}),
        (np.zeros((2, 3)), None, {}),
        (np.zeros((2, 3, 3, 2)), None, {}),
        (np.full((2, 3, 3), np.inf), None, {}),
        ([["a"]], None, {}),
        (np.zeros((2, 3, 3)), [1], {}),
        (np.zeros((2, 3, 3)), [0, 2], {"class_names": ["a", "b"]}),
        (np.zeros((2, 3, 3)), ["a", "b"], {"class_names": ["a", "b"]}),
        (np.zeros((2, 3, 3)), None, {"count": 0}),
        (np.zeros((2, 3, 3)), None, {"columns": 0}),
    ],
)
def test_what_cannot_be_drawn_is_refused(x, y, options):
    with pytest.raises(InputError):
        images(x, y, **options)
