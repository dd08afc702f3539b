"""`badak explain` of a model of tables."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from badak import load_model, pictures, tables
from badak._common.language import set_language
from badak.pictures import canvas

DOCS = Path(__file__).parents[2] / "docs"
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
WORDS = re.compile(r"[\d,.+ \-─▁▂▃▄▅▆▇█▏]")  # all but these


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
    assert "values: over the range of the training rows" in lines


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


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (["--theme", "dark"], "--theme is for figures: give --out"),
        (["--baseline", "median"], "--baseline is for the answer to a row: give --row"),
        (["--row", "1", "--repeats", "3"], "--repeats is for columns"),
        (["--row", "1", "--baseline", "mode"], "no baseline: give mean, median"),
        (["--row", "1", "--baseline", "0"], "no baseline: give mean, median"),
        (["--row", "1", "--baseline", "201"], "there is no row 201"),
        (["--out", "x.jpg"], "saved as PNG, SVG or PDF"),
        (["--out", "nowhere/x.png"], "there is no folder nowhere"),
    ],
)
def test_options_that_go_with_another_say_so(badak, trained, tmp_path, given, complaint):
    outcome = badak("explain", *trained, *given)
    assert outcome.code != 0
    assert complaint in outcome.err
    assert outcome.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "option",
    [["--row", 1], ["--repeats", 3], ["--baseline", "median"], ["--columns", 3], ["--seed", 1]],
)
def test_options_for_tables_are_refused_for_pictures(badak, option):
    outcome = badak("explain", "seven.png", *option)
    assert outcome.code == 2
    assert f"{option[0]} is for tables, but these are pictures" in outcome.err


def test_figures_are_drawn_beside_the_text_and_named_by_what_they_show(badak, trained, tmp_path):
    outcome = badak("explain", *trained, "--out", "sums.png")
    assert (outcome.code, outcome.err) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {
        "sums.importance.png",
        "sums.dependence.png",
    }
    assert outcome.out.endswith("figure  sums.importance.png, sums.dependence.png\n")
    badak("explain", *trained, "--row", 3, "--row", 7, "--out", "row.svg")
    badak("explain", *trained, "--row", 3, "--out", "one.svg")
    for name in ("row.3.svg", "row.7.svg", "one.svg"):
        assert (tmp_path / name).exists()
    assert (tmp_path / "row.3.svg").read_bytes() == (tmp_path / "one.svg").read_bytes()


def test_the_figures_are_those_of_the_library_in_the_theme_and_language(badak, trained, tmp_path):
    badak("explain", *trained, "--out", "f.png", "--theme", "dark", "--language", "ko")
    told = tables.explain(load_model(trained[0]), trained[1])
    for name in ("importance", "dependence"):
        figure = getattr(pictures, name)(told, theme="dark", language="ko")
        assert (tmp_path / f"f.{name}.png").read_bytes() == canvas.encoded(figure, "png")
        badak("plot", name, *trained, "--theme", "dark", "--language", "ko", "--out", "p.png")
        assert (tmp_path / "p.png").read_bytes() == canvas.encoded(figure, "png")


def test_a_rows_figure_has_a_command_too(badak, trained, tmp_path):
    outcome = badak("plot", "contributions", *trained, "--row", 3, "--baseline", "median")
    assert outcome.out == "saved  sums.row3.png\n"
    [told] = tables.explain_rows(load_model(trained[0]), trained[1], 3, baseline="median")
    drawn = canvas.encoded(pictures.contributions(told), "png")
    assert (tmp_path / "sums.row3.png").read_bytes() == drawn


def test_json_names_the_figures(badak, trained):
    [told] = json.loads(badak("explain", *trained, "--json", "--out", "sums.png").out)
    assert told["figures"] == ["sums.importance.png", "sums.dependence.png"]


def test_a_table_without_the_target_has_one_figure(badak, trained, tmp_path):
    pl.read_csv(trained[1]).drop("sum").write_csv(tmp_path / "new.csv")
    outcome = badak("explain", trained[0], "new.csv", "--out", "new.png")
    assert outcome.out.endswith("figure  new.png\n")
    outcome = badak("plot", "importance", trained[0], "new.csv")
    assert outcome.code == 1
    assert "without their target 'sum'" in outcome.err


def test_repeats_seed_and_columns_are_those_of_the_library(badak, trained):
    options = ["--repeats", 3, "--seed", 5, "--columns", 1, "--json"]
    [told] = json.loads(badak("explain", *trained, *options).out)
    model, path = load_model(trained[0]), trained[1]
    same = tables.explain(model, path, repeats=3, seed=5, columns=1)
    assert told == json.loads(json.dumps(same.to_dict()))
    assert [len(each["losses"]) for each in told["importances"]] == [3, 3]
    assert len(told["dependences"]) == 1


@pytest.mark.parametrize(("page", "language"), [("", "en"), ("ko", "ko")])
def test_the_page_shows_what_the_commands_print(badak, page, language, tmp_path, capsys):
    shutil.copytree(DOCS.parent / "samples", tmp_path / "samples")
    shutil.copy(DOCS / "pictures" / "houses.safetensors", tmp_path)
    text = (DOCS / page / "explain-tables.md").read_text("utf-8")
    shown = re.findall(r"\n    badak (explain [^\n]*)\n\n```text\n(.*?)\n```", text, re.DOTALL)
    assert len(shown) == 3
    for command, printed in shown:
        outcome = badak(*command.split(), "--language", language)
        assert (outcome.code, outcome.err) == (0, "")
        check_alike(outcome.out, printed)
    [(script, printed)] = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)\n```", text, re.DOTALL)
    set_language(language)
    try:
        exec(script, {})  # the page of this repository
    finally:
        set_language(None)
    check_alike(capsys.readouterr().out, printed)


def check_alike(ours, theirs):
    """Fail unless the words are the same, and the numbers nearly: processors round differently."""
    lines = "\n".join(line.rstrip() for line in ours.strip().splitlines())
    assert WORDS.sub("", lines) == WORDS.sub("", theirs)
    now, then = (
        np.array([float(number.replace(",", "")) for number in NUMBER.findall(text)])
        for text in (lines, theirs)
    )
    allowed = 0.02 * then + np.where(then >= 10.0, 100.0, 0.002)
    assert (np.abs(now - then) <= allowed).all()
