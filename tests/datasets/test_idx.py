import gzip
import io
import os
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from badak.datasets.idx import read_idx, write_idx
from badak.errors import FileFormatError, InputError

reused_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

DTYPES = st.sampled_from(
    [order + code for code in ("u1", "i1", "i2", "i4", "f4", "f8") for order in "<>"]
)
ARRAYS = DTYPES.flatmap(
    lambda dtype: arrays(dtype, array_shapes(min_dims=1, max_dims=5, min_side=0))
)

# The labels 5, 0, 4, written out by hand from the description of the format.
LABELS = bytes([0, 0, 0x08, 1, 0, 0, 0, 3, 5, 0, 4])


def read(tmp_path, content, **arguments):
    path = tmp_path / "file"
    path.write_bytes(content)
    return read_idx(path, **arguments)


def test_bytes_written_by_hand_are_read(tmp_path):
    labels = read(tmp_path, LABELS)
    assert labels.dtype == np.uint8
    assert labels.tolist() == [5, 0, 4]


@pytest.mark.parametrize(
    ("code", "number", "dtype"),
    [(8, "B", "u1"), (9, "b", "i1"), (11, "h", "i2"), (12, "i", "i4"), (13, "f", "f4"),
     (14, "d", "f8")],
)  # fmt: skip
def test_every_type_is_big_endian_in_the_file_and_native_in_memory(tmp_path, code, number, dtype):
    numbers = [1, 2, 3, 4, 5, 6]
    content = struct.pack(f">BBBBII6{number}", 0, 0, code, 2, 2, 3, *numbers)
    array = read(tmp_path, content)
    assert array.dtype == np.dtype(dtype)
    assert array.dtype.isnative
    assert array.tolist() == [[1, 2, 3], [4, 5, 6]]
    array[0, 0] = 7  # the reader owns what it was handed


@reused_folder
@given(array=ARRAYS, name=st.sampled_from(["file", "file.gz"]))
def test_what_is_written_is_read_back(tmp_path, array, name):
    write_idx(tmp_path / name, array)
    back = read_idx(tmp_path / name)
    assert back.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(back, array)


def test_gzip_is_told_by_the_bytes_and_not_by_the_name(tmp_path):
    (tmp_path / "plain.gz").write_bytes(LABELS)
    (tmp_path / "packed").write_bytes(gzip.compress(LABELS))
    assert read_idx(tmp_path / "plain.gz").tolist() == read_idx(tmp_path / "packed").tolist()


def test_the_same_array_is_packed_into_the_same_bytes(tmp_path, monkeypatch):
    write_idx(tmp_path / "now.gz", np.arange(5, dtype=np.int32))
    monkeypatch.setattr("time.time", lambda: 1e9)
    write_idx(tmp_path / "then.gz", np.arange(5, dtype=np.int32))
    assert (tmp_path / "now.gz").read_bytes() == (tmp_path / "then.gz").read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "ends at byte 0"),
        (LABELS[:3], "ends at byte 3"),
        (b"\x01" + LABELS[1:], "at byte 0 there is 0x01"),
        (b"\x00\x02" + LABELS[2:], "at byte 1 there is 0x02"),
        (LABELS[:2] + b"\x0a" + LABELS[3:], "at byte 2 there is 0x0a, .* 0x08, 0x09"),
        (LABELS[:3] + b"\x00", "at byte 3 there is 0, .* 1 to 64"),
        (LABELS[:3] + b"\x41", "at byte 3 there is 65"),
        (LABELS[:6], "ends at byte 6, but its header announces 8 bytes"),
        (LABELS[:9], "ends at byte 9, but its header announces 11 bytes"),
        (LABELS + b"\xab", r"at byte 11 there is 0xab, .* \(3,\)"),
        (bytes([0, 0, 8, 2]) + b"\x00\x00\x00\x00" + b"\xff" * 4, None),
        (bytes([0, 0, 8, 3]) + b"\x00" * 4 + b"\xff" * 8, "announce the shape"),
    ],
)
def test_a_wrong_file_is_refused_with_the_byte_that_is_wrong(tmp_path, content, message):
    for packed in (content, gzip.compress(content)):
        if message is None:
            assert read(tmp_path, packed).shape == (0, 0xFFFFFFFF)
            continue
        with pytest.raises(FileFormatError, match=message):
            read(tmp_path, packed)


def test_a_header_that_announces_petabytes_takes_no_memory(tmp_path):
    petabytes = struct.pack(">BBBBII", 0, 0, 8, 2, 1 << 31, 1 << 20)
    gigabytes = struct.pack(">BBBBI", 0, 0, 8, 1, 3 << 30) + b"short"
    bomb = gzip.compress(struct.pack(">BBBBI", 0, 0, 8, 1, 10) + bytes(100_000_000))
    tracemalloc.start()
    for content, message in [
        (petabytes, "more than the 4294967296 that are allowed"),
        (gigabytes, "ends at byte 13, but its header announces 3221225480"),
        (bomb, "at byte 18 there is 0x00"),
    ]:
        with pytest.raises(FileFormatError, match=message):
            read(tmp_path, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_the_limit_is_an_argument(tmp_path):
    assert len(read(tmp_path, LABELS, max_bytes=3)) == 3
    with pytest.raises(FileFormatError, match="3 bytes of uint8, more than the 2"):
        read(tmp_path, LABELS, max_bytes=2)


def sound_or_refused(path):
    try:
        assert isinstance(read_idx(path, max_bytes=1 << 20), np.ndarray)
    except FileFormatError:
        return False
    return True


def test_a_file_cut_short_anywhere_is_refused(tmp_path):
    array = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
    for name in ("whole", "whole.gz"):
        write_idx(tmp_path / name, array)
        content = (tmp_path / name).read_bytes()
        for length in range(len(content)):
            (tmp_path / "cut").write_bytes(content[:length])
            assert not sound_or_refused(tmp_path / "cut")


@reused_folder
@given(data=st.data(), name=st.sampled_from(["file", "file.gz"]))
def test_a_damaged_file_gives_an_array_or_is_refused(tmp_path, data, name):
    write_idx(tmp_path / name, np.arange(300, dtype=np.int16).reshape(3, 100))
    content = bytearray((tmp_path / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (tmp_path / "damaged").write_bytes(content)
    sound_or_refused(tmp_path / "damaged")


@reused_folder
@given(content=st.binary(max_size=200), head=st.sampled_from([b"", b"\x1f\x8b\x08", LABELS[:4]]))
def test_any_bytes_at_all_give_an_array_or_are_refused(tmp_path, content, head):
    (tmp_path / "bytes").write_bytes(head + content)
    sound_or_refused(tmp_path / "bytes")


def test_a_wrong_checksum_in_the_packing_is_refused(tmp_path):
    packed = bytearray(gzip.compress(LABELS))
    packed[-8] ^= 1  # the first byte of the CRC
    with pytest.raises(FileFormatError, match="gzip packing is damaged"):
        read(tmp_path, bytes(packed))


def test_packing_in_several_parts_is_one_file(tmp_path):
    assert read(tmp_path, gzip.compress(LABELS[:9]) + gzip.compress(LABELS[9:])).tolist() == [
        5,
        0,
        4,
    ]


@pytest.mark.parametrize("array", [np.zeros(3, np.int64), np.zeros(3, bool), np.array(["a"])])
def test_a_type_that_the_format_lacks_is_not_written(tmp_path, array):
    with pytest.raises(InputError, match="convert the array to one of uint8, int8, int16"):
        write_idx(tmp_path / "file", array)
    assert not (tmp_path / "file").exists()


def test_a_single_number_is_not_written(tmp_path):
    with pytest.raises(InputError, match="1 to 64 dimensions, not 0"):
        write_idx(tmp_path / "file", np.uint8(3))


def test_a_missing_file_is_told_as_python_tells_it(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "nowhere")


def test_the_training_images_of_mnist(shared_data):
    path = shared_data / "mnist" / "train-images-idx3-ubyte.gz"
    with gzip.open(path) as file:
        content = file.read()
    images = read_idx(path)
    assert images.shape == (60000, 28, 28)
    assert images.tobytes() == content[16:]
    assert io.BytesIO(content).read(4) == bytes([0, 0, 8, 3])


def test_a_small_packed_file_that_unpacks_to_the_whole_memory_is_refused(tmp_path):
    path = tmp_path / "zeros.gz"
    with gzip.open(path, "wb") as file:
        file.write(struct.pack(">BBBBI", 0, 0, 8, 1, 300 << 20))
        for _ in range(300):
            file.write(bytes(1 << 20))
    with pytest.raises(FileFormatError, match="more than 200 for each byte"):
        read_idx(path)
    path.write_bytes(gzip.decompress(path.read_bytes()))  # unpacked it takes what it says
    assert read_idx(path).nbytes == 300 << 20


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "labels")
    with pytest.raises(FileFormatError, match="is a pipe or a device"):
        read_idx(tmp_path / "labels")
