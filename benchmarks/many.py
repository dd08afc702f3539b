"""Many small networks: ``badak.fit_many`` beside training one after another.

``python -m benchmarks.many``: 16 networks that are too small for two threads, as folds, seeds and
sweeps train them. Both ways end with the same bits, which is checked.
"""

import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

import badak
from badak import Input, Sequential, layers
from badak.engine.machine.threads import VARIABLE
from benchmarks.report import Report, options, ratio_text, time_text

NETWORKS = 16
WIDTHS = (20, 64, 64, 2)
ROWS, BATCH = 4000, 32
EPOCHS = (10, 40)


def main() -> None:
    arguments = options(__doc__).parse_args()
    os.environ[VARIABLE] = str(arguments.threads)
    repetitions, epochs = (3, EPOCHS[:1]) if arguments.quick else (7, EPOCHS)
    title = f"{NETWORKS} networks {'-'.join(map(str, WIDTHS))} on {ROWS:,} rows"
    report = Report(title, arguments.threads)
    table = report.table("epochs", "one after another", "side by side", "times as fast")
    for count in epochs:
        row = measure(count, repetitions)
        report.rows.append(row)
        times = (time_text(row[way]) for way in ("in_turn", "side_by_side"))
        table.add_row(str(count), *times, ratio_text(row["ratio"]))
    report.show(table, f"batches of {BATCH}, Adam; medians, of the ratios too")
    report.write(arguments.json)


def measure(epochs: int, repetitions: int) -> dict[str, Any]:
    """Return one row: both ways' times, which take turns, and the median of their ratios."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, WIDTHS[0])).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    settings: dict[str, Any] = {"batch_size": BATCH, "epochs": epochs, "verbose": 0}

    def in_turn(models: list[Sequential]) -> None:
        for model in models:
            model.fit(x, y, **settings)

    def side_by_side(models: list[Sequential]) -> None:
        badak.fit_many(models, x, y, **settings)

    seconds: dict[str, list[float]] = {"in_turn": [], "side_by_side": []}
    in_turn(networks()[:1])  # warms up
    for _ in range(repetitions):
        one, other = networks(), networks()
        seconds["in_turn"].append(timed(in_turn, one))
        seconds["side_by_side"].append(timed(side_by_side, other))
        check_alike(one, other)
    ratios = [a / b for a, b in zip(*seconds.values(), strict=True)]
    middle = {way: median(times) for way, times in seconds.items()}
    return {"epochs": epochs, **middle, "ratio": median(ratios), "all_seconds": seconds}


def networks() -> list[Sequential]:
    """Return new networks, each from a seed of its own."""
    *hidden, classes = WIDTHS[1:]
    return [
        Sequential(
            [
                Input((WIDTHS[0],)),
                *(layers.Dense(units, "relu") for units in hidden),
                layers.Dense(classes, "softmax"),
            ],
            seed=seed,
        )
        for seed in range(NETWORKS)
    ]


def timed(train: Callable[[list[Sequential]], None], models: list[Sequential]) -> float:
    """Return the seconds that training them takes."""
    begin = time.perf_counter()
    train(models)
    return time.perf_counter() - begin


def check_alike(one: list[Sequential], other: list[Sequential]) -> None:
    """Raise where the two ways did not end with the same bits."""
    for a, b in zip(one, other, strict=True):
        if a.parameters.vector.tobytes() != b.parameters.vector.tobytes():
            raise RuntimeError("side by side, a network ended with other weights than alone")


if __name__ == "__main__":
    main()
