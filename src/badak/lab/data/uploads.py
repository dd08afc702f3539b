"""What a user has put on the page: bounded in size, kept in a folder of its own, by number.

The name of a file only labels it. No part of a name is ever taken for a path.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from badak._common.language import message
from badak._common.validation import shown
from badak.lab.errors import RecipeError
from badak.typing import Array

MOST_BYTES = {"table": 32 * 2**20, "pictures": 64 * 2**20, "drawn": 8 * 2**20}
"""Of one upload, by its kind."""
MOST_TOGETHER = 512 * 2**20
MOST_UPLOADS = 500
LONGEST_NAME = 80


@dataclass(frozen=True, eq=False)
class Upload:
    """One thing that the user has put on the page."""

    number: str
    kind: str
    """"table", "pictures", "drawn" or "given"."""
    name: str
    """What it is called; a file of this name may stand in `folder`, which holds nothing else."""
    folder: Path | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the page is told of it."""
    arrays: Mapping[str, Array] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    """Of classes."""


class Uploads:
    r"""All that the user has put on the page.

    Examples
    --------
    >>> uploads = Uploads()
    >>> told = uploads.add("table", "../sums.csv", b"a,b,sum\n1,2,3\n4,5,9\n")
    >>> told["name"], told["columns"]
    ('sums.csv', ['a', 'b', 'sum'])
    >>> uploads.close()
    """

    def __init__(self) -> None:
        self._kept: dict[str, Upload] = {}
        self._folder: Path | None = None
        self._bytes = 0

    def add(self, kind: str, name: str, body: bytes) -> dict[str, Any]:
        """Take in a file.

        Parameters
        ----------
        kind : {"table", "pictures", "drawn"}
            A CSV or Parquet file; a zip of a folder with a folder of pictures for each class; or
            JSON of drawn digits, ``{"images": [{"pixels": [...], "label": "3"}, ...]}``.
        name : str
            What the file is called; only a label.
        body : bytes
            Its content.

        Returns
        -------
        dict
            ``upload``, its number, for the recipe; ``kind``, ``name``; of a table ``columns``,
            ``rows`` and a likely ``target``; of pictures and digits ``classes`` and ``count``.

        Raises
        ------
        InputError, FileFormatError
            Too large, of no such kind, or damaged.
        """
        if kind not in MOST_BYTES:
            raise RecipeError(
                message(
                    "kind is {kind}, but what may be put here is one of {known}",
                    kind=shown(kind),
                    known=", ".join(MOST_BYTES),
                ),
                "kind",
            )
        self._check_room(len(body), MOST_BYTES[kind])
        number = str(len(self._kept) + 1)
        label = plain_name(name) or kind
        from badak.lab.data import drawn, pictures, table

        if kind == "drawn":
            made = drawn.take_in(number, label, body)
        else:
            folder = self._new_folder(number)
            take_in = table.take_in if kind == "table" else pictures.take_in
            try:
                made = take_in(number, label, body, folder)
            except Exception:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        self._bytes += len(body)
        return self._keep(made)

    def add_given(
        self,
        x: Any,
        t: Any,
        *,
        classes: tuple[str, ...] = (),
        features: tuple[str, ...] = (),
        maximum: float | None = None,
    ) -> str:
        """Take in arrays from Python; return their number for a recipe of kind "given".

        Parameters
        ----------
        x : array_like, (n, *shape)
            Samples.
        t : array_like
            Class numbers (n,), one-hot rows (n, classes), or numbers (n,) or (n, outputs).
        classes, features : tuple of str, optional
            The names of classes and of features.
        maximum : float, optional
            Of pictures, the largest pixel; None: it is found.
        """
        from badak.lab.data import given

        number = str(len(self._kept) + 1)
        self._keep(given.take_in(number, x, t, classes, features, maximum))
        return number

    def get(self, number: Any, kind: str) -> Upload:
        """Return an upload of this kind, or raise RecipeError."""
        found = self._kept.get(number) if isinstance(number, str) else None
        if found is None or found.kind != kind:
            raise RecipeError(
                message(
                    "the data are upload {number}, which is not here: put the file on the page "
                    "again",
                    number=shown(number),
                ),
                "data.upload",
            )
        return found

    def told(self) -> list[dict[str, Any]]:
        """Return what the page is told of each upload."""
        return [self._tell(each) for each in self._kept.values()]

    def close(self) -> None:
        """Forget all, and remove the folder."""
        self._kept.clear()
        self._bytes = 0
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _keep(self, upload: Upload) -> dict[str, Any]:
        self._kept[upload.number] = upload
        return self._tell(upload)

    @staticmethod
    def _tell(upload: Upload) -> dict[str, Any]:
        return {"upload": upload.number, "kind": upload.kind, "name": upload.name, **upload.told}

    def _new_folder(self, number: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="badak-lab-"))
        folder = self._folder / number
        folder.mkdir(exist_ok=True)
        return folder

    def _check_room(self, size: int, most: int) -> None:
        if size > most:
            raise RecipeError(
                message(
                    "the file has {size:,.1f} MB, but may have {most:,.0f} MB",
                    size=size / 2**20,
                    most=most / 2**20,
                ),
                "body",
            )
        if self._bytes + size > MOST_TOGETHER or len(self._kept) >= MOST_UPLOADS:
            raise RecipeError(
                message("there is no room for more files: start the lab anew to empty it"), "body"
            )


def plain_name(name: str) -> str:
    r"""Return the last part of a name, with nothing that a path or a terminal may take amiss.

    >>> plain_name("../../etc/a b.csv"), plain_name("C:\\x\\집값.csv"), plain_name("..")
    ('a b.csv', '집값.csv', '')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in last)
    ending = kept[kept.rfind(".") :] if "." in kept else ""
    short = kept if len(kept) <= LONGEST_NAME else kept[: LONGEST_NAME - len(ending)] + ending
    return short.lstrip(". ")[-LONGEST_NAME:]
