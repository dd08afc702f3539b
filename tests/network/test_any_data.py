"""Wherever a network takes data, it takes them as people have them, to the same bits."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import Dense, Normalization

X = np.random.default_rng(0).normal(size=(24, 3)).round(2)
Y = np.arange(24) % 3
W = np.arange(24) % 5 + 1.0
NAMES = ["a", "b", "c"]

KINDS = {
    "pandas": (pd.DataFrame(X, columns=NAMES), pd.Series(Y), pd.Series(W)),
    "nullable": (
        pd.DataFrame(X, columns=NAMES).astype("Float64"),
        pd.Series(Y, dtype="Int64"),
        pd.Series(W, dtype="Float64"),
    ),
    "Polars": (pl.DataFrame(X, schema=NAMES), pl.Series(Y), pl.Series(W)),
    "PyArrow": (pa.table(dict(zip(NAMES, X.T, strict=True))), pa.array(Y), pa.array(W)),
    "objects": (X.astype(object), Y.astype(object), W.tolist()),
    "sparse": (scipy.sparse.csr_matrix(X), Y.tolist(), W),
}


def model() -> Sequential:
    made = Sequential([Input((3,)), Dense(4, "tanh"), Dense(3, "softmax")], engine="reference")
    made.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_takes_arrays_takes_what_people_have(kind):
    x, y, w = KINDS[kind]
    ours, theirs = model(), model()
    settings = {"epochs": 2, "verbose": 0}
    expected = theirs.fit(X, Y, sample_weight=W, validation_data=(X, Y, W), **settings)
    history = ours.fit(x, y, sample_weight=w, validation_data=(x, y, w), **settings)
    assert history.history == expected.history
    assert np.array_equal(ours.predict(x), theirs.predict(X))
    assert np.array_equal(ours.classify(x), theirs.classify(X))
    assert ours.evaluate(x, y, sample_weight=w) == theirs.evaluate(X, Y, sample_weight=W)
    assert ours.trace(x, y).loss == theirs.trace(X, Y).loss
    assert ours.inspect(x, y).loss == theirs.inspect(X, Y).loss
    assert all(map(np.array_equal, ours.gradients(x, y), theirs.gradients(X, Y)))
    explained = ours.explain(x[:1] if hasattr(x, "toarray") else np.asarray(x)[0])
    assert np.array_equal(explained.probabilities, theirs.explain(X[0]).probabilities)


def test_layers_adapt_to_a_frame():
    networks = [Sequential([Normalization(), Dense(1)], engine="reference") for _ in range(2)]
    networks[0].adapt(KINDS["Polars"][0])
    networks[1].adapt(X)
    assert np.array_equal(networks[0].predict(X), networks[1].predict(X))


def test_one_axis_of_samples_is_one_feature():
    line = Sequential([Input((1,)), Dense(1)], engine="reference")
    assert np.array_equal(line.predict([1.0, 2.0]), line.predict([[1.0], [2.0]]))
    assert line.fit(pd.Series([1.0, 2.0]), [2.0, 4.0], verbose=0).epoch == [0]
    assert line.trace([3.0], [6.0]).y.shape == (1, 1)


CALLS = {
    "fit": lambda m, given: m.fit(given, Y, verbose=0),
    "targets": lambda m, given: m.fit(X, given, verbose=0),
    "validation": lambda m, given: m.fit(X, Y, validation_data=(given, Y), verbose=0),
    "weights": lambda m, given: m.fit(X, Y, sample_weight=given, verbose=0),
    "predict": lambda m, given: m.predict(given),
    "classify": lambda m, given: m.classify(given),
    "evaluate": lambda m, given: m.evaluate(X, given),
    "trace": lambda m, given: m.trace(given),
    "explain": lambda m, given: m.explain(given),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("data.csv", "is the path 'data.csv': read the file first"),
        ({"a": [1.0]}, "is a dict with the keys 'a'"),
        (pd.DataFrame({"a": [1.0, None], "b": 1.0}), "the column 'a' of .* has a missing value"),
    ],
)
def test_what_cannot_be_taken_is_named_before_any_work(call, given, said):
    network = model()
    before = network.parameters.vector.copy()
    with pytest.raises(InputError, match=said):
        CALLS[call](network, given)
    assert np.array_equal(network.parameters.vector, before)


@pytest.mark.peers
def test_tensors_are_taken_with_their_gradients():
    torch = pytest.importorskip("torch")
    x, y = torch.tensor(X, requires_grad=True), torch.tensor(Y)
    ours, theirs = model(), model()
    assert ours.fit(x, y, verbose=0).history == theirs.fit(X, Y, verbose=0).history
    half = x.bfloat16()
    assert np.array_equal(ours.predict(half), theirs.predict(half.detach().float().numpy()))
