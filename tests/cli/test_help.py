"""The command's help in both languages."""

import pytest
from rich.cells import cell_len

COMMANDS = ("train", "evaluate", "predict", "explain", "info", "experiment", "export", "import")


@pytest.mark.parametrize("width", [40, 67, 80, 133])
@pytest.mark.parametrize("command", ["", *COMMANDS, "plot", "doctor"])
def test_korean_help_fits_the_terminal_and_loses_no_letter(badak, monkeypatch, command, width):
    monkeypatch.setenv("COLUMNS", str(width))
    shown = badak(*filter(None, [command]), "--help", "--language", "ko")
    assert shown.code == 0
    assert max(map(cell_len, shown.out.splitlines())) <= width
    assert "사용법" in shown.out
    assert "옵션" in shown.out
    if width >= 80:  # narrower, English names are longer than their column
        assert "…" not in shown.out
