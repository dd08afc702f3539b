"""Recognise common kinds of files by their first bytes, for messages about a file of another kind.

A download that failed is often a web page under the name of a model or a table.
"""

import os
import re
from pathlib import Path

from badak._common.language import marked, message, translated

HEAD = 4096  # bytes that are looked at


def content_of(path: str | os.PathLike[str]) -> str:
    """Return what a file is by its content, such as "an HTML page"; "" where it is not known.

    A file that cannot be read, and a pipe or a device, is not known.
    """
    try:
        if not Path(path).is_file():
            return ""
        with Path(path).open("rb") as file:
            return translated(recognise(file.read(HEAD)))
    except OSError:
        return ""


def but_is(path: str | os.PathLike[str]) -> str:
    """Return ", but an HTML page" to end a sentence that says what a file is not; "" if unknown."""
    found = content_of(path)
    return message(", but {found}", found=found) if found else ""


def recognise(head: bytes) -> str:
    """Return what a file that begins with these bytes is, in English; "" if unknown.

    >>> recognise(b"<!DOCTYPE html>")
    'an HTML page'
    >>> recognise(bytes(100))
    ''
    """
    if not head:
        return marked("an empty file")
    for start, kind in SIGNATURES:
        if head.startswith(start):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zip(head)
    if head[4:8] == b"ftyp":
        return marked("a video or an image in an MP4 or HEIF container")
    if head[257:262] == b"ustar":
        return marked("a tar archive")
    if re.match(rb"\x80[\x02-\x05](\x95|\}|\]|c|\()", head):
        return marked("a pickle of Python")
    if re.match(rb".{3,6}\0{2,5}\{\s*\"", head[:40], re.DOTALL) and head[8:9] == b"{":
        return marked("a safetensors file")
    return _text(head)


def no_table(head: bytes) -> str:
    """Return what a file is, in English, that should hold rows of text; "" where it may do so.

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
    (b"\x89PNG\r\n\x1a\n", marked("a PNG picture")),
    (b"\xff\xd8\xff", marked("a JPEG picture")),
    (b"GIF8", marked("a GIF picture")),
    (b"II*\0", marked("a TIFF picture")),
    (b"MM\0*", marked("a TIFF picture")),
    (b"%PDF-", marked("a PDF document")),
    (b"\x1f\x8b", marked("a gzip file (unpack it first)")),
    (b"BZh", marked("a bzip2 file (unpack it first)")),
    (b"\xfd7zXZ\0", marked("an xz file (unpack it first)")),
    (b"\x28\xb5\x2f\xfd", marked("a Zstandard file (unpack it first)")),
    (b"7z\xbc\xaf\x27\x1c", marked("a 7-Zip archive (unpack it first)")),
    (b"Rar!\x1a\x07", marked("a RAR archive (unpack it first)")),
    (b"PK\x05\x06", marked("an empty zip archive")),
    (b"\x89HDF\r\n\x1a\n", marked("an HDF5 file")),
    (b"PAR1", marked("a Parquet file")),
    (b"ARROW1", marked("an Arrow file")),
    (b"\x93NUMPY", marked("an array of NumPy (.npy)")),
    (b"SQLite format 3\0", marked("an SQLite database")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", marked("an old document of Excel or Word")),
    (
        b"version https://git-lfs",
        marked("a pointer of Git LFS, not the file itself: run git lfs pull"),
    ),
    (b"\x7fELF", marked("a program")),
    (b"MZ\x90\0", marked("a program")),
    (b"GGUF", marked("a GGUF model of llama.cpp")),
)
"""First bytes, and what they tell."""

MEMBERS = (
    (b"[Content_Types].xml", marked("a document of Excel or Word")),
    (b"xl/", marked("a document of Excel")),
    (b"word/", marked("a document of Word")),
    (b"metadata.json", marked("a .keras file of Keras 3")),
    (b"config.json", marked("a .keras file of Keras 3")),
    (b"mimetypeapplication/vnd.oasis", marked("a document of LibreOffice")),
)
"""What a zip archive is, by how its first member begins."""


def _zip(head: bytes) -> str:
    length = int.from_bytes(head[26:28], "little")
    name, rest = head[30 : 30 + length], head[30:]
    for member, kind in MEMBERS:
        if rest.startswith(member):
            return kind
    if name.endswith(b".npy"):
        return marked("arrays of NumPy (.npz)")
    if name.endswith((b"/data.pkl", b"/.format_version", b"/byteorder")):
        return marked("a file of PyTorch (.pt)")
    return marked("a zip archive (unpack it first)")


def _text(head: bytes) -> str:
    """Return what a text is by how it begins; only markup, JSON and UTF-16 are distinguished."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return marked("a text in UTF-16")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"(<!--.*?-->\s*)*<(!doctype html|html|head|body|script)\b", text, re.DOTALL):
        return marked("an HTML page")
    if text.startswith((b"<?xml", b"<!doctype", b"<svg")):
        is_page = b"<html" in text
        return (
            marked("an HTML page")
            if is_page
            else marked("an SVG picture")
            if b"<svg" in text
            else marked("an XML file")
        )
    if re.match(rb"\{\s*(\"|\})|\[\s*[\[{\"\d\]-]", text) and b"\0" not in text:
        return marked("a JSON text")
    return ""
