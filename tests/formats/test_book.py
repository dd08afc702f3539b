import contextlib
import copyreg
import functools
import hashlib
import io
import os
import pickle
import struct
import subprocess
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from badak.errors import FileFormatError, InputError
from badak.formats import book
from badak.formats.book import unpickler

PROTOCOLS = range(6)
WEIGHTS = {
    "W1": np.arange(6, dtype=np.float32).reshape(2, 3),
    "b1": np.asfortranarray(np.ones((3, 2))),
    "steps": np.int64(7),
    "names": ["a", "b"],
}

# What happens inside the interpreter, for the tests that nothing of a file is run.
# An audit hook cannot be taken away again, so that it only looks while it is told to.
WATCHED: dict[str, Any] = {"watching": False, "events": []}
RUNNING = ("import", "exec", "compile", "open", "pickle.", "os.", "subprocess.", "socket.")


def look(event, arguments):
    if WATCHED["watching"] and event.startswith(RUNNING):
        WATCHED["events"].append((event, arguments))


sys.addaudithook(look)


"".encode("raw_unicode_escape")  # Python imports a codec of its own when it is first used


@contextlib.contextmanager
def nothing_runs():
    WATCHED["events"].clear()
    WATCHED["watching"] = True
    try:
        yield
    finally:
        WATCHED["watching"] = False
    assert WATCHED["events"] == []


def load(content):
    file = io.BytesIO(content)
    with nothing_runs():
        return book.load(file)


def refusal(content):
    with pytest.raises(FileFormatError) as caught:
        load(content)
    return str(caught.value)


def assert_same(one, other):
    """Equal in kind, shape, type and value, however deep."""
    if isinstance(one, dict):
        assert list(one) == list(other)
        one, other = list(one.values()), list(other.values())
    if isinstance(one, list | tuple):
        assert type(one) is type(other)
        for each, its in zip(one, other, strict=True):
            assert_same(each, its)
        return
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert one.flags.c_contiguous == other.flags.c_contiguous
        assert one.flags.f_contiguous == other.flags.f_contiguous
    np.testing.assert_array_equal(one, other)


def test_the_watch_sees_what_a_hostile_pickle_does():
    with pytest.raises(AssertionError), nothing_runs():
        pickle.loads(b"cos\nsystem\n(S'true'\ntR.")
    assert {"pickle.find_class", "os.system"} <= {event for event, _ in WATCHED["events"]}


def test_the_books_weights(shared_data):
    path = shared_data / "book" / "sample_weight.pkl"
    expected = pickle.loads(path.read_bytes())
    with path.open("rb") as file:  # as the book's scripts do
        opened = book.load(file)
    for weights in (opened, book.load(path), book.load(str(path))):
        assert_same(weights, expected)
        assert weights["W1"].shape == (784, 50)
        assert weights["W1"].dtype == np.float32
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == "b7f55a27988ba34c3777b0f1bbd464817c8a4db855723e6ff26f703501917a13"


NUMBERS = st.sampled_from(
    ["?", "i1", "u1", "f2"]
    + [order + code for code in ("i2", "u4", "i8", "f4", "f8", "c8", "c16") for order in "<>"]
)
ARRAYS = NUMBERS.flatmap(lambda dtype: arrays(dtype, array_shapes(min_dims=0, min_side=0)))
PLAIN = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.text() | st.binary(max_size=300)
)  # fmt: skip
VALUES = st.recursive(
    ARRAYS
    | ARRAYS.map(np.asfortranarray)
    | NUMBERS.map(lambda code: np.ones((), code)[()])
    | PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(weights=st.dictionaries(st.text(), VALUES, max_size=4), protocol=st.sampled_from(PROTOCOLS))
def test_it_reads_what_python_writes_as_python_does(weights, protocol):
    content = pickle.dumps(weights, protocol)
    assert_same(load(content), pickle.loads(content))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_arrays_are_ones_own_to_change(protocol):
    shared = np.zeros(3000, np.float32)
    weights = load(pickle.dumps({"a": shared, "b": shared.copy(), "again": shared}, protocol))
    weights["a"][:] = 1.0
    assert not weights["b"].any()
    assert weights["again"] is weights["a"]  # one array under two names stays one


@pytest.mark.parametrize("protocol", [0, 1, 2, 3])
def test_arrays_of_older_numpy_are_read(protocol):
    content = pickle.dumps(WEIGHTS, protocol)
    assert b"numpy._core." in content
    assert_same(load(content.replace(b"numpy._core.", b"numpy.core.")), WEIGHTS)


class Calls:
    """An object whose pickle calls a function when it is loaded by Python."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


HOSTILE = {
    "system": Calls(os.system, "touch owned"),
    "eval": Calls(eval, "open('owned', 'w')"),
    "exec": Calls(exec, "open('owned', 'w')"),
    "partial": Calls(functools.partial, print, "owned"),
    "getattr": Calls(getattr, 1, "real"),
    "numpy load": Calls(np.load, "owned"),
    "import": Calls(__import__, "antigravity"),
    "Popen": Calls(subprocess.Popen, ["touch", "owned"]),
    "a class": Calls(type, "Owned", (), {}),
    "bytearray": Calls(bytearray, 3),
    "memmap": Calls(np.memmap, "owned"),
    "a file": Calls(open, "owned", "w"),
    "complex": 3j,
    "a set": {1},
    "a frozen set": frozenset({1}),
    "matrix": Calls(np.ndarray.__new__, np.matrix),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("depth", ["alone", "among weights", "in an array"])
def test_nothing_of_a_hostile_pickle_is_run(name, protocol, depth, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    thing = HOSTILE[name]
    if depth == "among weights":
        thing = {**WEIGHTS, "b9": [thing]}
    if depth == "in an array":
        thing = {"W1": np.array([thing, None], object)}
    message = refusal(pickle.dumps(thing, protocol))
    assert "nothing of it was run" in message
    assert list(tmp_path.iterdir()) == []


SYSTEM = b"cposix\nsystem\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (SYSTEM + b".", r"byte 0: it asks for posix.system, but only arrays"),
        (SYSTEM + b"(S'touch owned'\ntR.", "posix.system"),
        (b"(S'touch owned'\niposix\nsystem\n.", "posix.system"),
        (b"(" + SYSTEM + b"S'touch owned'\no.", "posix.system"),
        (b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x05touch\x85R.", "posix.system"),
        # The name laid aside in the memo first, under a number far from the others.
        (b"\x80\x04\x8c\x06systemr\xff\xff\xff\xff0\x8c\x05posixj\xff\xff\xff\xff\x93.", "posix"),
        (b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x942h\x01\x93.", "system.system"),
        # Names below a name that is admitted.
        (b"\x80\x04\x8c\x05numpy\x8c\x0bndarray.dot\x93.", "numpy.ndarray.dot"),
        (b"\x80\x04\x8c\x05numpy\x8c\x11core.multiarray.x\x93.", "numpy.core.multiarray.x"),
        (b"cnumpy\nload\n.", "numpy.load"),
        (b"cnumpy.core.multiarray\nfrombuffer\n.", "frombuffer"),
        (b"c_codecs\nescape_encode\n.", "_codecs.escape_encode"),
        (b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x05\x00\x00\x00rot13tR.", "Latin-1"),
        (b"c__builtin__\nbytes\n(K\x05tR.", "no sound pickle"),
        (b"\x80\x04\x8c\x05numpyK\x01\x93.", "a name should stand here"),
        # Names that are admitted, put to other uses than making arrays.
        (b"cnumpy\nndarray\n)\x81.", "NEWOBJ"),
        (b"\x80\x04cnumpy\nndarray\n)}\x92.", "NEWOBJ_EX"),
        (b"cnumpy\nndarray\n(tR.", "it calls ndarray"),
        (b"cnumpy\nndarray\n}b.", "sets the state of ndarray"),
        (b"cnumpy\nndarray\n}}b.", "sets the state of a dict"),
        (b"(dX\x01\x00\x00\x00acnumpy\nndarray\ns.", "holds ndarray where data should be"),
        (b"(dX\x01\x00\x00\x00a((cnumpy\nndarray\nlts.", "holds ndarray where data should be"),
        (b"K\x01)R.", "calls a int"),
        # What else a pickle can ask for.
        (b"\x80\x02U\x01xQ.", "persistent id"),
        (b"Psomething\n.", "persistent id"),
        (b"\x80\x02\x82\x01.", "entry 1 of Python's extension registry"),
        (b"\x80\x02\x84\x01\x00\x00\x00.", "extension registry"),
        (b"\x80\x05\x97.", "NEXT_BUFFER"),
        (b"\x80\x04\x8f(K\x01\x90.", "EMPTY_SET"),
        # Dictionaries that are none.
        (b"(dK\x01K\x02s.", "keys are strings, but there is a int"),
        (b"(dX\x01\x00\x00\x00au.", "no sound pickle|takes more"),
        (b"](X\x01\x00\x00\x00aK\x01u.", "a dict should be filled, but there is a list"),
        (b"(X\x01\x00\x00\x00ad.", "a key without a value"),
        (b"}K\x01a.", "a list should be filled, but there is a dict"),
        # Stacks and memos that do not work out.
        (b".", "no dictionary"),
        (b"].", "no dictionary"),
        (b"}}.", "no dictionary"),
        (b"(}.", "no dictionary"),
        (b"0.", "takes more from the stack"),
        (b"}(0.", "takes more from the stack"),
        (b"}s.", "takes more from the stack"),
        (b"t.", "no sound pickle"),
        (b"h\x05.", "no sound pickle"),
        (b"gzzz\n.", "no sound pickle"),
        # Bytes that are no pickle.
        (b"", "no sound pickle"),
        (b"}", "no sound pickle"),
        (b"GIF89a", "no sound pickle"),
        (b"\x89PNG\r\n\x1a\n", "persistent id"),  # as luck will have it
        (b"}.}.", "byte 1: 2 bytes follow its end"),
        (b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f}.", "no sound pickle|."),
        (b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.", "no sound pickle"),
        (b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\xff.", "no sound pickle"),
        (b"\x8b\xff\xff\xff\x7f.", "no sound pickle"),
        (b"L" + b"9" * 10_000 + b"L\n.", "no sound pickle"),
        (b"S'\\q'\n.", "no dictionary|no sound pickle"),
    ],
)  # fmt: skip
def test_tricks_on_the_stack_machine_are_refused(content, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if content.startswith(b"\x80\x04\x95"):  # a frame that lies says nothing that is relied on
        assert load(content) == {}
        return
    with pytest.raises(FileFormatError, match=message):
        load(content)
    assert list(tmp_path.iterdir()) == []


def test_the_extension_registry_is_not_looked_into():
    copyreg.add_extension("posix", "system", 0x71)
    try:
        content = pickle.dumps({"W1": os.system}, 2)
        assert b"\x82\x71" in content
        with contextlib.suppress(Exception):
            pickle.loads(content)  # now it is in Python's cache too
        assert "entry 113 of Python's extension registry" in refusal(content)
    finally:
        copyreg.remove_extension("posix", "system", 0x71)


def array_pickle(shape=(2,), code="f4", order="<", fortran=False, data=bytes(8), extra=()):
    """A pickle of one array, with any of its parts replaced."""

    class Dtype:
        def __reduce__(self):
            return np.dtype, (code, False, True), (3, order, *(extra or (None,) * 3), -1, -1, 0)

    class Array:
        def __reduce__(self):
            reconstruct = np.zeros(1).__reduce__()[0]
            return reconstruct, (np.ndarray, (0,), b"b"), (1, shape, Dtype(), fortran, data)

    return pickle.dumps({"W1": Array()}, 3)


def test_an_array_made_by_hand_is_read():
    data = struct.pack(">2f", 1.0, 2.0)
    weights = load(array_pickle(order=">", data=data))
    assert weights["W1"].tolist() == [1.0, 2.0]


def test_an_array_of_python_2_whose_bytes_are_a_string_is_read():
    data = struct.pack("<2f", 1.5, -2.0)
    content = array_pickle(data=data)
    for python_3, python_2 in ((b"C\x01b", b"U\x01b"), (b"C\x08" + data, b"U\x08" + data)):
        assert python_3 in content
        content = content.replace(python_3, python_2)
    assert load(content)["W1"].tolist() == [1.5, -2.0]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"shape": (-1,)}, "whole numbers from 0"),
        ({"shape": (-2, -1)}, "whole numbers from 0"),
        ({"shape": (3,)}, "takes 12 bytes, but there are 8"),
        ({"shape": (1,)}, "takes 4 bytes, but there are 8"),
        ({"shape": (2**40, 2**40)}, "but there are 8"),
        ({"shape": (2**63, 0), "data": b""}, "whole numbers from 0"),
        ({"shape": (2**62, 2**62, 0), "data": b""}, "no sound pickle"),
        ({"shape": (10**5000,)}, "whole numbers from 0"),
        ({"shape": (1,) * 65}, "at most 64 sizes"),
        ({"shape": (2.0,)}, "whole numbers from 0"),
        ({"shape": (True, 2)}, "whole numbers from 0"),
        ({"shape": 2}, "not a int"),
        ({"shape": None}, "not a NoneType"),
        ({"code": "O8"}, "type 'O8', but only numbers"),
        ({"code": "V8"}, "type 'V8'"),
        ({"code": "S8"}, "type 'S8'"),
        ({"code": "U2"}, "type 'U2'"),
        ({"code": "M8"}, "type 'M8'"),
        ({"code": "i4,O"}, "only numbers"),
        ({"code": ["f4"]}, "type a list"),
        ({"order": "x"}, "not one of plain numbers"),
        ({"order": None}, "not one of plain numbers"),
        ({"extra": (("f4", (2,)), None, None)}, "not one of plain numbers"),
        ({"extra": (None, ("a",), {"a": 1})}, "not one of plain numbers"),
        ({"data": [1, 2]}, "an array's bytes should stand here, but there is a list"),
        ({"data": None}, "there is a NoneType"),
        ({"data": "\u1234" * 8}, "no sound pickle"),
        ({"fortran": "F"}, "True or False"),
        ({"fortran": np.zeros(0)}, "True or False"),
    ],
)  # fmt: skip
def test_an_array_whose_parts_do_not_fit_is_refused(parts, message):
    with pytest.raises(FileFormatError, match=message):
        load(array_pickle(**parts))


def test_objects_in_arrays_are_refused_though_they_hold_nothing_bad():
    for protocol in PROTOCOLS:
        assert "only numbers are read" in refusal(
            pickle.dumps({"W1": np.array([None, 1], object)}, protocol)
        )
        structured = np.zeros(2, [("a", "f4"), ("b", "i2")])
        assert "only numbers" in refusal(pickle.dumps({"W1": structured}, protocol))


def test_a_file_cut_short_anywhere_is_refused():
    for protocol in PROTOCOLS:
        content = pickle.dumps(WEIGHTS, protocol)
        for length in range(len(content)):
            refusal(content[:length])


def sound_or_refused(content):
    with contextlib.suppress(FileFormatError):
        weights = load(content)
        assert isinstance(weights, dict)
        assert all(isinstance(name, str) for name in weights)
        for value in weights.values():
            if isinstance(value, np.ndarray):
                assert value.dtype.kind in "biufc"
                value.tobytes()  # every byte of it can be read


@settings(max_examples=300)
@given(data=st.data(), protocol=st.sampled_from(PROTOCOLS))
def test_a_damaged_file_gives_a_dictionary_or_is_refused(data, protocol):
    content = bytearray(pickle.dumps(WEIGHTS, protocol))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    sound_or_refused(bytes(content))


PIECES = [
    *(b"}", b"]", b")", b"(", b"t", b"\x85", b"\x86", b"\x87", b"l", b"d", b"a", b"e", b"s", b"u"),
    *(b"0", b"1", b"2", b"\x94", b"h\x00", b"h\x01", b"q\x00", b"R", b"b", b"N", b"\x88", b"\x89"),
    *(b"K\x01", b"K\x00", b"J\xff\xff\xff\xff", b"\x8a\x09" + b"\xff" * 8 + b"\x00"),
    *(b"U\x01b", b"C\x01b", b"C\x00", b"C\x08" + bytes(8), b"X\x02\x00\x00\x00f4"),
    *(b"X\x01\x00\x00\x00<", b"X\x01\x00\x00\x00F", b"X\x06\x00\x00\x00latin1"),
    *(b"cnumpy\nndarray\n", b"cnumpy\ndtype\n", b"c_codecs\nencode\n"),
    b"cnumpy._core.multiarray\n_reconstruct\n",
    b"cnumpy._core.multiarray\nscalar\n",
    b"cnumpy._core.numeric\n_frombuffer\n",
    b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R",  # an array
    b"cnumpy\ndtype\nX\x02\x00\x00\x00f4\x89\x88\x87R",  # a dtype
    b"(K\x03X\x01\x00\x00\x00<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t",  # its state
]


@settings(max_examples=500)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25), whole=st.booleans())
def test_any_program_for_the_stack_machine_gives_a_dictionary_or_is_refused(pieces, whole):
    program = b"".join(pieces)
    if whole:  # what it makes becomes a value, whatever else it left on the stack
        program = b"}X\x01\x00\x00\x00a" + program + b"s"
    sound_or_refused(program + b".")


def test_small_files_take_little_memory():
    data = pickle.dumps(np.zeros(100_000, np.uint8), 3)
    marked = data[:-1].replace(b"\x80\x03", b"")
    # One array's bytes, laid aside once and made into array after array.
    bytes_at = pickle.dumps(bytes(100_000), 3)[2:-1].split(b"q")[0]
    again = marked.replace(bytes_at, b"h\x7f")
    many = b"\x80\x03" + bytes_at + b"q\x7f0](" + again * 1000 + b"e."
    huge = b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"abc."
    far = b"}r\xff\xff\xff\x7f."  # Python's own reader makes room for as many entries
    tracemalloc.start()
    assert "take more bytes than the file has" in refusal(many)
    refusal(huge)
    assert load(far) == {}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_programs_without_end_are_refused(monkeypatch):
    monkeypatch.setattr(unpickler, "MAX_INSTRUCTIONS", 1000)
    assert "more than 1000 instructions" in refusal(b"]" * 2000 + b".")


def test_files_without_end_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(unpickler, "MAX_BYTES", 100)
    path = tmp_path / "weights.pkl"
    path.write_bytes(pickle.dumps({"W1": np.zeros(200)}))
    with pytest.raises(FileFormatError, match=r"weights\.pkl has more than the 100 bytes"):
        book.load(path)


def test_a_dictionary_that_holds_itself_is_read():
    itself: dict[str, Any] = {"W1": np.zeros(2)}
    itself["self"] = itself
    weights = load(pickle.dumps(itself))
    assert weights["self"] is weights


def test_a_file_open_as_text_is_a_mistake(tmp_path):
    (tmp_path / "file").write_text("text")
    with (
        (tmp_path / "file").open() as file,
        pytest.raises(InputError, match="open it in binary mode"),
    ):
        book.load(file)


def test_a_missing_file_is_told_as_python_tells_it(tmp_path):
    with pytest.raises(FileNotFoundError):
        book.load(tmp_path / "nowhere.pkl")
