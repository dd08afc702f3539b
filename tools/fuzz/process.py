"""A process of its own for one reader: it may crash, hang and fill the memory."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .readers import READERS, mutant

SECONDS = 10
MEGABYTES = 512


class TooLong(BaseException):
    """The time for one file is up."""


def _too_long(*_: Any) -> None:
    raise TooLong


def work(name: str, first: int, last: int, folder: Path, kept: Path) -> None:
    """Read mutants, noting each before it is read and how it ended.

    Runs in a process of its own, and in `folder`; what a reader does not survive goes to `kept`.
    """
    from badak.errors import BadakError

    reader = READERS[name]
    warnings.simplefilter("ignore")
    honest = reader.honest(folder)
    path = folder / f"mutant{reader.ending}"
    for content in honest:
        path.write_bytes(content)
        reader.read(path)
    signal.signal(signal.SIGALRM, _too_long)
    room = _virtual() + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    for number in range(first, last):
        path.write_bytes(mutant(name, number, honest))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(number, end=" ", flush=True)
        signal.alarm(SECONDS)
        try:
            reader.read(path)
            how = "read"
        except BadakError:
            how = "refused"
        except TooLong:
            how = f"!took over {SECONDS} s"
        except BaseException as error:
            where = traceback.extract_tb(error.__traceback__)
            ours = [f for f in where if "/badak/" in f.filename] or where
            at = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
            how = f"!{type(error).__name__} at {at}: {str(error)[:150]!r}"
        signal.alarm(0)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        if grown > MEGABYTES << 9:  # in kB; half of what may be asked for
            how = f"!took {grown >> 10} MB, then: {how}"
        if how.startswith("!"):
            shutil.copy(path, kept / f"{name}-{number}{reader.ending}")
        print(how.replace("\n", " "), flush=True)


def _virtual() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


ROOT = Path(__file__).parent.parent.parent


def run(name: str, first: int, last: int, kept: Path) -> Iterator[tuple[int, str]]:
    """Yield each mutant's number and how it ended; a process that dies is started again.

    What is found begins with an exclamation mark, and its file goes to `kept`.
    """
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    environment |= {"POLARS_MAX_THREADS": "1", "PYTHONPATH": path}
    while first < last:
        with tempfile.TemporaryDirectory() as folder:
            told = [name, str(first), str(last), folder, str(kept.resolve())]
            command = [sys.executable, "-m", "tools.fuzz", "--work", *told]
            with subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
                cwd=folder,
            ) as process:
                assert process.stdout is not None
                assert process.stderr is not None
                open_number = None
                for line in process.stdout:
                    each, _, how = line.rstrip("\n").partition(" ")
                    if not how:
                        open_number = int(each)
                        break
                    first = int(each) + 1
                    yield int(each), how
                said = process.stderr.read()
                code = process.wait()
                if open_number is not None:
                    ending = READERS[name].ending
                    file = f"{name}-{open_number}{ending}"
                    shutil.copy(Path(folder) / f"mutant{ending}", kept / file)
        if open_number is None and first < last:
            raise RuntimeError(f"{name}: the process ended with {code}:\n{said}")
        if open_number is not None:
            yield open_number, f"!the process ended with {code}: {said[-300:]!r}"
            first = open_number + 1
