"""The package tells type checkers what its public names take and give."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

USES = Path(__file__).with_name("uses.py")


def test_the_package_says_that_it_is_typed() -> None:
    assert files("badak").joinpath("py.typed").is_file()


@pytest.mark.slow
def test_what_users_write_is_typed(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="comes with the extra dev")
    pytest.importorskip("scipy", reason="comes with the extra test")
    command = [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores"]
    command += ["--follow-imports=silent", "--cache-dir", tmp_path, "--config-file", os.devnull]
    package = str(files("badak").joinpath(".."))
    done = subprocess.run(
        [*command, USES],
        env={**os.environ, "MYPYPATH": package},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
