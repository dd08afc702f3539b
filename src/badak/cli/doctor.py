"""`badak doctor`: report processor, engine and libraries, and whether they work."""

import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak.cli.terminal import make_console, print_facts

if TYPE_CHECKING:
    from badak.typing import Array

NEEDED = ("numpy", "numba", "llvmlite", "matplotlib", "rich", "typer", "pillow", "safetensors")
EXTRAS = {
    "scikit-learn": "sklearn",
    "h5py": "keras",
    "onnx": "onnx",
    "polars": "tables",
    "tensorboardX": "tensorboard",
}
"""What is installed with one of badak's extras, and that extra's name."""

TOLERANCE = 1e-5  # by which the engine may differ from NumPy, relative to outputs of about 1


def doctor(
    clear_cache: Annotated[
        bool,
        typer.Option(
            "--clear-cache",
            help="Remove the engine's compiled code, which is compiled again when it is needed.",
        ),
    ] = False,
) -> None:
    """Show versions, processor, threads, the engine's state and the caches, and test the engine.

    The exit code is 1 where the engine does not work.

    Try: badak doctor
    """
    from badak import __version__

    console = make_console()
    if clear_cache:
        from badak.engine.machine.folder import clear_cache as clear

        files = clear()
        print_facts(console, {"removed": f"{files} files of compiled code"})
    works, engine = _engine()
    print_facts(
        console,
        {
            "badak": f"{__version__}, in {Path(__file__).parent.parent}",
            "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
            "processor": _processor(),
            "threads": _threads(),
            "engine": engine,
            "compiled code": _engine_cache(),
            "data sets": _data_folders(),
            "libraries": _listed(NEEDED),
            "extras": _extras(),
        },
    )
    if not works:
        raise typer.Exit(1)


def _processor() -> str:
    from badak.engine.machine.target import processor

    here = processor()
    return f"{here.name} to LLVM, {here.vector} float32 numbers at a time"


def _threads() -> str:
    from badak.engine.machine import threads

    given = os.environ.get(threads.VARIABLE)
    why = f"{threads.VARIABLE} says so" if given else f"{threads.VARIABLE} changes it"
    return f"{threads.allowed_threads()} of {threads.cores()} cores; {why}"


def _engine() -> tuple[bool, str]:
    """Train a small network a step in both ways: whether they agree, and what is to be said."""
    import numpy as np

    from badak import engine
    from badak.engine.program import native

    if engine.chosen(None) is not engine.DEFAULT:
        return True, f"not used: {engine.VARIABLE} is {os.environ[engine.VARIABLE]}"
    begin = time.perf_counter()
    try:
        native.interpreter()
        seconds = time.perf_counter() - begin
        compiled, reference = (_answers(name) for name in engine.ENGINES)
    except Exception as error:  # whatever keeps it from working is the finding
        return False, f"does not work: {error!r}; NumPy runs with {engine.VARIABLE}=reference"
    apart = float(np.abs(compiled - reference).max())
    if not apart < TOLERANCE:
        return False, f"does not agree with NumPy: answers differ by up to {apart:.2g}"
    return True, f"works, agrees with NumPy to {apart:.1g}; ready after {seconds:.2f} s"


def _answers(engine: str) -> "Array":
    """Return what a small network answers after some steps of training."""
    import numpy as np

    from badak import Sequential
    from badak.layers import Dense, Input

    x = np.random.default_rng(0).normal(size=(64, 7)).astype(np.float32)
    model = Sequential([Input((7,)), Dense(9, "tanh"), Dense(3, "softmax")], engine=engine)
    model.fit(x, np.arange(64) % 3, verbose=0)
    return model.predict(x)


def _engine_cache() -> str:
    from badak.engine.machine.folder import VARIABLE, cache_folder

    folder = cache_folder()
    files = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    size = sum(path.stat().st_size for path in files)
    return (
        f"{folder}, {len(files)} files, {size / 1e3:,.0f} kB; --clear-cache removes them, "
        f"{VARIABLE} names another folder"
    )


def _data_folders() -> str:
    from badak.datasets.download import VARIABLE, data_folders

    folders = ", ".join(
        f"{folder} ({'there' if folder.is_dir() else 'not there yet'})"
        for folder in data_folders(None)
    )
    return f"{folders}; {VARIABLE} names one to look into first"


def _extras() -> str:
    there = [name for name in EXTRAS if _version(name)]
    lacking = [f"{name} (badak[{EXTRAS[name]}])" for name in EXTRAS if name not in there]
    found = _listed(there) or "none"
    return found + (f"; not installed: {', '.join(lacking)}" if lacking else "")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {_version(name) or 'missing'}" for name in names)


def _version(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None
