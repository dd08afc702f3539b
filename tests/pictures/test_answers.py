import numpy as np
import pytest
from matplotlib.colors import to_rgb

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import Dense, Flatten
from badak.pictures import confusion, misclassified
from badak.pictures.canvas import LIGHT
from badak.pictures.grid import as_images


def mistaken(classes, count, seed=0):
    """Labels and answers, one in ten of them drawn anew."""
    rng = np.random.default_rng(seed)
    true = np.concatenate([np.arange(classes), rng.integers(0, classes, count)])
    return true, np.where(rng.random(len(true)) < 0.9, true, rng.integers(0, classes, len(true)))


def test_each_count_stands_in_its_cell():
    true, said = mistaken(4, 300)
    figure = confusion(true, said)
    written = {text.get_position(): int(text.get_text()) for text in figure.axes[0].texts}
    for t, s in np.ndindex(4, 4):
        times = int(((true == t) & (said == s)).sum())
        assert written.get((s, t), 0) == times
    right = (true == said).mean()
    assert figure.axes[0].get_title().endswith(f"right, {right:.1%}")


def test_right_answers_are_blue_mistakes_orange_and_the_most_frequent_the_fullest():
    true = [0] * 20 + [1] * 20
    said = [0] * 18 + [1] * 2 + [1] * 19 + [0]
    cells = np.array(confusion(true, said).axes[0].images[0].get_array())[..., :3]
    blue, orange = (np.array(to_rgb(colour)) for colour in LIGHT.series[:2])
    np.testing.assert_allclose(cells[0, 1], orange, atol=0.01)
    for cell, full in ((cells[0, 0], blue), (cells[1, 1], blue), (cells[1, 0], orange)):
        assert np.abs(cell - full).sum() < 0.8
    assert np.abs(cells[0, 1] - orange).sum() < np.abs(cells[1, 0] - orange).sum()


def test_scores_and_one_hot_are_taken_as_well():
    true, said = mistaken(5, 50)
    figure = confusion(np.eye(5)[true], np.eye(5)[said])
    assert figure.axes[0].get_title() == confusion(true, said).axes[0].get_title()


@pytest.mark.parametrize("classes", [2, 10, 26, 31, 100])
def test_no_text_overlaps_however_many_classes_there_are(classes, check_legible):
    figure = confusion(*mistaken(classes, 90 * classes))
    check_legible(figure)
    assert bool(figure.axes[0].texts) == (classes <= 30)


def test_long_and_korean_names_find_room(check_legible):
    names = ["고양이", "아주 긴 이름을 가진 동물", "a class with a long name"] * 7
    true, said = mistaken(21, 99_000)
    figure = confusion(true, said, names)
    check_legible(figure)


def test_a_class_that_does_not_appear_has_its_row():
    labels = confusion([0], [0], ["cat", "owl"]).axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["cat", "owl"]


@pytest.mark.parametrize(
    ("true", "said", "names"),
    [([], [], None), ([0, 1], [0], None), ([0, 3], [0, 1], ["a", "b"]), (["a"], ["a"], None)],
)
def test_answers_that_do_not_fit_are_refused(true, said, names):
    with pytest.raises(InputError):
        confusion(true, said, names)


@pytest.fixture
def brightest():
    """A network that takes an image of 1x3 pixels for the class of its brightest one."""
    model = Sequential([Input((1, 3)), Flatten(), Dense(3, "softmax")], engine="reference")
    model.layers[1].kernel[...] = np.eye(3)
    model.layers[1].bias[...] = 0.0
    return model


X = np.array([[[5.0, 0, 0]], [[0, 1.0, 0]], [[0, 0, 9.0]], [[0, 2.0, 0]]], np.float32)


def test_mistakes_are_sorted_by_how_sure_they_were(brightest):
    figure = misclassified(brightest, X, [0, 0, 1, 2])
    shown = [np.array(image.get_array()).argmax() for image in figure.axes[0].images]
    assert shown == [2, 1, 1]
    labels = [text.get_text() for text in figure.axes[0].texts]
    sure = np.exp([9.0, 2.0, 1.0]) / (np.exp([9.0, 2.0, 1.0]) + 2.0)
    assert labels == [
        f"true 1\nsaid 2\n{sure[0]:.1%}",
        f"true 2\nsaid 1\n{sure[1]:.1%}",
        f"true 0\nsaid 1\n{sure[2]:.1%}",
    ]
    assert figure.axes[0].get_title() == "3 of 4 images wrong"


def test_only_the_surest_are_shown_where_there_are_many(brightest):
    figure = misclassified(brightest, X, [1, 0, 1, 2], count=2)
    assert len(figure.axes[0].images) == 2
    assert figure.axes[0].get_title() == "4 of 4 images wrong, the 2 surest"


def test_without_a_mistake_it_says_so(brightest):
    figure = misclassified(brightest, X, np.eye(3)[[0, 1, 2, 1]])
    assert not figure.axes[0].images
    assert [text.get_text() for text in figure.axes[0].texts] == ["no mistakes"]


def test_of_one_sigmoid_a_no_is_as_sure_as_it_is_far_from_yes():
    model = Sequential([Input((2, 2)), Flatten(), Dense(1, "sigmoid")], engine="reference")
    model.layers[1].kernel[...] = [[1.0], [0.0], [0.0], [0.0]]
    model.class_names = ["no"]  # of one unit, so that the classes are numbered
    x = np.array([[[-3.0, 0], [0, 0]], [[1.0, 0], [0, 0]]])
    labels = [
        t.get_text()
        for t in misclassified(model, x, [1, 0], class_names=["no", "yes"]).axes[0].texts
    ]
    sure = 1.0 / (1.0 + np.exp([-3.0, -1.0]))
    assert labels == [f"true yes\nsaid no\n{sure[0]:.1%}", f"true no\nsaid yes\n{sure[1]:.1%}"]


@pytest.mark.parametrize(
    ("y", "complaint"),
    [
        ([0, 1, 2], "x has 4 samples, but y"),
        ([0, 1, 2, 3], "holds class 3, but the network knows 3 classes"),
        ([0, 1, 2, -1], "holds class -1"),
        ([0, 1, 2, 0.5], "class numbers"),
        (["a", "b", "c", "d"], "class numbers"),
    ],
)
def test_labels_that_do_not_fit_are_refused(brightest, y, complaint):
    with pytest.raises(InputError, match=complaint):
        misclassified(brightest, X, y)


def test_a_network_without_probabilities_and_samples_that_are_no_images_are_refused():
    numbers = Sequential([Input((4,)), Dense(3)], engine="reference")
    with pytest.raises(InputError, match="no probabilities"):
        misclassified(numbers, np.zeros((2, 4)), [0, 1])
    features = Sequential([Input((3,)), Dense(3, "softmax")], engine="reference")
    with pytest.raises(InputError, match="no images"):
        misclassified(features, np.zeros((2, 3)), [0, 1])
    with pytest.raises(InputError, match="x"):
        as_images(np.full((2, 2, 2), np.nan))


def test_a_model_in_the_place_of_answers_is_told_what_is_expected():
    model = Sequential([Input((2,)), Dense(3, "softmax")])
    with pytest.raises(InputError, match=r"confusion\(y, model.classify\(x\), model.class_names\)"):
        confusion(model, np.zeros((4, 2)), [0, 1, 2, 0])
