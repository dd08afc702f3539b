"""Files of other programs, read and written; none of them can run code.

>>> from badak import Input, Sequential, formats, layers
>>> model = Sequential([Input((4,)), layers.Dense(3, "softmax")])
>>> formats.export(model, getfixture("tmp_path") / "network.c")
"""

from typing import TYPE_CHECKING

from badak._common.lazy import lazy

if TYPE_CHECKING:
    from badak.formats.registry import EXPORTERS, export, import_model

__all__ = ["EXPORTERS", "export", "import_model"]


__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "badak.formats.registry"))
