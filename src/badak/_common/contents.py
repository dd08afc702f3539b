"""Recognise common kinds of files by their first bytes, for messages about a file of another kind.

A download that failed is often a web page under the name of a model or a table.
"""

import os
import re
from pathlib import Path

HEAD = 4096  # bytes that are looked at


def content_of(path: str | os.PathLike[str]) -> str:
    """Return what a file is by its content, such as "an HTML page"; "" where it is not known.

    A file that cannot be read, and a pipe or a device, is not known.
    """
    try:
        if not Path(path).is_file():
            return ""
        with Path(path).open("rb") as file:
            return recognise(file.read(HEAD))
    except OSError:
        return ""


def but_is(path: str | os.PathLike[str]) -> str:
    """Return ", but an HTML page" to end a sentence that says what a file is not; "" if unknown."""
    found = content_of(path)
    return f", but {found}" if found else ""


def recognise(head: bytes) -> str:
    """Return what a file that begins with these bytes is, with its article; "" if unknown.

    >>> recognise(b"<!DOCTYPE html>")
    'an HTML page'
    >>> recognise(bytes(100))
    ''
    """
    if not head:
        return "an empty file"
    for start, kind in SIGNATURES:
        if head.startswith(start):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zip(head)
    if head[4:8] == b"ftyp":
        return "a video or an image in an MP4 or HEIF container"
    if head[257:262] == b"ustar":
        return "a tar archive"
    if re.match(rb"\x80[\x02-\x05](\x95|\}|\]|c|\()", head):
        return "a pickle of Python"
    if re.match(rb".{3,6}\0{2,5}\{\s*\"", head[:40], re.DOTALL) and head[8:9] == b"{":
        return "a safetensors file"
    return _text(head)


def no_table(head: bytes) -> str:
    """Return what a file is that should hold rows of text; "" where it may do so.

    Letters with which a binary file begins may as well be those of the first column's name.

    >>> no_table(b"BZhour,b"), no_table(b"<html><body>")
    ('', 'an HTML page')
    """
    if not head or head.startswith((b"\xff\xfe", b"\xfe\xff")):  # readers of tables say so
        return ""
    kind = recognise(head)
    return kind if kind.startswith(MARKUP) or not _is_text(head) else ""


MARKUP = ("an HTML page", "an XML file", "an SVG picture", "a PDF document", "a pointer of Git LFS")


def _is_text(head: bytes) -> bool:
    try:
        head[:-4].decode()  # the last character may be cut
    except UnicodeDecodeError:
        return False
    return b"\0" not in head


SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip file (unpack it first)"),
    (b"BZh", "a bzip2 file (unpack it first)"),
    (b"\xfd7zXZ\0", "an xz file (unpack it first)"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file (unpack it first)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive (unpack it first)"),
    (b"Rar!\x1a\x07", "a RAR archive (unpack it first)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"\x93NUMPY", "an array of NumPy (.npy)"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old document of Excel or Word"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself: run git lfs pull"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"GGUF", "a GGUF model of llama.cpp"),
)
"""First bytes, and what they tell."""

MEMBERS = (
    (b"[Content_Types].xml", "a document of Excel or Word"),
    (b"xl/", "a document of Excel"),
    (b"word/", "a document of Word"),
    (b"metadata.json", "a .keras file of Keras 3"),
    (b"config.json", "a .keras file of Keras 3"),
    (b"mimetypeapplication/vnd.oasis", "a document of LibreOffice"),
)
"""What a zip archive's first member tells of it."""


def _zip(head: bytes) -> str:
    length = int.from_bytes(head[26:28], "little")
    name, rest = head[30 : 30 + length], head[30:]
    for member, kind in MEMBERS:
        if rest.startswith(member):
            return kind
    if name.endswith(b".npy"):
        return "arrays of NumPy (.npz)"
    if name.endswith((b"/data.pkl", b"/.format_version", b"/byteorder")):
        return "a file of PyTorch (.pt)"
    return "a zip archive (unpack it first)"


def _text(head: bytes) -> str:
    """Return what a text is by how it begins; only markup, JSON and UTF-16 are told apart."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "a text in UTF-16"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"(<!--.*?-->\s*)*<(!doctype html|html|head|body|script)\b", text, re.DOTALL):
        return "an HTML page"
    if text.startswith((b"<?xml", b"<!doctype", b"<svg")):
        is_page = b"<html" in text
        return "an HTML page" if is_page else "an SVG picture" if b"<svg" in text else "an XML file"
    if re.match(rb"\{\s*(\"|\})|\[\s*[\[{\"\d\]-]", text) and b"\0" not in text:
        return "a JSON text"
    return ""
