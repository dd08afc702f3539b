import numpy as np
import pytest

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
    ],
)
def test_accuracy_is_that_of_the_targets(loss, units, kind):
    for name in ("accuracy", "acc"):
        metric = resolve(name, Objective(loss), units)
        assert isinstance(metric, kind)
        assert metric.name == name


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


@pytest.mark.parametrize("name", ["mae", "mean_absolute_error", "rmse", "f1", "huber", "acc"])
def test_a_metric_is_reported_under_the_name_that_was_asked_for(name):
    assert resolve(name, Objective(losses.MeanSquaredError()), 1).name == name
    assert resolve("MeanAbsoluteError", Objective(losses.MeanSquaredError()), 1).name == (
        "mean_absolute_error"
    )


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
    assert resolve(metrics.R2Score().get_config(), objective, 1) == metrics.R2Score()

    def bias(y_true, y_pred):
        return np.mean(y_pred - y_true)

    metric = resolve(bias, objective, 1)
    assert metric.name == "bias"
    assert metric(np.zeros(2), np.ones(2)) == 1.0


def test_what_is_no_metric_is_refused():
    objective = Objective(losses.MeanSquaredError())
    with pytest.raises(InputError, match="did you mean 'precision'"):
        resolve("precison", objective, 1)
    with pytest.raises(InputError, match="not 3"):
        resolve(3, objective, 1)
