import bz2
import io
import struct
import zipfile

import numpy as np
import pytest

from badak import Input, Sequential, formats
from badak.errors import FileFormatError
from badak.formats.archives import read_entries
from badak.layers import Dense


def packed(entries, how=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, how)
    return file.getvalue()


def with_offset(content, offset):
    """The archive whose directory says that its first entry begins at an offset."""
    at = content.index(b"PK\x01\x02") + 42
    return content[:at] + struct.pack("<I", offset) + content[at + 4 :]


ARCHIVES = {
    "an offset behind the end": with_offset(packed({"a": b"1"}), 2**31),
    "bzip2": packed({"a": b"1" * 100}, zipfile.ZIP_BZIP2),
    "LZMA": packed({"a": b"1" * 100}, zipfile.ZIP_LZMA),
    "bytes that are no bzip2": packed({"a": b"1" * 100}, zipfile.ZIP_BZIP2).replace(
        bz2.compress(b"1" * 100)[:4], b"BZh0"
    ),
    "an empty name": packed({"": b"1"}),
    "no archive": b"PK\x03\x04 and no more",
    "a page": b"<!DOCTYPE html><html></html>",
    "nothing": b"",
}


@pytest.mark.parametrize("name", ["theirs.npz", "theirs.keras"])
@pytest.mark.parametrize("kind", ARCHIVES)
def test_a_damaged_or_odd_archive_is_refused(kind, name, tmp_path):
    if name.endswith("keras"):
        pytest.importorskip("h5py")
    (tmp_path / name).write_bytes(ARCHIVES[kind])
    with pytest.raises(FileFormatError, match=name):
        formats.import_model(tmp_path / name)


def test_two_entries_of_one_name_are_refused(tmp_path):
    twice = packed({"a": b"1", "b": b"2"})
    (tmp_path / "a.npz").write_bytes(twice.replace(b"b", b"a"))
    with pytest.raises(FileFormatError, match="two entries of one name"):
        read_entries(tmp_path / "a.npz")


@pytest.mark.parametrize("name", ["net.npz", "net.keras", "net.safetensors"])
def test_a_web_page_under_a_models_name_is_called_one(name, tmp_path):
    if name.endswith("keras"):
        pytest.importorskip("h5py")
    (tmp_path / name).write_bytes(b"<!doctype html>\n<html><title>Sign in</title></html>")
    with pytest.raises(FileFormatError, match=f"{name} .*, but an HTML page"):
        formats.import_model(tmp_path / name)


@pytest.mark.parametrize(("name", "module"), [("net.onnx", "onnx"), ("net.weights.h5", "h5py")])
def test_a_web_page_is_no_file_of_another_library_either(name, module, tmp_path):
    pytest.importorskip(module)
    (tmp_path / name).write_bytes(b"<!doctype html>\n<html><title>Sign in</title></html>")
    with pytest.raises(FileFormatError, match=f"{name}.*, but an HTML page"):
        formats.import_model(tmp_path / name)


def test_a_web_page_is_no_pickle_either(tmp_path):
    (tmp_path / "net.pkl").write_bytes(b"<!doctype html>\n<html><title>Sign in</title></html>")
    with pytest.raises(FileFormatError, match=r"net\.pkl.*an HTML page"):
        formats.import_model(tmp_path / "net.pkl")


def test_a_deep_network_written_as_npz_is_read_again(tmp_path):
    model = Sequential([Input((2,)), *(Dense(2) for _ in range(5100))])
    formats.export(model, tmp_path / "deep.npz")
    back = formats.import_model(tmp_path / "deep.npz")
    x = np.eye(2, dtype=np.float32)
    assert (back.forward(x)[-1].z == model.forward(x)[-1].z).all()


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_text_of_what_is_no_character_is_refused(order, tmp_path):
    model = Sequential([Input((2,)), Dense(2)])
    formats.export(model, tmp_path / "m.npz")
    with np.load(tmp_path / "m.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    text = arrays["badak"].astype(f"{order}U{len(str(arrays['badak']))}")
    codes = text.reshape(1).view(f"{order}u4")
    codes[3] = 0x110000
    np.savez(tmp_path / "m.npz", **arrays | {"badak": codes.view(text.dtype).reshape(())})
    with pytest.raises(FileFormatError, match="holds what is no text"):
        formats.import_model(tmp_path / "m.npz")
