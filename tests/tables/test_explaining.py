"""Which columns of a table matter, what each does, and one answer in parts."""

import numpy as np
import polars as pl
import pytest

from badak import Input, Sequential, layers, load_model, tables
from badak.errors import InputError
from badak.tables import asked_rows

COUNT = 400


def houses(seed=0):
    rng = np.random.default_rng(seed)
    size = rng.uniform(20.0, 200.0, COUNT)
    city = rng.choice(["Seoul", "Busan"], COUNT)
    sold = np.datetime64("2021-01-01") + rng.integers(0, 700, COUNT).astype("m8[D]")
    price = 10.0 * size + np.where(city == "Seoul", 900.0, 0.0)
    rooms = pl.Series(np.round(size / 40)).scatter(np.arange(0, COUNT, 13), None)
    frame = {"size": size, "rooms": rooms, "city": city, "sold": sold, "price": price}
    return pl.DataFrame({**frame, "noise": rng.normal(size=COUNT)})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("houses")
    houses().write_csv(folder / "houses.csv")
    data = tables.load(folder / "houses.csv", "price")
    model = tables.make_network(data, units=(32,))
    tables.train(model, data, epochs=80)
    model.save(folder / "houses.safetensors")
    return load_model(folder / "houses.safetensors"), data, folder / "houses.csv"


def test_importances_are_of_the_held_out_rows_and_noise_is_last(trained):
    model, data, path = trained
    told = tables.explain(model, path)
    assert told.count == data.counts[2]
    assert told.rows == f"the {told.count} rows that were held out from training"
    loss = model.evaluate(*data.test, verbose=0, return_dict=True)["loss"]
    np.testing.assert_allclose(told.before[0], loss, rtol=1e-4)
    by_name = {each.columns[0]: each for each in told.importances}
    assert set(by_name) == {"size", "rooms", "city", "sold", "noise"}
    assert by_name["size"].sure
    assert by_name["city"].sure
    assert abs(by_name["noise"].mean) < 0.02 * by_name["size"].mean
    assert [group.columns for group in told.shared] == [("size", "rooms")]


def test_the_dependence_runs_over_the_training_rows_in_the_columns_own_units(trained):
    model, data, path = trained
    told = tables.explain(model, path)
    by_name = {each.column: each for each in told.dependences}
    frame = houses()
    assert frame["size"].min() <= by_name["size"].at[0] < 25.0
    assert by_name["city"].at.tolist() == ["Busan", "Seoul"]
    mean = by_name["city"].mean[:, 0]
    assert 700.0 < mean[1] - mean[0] < 1100.0
    assert by_name["sold"].at.dtype.kind == "M"
    assert by_name["rooms"].missing is not None
    assert by_name["size"].missing is None
    x, _ = data.test
    x = x.copy()
    x[:, data.preparation.features.index("city=Busan")] = 1.0
    x[:, data.preparation.features.index("city=Seoul")] = 0.0
    np.testing.assert_allclose(mean[0], model.predict(x).mean(), rtol=1e-4)


def test_a_table_without_the_target_tells_what_columns_do_but_not_which_matter(trained):
    model, _, _ = trained
    told = tables.explain(model, houses().drop("price"))
    assert told.importances == ()
    assert told.dependences[0].column == "size"
    assert "without the column 'price'" in told.rows


def test_a_frame_is_asked_about_as_a_whole(trained):
    model, _, _ = trained
    assert tables.explain(model, houses()).count == COUNT
    assert tables.explain(model, houses().to_pandas()).count == COUNT


def test_rows_in_parts_sum_to_what_predict_says(trained):
    model, data, path = trained
    told = tables.explain_rows(model, path, [1, 14])
    frame = houses()
    answers = model.predict(data.preparation.transform(frame[[0, 13]]))[:, 0]
    for each, answer in zip(told, answers, strict=True):
        np.testing.assert_allclose(each.answer, answer, rtol=1e-5)
        parts = each.parts
        assert parts.baseline + parts.added.sum() + parts.rest == pytest.approx(each.answer)
        assert abs(parts.rest) <= 1e-3 * np.abs(parts.added).sum()
    assert told[0].values[1] == ""  # rooms is missing
    x, _ = data.train
    y, _ = data.validation
    mean = np.concatenate([x, y]).mean(axis=0, dtype=np.float64)
    start = model.predict(mean[np.newaxis].astype(np.float32))[0, 0]
    np.testing.assert_allclose(told[0].parts.baseline, start, rtol=1e-4)


def test_a_row_is_compared_with_another_if_asked(trained):
    model, _, path = trained
    [told] = tables.explain_rows(model, path, 2, baseline=1)
    [first] = tables.explain_rows(model, path, 1)
    np.testing.assert_allclose(told.parts.baseline, first.answer)
    [same] = tables.explain_rows(model, path, 1, baseline=1)
    np.testing.assert_allclose(same.parts.added, 0.0)


def test_a_row_that_is_not_there_is_refused(trained):
    model, _, path = trained
    with pytest.raises(InputError, match="no row 401: the table has 400 rows"):
        tables.explain_rows(model, path, 401)
    with pytest.raises(InputError, match="there is no class"):
        tables.explain(model, path, target="Seoul")


def test_of_classes_probabilities_are_told(tmp_path):
    frame = houses().drop("price")
    frame.write_csv(tmp_path / "cities.csv")
    data = tables.load(tmp_path / "cities.csv", "city")
    model = tables.make_network(data, units=())
    tables.train(model, data, epochs=3)
    told = tables.explain(model, tmp_path / "cities.csv")
    assert (told.measure, told.outputs) == ("accuracy", ("Seoul",))
    [row] = tables.explain_rows(model, tmp_path / "cities.csv", 3, target="Busan")
    x = data.preparation.transform(frame[[2]])
    np.testing.assert_allclose(row.answer, model.predict(x)[0, 0], rtol=1e-5)
    [row] = tables.explain_rows(model, tmp_path / "cities.csv", 3, logit=True)
    assert row.parts.method == "exact"


def test_the_model_file_keeps_the_training_rows_range_of_numbers_and_dates(trained):
    model, data, _ = trained
    by_name = {each.name: each for each in tables.TablePreparation.of(model).columns}
    x, _ = data.train
    names = data.preparation.features
    z = x[:, names.index("size")]
    size = by_name["size"]
    np.testing.assert_allclose(size.mean + size.deviation * z.min(), size.least, rtol=1e-4)
    np.testing.assert_allclose(size.mean + size.deviation * z.max(), size.most, rtol=1e-4)
    sold = houses()["sold"]
    assert str(sold.min()) <= by_name["sold"].least < "2021-02" < "2022-10" < by_name["sold"].most
    assert by_name["sold"].most[:10] <= str(sold.max())


def test_on_another_table_the_range_is_that_of_the_training_rows_and_what_lies_outside_is_told(
    trained,
):
    model, _, path = trained
    small = houses().filter(pl.col("size").is_between(50.0, 60.0))
    size = pl.Series([1e3, *small["size"][1:-1], -5.0])
    city = pl.Series(["Jeju", *small["city"][1:]])
    other = small.with_columns(size=size, city=city)
    told = tables.explain(model, other)
    own = {each.column: each for each in tables.explain(model, path).dependences}
    found = {each.column: each for each in told.dependences}
    for name in ("size", "sold", "noise"):
        assert found[name].at[0] == own[name].at[0]
        assert found[name].at[-1] == own[name].at[-1]
    assert (found["size"].outside, found["city"].outside) == (2, 1)
    assert found["size"].marks[0] > 50.0  # where these rows' values are
    assert told.trained
    [said] = [line for line in str(told).splitlines() if "outside" in line]
    assert "size 2" in said
    assert "city 1" in said
    assert said.endswith(f" of {len(other)}")
    [row] = tables.explain_rows(model, other, 1)
    least, most = own["size"].at[[0, -1]]
    assert row.beyond[0] == f"> {most:.4g}"
    assert row.beyond[2] == "≠"
    assert f"1000.0 (> {most:.4g})" in str(row)
    [last] = tables.explain_rows(model, other, len(other))
    assert last.beyond[0] == f"< {least:.4g}"
    assert tables.explain_rows(model, other, 2)[0].beyond == ()


def test_a_model_of_before_that_kept_no_range_is_explained_over_the_tables_own(trained):
    model, _, path = trained
    old = load_model(path.with_suffix(".safetensors"))
    kept = old.preparation
    old.preparation = {
        **kept,
        "columns": [
            {key: value for key, value in column.items() if key not in ("least", "most")}
            for column in kept["columns"]
        ],
    }
    frame = houses().filter(pl.col("size").is_between(50.0, 60.0))
    told = tables.explain(old, frame)
    size = next(each for each in told.dependences if each.column == "size")
    assert (size.at[0], size.at[-1]) == (frame["size"].min(), frame["size"].max())
    assert size.outside == 0
    assert not told.trained
    assert "values: over the range of these rows" in str(told)
    x = tables.TablePreparation.of(old).transform(frame)
    np.testing.assert_array_equal(x, tables.TablePreparation.of(model).transform(frame))


def test_the_median_row_is_of_medians_and_the_most_frequent_category(trained):
    model, data, _ = trained
    frame = houses()
    [told] = tables.explain_rows(model, frame, 5, baseline="median")
    middle = frame.head(1).with_columns(
        size=pl.lit(frame["size"].median()),
        rooms=pl.lit(frame["rooms"].median()),
        noise=pl.lit(frame["noise"].median()),
        city=pl.lit(frame["city"].mode()[0]),
        sold=pl.lit(frame["sold"].sort()[(COUNT - 1) // 2]),
    )
    answer = model.predict(data.preparation.transform(middle))[0, 0]
    np.testing.assert_allclose(told.parts.baseline, answer, rtol=1e-5)
    assert str(told.baseline) == f"the median of {COUNT} rows"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"baseline": "mode"}, "'mean', 'median' or the number of a row, not 'mode'"),
        ({"baseline": 401}, "no row 401"),
        ({"columns": 0}, "columns"),
        ({"seed": -1}, "seed"),
        ({"logit": True}, "does not end in softmax"),
    ],
)
def test_what_rows_cannot_be_explained_by_is_refused_before_any_work(trained, given, complaint):
    model, _, path = trained
    with pytest.raises(InputError, match=complaint):
        tables.explain_rows(model, path, 1, **given)


@pytest.mark.parametrize("given", [{"columns": 0}, {"repeats": 0}, {"seed": -1}])
def test_counts_and_seeds_are_checked_before_the_table_is_read(trained, given):
    model, _, path = trained
    with pytest.raises(InputError, match=next(iter(given))):
        tables.explain(model, path.with_name("nowhere.csv"), **given)


def test_columns_says_how_many_are_told_of(trained):
    model, _, path = trained
    told = tables.explain(model, path, columns=2)
    assert len(told.importances) == 5
    assert len(told.dependences) == 2
    [row] = tables.explain_rows(model, path, 3, columns=2)
    assert "3 other columns" in str(row)


def test_of_many_rows_some_are_drawn_and_the_fewer_the_more_columns_there_are(trained, monkeypatch):
    model, _, _ = trained
    monkeypatch.setattr(asked_rows, "ROWS", 100)
    told = tables.explain(model, houses())
    assert told.count == 100
    assert told.rows == "400 rows, 100 of them drawn at random"
    monkeypatch.setattr(asked_rows, "COLUMNS", 2)  # there are five
    monkeypatch.setattr(asked_rows, "LEAST_ROWS", 30)
    assert tables.explain(model, houses()).count == 40
    monkeypatch.setattr(asked_rows, "LEAST_ROWS", 70)
    assert tables.explain(model, houses()).count == 70
    assert tables.explain(model, houses(), seed=1).before != tables.explain(model, houses()).before


def test_a_network_of_several_that_has_no_loss_is_explained_by_that_of_its_unit(trained):
    model, _, path = trained
    *stack, unit = model.layers
    rescaled = layers.Rescaling(unit.scale, unit.offset)
    both = layers.Ensemble([stack, stack])
    whole = Sequential([Input(model.input_shape), both, rescaled])
    whole.preparation = model.preparation
    told, own = (tables.explain(each, path) for each in (whole, model))
    assert (whole.loss, told.loss) == (None, own.loss)
    np.testing.assert_allclose(told.before, own.before, rtol=1e-4)
    for one, other in zip(told.importances, own.importances, strict=True):
        np.testing.assert_allclose(one.losses, other.losses, rtol=1e-3, atol=1e-6)
