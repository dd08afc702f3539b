"""How long things take, measured in turns so that a busy moment strikes all alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

Tasks = Mapping[str, Callable[[], Any]]


def medians(tasks: Tasks, rounds: int, calls: int = 1) -> dict[str, float]:
    """Return the median time of a call of each task, in seconds, after one to warm it up.

    In every round each task has its turn, with so many calls in a row.

    >>> sorted(medians({"sum": lambda: sum(range(9)), "pass": lambda: None}, rounds=3))
    ['pass', 'sum']
    """
    return {name: statistics.median(each) for name, each in _times(tasks, rounds, calls).items()}


def fastest(tasks: Tasks, rounds: int, calls: int = 1) -> dict[str, float]:
    """Return the shortest time of a call of each task, in seconds, measured as `medians` are.

    What else the machine does can only lengthen a time: the shortest is nearest to the task's own.
    The best choice for what runs on all cores, which waits whenever another program has one.

    >>> sorted(fastest({"sum": lambda: sum(range(9)), "pass": lambda: None}, rounds=3))
    ['pass', 'sum']
    """
    return {name: min(each) for name, each in _times(tasks, rounds, calls).items()}


def _times(tasks: Tasks, rounds: int, calls: int) -> dict[str, list[float]]:
    for task in tasks.values():
        task()
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            start = time.perf_counter()
            for _ in range(calls):
                task()
            times[name].append((time.perf_counter() - start) / calls)
    return times
