"""What is compared: each model learns from a frame and answers for another, with its defaults.

Trees get category columns as categories, where they can take them, and missing values as they are;
scikit-learn's MLP gets standardised numbers, with the median where there is no value, and one
column a category.
"""

import importlib.util
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tables.sets import Table

Answers = np.ndarray
Fit = Callable[[Table, Any, int, int], Callable[[Any], Answers]]


@dataclass(frozen=True)
class Model:
    """One of those that are compared.

    `fit` takes the table, the rows to learn from, a seed and a number of threads, and returns what
    answers for other rows: numbers (rows,), or probabilities (rows, classes) with classes sorted.
    """

    name: str
    distribution: str
    fit: Fit

    @property
    def installed(self) -> bool:
        """Whether its package is there."""
        modules = {"scikit-learn": "sklearn"}
        name = modules.get(self.distribution, self.distribution)
        return importlib.util.find_spec(name) is not None


def badak(
    effort: str, table: Table, train: Any, seed: int, threads: int
) -> Callable[[Any], Answers]:
    """``badak train``, which holds 1 % of the rows back for its own verdict."""
    import polars as pl

    from badak.recipes.tables import TableTraining
    from badak.recipes.tables import train as train_table

    with tempfile.TemporaryDirectory(prefix="badak-benchmarks-") as folder:
        path = Path(folder) / f"{table.name}.parquet"
        train.to_parquet(path, index=False)
        options = TableTraining(
            path,
            table.target,
            task=table.task,
            seed=seed,
            held_out=0.01,
            effort=effort,
            trees=False,
        )
        result = train_table(options)
    prepare = result.preparation
    order = np.argsort(prepare.target.classes) if prepare.target.classes else None

    def answer(rows: Any) -> Answers:
        frame = pl.from_pandas(rows.drop(columns=table.target))
        answers = result.model.predict(prepare.transform(frame))
        return answers[:, 0] if order is None else answers[:, order]

    return answer


def catboost(table: Table, train: Any, seed: int, threads: int) -> Callable[[Any], Answers]:
    """CatBoost, which takes categories as strings."""
    from catboost import CatBoostClassifier, CatBoostRegressor

    words = _words(table, train)

    def as_taken(rows: Any) -> Any:
        rows = rows.drop(columns=table.target)
        return rows.assign(**{name: rows[name].fillna("").astype(str) for name in words})

    kind = CatBoostRegressor if table.task == "regression" else CatBoostClassifier
    model = kind(random_seed=seed, thread_count=threads, verbose=False, allow_writing_files=False)
    model.fit(as_taken(train), train[table.target], cat_features=words)
    return _answering(table, model, as_taken)


def lightgbm(table: Table, train: Any, seed: int, threads: int) -> Callable[[Any], Answers]:
    """LightGBM, with pandas's categories."""
    from lightgbm import LGBMClassifier, LGBMRegressor

    as_taken = _categories(table, train)
    kind = LGBMRegressor if table.task == "regression" else LGBMClassifier
    model = kind(random_state=seed, n_jobs=threads, verbose=-1)
    model.fit(as_taken(train), train[table.target])
    return _answering(table, model, as_taken)


def xgboost(table: Table, train: Any, seed: int, threads: int) -> Callable[[Any], Answers]:
    """XGBoost, with pandas's categories."""
    from xgboost import XGBClassifier, XGBRegressor

    as_taken = _categories(table, train)
    kind = XGBRegressor if table.task == "regression" else XGBClassifier
    model = kind(random_state=seed, n_jobs=threads, enable_categorical=True)
    target = train[table.target]
    if table.task == "classification":
        target = np.unique(target, return_inverse=True)[1]
    model.fit(as_taken(train), target)
    return _answering(table, model, as_taken)


def hist_gradient_boosting(
    table: Table, train: Any, seed: int, threads: int
) -> Callable[[Any], Answers]:
    """scikit-learn's HistGradientBoosting, with pandas's categories; at most 255 of a column."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    as_taken = _categories(table, train, most=254)
    regression = table.task == "regression"
    kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    model = kind(random_state=seed, categorical_features="from_dtype")
    model.fit(as_taken(train), train[table.target])
    return _answering(table, model, as_taken)


def scikit_learn_mlp(table: Table, train: Any, seed: int, threads: int) -> Callable[[Any], Answers]:
    """scikit-learn's MLP of badak's width, stopped early."""
    from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = _words(table, train)
    numbers = [name for name in train.columns if name not in (*words, table.target)]
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    filled = SimpleImputer(strategy="constant", fill_value="")
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("words", make_pipeline(filled, one_hot), words),
        ]
    )
    settings = {"hidden_layer_sizes": (128, 64), "early_stopping": True, "random_state": seed}
    network: Any
    if table.task == "regression":
        scaled = TransformedTargetRegressor(MLPRegressor(**settings), transformer=StandardScaler())
        network = make_pipeline(prepare, scaled)
    else:
        network = make_pipeline(prepare, MLPClassifier(**settings))

    def as_taken(rows: Any) -> Any:
        rows = rows.drop(columns=table.target)
        return rows.assign(**{name: rows[name].astype(object) for name in words})

    network.fit(as_taken(train), train[table.target])
    return _answering(table, network, as_taken)


def realmlp(table: Table, train: Any, seed: int, threads: int) -> Callable[[Any], Answers]:
    """RealMLP with its tuned defaults, one network."""
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

    as_taken = _categories(table, train)
    kind = RealMLP_TD_Regressor if table.task == "regression" else RealMLP_TD_Classifier
    model = kind(device="cpu", random_state=seed, n_threads=threads, verbosity=0)
    model.fit(as_taken(train), train[table.target])
    return _answering(table, model, as_taken)


MODELS = (
    Model("badak", "badak", partial(badak, "standard")),
    Model("badak quick", "badak", partial(badak, "quick")),
    Model("badak best", "badak", partial(badak, "best")),
    Model("CatBoost", "catboost", catboost),
    Model("LightGBM", "lightgbm", lightgbm),
    Model("XGBoost", "xgboost", xgboost),
    Model("HistGradientBoosting", "scikit-learn", hist_gradient_boosting),
    Model("scikit-learn's MLP", "scikit-learn", scikit_learn_mlp),
    Model("RealMLP-TD", "pytabkit", realmlp),
)


def _words(table: Table, train: Any) -> list[str]:
    """Return the columns of categories."""
    columns = train.drop(columns=table.target)
    return [name for name in columns.columns if columns[name].dtype.kind not in "iufbM"]


def _categories(table: Table, train: Any, most: int | None = None) -> Callable[[Any], Any]:
    """Return what turns words into pandas's categories: those of the rows to learn from.

    With `most`, the most frequent ones; others become a missing value.
    """
    import pandas as pd

    known = {}
    for name in _words(table, train):
        counts = train[name].value_counts()
        known[name] = pd.CategoricalDtype(sorted(counts.index[:most]))

    def as_taken(rows: Any) -> Any:
        rows = rows.drop(columns=table.target)
        return rows.assign(**{name: rows[name].astype(kind) for name, kind in known.items()})

    return as_taken


def _answering(
    table: Table, model: Any, as_taken: Callable[[Any], Any]
) -> Callable[[Any], Answers]:
    method = model.predict if table.task == "regression" else model.predict_proba
    return lambda rows: np.asarray(method(as_taken(rows)), dtype=np.float64)
