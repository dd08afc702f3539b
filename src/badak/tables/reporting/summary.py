"""The findings of a report in a few sentences."""

from collections.abc import Iterator

from badak._common.language import message
from badak.diagnostics.texts import short
from badak.tables.measures import ACCURACY, main_measure
from badak.tables.reporting.hazards import Hazard
from badak.tables.reporting.making import NETWORK, TableReport
from badak.tables.reporting.wording import (
    amount,
    compared,
    interval,
    model_name,
    score,
    share,
)

LONGEST = 40
MOST_NAMED = 3


def summary(report: TableReport) -> Iterator[str]:
    """Yield the findings, the most important ones first."""
    yield _how_good(report)
    yield from _comparisons(report)
    yield from _honesty(report)
    yield from _columns(report)
    yield from _risk(report)


def _how_good(report: TableReport) -> str:
    if report.preparation.target.classes:
        right = report.interval(NETWORK, ACCURACY)
        return message(
            "{share} of {count:,} answers are right (95% interval: {low} to {high}).",
            share=share(right.value),
            count=report.count,
            low=share(right.low),
            high=share(right.high),
        )
    off, explained = (report.interval(NETWORK, name) for name in ("MAE", "R²"))
    return message(
        "Answers to {count:,} rows are off by {off} on average (95% interval: {interval}); R² is "
        "{explained} ({interval_2}).",
        count=report.count,
        off=score("MAE", off.value),
        interval=interval("MAE", off),
        explained=score("R²", explained.value),
        interval_2=interval("R²", explained),
    )


def _comparisons(report: TableReport) -> Iterator[str]:
    measure = main_measure(report.preparation.target)
    mine = report.scores[NETWORK]
    groups: dict[int, list[str]] = {1: [], 0: [], -1: []}
    for name, other in report.scores.items():
        if name != NETWORK:
            groups[compared(mine, other, measure)].append(model_name(name))
    if groups[-1]:
        yield message(
            "Better than the network by {measure}, beyond chance: {names}. Use that.",
            measure=model_name(measure),
            names=", ".join(groups[-1]),
        )
    if groups[0]:
        yield message(
            "As good as the network, as far as these rows tell: {names}.",
            names=", ".join(groups[0]),
        )
    if groups[1]:
        yield message(
            "Worse than the network by {measure}, beyond chance: {names}.",
            measure=model_name(measure),
            names=", ".join(groups[1]),
        )


def _honesty(report: TableReport) -> Iterator[str]:
    if report.calibration is not None:
        found = report.calibration
        if not found.sure:
            yield message(
                "Its probabilities can be taken at their word: they are off by {error} on average, "
                "no more than chance does.",
                error=share(found.error),
            )
        elif len(report.preparation.target.classes) > 2:
            yield (
                message(
                    "Its probabilities are too high: off by {error} on average, more than chance "
                    "does ({chance}).",
                    error=share(found.error),
                    chance=share(found.chance[0]),
                )
                if found.bias > 0.0
                else message(
                    "Its probabilities are too low: off by {error} on average, more than chance "
                    "does ({chance}).",
                    error=share(found.error),
                    chance=share(found.chance[0]),
                )
            )
        else:
            yield message(
                "Its probabilities cannot be taken at their word: they are off by {error} on "
                "average, more than chance does ({chance}).",
                error=share(found.error),
                chance=share(found.chance[0]),
            )
    elif report.bias is not None and report.bias.sure:
        by = amount(abs(report.bias.value))
        yield (
            message("Its answers are too high by {by} on average, beyond chance.", by=by)
            if report.bias.value > 0.0
            else message("Its answers are too low by {by} on average, beyond chance.", by=by)
        )


def _columns(report: TableReport) -> Iterator[str]:
    sure = [each for each in report.explanation.importances if each.sure]
    if not sure:
        yield message("No column matters more than chance.")
        return
    names = ", ".join(short(each.columns[0], LONGEST) for each in sure[:MOST_NAMED])
    idle = len(report.explanation.importances) - len(sure)
    said = message("The columns that matter most: {names}.", names=names)
    if idle:
        said += " " + message(
            "{idle} of {count} columns matter no more than chance.",
            idle=idle,
            count=len(report.explanation.importances),
        )
    yield said


def _risk(report: TableReport) -> Iterator[str]:
    worst = greatest(report.hazards)
    if worst is None:
        return
    measure = main_measure(report.preparation.target)
    before = report.scores[NETWORK].values[measure]
    yield message(
        "What would spoil it most: {column!r}, {change}; {measure} would go from {before} to "
        "{after}.",
        column=short(worst.column, LONGEST),
        change=worst.said,
        measure=model_name(measure),
        before=score(measure, before),
        after=score(measure, before + worst.rise.value),
    )


def greatest(found: list[Hazard]) -> Hazard | None:
    """Return the change that makes the answers worst, None where none does beyond chance."""
    sure = [each for each in found if each.rise.low > 0.0]
    return max(sure, key=lambda each: each.rise.value, default=None)
