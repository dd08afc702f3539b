import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak.errors import InputError
from badak.tables import kinds, values
from badak.tables.chunks import Chunk
from badak.tables.columns import CategoryLearner, DateLearner, NumberLearner
from badak.tables.kinds import Dropped, Profile, decide


def decided(cells, wanted=None, pieces=1):
    profile = Profile("c")
    frame = values.canonical(pl.DataFrame({"c": cells}, strict=False))
    lines = np.arange(2, 2 + len(frame))
    for part in np.array_split(np.arange(len(frame)), pieces):
        profile.add(Chunk(frame[part], "data.csv", "line", lines[part]))
    return decide(profile, wanted)


def words(count):
    return [f"word{i}" for i in range(count)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", "", "1"], NumberLearner),
        ([0, 1, 1, 0], NumberLearner),
        (["1e3", "-2.5", "+7", "NA"], NumberLearner),
        (["1,234", "12", "1,234,567.8"], NumberLearner),
        (["2024-01-01", "2024-01-02 10:00", "?"], DateLearner),
        (["red", "blue", "red"], CategoryLearner),
        ([True, False, True], CategoryLearner),
        (["yes", None, None], CategoryLearner),
        (["1", "2", "K"] * 5, CategoryLearner),
        (words(20) * 2, CategoryLearner),
        (words(3000) * 2, CategoryLearner),
        ([f"2024-01-{d:02}" for d in range(1, 20)] + ["today"], Dropped),
    ],
)
def test_a_column_is_what_all_of_its_cells_are(cells, kind):
    assert type(decided(cells)) is kind


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([None, "", "NA"], "empty"),
        (["7"] * 30, "constant"),
        (["red"] * 30, "constant"),
        (words(30), "an identifier: all texts are different"),
        (list(range(30)), "counts the rows"),
        (list(range(1, 31))[::-1], "counts the rows"),
        ([*words(60), *words(30)], "text: 60 different values in 90 rows"),
        ([w * 20 for w in words(20)] * 2, "free text"),
        ([[1], [2]], "holds values that are no number, text or date"),
        ([b"a", b"b"], "holds values that are no number, text or date"),
    ],
)
def test_a_column_that_tells_nothing_is_dropped_and_why(cells, reason):
    assert decided(cells) == Dropped("c", reason)


def test_texts_beyond_those_that_are_counted_are_no_category(monkeypatch):
    monkeypatch.setattr(kinds, "MOST_DISTINCT", 50)
    assert decided(words(60) * 9, pieces=4).reason == "text of more than 50 different values"


def test_years_one_a_row_do_not_count_the_rows():
    assert type(decided(list(range(1990, 2024)))) is NumberLearner


def test_numbers_with_a_few_other_texts_among_them_are_refused_with_the_first_line():
    cells = [*(str(i / 2) for i in range(100)), "12 km", "n.k."]
    with pytest.raises(InputError, match=r"data\.csv, line 102: the column 'c' holds '12 km', but"):
        decided(cells)
    assert type(decided(cells, "category")) is CategoryLearner


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [("number", NumberLearner), ("category", CategoryLearner), ("date", DateLearner)],
)
def test_the_user_knows_better(wanted, kind):
    assert type(decided(["1", "2", "2"], wanted)) is kind
    assert decided(["1", "2"], "ignore") == Dropped("c", "ignored, as asked")


def test_decimal_commas_are_told_from_thousands():
    assert decided(["1,5", "2,25", "1.000,5"]).style == values.DECIMAL_COMMA
    assert decided(["1,500", "2", "3.5"]).style == values.GROUPED


CELLS = st.lists(
    st.sampled_from(["1", "2.5", "1,000", "2,5", "red", "2024-01-01", "2024-02-02", "", "?", "7"]),
    min_size=1,
    max_size=40,
)


@settings(max_examples=40)
@given(CELLS, st.randoms(use_true_random=False), st.integers(1, 6))
def test_neither_the_order_of_rows_nor_the_chunks_matter(cells, random, pieces):
    shuffled = random.sample(cells, len(cells))
    one, other = decided(cells), decided(shuffled, pieces=pieces)
    assert type(one) is type(other)
    assert getattr(one, "style", None) == getattr(other, "style", None)
    if isinstance(one, Dropped):
        assert one == other
