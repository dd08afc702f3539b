import re
import shutil
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["tables.md", "ko/tables.md"])
def test_the_python_of_the_page_runs_as_it_is_printed(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(DOCS.parent / "samples", tmp_path / "samples")
    names = {}
    [block] = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    exec(block, names)  # the page of this repository
    assert names["model"].output_shape == (1,)
    assert "linear regression" in capsys.readouterr().out
