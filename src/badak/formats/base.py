"""The description of a file format: its name, its file endings, and its reader and writer.

Each sub-package of :mod:`badak.formats` that has a tuple FORMATS of these is found by
:mod:`badak.formats.registry`; to add a format is to add such a folder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


@dataclass(frozen=True)
class ImportOptions:
    """What the caller of ``import_model`` gives besides the file; None and empty: nothing."""

    activation: Any = None
    """What the hidden layers apply, or a list of one each."""
    output: Any = None
    """What the last layer applies."""
    like: "Sequential | None" = None
    """A model that is the same but for its weights."""
    custom_objects: Mapping[str, Any] = field(default_factory=dict)
    """The user's own objects by name."""

    def hints(self) -> dict[str, Any]:
        """Return what is given of that which files of weights alone do not hold."""
        named = {each.name: getattr(self, each.name) for each in fields(self)[:3]}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Format:
    """One kind of file; the functions import what they need when they are called."""

    name: str
    """What the user calls it: "onnx". Kinds of file of one program share it."""
    endings: tuple[str, ...] = ()
    """The endings of its files."""
    rank: int = 100
    """Where lists put it: the lowest first, and the lowest of those that share an ending."""

    write: "Callable[[Sequential, str], bytes | str] | None" = None
    """Return the content of the file of this name; None for a format that is only read."""
    ending_of_unnamed: str = ""
    """The ending that a file gets that the user has not named; else the first of `endings`."""
    holds_names: bool = True
    """Whether there is a place for the names of the classes and the preparation of the data."""

    read: "Callable[[Path, ImportOptions], Sequential] | None" = None
    """Return the model in a file; None for a format that is only written."""
    takes_hints: bool = False
    """Whether there are files of it that hold weights alone, so that the options complete them."""
    recognises: Callable[[Path], bool] | None = None
    """Whether a file with such an ending is of this format; None where the ending suffices."""
    convert: "Callable[[Any], Sequential] | None" = None
    """Return the model that an object of the other library stands for."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Endings of the other program's files that are not read, and what to do instead."""

    needs: str = ""
    """What ``pip install`` has to get for it; "" where nothing is needed."""

    @property
    def default_ending(self) -> str:
        """The ending of a file that the user has not named."""
        return self.ending_of_unnamed or self.endings[0]
