"""What holds for all pictures: legible, in both themes and languages, the same on every run."""

import doctest
import inspect
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from badak import Input, Perceptron, Sequential, datasets, layers, pictures
from badak.errors import InputError
from badak.pictures import canvas
from badak.pictures.registry import PICTURES
from tests.pictures import explained

DOCS = Path(__file__).parents[2] / "docs"
IMAGES = datasets.load("digits").x_test[:60]
LABELS = np.arange(60) % 3
CORNERS = [[0, 0], [1, 0], [0, 1], [1, 1]]
NAMES = ("고양이", "강아지", "올빼미와 긴 이름의 동물")
OF_CLASSES = (
    explained.number(outputs=3),
    explained.categories(outputs=3),
    explained.date(outputs=3),
)
RUN = {"loss": [1.0, 0.5, 0.001], "val_loss": [1.1, 0.7, 0.8], "accuracy": [0.2, 0.5, 0.6]}


def small_network() -> Sequential:
    return Sequential(
        [Input((2,)), layers.Dense(3, "sigmoid"), layers.Dense(2)], seed=1, engine="reference"
    )


DRAWN = {
    "activation": lambda model, **more: pictures.activation("sigmoid", **more),
    "activations": lambda model, **more: pictures.activation("step", "sigmoid", "relu", **more),
    "softmax": lambda model, **more: pictures.activation("softmax", **more),
    "loss": lambda model, **more: pictures.loss("categorical_crossentropy", **more),
    "losses": lambda model, **more: pictures.loss("mse", "mae", "huber", **more),
    "circles": lambda model, **more: pictures.network(small_network(), **more),
    "boxes": lambda model, **more: pictures.network(model, **more),
    "perceptron": lambda model, **more: pictures.network(
        Perceptron.AND(), inputs=["비", "바람"], **more
    ),
    "history": lambda model, **more: pictures.history(RUN, **more),
    "confusion": lambda model, **more: pictures.confusion(LABELS, LABELS[::-1], NAMES, **more),
    "misclassified": lambda model, **more: pictures.misclassified(
        model, IMAGES, LABELS, class_names=NAMES, count=8, **more
    ),
    "weights": lambda model, **more: pictures.weights(model, **more),
    "heat map": lambda model, **more: pictures.weights(model, -1, **more),
    "layers": lambda model, **more: pictures.layers(model, IMAGES, **more),
    "boundary": lambda model, **more: pictures.boundary(
        Perceptron.AND(), CORNERS, [0, 0, 0, 1], class_names=NAMES, **more
    ),
    "importance": lambda model, **more: pictures.importance(explained.table(), **more),
    "dependence": lambda model, **more: pictures.dependence(explained.table(), **more),
    "dependence of classes": lambda model, **more: pictures.dependence(
        explained.table(*OF_CLASSES, outputs=NAMES), **more
    ),
    "contributions": lambda model, **more: pictures.contributions(
        explained.row([3.0, -2.0, 0.4], output="올빼미"), **more
    ),
    "valley": lambda model, **more: pictures.valley(**more),
    "images": lambda model, **more: pictures.images(
        IMAGES, LABELS, class_names=NAMES, count=20, **more
    ),
}


def draw_example(name: str, _: Sequential, **more) -> Figure:
    """Draw the figure of the picture's documented example, with these last keywords."""
    function = PICTURES[name]
    variables = {**function.__globals__, name: partial(function, **more)}
    examples = doctest.DocTestParser().get_examples(function.__doc__)
    while "figure" not in variables:
        exec(examples.pop(0).source, variables)
    return variables["figure"]


EXAMPLES = {f"{name}, documented": partial(draw_example, name) for name in PICTURES}
ALL = {**DRAWN, **EXAMPLES}
every = pytest.mark.parametrize("draw", ALL.values(), ids=ALL)


def test_the_registry_holds_every_public_picture():
    assert set(PICTURES) == set(pictures.__all__)
    assert all(PICTURES[name] is getattr(pictures, name) for name in PICTURES)


def test_every_picture_stands_in_the_gallery_and_in_what_makes_it():
    for page in ("pictures.md", "make_pictures.py"):
        text = (DOCS / page).read_text(encoding="utf-8")
        assert [n for n in PICTURES if not re.search(rf"pictures\.{n}\b", text)] == [], page


@every
@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "ko")])
def test_it_can_be_read_at_800_pixels(draw, theme, language, image_model, check_legible):
    figure = draw(image_model, theme=theme, language=language)
    image = check_legible(figure)
    if language == "ko":
        assert any("가" <= letter <= "힣" for letter in titles(figure))
    assert image.shape[1] == 800
    ground = np.array(to_rgb(canvas.THEMES[theme].ground)) * 255.0
    for corner in (image[0, 0], image[-1, -1]):
        np.testing.assert_allclose(corner, ground, atol=1.0)


@every
def test_its_korean_needs_no_font_but_badaks_own(draw, image_model, no_installed_font):
    figure = draw(image_model, language="ko", title="제목")
    words = "".join(text.get_text() for text in figure.findobj(Text))
    assert any("가" <= letter <= "힣" for letter in words)
    encoded = canvas.encoded(figure, "png")  # where letters lack, matplotlib warns: an error here
    assert encoded


@pytest.mark.parametrize(
    "draw", [DRAWN[name] for name in ("activations", "circles", "misclassified", "layers")]
)
def test_the_same_picture_has_the_same_bytes(draw, image_model):
    first, second = (canvas.encoded(draw(image_model), "svg") for _ in range(2))
    assert first == second


@every
def test_it_is_drawn_in_axes_that_are_given(draw, image_model):
    figure = Figure(figsize=(12.0, 6.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert draw(image_model, ax=right, title="right") is figure
    assert right.get_title() == "right"
    assert left.get_title() == ""
    assert not left.lines


@every
def test_a_title_of_ones_own_takes_the_place_of_the_other(draw, image_model):
    assert draw(image_model, title="as $x^2$").axes[0].get_title() == "as $x^2$"


def test_a_title_that_is_a_broken_formula_is_drawn_as_it_is(check_legible):
    figure = pictures.activation("relu", title="$broken{$ 100")
    check_legible(figure)
    assert figure.axes[0].get_title() == "$broken{$ 100"


@pytest.mark.parametrize("draw", [DRAWN["history"], DRAWN["valley"], DRAWN["images"]])
@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"theme": "drak"}, "did you mean 'dark'"),
        ({"language": "fr"}, "not 'fr'"),
        ({"save": "picture.jpg"}, "PNG, SVG or PDF"),
    ],
)
def test_an_unknown_theme_language_or_ending_is_refused(draw, image_model, wrong, complaint):
    with pytest.raises(InputError, match=complaint):
        draw(image_model, **wrong)


@pytest.mark.parametrize("name", PICTURES)
def test_every_function_has_the_same_last_keywords(name):
    parameters = list(inspect.signature(getattr(pictures, name)).parameters.values())[-7:]
    assert [(p.name, p.default) for p in parameters] == [
        ("title", None),
        ("ax", None),
        ("theme", "light"),
        ("language", "en"),
        ("size", None),
        ("dpi", None),
        ("save", None),
    ]
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters)


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_it_is_saved_in_the_format_that_its_name_tells(tmp_path, ending):
    path = tmp_path / f"그림{ending}"
    figure = pictures.activation("relu", save=path)
    assert path.read_bytes() == canvas.encoded(figure, ending[1:])
    assert path.read_bytes() == canvas.encoded(pictures.activation("relu"), ending[1:])
    assert b"badak" not in path.read_bytes()[:100]
    assert list(tmp_path.iterdir()) == [path]


def test_drawing_leaves_matplotlib_as_it_was():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    pictures.activation("relu", theme="dark", language="ko")
    with pytest.raises(InputError):
        pictures.activation("relu", theme="blue")
    assert dict(mpl.rcParams) == before


def titles(figure) -> str:
    every_axes = [*figure.axes, *(inner for ax in figure.axes for inner in ax.child_axes)]
    return "".join(ax.get_title() + ax.get_xlabel() + ax.get_ylabel() for ax in every_axes)
