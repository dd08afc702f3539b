"""The lab: a live page in which a network is built, trained and seen through.

``badak lab`` opens it from a terminal, and ``badak.lab(model, (x, t))`` from Python.
"""

import sys
from types import ModuleType
from typing import Any


class _Lab(ModuleType):
    """The package, which may be called: ``badak.lab(model, (x, t))``."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from badak.lab.serving import lab

        return lab(*args, **kwargs)


sys.modules[__name__].__class__ = _Lab
