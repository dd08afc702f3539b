"""`badak doctor`: report processor, engine and libraries, and whether they work."""

import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common.language import message
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
        print_facts(console, {"removed": message("{files} files of compiled code", files=files)})
    works, engine = _engine()
    print_facts(
        console,
        {
            "badak": message(
                "{version}, in {folder}", version=__version__, folder=Path(__file__).parent.parent
            ),
            "python": message(
                "{version} on {system}",
                version=platform.python_version(),
                system=f"{platform.system()} {platform.machine()}",
            ),
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
    return message(
        "{name} to LLVM, {count} float32 numbers at a time", name=here.name, count=here.vector
    )


def _threads() -> str:
    from badak.engine.machine import threads

    given = os.environ.get(threads.VARIABLE)
    facts = {
        "count": threads.allowed_threads(),
        "cores": threads.cores(),
        "variable": threads.VARIABLE,
    }
    if given:
        return message("{count} of {cores} cores; {variable} says so", **facts)
    return message("{count} of {cores} cores; {variable} changes it", **facts)


def _engine() -> tuple[bool, str]:
    """Train a small network a step in both ways: whether they agree, and what is to be said."""
    import numpy as np

    from badak import engine
    from badak.engine.program import native

    if engine.chosen(None) is not engine.DEFAULT:
        return True, message(
            "not used: {variable} is {value}",
            variable=engine.VARIABLE,
            value=os.environ[engine.VARIABLE],
        )
    begin = time.perf_counter()
    try:
        native.interpreter()
        seconds = time.perf_counter() - begin
        compiled, reference = (_answers(name) for name in engine.ENGINES)
    except Exception as error:  # whatever keeps it from working is the finding
        return False, message(
            "does not work: {error!r}; NumPy runs with {variable}=reference",
            error=error,
            variable=engine.VARIABLE,
        )
    apart = float(np.abs(compiled - reference).max())
    if not apart < TOLERANCE:
        return False, message(
            "does not agree with NumPy: answers differ by up to {apart:.2g}", apart=apart
        )
    return True, message(
        "works, agrees with NumPy to {apart:.1g}; ready after {seconds:.2f} s",
        apart=apart,
        seconds=seconds,
    )


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
    return message(
        "{folder}, {count} files, {size:,.0f} kB; --clear-cache removes them, {variable} names "
        "another folder",
        folder=folder,
        count=len(files),
        size=size / 1e3,
        variable=VARIABLE,
    )


def _data_folders() -> str:
    from badak.datasets.download import VARIABLE, data_folders

    found = [
        message("{folder} (there)", folder=folder)
        if folder.is_dir()
        else message("{folder} (not there yet)", folder=folder)
        for folder in data_folders(None)
    ]
    return message(
        "{folders}; {variable} names one to look into first",
        folders=", ".join(found),
        variable=VARIABLE,
    )


def _extras() -> str:
    there = [name for name in EXTRAS if _version(name)]
    lacking = [f"{name} (badak[{EXTRAS[name]}])" for name in EXTRAS if name not in there]
    found = _listed(there) or message("none")
    if lacking:
        return message("{found}; not installed: {lacking}", found=found, lacking=", ".join(lacking))
    return found


def _listed(names: Iterable[str]) -> str:
    versions = {name: _version(name) for name in names}
    return ", ".join(
        f"{name} {version}" if version else message("{name} missing", name=name)
        for name, version in versions.items()
    )


def _version(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None
