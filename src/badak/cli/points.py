"""Points in a plane from a CSV file: two numbers and a class in each row."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.contents import HEAD, no_table
from badak._common.files import check_regular
from badak._common.language import message
from badak.errors import FileFormatError, InputError

if TYPE_CHECKING:
    from badak.typing import Array

Points = tuple["Array", "Array", tuple[str, str], list[str] | None]


def read_points(path: Path, class_names: Sequence[str] | None) -> Points:
    """Return points (n, 2), class numbers (n,), the two features' names, and the classes' names.

    A first row without numbers is taken for the names. Classes are whole numbers, or names: of the
    model's `class_names` where it has some, else numbered in the order of the alphabet. Raises
    FileFormatError for rows of another kind, InputError for a class that the model does not know.
    """
    import numpy as np

    rows = _rows(path)
    names = ("x1", "x2")
    if not _is_number(rows[0][0]):
        names = rows[0][0].strip(), rows[0][1].strip()
        rows = rows[1:]
    try:
        x = np.array([[float(first), float(second)] for first, second, _ in rows])
    except ValueError as error:
        raise FileFormatError(
            message("{path}: {error}; a row is two numbers and a class", path=path, error=error)
        ) from None
    if not len(x):
        raise FileFormatError(message("{path} has no rows under its first", path=path))
    classes = [row[2].strip() for row in rows]
    if all(_is_number(each) and float(each).is_integer() for each in classes):
        return x, np.array([int(float(each)) for each in classes]), names, None
    known = list(class_names or sorted(set(classes)))
    for each in classes:
        if each not in known:
            raise InputError(
                message(
                    "{path} has the class {each!r}, but the model knows only {known}",
                    path=path,
                    each=each,
                    known=", ".join(known),
                )
            )
    return x, np.array([known.index(each) for each in classes]), names, known


def _rows(path: Path) -> list[list[str]]:
    check_regular(path)
    with path.open("rb") as start:
        if kind := no_table(start.read(HEAD)):
            raise FileFormatError(
                message("{path} is no CSV file, but {kind}", path=path, kind=kind)
            )
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileFormatError(
            message("{path} is no CSV file: {error}", path=os.fspath(path), error=error)
        ) from None
    if not rows:
        raise FileFormatError(
            message("{path} is empty, but a row is two numbers and a class", path=path)
        )
    for number, row in enumerate(rows, 1):
        if len(row) != 3:
            raise FileFormatError(
                message(
                    "{path}: row {number} has {count} columns, but a row is two numbers and a "
                    "class",
                    path=path,
                    number=number,
                    count=len(row),
                )
            )
    return rows


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
