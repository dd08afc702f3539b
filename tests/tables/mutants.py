"""Damaged copies of Parquet and Arrow files, the same for the same number.

``python -m tests.tables.mutants FIRST LAST`` reads mutants and prints each one's number before it
is read: what the last line says has ended the process.
"""

import datetime
import io
import random
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from badak.errors import BadakError
from badak.tables import open_table
from badak.tables.kinds import Dropped, Profile, decide

ROWS = 200
NUMBERS = (b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\x80")


def originals() -> list[tuple[str, bytes]]:
    """Return sound files by their ending, of every kind of column and compression."""
    day, hour = datetime.timedelta(1), datetime.timedelta(hours=1)
    start = datetime.datetime(2024, 1, 1)
    frame = pl.DataFrame(
        {
            "float": np.random.default_rng(1).normal(size=ROWS),
            "text": [["x", "yy", "a text that is not short", None][i % 4] for i in range(ROWS)],
            "whole": pl.Series([i % 7 for i in range(ROWS)], dtype=pl.Int16),
            "date": [start.date() + i * day for i in range(ROWS)],
            "truth": [i % 2 == 0 for i in range(ROWS)],
            "time": [start + i * hour for i in range(ROWS)],
            "category": pl.Series([["x", "y"][i % 2] for i in range(ROWS)], dtype=pl.Categorical),
        }
    )
    files = []
    for compression in ("zstd", "snappy", "uncompressed", "gzip", "lz4"):
        file = io.BytesIO()
        frame.write_parquet(file, compression=compression)
        files.append((".parquet", file.getvalue()))
    for packed in ("uncompressed", "lz4", "zstd"):
        file = io.BytesIO()
        frame.write_ipc(file, compression=packed)
        files.append((".arrow", file.getvalue()))
    return files


def mutant(number: int, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Return a file with some bytes flipped, overwritten or cut out."""
    chance = random.Random(number)
    ending, whole = chance.choice(files)
    data = bytearray(whole)
    part = chance.choice(["any", "footer", "header"])
    for _ in range(chance.choice([1, 1, 1, 2, 4, 16])):
        low = max(0, len(data) - 700) if part == "footer" else 0
        high = min(400, len(data)) if part == "header" else len(data)
        place = chance.randrange(low, high)
        match chance.randrange(4):
            case 0:
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
            case 2:
                data[place : place + 4] = chance.choice(NUMBERS)
            case _ if len(data) > 50:
                del data[place : place + chance.randrange(1, 20)]
    if chance.random() < 0.05:
        del data[chance.randrange(len(data)) :]
    return ending, bytes(data)


def read(path: Path) -> None:
    """Go through a file as training does; a damaged one ends in an error of badak's."""
    table = open_table(path)
    profiles = [Profile(name) for name in table.columns]
    for chunk in table.chunks():
        for profile in profiles:
            profile.add(chunk)
    learners = [each for each in map(decide, profiles) if not isinstance(each, Dropped)]
    for chunk in table.chunks():
        for learner in learners:
            learner.add(chunk)
    for learner in learners:
        learner.learnt()


def main(first: int, last: int) -> None:
    """Read the mutants of these numbers; print how many were sound, and how many refused."""
    files, sound, refused = originals(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, last):
            print(number, flush=True)
            ending, data = mutant(number, files)
            path = Path(folder) / f"mutant{ending}"
            path.write_bytes(data)
            try:
                read(path)
                sound += 1
            except BadakError:
                refused += 1
    print(f"sound {sound}, refused {refused}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
