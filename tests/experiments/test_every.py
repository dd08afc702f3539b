"""What holds for every experiment of the table."""

import importlib
import json
import math
from html.parser import HTMLParser
from pathlib import Path

import pytest
from matplotlib.axes import Axes

from badak import experiments
from badak.errors import UnknownNameError
from badak.experiments import (
    NAMES,
    NotHereError,
    Setting,
    Words,
    every,
    get,
    number_of,
    report,
    try_out,
)
from badak.experiments.base import Experiment, Findings, Outcome, Table, Verdict
from badak.pictures.canvas import canvas

LANGUAGES = ("en", "ko")


@pytest.fixture(scope="module")
def setting(shared_data):
    return Setting(
        data_dir=shared_data / "mnist", book_weights=shared_data / "book/sample_weight.pkl"
    )


def texts(outcome: Outcome) -> list[Words]:
    experiment, found = outcome.experiment, outcome.findings
    cells = [cell for table in found.tables for row in table.rows for cell in row]
    headings = [words for table in found.tables for words in table.headings]
    return [
        *(experiment.title, experiment.claim, experiment.source, experiment.method),
        *(found.result, found.why, found.caption, *headings),
        *(cell for cell in cells if isinstance(cell, Words)),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_says_all_in_both_languages_and_draws_it(name, setting):
    outcome = try_out(get(name), setting)
    assert outcome.findings is not None, outcome.missing
    check_texts(outcome)
    check_numbers(outcome.findings)
    check_figure(outcome.findings)


def check_texts(outcome):
    for words in texts(outcome):
        assert words.en.strip()
        assert words.ko.strip()
        assert not any("가" <= letter <= "힣" for letter in words.en), words.en
        assert "{" not in words.en + words.ko, "a number that was not put in"
    assert any("가" <= letter <= "힣" for letter in outcome.findings.result.ko)


def check_numbers(found):
    assert found.numbers
    assert all(isinstance(value, float) for value in found.numbers.values()), found.numbers
    for table in found.tables:
        assert {len(row) for row in table.rows} == {len(table.headings)}


def check_figure(found):
    for language, theme in ((LANGUAGES[0], "light"), (LANGUAGES[1], "dark")):
        with canvas(language=language, theme=theme, size=found.size) as on:
            found.draw(on)
            on.figure.draw_without_rendering()
            box = on.figure.bbox.padded(2.0)
            for axes in on.figure.findobj(Axes):
                for text in (axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts):
                    if text.get_text().strip() and text.get_visible():
                        extent = text.get_window_extent()
                        assert box.x0 <= extent.x0, (language, text.get_text())
                        assert extent.x1 <= box.x1, (language, text.get_text())


def test_names_and_numbers_find_it_and_others_are_answered_with_the_nearest():
    assert get("1").name == NAMES[0]
    assert get("Step and Sigmoid") is get("step-and-sigmoid")
    assert [number_of(get(name)) for name in NAMES] == list(range(1, 19))
    with pytest.raises(UnknownNameError, match="softmax"):
        get("sofmax")
    with pytest.raises(UnknownNameError, match="numbered 1 to 18"):
        get("19")


def test_a_name_is_that_of_its_file():
    for name in NAMES:
        assert get(name).name == name
        assert importlib.import_module(f"badak.experiments.{name.replace('-', '_')}").experiment


def test_every_file_with_an_experiment_is_found_and_numbered_on_its_own():
    files = Path(experiments.__file__).parent.glob("*.py")
    holding = {file.stem.replace("_", "-") for file in files if "\n@statement(" in file.read_text()}
    assert set(NAMES) == holding
    assert [each.number for each in every()] == list(range(1, len(holding) + 1))


@pytest.mark.parametrize(
    ("page", "said"), [("README.md", "{} experiments"), ("README.ko.md", "실험 {}가지")]
)
def test_the_readme_counts_the_experiments(page, said):
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    assert f"[{said.format(len(NAMES))}]" in text


BOTH = Words("one < two", "하나 < 둘")


def made_up(run) -> Experiment:
    return Experiment("softmax", BOTH, BOTH, BOTH, BOTH, run)


def found(verdict=Verdict.IN_PART) -> Findings:
    table = Table((BOTH, BOTH), ((BOTH, "1.50"),))
    return Findings(
        verdict=verdict,
        result=Words("a is {a:.1f}", "a는 {a:.1f}").filled({"a": 0.25}),
        why=Words("first\n\nsecond", "첫째\n\n둘째"),
        numbers={"a": 0.25},
        draw=lambda on: on.ax.plot([0.0, 1.0]),
        caption=BOTH,
        tables=(table,),
    )


def test_what_is_not_here_is_an_outcome_and_not_an_error():
    def lacks(setting):
        raise NotHereError(Words("no MNIST: fetch it", "MNIST가 없다"))

    outcome = try_out(made_up(lacks), Setting())
    assert outcome.verdict.en == "not tried"
    assert outcome.result.ko == "MNIST가 없다"
    assert "no MNIST: fetch it" in report.page([outcome], Setting())


class Page(HTMLParser):
    """A page's elements, those that are left open, and its links."""

    VOID = ("meta", "img", "source")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "srcset"):
                self.links.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_needs_no_network(language):
    outcome = try_out(made_up(lambda setting: found()), Setting())
    text = report.page([outcome], Setting(), language)
    page = Page(text)
    assert page.open == []
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert all(link.startswith(("data:image/svg+xml;base64,", "#")) for link in page.links)
    assert {link[1:] for link in page.links if link.startswith("#")} == set(page.ids)
    assert "url(" not in text
    assert f'<html lang="{language}">' in text
    assert "&lt;" in text  # what experiments say is text, not HTML
    assert {"en": "a is 0.2", "ko": "a는 0.2"}[language] in text
    assert text == report.page([outcome], Setting(), language)


def test_the_numbers_are_written_for_programs_too():
    outcome = try_out(made_up(lambda setting: found()), Setting(seed=3))
    read = json.loads(report.measured([outcome], Setting(seed=3)))
    assert read["seed"] == 3
    assert read["experiments"]["softmax"]["verdict"] == "holds in part"
    assert math.isclose(read["experiments"]["softmax"]["numbers"]["a"], 0.25)
