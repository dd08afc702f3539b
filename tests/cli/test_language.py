"""The command in Korean: chosen by the option, the variable or the locale."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest

import badak as library
from badak._common.language import set_language
from badak.cli.terminal import NAMES

HANGUL = re.compile("[가-힣]")
CLI = Path(library.__file__).parent / "cli"


@pytest.fixture(autouse=True)
def _english_afterwards():
    yield
    set_language(None)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--language", "ko", "train", "--epochs", "0"),
        ("train", "--language", "ko", "--epochs", "0"),
        ("train", "--epochs", "0", "--language=ko"),
    ],
)
def test_the_option_stands_before_or_after_the_sub_command(badak, arguments):
    outcome = badak(*arguments)
    assert outcome.code == 2
    assert outcome.err == (
        "badak: 오류: '--epochs' 값이 잘못되었습니다. '0'은 1 이상인 정수가 아닙니다 "
        "(badak train --help 참고)\n"
    )


def test_the_option_counts_before_the_variable(badak, monkeypatch):
    monkeypatch.setenv("BADAK_LANGUAGE", "ko")
    assert badak("trian").err.startswith("badak: 오류: 'trian' 명령은 없습니다.")
    assert badak("--language", "en", "trian").err.startswith("badak: error: no such command")


def test_an_unknown_language_is_refused_by_name(badak, monkeypatch):
    outcome = badak("--language", "fr", "doctor")
    assert (outcome.code, "'fr' is not spoken: give en or ko" in outcome.err) == (2, True)
    monkeypatch.setenv("BADAK_LANGUAGE", "fr")
    outcome = badak("doctor")
    assert outcome.code == 2
    assert outcome.err == (
        "badak: error: BADAK_LANGUAGE is 'fr', but must be en or ko (see badak --help)\n"
    )
    assert badak("--language", "en", "doctor").code == 0


def test_help_is_korean_as_a_whole_and_keeps_to_its_width(badak):
    from rich.cells import cell_len

    for command in ("", "train", "predict", "explain", "plot", "plot layers", "experiment"):
        lines = badak("--language", "ko", *command.split(), "--help").out.splitlines()
        assert max(map(cell_len, lines)) <= 80
        assert "…" not in "".join(lines)
        words = [line for line in lines if re.search(r"[A-Za-z]{3,} [a-z]{3,} [a-z]{2,}", line)]
        assert [line for line in words if not HANGUL.search(line) and "badak " not in line] == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("train", "--epochs", "0"), "'--epochs': '0' is no whole number of at least 1"),
        (("train", "--epochs=2.5"), "'--epochs': '2.5' is no whole number of at least 1"),
        (("train", "--seed", "-1"), "'--seed': '-1' is no whole number of at least 0"),
        (("train", "--learning-rate", "fast"), "'--learning-rate': 'fast' is no number"),
    ],
)
def test_a_number_that_is_none_is_named_in_words_of_the_commands_own(badak, arguments, complaint):
    outcome = badak(*arguments)
    assert outcome.code == 2
    assert outcome.err == f"badak: error: invalid value for {complaint} (see badak train --help)\n"


def test_what_a_command_prints_is_korean_and_aligned(badak, digits_model):
    lines = badak("--language", "ko", "info", digits_model).out.splitlines()
    assert "가중치" in lines[1]
    facts = [line for line in lines if line.startswith(("클래스 ", "학습 ", "손실 "))]
    assert len(facts) == 3
    assert facts[0].startswith("클래스  0, 1")
    assert facts[1].startswith("학습    Adam, 학습률 0.001")


def test_json_keeps_its_keys_and_writes_hangul_as_it_is(badak, start, shape_folder, tmp_path):
    badak("train", shape_folder, "--epochs", 1, "--no-pictures")
    picture = next((shape_folder / "가로").iterdir())
    for language in ("en", "ko"):
        out = badak("--language", language, "predict", "막대.safetensors", picture, "--json").out
        assert "가로" in out
        assert set(json.loads(out)[0]["probabilities"]) == {"가로", "세로"}
    out, _ = start("predict", "막대.safetensors", picture, "--json", encoding="ascii").communicate()
    assert "가로" not in out
    assert set(json.loads(out)[0]["probabilities"]) == {"가로", "세로"}


def test_bars_and_words_go_through_a_pipe_of_a_korean_windows(start, digits_model, digit_picture):
    picture = digit_picture(library.datasets.load("digits").x_test[0], "a.png", inverted=True)
    arguments = ("--language", "ko", "predict", digits_model, picture)
    out, err = start(*arguments, encoding="cp949").communicate(timeout=60)
    assert err == ""
    assert "?" not in out
    assert "#" in out


def test_an_output_without_korean_letters_gets_english(start):
    out, _ = start("--language", "ko", "--help", encoding="ascii").communicate(timeout=60)
    assert "Usage: badak" in out


def test_the_name_of_every_fact_is_translated():
    named = set()
    for path in CLI.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="print_facts"), args=[_, ast.Dict(keys=keys)]):
                    named |= {getattr(key, "value", None) for key in keys}
                case ast.Assign(
                    targets=[
                        ast.Subscript(value=ast.Name(id="facts"), slice=ast.Constant(value=name))
                    ]
                ):
                    named.add(name)
    assert named - {"badak", "python", None} <= set(NAMES)


def test_a_picture_beside_the_model_speaks_the_same_language(badak, monkeypatch):
    spoken = []
    monkeypatch.setattr(
        "badak.pictures.history", lambda *args, language, **options: spoken.append(language)
    )
    badak("--language", "ko", "train", "--epochs", 1, "--layers", "8", "--out", "m.safetensors")
    assert spoken == ["ko"]


def test_answers_are_the_same_in_both_languages(badak, digits_model, digit_picture):
    picture = digit_picture(library.datasets.load("digits").x_test[0], "a.png", inverted=True)
    answers = [
        json.loads(badak("--language", language, "predict", digits_model, picture, "--json").out)
        for language in ("en", "ko")
    ]
    assert answers[0] == answers[1]
    assert np.isclose(sum(answers[0][0]["probabilities"].values()), 1.0)
