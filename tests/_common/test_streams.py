"""What gives batches is told from arrays by what it can do."""

import io
from collections import deque

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

from badak._common.streams import called, is_numbered, is_read_once, is_stream


class Iterable:
    def __iter__(self):
        return iter([])


class Sized(Iterable):
    def __len__(self):
        return 0


class Numbered:
    def __len__(self):
        return 0

    def __getitem__(self, number):
        raise IndexError(number)

    def on_epoch_end(self):
        pass


class Singles(Iterable):
    """Of single samples, as the data sets of PyTorch and of Hugging Face."""

    def __getitem__(self, number):
        raise IndexError(number)


ITERATORS = [(n for n in []), iter([]), zip([], strict=True), map(int, [])]
STREAMS = [*ITERATORS, Iterable(), Sized(), Numbered()]
ARRAYS = [
    np.zeros(2),
    [1.0],
    (1.0,),
    range(3),
    deque([1.0]),
    "text",
    b"bytes",
    {},
    {}.keys(),
    set(),
    None,
    1.0,
    pd.DataFrame(),
    pd.Series([1.0]),
    pl.DataFrame(),
    pl.Series([1.0]),
    pa.table({}),
    pa.array([1.0]),
    scipy.sparse.csr_matrix((1, 1)),
    Singles(),
    io.StringIO(),
]


@pytest.mark.parametrize("given", STREAMS, ids=lambda given: type(given).__name__)
def test_what_is_iterated_for_batches_or_gives_them_by_number_is_a_stream(given):
    assert is_stream(given)


@pytest.mark.parametrize("given", ARRAYS, ids=lambda given: type(given).__name__)
def test_what_is_an_array_or_gives_single_samples_is_none(given):
    assert not is_stream(given)


def test_iterators_are_read_once_and_all_else_begins_anew():
    assert [is_read_once(each) for each in STREAMS] == [True] * 4 + [False] * 3
    assert [is_numbered(each) for each in STREAMS] == [False] * 6 + [True]


def test_an_object_is_called_by_its_class_and_package():
    assert called(pl.Series([1.0])) == "a polars Series"
    assert called(iter([])) == "a list_iterator"


@pytest.mark.peers
def test_loaders_of_pytorch_and_data_sets_of_keras_are_streams():
    data = pytest.importorskip("torch.utils.data")
    assert is_stream(data.DataLoader([1]))
    assert not is_stream(data.TensorDataset())
