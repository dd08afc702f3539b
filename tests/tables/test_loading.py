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
