"""Modules that have moved: their old paths still work for one release, with a warning."""

import importlib
import sys
import warnings
from collections.abc import Mapping
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from badak._common.language import message


class MovedModules:
    """Find modules by the paths that they had before they moved, as an entry of sys.meta_path.

    It is asked last, when no file is found: a path of today never reaches it.

    Parameters
    ----------
    moved
        Each old path with the modules that hold its names now, searched in order.
    """

    def __init__(self, moved: Mapping[str, tuple[str, ...]]) -> None:
        self.moved = moved

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the specification of a forwarding module, or None for any other path."""
        if name not in self.moved:
            return None
        # A loader by its methods alone: importlib.abc takes 12 ms of a start.
        loader: Any = _Forwarding(self.moved[name])
        return ModuleSpec(name, loader, is_package=False)

    def install(self) -> None:
        """Ask this finder from now on, after all others."""
        if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
            sys.meta_path.append(self)


class _Forwarding:
    def __init__(self, homes: tuple[str, ...]) -> None:
        self.homes = homes

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        old, homes = module.__name__, self.homes
        warnings.warn(
            message(
                "{old} has moved to {homes}; the old path goes with the next release",
                old=old,
                homes=message(" and ").join(homes),
            ),
            DeprecationWarning,
            stacklevel=2,
        )

        def get(name: str) -> Any:
            for home in homes:
                found = importlib.import_module(home)
                if hasattr(found, name):
                    return getattr(found, name)
            raise AttributeError(
                message(
                    "module {old!r}, now {homes!r}, has no attribute {name!r}",
                    old=old,
                    homes=homes[0],
                    name=name,
                )
            )

        module.__getattr__ = get  # type: ignore[method-assign]
