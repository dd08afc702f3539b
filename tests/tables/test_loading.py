import datetime as dt
import json

import numpy as np
import polars as pl
import pytest
from sklearn import datasets as real

from badak import tables
from badak.errors import FileFormatError, InputError
from badak.tables import delimited, loading
from badak.tables.columns import Findings
from badak.tables.preparation import TablePreparation, tell


@pytest.fixture
def mixed(tmp_path):
    """Rows of every kind of column, with gaps, and a target that some lack."""
    rng = np.random.default_rng(3)
    n = 300
    frame = pl.DataFrame(
        {
            "size": rng.normal(70, 20, n).round(2),
            "town": rng.choice(["Seoul", "Busan", "Jeju"], n, p=[0.6, 0.395, 0.005]),
            "sold": np.datetime64("2022-01-01") + rng.integers(0, 900, n),
            "key": [f"k{i}" for i in range(n)],
            "kind": rng.choice(["flat", "house"], n),
        }
    ).with_columns(
        pl.when(pl.int_range(n) % 7 == 0).then(None).otherwise(pl.col("size")).alias("size"),
        pl.when(pl.int_range(n) % 50 == 1).then(None).otherwise(pl.col("kind")).alias("kind"),
    )
    frame.write_csv(tmp_path / "mixed.csv")
    return tmp_path / "mixed.csv"


def test_each_row_with_a_target_is_in_one_part_and_each_class_keeps_its_share(mixed):
    data = tables.load(mixed, "kind")
    frame = pl.read_csv(mixed)
    assert sum(data.counts) == frame["kind"].count()
    assert data.left_out == 6
    for part, share in ((data.train, 0.72), (data.validation, 0.08), (data.test, 0.2)):
        for code, name in enumerate(["flat", "house"]):
            whole = (frame["kind"] == name).sum()
            assert abs((part[1] == code).sum() - share * whole) <= 1.5


def test_what_the_columns_know_is_of_training_rows_alone(tmp_path):
    values = np.arange(100.0) ** 2
    pl.DataFrame({"x": values, "y": np.sin(values)}).write_csv(tmp_path / "a.csv")
    data = tables.load(tmp_path / "a.csv", "y")
    [column] = data.preparation.columns
    raw = data.x[:, 0].astype(float) * column.deviation + column.mean
    train = raw[: data.counts[0]]
    assert train.mean() == pytest.approx(column.mean, rel=1e-5)
    assert train.std() == pytest.approx(column.deviation, rel=1e-5)
    assert values.mean() != pytest.approx(column.mean, rel=1e-3)
    np.testing.assert_allclose(np.sort(raw), values, atol=0.01)
    np.testing.assert_allclose(
        np.sin(np.round(raw)), data.y, atol=1e-6
    )  # x and y still go together


def test_small_blocks_and_a_mapped_file_change_nothing(mixed, monkeypatch):
    whole = tables.load(mixed, "kind")
    monkeypatch.setattr(delimited, "BLOCK", 1000)
    monkeypatch.setattr(loading, "IN_MEMORY", 0)
    pieces = tables.load(mixed, "kind")
    assert isinstance(pieces.x, np.memmap)
    np.testing.assert_allclose(pieces.x, whole.x, atol=1e-6)
    np.testing.assert_array_equal(pieces.y, whole.y)
    assert pieces.preparation.features == whole.preparation.features


def test_a_mapped_file_is_trained_on_to_the_same_bits(mixed, monkeypatch):
    from badak import Input, Sequential
    from badak.layers import Dense

    def weights():
        data = tables.load(mixed, "kind")
        model = Sequential([Input((data.x.shape[1],)), Dense(4, "relu"), Dense(2, "softmax")])
        model.fit(*data.train, epochs=2, validation_data=data.validation, verbose=0)
        return np.concatenate([w.ravel() for w in model.get_weights()])

    in_memory = weights()
    monkeypatch.setattr(loading, "IN_MEMORY", 0)
    assert weights().tobytes() == in_memory.tobytes()


def test_a_parquet_file_gives_what_its_csv_gives(mixed, tmp_path):
    pl.read_csv(mixed, try_parse_dates=True).write_parquet(tmp_path / "mixed.parquet")
    one, other = (tables.load(path, "kind") for path in (mixed, tmp_path / "mixed.parquet"))
    np.testing.assert_array_equal(one.x, other.x)
    assert one.preparation.columns == other.preparation.columns


def test_the_preparation_goes_through_json_and_prepares_the_same(mixed):
    data = tables.load(mixed, "kind")
    again = TablePreparation.from_dict(json.loads(json.dumps(data.preparation.as_dict())))
    assert again == data.preparation
    assert again.source == data.preparation.source
    frame = pl.read_csv(mixed)
    np.testing.assert_array_equal(again.transform(frame), data.preparation.transform(frame))


def test_rows_to_predict_need_no_target_and_keep_their_order(mixed):
    prepare = tables.load(mixed, "kind").preparation
    frame = pl.read_csv(mixed).drop("kind")
    whole = prepare.transform(frame)
    np.testing.assert_array_equal(whole[::-1], prepare.transform(frame[::-1]))
    assert whole.dtype == np.float32
    assert whole.shape == (300, len(prepare.features))


def test_columns_that_are_missing_extra_or_of_another_type_are_named(mixed):
    prepare = tables.load(mixed, "kind").preparation
    frame = pl.read_csv(mixed)
    with pytest.raises(InputError, match=r"lacks the column 'size'; did you mean 'Size'\?"):
        prepare.transform(frame.rename({"size": "Size"}))
    assert prepare.check_columns([*frame.columns, "new"], "new.csv") == ["new"]
    with pytest.raises(
        InputError, match="row 1: the column 'size' holds 'big', which is no number"
    ):
        prepare.transform(frame.with_columns(pl.lit("big").alias("size")))
    with pytest.raises(InputError, match="the column 'sold' holds 5, which is no date"):
        prepare.transform(frame.with_columns(pl.lit(5).alias("sold")))


def test_of_very_many_missing_columns_the_first_are_named(tmp_path):
    rows = np.random.default_rng(0).normal(size=(20, 101))
    path = tmp_path / "wide.csv"
    pl.DataFrame(rows, schema=[*(f"c{i}" for i in range(100)), "y"]).write_csv(path)
    prepare = tables.load(path, "y").preparation
    assert len(prepare.features) == 100
    with pytest.raises(
        InputError, match=r"lacks the columns 'c0'.* and 88 more: the model"
    ) as info:
        prepare.transform(pl.read_csv(path).select("y"))
    assert len(str(info.value)) < 500


def test_what_training_had_not_is_counted_and_told(mixed):
    prepare = tables.load(mixed, "kind").preparation
    findings = Findings()
    frame = pl.read_csv(mixed)[:3].with_columns(sold=pl.lit(None, pl.String))
    prepare.transform(frame, findings)
    assert list(tell(findings)) == [
        "3 values are missing in the column 'sold', which had all in training: "
        "taken as the mean or as no category"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "Kind"}, r"the target 'Kind' is no column of mixed.csv; did you mean 'kind'\?"),
        ({"ignore": ["nothing"]}, "the column 'nothing' is no column"),
        ({"columns": {"size": "text"}}, "is one of number, category, date, ignore, not 'text'"),
        ({"columns": {"kind": "number"}}, "'kind' is the target"),
        ({"task": "clustering"}, "task is one of"),
        ({"held_out": 0.0}, "to be shares"),
        ({"ignore": ["size", "town", "sold", "key"]}, "no column to learn from"),
        ({"columns": {"town": "number"}}, "the column 'town' holds 'Seoul', which is no number"),
    ],
)
def test_what_cannot_be_asked_is_refused(mixed, arguments, message):
    with pytest.raises(InputError, match=message.replace("Seoul", "(Seoul|Busan|Jeju)")):
        tables.load(mixed, **{"target": "kind", **arguments})


def test_a_handful_of_rows_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n" + "1,2\n3,4\n5,7\n")
    with pytest.raises(InputError, match="only 3 rows have a target 'y': at least 10"):
        tables.load(tmp_path / "a.csv", "y")


@pytest.mark.parametrize(
    "change",
    [
        {"columns": []},
        {"columns": "abc"},
        {"columns": [{"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0}] * 2},
        {"target": None},
        {"dropped": [["a"]]},
        {"missing": 3},
        {"missing": ["\ud800"]},
        {"source": {"name": "x"}},
        {"source": {"name": "x", "size": 1, "rows": 1, "held_out": 7.0, "seed": 0}},
        {"source": {"name": "x", "size": 1, "rows": 1, "held_out": 0.2, "seed": -1}},
    ],
)
def test_a_hostile_preparation_is_refused(mixed, change):
    told = tables.load(mixed, "kind").preparation.as_dict()
    with pytest.raises(FileFormatError, match="how it prepares tables is broken"):
        TablePreparation.from_dict({**told, **change})


def test_a_network_of_other_inputs_is_refused(mixed):
    from badak import Input, Sequential
    from badak.layers import Dense

    prepare = tables.load(mixed, "kind").preparation
    for inputs, outputs in ((len(prepare.features) + 1, 2), (len(prepare.features), 3)):
        model = Sequential([Input((inputs,)), Dense(outputs, "softmax")])
        model.preparation = prepare.as_dict()
        with pytest.raises(FileFormatError, match="features"):
            TablePreparation.of(model, "m.safetensors")


def test_real_tables_are_typed_as_their_makers_meant(tmp_path):
    wine = real.load_wine()
    names = [wine.target_names[i] for i in wine.target]
    pl.DataFrame(wine.data, schema=wine.feature_names).with_columns(
        sort=pl.Series(names)
    ).write_csv(tmp_path / "wine.csv")
    data = tables.load(tmp_path / "wine.csv", "sort")
    assert data.preparation.features == wine.feature_names
    assert data.preparation.target.classes == ("class_0", "class_1", "class_2")
    assert data.counts == (127, 15, 36)


def people(tmp_path, encoding="utf-8"):
    """Rows of what may be meant otherwise, as (path, frame of the same in plain types)."""
    rng = np.random.default_rng(8)
    n = 60
    days = np.datetime64("2024-01-01") + rng.integers(0, 300, n)
    plain = pl.DataFrame(
        {
            "번호": 9_000_000_000_000_000 + 7 * np.arange(n),
            "우편": [f"0{i % 4}00" for i in range(n)],
            "날짜": days,
            "비율": rng.integers(0, 100, n),
            "가격": 1000 * rng.integers(1, 4000, n),
            "답": [["예", "아니오", "NA"][i % 3] for i in range(n)],
        }
    )
    written = plain.with_columns(
        pl.col("날짜").dt.strftime("%m/%d/%Y"),
        pl.format("{}%", pl.col("비율")).alias("비율"),
        pl.Series("가격", [f"{won:,}원" for won in plain["가격"]]),
    )
    path = tmp_path / "사람.csv"
    path.write_bytes(written.write_csv().encode(encoding))
    return path, plain


def test_what_people_write_is_what_it_means(tmp_path):
    path, plain = people(tmp_path)
    plain.write_parquet(tmp_path / "plain.parquet")
    one, other = tables.load(path, "답"), tables.load(tmp_path / "plain.parquet", "답")
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)


def test_what_may_be_meant_otherwise_is_told(tmp_path):
    path, _ = people(tmp_path, "cp949")
    told = {remark.column: remark.text for remark in tables.load(path, "답").remarks}
    assert list(told) == ["", "답", "번호", "우편", "날짜", "비율", "가격"]
    assert told[""] == "read as CP949 (EUC-KR)"
    assert told["답"].startswith("'NA' in 20 rows means no value")
    assert "if it is an identifier, --ignore" in told["번호"]
    assert told["우편"].startswith("codes with leading zeros, such as '0000', are categories")
    assert told["날짜"].endswith("(month first)")
    assert told["비율"].endswith(", in %")
    assert told["가격"].endswith(", in 원")


def test_of_a_plain_table_nothing_is_told(mixed):
    assert tables.load(mixed, "kind").remarks == ()


def test_numbers_that_float64_does_not_tell_apart_are_told(tmp_path):
    rows = "".join(f"{2**60 + i},{i % 7}\n" for i in range(40))
    (tmp_path / "ids.csv").write_text(f"id,y\n9,1\n{rows}")
    data = tables.load(tmp_path / "ids.csv", "y")
    remark, copies = data.remarks  # as float64 has them, the rows are alike
    assert str(remark).startswith("id: whole numbers beyond 9,007,199,254,740,992")
    assert copies.leak
    assert abs(data.x).max() < 10.0


def test_the_words_for_missing_are_those_that_are_given(tmp_path):
    path, _ = people(tmp_path)
    assert tables.load(path, "답").preparation.target.classes == ("아니오", "예")
    assert tables.load(path, "답").left_out == 20
    kept = tables.load(path, "답", missing=[])
    assert kept.preparation.target.classes == ("NA", "아니오", "예")
    assert (kept.left_out, kept.preparation.missing) == (0, ("",))
    assert tables.load(path, "답", missing=["예"]).left_out == 20


def test_dates_that_nothing_tells_are_read_as_they_are_said_to_be(tmp_path):
    rows = "".join(f"0{1 + i % 9}/0{1 + i // 9 % 9}/2024,{i % 2}\n" for i in range(81))
    path = tmp_path / "a.csv"
    path.write_text(f"sold,y\n{rows}")
    with pytest.raises(InputError, match="--dates sold=dmy or --dates sold=mdy"):
        tables.load(path, "y")
    data = tables.load(path, "y", dates={"sold": "dmy"})
    [column] = data.preparation.columns
    assert column.order == "dmy"
    again = TablePreparation.from_dict(json.loads(json.dumps(data.preparation.as_dict())))
    x = again.transform(pl.DataFrame({"sold": ["31/12/2023"]}))
    same = again.transform(pl.DataFrame({"sold": [dt.date(2023, 12, 31)]}))
    np.testing.assert_array_equal(x, same)
    with pytest.raises(InputError, match="'12/31/2023', which is no date"):
        again.transform(pl.DataFrame({"sold": ["12/31/2023"]}))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dates": {"nothing": "dmy"}}, "the column 'nothing' is no column"),
        ({"dates": {"sold": "american"}}, "one of ymd, dmy, mdy, not 'american'"),
        ({"dates": {"kind": "dmy"}}, "'kind' is the target"),
        ({"dates": {"sold": "dmy"}, "ignore": ["sold"]}, "'sold' is to be ignore"),
        ({"encoding": "klingon"}, "no encoding is called"),
    ],
)
def test_how_a_table_is_written_cannot_be_said_otherwise(mixed, arguments, message):
    with pytest.raises(InputError, match=message):
        tables.load(mixed, "kind", **arguments)


def test_an_index_of_pandas_is_left_out_and_rows_to_predict_may_have_one_or_not(tmp_path):
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame({"x": rng.normal(size=50), "y": rng.normal(size=50)})
    frame.sample(frac=0.9, random_state=1).to_csv(tmp_path / "a.csv")
    prepare = tables.load(tmp_path / "a.csv", "y").preparation
    assert prepare.features == ["x"]
    assert [column.name for column in prepare.dropped] == ["Unnamed: 0"]
    assert prepare.check_columns(["Unnamed: 0", "x"], "new.csv") == []
    assert prepare.check_columns(["x"], "new.csv") == []
    frame.sample(frac=0.9, random_state=1).to_parquet(tmp_path / "a.parquet")
    assert tables.load(tmp_path / "a.parquet", "y").preparation.features == ["x"]


def test_a_column_without_a_name_that_is_no_index_is_refused_or_ignored(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,,y,\n" + "".join(f"{i / 7},{i % 3},{i},\n" for i in range(30)))
    with pytest.raises(InputError, match=r"'Unnamed: 1' has no name .*--ignore 'Unnamed: 1'"):
        tables.load(path, "y")
    prepare = tables.load(path, "y", ignore=["Unnamed: 1"]).preparation
    assert [(column.name, column.reason) for column in prepare.dropped] == [
        ("Unnamed: 1", "ignored, as asked"),
        ("Unnamed: 3", "empty"),
    ]
