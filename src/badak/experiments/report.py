"""The experiments as one self-contained HTML page: no script, no network, light and dark."""

import base64
import json
from collections.abc import Sequence
from importlib import resources

from badak._common import page as pages
from badak._common.page import Element, element
from badak.experiments.base import Experiment, Findings, Outcome, Setting, Table, Verdict, Words
from badak.experiments.registry import number_of

TITLE = Words(
    "Statements of the notes, tested by experiment",
    "노트의 주장을 실험으로 확인하기",
)
LEAD = Words(
    "Statements from notes on neural networks, tested with badak: each with the experiment, the "
    "measurements and the conclusion.",
    "신경망 노트의 주장을 badak으로 확인했다. 주장마다 실험 방법, 측정한 값, 결론을 적었다.",
)
STATEMENT, VERDICT, RESULT = (
    Words("statement", "주장"),
    Words("verdict", "판정"),
    Words("result", "결과"),
)
METHOD, WHY = Words("Method", "실험 방법"), Words("Why", "이유")
LESSON = Words(
    "Run it and bend it yourself: badak lab, lesson {number}.",
    "직접 돌리고 바꿔 보기: badak lab, 수업 {number}.",
)

CLASSES = {Verdict.HOLDS: "holds", Verdict.IN_PART: "in-part", Verdict.FAILS: "fails"}


def page(outcomes: Sequence[Outcome], setting: Setting, language: str = "en") -> str:
    """Return the whole page, with its figures embedded."""
    title = TITLE.to(language)
    return pages.page(
        title,
        language,
        resources.files("badak.experiments").joinpath("report.css").read_text("utf-8"),
        [
            element("header", element("h1", title), element("p", LEAD.to(language))),
            element(
                "main",
                _overview(outcomes, language),
                *(_section(outcome, language) for outcome in outcomes),
            ),
            element("footer", _made_with(setting).to(language)),
        ],
    )


def measured(outcomes: Sequence[Outcome], setting: Setting) -> str:
    """Return all numbers as JSON, by experiment."""
    found = {
        outcome.experiment.name: {
            "verdict": outcome.verdict.en,
            "result": outcome.result.en,
            "numbers": dict(outcome.findings.numbers) if outcome.findings else {},
        }
        for outcome in outcomes
    }
    facts = {"seed": setting.seed, "data": setting.data, "experiments": found}
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def _overview(outcomes: Sequence[Outcome], language: str) -> Element:
    rows: list[list[Element | str]] = [
        [
            element("span", str(number_of(o.experiment)), class_="number"),
            element("a", o.experiment.title.to(language), href=f"#{o.experiment.name}"),
            _badge(o, language),
            o.result.to(language),
        ]
        for o in outcomes
    ]
    heads = ["", *(words.to(language) for words in (STATEMENT, VERDICT, RESULT))]
    return pages.table(heads, rows, class_="overview")


def _section(outcome: Outcome, language: str) -> Element:
    experiment = outcome.experiment
    body = (
        [element("p", outcome.result.to(language))]
        if outcome.findings is None
        else _found(outcome.findings, language)
    )
    return element(
        "section",
        element(
            "h2",
            element("span", str(number_of(experiment)), class_="number"),
            f" {experiment.title.to(language)} ",
            _badge(outcome, language),
        ),
        element(
            "blockquote",
            element("p", experiment.claim.to(language)),
            element("cite", experiment.source.to(language)),
        ),
        element("h3", METHOD.to(language)),
        *_paragraphs(experiment.method.to(language)),
        *body,
        *_lesson(experiment, language),
        id=experiment.name,
    )


def _lesson(experiment: Experiment, language: str) -> list[Element]:
    """Return where the experiment is a lesson; those outside badak are none."""
    if not experiment.number:
        return []
    return [element("p", LESSON.to(language).format(number=experiment.number), class_="number")]


def _found(findings: Findings, language: str) -> list[Element]:
    return [
        _figure(findings, language),
        *(_table(table, language) for table in findings.tables),
        element("p", findings.result.to(language), class_="result"),
        element("h3", WHY.to(language)),
        *_paragraphs(findings.why.to(language)),
    ]


def _figure(findings: Findings, language: str) -> Element:
    light, dark = (_drawn(findings, language, theme) for theme in ("light", "dark"))
    caption = findings.caption.to(language)
    width, height = (str(round(100 * side)) for side in findings.size)
    picture = element(
        "picture",
        element("source", media="(prefers-color-scheme: dark)", srcset=dark),
        element("img", src=light, alt=caption, width=width, height=height),
    )
    return element("figure", picture, element("figcaption", caption))


def _drawn(findings: Findings, language: str, theme: str) -> str:
    from badak.pictures.canvas import canvas, encoded  # imports matplotlib: slow, so only here

    with canvas(theme=theme, language=language, size=findings.size) as on:
        findings.draw(on)
        drawn = encoded(on.figure, "svg")
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode("ascii")


def _table(table: Table, language: str) -> Element:
    return pages.table(
        [words.to(language) for words in table.headings],
        [[cell_text(cell, language) for cell in row] for row in table.rows],
        caption=table.caption.to(language) if table.caption else "",
    )


def cell_text(cell: Words | str, language: str) -> str:
    """Return a table's cell in this language."""
    return cell if isinstance(cell, str) else cell.to(language)


def _badge(outcome: Outcome, language: str) -> Element:
    kind = CLASSES[outcome.findings.verdict] if outcome.findings else "missing"
    return element("span", outcome.verdict.to(language), class_=f"verdict {kind}")


def _paragraphs(text: str) -> list[Element]:
    return [element("p", part) for part in text.split("\n\n")]


def _made_with(setting: Setting) -> Words:
    from badak import __version__

    return Words(
        f"badak {__version__}, seed {setting.seed}, data set {setting.data}. Except for measured "
        "times, all numbers are the same in every run with this seed on this machine.",
        f"badak {__version__}, 시드 {setting.seed}, 데이터 {setting.data}. 측정한 시간을 제외한 "
        "모든 값은 이 기계에서 같은 시드로 실행하면 항상 같다.",
    )
