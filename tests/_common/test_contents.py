import gzip
import io
import json
import os
import pickle
import sqlite3
import zipfile

import numpy as np
import pytest
from PIL import Image

from badak._common.contents import but_is, content_of, recognise


def image(kind):
    file = io.BytesIO()
    Image.new("L", (3, 3)).save(file, kind)
    return file.getvalue()


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return file.getvalue()


def arrays():
    file = io.BytesIO()
    np.savez(file, w=np.zeros(2))
    return file.getvalue()


def tensors():
    from safetensors.numpy import save

    return save({"w": np.zeros(3, np.float32)})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<!DOCTYPE html>\n<html><body>404</body></html>", "an HTML page"),
        (b"\xef\xbb\xbf  <HTML lang=en>", "an HTML page"),
        (b"<!-- moved --><html>", "an HTML page"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html>', "an HTML page"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "an XML file"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG picture"),
        (json.dumps({"message": "Not Found"}).encode(), "a JSON text"),
        (json.dumps([1, 2, 3]).encode(), "a JSON text"),
        (image("PNG"), "a PNG picture"),
        (image("JPEG"), "a JPEG picture"),
        (image("GIF"), "a GIF picture"),
        (image("TIFF"), "a TIFF picture"),
        (gzip.compress(b"a", mtime=0), "a gzip file (unpack it first)"),
        (zipped("a.csv"), "a zip archive (unpack it first)"),
        (zipped("[Content_Types].xml"), "a document of Excel or Word"),
        (zipped("metadata.json", "config.json"), "a .keras file of Keras 3"),
        (zipped("archive/data.pkl"), "a file of PyTorch (.pt)"),
        (arrays(), "arrays of NumPy (.npz)"),
        (tensors(), "a safetensors file"),
        (pickle.dumps({"W1": [1.0]}), "a pickle of Python"),
        ("가,나\n".encode("utf-16"), "a text in UTF-16"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "a pointer of Git LFS"),
        (b"", "an empty file"),
        (b"a,b\n1,2\n", ""),
        (b"\0\0\x08\x03\0\0\0\x02", ""),
    ],
)
def test_a_file_is_called_what_it_is(content, kind, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    found = content_of(path)
    assert found.startswith(kind)
    assert bool(found) == bool(kind)
    assert but_is(path) == (f", but {found}" if kind else "")


def test_a_database_is_recognised(tmp_path):
    connection = sqlite3.connect(tmp_path / "data.csv")
    connection.execute("create table t (a)")
    connection.commit()
    connection.close()
    assert content_of(tmp_path / "data.csv") == "an SQLite database"


def test_what_cannot_be_read_is_not_known_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert content_of(tmp_path / "pipe") == ""
    assert content_of(tmp_path) == ""
    assert content_of(tmp_path / "none") == ""


def test_any_bytes_are_looked_at_without_an_error():
    rng = np.random.default_rng(3)
    for size in (1, 5, 30, 300):
        for _ in range(300):
            assert isinstance(recognise(b"PK\x03\x04" + rng.bytes(size)), str)
            assert isinstance(recognise(rng.bytes(size)), str)
