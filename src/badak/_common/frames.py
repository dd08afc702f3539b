"""Frames and their columns as arrays, by narwhals: pandas, Polars, PyArrow and their like.

narwhals is loaded when the first frame is met.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from badak._common.extras import need
from badak._common.language import Phrase, counted, message
from badak._common.streams import called
from badak.errors import InputError
from badak.typing import Array

PROTOCOLS = ("__arrow_c_stream__", "__arrow_c_array__", "__dataframe__", "__narwhals_dataframe__")

Convert = Callable[[Array, str | Phrase], Array]


def is_frame(values: Any) -> bool:
    """Return whether values are a frame, or a column of one.

    >>> is_frame([1.0, 2.0])
    False
    """
    kind = type(values)
    return any(hasattr(kind, name) for name in PROTOCOLS)


def array_of_frame(values: Any, name: str | Phrase, convert: Convert) -> Array:
    """Return a frame as an array (rows, columns), or one column as an array (rows,).

    `convert` makes numbers of the objects in a column, given what errors call it. A single column
    of text stays text, for it may be labels.

    Raises InputError for a missing value, naming column and row, and for a column of text or dates
    in a frame.
    """
    given = narwhals_of(values, name)
    if not hasattr(given, "columns"):
        if given.name:
            name = Phrase("{name} (the column {column!r})", name=name, column=given.name)
        return _taken(given, name, convert)
    columns = [_numbers(given[:, place], name, convert) for place in range(len(given.columns))]
    if not columns:
        return np.empty((len(given), 0))
    turned = np.empty((len(columns), len(given)), np.result_type(*columns))
    for row, column in zip(turned, columns, strict=True):
        row[...] = column
    return turned.T


def narwhals_of(values: Any, name: str | Phrase) -> Any:
    """Return narwhals's frame or series of the values; InputError calls them `name`."""
    import narwhals as nw

    try:
        return nw.from_native(values, eager_only=True, allow_series=True)
    except nw.exceptions.DuplicateError:
        found = Counter(map(str, values.columns))
        twice = next(column for column, count in found.items() if count > 1)
        raise InputError(
            message(
                "{name} has more than one column {column!r}: rename them", name=name, column=twice
            )
        ) from None
    except TypeError:  # what else offers Arrow's protocols: an array, a batch of records
        pa = need("pyarrow", "badak[tables]", f"{name}, {called(values)},")
    try:
        whole = hasattr(type(values), "__arrow_c_stream__")
        known = pa.table(values) if whole else pa.chunked_array([pa.array(values)])
        return nw.from_native(known, eager_only=True, allow_series=True)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise InputError(
            message(
                "{name} offers Arrow's protocol, but cannot be read: {error}",
                name=name,
                error=error,
            )
        ) from error


def _numbers(column: Any, name: str | Phrase, convert: Convert) -> Array:
    """Return a column of a frame as numbers."""
    of = Phrase("the column {column!r} of {name}", column=column.name, name=name)
    array = _taken(column, of, convert)
    if array.dtype.kind in "fiub" and array.ndim == 1:
        return array
    if array.dtype.kind in "Mm":
        raise InputError(
            message(
                "{of} holds dates or times: turn them into numbers, such as the year or the days "
                "since a date; badak.tables and the command badak train take them as they are",
                of=of,
            )
        )
    texts = [value for value in array.ravel().tolist() if isinstance(value, str)]
    if texts:
        raise InputError(
            message(
                "{of} holds text, such as {text!r}: turn it into numbers, with scikit-learn's "
                "OneHotEncoder or OrdinalEncoder; badak.tables and the command badak train take "
                "it as it is",
                of=of,
                text=texts[0],
            )
        )
    raise InputError(
        message("{of} holds {dtype}, not one number in each row", of=of, dtype=column.dtype)
    )


def _taken(column: Any, name: str | Phrase, convert: Convert) -> Array:
    """Return a column as NumPy has it, or InputError where a value is missing."""
    missing = int(column.null_count())
    if missing:
        flags = column.is_null().to_list()
        _refuse_missing(column, name, flags.index(True), missing)
    array = convert(np.asarray(column.to_numpy()), name)
    if array.dtype.kind == "f":
        wrong = np.isnan(array).reshape(len(array), -1).any(axis=1)
        if wrong.any():
            _refuse_missing(column, name, int(wrong.argmax()), int(wrong.sum()))
    return array


def _refuse_missing(column: Any, name: str | Phrase, row: int, count: int) -> None:
    import narwhals as nw

    index = nw.maybe_get_index(column)
    label = row if index is None else index[row]
    of_index = "" if label == row else message(" (index {label!r})", label=label)
    raise InputError(
        counted(
            "{name} has a missing value, in row {row}{of_index}: fill it, or leave out such rows; "
            "badak.tables and the command badak train take missing values as they are",
            "{name} has {count:,} missing values, the first in row {row}{of_index}: fill them, or "
            "leave out such rows; badak.tables and the command badak train take missing values as "
            "they are",
            count,
            name=name,
            row=row,
            of_index=of_index,
        )
    )
