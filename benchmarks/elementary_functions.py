"""The largest errors of the compiled functions over all 2**32 float32 numbers.

``python -m benchmarks.elementary_functions`` sweeps them all, some minutes a function;
``--step 4099`` takes each 4099th, in seconds; names choose functions. The truth is worked out in
float64. An error is told in units in the last place (ulp) of the true value, and beside it as a
part of that value, or of 1 where it is smaller: a formula that subtracts, as GELU does, is many ulp
off where it is all but 0, and no other number beside it notices.
"""

import argparse
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from multiprocessing import get_context
from typing import Any

import numpy as np
from rich.progress import Progress
from scipy import special

from badak import activations
from badak.activations.smooth import erf
from badak.engine.compiler.kernels import elementwise
from benchmarks import machine
from benchmarks.report import Report, options

PATTERNS = 2**32
CHUNK = 2**19
QUICK_STEP = 65_537  # odd, so that all patterns of the low bits are met
Function = Callable[[Any], Any]


def raised(exponent: float) -> Function:
    """Return x to a power that float32 can hold."""
    return lambda x: x ** float(np.float32(exponent))


FUNCTIONS: dict[str, Function] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "erf": erf,
    "power 2.5": raised(2.5),
    "power -0.3": raised(-0.3),
    "power 100.1": raised(100.1),
    "sigmoid": activations.sigmoid,
    "softplus": activations.softplus,
    "elu": activations.elu,
    "selu": activations.selu,
    "swish": activations.swish,
    "mish": activations.mish,
    "gelu": activations.gelu,
}
"""What is compiled; in float64 it is the truth too, but for those in `EXACT`."""

EXACT: dict[str, Function] = {
    "erf": special.erf,
    "sigmoid": special.expit,
    "gelu": lambda x: x * special.ndtr(x),  # 1 + erf(x) is 0 in float64 too, from -8.3 down
}


@dataclass(frozen=True)
class Worst:
    """The largest errors found, and at which number."""

    ulp: float = 0.0
    at: float = 0.0
    relative: float = 0.0
    relative_at: float = 0.0

    def or_worse(self, other: "Worst") -> "Worst":
        """Return the larger of both kinds of error."""
        ulp = max((self.ulp, self.at), (other.ulp, other.at))
        relative = max((self.relative, self.relative_at), (other.relative, other.relative_at))
        return Worst(*ulp, *relative)


def main() -> None:
    arguments = parsed()
    report = Report("the largest errors of the compiled functions", len(machine.cores()))
    table = report.table("function", "ulp", "at x", "relative", "at x")
    with pool() as executor, Progress(console=report.console, transient=True) as progress:
        for name in arguments.functions or FUNCTIONS:
            starts = range(0, PATTERNS, CHUNK * arguments.step)
            chunks = executor.map(partial(worst_of_chunk, name, arguments.step), starts)
            worst = worst_of(progress.track(chunks, total=len(starts), description=name))
            report.rows.append({"function": name, "step": arguments.step, **asdict(worst)})
            table.add_row(
                name,
                f"{worst.ulp:.3g}",
                f"{worst.at:.9g}",
                f"{worst.relative:.2e}",
                f"{worst.relative_at:.9g}",
            )
    share = "all" if arguments.step == 1 else f"each {arguments.step}th of the"
    report.show(table, f"{share} 2**32 float32 numbers")
    report.write(arguments.json)


def parsed() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help=", ".join(FUNCTIONS))
    parser.add_argument("--step", type=int, metavar="N", help="take each N-th number")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.functions if name not in FUNCTIONS]
    if unknown:
        parser.error(f"no function is called {unknown[0]!r}; there are {', '.join(FUNCTIONS)}")
    if arguments.step is None:
        arguments.step = QUICK_STEP if arguments.quick else 1
    if arguments.step < 1:
        parser.error(f"--step is {arguments.step}, but it must be 1 or more")
    return arguments


def pool() -> ProcessPoolExecutor:
    """Return a process for each core; each compiles for itself."""
    return ProcessPoolExecutor(len(machine.cores()), mp_context=get_context("spawn"))


def worst_of(chunks: Iterable[Worst]) -> Worst:
    """Return the worst of all chunks."""
    worst = Worst()
    for chunk in chunks:
        worst = worst.or_worse(chunk)
    return worst


def worst_of_chunk(name: str, step: int, start: int) -> Worst:
    """Return the largest errors over the patterns from `start` on."""
    patterns = np.arange(start, min(start + CHUNK * step, PATTERNS), step, dtype=np.uint64)
    x = patterns.astype(np.uint32).view(np.float32)
    with np.errstate(all="ignore"):
        found, true = compiled(name)(x), EXACT.get(name, FUNCTIONS[name])(x.astype(np.float64))
        in_ulp = ulp_error(found, true)
        relative = in_ulp * ulp(true) / np.maximum(np.abs(true), 1.0)
        relative = np.where(np.isfinite(relative), relative, np.where(in_ulp > 0.5, np.inf, 0.0))
    worst, worst_relative = int(np.argmax(in_ulp)), int(np.argmax(relative))
    return Worst(
        float(in_ulp[worst]),
        float(x[worst]),
        float(relative[worst_relative]),
        float(x[worst_relative]),
    )


@cache
def compiled(name: str) -> Function:
    """Return the engine's code for a function."""
    return elementwise(FUNCTIONS[name])


def ulp_error(found: Any, true: Any) -> Any:
    """Return how far float32 numbers lie from float64 ones, in units in the last place.

    Infinity counts as 2**128, the number that would follow the largest; where one of the two is
    NaN and not the other, the error is infinite.
    """
    wall = 2.0**128
    distance = np.abs(np.clip(found.astype(np.float64), -wall, wall) - np.clip(true, -wall, wall))
    nan, true_nan = np.isnan(found), np.isnan(true)
    return np.where(nan | true_nan, np.where(nan == true_nan, 0.0, np.inf), distance / ulp(true))


def ulp(x: Any) -> Any:
    """Return the distance of the float32 numbers around each float64 number."""
    exponent = np.clip((x.view(np.int64) >> 52) & 0x7FF, 1023 - 126, 1023 + 127)
    return ((exponent - 23) << 52).view(np.float64)


if __name__ == "__main__":
    main()
