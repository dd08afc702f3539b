import io
import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from badak.errors import InputError
from badak.pictures import fonts
from badak.pictures.canvas import (
    DARK,
    LIGHT,
    canvas,
    check_format,
    encoded,
    plain,
)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_words_and_lines_stand_out_from_the_ground(theme):
    def contrast(colour):
        low, high = sorted([luminance(colour), luminance(theme.ground)])
        return (high + 0.05) / (low + 0.05)

    assert contrast(theme.ink) >= 7.0
    assert min(map(contrast, theme.series)) >= 3.0  # what WCAG asks of graphics


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_first_two_colours_differ_for_those_who_see_no_red_or_no_green(theme):
    # Viénot, Brettel & Mollon, Digital video colourmaps for checking the legibility of displays by
    # dichromats, 1999: what is left of a colour for deuteranopes is its blue-yellow and its light.
    left = []
    for colour in theme.series[:2]:
        r, g, b = (int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))
        left.append(np.array([0.29275 * r + 0.70725 * g, b]))
    assert np.abs(left[0] - left[1]).max() > 0.3


def test_no_two_lines_have_the_same_dashes():
    with canvas() as c:
        styles = [str(c.line(place)["linestyle"]) for place in range(len(LIGHT.series))]
    assert len(set(styles)) == len(styles)


def test_a_title_that_no_font_can_write_is_left_out_with_a_warning(no_installed_font):
    with canvas(language="ko") as c, pytest.warns(UserWarning, match=r"'漢字': badak's own title"):
        c.title("漢字", "english", "한국어")
    assert c.ax.get_title() == "한국어"


def test_a_long_title_is_broken_into_lines():
    with canvas() as c:
        c.title("word " * 60, "", "")
    lines = c.ax.get_title().splitlines()
    assert len(lines) > 2
    assert " ".join(lines).split() == ["word"] * 60


def test_names_are_plain_and_short():
    with canvas() as c:
        assert c.names(["cat", "강아지", "a\x1b[2Jb", "x" * 99, "$a$"], longest=9) == [
            *("cat", "강아지", "a [2Jb", "xxxxxxxx…", r"\$a\$"),
        ]


def test_a_name_that_no_font_can_write_becomes_its_number_with_a_warning(no_installed_font):
    with canvas() as c, pytest.warns(UserWarning, match="'漢字': its number, 1, stands for it"):
        assert c.names(["개", "漢字"]) == ["개", "1"]


def test_rare_letters_are_set_in_an_installed_font(monkeypatch):
    monkeypatch.setattr(fonts, "installed_font", lambda: "STIXGeneral")  # comes with matplotlib
    with canvas() as c:
        c.names(["plain"])
        assert "STIXGeneral" not in mpl.rcParams["font.family"]
        assert c.names(["ᶍ"]) == ["ᶍ"]
        c.title("ᶍ", "", "")
    assert encoded(c.figure, "png")  # where letters lack, matplotlib warns: an error here
    assert c.ax.title.get_fontfamily() == ["DejaVu Sans", "Badak Sans KR", "STIXGeneral"]


def test_korean_letters_count_twice_for_they_are_twice_as_wide():
    assert plain("가나다", 6) == "가나다"
    assert plain("가나다라", 6) == "가나…"


@pytest.mark.parametrize("name", ["a.jpg", "png", "a", "a.png.txt", ".", "..", "/"])
def test_an_ending_that_is_no_pictures_is_answered_with_one_that_is(name):
    with pytest.raises(InputError, match=r"give a name such as \S+\.png"):
        check_format(name)


def test_a_notebook_shows_the_figure_by_itself():
    with canvas(size=(3.0, 2.0)) as c:
        c.ax.plot([0, 1])
    shown = c.figure._repr_png_()  # type: ignore[attr-defined]  # as notebooks call it
    assert Image.open(io.BytesIO(shown)).size == (300, 200)


def test_a_picture_whose_drawing_fails_is_not_written(tmp_path):
    with pytest.raises(ZeroDivisionError), canvas(save=tmp_path / "a.png"):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_panels_fill_the_axes_from_the_left_and_the_top():
    with canvas() as c:
        panels = c.panels(2, 3, gap=0.5)
    boxes = np.array([p.get_position().bounds for p in panels])
    encoded(c.figure, "png")
    assert len(panels) == 6
    assert (np.diff(boxes.reshape(2, 3, 4)[:, :, 0], axis=1) > 0).all()
    assert (np.diff(boxes.reshape(2, 3, 4)[:, :, 1], axis=0) < 0).all()


def test_the_axes_given_keep_their_figures_size_and_ground():
    figure = Figure(figsize=(3.0, 2.0), facecolor="#123456")
    with canvas(figure.subplots(), theme="dark", size=(9.0, 9.0)) as c:
        assert c.figure is figure
    assert figure.get_size_inches().tolist() == [3.0, 2.0]
    assert figure.get_facecolor()[:3] == pytest.approx((0x12 / 255, 0x34 / 255, 0x56 / 255))


def test_twenty_lines_differ_in_colour_or_dashes():
    with canvas() as c:
        styles = [c.line(place) for place in range(20)]
    assert all(a != b for a, b in itertools.combinations(styles, 2))


def test_a_size_in_pixels_makes_the_letters_as_large_as_find_room():
    with canvas(size=(8.0, 4.0), pixels=(1600, 1000)) as c:
        assert c.figure.get_size_inches().tolist() == [8.0, 5.0]  # 200 dots an inch
    assert Image.open(io.BytesIO(encoded(c.figure, "png"))).size == (1600, 1000)
    with canvas(size=(8.0, 4.0), dpi=50.0) as c:
        assert c.figure.get_size_inches().tolist() == [8.0, 4.0]
    assert Image.open(io.BytesIO(encoded(c.figure, "png"))).size == (400, 200)


@pytest.mark.parametrize("pixels", ["1920x1080", 1920, (1920,), (1.5, 300)])
def test_what_is_no_size_is_refused(pixels):
    with (
        pytest.raises(InputError, match=r"(size|side) of a picture"),
        canvas(pixels=pixels),
    ):
        pass


def test_a_size_for_axes_that_have_one_is_refused():
    with (
        pytest.raises(InputError, match="that of the axes given keeps its own"),
        canvas(Figure().subplots(), dpi=200.0),
    ):
        pass
