import errno
import re
import subprocess
import sys
import warnings

import pytest

import badak as library
from badak.cli.errors import sentence
from badak.pictures import fonts

COMMANDS = ("train", "evaluate", "predict", "info")


def test_the_version_is_the_librarys(badak):
    outcome = badak("--version")
    assert (outcome.code, outcome.out) == (0, f"badak {library.__version__}\n")


def test_a_command_that_is_unknown_is_answered_with_the_nearest(badak):
    outcome = badak("trian")
    assert outcome.code == 2
    assert outcome.err == (
        "badak: error: no such command 'trian'. Did you mean 'train'? (see badak --help)\n"
    )


@pytest.mark.parametrize("arguments", [("--help",), ()])
def test_help_names_each_command(badak, arguments):
    outcome = badak(*arguments)
    assert outcome.code == 0
    for command in COMMANDS:
        assert re.search(rf"│ {command} +\w", outcome.out)


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (
            "train",
            "DATA --layers --activation --dropout --optimizer --learning-rate --batch-size "
            "--epochs --validation --seed --data-dir --out --quiet",
        ),
        ("evaluate", "MODEL DATA --data-dir"),
        ("predict", "MODEL IMAGE --all --json"),
        ("info", "MODEL"),
    ],
)
def test_the_help_of_a_command_explains_each_option(badak, command, named):
    outcome = badak(command, "--help")
    assert outcome.code == 0
    for name in named.split():
        assert re.search(rf"│.* {name} ", outcome.out, re.IGNORECASE), name
    assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("command", "model", "complaint"),
    [
        *(
            (command, model, complaint)
            for command in ("evaluate", "predict", "info")
            for model, complaint in (
                ("missing.safetensors", "there is no model missing.safetensors"),
                ("text.safetensors", "text.safetensors is not a whole safetensors file"),
            )
        ),
        ("evaluate", "folder", "folder is a folder"),  # predict answers the pictures in it
        ("info", "folder", "folder is a folder"),
    ],
)
def test_what_is_no_model_is_refused_in_one_line(badak, tmp_path, command, model, complaint):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.safetensors").write_text("no model")
    outcome = badak(command, model, *(["x.png"] if command == "predict" else []))
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.startswith("badak: error: ")
    assert complaint in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "sound"},
        {"shape": [8, 9]},
        {"shape": [-8, -8]},
        {"shape": "8x8"},
        {"box": 0},
        {"blocks": 10**9},
        {"maximum": float("inf")},
        {"maximum": None},
    ],
)
def test_a_model_whose_preparation_is_broken_is_refused(badak, digits_model, broken):
    model = library.load_model(digits_model)
    model.preparation |= broken
    model.save("broken.safetensors")
    outcome = badak("predict", "broken.safetensors", "x.png")
    assert outcome.code == 1
    assert re.match(r"badak: error: broken.safetensors: .*prepares pictures", outcome.err)


def test_in_a_pipe_nothing_is_printed_that_steers_a_terminal(start, digits_model, digit_picture):
    picture = digit_picture(library.datasets.load("digits").x_test[0], "a.png", inverted=True)
    for arguments in (
        ("train", "--epochs", 2, "--layers", "10"),
        ("evaluate", digits_model),
        ("predict", digits_model, picture, "missing.png"),
        ("info", digits_model),
        ("--help",),
    ):
        out, err = start(*arguments).communicate(timeout=60)
        assert out
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", out + err)


def test_an_error_of_the_system_says_what_to_do():
    assert sentence(OSError(errno.ENOSPC, "No space left on device")) == (
        "no space left on device; make room and try again"
    )
    assert sentence(PermissionError(errno.EACCES, "Permission denied", "a.png")) == (
        "a.png: permission denied; check its permissions"
    )
    assert "fewer units" in sentence(MemoryError("74.5 GiB"))


def test_too_little_memory_is_told_in_a_line(badak, monkeypatch):
    def exhausted(*args, **kwargs):
        raise MemoryError("unable to allocate 74.5 GiB")

    monkeypatch.setattr(library.Sequential, "build", exhausted)
    outcome = badak("train")
    assert outcome.code == 1
    assert outcome.err.startswith("badak: error: the memory does not suffice")


def test_a_fault_of_the_program_keeps_its_traceback(badak, monkeypatch, digits_model):
    def faulty(*args, **kwargs):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(library.Sequential, "summary", faulty)
    monkeypatch.setattr("badak.network.summary.print_summary", faulty)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        badak("info", digits_model)


def test_a_name_that_the_output_cannot_encode_is_no_end(badak, start, shape_folder):
    badak("train", shape_folder, "--epochs", 1)
    process = start("info", "막대.safetensors", encoding="ascii")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "??.safetensors" in out


def test_nothing_heavy_is_imported_before_a_command_runs():
    # A stand-in for the package keeps its __init__, which is another matter, out of this.
    code = f"""
import sys, types
package = types.ModuleType("badak")
package.__path__ = {library.__path__!r}
sys.modules["badak"] = package
import badak.cli
heavy = {{"numpy", "PIL", "safetensors", "pooch", "badak.network.sequential", "badak.datasets"}}
print(sorted(heavy & set(sys.modules)))
"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_a_warning_of_badaks_is_a_line_and_shows_no_code(badak, monkeypatch):
    monkeypatch.setattr(fonts, "installed_font", lambda: None)
    with warnings.catch_warnings():
        warnings.simplefilter("always")  # tests make them errors
        outcome = badak("plot", "activation", "relu", "--title", "漢字")
    assert outcome.code == 0
    assert re.fullmatch(r"badak: note: no font here has all letters of '漢字'.*\n", outcome.err)
