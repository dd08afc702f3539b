import io

from rich.console import Console

from badak.experiments import Table, Words
from badak.experiments.terminal import _print_table


def printed(table, width):
    written = io.StringIO()
    console = Console(file=written, width=width)
    _print_table(console, table, "en")
    return written.getvalue()


HEADINGS = tuple(Words(f"what number {i} is about", "") for i in range(6))
TABLE = Table(HEADINGS, ((*"12345", "0.091 (0.072..0.132)"),))


def test_a_word_is_not_cut_where_there_is_room_for_it():
    assert "(0.072..0.132)" in printed(TABLE, width=70)


def test_in_a_narrow_terminal_every_character_is_there_all_the_same():
    narrow = printed(TABLE, width=40)
    assert "…" not in narrow
    assert sum(narrow.count(digit) for digit in "0123456789") == sum(
        printed(TABLE, width=200).count(digit) for digit in "0123456789"
    )
    assert all(len(line) <= 40 for line in narrow.splitlines())
