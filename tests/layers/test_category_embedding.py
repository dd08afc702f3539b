"""Vectors of categories, held to a lookup by hand and to PyTorch's Embedding."""

import numpy as np
import pytest

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import CategoryEmbedding, Dense

RNG = np.random.default_rng(0)
SIZES, UNITS = (4, 1, 37), (3, 1, 17)
CATEGORIES = np.stack([RNG.integers(size, size=60) for size in SIZES], axis=1)
T = RNG.normal(size=(60, 2)).astype(np.float32)
ENGINES = pytest.mark.parametrize("engine", ["reference", "compiled"])


def network(engine=None):
    stack = [Input((3,)), CategoryEmbedding(SIZES, UNITS), Dense(2)]
    return Sequential(stack, seed=2, engine=engine)


@ENGINES
def test_it_lays_the_tables_rows_side_by_side(engine):
    layer = CategoryEmbedding(SIZES, UNITS)
    model = Sequential([Input((3,)), layer], engine=engine)
    tables = layer.get_weights()
    expected = np.concatenate([w[CATEGORIES[:, n]] for n, w in enumerate(tables)], axis=1)
    np.testing.assert_array_equal(model.predict(CATEGORIES), expected)


@ENGINES
def test_every_number_that_is_no_category_takes_the_last_row_which_begins_at_zero(engine):
    layer = CategoryEmbedding([4], 3)
    model = Sequential([Input((1,)), layer], engine=engine)
    unknown = np.array([[-1.0], [4.0], [1e9], [-1e9], [2.5], [-0.5], [3.0000002]], np.float32)
    np.testing.assert_array_equal(model.predict(unknown), np.zeros((7, 3)))
    table = layer.get_weights()[0]
    table[4] = [1.0, 2.0, 3.0]
    layer.set_weights([table])
    np.testing.assert_array_equal(model.predict(unknown), np.tile(table[4], (7, 1)))
    np.testing.assert_array_equal(model.predict([[0.0], [3.0], [-0.0]]), table[[0, 3, 0]])


@pytest.mark.peers
def test_gradients_are_those_of_pytorchs_embedding():
    torch = pytest.importorskip("torch", reason="comes with the extra test-peers")
    model = network()
    model.compile(loss="mse")
    *tables, kernel, bias = (
        torch.tensor(v.astype(np.float64), requires_grad=True) for v in model.get_weights()
    )
    places = torch.tensor(CATEGORIES.T)
    lookup = torch.nn.functional.embedding
    looked_up = [lookup(place, w) for place, w in zip(places, tables, strict=True)]
    y = torch.cat(looked_up, dim=1) @ kernel + bias
    ((y - torch.tensor(T.astype(np.float64))) ** 2).mean().backward()
    found = model.gradients(CATEGORIES, T)
    for mine, theirs in zip(found, [*tables, kernel, bias], strict=True):
        np.testing.assert_allclose(mine, theirs.grad.numpy(), rtol=2e-4, atol=1e-7)


def test_both_engines_train_it_alike():
    x = CATEGORIES.astype(np.float32)
    x[::7, 2] = -1.0  # categories that are not known
    found = []
    for engine in ("reference", "compiled"):
        model = network(engine)
        model.compile("adam", "mse")
        model.fit(x, T, epochs=5, batch_size=16, verbose=0)
        found.append(model.get_weights())
    assert found[0][2][-1].all()  # the row of the others has learned
    assert not found[0][0][-1].any()  # and where there were none it has not
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_categories_alone_are_learned_exactly():
    x = np.arange(5.0)[:, np.newaxis]
    t = np.array([[3.0], [-1.0], [4.0], [1.0], [-5.0]])
    model = Sequential([Input((1,)), CategoryEmbedding([5], 1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(x, t, epochs=2000, batch_size=5, verbose=0)
    np.testing.assert_allclose(model.predict(x), t, atol=1e-2)


@pytest.mark.parametrize(
    ("sizes", "units", "complaint"),
    [
        ([3, 0], 2, "sizes of feature 1 must be a whole number of at least 1"),
        ([], 2, "sizes must name at least one"),
        ([3], 0, "units must be a whole number of at least 1"),
        ([3, 4], [2], "for each column its number of categories"),
        ([2**24], 1, "below 16,777,216"),
    ],
)
def test_sizes_and_units_that_do_not_fit_are_refused(sizes, units, complaint):
    with pytest.raises(InputError, match=complaint):
        CategoryEmbedding(sizes, units)


def test_samples_of_another_number_of_columns_are_refused():
    with pytest.raises(InputError, match="knows 2 columns, but the samples have 3"):
        Sequential([Input((3,)), CategoryEmbedding([2, 2], 2)])
