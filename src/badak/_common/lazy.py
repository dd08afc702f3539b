"""Lazy packages: import what a name stands for when the name is first used."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazy(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return a package's ``__getattr__`` and ``__dir__`` for names that live elsewhere.

    Parameters
    ----------
    package
        The package's ``__name__``.
    homes
        Each name's module; a name that is its module's last part stands for the module itself.

    Examples
    --------
    >>> get, names = lazy("badak", {"tau": "math", "math": "math"})
    >>> round(get("tau"), 2), names()
    (6.28, ['math', 'tau'])
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(homes[name])
        value = module if homes[name].rpartition(".")[2] == name else getattr(module, name)
        if package in sys.modules:
            setattr(sys.modules[package], name, value)
        return value

    return get, lambda: sorted(homes)
