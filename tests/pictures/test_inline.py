"""Figures within a page."""

import re
from html.parser import HTMLParser

from badak.pictures.canvas import DARK, LIGHT
from badak.pictures.inline import STYLE, InlineFigures


def texts_of(svg: str) -> str:
    class Reader(HTMLParser):
        said = ""

        def handle_data(self, data):
            self.said += data

    reader = Reader()
    reader.feed(svg)
    return reader.said


def drawn(text: str = "x") -> str:
    def draw(c):
        c.ax.plot([0.0, 1.0], **c.line(0))
        c.ax.set_xlabel(text, parse_math=False)

    return InlineFigures("en").svg(draw, (3, 2), "a line")


def test_letters_are_text_in_the_fonts_of_the_page():
    svg = drawn("가격 price")
    assert "가격 price" in texts_of(svg)
    assert "font-family" not in svg


def test_no_colour_is_left_that_does_not_change_with_the_page():
    assert re.findall(r"#[0-9a-f]{6}", drawn()) == []
    used = set(re.findall(r"var\((--[\w-]+)\)", drawn()))
    assert all(STYLE.count(f"{name}: ") == 3 for name in used)  # light, dark, paper


def test_the_style_has_the_colours_of_both_themes():
    assert f"--series-0: {LIGHT.series[0]};" in STYLE
    assert f"--series-0: {DARK.series[0]};" in STYLE


def test_what_is_written_stays_as_it_is_though_it_looks_like_a_colour_or_a_name():
    for said in (f"{LIGHT.ink} {LIGHT.ground}", 'id="a" url(#b) href="#c"', "<script>&amp;"):
        svg = drawn(said)
        assert said in texts_of(svg)
        assert "<script" not in svg


def test_two_figures_of_a_page_share_no_names():
    figures = InlineFigures("en")

    def draw(c):
        c.ax.plot([0.0, 1.0], "o")

    names = [re.findall(r'\bid="([^"]+)"', figures.svg(draw, (3, 2), "a")) for _ in range(2)]
    assert names[0]
    assert not set(names[0]) & set(names[1])


def test_all_that_is_referred_to_is_there():
    svg = drawn()
    wanted = re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)
    assert wanted
    assert set(wanted) <= set(re.findall(r'\bid="([^"]+)"', svg))
