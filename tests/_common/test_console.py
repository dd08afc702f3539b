"""Control characters of names never reach a terminal; the console's own colours do."""

import io

import pytest
from rich.progress import Progress
from rich.table import Table

from badak import Input, Sequential
from badak._common.console import CleanConsole
from badak._common.display import printable
from badak.layers import Dense

EVIL = "red\x1b[31m\x1b]0;title\x07\x9b2J\x08"
CLEAN = "red?[31m?]0;title"  # Rich leaves out bells and backspaces


def printed(shown: object, **options: bool) -> str:
    out = io.StringIO()
    CleanConsole(file=out, width=200, **options).print(shown, markup=False)
    return out.getvalue()


def table() -> Table:
    made = Table(EVIL)
    made.add_row(EVIL)
    return made


@pytest.mark.parametrize("shown", [EVIL, table()])
def test_a_text_and_a_table_are_printed_without_control_characters(shown):
    text = printed(shown)
    assert CLEAN in text
    assert printable(text, keep="\n") == text


def test_colours_of_the_consoles_own_stay():
    out = io.StringIO()
    CleanConsole(file=out, force_terminal=True, color_system="standard").print("a", style="red")
    assert "\x1b[31m" in out.getvalue()


def test_a_bar_still_moves_the_cursor():
    out = io.StringIO()
    console = CleanConsole(file=out, force_terminal=True)
    with Progress(console=console) as progress:
        progress.add_task(EVIL, total=1)
    assert "\x1b[?25l" in out.getvalue()
    assert "\x1b]0;" not in out.getvalue()


def test_every_control_character_is_replaced():
    steering = [chr(code) for code in (*range(32), *range(127, 160))]
    assert printable("".join(steering)) == "?" * len(steering)
    assert printable("한글 é ✓") == "한글 é ✓"


def test_names_in_a_summary_and_a_trace_are_printed_clean(capsys):
    model = Sequential([Input((2,)), Dense(1, name="d\x1b[2J")], engine="reference")
    model.summary()
    assert "\x1b[2J" not in capsys.readouterr().out
    assert "\x1b[2J" not in str(model.trace([[0.0, 1.0]]))
