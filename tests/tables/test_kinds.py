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


def profiled(cells, pieces=1, unnamed=False):
    profile = Profile("c", unnamed)
    frame = values.canonical(pl.DataFrame({"c": cells}, strict=False))
    lines = np.arange(2, 2 + len(frame))
    for part in np.array_split(np.arange(len(frame)), pieces):
        profile.add(Chunk(frame[part], "data.csv", "line", lines[part]))
    return profile


def decided(cells, wanted=None, pieces=1, order=None, unnamed=False):
    return decide(profiled(cells, pieces, unnamed), wanted, order)


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
        (["2024. 3. 1.", "2024년 3월 2일", "2024-03-01"], DateLearner),
        (["31/12/2024", "1/2/2024"], DateLearner),
        (["03/01/2024", "2024-03-01"] * 3, CategoryLearner),
        (["12%", "7%", "0.5%"], NumberLearner),
        (["1,000원", "2,500,000원", ""], NumberLearner),
        (["$7", "€7"] * 4, CategoryLearner),
        (["50%", "0.5"] * 4, CategoryLearner),
        (["007", "12", "345"] * 4, CategoryLearner),
        (["0", "0.5", "10"] * 4, NumberLearner),
        (["007", "0.5", "10"] * 4, NumberLearner),
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


@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize(
    ("cells", "style", "unit"),
    [
        (["12%", "7%", "0.5%"], values.PLAIN, "%"),
        (["1,000원", "2,500,000원", "7원"], values.GROUPED, "원"),
        (["$1,200", "-$7.5", "$3"], values.GROUPED, "$"),
        (["1.234,56 €", "7,5 €", "8 €"], values.DECIMAL_COMMA, "€"),
    ],
)
def test_numbers_keep_the_unit_that_all_of_them_have(cells, style, unit, pieces):
    learner = decided(cells, pieces=pieces)
    assert (learner.style, learner.unit) == (style, unit)


@pytest.mark.parametrize("pieces", [1, 4])
def test_a_number_that_lacks_the_unit_of_the_others_is_refused_by_its_line(pieces):
    cells = [*(f"${n:,}" for n in range(1000, 1100)), "1,200"]
    with pytest.raises(InputError, match=r"line 102: .* '1,200', but 100 of its 101 .* in \$"):
        decided(cells, pieces=pieces)
    learner = decided(cells, "number")
    with pytest.raises(InputError, match=r"line 102: .* '1,200', which is no number in \$"):
        learner.add(Chunk(pl.DataFrame({"c": cells}), "data.csv", "line", np.arange(2, 103)))


def test_among_numbers_with_thousands_the_text_that_is_none_is_named():
    with pytest.raises(InputError, match=r"line 102: the column 'c' holds 'n\.k\.'"):
        decided([*(f"{n:,}" for n in range(1000, 1100)), "n.k."])


@pytest.mark.parametrize("pieces", [1, 4])
@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/01/2024", "13/01/2024"], "dmy"),
        (["03/01/2024", "03/13/2024"], "mdy"),
        (["2024. 3. 1.", "2024. 13. 1."], None),
        (["13/01/2024", "03/13/2024"], None),
    ],
)
def test_the_order_of_dates_is_that_in_which_all_cells_are_days(cells, order, pieces):
    learner = decided(cells * 4, pieces=pieces)
    assert getattr(learner, "order", None) == order


@pytest.mark.parametrize("wanted", [None, "date"])
def test_dates_in_an_order_that_nothing_tells_are_asked_about(wanted):
    cells = ["03/04/2024", "", "12/12/2024"]
    message = (
        r"data\.csv, line 2: .*'03/04/2024', and no row tells .*--dates c=dmy or --dates c=mdy"
    )
    with pytest.raises(InputError, match=message):
        decided(cells, wanted)
    assert decided(cells, wanted, order="dmy").order == "dmy"


def test_codes_with_leading_zeros_are_texts_in_all_that_follows():
    assert decided([f"{i:03}" for i in range(50)]).reason.startswith("counts the rows")
    assert decided([f"0{i * 7}" for i in range(50)]).reason.startswith("an identifier")
    assert type(decided(["007", "12"] * 9, "number")) is NumberLearner
    assert type(decided([*(f"{i:05}" for i in range(90)), "n.k."] * 3)) is CategoryLearner


@pytest.mark.parametrize(
    ("cells", "are"),
    [
        (list(range(1001, 1051)), True),
        (list(range(1050, 1000, -1)), True),
        ([10_000 + 37 * i for i in range(50)], True),
        ([1_700_000_000_000 + 7919 * i % 1009 for i in range(50)], True),
        ([7 * i % 307 for i in range(50)], False),
        ([1, 1, *range(2, 50)], False),
        ([None, *range(1001, 1051)], False),
        ([i + 0.5 for i in range(50)], False),
        (list(range(1001, 1006)), False),
    ],
)
@pytest.mark.parametrize("pieces", [1, 3])
def test_whole_numbers_are_like_keys_where_all_differ_and_they_rise_or_lie_close(
    cells, are, pieces
):
    profile = profiled(cells, pieces)
    assert profile.like_keys is are
    assert type(decide(profile)) is NumberLearner


def test_a_column_without_a_name_is_an_index_if_all_its_values_differ():
    for cells in (list(range(5)), [7, 3, 90], words(5)):
        assert decided(cells, unnamed=True).reason.startswith("an index")
    assert decided(["", ""], unnamed=True).reason == "empty"
    assert type(decided([1, 2], "number", unnamed=True)) is NumberLearner
    assert decided([1, 1], "ignore", unnamed=True).reason == "ignored, as asked"
    with pytest.raises(InputError, match=r"'c' has no name in the header.*--ignore c\b"):
        decided([1, 1, 2], unnamed=True)
