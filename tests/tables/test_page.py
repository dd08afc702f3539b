import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["tables.md", "ko/tables.md"])
def test_the_python_of_the_page_runs_as_it_is_printed(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    size = rng.uniform(0, 10, 200)
    pl.DataFrame({"size": size, "price": 5 * np.sin(size)}).write_csv("houses.csv")
    names = {}
    [block] = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    exec(block, names)  # the page of this repository
    assert names["model"].output_shape == (1,)
    assert "linear regression" in capsys.readouterr().out
