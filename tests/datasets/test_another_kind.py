"""A file of another kind under the name of data is called what it is, by every reader of data."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from badak.cli.points import read_points
from badak.datasets import mnist, read_idx
from badak.errors import FileFormatError
from badak.images import load_grey
from badak.tables import open_table

PAGE = b"<!DOCTYPE html>\n<html><head><title>Not, found</title></head><body></body></html>\n"

READERS: dict[str, Callable[[Path], object]] = {
    "data.csv": open_table,
    "data.tsv": open_table,
    "data.csv.gz": open_table,
    "data.parquet": open_table,
    "data.arrow": open_table,
    "labels-idx1-ubyte": read_idx,
    "labels-idx1-ubyte.gz": read_idx,
    "picture.png": load_grey,
    "points.csv": lambda path: read_points(path, None),
    "train-images-idx3-ubyte.gz": lambda path: mnist.load_data(path.parent),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PAGE, "an HTML page"),
        (b"\xef\xbb\xbf\n" + PAGE, "an HTML page"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF document"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a pointer of Git LFS"),
        (b"PK\x03\x04" + bytes(26) + b"a.csv" + bytes(40), "a zip archive"),
    ],
)
def test_another_format_is_called_what_it_is(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError, match=kind) as caught:
        READERS[name](tmp_path / name)
    assert name in str(caught.value)
    assert "0x" not in str(caught.value)


def test_a_page_that_is_packed_is_a_page(tmp_path):
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(PAGE))
    with pytest.raises(FileFormatError, match="an HTML page"):
        open_table(tmp_path / "data.csv.gz")


@pytest.mark.parametrize("name", ["BZhour", "PAR1", "GIF89a", "MZ", "II*", "{x}", "GGUF"])
def test_columns_may_be_called_as_a_binary_file_begins(tmp_path, name):
    (tmp_path / "data.csv").write_text(f"{name},b\n1,2\n")
    assert open_table(tmp_path / "data.csv").columns == [name, "b"]
