import os
import re
import subprocess
import sys

import numpy as np
import pytest

from badak.engine.machine import folder
from badak.engine.program import native


def facts(out: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w[\w ]*?) {2,}(.+)$", out, re.MULTILINE))


def test_it_tells_versions_threads_and_that_the_engine_works(badak, monkeypatch):
    monkeypatch.setenv("BADAK_NUM_THREADS", "3")
    outcome = badak("doctor")
    assert outcome.code == 0
    told = facts(outcome.out)
    assert told["threads"].startswith("3 of ")
    assert told["engine"].startswith("works, agrees with NumPy to ")
    assert f"numpy {np.__version__}" in told["libraries"]
    assert str(folder.cache_folder()) in told["compiled code"]


def test_it_tells_that_the_engine_is_not_chosen(badak, monkeypatch):
    monkeypatch.setenv("BADAK_ENGINE", "reference")
    outcome = badak("doctor")
    assert outcome.code == 0
    assert facts(outcome.out)["engine"] == "not used: BADAK_ENGINE is reference"


def test_an_engine_that_does_not_load_is_told_and_ends_in_1(badak, monkeypatch):
    def broken():
        raise OSError("no such processor")

    monkeypatch.setattr(native, "interpreter", broken)
    outcome = badak("doctor")
    assert outcome.code == 1
    assert "does not work: OSError('no such processor')" in outcome.out


def test_the_compiled_code_can_be_removed(badak, monkeypatch, tmp_path):
    monkeypatch.setenv("BADAK_CACHE", str(tmp_path / "cache"))
    folder.cache_folder().mkdir(parents=True)
    stale = folder.cache_folder() / f"old{folder.SUFFIX}"
    stale.touch()
    outcome = badak("doctor", "--clear-cache")
    assert facts(outcome.out)["removed"] == "1 files of compiled code"
    assert not stale.exists()


def test_the_package_runs_as_the_command():
    run = subprocess.run(
        [sys.executable, "-m", "badak", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("badak ")


@pytest.mark.parametrize(
    ("typed", "offered"), [("badak exp", "experiment"), ("badak doc", "doctor")]
)
def test_the_shell_completes_commands(typed, offered):
    words = {"_BADAK_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": "1"}
    run = subprocess.run(
        [sys.executable, "-c", "from badak.cli import main; main()"],
        capture_output=True,
        text=True,
        env={**os.environ, **words},
        check=False,
    )
    assert offered in run.stdout.split()
