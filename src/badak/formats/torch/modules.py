"""The modules of a state_dict: their tensors, and the order in which data go through them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, permutations

from badak._common.language import message
from badak.errors import FileFormatError
from badak.formats.order import as_made, natural, pattern
from badak.typing import Array

MOST_TRIED = 7  # modules whose order is sought by their shapes

WRAPPERS = ("module", "_orig_mod", "net", "model")
"""What DataParallel, torch.compile and classes around a network put before the names."""


@dataclass
class Module:
    """The tensors of one module."""

    name: str
    tensors: dict[str, Array]

    @property
    def kind(self) -> str:
        """The class of PyTorch that has such tensors."""
        if "running_mean" in self.tensors:
            return "BatchNorm1d"
        if self.tensors["weight"].ndim == 2:
            return "Linear"
        return "LayerNorm" if "bias" in self.tensors else "PReLU"

    @property
    def is_linear(self) -> bool:
        """Whether it is a Linear."""
        return self.kind == "Linear"


def modules_in(tensors: dict[str, Array]) -> list[Module]:
    """Return the modules in the order of their first tensors."""
    found: dict[str, Module] = {}
    for name, value in zip(unwrapped(tensors), tensors.values(), strict=True):
        module, _, part = name.rpartition(".")
        found.setdefault(module, Module(module, {})).tensors[part] = value
    for each in found.values():
        _check_kind(each)
    return list(found.values())


def unwrapped(names: Iterable[str]) -> list[str]:
    """Return the names without what wrappers put before all of them, in any order.

    torch.compile also wraps parts of a network: its mark is taken out wherever it stands.

    >>> unwrapped(["module._orig_mod.net.0.weight", "module._orig_mod.net.2.weight"])
    ['0.weight', '2.weight']
    """
    given = list(names)
    bare = [re.sub(r"(^|\.)_orig_mod(?=\.)", "", name).lstrip(".") for name in given]
    while bare:
        front = bare[0].partition(".")[0]
        if front not in WRAPPERS or not all(name.startswith(f"{front}.") for name in bare):
            break
        bare = [name.removeprefix(f"{front}.") for name in bare]
    return bare if len(set(bare)) == len(given) else given


def order_is_told(names: Iterable[str]) -> bool:
    """Return whether a state_dict still has the order in which PyTorch made it."""
    return as_made(unwrapped(names))


def in_order(modules: list[Module], told: bool) -> list[Module]:
    """Return the modules so that each takes what the one before it gives.

    The order comes from the file (`told`), from numbers in the names, or from the shapes where only
    one order fits.
    """
    if not told and len({pattern(each.name) for each in modules}) == 1:
        modules = sorted(modules, key=lambda each: natural(each.name))
    elif not told:
        modules = _by_shapes(modules)
    linear = [each for each in modules if each.is_linear]
    for before, after in pairwise(linear):
        units, inputs = before.tensors["weight"].shape[0], after.tensors["weight"].shape[1]
        if units != inputs:
            raise FileFormatError(
                message(
                    "the module {name!r} of {units} units is followed by {name_2!r} of {inputs} "
                    "inputs: they do not fit; give like=, a model to fill",
                    name=before.name,
                    units=units,
                    name_2=after.name,
                    inputs=inputs,
                )
            )
    return modules


def _by_shapes(modules: list[Module]) -> list[Module]:
    """Return the one order that fits, and of several the one in which numbers rise."""
    fitting = [list(order) for order in _orders(modules)]
    if len(fitting) > 1:
        fitting = [order for order in fitting if as_made(each.name for each in order)]
    if len(fitting) != 1:
        names = ", ".join(repr(each.name) for each in modules)
        raise FileFormatError(
            message(
                "the file does not tell the order of its modules {names}: give like=, a model "
                "that is the same but for its weights",
                names=names,
            )
        )
    return fitting[0]


def _orders(modules: list[Module]) -> Iterator[tuple[Module, ...]]:
    """Yield the orders in which Linear layers fit one behind the other; none for others."""
    if len(modules) > MOST_TRIED or not all(each.is_linear for each in modules):
        return
    for order in permutations(modules):
        shapes = [each.tensors["weight"].shape for each in order]
        if all(a[0] == b[1] for a, b in pairwise(shapes)):
            yield order


KINDS = (
    ({"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}, 1),
    ({"weight", "bias", "running_mean", "running_var"}, 1),
    ({"running_mean", "running_var", "num_batches_tracked"}, 1),
    ({"weight", "bias"}, 2),
    ({"weight"}, 2),
    ({"weight", "bias"}, 1),
    ({"weight"}, 1),
)
"""The tensors of a module that is read, and the axes of its first."""


def _check_kind(module: Module) -> None:
    names = set(module.tensors)
    first = "weight" if "weight" in names else "running_mean"
    axes_given = module.tensors[first].ndim if first in names else 0
    if not any(names == known and axes_given == axes for known, axes in KINDS):
        shapes = ", ".join(f"{name} {value.shape}" for name, value in module.tensors.items())
        raise FileFormatError(
            message(
                "the module {name!r} ({shapes}) is none of Linear, BatchNorm1d, LayerNorm and "
                "PReLU, which are read",
                name=module.name,
                shapes=shapes,
            )
        )
