"""Which rows of a table to test a trained network with, told by what its file keeps."""

from pathlib import Path

from badak._common.language import message
from badak.errors import InputError
from badak.tables.chunks import TableFile
from badak.tables.parts import TEST, known_rows, split
from badak.tables.preparation import TablePreparation
from badak.tables.split_column import read_all
from badak.typing import Array


def is_source(prepare: TablePreparation, path: Path, rows: int) -> bool:
    """Whether a file of so many rows is the one that was trained on, as far as its size tells."""
    source = prepare.source
    return source is not None and (source.size, source.rows) == (path.stat().st_size, rows)


def rows_to_test(
    prepare: TablePreparation, table: TableFile, path: Path | None, y: Array
) -> tuple[Array, str]:
    """Return which rows (rows,) to test with, and which these are in words.

    Of the file that was trained on they are those that were held out, of others, and of a table
    that is no file (`path` None), all with a target. `y` are all rows' targets as Target.read gives
    them.
    """
    known = known_rows(prepare.target, y)
    if not known.any():
        raise InputError(
            message(
                "no row of {path} has a target {name!r}",
                path=path or message("the table"),
                name=prepare.target.name,
            )
        )
    source = prepare.source
    if path is not None and source is not None and is_source(prepare, path, len(y)):
        by = source.split
        keys = None if by is None else read_all(table, by, known)
        chosen = split(prepare.target, y, source.held_out, 0.0, source.seed, by, keys) == TEST
        count = int(chosen.sum())
        return chosen, message("the {count:,} rows that were held out from training", count=count)
    left = len(y) - int(known.sum())
    said = message("{count:,} rows", count=int(known.sum()))
    if left:
        said += message(", {count:,} without a target left out", count=left)
    return known, said
