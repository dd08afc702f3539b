"""Metrics: how good a network is, in the numbers that people report.

Each is a plain function on whole arrays, ``f(y_true, y_pred, sample_weight)``, and a class of
Keras's name that holds its arguments. Arrays that do not fit are refused, never broadcast.
"""

from badak.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    resolve_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from badak.metrics.base import Metric
from badak.metrics.classification import (
    F1Score,
    Precision,
    Recall,
    confusion_matrix,
    f1_score,
    precision,
    recall,
)
from badak.metrics.ranking import AUC, auc
from badak.metrics.regression import (
    R2Score,
    RootMeanSquaredError,
    r2_score,
    root_mean_squared_error,
)
from badak.metrics.table import METRICS, get

__all__ = [
    "AUC",
    "METRICS",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "F1Score",
    "Metric",
    "Precision",
    "R2Score",
    "Recall",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "accuracy",
    "auc",
    "binary_accuracy",
    "categorical_accuracy",
    "confusion_matrix",
    "f1_score",
    "get",
    "precision",
    "r2_score",
    "recall",
    "resolve_accuracy",
    "root_mean_squared_error",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]
