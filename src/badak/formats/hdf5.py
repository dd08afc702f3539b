"""HDF5 files from strangers: their arrays by path, without all that reaches out of the file."""

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from badak._common.contents import but_is
from badak._common.extras import need
from badak._common.language import message
from badak.errors import BadakError, FileFormatError
from badak.formats.archives import unpacked_limit
from badak.typing import Array

MAX_OBJECTS = 100_000
FILTERS = {1, 2, 3}  # deflate, shuffle, fletcher32: the library's own


def read_arrays(source: Path | BinaryIO, size: int, skip: tuple[str, ...] = ()) -> dict[str, Array]:
    """Return the arrays of numbers in a file of `size` bytes by their paths.

    Groups at the top that `skip` names are left out. Raises FileFormatError for a file that is
    damaged, that takes data from other files, or that announces far more than it holds.
    """
    h5py = need("h5py", "badak[keras]", message("a file of Keras weights"))
    try:
        with h5py.File(source, "r") as file:
            return _Reader(h5py, unpacked_limit(size)).arrays(file, skip)
    except BadakError:
        raise
    except Exception as error:  # h5py raises what it comes upon
        other = but_is(source) if isinstance(source, Path) else ""
        raise FileFormatError(
            message("it is no whole HDF5 file{other}: {error}", other=other, error=error)
        ) from None


class _Reader:
    def __init__(self, h5py: Any, limit: int) -> None:
        self.h5py = h5py
        self.limit = limit
        self.seen: set[Any] = set()

    def arrays(self, file: Any, skip: tuple[str, ...]) -> dict[str, Array]:
        found: dict[str, Array] = {}
        waiting = [("", file)]
        while waiting:
            path, group = waiting.pop()
            for name in group:
                where = f"{path}/{name}" if path else str(name)
                if where in skip:
                    continue
                member = self.member(group, name, where)
                if isinstance(member, self.h5py.Group):
                    waiting.append((where, member))
                else:
                    found[where] = self.array(member, where)
        return found

    def member(self, group: Any, name: str, where: str) -> Any:
        """Return what a hard link leads to, met for the first time."""
        if not isinstance(group.get(name, getlink=True), self.h5py.HardLink):
            raise FileFormatError(
                message("{where!r} is a link to somewhere else, which is not followed", where=where)
            )
        member = group[name]
        address = self.h5py.h5o.get_info(member.id).addr
        if address in self.seen or len(self.seen) >= MAX_OBJECTS:
            raise FileFormatError(
                message("{where!r} is there twice, or one of too many", where=where)
            )
        self.seen.add(address)
        return member

    def array(self, member: Any, where: str) -> Array:
        if not isinstance(member, self.h5py.Dataset) or member.dtype.kind not in "fiu":
            raise FileFormatError(message("{where!r} is no array of numbers", where=where))
        plist = member.id.get_create_plist()
        filters = {plist.get_filter(i)[0] for i in range(plist.get_nfilters())}
        if member.is_virtual or member.external or not filters <= FILTERS:
            raise FileFormatError(
                message("{where!r} lies in other files, or is packed in a strange way", where=where)
            )
        self.limit -= member.nbytes
        if self.limit < 0:
            raise FileFormatError(
                message("{where!r} announces far more numbers than the file holds", where=where)
            )
        return np.asarray(member[()])
