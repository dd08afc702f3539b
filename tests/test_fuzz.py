"""Damaged and hostile files for every reader, in a process of its own; see tools/fuzz."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the processes' memory is bounded by Linux's means"
)

ROOT = Path(__file__).parent.parent
NEEDS = {
    **dict.fromkeys(("keras", "keras-weights"), "h5py"),
    **dict.fromkeys(("table-model", "csv", "csv-gz", "parquet", "arrow"), "polars"),
    **{"onnx": "onnx", "torch-pickle": "torch"},
}
READERS = [
    *(
        "model",
        "table-model",
        "checkpoint",
        "keras",
        "keras-weights",
        "onnx",
        "npz",
        "npz-weights",
        "torch",
    ),
    *("torch-pickle", "pickle", "idx", "idx-gz", "picture", "csv", "csv-gz", "parquet", "arrow"),
]


def fuzz(reader, mutants, folder):
    """Run the command; return what it printed."""
    needed = NEEDS.get(reader)
    if needed and importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    command = [sys.executable, "-m", "tools.fuzz", "--readers", reader, "--resume", folder]
    done = subprocess.run(
        [*command, "--mutants", str(mutants)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("reader", READERS)
def test_a_damaged_file_gives_an_error_of_badaks_own(reader, tmp_path):
    assert f"{reader:15}       200" in fuzz(reader, 200, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_of_thousands_of_damaged_files_each_gives_an_error_of_badaks_own(reader, tmp_path):
    fuzz(reader, 3000, tmp_path)


def test_the_command_goes_on_where_it_was_stopped(tmp_path):
    first = fuzz("pickle", 100, tmp_path)
    second = fuzz("pickle", 150, tmp_path)
    assert f"{'pickle':15}       100" in first
    assert f"{'pickle':15}       150" in second
