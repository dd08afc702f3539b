"""What a network answers about a picture, as `predict` and `explain` print it and as JSON."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.language import marked, message, translated
from badak.cli.errors import report, sentence
from badak.cli.terminal import carries, printable
from badak.errors import BadakError, InputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from badak.network.sequential import Sequential
    from badak.photographs.components import Box
    from badak.recipes.preparation import Preparation
    from badak.recipes.reading import Reading
    from badak.typing import Array

LIKELIEST = 3  # classes shown
BAR_WIDTH = 24  # characters
NONE = marked("no digit")


@dataclass(frozen=True)
class Answer:
    """The answer to one image of a picture."""

    path: Path
    class_names: list[str]
    probabilities: "Array"
    """(classes,)"""
    is_none: bool
    """Whether the image is not one of what the network knows."""
    number: int
    """Which of the picture's images it is, from 1."""
    of: int
    """How many images the picture has."""
    box: "Box | None"
    """Where on the picture it is, in pixels; None where the whole is the image."""

    @property
    def likeliest(self) -> str:
        """The class of the largest probability."""
        return self.class_names[int(self.probabilities.argmax())]

    @property
    def label(self) -> str | None:
        """The answer; None where the image shows nothing that the network knows."""
        return None if self.is_none else self.likeliest

    def as_dict(self) -> dict[str, object]:
        """Return the answer as `--json` prints it."""
        by_name = dict(zip(self.class_names, map(float, self.probabilities), strict=True))
        found: dict[str, object] = {"file": os.fspath(self.path), "label": self.label}
        if self.box is not None:
            box = self.box
            found |= {"number": self.number, "of": self.of}
            found["box"] = [box.left, box.top, box.right, box.bottom]
        return found | {"probabilities": by_name}


def answers_to(
    network: "Sequential", reading: "Reading", path: Path, class_names: list[str], *, boxed: bool
) -> list[Answer]:
    """Return the answer to each image of a picture.

    Of badak's own network it is known what it takes for a digit that is none: `boxed` asks so.
    """
    from badak import models

    images = reading.images
    probabilities = network.predict(images.reshape(len(images), *(network.input_shape or ())))
    nones = ~models.is_digit(images) if boxed else [False] * len(images)
    return [
        Answer(path, class_names, shares, bool(none), number, len(images), box)
        for number, (shares, none, box) in enumerate(
            zip(probabilities, nones, reading.boxes, strict=True), 1
        )
    ]


@dataclass(frozen=True)
class Asked:
    """The network that is asked, and how it takes pictures."""

    network: "Sequential"
    prepare: "Preparation"
    class_names: list[str]
    boxed: bool
    """Whether it is the one that badak brings."""


def answered(asked: Asked, pictures: list[Path], failed: list[Path]) -> Iterator[list[Answer]]:
    """Yield the answers to each picture; report those that cannot be read, and add them."""
    from badak.datasets.picture_folder import SUFFIXES
    from badak.recipes.reading import read

    for path in pictures:
        try:
            if path.is_dir():
                raise InputError(
                    message(
                        "{path} is a folder without a picture in it: expected files that end in "
                        "{suffixes}",
                        path=path,
                        suffixes=", ".join(SUFFIXES),
                    )
                )
            reading = read(path, asked.prepare, asked.class_names)
        except (BadakError, OSError) as error:
            report(sentence(error))
            failed.append(path)
            continue
        yield answers_to(asked.network, reading, path, asked.class_names, boxed=asked.boxed)


def print_several(console: "Console", answers: list[Answer]) -> None:
    """Print what a picture with several digits shows in one line; nothing for another picture."""
    from rich.text import Text

    if len(answers) > 1:
        labels = " ".join("?" if answer.label is None else answer.label for answer in answers)
        name = printable(os.fspath(answers[0].path))
        told = message(" ({count} digits, from left to right)", count=len(answers))
        console.print(Text.assemble(f"{name}: ", (labels, "bold"), told), soft_wrap=True)


def print_answer(console: "Console", answer: Answer, *, every: bool) -> None:
    """Print the answer, and a bar for each of the likeliest classes, or for every one.

    What is no digit gets no bars, which would tell of a certainty that there is not.
    """
    from rich.text import Text

    name = printable(os.fspath(answer.path))
    if answer.of > 1:
        name += message(", {number} of {count}", number=answer.number, count=answer.of)
    label, told = printable(answer.label or ""), ""
    if answer.label is None:
        label = translated(NONE)
        told = message(" (the most like: {likeliest})", likeliest=printable(answer.likeliest))
    console.print(Text.assemble(f"{name}: ", (label, "bold"), told), soft_wrap=True)
    if answer.label is not None or every:
        _print_bars(console, answer, every)


def _print_bars(console: "Console", answer: Answer, every: bool) -> None:
    from rich.table import Table

    order = (-answer.probabilities).argsort(kind="stable")
    bars = Table.grid(padding=(0, 1))
    for place in order if every else order[:LIKELIEST]:
        share = float(answer.probabilities[place])
        name = printable(answer.class_names[place])
        bars.add_row("  ", name, _bar(console, share), f"{share:7.2%}")
    console.print(bars)


def _bar(console: "Console", share: float) -> "RenderableType":
    """Return a bar of blocks, or of signs where the output has no blocks."""
    from rich.bar import Bar
    from rich.text import Text

    if carries(console, "█▉▊▋▌▍▎▏"):
        return Bar(1.0, 0.0, share, width=BAR_WIDTH, color="green")
    return Text(f"{'#' * round(share * BAR_WIDTH):<{BAR_WIDTH}}", style="green")
