"""A table's network is trained as it is saved: one network, compiled once."""

import numpy as np
import pytest

pl = pytest.importorskip("polars", reason="tables need the tables extra")

from badak import Input, Sequential, layers, load_model, tables  # noqa: E402
from badak.errors import InputError  # noqa: E402
from badak.tables import TableData, network  # noqa: E402


@pytest.fixture(scope="module")
def curve(tmp_path_factory):
    """Targets that are large, with a large deviation, and easy to learn."""
    x = np.linspace(-3.0, 3.0, 300)
    path = tmp_path_factory.mktemp("curve") / "curve.csv"
    pl.DataFrame({"x": x, "y": 5e6 + 1e5 * np.sin(x)}).write_csv(path)
    return tables.load(path, "y")


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    x = np.linspace(-3.0, 3.0, 300)
    path = tmp_path_factory.mktemp("classes") / "classes.csv"
    pl.DataFrame({"x": x, "y": np.where(np.abs(x) > 1.5, "far", "near")}).write_csv(path)
    return tables.load(path, "y")


def test_the_network_answers_in_the_targets_unit_before_and_after_training(curve):
    model = tables.make_network(curve)
    x, y = curve.test
    assert 4e6 < model.predict(x).mean() < 6e6
    tables.train(model, curve)
    errors = model.predict(x)[:, 0] - y
    assert np.abs(errors).mean() < 0.1 * y.std()


def test_training_compiles_once_and_leaves_the_network_as_it_was(curve, monkeypatch):
    compiled = []
    compile_model = Sequential.compile

    def counted(model, *arguments, **named):
        compiled.append(model)
        compile_model(model, *arguments, **named)

    monkeypatch.setattr(Sequential, "compile", counted)
    model = tables.make_network(curve, (8,))
    before = list(model.layers)
    tables.train(model, curve, batch_size=27, epochs=3)
    assert compiled == [model]
    assert model.layers == before
    steps = -(-curve.counts[0] // 27)
    assert (model.step, model.epoch) == (3 * steps, 3)


def test_fit_goes_on_from_where_training_ended_to_the_same_bits(curve):
    """Without validation rows nothing is restored, so two parts are one run."""
    whole, parts = tables.make_network(curve, (8,)), tables.make_network(curve, (8,))
    data = TableData(
        curve.preparation, curve.x, curve.y, (sum(curve.counts[:2]), 0, curve.counts[2]), ""
    )
    tables.train(whole, data, epochs=5)
    tables.train(parts, data, epochs=2)
    parts.fit(*data.train, batch_size=32, epochs=3, verbose=0)
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_loss_is_that_of_standardised_targets(curve):
    model = tables.make_network(curve, (8,))
    history = tables.train(model, curve, epochs=4)
    mean, deviation = curve.scale
    x, y = curve.validation
    standardised = [(each - mean) / deviation for each in (model.predict(x)[:, 0], y)]
    expected = np.mean((standardised[0].astype(float) - standardised[1]) ** 2)
    assert min(history.history["val_loss"]) == pytest.approx(expected, rel=1e-3)


def test_training_is_that_of_a_plain_network_on_standardised_targets(curve):
    """To rounding: the gradients differ by that of answers of some millions in float32."""
    model = tables.make_network(curve, (8,), seed=4)
    history = tables.train(model, curve, epochs=10).history
    plain = Sequential([Input((1,)), layers.Dense(8, "relu"), layers.Dense(1)], seed=4)
    plain.compile("adam", "mean_squared_error", [])
    (x, y), (x_watched, y_watched) = curve.train, curve.validation
    expected = plain.fit(
        x,
        curve.learnable(y),
        batch_size=32,
        epochs=10,
        validation_data=(x_watched, curve.learnable(y_watched)),
        verbose=0,
    ).history
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-3)


def test_a_saved_network_goes_on_with_the_same_loss(curve, tmp_path):
    model = tables.make_network(curve, (8,))
    tables.train(model, curve, epochs=2)
    model.save(tmp_path / "m.safetensors")
    loaded = load_model(tmp_path / "m.safetensors")
    assert loaded.loss == model.loss
    x, y = curve.test
    assert loaded.evaluate(x, y) == pytest.approx(model.evaluate(x, y), rel=1e-6)


def test_classes_end_in_softmax_and_are_trained_by_cross_entropy(classes):
    model = tables.make_network(classes, (8,))
    history = tables.train(model, classes, epochs=3)
    assert model.layers[-1].activation.name == "softmax"
    assert model.loss.name == "sparse_categorical_crossentropy"
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_a_network_for_numbers_without_their_unit_is_refused(curve):
    model = Sequential([Input((1,)), layers.Dense(1)])
    with pytest.raises(InputError, match=r"ends in Rescaling\(.*tables.make_network"):
        tables.train(model, curve)


@pytest.mark.parametrize(
    ("rows", "given", "expected"),
    [
        (2_000, {}, (32, 200, 20)),
        (2_001, {}, (128, 200, 20)),
        (50_001, {}, (256, 200, 20)),
        (100_001, {}, (256, 30, 5)),
        (2_000, {"batch_size": 7, "epochs": 3}, (7, 3, 20)),
    ],
)
def test_the_more_rows_the_larger_the_steps_and_the_fewer_the_epochs(curve, rows, given, expected):
    data = TableData(curve.preparation, curve.x, curve.y, (rows, 1, 1), "")
    model = tables.make_network(curve)
    network.compile_network(model, curve)
    schedule = network.schedule_for(model, data, **given)
    assert (schedule.batch_size, schedule.epochs, schedule.patience) == expected


def test_gradient_descent_takes_all_rows_at_once(curve):
    model = tables.make_network(curve)
    network.compile_network(model, curve, "gradient_descent")
    assert network.schedule_for(model, curve).batch_size is None
