"""A thousand different networks in one process: memory and machine code they leave behind.

``python -m benchmarks.sweep``: networks that differ in width, depth, activation, learning rate,
beta_1, dropout rate, L2 and slope are each fitted, asked and traced, as a search for settings does.
"""

import gc
import random
import time
from pathlib import Path

import numpy as np

from benchmarks.report import Report, options

WARM_UP = 100  # networks after which what is kept for good is there
ACTIVATIONS = ("relu", "tanh", "sigmoid", "elu", "gelu", "swish", "selu", "softplus")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--networks", type=int, default=1000)
    arguments = parser.parse_args()
    count = 300 if arguments.quick else arguments.networks
    from badak.engine.compiler.kernels import KERNELS

    rng = random.Random(0)
    x = np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32)
    t = np.arange(64) % 3
    report = Report("networks that differ in their settings, one after another", arguments.threads)
    table = report.table("networks", "resident memory", "kernels compiled", "alive", "time")
    started, done = time.perf_counter(), 0
    for until in sorted({WARM_UP, *range(count // 5, count + 1, count // 5)}):
        compiled = KERNELS.compiled
        while done < until:
            train(rng, x, t)
            done += 1
        seconds, started = time.perf_counter() - started, time.perf_counter()
        gc.collect()
        row: dict[str, float] = {
            "networks": done,
            "bytes": resident(),
            "compiled": KERNELS.compiled - compiled,
        }
        row |= {"alive": len(KERNELS), "seconds": seconds}
        report.rows.append(row)
        megabytes = f"{row['bytes'] / 1e6:.0f} MB"
        table.add_row(
            f"{done}", megabytes, f"{row['compiled']}", f"{row['alive']}", f"{seconds:.1f} s"
        )
    report.show(table, "each row: since the row above; the first ones compile")
    report.write(arguments.json)


def train(rng: random.Random, x: np.ndarray, t: np.ndarray) -> None:
    """Fit, ask and trace a network of random settings."""
    from badak import Input, Sequential
    from badak.layers import Dense, Dropout, Layer, LeakyReLU
    from badak.optimizers import Adam

    stack: list[Layer] = [Input((8,))]
    for _ in range(rng.randint(1, 3)):
        penalty = {"name": "L2", "l2": 10.0 ** rng.uniform(-6, -2)}
        units, activation = rng.randint(4, 96), rng.choice(ACTIVATIONS)
        stack.append(Dense(units, activation, kernel_regularizer=penalty))
        stack.append(Dropout(rng.uniform(0.05, 0.5)))
        if rng.random() < 0.3:
            stack.append(LeakyReLU(rng.uniform(0.05, 0.4)))
    model = Sequential([*stack, Dense(3, "softmax")])
    model.compile(Adam(10.0 ** rng.uniform(-4, -2), beta_1=rng.uniform(0.6, 0.97)))
    model.fit(x, t, epochs=1, verbose=0)
    model.predict(x)
    model.trace(x[:4], t[:4], training=True)


def resident() -> int:
    """Return this process's resident memory in bytes."""
    import resource

    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
