"""Estimators for tables: scikit-learn's checks, frames as they are, and what badak train gives."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from badak import load_model
from badak.errors import InputError
from badak.estimators import TableClassifier, TableRegressor, table
from badak.tables import TablePreparation
from badak.tables.loading import load_rows


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([TableClassifier(max_epochs=100), TableRegressor(max_epochs=100)])
def test_what_scikit_learn_asks_of_an_estimator(estimator, check):
    check(estimator)


@pytest.fixture
def houses():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "area": rng.uniform(20.0, 120.0, 400),
            "city": rng.choice(["Seoul", "Busan", "NA"], 400),
            "built": pd.date_range("2000-01-01", periods=400, freq="17D"),
            "lift": pd.array(rng.choice([True, False], 400), dtype="boolean"),
        }
    )
    frame.loc[::9, "area"] = np.nan
    price = 3.0 * frame["area"].fillna(70.0) + np.where(frame["city"] == "Seoul", 100.0, 0.0)
    return frame, price.to_numpy() + np.where(frame["lift"], 20.0, 0.0)


def test_a_frame_is_taken_as_it_is(houses):
    X, y = houses
    model = TableRegressor(random_state=0).fit(X[:300], y[:300])
    assert model.score(X[300:], y[300:]) > 0.95
    assert model.feature_names_in_.tolist() == ["area", "city", "built", "lift"]
    of_polars = model.predict(pl.from_pandas(X[300:]))
    np.testing.assert_array_equal(of_polars, model.predict(X[300:]))


def test_the_same_seed_gives_the_same_bits(houses):
    X, y = houses
    one, other = (TableRegressor(random_state=3, max_epochs=5).fit(X, y) for _ in range(2))
    assert one.predict(X).tobytes() == other.predict(X).tobytes()
    assert clone(one).get_params() == one.get_params()


def test_classes_keep_their_type_and_order(houses):
    X, y = houses
    for labels in (np.where(y > 250.0, "dear", "cheap"), (y > 250.0) * 7 - 3, y > 250.0):
        model = TableClassifier(random_state=0, max_epochs=40).fit(X, labels)
        assert model.predict(X).dtype == np.asarray(model.classes_).dtype
        assert (model.predict(X) == labels).mean() > 0.9
        shares = model.predict_proba(X)
        np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)
        assert (model.classes_[shares.argmax(axis=1)] == model.predict(X)).all()


def test_what_the_columns_are_can_be_said(houses):
    X, y = houses
    model = TableRegressor(
        random_state=0, max_epochs=3, ignore=["built"], columns={"lift": "ignore"}, missing=["?"]
    ).fit(X, y)
    assert model.preparation_.features == [
        "area",
        "area is missing",
        *(f"city={name}" for name in ("Busan", "NA", "Seoul")),
    ]
    with pytest.raises(InputError, match=r"'areas' is no column of X.*did you mean 'area'"):
        TableRegressor(ignore=["areas"]).fit(X, y)


def test_it_stands_in_pipelines_and_cross_validation(houses):
    X, y = houses
    doubled = make_pipeline(
        FunctionTransformer(lambda frame: frame.assign(area=2.0 * frame["area"])),
        TableRegressor(random_state=0),
    )
    assert cross_val_score(doubled, X, y, cv=3).min() > 0.9


def test_groups_are_on_one_side_of_the_validation_split(houses, monkeypatch):
    X, y = houses
    groups = np.random.default_rng(0).choice(list("abcdefghijklmnopqrst"), len(X))
    seen = []
    monkeypatch.setattr(
        table, "load_rows", lambda *a, **k: seen.append(load_rows(*a, **k)) or seen[-1]
    )
    TableRegressor(random_state=0, max_epochs=2).fit(X, y, groups=groups)
    data = seen[0]
    trained, watched = (set(data.keys_of(part)["groups"]) for part in (0, 1))
    assert not trained & watched
    assert len(trained | watched) == 20
    assert len(watched) == 2  # a tenth
    with pytest.raises(InputError, match=r"groups are one a row, shape \(400,\)"):
        TableRegressor().fit(X, y, groups=groups[:-1])
    with pytest.raises(InputError, match="groups has one value only, 'a'"):
        TableRegressor().fit(X, y, groups=["a"] * len(X))


def test_groups_are_routed_as_scikit_learn_routes_them(houses):
    X, y = houses
    groups = np.arange(len(X)) // 20
    with config_context(enable_metadata_routing=True):
        model = TableRegressor(max_epochs=2, random_state=0).set_fit_request(groups=True)
        found = cross_val_score(model, X, y, cv=GroupKFold(2), params={"groups": groups})
    train, test = next(GroupKFold(2).split(X, y, groups))
    alone = TableRegressor(max_epochs=2, random_state=0)
    alone.fit(X.iloc[train], y[train], groups=groups[train])
    assert found[0] == alone.score(X.iloc[test], y[test])


def test_classes_may_weigh_alike(houses):
    X, y = houses
    rare = np.where(y > np.quantile(y, 0.9), "dear", "usual")
    X, rare = X[["lift", "built"]], rare  # little to go by

    def fitted(weights):
        return TableClassifier(random_state=0, max_epochs=10, class_weight=weights).fit(X, rare)

    plain, balanced = fitted(None), fitted("balanced")
    assert (balanced.predict(X) == "dear").sum() > (plain.predict(X) == "dear").sum()
    assert balanced.predict_proba(X)[:, 0].mean() > 2 * plain.predict_proba(X)[:, 0].mean()
    for weights, said in [
        ({"cheap": 2.0}, "class_weight names 'cheap', which is no class of y: dear, usual"),
        ("even", "class_weight is a dict, 'balanced' or None, not 'even'"),
        ({"dear": -2.0}, "the weight of class dear must be a number in .*, not -2.0"),
    ]:
        with pytest.raises(InputError, match=said):
            fitted(weights)


def test_weights_of_classes_are_weights_of_their_rows():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), np.repeat(["a", "b"], [30, 10])  # too few to validate
    given = {"batch_size": 8, "max_epochs": 3, "random_state": 0}
    balanced = TableClassifier(class_weight="balanced", **given).fit(X, y)
    named = TableClassifier(class_weight={"a": 40 / 60, "b": 40 / 20}, **given).fit(X, y)
    np.testing.assert_allclose(balanced.predict_proba(X), named.predict_proba(X), atol=1e-5)


def test_the_file_of_its_network_is_one_for_tables(houses, tmp_path):
    X, y = houses
    model = TableRegressor(random_state=0, max_epochs=5).fit(X, y)
    model.model_.save(tmp_path / "m.safetensors")
    loaded = load_model(tmp_path / "m.safetensors")
    prepare = TablePreparation.of(loaded)
    answers = loaded.predict(prepare.transform(pl.from_pandas(X)))[:, 0]
    np.testing.assert_array_equal(answers, model.predict(X))


def test_what_cannot_be_read_is_named_with_its_row(houses):
    X, y = houses
    model = TableRegressor(random_state=0, max_epochs=2).fit(X, y)
    wrong = X.astype({"area": object})
    wrong.loc[4, "area"] = "large"
    with pytest.raises(InputError, match=r"X, row 5: the column 'area' holds 'large'"):
        model.predict(wrong)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(X.drop(columns="area"))
    with pytest.raises(InputError, match="one class only"):
        TableClassifier().fit(X, np.ones(400))


def test_intervals_hold_the_truth_of_most_rows(houses):
    X, y = houses
    rng = np.random.default_rng(5)
    order = rng.permutation(len(y))  # dates rise with the rows; intervals are for rows of one kind
    X, y = X.iloc[order], y[order] + rng.normal(scale=30.0, size=len(y))
    model = TableRegressor("quick", random_state=0).fit(X[:250], y[:250])
    low, high = model.predict_interval(X[250:], 0.9)
    assert 0.8 < np.mean((low <= y[250:]) & (y[250:] <= high)) <= 1.0
    assert np.mean(high - low) < 0.6 * (y.max() - y.min())
    narrow = model.predict_interval(X[250:], 0.5)
    assert (narrow[1] - narrow[0] < high - low).all()


def test_one_network_knows_no_intervals(houses):
    X, y = houses
    model = TableRegressor(hidden_layer_sizes=(4,), max_epochs=2, random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="train with an effort"):
        model.predict_interval(X)


def test_an_effort_and_one_network_are_refused_together(houses):
    X, y = houses
    with pytest.raises(ValueError, match="dropout describe one of your own"):
        TableRegressor("best", dropout=0.1).fit(X, y)
    with pytest.raises(ValueError, match="quick, standard, best, not 'fast'"):
        TableRegressor("fast").fit(X, y)


def test_units_may_be_an_array(houses):
    X, y = houses
    model = TableRegressor(hidden_layer_sizes=np.array([4, 3]), max_epochs=2, random_state=0)
    assert [each.units for each in model.fit(X, y).model_.layers[:2]] == [4, 3]


def test_a_threshold_decides_what_is_predicted_and_leaves_the_probabilities(houses):
    X, y = houses
    rare = np.where(y > np.quantile(y, 0.85), "dear", "usual")
    X = X[["lift", "built", "city"]]
    given = {"random_state": 0, "max_epochs": 10}
    plain = TableClassifier(**given).fit(X, rare)
    early = TableClassifier(threshold=0.2, **given).fit(X, rare)
    p = early.predict_proba(X)
    np.testing.assert_array_equal(p, plain.predict_proba(X))
    np.testing.assert_array_equal(early.predict(X) == "usual", p[:, 1] >= 0.2)
    best = TableClassifier(threshold="best", metric="balanced_accuracy", **given).fit(X, rare)
    assert 0.0 < best.preparation_.threshold < 1.0
    for kwargs, said in [
        ({"threshold": "best"}, "give as metric one of accuracy"),
        ({"threshold": 2.0}, "threshold must be a number in"),
        ({"metric": "mae"}, "mae is no measure of 'y', which is classes"),
        ({"class_weight": {"dear": 0.0, "usual": 0}}, "so that no row counts: give a class"),
    ]:
        with pytest.raises(InputError, match=said):
            TableClassifier(**kwargs, **given).fit(X, rare)


def test_the_metric_of_numbers_decides_the_best_epoch(houses):
    X, y = houses
    model = TableRegressor(metric="mae", random_state=0, max_epochs=8).fit(X, y)
    assert {"mae", "val_mae"} < set(model.history_.history)
    with pytest.raises(InputError, match="f1 is no measure of 'y', which is numbers"):
        TableRegressor(metric="f1").fit(X, y)
