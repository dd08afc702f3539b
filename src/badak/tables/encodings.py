"""Text files as UTF-8, whatever they are written in, a block of bytes at a time.

What a file is written in, its byte order mark tells; else it is UTF-8 if all of its bytes are;
else CP949 (a Korean Excel writes it) or Windows-1252 (Latin-1) if it can be only one of them.
"""

import codecs
import gzip
import itertools
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from badak._common.contents import HEAD, but_is, no_table
from badak._common.language import marked, message, translated
from badak.errors import FileFormatError, InputError

UTF_8, CP949, LATIN = "utf-8", "cp949", "cp1252"
WIDE = ("utf-16-le", "utf-16-be")
MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, WIDE[0]),
    (codecs.BOM_UTF16_BE, WIDE[1]),
)
IN_WORDS = {
    UTF_8: "UTF-8",
    CP949: "CP949 (EUC-KR)",
    LATIN: "Windows-1252 (Latin-1)",
    **dict.fromkeys((*WIDE, "utf-16"), "UTF-16"),
}

MOSTLY = 0.9
"""So large a share of the characters beyond ASCII are Hangul and signs in Korean tables."""
OUTSIDE = 0.2
"""So large a share at most are syllables that only CP949 has, beyond the common ones of EUC-KR.
"°C" of Latin-1 reads as one."""
MANY = re.compile(rb"[\x80-\xff]{4}")  # Western words hold no more than three accents in a row
UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # in Windows-1252
JAPANESE = re.compile(rb"([\x81-\x97][\x40-\x7e\x80-\xfc]){2}")  # two characters of Shift-JIS
SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")  # of UTF-8

NOT_LATIN = (MANY, UNDEFINED, JAPANESE, SEQUENCE)
FOREIGN = re.compile(r"[\u0370-\u04ff\u3040-\u30ff\u3131-\u318e\u4e00-\u9fff\uf900-\ufaff]")
"""Greek, Cyrillic, kana, single Korean letters and Chinese characters: other encodings, read as
CP949, are full of them."""

Pieces = Iterator[tuple[bytes, bool]]
"""Bytes, and whether they are the last."""

WAY = marked("say what it is written in (--encoding cp949, latin-1, ...), or save it as UTF-8")


class TextFile:
    """A text file, also compressed by gzip; its blocks are UTF-8 without a byte order mark.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str, optional
        What it is written in, by a name that Python knows; None: its bytes tell.
    """

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path = path
        self._named = None if encoding is None else codec_of(encoding)
        with self._open() as file:
            head = self._read(file, HEAD)
        marked = next(((mark, codec) for mark, codec in MARKS if head.startswith(mark)), None)
        self._mark = b"" if marked is None else marked[0]
        if marked is not None and self._named is not None and not _same(self._named, marked[1]):
            raise InputError(
                message(
                    "{path} is {in_words} by its byte order mark, not {encoding}: leave "
                    "--encoding out",
                    path=path,
                    in_words=in_words(marked[1]),
                    encoding=encoding,
                )
            )
        self.encoding = (marked and marked[1]) or self._named or _wide(head) or UTF_8
        """The codec, in Python's name; UTF-8 until a byte is met that is not."""
        if not self.encoding.startswith(("utf-16", "utf-32")) and (kind := no_table(head)):
            raise FileFormatError(
                message(
                    "{path} is {kind}, not a table of texts{way_of}",
                    path=path,
                    kind=kind,
                    way_of=_way_of(kind),
                )
            )

    @property
    def in_words(self) -> str:
        """The encoding as people call it."""
        return in_words(self.encoding)

    def blocks(self, size: int) -> Iterator[bytes]:
        """Return the text as UTF-8, from `size` bytes of the file at a time.

        Raises FileFormatError naming the line of what is not in the encoding, or where it cannot be
        told what the encoding is.
        """
        raw = self._raw(size, len(self._mark))
        yield from self._as_they_are(raw) if self.encoding == UTF_8 else self._decoded(raw)

    def _as_they_are(self, raw: Pieces) -> Iterator[bytes]:
        """Return UTF-8; from the first byte on that is not, what all of the file is."""
        decoder = codecs.getincrementaldecoder(UTF_8)()
        lines, ascii_only, pending = 1, True, b""
        for fresh, final in raw:
            data = pending + fresh if pending else fresh
            if not data.isascii():
                try:
                    text = decoder.decode(data, final)
                except UnicodeDecodeError as error:
                    line = lines + data.count(b"\n", 0, error.start)
                    self._change_encoding(line, data[error.start], ascii_only)
                    yield from self._decoded(itertools.chain([(data, final)], raw), lines)
                    return
                ascii_only = ascii_only and text.isascii()
            pending = decoder.getstate()[0]
            decoder.reset()
            lines += data.count(b"\n")
            if len(data) > len(pending):
                yield data[: len(data) - len(pending)]

    def _decoded(self, raw: Pieces, lines: int = 1) -> Iterator[bytes]:
        """Return UTF-8 from bytes in another encoding; the first of them are in this line."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        for fresh, final in raw:
            try:
                text = decoder.decode(fresh, final)
            except UnicodeError as error:
                start = getattr(error, "start", 0)
                given: bytes = getattr(error, "object", fresh)
                before = given[:start].decode(self.encoding, "ignore")
                raise FileFormatError(
                    message(
                        "{where}: correct it, or name another --encoding",
                        where=self._where(lines + before.count(chr(10)), given[start : start + 1]),
                    )
                ) from None
            lines += text.count("\n")
            if text:
                yield text.encode()

    def _where(self, line: int, byte: bytes) -> str:
        return message(
            "{path}, line {line}: byte 0x{byte} is not {encoding}",
            path=self.path,
            line=line,
            byte=byte.hex(),
            encoding=self.in_words,
        )

    def _change_encoding(self, line: int, byte: int, ascii_only: bool) -> None:
        """Take the encoding that all bytes fit; FileFormatError where it is not told, or named.

        `ascii_only` says that the blocks before are of characters that all encodings share.
        """
        where = self._where(line, bytes([byte]))
        if self._named is not None or self._mark:
            raise FileFormatError(
                message("{where}: correct it, or name another --encoding", where=where)
            )
        found = recognise(fresh for fresh, _ in self._raw(SCANNED))
        if len(found) > 1:
            words = message(" or ").join(map(in_words, found))
            raise FileFormatError(
                message(
                    "{where}, and may be {words}: {way}",
                    where=where,
                    words=words,
                    way=translated(WAY),
                )
            )
        if not found or not ascii_only:
            raise FileFormatError(f"{where}: {translated(WAY)}")
        [self.encoding] = found

    def _raw(self, size: int, skip: int = 0) -> Pieces:
        """Return the bytes after the first ones, and whether they are the last; then b"" once."""
        with self._open() as file:
            self._read(file, skip)
            while fresh := self._read(file, size):
                yield fresh, False
        yield b"", True

    def _open(self) -> BinaryIO:
        if self.path.suffix.lower() == ".gz":
            return cast(BinaryIO, gzip.open(self.path, "rb"))
        return self.path.open("rb")

    def _read(self, file: BinaryIO, size: int) -> bytes:
        try:
            return file.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileFormatError(
                message(
                    "{path} is damaged or no gzip file{but_is}: {error}",
                    path=os.fspath(self.path),
                    but_is=but_is(self.path),
                    error=error,
                )
            ) from None


SCANNED = 2**20  # bytes at a time, where the encoding is looked for


def recognise(blocks: Iterable[bytes]) -> list[str]:
    """Return which encodings a text may be in that is not UTF-8; more than one: it is not told.

    >>> recognise(["이름,나이".encode("cp949")]), recognise(["café".encode("latin-1")])
    (['cp949'], ['cp1252'])
    """
    decoder = codecs.getincrementaldecoder(CP949)()
    characters: Counter[str] | None = Counter()
    latin, tail = True, b""
    for data in itertools.chain(blocks, [b""]):  # which says that no more bytes follow
        if characters is not None:
            characters = _counted(characters, decoder, data)
        joined = tail + data
        tail = data[-3:]
        latin = latin and not any(each.search(joined) for each in NOT_LATIN)
        if characters is None and not latin:
            return []
    if characters is None:
        return [LATIN] if latin else []
    total = characters.total()
    hangul = sum(count for each, count in characters.items() if "가" <= each <= "힣")
    rare = sum(count for each, count in characters.items() if not _is_common(each))
    foreign = sum(count for each, count in characters.items() if FOREIGN.match(each))
    if hangul and rare <= OUTSIDE * total and total - foreign >= MOSTLY * total:
        return [CP949]
    if latin and rare > OUTSIDE * total:
        return [LATIN]
    return [CP949, LATIN] if latin else []


def _counted(
    characters: Counter[str], decoder: codecs.IncrementalDecoder, data: bytes
) -> Counter[str] | None:
    """Add the characters beyond ASCII; None where the bytes are not of the decoder's encoding."""
    try:
        text = decoder.decode(data, not data)
    except UnicodeDecodeError:
        return None
    codes = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    found, counts = np.unique(codes[codes > 127], return_counts=True)
    return characters + Counter(dict(zip(map(chr, found.tolist()), counts.tolist(), strict=True)))


def _is_common(character: str) -> bool:
    """Whether EUC-KR has the character, in two bytes."""
    try:
        return len(character.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False


def codec_of(encoding: str) -> str:
    """Return Python's name of an encoding; InputError where there is none of that name.

    >>> codec_of("EUC-KR"), codec_of("UTF8")
    ('euc_kr', 'utf-8')
    """
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        info = None
    if info is None or not getattr(info, "_is_text_encoding", True):
        raise InputError(
            message(
                "no encoding is called {encoding!r}: give one such as utf-8, cp949, euc-kr, "
                "utf-16, latin-1, shift_jis or gbk",
                encoding=encoding,
            )
        )
    return UTF_8 if info.name == "utf-8-sig" else info.name


def in_words(codec: str) -> str:
    """Return what people call an encoding."""
    return IN_WORDS.get(codec, codec)


def _same(named: str, marked: str) -> bool:
    return marked.startswith(named)  # "utf-16" is of either byte order


def _wide(head: bytes) -> str | None:
    """Return UTF-16 in its byte order, if the first bytes are of it without a mark."""
    zeros = np.frombuffer(head, np.uint8) == 0
    first, second = int(zeros[::2].sum()), int(zeros[1::2].sum())
    if bool(first) == bool(second):
        return None
    codec = WIDE[1] if first else WIDE[0]
    try:
        text = head[: len(head) // 2 * 2].decode(codec)
    except UnicodeDecodeError:
        return None
    return codec if "\0" not in text and 8 * max(first, second) > len(head) else None


def _way_of(kind: str) -> str:
    return (
        message(": save it there as CSV (UTF-8)")
        if "Excel" in kind or "LibreOffice" in kind
        else ""
    )
