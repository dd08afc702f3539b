import numpy as np
import pytest

import badak
from badak import losses, metrics
from badak.activations import get
from badak.errors import InputError
from badak.losses.objective import Objective, objective_of
from badak.metrics.resolution import resolve, targets_for


@pytest.mark.parametrize(
    ("loss", "units", "kind"),
    [
        (losses.SparseCategoricalCrossentropy(True), 3, metrics.SparseCategoricalAccuracy),
        (losses.CategoricalCrossentropy(True), 3, metrics.CategoricalAccuracy),
        (losses.MeanSquaredError(), 3, metrics.CategoricalAccuracy),
        (losses.MeanSquaredError(), 1, metrics.BinaryAccuracy),
        (losses.BinaryCrossentropy(True), 3, metrics.BinaryAccuracy),
        (losses.Hinge(), 1, metrics.BinaryAccuracy),
        (losses.SparseCategoricalCrossentropy(True), 1, metrics.BinaryAccuracy),
        (losses.CategoricalCrossentropy(True), 1, metrics.BinaryAccuracy),
    ],
)
def test_accuracy_is_that_of_the_targets(loss, units, kind):
    for name in ("accuracy", "acc"):
        metric = resolve(name, Objective(loss), units)
        assert isinstance(metric, kind)
        assert metric.name == name


@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_labels_for_one_unit_are_counted_as_scikit_learn_counts_them(shape):
    sklearn = pytest.importorskip("sklearn.metrics")
    labels = np.array([0, 1, 1, 0, 1, 0])
    scores = np.array([[0.2], [0.9], [0.4], [0.6], [0.7], [0.1]])
    objective = Objective(losses.SparseCategoricalCrossentropy())
    score = resolve("accuracy", objective, 1)(labels.reshape(shape), scores)
    assert score == sklearn.accuracy_score(labels, scores[:, 0] > 0.5)


@pytest.mark.peers
@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize(
    ("loss", "one_hot"),
    [
        (losses.SparseCategoricalCrossentropy(), False),
        (losses.CategoricalCrossentropy(), True),
    ],
)
def test_the_accuracy_is_the_one_that_keras_resolves(monkeypatch, loss, one_hot, units):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    from keras.src.trainers.compile_utils import CompileMetrics

    labels = np.array([0, units - 1, 0, 0])
    t = np.eye(units)[labels] if one_hot else labels
    y = np.linspace(0.1, 0.9, 4 * units).reshape(4, units)
    theirs = CompileMetrics(["accuracy"], None)
    theirs.build(keras.ops.array(t), keras.ops.array(y))
    theirs.update_state(keras.ops.array(t.reshape(4, -1)), keras.ops.array(y))
    (score,) = theirs.result().values()
    assert resolve("accuracy", Objective(loss), units)(t, y) == pytest.approx(float(score))


def test_yes_and_no_are_parted_where_the_output_has_its_middle():
    joined = objective_of(losses.BinaryCrossentropy(), get("sigmoid"))
    assert resolve("accuracy", joined, 1).threshold == 0.5
    logits = objective_of(losses.BinaryCrossentropy(from_logits=True), get("identity"))
    assert resolve("accuracy", logits, 1).threshold == 0.0
    signs = objective_of(losses.Hinge(), get("tanh"))
    assert resolve("accuracy", signs, 1).threshold == 0.0
    assert targets_for(np.array([[-1.0], [1.0]]), losses.Hinge()).tolist() == [[0.0], [1.0]]


def test_losses_are_metrics_too():
    objective = Objective(losses.MeanSquaredError())
    for spec in ("mae", "huber", losses.MeanAbsoluteError(), {"name": "MeanAbsoluteError"}):
        expected = 1.5 if spec == "huber" else 2.0
        assert resolve(spec, objective, 1)([[1.0]], [[3.0]]) == expected


@pytest.mark.parametrize(
    "name",
    ["mae", "mean_absolute_error", "MeanAbsoluteError", "rmse", "f1", "huber", "acc", "AUC"],
)
def test_a_metric_is_reported_under_the_name_that_was_asked_for(name):
    assert resolve(name, Objective(losses.MeanSquaredError()), 1).name == name


@pytest.mark.peers
def test_metrics_are_reported_under_the_names_that_keras_reports(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    keras.utils.clear_session()  # it numbers the metrics of other tests
    names = ["AUC", "Precision", "mse", "acc", "MeanSquaredError"]
    x, y = np.random.default_rng(0).normal(size=(8, 2)), np.array([0.0, 1.0] * 4).reshape(-1, 1)
    reported = []
    for library in (keras, badak):
        model = library.Sequential([library.layers.Dense(1, "sigmoid")])
        chosen = [*names, library.metrics.Recall()]
        model.compile("sgd", "binary_crossentropy", metrics=chosen)
        reported.append(set(model.fit(x, y, verbose=0).history))
    assert reported[0] == reported[1]


def test_as_a_metric_cosine_similarity_is_large_where_the_directions_agree():
    for spec in ("cosine_similarity", metrics.CosineSimilarity()):
        metric = resolve(spec, Objective(losses.MeanSquaredError()), 2)
        assert metric([[0.0, 1.0]], [[0.0, 3.0]]) == 1.0


def test_a_known_name_is_told_once():
    with pytest.raises(InputError, match="unknown metric 'mood'") as caught:
        resolve("mood", Objective(losses.MeanSquaredError()), 1)
    known = str(caught.value).partition("known: ")[2].rstrip(")").split(", ")
    assert len(known) == len(set(known))


def test_a_metric_by_name_object_configuration_or_function():
    objective = Objective(losses.MeanSquaredError())
    assert resolve("r2_score", objective, 1) == metrics.R2Score()
    assert resolve(metrics.R2Score(), objective, 1) == metrics.R2Score()

    def bias(y_true, y_pred):
        return np.mean(y_pred - y_true)

    metric = resolve(bias, objective, 1)
    assert metric.name == "bias"
    assert metric(np.zeros(2), np.ones(2)) == 1.0


def test_a_configuration_is_a_metrics_by_its_class_and_a_losss_by_its_name():
    objective = Objective(losses.MeanSquaredError())
    top_two = metrics.TopKCategoricalAccuracy(k=2, name="top_2")
    assert resolve(top_two.get_config(), objective, 3) == top_two
    assert resolve({"name": "r2_score", "num_regressors": 1}, objective, 1) == metrics.R2Score(
        num_regressors=1
    )
    huber = resolve(losses.Huber(0.5).get_config(), objective, 1)
    assert huber.loss == losses.Huber(0.5)
    assert huber([[0.0]], [[3.0]]) == losses.Huber(0.5)([[0.0]], [[3.0]])


def test_a_configuration_with_a_class_is_a_metric_even_if_a_loss_has_its_name():
    objective = Objective(losses.MeanSquaredError())
    config = {"class": "CosineSimilarity", "name": "cosine_similarity"}
    assert resolve(config, objective, 2) == metrics.CosineSimilarity()
    del config["class"]
    assert resolve(config, objective, 2).loss == losses.CosineSimilarity()


def test_what_is_no_metric_is_refused():
    objective = Objective(losses.MeanSquaredError())
    with pytest.raises(InputError, match="did you mean 'precision'"):
        resolve("precison", objective, 1)
    with pytest.raises(InputError, match="not 3"):
        resolve(3, objective, 1)
