import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from badak import Input, Sequential, datasets, layers, pictures
from badak.errors import InputError
from badak.pictures.canvas import LIGHT, encoded

DIGIT = datasets.load("digits").x_test[3]
LONG = [f"{i}번째 아주 긴 이름의 동물" if i % 2 else f"a rather long name {i}" for i in range(26)]


def explained(shape, *stack, x=DIGIT, names=None, **asked):
    model = Sequential([Input(shape), *stack], seed=3, engine="reference")
    model.adapt(np.random.default_rng(0).uniform(0.0, 16.0, (40, *shape)))
    model.class_names = names
    return model.explain(x, **asked)


def of_digits(**asked):
    stack = [layers.Rescaling(1 / 16), layers.Flatten(), layers.Dense(12, "relu")]
    return explained((8, 8), *stack, layers.Dense(6, "tanh"), layers.Dense(3, "softmax"), **asked)


def of_letters(**asked):
    return explained((8, 8), layers.Flatten(), layers.Dense(26, "softmax"), **asked)


def panels(figure):
    """The inner axes by the first line of what stands over them, and the bars' as "bars"."""
    inner = figure.axes[0].child_axes
    return {ax.get_title().split("\n")[0] or ("bars" if ax.patches else "key"): ax for ax in inner}


CASES = {
    "many classes": lambda: explained(
        (8, 8), layers.Flatten(), layers.Dense(26, "softmax"), names=LONG
    ),
    "prepared": lambda: explained(
        (8, 8),
        *[layers.Flatten(), layers.Normalization(), layers.Whitening(), layers.Dense(20)],
        *[layers.BatchNormalization(), layers.Activation("tanh"), layers.Dense(26, "softmax")],
        names=LONG,
    ),
    "one sigmoid": lambda: explained(
        (8, 8), layers.Flatten(), layers.Dense(5, "elu"), layers.Dense(1, "sigmoid")
    ),
    "two named": lambda: explained(
        (8, 8), layers.Flatten(), layers.Dense(1, "sigmoid"), names=LONG[:2]
    ),
    "step": lambda: explained(
        (8, 8), layers.Flatten(), layers.Dense(5, "step"), layers.Dense(3, "softmax")
    ),
    "wide": lambda: explained(
        (4, 30),
        *[layers.Flatten(), layers.Dense(3000, "gelu"), layers.Dense(3, "softmax")],
        x=np.random.default_rng(1).uniform(0.0, 1.0, (4, 30)),
    ),
    "colour": lambda: explained(
        (10, 4, 3),
        *[layers.Flatten(), layers.Dense(3, "softmax")],
        x=np.random.default_rng(1).uniform(0.0, 1.0, (10, 4, 3)),
    ),
    "blank": lambda: of_digits(x=np.zeros((8, 8))),
    "many layers": lambda: explained(
        (8, 8),
        *[layers.Flatten(name="flat"), layers.Dense(9, "relu", name="a layer of a very long name")],
        *[layers.Dense(n, "relu") for n in (200, 30, 7, 1)],
        *[layers.Dense(3), layers.Softmax()],
    ),
}


WAYS = (("light", "en"), ("dark", "ko"))
IN_BOTH = ("many classes", "prepared")  # those with the most words


@pytest.mark.parametrize(
    ("case", "way"),
    [
        *((case, WAYS[i % 2]) for i, case in enumerate(CASES)),
        *((case, WAYS[1 - i % 2]) for i, case in enumerate(CASES) if case in IN_BOTH),
    ],
)
def test_every_kind_of_network_can_be_read_at_800_pixels(case, way, check_legible):
    theme, language = way
    image = check_legible(pictures.explanation(CASES[case](), theme=theme, language=language))
    assert image.shape[1] == 800


def test_the_figure_holds_the_numbers_of_the_explanation():
    found = of_digits(target=1, against=2)
    drawn = panels(pictures.explanation(found))
    assert list(drawn) == [
        *["what the network sees", "dense: 12 relu", "dense_1: 6 tanh", "bars"],
        *["for and against 1", "1 rather than 2", "key"],
    ]
    np.testing.assert_allclose(
        drawn["what the network sees"].images[0].get_array(), DIGIT / DIGIT.max()
    )
    for name, layer in (("dense: 12 relu", 2), ("dense_1: 6 tanh", 3)):
        (cells,) = (c for c in drawn[name].collections if isinstance(c, PolyCollection))
        np.testing.assert_array_equal(cells.get_array(), found.trace[layer].z[0])
    widths = [bar.get_width() for bar in drawn["bars"].patches]
    np.testing.assert_allclose(widths, found.probabilities)
    for name, against in (("for and against 1", None), ("1 rather than 2", 2)):
        np.testing.assert_array_equal(
            drawn[name].images[0].get_array(), found.contributions(1, against).pixels
        )


def test_pixels_for_and_against_share_one_scale_with_zero_in_the_middle():
    drawn = panels(pictures.explanation(of_digits()))
    ends = {
        ax.images[0].get_clim() for name, ax in drawn.items() if "against" in name or "rath" in name
    }
    ((low, high),) = ends
    assert low == -high
    largest = max(np.abs(ax.images[0].get_array()).max() for n, ax in drawn.items() if "rath" in n)
    assert high >= largest


def test_layers_below_zero_are_drawn_around_it_and_others_from_it_up():
    drawn = panels(pictures.explanation(of_digits()))
    low, high = drawn["dense_1: 6 tanh"].collections[0].get_clim()
    assert low == -high
    relu = drawn["dense: 12 relu"].collections[0]
    assert relu.get_clim()[0] == 0.0
    assert relu.get_cmap()(0.0) == LIGHT.sequential(0.0)


def test_of_many_classes_the_likeliest_are_drawn_with_those_that_are_told():
    found = of_letters()
    last = found.order[-1]
    drawn = panels(pictures.explanation(of_letters(target=last)))
    names = [label.get_text() for label in drawn["bars"].get_yticklabels()]
    assert len(names) == 10
    assert names[:8] == [str(k) for k in found.order[:8]]
    assert str(last) in names


def test_the_caption_tells_what_the_pixels_and_the_biases_add():
    found = of_digits()
    told = "".join(text.get_text() for text in pictures.explanation(found).axes[0].texts)
    alone = found.contributions()
    assert f"{alone.sum:.2f} = pixels {alone.total:+.2f}" in told
    assert "biases and bends of activations" in told
    flat = pictures.explanation(CASES["step"]()).axes[0].texts
    assert "No pixel has a slope" in "".join(text.get_text() for text in flat)


def test_a_sample_that_is_no_image_is_refused():
    found = explained((5,), layers.Dense(3, "softmax"), x=np.ones(5))
    with pytest.raises(InputError, match="is no images"):
        pictures.explanation(found)


def test_it_is_drawn_in_axes_that_are_given_and_the_same_on_every_run():
    figure = Figure(figsize=(16.0, 7.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert pictures.explanation(of_digits(), ax=right, title="mine") is figure
    assert (right.get_title(), left.get_title()) == ("mine", "")
    first, second = (encoded(pictures.explanation(of_digits()), "svg") for _ in range(2))
    assert first == second
