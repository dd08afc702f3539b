"""Data as people have them become arrays, and what is none is named for what it is."""

import array
import io
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

from badak._common import arrays
from badak._common.samples import as_array, check_pairs, check_samples
from badak.errors import InputError

WHOLE = np.array([[1, 0], [3, 1], [5, 0]])
LEFT, RIGHT = WHOLE.T.tolist()
FRAME = pd.DataFrame({"left": LEFT, "right": RIGHT})

TAKEN = {
    "pandas": FRAME,
    "nullable whole numbers": FRAME.astype("Int64"),
    "nullable floats": FRAME.astype("Float64"),
    "nullable booleans": pd.DataFrame(
        {"left": LEFT, "right": pd.array([False, True, False], dtype="boolean")}
    ),
    "Arrow-backed": FRAME.astype({"left": "int64[pyarrow]", "right": "double[pyarrow]"}),
    "Arrow-backed booleans": FRAME.astype({"right": "bool[pyarrow]"}),
    "booleans": FRAME.astype({"right": bool}),
    "categories that are numbers": FRAME.astype("category"),
    "numbers as objects": FRAME.astype(object),
    "decimals": FRAME.map(Decimal),
    "sparse columns": FRAME.astype(pd.SparseDtype(float, 0.0)),
    "Polars": pl.DataFrame({"left": LEFT, "right": RIGHT}),
    "Polars, of booleans and decimals": pl.DataFrame(
        {"left": pl.Series(LEFT).cast(pl.Decimal(9, 2)), "right": pl.Series(RIGHT).cast(bool)}
    ),
    "PyArrow": pa.table({"left": LEFT, "right": RIGHT}),
    "a batch of records": pa.RecordBatch.from_pydict({"left": LEFT, "right": RIGHT}),
    "records": np.array(list(zip(LEFT, RIGHT, strict=True)), dtype=[("l", int), ("r", float)]),
    "lists": WHOLE.tolist(),
    "fractions": [[Fraction(n) for n in row] for row in WHOLE.tolist()],
    "objects": WHOLE.astype(object),
    "arrays in an array of objects": pd.Series(list(WHOLE)),
    "a list of pandas's columns": [pd.Series(row, dtype="Int64") for row in WHOLE],
    "a list of Polars's columns": [pl.Series(row) for row in WHOLE],
    "a list of PyArrow's arrays": [pa.array(row) for row in WHOLE],
    "arrays of fixed length": pl.Series(WHOLE.tolist(), dtype=pl.Array(pl.Int64, 2)),
    "rows of a compressed matrix": scipy.sparse.csr_matrix(WHOLE),
    "a sparse array": scipy.sparse.coo_array(WHOLE),
}


@pytest.mark.parametrize("name", TAKEN)
def test_numbers_are_taken_however_they_are_kept(name):
    samples = check_samples(TAKEN[name], (2,))
    assert samples.dtype.kind in "fiub"
    assert np.array_equal(samples, WHOLE)


@pytest.mark.parametrize(
    "given",
    [
        pd.Series(LEFT, dtype="Int64"),
        pd.Index(LEFT),
        pd.array(LEFT, dtype="Int64"),
        pl.Series(LEFT),
        pa.array(LEFT),
        pa.chunked_array([LEFT[:1], LEFT[1:]]),
        array.array("d", LEFT),
        range(1, 6, 2),
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_column_is_one_axis(given):
    assert as_array(given, "y").tolist() == LEFT


def test_a_frame_of_several_types_is_of_one_that_holds_them_all():
    frame = pl.DataFrame(
        {"a": pl.Series([1], dtype=pl.UInt8), "b": pl.Series([0.5], dtype=pl.Float32)}
    )
    assert as_array(frame, "x").dtype == np.result_type(np.uint8, np.float32)


def test_an_array_of_numbers_is_not_copied():
    assert as_array(WHOLE, "x") is WHOLE


def test_whole_numbers_that_no_integer_of_numpy_holds_are_floats():
    assert as_array(np.array([10**30, 1], dtype=object), "x").tolist() == [1e30, 1.0]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, 2, 3], "age": pd.array([7, None, None], dtype="Int64")}),
        pd.DataFrame({"a": [1, 2, 3], "age": pd.array([1.5, None, None], dtype="Float64")}),
        pd.DataFrame({"age": pd.array([True, None, None], dtype="boolean")}),
        pd.DataFrame({"age": pd.Series([1, None, None], dtype="int64[pyarrow]")}),
        pd.DataFrame({"age": [1.0, np.nan, np.nan]}),
        pd.DataFrame({"age": pd.Series([1, None, pd.NA], dtype=object)}),
        pd.DataFrame({"age": pd.Series([1, None, None], dtype="category")}),
        pl.DataFrame({"age": [1, None, None]}),
        pl.DataFrame({"age": [1.0, float("nan"), float("nan")]}),
        pa.table({"age": [1, None, None]}),
    ],
)
def test_missing_values_are_named_by_column_and_row(frame):
    said = "the column 'age' of x has 2 missing values, the first in row 1: fill them, or leave"
    with pytest.raises(InputError, match=said):
        as_array(frame, "x")


def test_a_row_is_named_by_its_index_too_where_that_is_another():
    frame = pd.DataFrame({"age": [1.0, np.nan]}, index=["Kim", "Lee"])
    with pytest.raises(InputError, match=r"a missing value, in row 1 \(index 'Lee'\): fill it"):
        as_array(frame, "x")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.Series([1, None], name="price", dtype="Int64"), r"y \(the column 'price'\) has a miss"),
        (np.array([[1.0, None]], dtype=object), r"y\[0, 1\] is None, a missing value \(1 of 2\)"),
        ([1, pd.NA], r"y\[1\] is NA, a missing value"),
        ([[1.0], [None]], r"y\[1, 0\] is None"),
    ],
)
def test_a_missing_value_is_named_with_its_place(given, said):
    with pytest.raises(InputError, match=said):
        as_array(given, "y")


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["Seoul", "Busan"]),
        pd.Series(["Seoul", "Busan"], dtype="category"),
        pd.Series(["Seoul", "Busan"], dtype="string[pyarrow]"),
        pd.Series([1, "Seoul"], dtype=object),
    ],
)
def test_a_column_of_text_is_refused_by_its_name_with_the_way_out(column):
    frame = pd.DataFrame({"size": [1.0, 2.0], "city": column})
    with pytest.raises(
        InputError, match=r"'city' of x holds text, such as 'Seoul': .*OneHotEnc.*badak\.tables"
    ):
        as_array(frame, "x")


def test_text_in_frames_of_polars_and_pyarrow_is_refused_alike():
    for frame in (pl.DataFrame({"city": ["Seoul"]}), pa.table({"city": ["Seoul"]})):
        with pytest.raises(InputError, match="'city' of x holds text, such as 'Seoul'"):
            as_array(frame, "x")


def test_a_single_column_of_text_stays_text_for_it_may_be_labels():
    assert as_array(pl.Series(["yes", "no"]), "y").tolist() == ["yes", "no"]


def test_dates_and_lists_in_a_column_are_refused_by_its_name():
    with pytest.raises(InputError, match="'day' of x holds dates or times: turn them into numbers"):
        as_array(pd.DataFrame({"day": pd.to_datetime(["2024-03-01"])}), "x")
    with pytest.raises(InputError, match=r"'all' of x holds List\(Int64\), not one number in each"):
        as_array(pl.DataFrame({"all": [[1, 2]]}), "x")


class Loader:
    """A loader of batches, by its shape."""

    def __iter__(self):
        return iter([])


class Singles:
    """A data set of single samples, as PyTorch's are."""

    def __getitem__(self, place):
        raise IndexError(place)

    def __len__(self):
        return 3


Singles.__name__ = "Dataset"


class Ragged:
    """A tensor of rows of unequal length, as TensorFlow's."""

    row_splits = (0, 2, 3)


class SparseTensor:
    """Numbers and their places, as TensorFlow's."""


REFUSED = {
    "nothing": (None, "x is None: give an array"),
    "a path": (
        "train.csv",
        r"x is the path 'train.csv': read the file first, with pandas\.read_csv",
    ),
    "text": ("hello", "x is the text 'hello': give an array"),
    "a dictionary": ({"a": [1], "b": [2]}, "x is a dict with the keys 'a', 'b': a network takes"),
    "records": ([{"a": 1}], r"x\[0\] is a dict with the keys 'a': .*pandas\.DataFrame"),
    "a set": ({1, 2}, r"x is a set, which is no array: give list\(\.\.\.\) of it"),
    "a generator": (
        (n for n in [1]),
        "x is a generator, which gives batches: .* here give one array",
    ),
    "a loader": (Loader(), "x is a .*Loader, which gives batches"),
    "single samples": (Singles(), r"gives one sample at a time: .*DataLoader\(dataset, batch_size"),
    "a ragged tensor": (
        Ragged(),
        r"Ragged, whose rows may differ .* give \.to_tensor\(\)",
    ),
    "a sparse tensor": (
        SparseTensor(),
        r"SparseTensor: give tf\.sparse\.to_dense\(\.\.\.\)",
    ),
    "an open file": (io.StringIO("1,2"), r"x is an open file, a _io StringIO: read it first, with"),
    "a function": (len, "x is a builtin_function_or_method: call it"),
    "a lazy frame": (pl.LazyFrame({"a": [1]}), r"polars LazyFrame, .*give \.collect\(\) of it"),
    "an object": (object(), "x is an object: give an array of numbers"),
    "rows of unequal length": (
        [[1, 2], [3]],
        r"unequal length: x\[0\] is of shape \(2,\), x\[1\] of",
    ),
    "complex numbers": ([[1j]], "x must be numbers, not complex128: give the real and the imag"),
    "dates": (np.array([["2024-03-01"]], "M8[D]"), "turn dates and times into numbers first"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_array_is_named_for_what_it_is(name):
    given, said = REFUSED[name]
    with pytest.raises(InputError, match=said):
        check_samples(given)


def test_a_sparse_matrix_that_memory_does_not_hold_is_refused_with_its_size(monkeypatch):
    matrix = scipy.sparse.csr_matrix((1000, 1000))
    monkeypatch.setattr(arrays, "available_bytes", lambda: 2 * matrix.shape[0] ** 2 * 8)
    assert as_array(matrix, "x").shape == (1000, 1000)
    monkeypatch.setattr(arrays, "available_bytes", lambda: 2 * matrix.shape[0] ** 2 * 8 - 2)
    with pytest.raises(InputError, match=r"x is sparse, .*\(1000, 1000\) it would take 0\.0 GiB"):
        as_array(matrix, "x")


def test_targets_of_any_kind_are_counted():
    for targets in (pl.Series([1, 2]), scipy.sparse.csr_matrix(np.eye(2)), [1, 2]):
        check_pairs(np.zeros((2, 1)), targets, "y")
        with pytest.raises(InputError, match="x has 3 samples, but y has 2"):
            check_pairs(np.zeros((3, 1)), targets, "y")


def test_one_axis_will_do_for_one_feature():
    assert check_samples([1.0, 2.0], (1,)).tolist() == [[1.0], [2.0]]
    with pytest.raises(InputError, match=r"x is of shape \(2,\)"):
        check_samples([1.0, 2.0], (3,))


@pytest.mark.peers
class TestTensors:
    def test_a_tensor_of_pytorch_is_taken_with_its_gradient_and_of_any_float(self):
        torch = pytest.importorskip("torch")
        given = torch.tensor(WHOLE, dtype=torch.float32, requires_grad=True)
        for tensor in (
            given,
            given * 1.0,
            given.bfloat16(),
            given.half(),
            given.detach().to(torch.float8_e4m3fn),
            given.detach().to_sparse(),
            list(given),
            [list(row) for row in given],
        ):
            assert np.array_equal(check_samples(tensor, (2,)), WHOLE)
        with pytest.raises(InputError, match="device 'meta', which holds no numbers"):
            as_array(given.to("meta"), "x")

    def test_arrays_of_jax_and_of_bfloat16_are_taken(self):
        jnp = pytest.importorskip("jax.numpy")
        bfloat16 = jnp.asarray(WHOLE, jnp.bfloat16)
        for given in (jnp.asarray(WHOLE), bfloat16, np.asarray(bfloat16)):
            assert np.array_equal(check_samples(given, (2,)), WHOLE)

    def test_a_data_loader_and_its_data_set_are_named(self):
        data = pytest.importorskip("torch.utils.data")
        singles = data.TensorDataset()
        with pytest.raises(InputError, match="x is a torch TensorDataset, which gives one sample"):
            as_array(singles, "x")
        with pytest.raises(InputError, match="x is a torch DataLoader, which gives batches"):
            as_array(data.DataLoader([1, 2]), "x")


def test_two_columns_of_one_name_are_refused_by_it():
    frame = pd.DataFrame([[1.0, 2.0]], columns=["a", "a"])
    with pytest.raises(InputError, match="x has more than one column 'a': rename them"):
        as_array(frame, "x")


@pytest.mark.peers
class TestTensorFlow:
    @pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int64", "bool"])
    def test_tensors_and_variables_are_their_numbers(self, dtype):
        tensorflow = pytest.importorskip("tensorflow")
        numbers = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)
        tensor = tensorflow.cast(numbers, dtype)
        for given in (tensor, tensorflow.Variable(tensor), list(tensor)):
            assert as_array(given, "x").astype(np.float32).tolist() == numbers.tolist()

    def test_ragged_sparse_and_text_tensors_are_refused_with_the_way(self):
        tensorflow = pytest.importorskip("tensorflow")
        for given, way in (
            (tensorflow.ragged.constant([[1.0, 2.0], [3.0]]), r"RaggedTensor, .*\.to_tensor\(\)"),
            (tensorflow.sparse.from_dense(np.eye(2)), r"SparseTensor: give tf\.sparse\.to_dense"),
        ):
            with pytest.raises(InputError, match="x is a tensorflow " + way):
                as_array(given, "x")
        with pytest.raises(InputError, match="x must be numbers, not text, such as b'a'"):
            check_samples(tensorflow.constant([["a"]]), (1,))
