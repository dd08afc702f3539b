"""Frames, as a page reads them."""

import json
import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from badak.lab.frames import pack, unpack

ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=10),
    st.tuples(
        st.sampled_from(["float32", "float64", "uint8", "int32"]),
        st.lists(st.integers(0, 5), max_size=3),
    ),
    max_size=5,
)


@given(ARRAYS, st.dictionaries(st.text(), st.text() | st.floats() | st.none()))
def test_every_array_begins_at_a_multiple_of_8_and_comes_back(described, head):
    made = {
        name: np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(kind)
        for name, (kind, shape) in described.items()
    }
    head = {k: v for k, v in head.items() if k != "arrays"}
    frame = pack(head, made)
    assert len(frame) % 8 == 0
    length = struct.unpack("<I", frame[:4])[0]
    assert (4 + length) % 8 == 0
    told, arrays = unpack(frame)
    assert all(each["offset"] % 8 == 0 for each in told["arrays"])
    assert set(told) == {*head, "arrays"}
    for name, array in made.items():
        assert np.array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def test_other_types_are_sent_as_the_nearest_one():
    sent = {"a": np.array([True, False]), "b": np.arange(3), "c": np.float16([0.5])}
    _, arrays = unpack(pack({}, sent))
    assert [arrays[name].dtype.name for name in sent] == ["uint8", "int32", "float32"]


def test_nan_in_the_head_is_null_and_in_arrays_itself():
    frame = pack({"loss": float("nan"), "말": "손실"}, {"x": np.array([np.nan], np.float32)})
    head, arrays = unpack(frame)
    assert head["loss"] is None
    assert head["말"] == "손실"
    assert np.isnan(arrays["x"][0])
    length = struct.unpack("<I", frame[:4])[0]
    json.loads(frame[4 : 4 + length].decode(), parse_constant=lambda name: 1 / 0)
