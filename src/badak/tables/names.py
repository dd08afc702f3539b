"""Which files are tables, told by their names alone."""

import os

from badak._common.language import message
from badak.errors import InputError

DELIMITED = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
BINARY = (".parquet", ".arrow", ".feather")
SUFFIXES = (*DELIMITED, *BINARY)
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether the name ends as that of a table.

    >>> is_table("data.CSV.gz"), is_table("seven.png")
    (True, False)
    """
    return os.fspath(path).lower().endswith(SUFFIXES)


def refuse_workbook(path: str | os.PathLike[str]) -> None:
    """Raise InputError, saying what to do, where the name ends as that of a spreadsheet's file."""
    name = os.fspath(path)
    if name.lower().endswith(WORKBOOKS):
        raise InputError(
            message(
                "{name} is a workbook of a spreadsheet: save its sheet as CSV (in Excel: Save As, "
                "CSV UTF-8) and give that file, or in Python: "
                "pandas.read_excel({name!r}).to_csv(..., index=False)",
                name=name,
            )
        )
