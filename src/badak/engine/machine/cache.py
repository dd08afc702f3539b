"""Machine code that is made once a machine: kept in a folder, it is loaded in later processes.

There are two kinds: what multiplies matrices is written in LLVM's language, the interpreter is
Python that Numba compiles. Loading needs LLVM's linker alone: Numba is not even imported.
"""

import ctypes
import hashlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from badak._common.language import message
from badak.engine.machine import bounds, folder
from badak.engine.machine.compiling import COMPILING
from badak.engine.machine.target import processor, target_machine
from badak.errors import FileFormatError

_MAGIC = b"badak machine code 1\n"
_PYTHON = ("Py", "_Py", "NRT_", "numba_", "_numba")
_alive: list[Any] = []  # LLVM frees machine code with the object that loaded it


@dataclass(frozen=True)
class Entry:
    """A compiled function that is ready to run.

    ``call(*numbers)`` takes whole numbers of the size of an address and lets other Python threads
    run meanwhile. It returns 0.
    """

    address: int
    call: Callable[..., int]

    def ready(self, *numbers: int) -> Callable[[], None]:
        """Return the call with these three numbers: ready to go, it takes a third of the time."""
        one, two, three = numbers
        words = (ctypes.c_int64 * 6)(self.address, *_places(), one, two, three)
        return partial(ctypes.CFUNCTYPE(None)(link_written()[_READY]), ctypes.byref(words))


@dataclass(frozen=True)
class _Code:
    """What is kept: machine code, its functions, and the names that it needs from outside.

    All functions take `arguments` numbers, if it is known how many.
    """

    functions: list[str]
    outside: list[str]
    machine_code: bytes
    arguments: int = 0


def load(name: str, build: Callable[[], tuple[Any, Any]]) -> Entry:
    """Return the function that `build` describes, from the cache or else compiled and put there.

    Parameters
    ----------
    name
        What the function is called in the cache, unique in the engine.
    build
        Imports Numba and returns the function that ``numba.njit`` made and its signature: no
        result, every argument an ``intp``. The function may not raise, nor touch Python objects.

    Raises
    ------
    ValueError
        The function cannot live without Python.
    """
    link_written()
    code = _cached(name, lambda: _compile(*build()))
    address = _link(code)[code.functions[0]]
    return Entry(address, _callable(address, code.arguments))


@cache
def link_written() -> dict[str, int]:
    """Link :mod:`badak.engine.matmul.llvm_module`: code linked later finds its functions."""
    addresses = _link(_cached("written", _assemble_written))
    for name, address in addresses.items():
        llvm.add_symbol(name, address)
    return addresses


def _cached(name: str, make: Callable[[], _Code]) -> _Code:
    """The code from the cache, or made and put there; of several processes one makes it."""
    kept_in = folder.usable_folder()
    if kept_in is None:
        return _made(make)
    path = kept_in / f"{name}-{_key()}{folder.SUFFIX}"
    code = _read(path)
    if code is None:
        with folder.one_at_a_time(kept_in, _announce_waiting):
            code = _read(path)
            if code is None:
                code = _made(make)
                _keep(path, code)
    return code


def _made(make: Callable[[], _Code]) -> _Code:
    _announce()
    with COMPILING:
        return make()


@cache
def _announce() -> None:
    print(
        message("badak: compiling the engine for this processor; it takes some seconds, once"),
        file=sys.stderr,
    )


@cache
def _announce_waiting() -> None:
    print(
        message("badak: waiting for the engine, which another process is compiling"),
        file=sys.stderr,
    )


@cache
def _key() -> str:
    """A short hash of everything that machine code depends on."""
    here = processor()
    facts = [_numba_version(), llvmlite.__version__, sys.version, sys.platform]
    facts += [here.name, here.features, str(here.vector), str(bounds.CHECKED)]
    facts += [os.environ.get(f"NUMBA_{name}", "") for name in ("CPU_NAME", "CPU_FEATURES", "OPT")]
    total = hashlib.sha256("\n".join(facts).encode())
    for source in sorted(Path(__file__).parents[1].rglob("*.py")):
        total.update(source.name.encode() + source.read_bytes())
    return total.hexdigest()[:24]


def _numba_version() -> str:
    """What Numba says of its version, without the time that importing it takes."""
    found = find_spec("numba")
    if found is None or found.origin is None:
        return ""
    return Path(found.origin).with_name("_version.py").read_text()


def _keep(path: Path, code: _Code) -> None:
    facts = {name: value for name, value in asdict(code).items() if name != "machine_code"}
    body = json.dumps(facts).encode() + b"\n" + code.machine_code
    try:
        folder.write(path, _MAGIC + hashlib.sha256(body).digest() + body)
    except OSError as error:
        folder.warn_unwritable(path.parent, error)


def _read(path: Path) -> _Code | None:
    """What the file holds; None where there is none, or one that is damaged or does not fit.

    None too where others may have written it: see :mod:`badak.engine.machine.folder`.
    """
    try:
        code = _parse(folder.read(path))
    except (OSError, FileFormatError):
        return None
    # LLVM ends the process over a name that it does not find.
    return code if all(map(llvm.address_of_symbol, code.outside)) else None


def _parse(data: bytes) -> _Code:
    start = len(_MAGIC) + hashlib.sha256().digest_size
    body = data[start:]
    if data[:start] != _MAGIC + hashlib.sha256(body).digest():
        raise FileFormatError(
            message("machine code in the engine's cache is damaged; remove the file")
        )
    facts, _, machine_code = body.partition(b"\n")
    return _Code(**json.loads(facts), machine_code=machine_code)


def _assemble_written() -> _Code:
    from badak.engine.matmul import llvm_module

    machine = target_machine()
    module = llvm.parse_assembly(llvm_module.text() + _CALL)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    passes.getModulePassManager().run(module, passes)
    return _Code([*llvm_module.FUNCTIONS, _READY], _outside(module), machine.emit_object(module))


def _compile(function: Any, signature: Any) -> _Code:
    from numba import njit, types

    if signature.return_type != types.none or {*signature.args} - {types.intp}:
        raise ValueError(
            message(
                "{function} has the signature {signature}, but what is kept must take intp only "
                "and return nothing",
                function=function.__name__,
                signature=signature,
            )
        )
    options = {**function.targetoptions, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    options.pop("nopython", None)
    plain = njit(**options)(function.py_func)
    plain.compile(signature)
    compiled = plain.overloads[tuple(signature.args)]
    outside = _outside(compiled.library._final_module)
    machine_code = compiled.library.serialize_using_object_code()[2][0]
    return _Code([compiled.fndesc.llvm_func_name], outside, machine_code, len(signature.args))


def _outside(module: Any) -> list[str]:
    """The names that a module needs from the process, none of them Python's."""
    names = [
        item.name
        for kind in (module.functions, module.global_variables)
        for item in kind
        if item.is_declaration and not item.name.startswith("llvm.")
    ]
    python = [name for name in names if name.startswith(_PYTHON)]
    if python:
        raise ValueError(
            message(
                "machine code that is kept must do without Python, but this needs {python}",
                python=", ".join(python),
            )
        )
    return names


def _link(code: _Code) -> dict[str, int]:
    """The addresses of the code's functions, ready to run."""
    with COMPILING:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(code.machine_code))
        engine.finalize_object()
        _alive.append(engine)
        return {name: engine.get_function_address(name) for name in code.functions}


def _callable(address: int, arguments: int) -> Callable[..., int]:
    kinds = [ctypes.c_void_p] * 2 + [ctypes.c_ssize_t] * arguments
    return partial(ctypes.CFUNCTYPE(ctypes.c_int32, *kinds)(address), *_places())


@cache
def _places() -> tuple[int, int]:
    """Numba's own way of calling: addresses for a result and for an exception come first."""
    places = (ctypes.c_void_p * 2)()
    _alive.append(places)
    here = ctypes.addressof(places)
    return here, here + ctypes.sizeof(ctypes.c_void_p)


_READY = "badak_ready"
_CALL = f"""
define void @{_READY}(ptr %words) {{
  %function = load ptr, ptr %words
  %place1 = getelementptr i64, ptr %words, i64 1
  %place2 = getelementptr i64, ptr %words, i64 2
  %place3 = getelementptr i64, ptr %words, i64 3
  %place4 = getelementptr i64, ptr %words, i64 4
  %place5 = getelementptr i64, ptr %words, i64 5
  %one = load i64, ptr %place1
  %two = load i64, ptr %place2
  %three = load i64, ptr %place3
  %four = load i64, ptr %place4
  %five = load i64, ptr %place5
  call i32 %function(i64 %one, i64 %two, i64 %three, i64 %four, i64 %five)
  ret void
}}
"""
"""Calls a function with the numbers that follow its address."""
