"""The book's networks: the arrays W1, b1, W2 and so on of a pickle as Dense layers."""

import os

from badak.errors import FileFormatError
from badak.formats.assembly import filled
from badak.formats.base import ImportOptions
from badak.formats.book.unpickler import load
from badak.formats.named_arrays import dense_network, dense_pairs
from badak.network.sequential import Sequential


def read(path: str | os.PathLike[str], options: ImportOptions) -> Sequential:
    """Return the network; FileFormatError for a file that is damaged or holds anything else."""
    arrays = load(path)
    try:
        if options.like is None:
            return dense_network(arrays, options)
        pairs = dense_pairs(arrays)
        return filled(options.like, [w for pair in pairs for w in pair if w is not None])
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from None
