import json

import pytest

from badak.experiments import NAMES


def test_without_a_name_it_lists_them(badak):
    outcome = badak("experiment")
    assert outcome.code == 0
    assert all(name in outcome.out for name in NAMES)


def test_it_prints_statement_numbers_and_verdict(badak):
    out = badak("experiment", "step-and-sigmoid").out
    assert out.startswith("2. Step and sigmoid")
    assert "holds: Neither ever decreases" in out
    assert "0.24492" in out  # sigmoid(0.5) - sigmoid(-0.5) = tanh(0.25)


def test_without_a_folder_it_says_how_to_get_the_figures(badak):
    told = "badak experiment step-and-sigmoid --out FOLDER writes a page with them"
    assert told in badak("experiment", "2").out
    assert told not in badak("experiment", "2", "--out", "here").out


def test_it_speaks_korean_and_writes_a_page(badak, tmp_path):
    outcome = badak("experiment", "2", "--language", "ko", "--out", tmp_path / "a/b")
    assert outcome.code == 0
    assert "맞다: 둘 다 줄어드는 곳이 없고" in outcome.out
    page = (tmp_path / "a/b/experiments.html").read_text("utf-8")
    assert "계단 함수와 시그모이드" in page
    numbers = json.loads((tmp_path / "a/b/experiments.json").read_text("utf-8"))
    assert numbers["experiments"]["step-and-sigmoid"]["numbers"]["step_rise"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sotfmax"], 1, "did you mean"),
        (["2", "--language", "fr"], 2, "'fr' is not spoken: give en or ko"),
        (["2", "--out", "taken"], 1, "taken is a file"),
        (["2", "--out", "taken/new"], 1, "the folder taken/new cannot be made"),
        (["all", "2"], 2, "'all' runs every experiment"),
        (["2", "--book-weights", "nowhere.pkl"], 1, "there is no file nowhere.pkl"),
    ],
)
def test_what_is_wrong_is_said(badak, tmp_path, arguments, code, said):
    (tmp_path / "taken").touch()
    outcome = badak("experiment", *arguments)
    assert outcome.code == code
    assert said in outcome.err


def test_what_is_named_twice_is_run_once(badak):
    assert badak("experiment", "2", "step-and-sigmoid").out == badak("experiment", "2").out


def test_several_tell_which_it_is_and_how_many_are_left(badak):
    out = badak("experiment", "2", "4", "softmax").out
    assert [line for line in out.splitlines() if line.endswith(" left")] == [
        *("1 of 3, 2 left", "2 of 3, 1 left", "3 of 3, 0 left"),
    ]


def test_ctrl_c_keeps_what_is_done_and_says_what_is_left(badak, monkeypatch, tmp_path):
    from badak import experiments

    tried = experiments.try_out

    def stopped_in_the_second(one, setting):
        if one.name == "softmax":
            raise KeyboardInterrupt
        return tried(one, setting)

    monkeypatch.setattr(experiments, "try_out", stopped_in_the_second)
    outcome = badak("experiment", "2", "softmax", "dying-relu", "--out", "here")
    assert outcome.code == 130
    assert "stopped by Ctrl-C after 1 of 3" in outcome.out
    assert "badak experiment softmax dying-relu" in outcome.out
    numbers = json.loads((tmp_path / "here/experiments.json").read_text("utf-8"))
    assert list(numbers["experiments"]) == ["step-and-sigmoid"]


def test_ctrl_c_in_the_first_writes_no_page(badak, monkeypatch, tmp_path):
    def stopped(one, setting):
        raise KeyboardInterrupt

    monkeypatch.setattr("badak.experiments.try_out", stopped)
    outcome = badak("experiment", "2", "--out", "here")
    assert outcome.code == 130
    assert not list((tmp_path / "here").iterdir())
