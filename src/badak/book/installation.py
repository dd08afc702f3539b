"""The book's own names for its modules: ``common`` and ``dataset``."""

import importlib
import sys
from types import ModuleType

from badak._common.language import message
from badak.errors import InputError

PACKAGES = {
    "common": (
        "functions",
        "gradient",
        "layers",
        "multi_layer_net",
        "multi_layer_net_extend",
        "optimizer",
        "trainer",
        "util",
    ),
    "dataset": ("mnist",),
}


def install() -> None:
    """Let ``import common.layers``, ``from dataset.mnist import ...`` and the like find badak.

    It holds for this process, and comes before folders of these names. A second call does nothing.

    Raises
    ------
    InputError
        Another `common` or `dataset` has been imported already; nothing is entered then.

    Examples
    --------
    >>> install()
    >>> from common.functions import sigmoid
    >>> from badak import functions
    >>> sigmoid is functions.sigmoid
    True
    """
    entered: dict[str, ModuleType] = {}
    for name, parts in PACKAGES.items():
        package = ModuleType(name, f"The book's package {name}, entered by badak.book.install().")
        package.__path__ = []  # a package, though there is no folder
        modules = {part: importlib.import_module(f"badak.book.{part}") for part in parts}
        vars(package).update(modules)
        if sys.modules.get(f"{name}.{parts[0]}") is modules[parts[0]]:
            continue  # a second call
        if name in sys.modules:
            raise InputError(
                message(
                    "{name} has been imported already, from {place}; call badak.book.install() "
                    "before anything imports it",
                    name=name,
                    place=getattr(sys.modules[name], "__file__", None) or sys.modules[name],
                )
            )
        entered[name] = package
        entered |= {f"{name}.{part}": module for part, module in modules.items()}
    sys.modules.update(entered)
