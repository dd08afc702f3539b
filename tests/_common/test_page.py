"""Pages hold what they are given as text, and their colours can be read."""

import re
from html.parser import HTMLParser

import pytest

from badak._common import page
from badak._common.page import Element, element

NASTY = "<script>alert(1)</script> \"&'"


class Texts(HTMLParser):
    """The texts, tags and attributes that a browser reads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts, self.tags, self.values = [], [], []
        self.feed(html)

    def handle_data(self, data):
        self.texts.append(data)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.values += [value for _, value in attributes]


def test_texts_and_attributes_come_back_as_they_were_given():
    read = Texts(str(element("p", NASTY, title=NASTY)))
    assert (read.tags, read.values) == (["p"], [NASTY])
    assert "".join(read.texts) == NASTY


def test_elements_within_elements_are_markup():
    made = element("p", element("b", "<"), Element("<br>"))
    assert str(made) == "<p><b>&lt;</b><br></p>"


def test_control_characters_do_not_reach_the_page():
    assert str(page.text("a\x00\x1bb\u0085\n")) == "a??b?\n"


def test_a_table_escapes_headings_cells_and_its_caption():
    read = Texts(str(page.table([NASTY], [[NASTY]], caption=NASTY, heads=True)))
    assert "script" not in read.tags
    assert read.texts.count(NASTY) == 3


def test_a_page_forbids_scripts_and_all_that_is_outside():
    whole = page.page(NASTY, "ko", "", [element("p", NASTY)])
    read = Texts(whole)
    assert "script" not in read.tags
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in read.values
    assert whole.startswith('<!doctype html>\n<html lang="ko">')


def luminance(colour: str) -> float:
    """Relative luminance, of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["ground", "panel"])
def test_all_letters_can_be_read_on_both_grounds(theme, ground):
    colours = re.findall(r":root \{(.*?)\}", page.common_style(), re.DOTALL)[theme]
    known = dict(re.findall(r"--([\w-]+): (#\w{6})", colours))
    for name in ("ink", "quiet", "good", "unsure", "bad", "link"):
        assert contrast(known[name], known[ground]) >= 4.5, name
