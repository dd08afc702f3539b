"""The book's scripts find badak under the book's names."""

import importlib
import os
import subprocess
import sys

import pytest

from badak.book import install, layers, mnist
from badak.book.installation import PACKAGES
from badak.errors import InputError

SCRIPT = """import sys, os
sys.path.append(os.path.join(os.path.dirname(__file__), '..'))
import common.functions
from common.layers import *
from common.optimizer import Adam
from common.util import im2col
from dataset.mnist import load_mnist
from net import Net

print(np.round(softmax(np.array([0.3, 2.9, 4.0])), 3))
print(Net().relu.forward(np.array([-1.0, 2.0])), Adam.__module__, sys.argv[1:], __name__)
"""


@pytest.fixture
def clean(monkeypatch):
    """No module of the book's names is there; what a test enters is gone after it."""
    there = {name for name in sys.modules if name.split(".")[0] in PACKAGES}
    for name in there | {f"{p}.{m}" for p, ms in PACKAGES.items() for m in ms} | set(PACKAGES):
        monkeypatch.setitem(sys.modules, name, None)
        del sys.modules[name]


@pytest.fixture
def script(tmp_path):
    (tmp_path / "net.py").write_text(
        "from common.layers import Relu\nclass Net:\n    relu = Relu()\n", encoding="utf-8"
    )
    path = tmp_path / "train.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "badak.book", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "BADAK_LANGUAGE": "en", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


@pytest.mark.usefixtures("clean")
def test_the_books_names_are_badaks_modules():
    install()
    install()
    assert importlib.import_module("common.layers") is layers
    assert importlib.import_module("common").layers is layers
    assert importlib.import_module("dataset.mnist").load_mnist is mnist.load_mnist
    with pytest.raises(ModuleNotFoundError, match=r"common\.rnn"):
        importlib.import_module("common.rnn")


@pytest.mark.usefixtures("clean")
def test_another_module_of_that_name_is_not_replaced(tmp_path, monkeypatch):
    (tmp_path / "dataset.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    other = importlib.import_module("dataset")
    with pytest.raises(InputError, match=r"dataset has been imported already, from .*dataset.py"):
        install()
    assert sys.modules["dataset"] is other
    assert "common" not in sys.modules


def test_a_script_runs_as_it_is(script):
    done = run(script, "--quick", "3")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "[0.018 0.245 0.737]",
        "[0. 2.] badak.book.optimizer ['--quick', '3'] __main__",
    ]


def test_a_script_that_is_not_there_is_said(tmp_path):
    done = run(tmp_path / "nowhere.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("there is no file ")
    assert "usage: python -m badak.book SCRIPT" in run().stderr
