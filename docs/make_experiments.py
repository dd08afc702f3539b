"""Write docs/experiments.md and docs/ko/experiments.md: what every experiment found.

The verdicts and results also go where the lab's lessons read them.

Run with the folder of MNIST and the book's weights, which two of the experiments need::

    python docs/make_experiments.py FOLDER_OF_MNIST sample_weight.pkl
"""

import json
import sys
from pathlib import Path

from badak.experiments import Outcome, Setting, Words, every, number_of, try_out
from badak.pictures.canvas import canvas

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures" / "experiments"
RECORDED = DOCS.parent / "src" / "badak" / "lab" / "lessons" / "experiments.json"
PAGES = {"en": DOCS / "experiments.md", "ko": DOCS / "ko" / "experiments.md"}

INTRODUCTION = Words(
    """# Statements of the notes, tested by experiment

Statements from a first course on neural networks, each tested by an experiment. `badak experiment`
lists the experiments, `badak experiment NAME` runs one, and `badak experiment all --out report`
writes all of them to one page, each with its method, its results and the reasons. Each is a short
file in [`src/badak/experiments`](../src/badak/experiments) that is meant to be read. Each is also a
[lesson of the lab](lab.md#lessons), to be run and bent in the browser: `badak lab`.

This page was written by `python docs/make_experiments.py`, with seed 0. Times depend on the machine
that they were measured on; all other numbers are the same in every run on one machine.
""",
    """# 노트의 주장을 실험으로 확인하기

신경망을 처음 배울 때 듣는 주장들을 실험으로 확인했습니다. `badak experiment --language ko`는
실험의 목록을 보여 주고, `badak experiment 이름 --language ko`는 하나를 실행하며, `badak experiment
all --language ko --out report`는 모든 실험의 방법과 결과와 이유를 한 페이지로 만듭니다.
실험마다 [`src/badak/experiments`](../../src/badak/experiments)에 읽기 좋은 짧은 파일이 하나씩
있습니다. 실험마다 [랩의 수업](lab.md#lessons)도 있어서 브라우저에서 직접 돌리고 바꿔 볼 수
있습니다: `badak lab --language ko`.

이 페이지는 `python docs/make_experiments.py`가 시드 0으로 만들었습니다. 시간은 측정한 기계에 따라
다르고, 나머지 값은 같은 기계에서 실행할 때마다 같습니다.
""",
)
HEADINGS = Words(
    "| | statement | source | verdict | result |\n| --: | --- | --- | --- | --- |",
    "| | 주장 | 출처 | 판정 | 결과 |\n| --: | --- | --- | --- | --- |",
)


def main(data_dir: str, book_weights: str) -> None:
    """Run all experiments and write the pages."""
    setting = Setting(data_dir=Path(data_dir), book_weights=Path(book_weights))
    outcomes = [try_out(experiment, setting) for experiment in every()]
    for language, path in PAGES.items():
        _draw(outcomes, language)
        path.write_text(page(outcomes, language), encoding="utf-8")
    RECORDED.write_text(recorded(outcomes), encoding="utf-8")


def recorded(outcomes: list[Outcome]) -> str:
    """Return verdicts and results, in English and Korean, by experiment, as JSON."""
    found = {o.experiment.name: {"verdict": o.verdict, "result": o.result} for o in outcomes}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def page(outcomes: list[Outcome], language: str) -> str:
    """Return the page in this language."""
    rows = [
        f"| {number_of(o.experiment)} | [{o.experiment.claim.to(language)}](#{o.experiment.name}) "
        f"| {o.experiment.source.to(language)} | **{o.verdict.to(language)}** "
        f"| {o.result.to(language)} |"
        for o in outcomes
    ]
    sections = [_section(outcome, language) for outcome in outcomes]
    return "\n".join([INTRODUCTION.to(language), HEADINGS.to(language), *rows, "", *sections])


def _section(outcome: Outcome, language: str) -> str:
    experiment, findings = outcome.experiment, outcome.findings
    title = f'<a id="{experiment.name}"></a>\n## {number_of(experiment)}. '
    title += experiment.title.to(language)
    if findings is None:
        return f"{title}\n\n{outcome.result.to(language)}\n"
    to_pictures = "../pictures" if language == "ko" else "pictures"
    picture = f"{to_pictures}/experiments/{experiment.name}.{language}.png"
    return (
        f"{title}\n\n{findings.why.to(language)}\n\n"
        f"![{findings.caption.to(language)}]({picture})\n\n"
        f"{findings.caption.to(language)}\n"
    )


def _draw(outcomes: list[Outcome], language: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for outcome in outcomes:
        if outcome.findings is not None:
            path = PICTURES / f"{outcome.experiment.name}.{language}.png"
            with canvas(language=language, size=outcome.findings.size, save=path) as on:
                outcome.findings.draw(on)


if __name__ == "__main__":
    main(*sys.argv[1:])
