"""Every public name documents its parameters, what it returns, and an example.

Public is what docs/reference.md lists, with the methods of each class. Wings that are not yet
documented are listed in docstrings_todo.txt, one prefix of names a line; the list only shrinks.
"""

import importlib
import inspect
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType

import pytest

import badak

validate = pytest.importorskip("numpydoc.validate").validate

HERE = Path(__file__).parent
TODO = (HERE / "docstrings_todo.txt").read_text(encoding="utf-8").split()

sys.path.insert(0, str(HERE.parent / "docs"))
from make_reference import public_names  # noqa: E402

sys.path.pop(0)

IS_THERE = {"GL08", "SS01"}  # a docstring, and its summary
OF_METHODS = IS_THERE | {"PR01", "PR02", "RT01"}  # parameters and returns
OF_NAMES = OF_METHODS | {"EX01"}  # a method's example may stand in its class


def documented() -> dict[str, set[str]]:
    """Return what numpydoc is asked about each public name, each object once."""
    seen: set[int] = set()
    asked = {}
    for name, value in names(badak, "badak"):
        if id(value) in seen or not (inspect.isclass(value) or inspect.isfunction(value)):
            continue
        seen.add(id(value))
        asked[name] = OF_NAMES - {"PR01"} if _is_enumeration(value) else OF_NAMES
        if inspect.isclass(value):
            asked |= {f"{name}.{method}": codes for method, codes in methods(value)}
    return asked


def _is_enumeration(value: object) -> bool:
    """Members document an enumeration: its signature is that of Enum's functional form."""
    return isinstance(value, type) and issubclass(value, Enum)


def methods(kind: type) -> Iterator[tuple[str, set[str]]]:
    """The methods that a class adds: what it overrides is documented where it is declared."""
    for name, value in vars(kind).items():
        is_new = not any(hasattr(base, name) for base in kind.__bases__)
        if name[0] != "_" and inspect.isfunction(value) and is_new:
            takes_arguments = len(inspect.signature(value).parameters) > 1
            yield name, OF_METHODS if takes_arguments else IS_THERE


def names(module: ModuleType, path: str) -> Iterator[tuple[str, object]]:
    for name in public_names(module):
        value = getattr(module, name)
        if not isinstance(value, ModuleType):
            yield f"{path}.{name}", value
        elif value.__name__.startswith(path):
            yield from names(importlib.import_module(value.__name__), value.__name__)


ASKED = documented()


def faults(name: str) -> list[str]:
    found = validate(name)["errors"]
    return [f"{name}: {code} {message}" for code, message in found if code in ASKED[name]]


def is_todo(name: str) -> bool:
    return any(f"{name}.".startswith(f"{prefix}.") for prefix in TODO)


@pytest.mark.parametrize("name", [name for name in ASKED if not is_todo(name)])
def test_a_public_name_documents_its_parameters_and_what_it_returns(name: str) -> None:
    assert faults(name) == []


@pytest.mark.parametrize("prefix", TODO)
def test_a_wing_that_is_documented_leaves_the_list(prefix: str) -> None:
    below = [name for name in ASKED if f"{name}.".startswith(f"{prefix}.")]
    assert any(faults(name) for name in below), f"remove {prefix} from docstrings_todo.txt"


def test_the_list_of_wings_names_each_once() -> None:
    assert sorted(set(TODO)) == TODO
