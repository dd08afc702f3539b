"""The estimators take data as people have them, to the same bits, and keep the columns' names."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

from badak.errors import InputError
from badak.estimators import MLPClassifier, MLPRegressor

X = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
Y = np.arange(30) % 2
NAMES = ["a", "b", "c"]
FRAME = pd.DataFrame(X, columns=NAMES)

KINDS = {
    "pandas": (FRAME, pd.Series(Y)),
    "nullable": (FRAME.astype("Float32"), pd.Series(Y, dtype="Int64")),
    "Arrow-backed": (FRAME.astype("float[pyarrow]"), pd.Series(Y, dtype="int64[pyarrow]")),
    "objects": (FRAME.astype(object), pd.Series(Y, dtype=object)),
    "Polars": (pl.DataFrame(X, schema=NAMES), pl.Series(Y)),
    "PyArrow": (pa.table(dict(zip(NAMES, X.T, strict=True))), pa.array(Y)),
    "sparse": (scipy.sparse.csr_matrix(X), Y.tolist()),
}


def classifier() -> MLPClassifier:
    return MLPClassifier((4,), solver="lbfgs", max_fun=5, random_state=0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_numbers_are_taken_however_they_are_kept(kind):
    x, y = KINDS[kind]
    ours, theirs = classifier().fit(x, y), classifier().fit(X, Y)
    assert np.array_equal(ours.predict_proba(x), theirs.predict_proba(X))
    assert ours.score(x, y) == theirs.score(X, Y)
    if hasattr(x, "columns") or kind == "PyArrow":
        assert ours.feature_names_in_.tolist() == NAMES


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_labels_of_text_are_classes():
    names = np.array(["no", "yes"])[Y]
    for labels in (pd.Series(names), pd.Series(names, dtype="category"), pl.Series(names)):
        fitted = classifier().fit(FRAME, labels)
        assert fitted.classes_.tolist() == ["no", "yes"]
        assert fitted.score(FRAME, labels) == classifier().fit(X, names).score(X, names)


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_columns_in_another_order_are_refused_as_scikit_learn_does():
    fitted = classifier().fit(FRAME, Y)
    for other in (FRAME[["b", "a", "c"]], pl.DataFrame(X, schema=["a", "b", "z"])):
        with pytest.raises(ValueError, match="feature names should match"):
            fitted.predict(other)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_missing_values_and_text_are_named_by_their_column(kind):
    with pytest.raises(InputError, match="the column 'b' of X has a missing value, in row 2"):
        kind().fit(FRAME.assign(b=[1.0, 2.0, None, *[0.0] * 27]), Y)
    with pytest.raises(InputError, match="the column 'b' of X holds text, such as 'x'"):
        kind().fit(FRAME.assign(b="x"), Y)
    with pytest.raises(InputError, match=r"y \(the column 'price'\) has a missing value, in row 0"):
        kind().fit(FRAME, pd.Series([None, *Y[1:]], name="price", dtype="Int64"))


def test_what_is_no_array_is_named_for_what_it_is():
    with pytest.raises(InputError, match="X is a dict with the keys 'a'"):
        MLPRegressor().fit({"a": [1.0]}, [1.0])


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_tensors_are_taken_with_their_gradients():
    torch = pytest.importorskip("torch")
    x, y = torch.tensor(X, requires_grad=True), torch.tensor(Y)
    fitted = classifier().fit(x, y)
    assert np.array_equal(fitted.predict(x), classifier().fit(X, Y).predict(X))
    assert fitted.score(x, y) == fitted.score(X, Y)
