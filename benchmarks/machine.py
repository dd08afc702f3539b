"""What a measurement was taken on: the processor, its threads, and the versions of all."""

import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

VECTORS = ("avx512f", "avx2", "fma", "asimd")
THREAD_VARIABLES = (
    "BADAK_NUM_THREADS",
    "OMP_NUM_THREADS",  # PyTorch
    "MKL_NUM_THREADS",  # PyTorch's products
    "OPENBLAS_NUM_THREADS",  # NumPy's and SciPy's products, thus scikit-learn's
    "NPROC",  # XLA
)


def cores() -> list[int]:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def thread_environment(threads: int) -> dict[str, str]:
    """Return this process's environment with every library's number of threads set."""
    return {
        **os.environ,
        **{name: str(threads) for name in THREAD_VARIABLES},
        "JAX_PLATFORMS": "cpu",
    }


def keep_to(threads: int) -> None:
    """Let this process run on as many cores as it has threads, where the system can do that.

    Some libraries start a thread a core whatever they are told.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores()[:threads])


def processor() -> str:
    """Return the processor's name and its vector instructions, as the system tells them."""
    fields = _cpu_fields()
    name = fields.get("model name") or platform.processor() or platform.machine()
    if "cpu family" in fields:  # a virtual machine's name often says no more than the maker
        name += f", family {fields['cpu family']} model {fields['model']}"
    flags = fields.get("flags", fields.get("Features", "")).split()
    return ", ".join([name, *(flag for flag in VECTORS if flag in flags)])


def _cpu_fields() -> dict[str, str]:
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    lines = (line.partition(":") for line in path.read_text().splitlines())
    return {key.strip(): value.strip() for key, _, value in lines}


class Others:
    """How busy other programs keep the cores from now on, where Linux tells it."""

    def __init__(self) -> None:
        self.begin = time.perf_counter()
        self.before = _seconds_of_others()

    def share(self) -> float | None:
        """Return the share of all cores' time; processes of this one count when they have ended."""
        now = _seconds_of_others()
        if now is None or self.before is None:
            return None
        passed = (time.perf_counter() - self.begin) * (os.cpu_count() or 1)
        return max(0.0, (now - self.before) / passed)


def _seconds_of_others() -> float | None:
    path = Path("/proc/stat")
    if not path.exists():
        return None
    user, nice, system, _, _, *interrupts_and_stolen = path.read_text().split()[1:9]
    busy = sum(map(int, (user, nice, system, *interrupts_and_stolen)))
    own = os.times()
    return busy / os.sysconf("SC_CLK_TCK") - sum(own[:4])


def describe(threads: int, distributions: list[str]) -> dict[str, object]:
    """Return all that a reader needs to judge the numbers."""
    return {
        "processor": processor(),
        "system": platform.system(),
        "cores": len(cores()),
        "threads": threads,
        "engine": os.environ.get("BADAK_ENGINE") or "compiled",
        "versions": {"python": sys.version.split()[0], **_versions(["numpy", *distributions])},
    }


def _versions(distributions: list[str]) -> dict[str, str]:
    found = {}
    for name in distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found
