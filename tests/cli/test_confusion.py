import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rich.console import Console

from badak.cli.confusion import print_confusion
from badak.datasets import fashion_mnist


def printed(counts, names, width=80):
    written = io.StringIO()
    console = Console(file=written, width=width, markup=False, emoji=False)
    print_confusion(console, np.asarray(counts), names)
    return written.getvalue()


@settings(deadline=None)
@given(
    counts=st.integers(2, 10).flatmap(
        lambda n: arrays(np.int64, (n, n), elements=st.integers(0, 9999))
    )
)
def test_the_matrix_can_be_read_back_at_80_columns(counts):
    names = [f"c{i}" for i in range(len(counts))]
    text = printed(counts, names)
    if counts.sum() == counts.trace():
        assert text == "no mistakes\n\n"
        return
    assert max(map(len, text.splitlines())) <= 80
    rows = [line.split() for line in text.splitlines() if line.startswith(" c")]
    assert [row[0] for row in rows] == names
    read = [[0 if cell == "·" else int(cell) for cell in row[1:]] for row in rows]
    np.testing.assert_array_equal(read, counts)


def test_long_names_are_numbered_in_the_columns():
    names = ["T-shirt/top", "Trouser", "Pullover"]
    lines = printed([[5, 1, 0], [0, 6, 0], [2, 0, 7]], names).splitlines()
    assert lines[2].split() == ["0", "1", "2"]
    assert lines[4].split() == ["0", "T-shirt/top", "5", "1", "·"]


def test_ten_classes_of_ten_thousand_images_fit_80_columns_with_their_names():
    text = printed(np.full((10, 10), 1000), fashion_mnist.CLASS_NAMES)
    assert text.startswith("confusion")
    assert max(map(len, text.splitlines())) <= 80


def test_many_classes_are_told_by_their_most_frequent_mistakes():
    counts = np.eye(40, dtype=int) * 100
    counts[3, 17], counts[20, 5], counts[1, 2] = 9, 12, 1
    lines = printed(counts, [f"class{i}" for i in range(40)]).splitlines()
    assert lines[0] == "the most frequent of 22 mistakes"
    rows = [line.split() for line in lines if line.startswith(" class")]
    assert rows == [
        ["class20", "class5", "12", "112"],
        ["class3", "class17", "9", "109"],
        ["class1", "class2", "1", "101"],
    ]


def test_a_class_that_was_never_recognised_shows_its_zero():
    lines = printed([[0, 4], [0, 5]], ["a", "b"]).splitlines()
    assert lines[4].split() == ["a", "0", "4"]


def test_names_are_printed_without_control_characters():
    assert "\x1b" not in printed([[1, 1], [0, 1]], ["\x1b[31m", "b"])
