"""Write docs/reference.md: every public name with its call and the first sentence of its docstring.

Run from anywhere, with badak and its extras installed: ``python docs/make_reference.py``.
"""

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import badak

REFERENCE = Path(__file__).parent / "reference.md"
INTRODUCTION = """# Every public name

Written from the docstrings by `python docs/make_reference.py`; `help(name)` in Python tells the
rest: shapes, units, errors and an example.
"""


def main() -> None:
    """Write the page."""
    REFERENCE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the page's Markdown."""
    own = [name for name in sorted(badak.__all__) if not _is_module(name) and name[0] != "_"]
    parts = [INTRODUCTION, "## badak\n", *(_entry(name, getattr(badak, name)) for name in own)]
    for name in filter(_is_module, sorted(badak.__all__)):
        module = importlib.import_module(f"badak.{name}")
        parts += [f"\n## badak.{name}\n", _first_paragraph(module) + "\n"]
        parts += [_entry(public, getattr(module, public)) for public in public_names(module)]
    return "\n".join(parts) + "\n"


def public_names(module: ModuleType) -> list[str]:
    """Return the names that a module hands out, in its own order where it tells one."""
    if hasattr(module, "__all__"):
        return sorted(module.__all__, key=lambda name: (name.lower(), name))
    return [
        name
        for name, value in vars(module).items()
        if name[0] != "_" and getattr(value, "__module__", None) == module.__name__
    ]


def _entry(name: str, value: Any) -> str:
    if isinstance(value, ModuleType):
        inner = ", ".join(f"`{each}`" for each in public_names(value))
        return f"- **`{name}`** {_first_paragraph(value)} {inner}"
    lines = [f"- **`{name}{_signature(value)}`** {_first_paragraph(value)}"]
    if inspect.isclass(value):
        methods = {
            method: function
            for method, function in vars(value).items()
            if method[0] != "_" and callable(function) and inspect.getdoc(function)
        }
        lines += [
            f"  - `{method}{_signature(function)}` {_first_paragraph(function)}"
            for method, function in methods.items()
        ]
    return "\n".join(lines)


def _signature(value: Any) -> str:
    if not callable(value) or not hasattr(value, "__name__"):
        return ""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "(...)"
    names = [
        ("*" * ((p.kind is p.VAR_POSITIONAL) + 2 * (p.kind is p.VAR_KEYWORD)))
        + p.name
        + _default(p)
        for p in signature.parameters.values()
        if p.name not in ("self", "cls")
    ]
    return f"({', '.join(names)})"


def _default(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return ""
    shown = repr(parameter.default)
    return f"={shown}" if len(shown) <= 20 and "<" not in shown else "=..."


def _first_paragraph(value: Any) -> str:
    if not isinstance(value, ModuleType) and not hasattr(value, "__name__"):
        return f"One of `{type(value).__name__}`."
    told = inspect.getdoc(value) or ""
    paragraph = " ".join(told.split("\n\n")[0].split())
    return re.sub(r":(?:func|class|meth|mod|attr):`([^`]+)`", r"`\1`", paragraph)


def _is_module(name: str) -> bool:
    return isinstance(getattr(badak, name), ModuleType)


if __name__ == "__main__":
    main()
