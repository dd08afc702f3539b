"""The pickles of *Deep Learning from Scratch*: read as data, never run.

>>> import io, pickle
>>> from badak.formats import book
>>> book.load(io.BytesIO(pickle.dumps({"b1": [0.5, 1.0]})))
{'b1': [0.5, 1.0]}
"""

from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.lazy import lazy
from badak.formats.base import Format, ImportOptions

if TYPE_CHECKING:
    from badak.formats.book.unpickler import load
    from badak.network.sequential import Sequential

__all__ = ["FORMATS", "load"]

# The list of formats is read for the command's help, which does not wait for NumPy.
__getattr__, _ = lazy(__name__, {"load": "badak.formats.book.unpickler"})


def _read(path: Path, options: ImportOptions) -> "Sequential":
    from badak.formats.book.weights import read

    return read(path, options)


FORMATS = (Format(name="book", endings=(".pkl",), read=_read, takes_hints=True),)
