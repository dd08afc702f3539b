"""`badak explain` of a model of tables."""

import json

import numpy as np
import polars as pl
import pytest

from badak import tables


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sums")
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 200))
    pl.DataFrame({"a": a, "b": b, "sum": 3.0 * a + b}).write_csv(folder / "sums.csv")
    data = tables.load(folder / "sums.csv", "sum")
    model = tables.make_network(data, units=(16,))
    tables.train(model, data, epochs=60)
    model.save(folder / "sums.safetensors")
    return folder / "sums.safetensors", folder / "sums.csv"


def test_it_prints_which_columns_matter_and_what_each_does(badak, trained):
    outcome = badak("explain", *trained)
    assert (outcome.code, outcome.err) == (0, "")
    lines = [line.rstrip() for line in outcome.out.splitlines()]
    assert lines[0].startswith("the 40 rows that were held out from training: loss ")
    assert max(map(len, lines)) <= 80
    columns = [line.split()[0] for line in lines if line[:2] in ("a ", "b ")]
    assert columns == ["a", "b", "a", "b"]
    assert lines[-1] == "values: over the range of the training rows"


def test_a_rows_parts_are_printed_with_their_sum(badak, trained):
    outcome = badak("explain", *trained, "--row", 5, "--row", 1)
    assert (outcome.code, outcome.err) == (0, "")
    assert "row 5: sum = " in outcome.out
    assert "row 1: sum = " in outcome.out
    assert outcome.out.count("sum: the answer") == 2


def test_json_holds_the_numbers(badak, trained):
    [told] = json.loads(badak("explain", *trained, "--json").out)
    assert [each["columns"] for each in told["importances"]] == [["a"], ["b"]]
    [row] = json.loads(badak("explain", *trained, "--row", 2, "--json").out)
    total = row["baseline"] + sum(row["added"].values()) + row["rest"]
    assert total == pytest.approx(row["answer"])


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (["--row", "201"], "there is no row 201"),
        (["--against", "3"], "for pictures"),
        (["--class", "3"], "there is no class"),
    ],
)
def test_what_does_not_fit_a_table_is_refused(badak, trained, given, complaint):
    outcome = badak("explain", *trained, *given)
    assert outcome.code != 0
    assert complaint in outcome.err


def test_a_model_of_pictures_takes_no_table(badak, trained):
    outcome = badak("explain", "digits", trained[1])
    assert outcome.code != 0
    assert "give MODEL" in outcome.err


@pytest.mark.parametrize("option", [["--theme", "dark"], ["--out", "x.png"]])
def test_options_of_pictures_are_refused_for_a_table(badak, option, tmp_path):
    outcome = badak("explain", tmp_path / "m.safetensors", tmp_path / "t.csv", *option)
    assert outcome.code == 2
    assert "are for pictures, but this is a table" in outcome.err
