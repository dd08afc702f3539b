"""Which columns of a table matter, what each does, and one answer in parts."""

import numpy as np
import polars as pl
import pytest

from badak import load_model, tables
from badak.errors import InputError

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
