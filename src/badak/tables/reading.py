"""Open a table: the reader that its ending asks for; a file may be larger than the memory."""

import os
from collections.abc import Iterable
from pathlib import Path

from badak._common.extras import need
from badak._common.files import check_regular
from badak._common.language import message
from badak.errors import InputError
from badak.tables.chunks import TableFile
from badak.tables.delimited import DelimitedFile
from badak.tables.names import DELIMITED, SUFFIXES, is_table, refuse_workbook
from badak.tables.values import MISSING, texts_for_missing


def open_table(
    path: str | os.PathLike[str],
    missing: Iterable[str] | None = None,
    encoding: str | None = None,
) -> TableFile:
    r"""Open the table in a file: CSV or TSV, also compressed by gzip, Parquet or Arrow.

    Parameters
    ----------
    path : path-like
        The file; its ending tells the format.
    missing : iterable of str, optional
        Texts that say that there is no value, as an empty cell does; None: those of
        :data:`badak.tables.values.MISSING`.
    encoding : str, optional
        What a CSV or TSV file is written in, by a name that Python knows; None: its bytes tell
        UTF-8, UTF-16, CP949 and Latin-1.

    Returns
    -------
    TableFile
        Its `columns`, its rows by `chunks()`, and what was taken of the file in `remarks`.

    Raises
    ------
    InputError, FileFormatError, OSError
        They name the file and, where there is one, the line.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "people.csv"
    >>> _ = path.write_text("name,age\nAda,36\nAlan,41\n")
    >>> table = open_table(path)
    >>> table.columns, [len(chunk) for chunk in table.chunks()]
    (['name', 'age'], [2])
    """
    file = Path(path).expanduser()
    refuse_workbook(file)
    if not is_table(file):
        raise InputError(
            message(
                "{file} is no table: its name should end in {suffixes}",
                file=file,
                suffixes=", ".join(SUFFIXES),
            )
        )
    check_regular(file, message("table"))
    nothing = MISSING if missing is None else texts_for_missing(missing)
    if file.name.lower().endswith(DELIMITED):
        return DelimitedFile(file, nothing, encoding)
    if encoding is not None:
        raise InputError(
            message("{file} holds no text in an encoding: leave --encoding out", file=file)
        )
    need("pyarrow", "badak[tables]", message("a Parquet or Arrow file"))
    from badak.tables.binary import BinaryFile  # PyArrow takes longer to load than a small table

    return BinaryFile(file, nothing)
