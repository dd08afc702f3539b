"""The page of a report: its frame, its summary, and its sections in their order."""

from collections.abc import Sequence
from importlib import resources

from badak._common import page as pages
from badak._common.language import message
from badak._common.page import Element, element
from badak._version import __version__
from badak.diagnostics.bootstrap import DRAWS
from badak.diagnostics.texts import short
from badak.pictures import inline
from badak.pictures.inline import InlineFigures
from badak.tables.reporting.answers_part import answers_sections
from badak.tables.reporting.columns_part import columns_section
from badak.tables.reporting.data_part import data_section
from badak.tables.reporting.failures_part import hazards_section, mistakes_section
from badak.tables.reporting.making import REPEATS, TableReport
from badak.tables.reporting.summary import summary
from badak.tables.reporting.wording import Section, listed

LONGEST = 80


def page(report: TableReport) -> str:
    """Return the whole page in the language that is spoken."""
    target = report.preparation.target.name
    title = message(
        "How well {name} predicts {target!r}",
        name=short(report.name, LONGEST),
        target=short(target, LONGEST),
    )
    figures = InlineFigures(report.language)
    sections = [
        data_section(report),
        *answers_sections(report, figures),
        columns_section(report, figures),
        mistakes_section(report),
        hazards_section(report),
    ]
    own = resources.files("badak.tables.reporting").joinpath("report.css").read_text("utf-8")
    where = f"{short(report.table, LONGEST)}: {report.rows}"
    return pages.page(
        title,
        report.language,
        inline.STYLE + own,
        [
            element("header", element("h1", title), element("p", where), _contents(sections)),
            element(
                "main",
                element("div", listed(summary(report)), class_="summary"),
                *(each.markup for each in sections),
            ),
            element("footer", _made(report)),
        ],
    )


def _contents(sections: Sequence[Section]) -> Element:
    links = [element("a", each.title, href=f"#{each.name}") for each in sections]
    return element("nav", *links, aria_label=message("Contents"))


def _made(report: TableReport) -> str:
    return message(
        "badak {version}, seed {seed}. Intervals hold 95% of {draws:,} bootstrap draws of the "
        "rows; each column was shuffled {repeats} times. The same model, table and seed give the "
        "same page.",
        version=__version__,
        seed=report.seed,
        draws=DRAWS,
        repeats=REPEATS,
    )
