"""What an experiment is: a statement, how it is tried, and what was found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from badak.errors import BadakError

if TYPE_CHECKING:
    from badak.datasets import Dataset
    from badak.pictures.canvas import Canvas


class Words(NamedTuple):
    """One text in the two languages of the experiments.

    >>> Words("bias", "편향").to("ko")
    '편향'
    """

    en: str
    ko: str

    def to(self, language: str) -> str:
        """Return the text in "en" or "ko"."""
        return self.ko if language == "ko" else self.en

    def filled(self, numbers: Mapping[str, float]) -> "Words":
        """Return the text with numbers put in by name: "{share:.1%}" becomes "99.1%"."""
        return Words(self.en.format_map(numbers), self.ko.format_map(numbers))


class Verdict(Enum):
    """What became of the statement."""

    HOLDS = Words("holds", "맞다")
    IN_PART = Words("holds in part", "일부만 맞다")
    FAILS = Words("does not hold", "맞지 않다")


class NotHereError(BadakError):
    """Something that the experiment needs is not on this machine; says how to get it."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True)
class Setting:
    """What an experiment may depend on besides its own constants."""

    seed: int = 0
    data: str = "digits"
    """The images to learn from: "digits", or "mnist" and its kin where they are."""
    data_dir: Path | None = None
    """The folder of MNIST's files; else BADAK_DATA and the cache are looked at."""
    book_weights: Path | None = None
    """The book's `sample_weight.pkl`."""

    @cached_property
    def images(self) -> "Dataset":
        """The data set, uint8 images with labels, in a part to learn from and a part to test."""
        from badak import datasets

        return datasets.load(self.data, self.data_dir)


@dataclass(frozen=True)
class Table:
    """Measured numbers in rows under headings."""

    headings: tuple[Words, ...]
    rows: tuple[tuple[Words | str, ...], ...]
    """Texts, numbers already with the digits that count."""
    caption: Words | None = None


@dataclass(frozen=True)
class Findings:
    """What an experiment measured, and what follows from it."""

    verdict: Verdict
    result: Words
    """The finding in one line, with its numbers."""
    why: Words
    """The reason, in a few sentences; paragraphs are set apart by an empty line."""
    numbers: Mapping[str, float]
    """Every measured number that the verdict rests on, by name."""
    draw: "Callable[[Canvas], None]"
    """Draws the figure on a canvas, in its language and colours."""
    figure_tells: Words
    """The caption: what the figure shows, for those who cannot see it too."""
    tables: tuple[Table, ...] = ()
    size: tuple[float, float] = (8.0, 4.5)
    """Of the figure, in inches of 100 dots."""


@dataclass(frozen=True)
class Experiment:
    """A statement of the notes, and the function that tries it; call it with a Setting."""

    name: str
    title: Words
    claim: Words
    """What the notes state."""
    source: Words
    """Where they state it."""
    method: Words
    """What is done to try it, in a few sentences."""
    run: Callable[[Setting], Findings] = field(repr=False)
    """Deterministic by the setting's seed, but for measured times; seconds on two cores.

    Raises NotHereError where something that it needs is not on this machine."""
    number: int = 0
    """Its place in the order of the notes, the first being 1; 0 for one outside badak."""

    def __call__(self, setting: Setting = Setting()) -> Findings:
        """Try the statement."""
        return self.run(setting)


@dataclass(frozen=True)
class Outcome:
    """An experiment that was tried: what was found, or what it lacked."""

    experiment: Experiment
    findings: Findings | None
    missing: Words | None = None

    @property
    def verdict(self) -> Words:
        """What became of the statement, or that it was not tried."""
        return NOT_TRIED if self.findings is None else self.findings.verdict.value

    @property
    def result(self) -> Words:
        """The finding in one line, or what is missing."""
        return self.findings.result if self.findings else self.missing or Words("", "")


NOT_TRIED = Words("not tried", "해 보지 못했다")


def try_out(experiment: Experiment, setting: Setting) -> Outcome:
    """Run an experiment; what it lacks is an outcome, not an error."""
    try:
        return Outcome(experiment, experiment(setting))
    except NotHereError as error:
        return Outcome(experiment, None, error.words)


def statement(
    *, name: str, title: Words, claim: Words, source: Words, method: Words, number: int = 0
) -> Callable[[Callable[[Setting], Findings]], Experiment]:
    """Make the function under it the experiment that tries this statement.

    A file of this package holds one, called `experiment`.
    """

    def tried_by(run: Callable[[Setting], Findings]) -> Experiment:
        return Experiment(name, title, claim, source, method, run, number)

    return tried_by
