import io
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from badak import Sequential, layers
from badak.training.callbacks.progress import Lines, progress_for

SCRIPT = """
import numpy as np
from badak import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.fit(np.zeros((6000, 3)), np.zeros(6000), epochs=2, batch_size=2)
"""


def test_a_line_an_epoch_is_printed_into_a_pipe():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True, text=True)
    head, *epochs = run.stdout.splitlines()
    assert head.split() == ["epoch", "loss", "mean_absolute_error"]
    assert [line.split()[0] for line in epochs] == ["1/2", "2/2"]
    assert "\x1b" not in run.stdout  # no colours, no bar
    assert run.stderr == ""


def test_verbose_0_prints_nothing():
    script = SCRIPT.replace("epochs=2", "epochs=2, verbose=0")
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert (run.stdout, run.stderr) == (b"", b"")


class Shell:
    """As much of a notebook as is asked: the number of the cell that is run."""

    execution_count = 7


def test_a_notebook_shows_the_epochs_of_a_cell_once(monkeypatch):
    shell = Shell()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    model = Sequential([layers.Input((1,)), layers.Dense(1)])
    lines = Lines(Console(file=io.StringIO(), force_jupyter=True))
    monkeypatch.setattr("badak.training.loop.progress_for", lambda verbose: [lines])
    history = model.fit(np.zeros((4, 1)), np.zeros(4), epochs=3)
    assert history._repr_html_().count("<tr>") == 0
    assert "History of 3 epochs, loss" in history._repr_html_()
    shell.execution_count += 1  # asked for in another cell, it is the table
    assert history._repr_html_().count("<tr>") == 1 + 3


def test_a_run_that_printed_nothing_is_shown_as_a_table(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=Shell))
    model = Sequential([layers.Input((1,)), layers.Dense(1)])
    history = model.fit(np.zeros((4, 1)), np.zeros(4), epochs=3, verbose=0)
    assert history._repr_html_().count("<tr>") == 1 + 3


def test_a_bar_moves_on_a_terminal():
    pty = pytest.importorskip("pty", reason="Windows has no such terminals")
    controller, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=terminal, stderr=terminal, env=environment
    ) as process:
        os.close(terminal)
        seen = b""
        while chunk := _read(controller):
            seen += chunk
        process.wait()
    os.close(controller)
    assert process.returncode == 0
    text = seen.decode()
    assert "epoch 1/2" in text
    assert "epoch 2/2" in text
    assert "/3000" in text
    assert "━" in text


def _read(controller):
    try:
        return os.read(controller, 65536)
    except OSError:  # the other side has closed, as Linux says it
        return b""


def test_lines_tell_every_value_under_its_name():
    written = io.StringIO()
    lines = Lines(Console(file=written, width=40))
    lines.set_params({"epochs": 10, "steps": 1, "samples": 1})
    lines.on_train_begin()
    for epoch, loss in ((8, 0.25), (9, 1e-5)):
        lines.on_epoch_begin(epoch)
        lines.on_epoch_end(epoch, {"loss": loss, "val_accuracy": 0.875})
    head, first, second = written.getvalue().splitlines()
    assert head.split() == ["epoch", "loss", "val_accuracy"]
    assert first.split()[:3] == ["9/10", "0.2500", "0.8750"]
    assert second.split()[:3] == ["10/10", "1.00e-05", "0.8750"]
    assert head.index("accuracy") + len("accuracy") == first.index("0.8750") + len("0.8750")


@pytest.mark.parametrize("verbose", [0, 2])
def test_verbose_says_how_much(verbose):
    assert len(progress_for(verbose)) == (1 if verbose else 0)
