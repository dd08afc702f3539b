"""The experiments as one self-contained HTML page: no script, no network, light and dark."""

import base64
import json
from collections.abc import Sequence
from html import escape
from importlib import resources

from badak.experiments.base import Findings, Outcome, Setting, Table, Verdict, Words
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

CLASSES = {Verdict.HOLDS: "holds", Verdict.IN_PART: "in-part", Verdict.FAILS: "fails"}


def page(outcomes: Sequence[Outcome], setting: Setting, language: str = "en") -> str:
    """Return the whole page, with its figures embedded."""
    title = escape(TITLE.to(language))
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{_style()}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{escape(LEAD.to(language))}</p>
</header>
<main>
{_overview(outcomes, language)}
{"".join(_section(outcome, language) for outcome in outcomes)}</main>
<footer>{escape(_made_with(setting).to(language))}</footer>
</body>
</html>
"""


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


def _style() -> str:
    return resources.files("badak.experiments").joinpath("report.css").read_text("utf-8")


def _overview(outcomes: Sequence[Outcome], language: str) -> str:
    heads = "".join(
        f"<th>{escape(words.to(language))}</th>" for words in (STATEMENT, VERDICT, RESULT)
    )
    rows = "".join(
        f'<tr><td class="number">{number_of(o.experiment)}</td>'
        f'<td><a href="#{o.experiment.name}">{escape(o.experiment.title.to(language))}</a></td>'
        f"<td>{_badge(o, language)}</td><td>{escape(o.result.to(language))}</td></tr>\n"
        for o in outcomes
    )
    head = f"<thead><tr><th></th>{heads}</tr></thead>"
    return f'<table class="overview">{head}\n<tbody>{rows}</tbody></table>'


def _section(outcome: Outcome, language: str) -> str:
    experiment = outcome.experiment
    body = (
        f"<p>{escape(outcome.result.to(language))}</p>"
        if outcome.findings is None
        else _found(outcome.findings, language)
    )
    return f"""<section id="{experiment.name}">
<h2><span class="number">{number_of(experiment)}</span> {escape(experiment.title.to(language))}
{_badge(outcome, language)}</h2>
<blockquote><p>{escape(experiment.claim.to(language))}</p>
<cite>{escape(experiment.source.to(language))}</cite></blockquote>
<h3>{METHOD.to(language)}</h3>
{_paragraphs(experiment.method.to(language))}
{body}</section>
"""


def _found(findings: Findings, language: str) -> str:
    tables = "".join(_table(table, language) for table in findings.tables)
    return f"""{_figure(findings, language)}
{tables}<p class="result">{escape(findings.result.to(language))}</p>
<h3>{WHY.to(language)}</h3>
{_paragraphs(findings.why.to(language))}
"""


def _figure(findings: Findings, language: str) -> str:
    light, dark = (_drawn(findings, language, theme) for theme in ("light", "dark"))
    caption = escape(findings.caption.to(language))
    width, height = (round(100 * side) for side in findings.size)
    return f"""<figure><picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">
<img src="{light}" alt="{caption}" width="{width}" height="{height}"></picture>
<figcaption>{caption}</figcaption></figure>"""


def _drawn(findings: Findings, language: str, theme: str) -> str:
    from badak.pictures.canvas import canvas, encoded  # imports matplotlib: slow, so only here

    with canvas(theme=theme, language=language, size=findings.size) as on:
        findings.draw(on)
        drawn = encoded(on.figure, "svg")
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode("ascii")


def _table(table: Table, language: str) -> str:
    caption = f"<caption>{escape(table.caption.to(language))}</caption>" if table.caption else ""
    heads = "".join(f"<th>{escape(words.to(language))}</th>" for words in table.headings)
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{escape(cell_text(cell, language))}</td>" for cell in row)
        + "</tr>\n"
        for row in table.rows
    )
    return f"<table>{caption}<thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table>\n"


def cell_text(cell: Words | str, language: str) -> str:
    """Return a table's cell in this language."""
    return cell if isinstance(cell, str) else cell.to(language)


def _badge(outcome: Outcome, language: str) -> str:
    kind = CLASSES[outcome.findings.verdict] if outcome.findings else "missing"
    return f'<span class="verdict {kind}">{escape(outcome.verdict.to(language))}</span>'


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))


def _made_with(setting: Setting) -> Words:
    from badak import __version__

    return Words(
        f"badak {__version__}, seed {setting.seed}, data set {setting.data}. Except for measured "
        "times, all numbers are the same in every run with this seed on this machine.",
        f"badak {__version__}, 시드 {setting.seed}, 데이터 {setting.data}. 측정한 시간을 제외한 "
        "모든 값은 이 기계에서 같은 시드로 실행하면 항상 같다.",
    )
