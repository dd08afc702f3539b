"""The lab: a live page in which a network is built, trained and seen through.

``badak lab`` opens it from a terminal, and ``badak.lab(model, (x, t))`` from Python, which is
:func:`badak.lab.serving.lab`.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from badak._common.lazy import lazy

if TYPE_CHECKING:
    from badak.lab.serving import Lab, lab

__all__ = ["Lab", "lab"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "badak.lab.serving"))


class _Lab(ModuleType):
    """The package, which may be called: ``badak.lab(model, (x, t))``."""

    def __call__(self, *args: Any, **kwargs: Any) -> "Lab":
        from badak.lab.serving import lab

        return lab(*args, **kwargs)


sys.modules[__name__].__class__ = _Lab
