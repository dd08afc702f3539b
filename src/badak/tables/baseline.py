"""Baselines that a network has to beat: the naive guess, and linear or logistic regression.

The linear models are badak networks without hidden layers, so that they are scored alike.
"""

import math

import numpy as np

from badak._common.language import marked
from badak.layers import Dense, Input
from badak.network.sequential import Sequential
from badak.optimizers import Adam
from badak.optimizers.schedules import CosineDecay
from badak.regularizers import L2
from badak.tables.defaults import REGRESSION
from badak.tables.loading import TableData
from badak.tables.parts import TEST
from badak.tables.scores import TREES, Scores, score
from badak.tables.target import Target
from badak.tables.trees import Trees
from badak.typing import Array

STEPS = 4000  # of Adam; enough for a convex loss
BATCH_SIZE = 256
FIRST_RATE = 0.05
ROWS = 65536  # summed at once


def compare_with_baselines(
    model: Sequential,
    data: TableData,
    trees: Trees | None = None,
    *,
    metric: str | None = None,
) -> dict[str, Scores]:
    r"""Score a network and its baselines on the held-out rows.

    Parameters
    ----------
    model : Sequential
        The network, trained on the table.
    data : TableData
        The table.
    trees : Trees, optional
        What :func:`badak.tables.trees.grow_trees` returned, to be scored as well.
    metric : str, optional
        What comes first among the scores, and models are compared by, such as "f1" or "mae"; see
        :data:`badak.tables.defaults.MEASURES`.

    Returns
    -------
    dict of str to Scores
        Of the network, linear or logistic regression, trees if they are given, and the naive guess
        (the mean, or the shares of the classes), in this order, under the names that are printed.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + i % 5}\n" for i in range(70))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> data = tables.load(path, target="sum")
    >>> model = tables.make_network(data, units=(8,))
    >>> _ = tables.train(model, data, epochs=3)
    >>> scores = compare_with_baselines(model, data)
    >>> list(scores)
    ['network', 'linear regression', 'mean']
    """
    target, (x, y), train = data.preparation.target, data.test, data.train
    linear = linear_model(target, *train, seed=model.seed).predict(x)
    naive = naive_answers(target, train[1], len(y))
    regression = target.task == REGRESSION
    answers: dict[str, Array] = {
        marked("network"): model.predict(x),
        marked("linear regression") if regression else marked("logistic regression"): linear,
        **({} if trees is None or trees.answers is None else {TREES: trees.answers}),
        marked("mean") if regression else marked("shares of classes"): naive,
    }
    groups = data.keys_of(TEST).get("groups")
    threshold = data.preparation.threshold
    metrics = () if metric is None else (metric,)
    return {
        name: score(target, y, each, metrics=metrics, threshold=threshold, groups=groups)
        for name, each in answers.items()
    }


def naive_answers(target: Target, y: Array, count: int) -> Array:
    """Return the guess that ignores the features, for `count` rows: (count, outputs).

    The mean of the training targets y, or each class's share of them.
    """
    if target.task == REGRESSION:
        return np.full((count, 1), y.mean())
    shares = np.bincount(y, minlength=len(target.classes)) / len(y)
    return np.broadcast_to(shares, (count, len(shares)))


def linear_model(target: Target, x: Array, y: Array, seed: int = 0) -> Sequential:
    """Return linear or logistic regression, learnt from x (rows, features) and y (rows,).

    Linear regression is the least-squares solution. Logistic regression is a network without
    hidden layers, penalised by half the sum of its squared weights as scikit-learn's is by default,
    and trained to convergence by Adam with a learning rate that falls to 0.
    """
    return _least_squares(x, y) if target.task == REGRESSION else _logistic(target, x, y, seed)


def _least_squares(x: Array, y: Array) -> Sequential:
    model = Sequential([Input((x.shape[1],)), Dense(1)], name="linear_regression")
    mean, y_mean = np.zeros(x.shape[1]), y.mean()
    for rows in _parts(len(x)):
        mean += x[rows].sum(axis=0, dtype=np.float64) / len(x)
    if len(x) < x.shape[1]:  # fewer rows than features: their products are the smaller matrix
        centred = x - mean
        weights = centred.T @ np.linalg.lstsq(centred @ centred.T, y - y_mean, rcond=1e-10)[0]
        model.set_weights([weights[:, np.newaxis], np.array([y_mean - mean @ weights])])
        return model
    squares, products = np.zeros((len(mean), len(mean))), np.zeros(len(mean))
    for rows in _parts(len(x)):
        centred = x[rows] - mean
        squares += centred.T @ centred
        products += centred.T @ (y[rows] - y_mean)
    # Features may be linearly dependent (of two categories either determines the other): lstsq
    # takes the solution of least norm. Directions below float32's rounding count as zero.
    weights = np.linalg.lstsq(squares, products, rcond=1e-10)[0]
    model.set_weights([weights[:, np.newaxis], np.array([y_mean - mean @ weights])])
    return model


def _logistic(target: Target, x: Array, y: Array, seed: int) -> Sequential:
    # Of two classes each unit has half the weight of the one sigmoid unit of scikit-learn's.
    price = 1.0 if len(target.classes) == 2 else 0.5
    output = Dense(len(target.classes), "softmax", kernel_regularizer=L2(price / len(x)))
    model = Sequential([Input((x.shape[1],)), output], name="logistic_regression", seed=seed)
    steps = math.ceil(len(x) / BATCH_SIZE)
    epochs = math.ceil(STEPS / steps)
    rate = CosineDecay(FIRST_RATE, decay_steps=steps * epochs)
    model.compile(Adam(rate), "sparse_categorical_crossentropy", [])
    model.fit(x, y, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
    return model


def _parts(count: int) -> list[slice]:
    return [slice(start, start + ROWS) for start in range(0, count, ROWS)]
