"""What docs/lab.md says of the lab is so."""

import re
from pathlib import Path
from typing import Any

import pytest

from badak.lab.data import KINDS, images, pictures, table, uploads
from badak.lab.expressions import CALLABLE
from badak.lab.formula import FormulaError, activation

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "lab.md", ROOT / "docs" / "ko" / "lab.md"]
pages = pytest.mark.parametrize("page", PAGES, ids=["en", "ko"])


@pages
def test_its_code_runs_as_it_is_printed(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(block, names)  # the page of this repository
    x = [[0.5, -1.0]]
    assert names["again"].predict(x).tolist() == names["model"].predict(x).tolist()


@pages
def test_each_formula_and_function_that_it_names_is_known(page):
    text = page.read_text("utf-8")
    named = re.search(r"- `abs`.*?\n\n", text, re.DOTALL).group()
    functions = re.findall(r"`(\w+)`", named)
    assert set(functions) <= set(CALLABLE)
    assert {"sqrt", "where", "max"} <= {*functions, *re.findall(r"(\w+)\(", text)}
    examples = ["x * sigmoid(x)", "max(x, 0.1 * x)", "x if x > 0 else exp(x) - 1", "max(x, 0)"]
    for formula in examples:
        assert f"`{formula}`" in text
        activation(formula)
    with pytest.raises(FormulaError):
        activation("__import__('os')")


@pages
def test_the_bounds_of_uploads_are_those_of_the_code(page):
    text = page.read_text("utf-8")
    for number in (
        f"{uploads.MOST_BYTES['table'] // 2**20} MB",
        f"{uploads.MOST_BYTES['pictures'] // 2**20} MB",
        f"{table.MOST_ROWS:,}",
        f"{pictures.MOST_PICTURES:,}",
    ):
        assert number in text, number


def test_the_pages_speak_of_every_kind_of_data():
    assert set(images.PUBLISHED) <= set(KINDS)
    assert {"circle", "xor", "gauss", "spiral", "plane", "bumps"} <= set(KINDS)
