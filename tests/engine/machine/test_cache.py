import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from badak.engine.machine import cache as compiled
from badak.engine.machine import folder

SCRIPT = """
import ctypes, sys
from badak.engine.machine import cache as compiled

def build():
    from numba import njit, types
    from badak.engine.machine.intrinsics import load, store
    def add(numbers, count):
        for i in range(count):
            store(numbers, i, load(numbers, i) + 100)
    return njit(error_model="numpy")(add), types.void(types.intp, types.intp)

entry = compiled.load("add", build)
numbers = (ctypes.c_int64 * 3)(1, 2, 3)
assert entry.call(ctypes.addressof(numbers), 3) == 0
print(*numbers, "with Numba" if "numba" in sys.modules else "without Numba")
"""
COMPILED, LOADED = "101 102 103 with Numba\n", "101 102 103 without Numba\n"


def start(cache: Path, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "always", "-c", SCRIPT],
        env={**os.environ, "BADAK_CACHE": str(cache), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(cache: Path, **variables: str) -> tuple[str, str]:
    process = start(cache, **variables)
    said, errors = process.communicate()
    assert process.returncode == 0, errors
    return said, errors


def files(cache: Path) -> list[Path]:
    return sorted((cache / "engine").iterdir())


READY = """
import ctypes
from badak.engine.machine import cache as compiled

def build():
    from numba import njit, types
    from badak.engine.machine.intrinsics import load, store
    def add(numbers, one, other):
        store(numbers, 0, load(numbers, 0) + 10 * one + other)
    return njit(error_model="numpy")(add), types.void(*[types.intp] * 3)

number = ctypes.c_int64(1000)
entry = compiled.load("ready", build)
adds_some, adds_more = (entry.ready(ctypes.addressof(number), n, -3) for n in (1, 2**40))
adds_some()
adds_some()
print(number.value)
adds_more()
print(number.value - 10 * 2**40)
"""


def test_a_call_that_is_ready_passes_its_numbers(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", READY],
        env={**os.environ, "BADAK_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.split() == ["1014", "1011"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("filled")
    said, errors = run(cache)
    assert said == COMPILED
    assert errors.count("\n") == 1
    assert "compiling the engine for this processor" in errors
    return cache


@pytest.fixture
def cache(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that is filled, to be spoilt, and to be used by this process too."""
    shutil.copytree(filled / "engine", tmp_path / "engine")
    monkeypatch.setenv("BADAK_CACHE", str(tmp_path))
    return tmp_path


def test_a_second_process_loads_without_numba(filled: Path) -> None:
    assert run(filled) == (LOADED, "")


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip_a_bit(data: bytes) -> bytes:
    return data[:-100] + bytes([data[-100] ^ 1]) + data[-99:]


def empty(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("spoil", [cut, flip_a_bit, empty])
def test_damaged_files_are_made_anew(cache: Path, spoil: Any) -> None:
    before = {file: file.read_bytes() for file in files(cache)}
    for file, data in before.items():
        file.write_bytes(spoil(data))
    assert run(cache)[0] == COMPILED
    assert set(files(cache)) == set(before)
    assert run(cache) == (LOADED, "")


@pytest.mark.slow
def test_of_eight_processes_on_an_empty_cache_one_compiles_and_the_others_wait(
    tmp_path: Path,
) -> None:
    processes = [start(tmp_path) for _ in range(8)]
    assert sorted(process.communicate()[0] for process in processes) == [COMPILED, *[LOADED] * 7]
    assert len(files(tmp_path)) == 2  # the tile and the function, nothing half-written beside
    assert run(tmp_path) == (LOADED, "")


def test_another_processor_gets_files_of_its_own(cache: Path) -> None:
    before = files(cache)
    said, _ = run(cache, NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="")
    assert said == COMPILED
    assert len(files(cache)) == 2 * len(before)


def test_a_folder_that_cannot_be_written_costs_compiling_and_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for _ in range(2):
        said, errors = run(tmp_path / "file")
        assert said == COMPILED
        assert errors.count("RuntimeWarning") == 1
        assert "set BADAK_CACHE to a folder" in errors


def test_code_that_needs_python_is_refused(cache: Path) -> None:
    def build() -> Any:
        from numba import njit, types

        def speak(number):
            print(number)

        return njit(speak), types.void(types.intp)

    with pytest.raises(ValueError, match=r"must do without Python, but this needs .*Py"):
        compiled.load("speak", build)
    assert not list((cache / "engine").glob("speak*"))


def test_a_function_of_other_numbers_is_refused(cache: Path) -> None:
    def build() -> Any:
        from numba import njit, types

        return njit(lambda number: None), types.void(types.float64)

    with pytest.raises(ValueError, match=r"float64.*must take intp only"):
        compiled.load("halve", build)


def test_old_files_of_other_versions_go(cache: Path) -> None:
    folder = cache / "engine"
    old, used, foreign = (folder / f"{name}" for name in ("a.machine-code", "b.machine-code", "c"))
    for file, days in ((old, 91), (used, 89), (foreign, 200)):
        file.write_bytes(b"")
        os.utime(file, (time.time() - 86_400 * days,) * 2)
    for file in folder.glob("add-*"):
        file.unlink()
    assert run(cache)[0] == COMPILED
    assert not old.exists()
    assert used.exists()
    assert foreign.exists()


def test_a_file_in_use_does_not_grow_old(cache: Path) -> None:
    for file in files(cache):
        os.utime(file, (time.time() - 86_400 * 80,) * 2)
    assert run(cache)[0] == LOADED
    assert all(time.time() - file.stat().st_mtime < 86_400 for file in files(cache))


def test_clearing_removes_the_code_and_nothing_else(cache: Path) -> None:
    note = cache / "engine" / "note.txt"
    note.write_text("mine")
    assert folder.cache_folder() == cache / "engine"
    assert folder.clear_cache() == 2
    assert files(cache) == [note]
    assert folder.clear_cache() == 0


def test_the_cache_is_where_data_sets_are(monkeypatch: pytest.MonkeyPatch) -> None:
    import pooch

    monkeypatch.delenv("BADAK_CACHE", raising=False)
    assert folder.cache_folder() == Path(pooch.os_cache("badak")) / "engine"
