"""The page of a report."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from badak import tables
from badak._common.language import language
from badak.tables.intervals import Intervals

NASTY = "<script>alert('x')</script>"
VOID = ("meta", "br", "img", "source")


class Page(HTMLParser):
    """A page's elements, those left open, its names and links, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.texts = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value)
            if name in ("href", "src", "srcset"):
                self.links.append(value)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="session")
def text(told):
    return told.page()


def test_it_is_whole_and_needs_nothing_from_outside(text):
    page = Page(text)
    assert page.open == []
    assert not {"script", "link", "iframe", "object", "img", "form"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert not re.search(r"url\((?!#)|@import", text)


def test_all_links_lead_somewhere_and_no_name_comes_twice(text):
    page = Page(text)
    assert len(set(page.ids)) == len(page.ids)
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_what_the_table_says_is_shown_and_not_obeyed(text):
    page = Page(text)
    said = "".join(page.texts)
    assert NASTY in said
    assert "</td><b>" in said
    assert "서울" in said
    assert "<script" not in text


def test_it_has_all_its_parts(told, text):
    parts = ["data", "scores", "columns", "mistakes", "hazards"]
    parts += ["calibration", "confusion"] if told.calibration else ["residuals"]
    ids = set(Page(text).ids)
    assert set(parts) <= ids


def test_figures_say_in_words_what_they_show(text):
    figures = re.findall(r'<svg [^>]*role="img"[^>]*>', text)
    assert len(figures) >= 5
    assert all(re.search(r'aria-label="[^"]+"', each) for each in figures)


def test_the_same_report_gives_the_same_page(trained, text):
    model, path = trained
    assert tables.report(model, path, most=4, worst_rows=4).page() == text


def test_it_speaks_korean_and_leaves_the_language_as_it_was(trained):
    model, path = trained
    page = tables.report(model, path, most=2, worst_rows=2, language="ko").page()
    assert '<html lang="ko">' in page
    said = "".join(Page(re.sub("<style>.*</style>", "", page, flags=re.DOTALL)).texts)
    for english in ("rows", "column", "answer", "chance", "interval", "probability", "missing"):
        assert not re.search(rf"\b{english}\b", said), english
    assert language() == "en"


def test_it_is_written_whole_or_not_at_all(told, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")

    def fails(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(told), "page", fails)
    with pytest.raises(KeyboardInterrupt):
        told.save(path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_intervals_that_a_model_knows_are_held_to_the_rows(numbers):
    model, path = numbers
    prepare = tables.TablePreparation.of(model)
    half = (40.0, 90.0)
    known = Intervals((150.0,), {0.9: half})
    model.preparation = replace(prepare, intervals=known).as_dict()
    try:
        told = tables.report(model, path, most=2, worst_rows=2)
    finally:
        model.preparation = prepare.as_dict()
    answers = told.answers[:, 0].astype(float)
    width = np.where(answers < 150.0, *half)
    within = np.abs(told.y - answers) <= width
    assert told.coverages == [(0.9, within.mean(), pytest.approx(2.0 * width.mean()))]
    page = told.page()
    assert "Intervals of stated coverage" in page
    assert f"{within.mean():.1%} of the rows" in page
    assert "Intervals of stated coverage" not in tables.report(model, path, most=2).page()
