"""A network as one file of Python, C or JavaScript that needs nothing of badak.

For a machine where nothing else may be installed. Each file holds its preparation of the data, its
weights, a self-test, and the formulas of :mod:`badak.activations`, traced and printed.
"""

from typing import TYPE_CHECKING

from badak.formats.base import Format

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def _python(model: "Sequential", file: str) -> str:
    from badak.formats.standalone.python import write

    return write(model, file)


def _c(model: "Sequential", file: str) -> str:
    from badak.formats.standalone.c import write

    return write(model, file)


def _javascript(model: "Sequential", file: str) -> str:
    from badak.formats.standalone.javascript import write

    return write(model, file)


FORMATS = (
    Format(name="python", endings=(".py",), rank=5, write=_python),
    Format(name="c", endings=(".c",), rank=6, write=_c),
    Format(name="js", endings=(".mjs", ".js"), rank=7, write=_javascript),
)
