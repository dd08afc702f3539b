"""Files of other programs, read and written; none of them can run code.

>>> from badak import Input, Sequential, formats, layers
>>> model = Sequential([Input((4,)), layers.Dense(3, "softmax")])
>>> formats.export(model, getfixture("tmp_path") / "network.c")
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from badak.formats.table import EXPORTERS, export, import_model

__all__ = ["EXPORTERS", "export", "import_model"]


def __getattr__(name: str) -> Any:
    """Load the table when it is first asked for; the formats in it load one by one."""
    if name in __all__:
        return getattr(importlib.import_module("badak.formats.table"), name)
    raise AttributeError(f"module 'badak.formats' has no attribute {name!r}")
