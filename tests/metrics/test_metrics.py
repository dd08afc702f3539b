"""Metrics: against scikit-learn, Keras and definitions written out as loops."""

import inspect
import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from badak import metrics
from badak.errors import InputError, UnknownNameError

SEEDS = st.integers(0, 2**32 - 1)
CLASSES = 4


def labelled(seed, batch=30, classes=CLASSES):
    """Return labels (batch,), scores (batch, classes) with many ties, and weights (batch,)."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 8, (batch, classes)) / 8.0
    return rng.integers(0, classes, batch), scores, rng.integers(1, 5, batch) / 2.0


def distinct(seed, batch=30, classes=CLASSES):
    labels, _, w = labelled(seed, batch, classes)
    rng = np.random.default_rng(seed)
    return labels, rng.permuted(np.arange(batch * classes) / 200.0).reshape(batch, classes), w


def one_hot(labels, classes=CLASSES):
    return np.eye(classes)[labels]


def binary(seed, batch=30):
    """Return targets 0 and 1, both there, scores with many ties, and weights."""
    rng = np.random.default_rng(seed)
    t = rng.permutation(np.append([0, 1], rng.integers(0, 2, batch - 2)))
    return t, rng.integers(0, 12, batch) / 12.0, rng.integers(1, 5, batch) / 2.0


@given(SEEDS, st.booleans())
def test_accuracies_are_those_of_scikit_learn(seed, weighted):
    labels, scores, w = labelled(seed)
    w = w if weighted else None
    predicted = scores.argmax(axis=1)
    expected = pytest.approx(sklearn_metrics.accuracy_score(labels, predicted, sample_weight=w))
    assert metrics.accuracy(labels, predicted, w) == expected
    assert metrics.sparse_categorical_accuracy(labels, scores, w) == expected
    assert metrics.sparse_categorical_accuracy(labels[:, np.newaxis], scores, w) == expected
    assert metrics.categorical_accuracy(one_hot(labels), scores, w) == expected


@given(SEEDS, st.booleans(), st.sampled_from([0.0, 0.25, 0.5, 0.9]))
def test_binary_accuracy_is_that_of_scikit_learn(seed, weighted, threshold):
    t, y, w = binary(seed)
    w = w if weighted else None
    expected = sklearn_metrics.accuracy_score(t, y > threshold, sample_weight=w)
    assert metrics.binary_accuracy(t, y, w, threshold) == pytest.approx(expected)
    assert metrics.binary_accuracy(t[:, np.newaxis], y, w, threshold) == pytest.approx(expected)


def test_a_score_on_the_threshold_is_a_no_also_in_float32():
    at = np.full(3, 0.1, dtype=np.float32)
    assert metrics.binary_accuracy([0, 0, 0], at, threshold=0.1) == 1.0
    assert metrics.recall([1, 1, 1], at, thresholds=0.1) == 0.0


def test_binary_accuracy_counts_each_of_several_questions():
    t, y = [[1, 0], [0, 0]], [[0.9, 0.8], [0.1, 0.2]]
    assert metrics.binary_accuracy(t, y) == 0.75
    assert metrics.binary_accuracy(t, y, sample_weight=[1.0, 0.0]) == 0.5


def test_shares_over_one_half_are_a_yes():
    assert metrics.binary_accuracy([0.9, 0.2, 0.5], [0.7, 0.6, 0.4]) == pytest.approx(2.0 / 3.0)


@given(SEEDS, st.integers(1, CLASSES), st.booleans())
def test_top_k_is_that_of_scikit_learn_without_ties(seed, k, weighted):
    labels, scores, w = distinct(seed)
    w = w if weighted else None
    hits = [label in np.argsort(row)[-k:] for label, row in zip(labels, scores, strict=True)]
    expected = pytest.approx(np.average(hits, weights=w))
    assert metrics.sparse_top_k_categorical_accuracy(labels, scores, w, k=k) == expected
    assert metrics.top_k_categorical_accuracy(one_hot(labels), scores, w, k=k) == expected
    if k < CLASSES:
        theirs = sklearn_metrics.top_k_accuracy_score(
            labels, scores, k=k, sample_weight=w, labels=range(CLASSES)
        )
        assert theirs == expected


def test_a_tie_at_the_kth_place_counts_in_favour_of_the_target():
    scores = [[0.5, 0.3, 0.3, 0.3]]
    for label in range(4):
        assert metrics.sparse_top_k_categorical_accuracy([label], scores, k=2) == 1.0
    assert metrics.sparse_top_k_categorical_accuracy([1], scores, k=1) == 0.0


@pytest.mark.parametrize(
    ("units", "targets", "expected"),
    [
        (10, "labels", metrics.SparseCategoricalAccuracy("accuracy")),
        (10, "one_hot", metrics.CategoricalAccuracy("accuracy")),
        (10, "binary", metrics.BinaryAccuracy("accuracy")),
        (1, "labels", metrics.BinaryAccuracy("accuracy")),
        (1, "one_hot", metrics.BinaryAccuracy("accuracy")),
        (1, "binary", metrics.BinaryAccuracy("accuracy")),
    ],
)
def test_accuracy_is_resolved_by_output_and_targets(units, targets, expected):
    assert metrics.resolve_accuracy(units, targets) == expected


@given(SEEDS)
def test_the_confusion_matrix_is_that_of_scikit_learn(seed):
    labels, scores, _ = labelled(seed)
    predicted = scores.argmax(axis=1)
    expected = sklearn_metrics.confusion_matrix(labels, predicted, labels=range(CLASSES))
    for t, y in itertools.product([labels, one_hot(labels)], [predicted, scores]):
        np.testing.assert_array_equal(metrics.confusion_matrix(t, y, CLASSES), expected)
    assert np.issubdtype(metrics.confusion_matrix(labels, predicted).dtype, np.integer)


def test_the_confusion_matrix_is_as_large_as_the_highest_class_or_as_asked():
    assert metrics.confusion_matrix([0, 1], [2, 1]).shape == (3, 3)
    assert metrics.confusion_matrix([0, 1], [[0.1, 0.9], [0.1, 0.9]]).shape == (2, 2)
    assert metrics.confusion_matrix([0, 1], [1, 1], classes=5).shape == (5, 5)


@given(SEEDS, st.booleans(), st.sampled_from([0.0, 0.5, 2.0]))
def test_precision_recall_and_f1_of_yes_and_no_are_those_of_scikit_learn(seed, weighted, threshold):
    t, y, w = binary(seed)
    w = w if weighted else None
    for ours, theirs in [
        (metrics.precision(t, y, w, threshold), sklearn_metrics.precision_score),
        (metrics.recall(t, y, w, threshold), sklearn_metrics.recall_score),
        (metrics.f1_score(t, y, w, threshold=threshold), sklearn_metrics.f1_score),
    ]:
        expected = theirs(t, y > threshold, sample_weight=w, zero_division=0.0)
        assert ours == pytest.approx(expected)


@given(SEEDS, st.booleans(), st.sampled_from([None, "micro", "macro", "weighted"]))
def test_f1_of_classes_is_that_of_scikit_learn(seed, weighted, average):
    labels, scores, w = labelled(seed, batch=12)
    w = w if weighted else None
    expected = sklearn_metrics.f1_score(
        labels,
        scores.argmax(axis=1),
        labels=range(CLASSES),
        average=average,
        sample_weight=w,
        zero_division=0.0,
    )
    for t in (labels, one_hot(labels)):
        np.testing.assert_allclose(metrics.f1_score(t, scores, w, average), expected)


@given(SEEDS, st.booleans())
def test_units_are_counted_together_or_one_alone(seed, weighted):
    labels, scores, w = labelled(seed)
    w = w if weighted else None
    t, said = one_hot(labels), scores > 0.5
    for ours, theirs in [
        (metrics.precision, sklearn_metrics.precision_score),
        (metrics.recall, sklearn_metrics.recall_score),
    ]:
        together = theirs(t, said, average="micro", sample_weight=w, zero_division=0.0)
        assert ours(t, scores, w) == pytest.approx(together)
        assert ours(labels, scores, w) == pytest.approx(together)
        alone = theirs(t[:, 2], said[:, 2], sample_weight=w, zero_division=0.0)
        assert ours(t, scores, w, class_id=2) == pytest.approx(alone)


def test_several_thresholds_give_an_array():
    t, y = [0, 1, 1, 1], [0.9, 0.2, 0.8, 0.7]
    several = metrics.recall(t, y, thresholds=[0.1, 0.75, 0.95])
    np.testing.assert_allclose(several, [1.0, 1.0 / 3.0, 0.0])
    np.testing.assert_allclose(metrics.Precision(thresholds=[0.1, 0.75])(t, y), [0.75, 0.5])


@given(SEEDS, st.booleans())
def test_the_area_under_the_roc_curve_is_that_of_scikit_learn(seed, weighted):
    t, y, w = binary(seed)
    w = w if weighted else None
    expected = sklearn_metrics.roc_auc_score(t, y, sample_weight=w)
    assert metrics.auc(t, y, w) == pytest.approx(expected)
    assert metrics.auc(t[:, np.newaxis], y, w) == pytest.approx(expected)


@given(SEEDS, st.booleans())
def test_it_is_the_chance_that_a_yes_scores_higher_than_a_no(seed, weighted):
    t, y, w = binary(seed)
    w = w if weighted else np.ones(len(t))
    won = total = 0.0
    for i, j in itertools.product(np.flatnonzero(t), np.flatnonzero(t == 0)):
        total += w[i] * w[j]
        won += w[i] * w[j] * (1.0 if y[i] > y[j] else 0.5 if y[i] == y[j] else 0.0)
    assert metrics.auc(t, y, None if not weighted else w) == pytest.approx(won / total)


@given(SEEDS)
def test_only_the_order_of_the_scores_counts(seed):
    t, y, w = binary(seed)
    for curve in ("ROC", "PR"):
        area = metrics.auc(t, y, w, curve)
        assert metrics.auc(t, np.exp(5.0 * y).astype(np.float32), w, curve) == area
        order = np.random.default_rng(seed).permutation(len(t))
        assert metrics.auc(t[order], y[order], w[order], curve) == pytest.approx(area)
    assert metrics.auc(t, -y, w) == pytest.approx(1.0 - metrics.auc(t, y, w))


@given(SEEDS, st.booleans())
def test_the_area_under_precision_and_recall_is_that_of_many_small_steps(seed, weighted):
    t, y, w = binary(seed, batch=10)
    w = w if weighted else np.ones(len(t))
    area = tp = fp = 0.0
    positives = w[t == 1].sum()
    for score in np.unique(y)[::-1]:
        more_tp, more_fp = w[(y == score) & (t == 1)].sum(), w[(y == score) & (t == 0)].sum()
        middles = (np.arange(4000) + 0.5) / 4000.0
        precisions = (tp + middles * more_tp) / (tp + fp + middles * (more_tp + more_fp))
        area += precisions.mean() * more_tp / positives
        tp, fp = tp + more_tp, fp + more_fp
    assert metrics.auc(t, y, w, curve="PR") == pytest.approx(area, abs=1e-4)


@given(SEEDS, st.booleans())
def test_several_units_are_ranked_together(seed, weighted):
    labels, scores, w = labelled(seed)
    each = np.repeat(w, CLASSES) if weighted else None
    t = one_hot(labels)
    expected = sklearn_metrics.roc_auc_score(t.ravel(), scores.ravel(), sample_weight=each)
    assert metrics.auc(t, scores, w if weighted else None) == pytest.approx(expected)
    assert metrics.auc(labels, scores, w if weighted else None) == pytest.approx(expected)


def test_areas_of_perfect_and_of_useless_scores():
    t = np.array([0, 1, 0, 1, 1])
    for curve in ("ROC", "PR"):
        assert metrics.auc(t, t, curve=curve) == 1.0
    assert metrics.auc(t, np.zeros(5)) == 0.5
    assert metrics.auc(t, np.zeros(5), curve="PR") == 0.6
    assert metrics.auc(t, [-np.inf, np.inf, -np.inf, np.inf, np.inf]) == 1.0


def test_samples_of_no_weight_do_not_count():
    t, y = [0, 1, 1, 0], [0.1, 0.9, 0.0, 1.0]
    for curve in ("ROC", "PR"):
        assert metrics.auc(t, y, [1.0, 1.0, 0.0, 0.0], curve) == 1.0


@given(SEEDS, st.booleans(), st.integers(1, 3))
def test_errors_of_numbers_are_those_of_scikit_learn(seed, weighted, units):
    rng = np.random.default_rng(seed)
    t, y = rng.normal(size=(2, 9, units))
    w = rng.integers(1, 5, 9) / 2.0 if weighted else None
    mean = sklearn_metrics.mean_squared_error(t, y, sample_weight=w)
    assert metrics.root_mean_squared_error(t, y, w) == pytest.approx(math.sqrt(mean))
    for ours, theirs in [
        (None, "raw_values"),
        ("uniform_average", "uniform_average"),
        ("variance_weighted_average", "variance_weighted"),
    ]:
        expected = sklearn_metrics.r2_score(t, y, sample_weight=w, multioutput=theirs)
        np.testing.assert_allclose(metrics.r2_score(t, y, w, ours), expected)


def test_adjusted_r2_is_worse_the_more_inputs_there_are():
    t, y = [1.0, 2.0, 3.0, 4.0, 6.0], [1.1, 2.0, 2.5, 4.0, 6.0]
    plain = sklearn_metrics.r2_score(t, y)
    adjusted = metrics.r2_score(t, y, num_regressors=2)
    assert adjusted == pytest.approx(1.0 - (1.0 - plain) * 4.0 / 2.0)


@given(st.floats(-1e6, 1e6), st.integers(2, 9))
def test_targets_that_do_not_vary_score_1_or_0(value, batch):
    t = np.full(batch, value)
    assert metrics.r2_score(t, t) == 1.0
    assert metrics.r2_score(t, t + 1.0) == 0.0
    assert metrics.r2_score(t, t + 1.0, class_aggregation="variance_weighted_average") == 0.0


@given(SEEDS, st.booleans())
def test_errors_are_those_of_scikit_learn(seed, weighted):
    rng = np.random.default_rng(seed)
    t, y = rng.uniform(0.1, 3.0, (2, 20, 3))
    w = rng.uniform(0.1, 2.0, 20) if weighted else None
    for ours, theirs, scale in (
        (metrics.mean_squared_error, sklearn_metrics.mean_squared_error, 1.0),
        (metrics.mean_absolute_error, sklearn_metrics.mean_absolute_error, 1.0),
        (
            metrics.mean_absolute_percentage_error,
            sklearn_metrics.mean_absolute_percentage_error,
            100.0,
        ),
        (metrics.mean_squared_logarithmic_error, sklearn_metrics.mean_squared_log_error, 1.0),
    ):
        assert ours(t, y, w) == pytest.approx(scale * theirs(t, y, sample_weight=w))
    between = sklearn_metrics.pairwise.cosine_similarity(t, y).diagonal()
    assert metrics.cosine_similarity(t, y, w) == pytest.approx(np.average(between, weights=w))
    errors = np.log(np.cosh(y - t)).mean(axis=1)
    assert metrics.log_cosh_error(t, y, w) == pytest.approx(np.average(errors, weights=w))


LABELS, SCORES, WEIGHTS = labelled(1)
YES, CHANCES, _ = binary(1)
CASES = [
    (metrics.Accuracy(), LABELS, SCORES.argmax(axis=1)),
    (metrics.BinaryAccuracy(threshold=0.3), YES, CHANCES),
    (metrics.CategoricalAccuracy(), one_hot(LABELS), SCORES),
    (metrics.SparseCategoricalAccuracy(), LABELS, SCORES),
    (metrics.TopKCategoricalAccuracy(k=2), one_hot(LABELS), SCORES),
    (metrics.SparseTopKCategoricalAccuracy(k=2), LABELS, SCORES),
    (metrics.Precision(thresholds=0.4, class_id=1), one_hot(LABELS), SCORES),
    (metrics.Precision(thresholds=[0.2, 0.4]), YES, CHANCES),
    (metrics.Recall(), YES, CHANCES),
    (metrics.F1Score(), LABELS, SCORES),
    (metrics.F1Score("weighted", 0.3), LABELS, SCORES),
    (metrics.AUC(), YES, CHANCES),
    (metrics.AUC(curve="PR", name="pr"), YES, CHANCES),
    (metrics.MeanSquaredError(), one_hot(LABELS), SCORES),
    (metrics.MeanAbsoluteError(), one_hot(LABELS), SCORES),
    (metrics.MeanAbsolutePercentageError(), one_hot(LABELS) + 1.0, SCORES),
    (metrics.MeanSquaredLogarithmicError(), one_hot(LABELS), SCORES - 0.5),
    (metrics.LogCoshError(), one_hot(LABELS), SCORES),
    (metrics.CosineSimilarity(), one_hot(LABELS), SCORES),
    (metrics.RootMeanSquaredError(), LABELS, SCORES[:, 0]),
    (metrics.R2Score(), LABELS, SCORES[:, 0]),
]
each_metric = pytest.mark.parametrize(("metric", "t", "y"), CASES, ids=[repr(c[0]) for c in CASES])
NAMES = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "Precision",
    "Recall",
    "F1Score",
    "AUC",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "LogCoshError",
    "CosineSimilarity",
    "RootMeanSquaredError",
    "R2Score",
]


@each_metric
@pytest.mark.parametrize("weighted", [False, True])
def test_batches_score_exactly_as_the_whole(metric, t, y, weighted):
    w = WEIGHTS if weighted else None
    expected = metric(t, y, w)
    for parts in ([0, 30], [0, 7, 30], [0, 1, 2, 3, 30]):
        metric.reset_state()
        for start, stop in itertools.pairwise(parts):
            part = slice(start, stop)
            metric.update_state(t[part], y[part], w[part] if weighted else None)
        np.testing.assert_array_equal(metric.result(), expected)
    np.testing.assert_array_equal(metric(t, y, w), expected)
    metric.reset_state()
    with pytest.raises(InputError, match="call update_state"):
        metric.result()


@each_metric
def test_a_whole_weight_is_the_same_as_so_many_samples(metric, t, y):
    counts = np.random.default_rng(3).integers(1, 4, len(t))
    repeated = metric(np.repeat(t, counts, axis=0), np.repeat(y, counts, axis=0))
    if not isinstance(metric, metrics.AUC):  # whose sums are taken in another order
        np.testing.assert_allclose(metric(t, y, counts), repeated)
    assert metric(t, y, counts) == pytest.approx(repeated)


@each_metric
def test_functions_and_objects_give_numbers_of_python(metric, t, y):
    score = metric(t.tolist(), y.astype(np.float32).tolist())
    several = isinstance(metric, metrics.F1Score) and metric.average is None
    several = several or isinstance(getattr(metric, "thresholds", None), tuple)
    assert type(score) is (np.ndarray if several else float)


@each_metric
def test_a_configuration_rebuilds_an_equal_metric(metric, t, y):
    assert metrics.get(json.loads(json.dumps(metric.get_config()))) == metric
    assert metrics.get(metric) is metric


@each_metric
def test_arrays_that_do_not_fit_are_refused(metric, t, y):
    misfits = [(t[:-1], y), (t, y[:1]), (t[:0], y[:0]), (t[np.newaxis], y), (3, y)]
    misfits += [(t, np.stack([y, y], axis=-1)[..., np.newaxis])]
    if not isinstance(metric, (metrics.Precision, metrics.Recall, metrics.AUC)):
        misfits += [(t, np.stack([y, y], axis=-1))]  # not labels of two classes
    for wrong_t, wrong_y in misfits:
        with pytest.raises(InputError):
            metric(wrong_t, wrong_y)
    spoilt = y.astype(np.float64)
    spoilt[3] = np.nan
    with pytest.raises(InputError, match="NaN"):
        metric(t, spoilt)
    with pytest.raises(InputError, match="numbers"):
        metric(t, y.astype(str))


@each_metric
@pytest.mark.parametrize(
    "weights",
    [np.ones(29), -np.ones(30), np.full(30, np.nan), np.full(30, np.inf), np.ones((2, 15))],
)
def test_weights_that_do_not_fit_are_refused(metric, t, y, weights):
    with pytest.raises(InputError, match="sample weights"):
        metric(t, y, weights)
    with pytest.raises(InputError, match="sample weights"):
        metric.update_state(t, y, weights)


@pytest.mark.parametrize("cls", NAMES)
def test_names_of_keras_are_known(cls):
    made = metrics.get(cls)
    assert type(made) is getattr(metrics, cls)
    assert metrics.get(made.name) == made
    assert metrics.get(type(made)) == made
    assert metrics.get({"name": cls}) == made


@pytest.mark.parametrize(
    ("alias", "cls"),
    [
        ("acc", "Accuracy"),
        ("mse", "MeanSquaredError"),
        ("mae", "MeanAbsoluteError"),
        ("mape", "MeanAbsolutePercentageError"),
        ("msle", "MeanSquaredLogarithmicError"),
        ("rmse", "RootMeanSquaredError"),
        ("f1", "F1Score"),
        ("r2", "R2Score"),
    ],
)
def test_short_names_are_known(alias, cls):
    assert type(metrics.get(alias)).__name__ == cls


def test_a_name_misspelt_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'precision'"):
        metrics.get("precison")


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: metrics.BinaryAccuracy(threshold=np.nan), "threshold must be a number in"),
        (lambda: metrics.binary_accuracy([2, 0], [0.1, 0.2]), "targets from 0 to 1"),
        (lambda: metrics.binary_accuracy([-1, 1], [0.1, 0.2]), r"\(t \+ 1\) / 2"),
        (lambda: metrics.categorical_accuracy([1, 0], SCORES[:2]), "'sparse_' form"),
        (lambda: metrics.categorical_accuracy([1, 0], [0.1, 0.2]), "'binary_accuracy'"),
        (
            lambda: metrics.sparse_categorical_accuracy(one_hot(LABELS), SCORES),
            "for one-hot targets use 'categorical_accuracy'",
        ),
        (lambda: metrics.sparse_categorical_accuracy([0, 4], SCORES[:2]), "class 4"),
        (lambda: metrics.sparse_categorical_accuracy([0, 0.5], SCORES[:2]), "whole class numbers"),
        (lambda: metrics.SparseTopKCategoricalAccuracy()(LABELS, SCORES), "the 5 highest of 4"),
        (lambda: metrics.TopKCategoricalAccuracy(k=0), "k must be a whole number"),
        (lambda: metrics.accuracy(LABELS, LABELS, np.zeros(30)), "all sample weights are 0"),
        (lambda: metrics.accuracy(np.zeros((2, 2, 2)), np.zeros((2, 2, 2))), r"\(2, 2, 2\)"),
        (lambda: metrics.confusion_matrix([0, 5], [0, 1], classes=3), "class 5"),
        (lambda: metrics.confusion_matrix([0, 1], [0.2, 0.7]), "whole class numbers"),
        (lambda: metrics.confusion_matrix([0, 10**9], [0, 1]), "renumber them"),
        (lambda: metrics.confusion_matrix([0, 1], [0, 1], classes=0), "classes must be"),
        (lambda: metrics.confusion_matrix([-1, -1], [-1, -1]), "class -1"),
        (lambda: metrics.precision([0, 2], [0.1, 0.2]), "targets 0 and 1, but one is 2"),
        (lambda: metrics.precision(LABELS, SCORES, class_id=4), "one of 0 to 3, not 4"),
        (lambda: metrics.Precision(thresholds=[]), "thresholds must be a number or a list"),
        (lambda: metrics.Recall(thresholds="0.5"), "thresholds must be a number"),
        (lambda: metrics.F1Score(average="mean"), "'micro', 'macro', 'weighted'"),
        (lambda: metrics.auc([1, 1], [0.1, 0.2]), "there is no 0 of any weight"),
        (lambda: metrics.auc([0, 1], [0.1, 0.2], [1.0, 0.0]), "there is no 1 of any weight"),
        (lambda: metrics.AUC(curve="roc"), "'ROC', 'PR'"),
        (lambda: metrics.mean_squared_logarithmic_error([-1.0], [1.0]), "not negative"),
        (lambda: metrics.R2Score(class_aggregation="mean"), "uniform_average"),
        (lambda: metrics.R2Score(num_regressors=-1), "whole number of at least 0"),
        (lambda: metrics.r2_score([1.0], [1.0]), "at least 2 samples"),
        (lambda: metrics.r2_score([1.0, 2.0], [1.0, 2.0], num_regressors=1), "at least 3 samples"),
        (lambda: metrics.resolve_accuracy(10, "values"), "'labels', 'one_hot' or 'binary'"),
        (lambda: metrics.get(0.5), "0.5 is not a metric"),
        (lambda: metrics.get({"class": "AUC", "k": 1}), "'k'"),
    ],
)
def test_what_cannot_be_worked_with_is_refused(make, fault):
    with pytest.raises(InputError, match=fault):
        make()


def test_batches_of_another_width_are_refused():
    metric = metrics.CategoricalAccuracy()
    metric.update_state(one_hot(LABELS), SCORES)
    with pytest.raises(InputError, match="batches must be of one width"):
        metric.update_state(one_hot(LABELS)[:, :3], SCORES[:, :3])


def test_a_batch_kept_is_a_copy():
    metric, y = metrics.Accuracy(), np.array([1, 2])
    metric.update_state([1, 2], y)
    y[...] = 0
    assert metric.result() == 1.0


def test_two_metrics_of_equal_arguments_do_not_share_batches():
    first, second = metrics.Accuracy(), metrics.Accuracy()
    first.update_state([1], [1])
    second.update_state([1], [0])
    assert (first.result(), second.result()) == (1.0, 0.0)


@pytest.mark.peers
@each_metric
@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_those_of_keras(keras, metric, t, y, weighted):
    config = json.loads(json.dumps(metric.get_config()))
    arguments = {k: v for k, v in config.items() if k not in ("class", "name")}
    if isinstance(metric, metrics.AUC):  # a threshold between each two scores
        arguments["thresholds"] = ((np.arange(11) + 0.5) / 12.0).tolist()
    theirs = getattr(keras.metrics, type(metric).__name__)(**arguments)
    if isinstance(metric, (metrics.F1Score, metrics.R2Score)):  # which take two axes in Keras
        t = one_hot(t) if isinstance(metric, metrics.F1Score) else t[:, np.newaxis]
        y = distinct(1)[1] if isinstance(metric, metrics.F1Score) else y[:, np.newaxis]
    theirs.update_state(t, y.astype(np.float32), WEIGHTS if weighted else None)
    ours = metric(t, y.astype(np.float32), WEIGHTS if weighted else None)
    np.testing.assert_allclose(ours, np.asarray(theirs.result().tolist()), rtol=1e-5)


@pytest.mark.peers
@given(SEEDS, st.integers(1, CLASSES))
def test_ties_in_top_k_are_taken_as_in_keras(keras, seed, k):
    labels, scores, _ = labelled(seed, batch=10)
    theirs = keras.metrics.sparse_top_k_categorical_accuracy(labels, scores, k=k)
    ours = metrics.sparse_top_k_categorical_accuracy(labels, scores, k=k)
    assert ours == pytest.approx(float(theirs.mean()))


@pytest.mark.peers
@pytest.mark.parametrize("cls", NAMES)
def test_arguments_and_defaults_are_those_of_keras(keras, cls):
    theirs = inspect.signature(getattr(keras.metrics, cls)).parameters
    ours = inspect.signature(getattr(metrics, cls)).parameters
    assert [name for name in theirs if name in ours] == list(ours)
    for name in ours:
        if theirs[name].default is not None or name != "name":
            assert ours[name].default == theirs[name].default


@pytest.fixture(scope="module")
def keras():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        yield pytest.importorskip("keras")
