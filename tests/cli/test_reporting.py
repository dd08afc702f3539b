"""The command `badak report`."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("polars", reason="tables need the tables extra")

SAMPLE = Path(__file__).parents[2] / "samples" / "houses.csv"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from badak import tables

    path = tmp_path_factory.mktemp("houses") / "houses.safetensors"
    data = tables.load(SAMPLE, "price")
    network = tables.make_network(data, units=(8,))
    tables.train(network, data, epochs=10)
    network.save(path)
    return path


def test_it_writes_a_page_and_prints_what_it_found(badak, model, tmp_path):
    outcome = badak("report", model, SAMPLE)
    assert outcome.code == 0, outcome.err
    assert "Answers to 200 rows are off by" in outcome.out
    assert "written  houses.report.html" in outcome.out
    page = (tmp_path / "houses.report.html").read_text("utf-8")
    assert "How well houses predicts &#x27;price&#x27;" in page
    assert "HistGradientBoosting" in page


def test_it_speaks_korean(badak, model, tmp_path):
    outcome = badak("report", model, SAMPLE, "--language", "ko", "--out", "보고서.html")
    assert outcome.code == 0, outcome.err
    assert "가장 중요한 열" in outcome.out
    assert '<html lang="ko">' in (tmp_path / "보고서.html").read_text("utf-8")


def test_its_numbers_are_for_programs_too(badak, model):
    outcome = badak("report", model, SAMPLE, "--json")
    told = json.loads(outcome.out)
    assert (told["target"], told["count"], told["trained"]) == ("price", 200, True)
    assert told["scores"]["network"]["RMSE"]["low"] < told["scores"]["network"]["RMSE"]["value"]


def test_another_table_is_compared_if_the_one_trained_on_is_given(badak, model, tmp_path):
    lines = SAMPLE.read_text("utf-8").splitlines(keepends=True)
    Path("new.csv").write_text("".join(lines[:120]), "utf-8")
    assert "linear regression" not in badak("report", model, "new.csv").out
    outcome = badak("report", model, "new.csv", "--trained-on", SAMPLE)
    assert "linear regression" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--out", "report.pdf"], 2, "a report is written as .html, not as report.pdf"),
        (["--out", "nowhere/report.html"], 1, "there is no folder nowhere"),
        (["--trained-on", "other.csv"], 1, "houses.csv is the file that was trained on already"),
        (["--language", "fr"], 2, "'fr' is not spoken"),
    ],
)
def test_what_is_wrong_is_said_before_any_work(badak, model, arguments, code, said):
    shutil.copy(model, "model.safetensors")
    outcome = badak("report", "model.safetensors", SAMPLE, *arguments)
    assert outcome.code == code
    assert said in outcome.err
    assert not list(Path().glob("*.html"))


def test_a_model_of_pictures_is_refused(badak):
    outcome = badak("report", "digits", SAMPLE)
    assert outcome.code == 1
    assert "takes no tables" in outcome.err
