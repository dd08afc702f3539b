"""What a network is compared with, trained on the same rows: a line, trees, the naive guess."""

from dataclasses import dataclass

import numpy as np

from badak._common.extras import MissingLibraryError, need
from badak._common.language import marked, message
from badak.tables.baseline import linear_model, naive_answers
from badak.tables.columns import Category
from badak.tables.preparation import TablePreparation
from badak.typing import Array

TREES = "HistGradientBoosting"
MOST_CLASSES = 50
"""Of more, trees for each class take too long."""

FEW_ROWS = 50_000
"""Up to so many one thread is faster: OpenMP's wait for each other, long where others compute."""


@dataclass(frozen=True)
class Rival:
    """A model to compare with, and its answers to the rows that are scored."""

    name: str
    answers: Array | None
    """(rows, outputs); None where there are none."""
    why: str = ""
    """Why there are none, in a sentence."""


def rivals_of(
    prepare: TablePreparation, train: tuple[Array, Array], x: Array, seed: int
) -> list[Rival]:
    """Return the answers to rows x of models that learn from the training rows."""
    target, (features, y) = prepare.target, train
    linear = marked("logistic regression") if target.classes else marked("linear regression")
    naive = marked("shares of classes") if target.classes else marked("mean")
    return [
        Rival(linear, linear_model(target, features, y, seed).predict(x)),
        _trees(prepare, train, x, seed),
        Rival(naive, naive_answers(target, y, len(x))),
    ]


def _trees(prepare: TablePreparation, train: tuple[Array, Array], x: Array, seed: int) -> Rival:
    classes = len(prepare.target.classes)
    if classes > MOST_CLASSES:
        why = message("left out: {classes} classes take it too long", classes=classes)
        return Rival(TREES, None, why)
    try:
        need("sklearn", "badak[sklearn]", TREES)
    except MissingLibraryError as error:
        return Rival(TREES, None, str(error))
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    features, categories = for_trees(prepare, train[0])
    asked, _ = for_trees(prepare, x)
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    model = kind(categorical_features=categories, random_state=seed)
    with threadpool_limits(1 if len(features) <= FEW_ROWS else None, "openmp"):
        model.fit(features, train[1])
        if not classes:
            return Rival(TREES, model.predict(asked)[:, np.newaxis])
        answers = np.zeros((len(x), classes))
        answers[:, model.classes_] = model.predict_proba(asked)
        return Rival(TREES, answers)


def for_trees(prepare: TablePreparation, x: Array) -> tuple[Array, Array]:
    """Return rows as trees take them best, and which of their features are categories.

    A number is NaN where it is missing; the features of a category become one, the number of the
    level, NaN where the row has none of them.
    """
    features, categories, start = list[Array](), list[bool](), 0
    for column in prepare.columns:
        own = x[:, start : start + len(column.features)]
        start += len(column.features)
        gap = own[:, -1] > 0.0 if column.missing else np.zeros(len(x), bool)
        known = own[:, :-1] if column.missing else own
        if isinstance(column, Category):
            none = gap | ~known.any(axis=1) if known.shape[1] else np.ones(len(x), bool)
            level = known.argmax(axis=1) if known.shape[1] else np.zeros(len(x))
            features.append(np.where(none, np.nan, level)[:, np.newaxis])
            categories.append(True)
        else:
            features.append(np.where(gap[:, np.newaxis], np.nan, known))
            categories += [False] * known.shape[1]
    return np.column_stack(features).astype(np.float64), np.array(categories)
