"""Networks that come and go in one process leave nothing behind."""

import json
import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the memory in use is asked for in Unix's way")
def test_networks_of_other_settings_compile_nothing_and_do_not_make_the_process_grow(tmp_path):
    path = tmp_path / "sweep.json"
    command = [sys.executable, "-m", "benchmarks.sweep", "--networks", "300", "--json", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    rows = json.loads(path.read_text())["rows"]
    first, last = rows[1], rows[-1]
    assert last["networks"] - first["networks"] >= 180
    assert last["bytes"] - first["bytes"] < 10e6  # a kernel each with its module: over 180 MB
    assert sum(row["compiled"] for row in rows[2:]) <= 5
