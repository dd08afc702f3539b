"""What was taken of a table that another reader may take otherwise, said in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote

import polars as pl

from badak._common.language import counted, message, translated
from badak.tables import dates, values
from badak.tables.chunks import Chunk
from badak.tables.columns import (
    BoundedLearner,
    Category,
    CategoryLearner,
    Column,
    Date,
    DateLearner,
    Learner,
    Number,
    NumberLearner,
)
from badak.tables.kinds import Profile
from badak.tables.outliers import FAR
from badak.tables.target import Target, TargetLearner

WHOLE = 2.0**53  # float64 holds each whole number up to here


@dataclass(frozen=True)
class Remark:
    """What was taken of the file or of a column, and how it is told otherwise.

    Parameters
    ----------
    column : str
        The column's name; "" where it is said of the file as a whole.
    text : str
        A phrase.
    leak : bool, default False
        Whether it is of something that may make the scores too good to be true.

    Examples
    --------
    >>> print(Remark("sold", "'03/01/2024' is 2024-03-01 (month first)"))
    sold: '03/01/2024' is 2024-03-01 (month first)
    """

    column: str
    text: str
    leak: bool = False

    def __str__(self) -> str:
        return f"{self.column}: {self.text}" if self.column else self.text


def of_file(remarks: Iterable[str]) -> Iterable[Remark]:
    """Return what the reader of a file says of it."""
    return (Remark("", text) for text in remarks)


def of_target(learner: TargetLearner, target: Target) -> Iterable[Remark]:
    """Return what was taken of the column to predict."""
    if learner.words:
        said = ", ".join(
            message("{word!r} in {rows}", word=word, rows=_rows(count))
            for word, count in sorted(learner.words.items())
        )
        yield Remark(
            target.name,
            message(
                "{said} means no value, so that they are left out (--missing '' takes only empty "
                "cells for that)",
                said=said,
            ),
        )
    if target.unit:
        yield Remark(
            target.name,
            message("its numbers are in {unit}, and so are predictions", unit=target.unit),
        )


def of_outliers(learner: BoundedLearner) -> Remark:
    """Return what is taken of a few numbers that are absurdly far from a column's others."""
    least, most = learner.inner.range
    return Remark(
        learner.whole.name,
        counted(
            "{count} number lies more than {far:,.0f} times as far out as half of the others, "
            "{example:g}: it counts as the nearer end of theirs, {least:g} or {most:g}",
            "{count} numbers lie more than {far:,.0f} times as far out as half of the others, such "
            "as {example:g}: they count as the nearer end of theirs, {least:g} or {most:g}",
            len(learner.far),
            far=FAR,
            example=learner.far[0],
            least=least,
            most=most,
        ),
    )


def of_columns(columns: Iterable[Column], chunks: Iterable[Chunk]) -> Iterable[Remark]:
    """Return what is taken of a table's columns as a model knows them."""
    known = {column.name: (Profile(column.name), learner_of(column)) for column in columns}
    for chunk in chunks:
        for profile, _ in known.values():
            profile.add(chunk)
    for profile, learner in known.values():
        yield from of_column(profile, learner)


def learner_of(column: Column) -> Learner:
    """Return what reads cells as a column does."""
    match column:
        case Number():
            return NumberLearner(column.name, column.style, column.unit)
        case Date():
            return DateLearner(column.name, column.order)
        case Category():
            return CategoryLearner(column.name)


def of_column(profile: Profile, learner: Learner) -> Iterable[Remark]:
    """Return what was taken of a column to learn from."""
    name = profile.name
    match learner:
        case NumberLearner(style=style, unit=unit) if values.PLAIN in profile.odd and (
            style != values.PLAIN or unit
        ):
            text = profile.odd[values.PLAIN][1]
            [number] = values.numbers(pl.Series([text]), style, unit)
            yield Remark(
                name,
                message("{text!r} is {number:.15g}, in {unit}", text=text, number=number, unit=unit)
                if unit
                else message("{text!r} is {number:.15g}", text=text, number=number),
            )
        case NumberLearner() if profile.whole and max(-profile.low, profile.high) > WHOLE:
            yield Remark(
                name,
                message(
                    "whole numbers beyond {whole:,.0f}, whose last digits float64 does not hold: "
                    "probably an identifier (--ignore {name} leaves it out)",
                    whole=WHOLE,
                    name=quote(name),
                ),
            )
        case NumberLearner() if profile.like_keys:
            yield Remark(
                name,
                message(
                    "whole numbers, all different, as keys are: if it is an identifier, --ignore "
                    "{name} leaves it out",
                    name=quote(name),
                ),
            )
        case DateLearner(order=order) if values.PLAIN in profile.odd:
            text = profile.odd[values.PLAIN][1]
            [moment] = dates.dates(pl.Series([text]), order)
            if moment is not None and not (order == dates.YMD and dates.is_iso(text)):
                shown = f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
                yield Remark(
                    name,
                    message(
                        "{text!r} is {shown} ({order})",
                        text=text,
                        shown=shown,
                        order=translated(dates.IN_WORDS[order]),
                    ),
                )
        case CategoryLearner() if profile.has_codes and profile.style is not None:
            yield Remark(
                name,
                message(
                    "codes with leading zeros, such as {code!r}, are categories (--column "
                    "{name}=number takes them for numbers)",
                    code=profile.code,
                    name=quote(name),
                ),
            )


def _rows(count: int) -> str:
    return counted("{count} row", "{count:,} rows", count)
