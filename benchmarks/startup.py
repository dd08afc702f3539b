"""How long it takes until badak does something: import, help, the first step.

``python -m benchmarks.startup``: fresh processes each time. The first step is taken once with an
empty cache (BADAK_CACHE), as on a new machine, and then with the cache that this left.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.machine import thread_environment
from benchmarks.report import Report, options, time_text

FIRST_STEP = """
import time
import numpy as np
from badak import Input, Sequential, layers
x, y = np.zeros((100, 784), np.float32), np.zeros(100, np.int64)
begin = time.perf_counter()
model = Sequential([Input((784,)), layers.Dense(50, "relu"), layers.Dense(10, "softmax")])
model.compile("adam")
model.fit(x, y, batch_size=100, verbose=0)
print(time.perf_counter() - begin)
"""
FIRST_ANSWER = FIRST_STEP.replace("model.fit(x, y, batch_size=100, verbose=0)", "model.predict(x)")

NOTHING, IMPORT = "python -c pass, the whole process", "import badak, the whole process"


def main() -> None:
    arguments = options(__doc__).parse_args()
    repetitions = 3 if arguments.quick else 9
    environment = thread_environment(arguments.threads)
    command = shutil.which("badak") or str(Path(sys.executable).parent / "badak")
    report = Report("from nothing to the first step", arguments.threads)
    with tempfile.TemporaryDirectory(prefix="badak-benchmarks-") as cache:
        with_cache = {**environment, "BADAK_CACHE": cache}

        def python(code: str) -> Callable[[], float]:
            return lambda: whole([sys.executable, "-c", code], with_cache)

        def inside(code: str) -> Callable[[], float]:
            return lambda: told([sys.executable, "-c", code], with_cache)

        measured: list[tuple[str, int, Callable[[], float]]] = [
            (NOTHING, repetitions, python("pass")),
            ("import numpy, the whole process", repetitions, python("import numpy")),
            (IMPORT, repetitions, python("import badak")),
            ("badak --help", repetitions, lambda: whole([command, "--help"], with_cache)),
            ("first step on a new machine, after import", 1, inside(FIRST_STEP)),
            ("first step in a later process, after import", repetitions, inside(FIRST_STEP)),
            ("first predict in a later process, after import", repetitions, inside(FIRST_ANSWER)),
        ]
        table = report.table("", "seconds")
        found = {what: median(run() for _ in range(times)) for what, times, run in measured}
        found["import badak"] = found[IMPORT] - found[NOTHING]
        for what, seconds in found.items():
            report.rows.append({"what": what, "seconds": seconds})
            table.add_row(what, time_text(seconds))
    report.show(table, "medians, files in the system's cache")
    report.write(arguments.json)


def whole(command: list[str], environment: dict[str, str]) -> float:
    """Return the seconds from the start of a process to its end."""
    begin = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def told(command: list[str], environment: dict[str, str]) -> float:
    """Return the seconds that a process measured itself, and prints last."""
    result = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True, cwd=os.sep
    )
    return float(result.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
