"""Timing of tasks in alternation, so that a busy machine affects all of them alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

Tasks = Mapping[str, Callable[[], Any]]


def medians(tasks: Tasks, rounds: int, calls: int = 1) -> dict[str, float]:
    """Return the median time of a call of each task, in seconds, after a warm-up call.

    Each round times `calls` calls of each task in turn.

    >>> sorted(medians({"sum": lambda: sum(range(9)), "pass": lambda: None}, rounds=3))
    ['pass', 'sum']
    """
    return {name: statistics.median(each) for name, each in _times(tasks, rounds, calls).items()}


def fastest(tasks: Tasks, rounds: int, calls: int = 1) -> dict[str, float]:
    """Return the shortest time of a call of each task, in seconds, measured as `medians` are.

    Other programs can only lengthen a time, so the shortest is the best estimate, above all for
    tasks that use all cores.

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
