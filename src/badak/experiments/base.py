"""The parts of an experiment: a statement, the function that tests it, and its findings."""

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
    """One text in English and Korean.

    Parameters
    ----------
    en : str
        The English text.
    ko : str
        The Korean text.

    Examples
    --------
    >>> Words("bias", "편향").to("ko")
    '편향'
    """

    en: str
    ko: str

    def to(self, language: str) -> str:
        """Return the text in one language.

        Parameters
        ----------
        language : {"en", "ko"}
            Which one.

        Returns
        -------
        str
            The text.
        """
        return self.ko if language == "ko" else self.en

    def filled(self, numbers: Mapping[str, float]) -> "Words":
        """Return the text with numbers filled in by name: "{share:.1%}" becomes "99.1%".

        Parameters
        ----------
        numbers : mapping of str to float
            The numbers that the text's fields name.

        Returns
        -------
        Words
            Both texts without fields.
        """
        return Words(self.en.format_map(numbers), self.ko.format_map(numbers))


class Verdict(Enum):
    """Whether the statement holds.

    Examples
    --------
    >>> Verdict.IN_PART.value.en
    'holds in part'
    """

    HOLDS = Words("holds", "맞다")
    IN_PART = Words("holds in part", "일부만 맞다")
    FAILS = Words("does not hold", "맞지 않다")


class NotHereError(BadakError):
    """Something that the experiment needs is missing on this machine.

    Parameters
    ----------
    words : Words
        What is missing, and how to get it.

    Examples
    --------
    >>> raise NotHereError(Words("give --weights FILE", "--weights FILE을 주십시오"))
    Traceback (most recent call last):
        ...
    badak.experiments.base.NotHereError: give --weights FILE
    """

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True)
class Setting:
    """The inputs of an experiment, apart from its own constants.

    Parameters
    ----------
    seed : int, default 0
        Of all random numbers: weights, batches, noise.
    data : str, default "digits"
        The images to learn from: "digits", or "mnist" or "fashion_mnist", where their files are.
    data_dir : Path, optional
        The folder of those files; by default BADAK_DATA and the cache are searched.
    book_weights : Path, optional
        The book's `sample_weight.pkl`.

    Examples
    --------
    >>> Setting().images.x_train.shape[1:]
    (8, 8)
    """

    seed: int = 0
    data: str = "digits"
    data_dir: Path | None = None
    book_weights: Path | None = None

    @cached_property
    def images(self) -> "Dataset":
        """The data set: uint8 images with labels, for training and for testing."""
        from badak import datasets

        return datasets.load(self.data, self.data_dir)


@dataclass(frozen=True)
class Table:
    """Measured numbers in rows under headings.

    Parameters
    ----------
    headings : tuple of Words
        One for each column.
    rows : tuple of tuples of Words or str
        The cells; numbers are texts already, with the significant digits.
    caption : Words, optional
        The text above the table.

    Examples
    --------
    >>> headings = Words("batch", "배치"), Words("loss", "손실")
    >>> table = Table(headings, (("1", "0.21"), ("10", "0.19")))
    >>> len(table.headings) == len(table.rows[0])
    True
    """

    headings: tuple[Words, ...]
    rows: tuple[tuple[Words | str, ...], ...]
    caption: Words | None = None


@dataclass(frozen=True)
class Findings:
    """The measurements of an experiment, and what follows from them.

    Parameters
    ----------
    verdict : Verdict
        Whether the statement holds.
    result : Words
        The finding in one line, with its numbers.
    why : Words
        The reason in a few sentences; an empty line separates paragraphs.
    numbers : mapping of str to float
        Every measured number that the verdict rests on, by name.
    draw : callable
        Draws the figure on a canvas, in the canvas's language and colours.
    caption : Words
        The figure's caption, which also describes the figure to readers who cannot see it.
    tables : tuple of Table, optional
        The measurements as tables.
    size : (float, float), default (8, 4.5)
        Width and height of the figure, in inches of 100 dots.

    Examples
    --------
    >>> from badak.experiments import get
    >>> findings = get("perceptron").run(Setting())
    >>> findings.verdict.value.en, findings.numbers["XOR_best"]
    ('holds', 3.0)
    """

    verdict: Verdict
    result: Words
    why: Words
    numbers: Mapping[str, float]
    draw: "Callable[[Canvas], None]"
    caption: Words
    tables: tuple[Table, ...] = ()
    size: tuple[float, float] = (8.0, 4.5)


@dataclass(frozen=True)
class Experiment:
    """A statement and the function that tests it; call it with a :class:`Setting`.

    Parameters
    ----------
    name : str
        Its name in commands.
    title : Words
        Its heading.
    claim : Words
        What the notes state.
    source : Words
        Where they state it.
    method : Words
        How it is tested, in a few sentences.
    run : callable
        Takes a Setting and returns Findings. Everything but measured times depends on the setting
        alone. Raises NotHereError where something that it needs is not on this machine.
    number : int, default 0
        Its place in the order of the notes, from 1; 0 for one outside badak.

    Examples
    --------
    >>> from badak.experiments import get
    >>> perceptron = get("perceptron")
    >>> perceptron.number, perceptron.title.en
    (1, 'The perceptron and its limit')
    """

    name: str
    title: Words
    claim: Words
    source: Words
    method: Words
    run: Callable[[Setting], Findings] = field(repr=False)
    number: int = 0

    def __call__(self, setting: Setting = Setting()) -> Findings:
        """Test the statement."""
        return self.run(setting)


@dataclass(frozen=True)
class Outcome:
    """The result of running an experiment: its findings, or what was missing.

    Parameters
    ----------
    experiment : Experiment
        What was run.
    findings : Findings or None
        What it found; None where it could not run.
    missing : Words, optional
        What was missing.

    Examples
    --------
    >>> from badak.experiments import get
    >>> outcome = Outcome(get("book-network"), None, Words("no weights", "가중치 없음"))
    >>> outcome.verdict.en, outcome.result.en
    ('not tried', 'no weights')
    """

    experiment: Experiment
    findings: Findings | None
    missing: Words | None = None

    @property
    def verdict(self) -> Words:
        """Whether the statement holds, or that it was not tested."""
        return NOT_TRIED if self.findings is None else self.findings.verdict.value

    @property
    def result(self) -> Words:
        """The finding in one line, or what is missing."""
        return self.findings.result if self.findings else self.missing or Words("", "")


NOT_TRIED = Words("not tried", "확인하지 못했다")


def try_out(experiment: Experiment, setting: Setting) -> Outcome:
    """Run an experiment; something missing is an outcome, not an error.

    Parameters
    ----------
    experiment : Experiment
        What to run.
    setting : Setting
        With which seed and data.

    Returns
    -------
    Outcome
        The findings, or what was missing.

    Examples
    --------
    >>> from badak.experiments import get
    >>> outcome = try_out(get("perceptron"), Setting())
    >>> outcome.verdict.en, outcome.findings.numbers["XOR_two_layers"]
    ('holds', 4.0)
    """
    try:
        return Outcome(experiment, experiment(setting))
    except NotHereError as error:
        return Outcome(experiment, None, error.words)


def statement(
    *, name: str, title: Words, claim: Words, source: Words, method: Words, number: int = 0
) -> Callable[[Callable[[Setting], Findings]], Experiment]:
    """Return a decorator that makes a function the :class:`Experiment` testing this statement.

    A file of this package holds one, called `experiment`.

    Parameters
    ----------
    name, title, claim, source, method, number
        By keyword, as :class:`Experiment` takes them.

    Returns
    -------
    callable
        Takes the function and returns the experiment.

    Examples
    --------
    >>> text = Words("1 + 1 = 2", "1 + 1 = 2")
    >>> @statement(name="sum", title=text, claim=text, source=text, method=text)
    ... def experiment(setting):
    ...     return Findings(Verdict.HOLDS, text, text, {"sum": 2.0}, lambda canvas: None, text)
    >>> try_out(experiment, Setting()).verdict.en
    'holds'
    """

    def tested_by(run: Callable[[Setting], Findings]) -> Experiment:
        return Experiment(name, title, claim, source, method, run, number)

    return tested_by
