"""Which files are tables, told by their names alone."""

import os

DELIMITED = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
BINARY = (".parquet", ".arrow", ".feather")
SUFFIXES = (*DELIMITED, *BINARY)


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether the name ends as that of a table.

    >>> is_table("data.CSV.gz"), is_table("seven.png")
    (True, False)
    """
    return os.fspath(path).lower().endswith(SUFFIXES)
