"""What the tests of the command share."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from badak._common.language import set_language
from badak.cli import main


@dataclass(frozen=True)
class Outcome:
    """What one run of the command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Run in an empty folder, as wide as a pipe, whatever the terminal of the tester says.

    The language that a command line chooses ends with the test.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "NO_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "BADAK_DATA"):
        monkeypatch.delenv(name, raising=False)
    yield
    set_language(None)


def run(*arguments: object) -> Outcome:
    """Run the command in this process, its output not on a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture
def badak() -> Callable[..., Outcome]:
    """The command: ``badak("info", path).out``."""
    return run


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start the command as a process of its own, with pipes, which does not outlive the test."""
    with contextlib.ExitStack() as stack:

        def started(*arguments: object, encoding: str = "utf-8") -> "subprocess.Popen[str]":
            command = [sys.executable, "-c", "from badak.cli import main; main()"]
            process = subprocess.Popen(
                [*command, *map(str, arguments)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding=encoding,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": encoding},
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield started


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A model of the digits as `badak train` makes it by default, and what that printed."""
    path = tmp_path_factory.mktemp("trained") / "digits.safetensors"
    outcome = run("train", "--out", path)
    assert outcome.code == 0, outcome.err
    return path, outcome


@pytest.fixture
def digits_model(trained: tuple[Path, Outcome]) -> Path:
    """A model of the digits in a file that the test must leave as it is."""
    return trained[0]


def enlarged(image: np.ndarray, *, inverted: bool) -> np.ndarray:
    """A digit of 8x8 pixels, 0 to 16, as a large drawing off the middle of its paper."""
    ink = Image.fromarray((image.astype(float) * (255 / 16)).astype(np.uint8))
    paper = np.zeros((400, 500), np.uint8)
    paper[40:280, 100:340] = np.asarray(ink.resize((240, 240), Image.Resampling.BICUBIC))
    return 255 - paper if inverted else paper


@pytest.fixture
def digit_picture(tmp_path: Path) -> Callable[..., Path]:
    """Write a digit as a large picture: dark on light if `inverted`, else light on dark."""

    def write(image: np.ndarray, name: str, *, inverted: bool) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(enlarged(image, inverted=inverted)).save(path)
        return path

    return write


@pytest.fixture
def shape_folder(tmp_path: Path) -> Path:
    """Pictures sorted into two classes with Korean names: upright bars and lying ones."""
    rng = np.random.default_rng(1)
    folder = tmp_path / "막대"
    for name in ("가로", "세로"):
        (folder / name).mkdir(parents=True)
        for number in range(20):
            picture = rng.integers(0, 40, (32, 32)).astype(np.uint8)
            place = int(rng.integers(4, 24))
            if name == "가로":
                picture[place : place + 5] += 200
            else:
                picture[:, place : place + 5] += 200
            Image.fromarray(picture).save(folder / name / f"{number:02}.png")
    return folder
