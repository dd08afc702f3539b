"""A peer in a process of its own, which does what it is told line by line.

``python -m benchmarks.worker MODULE THREADS``; a request and an answer are JSON, a line each. Two
peers in one process would fight: the idle threads of one's pool spin on the cores of the other.
"""

import importlib
import json
import os
import sys
import time
from typing import Any

import numpy as np

from benchmarks.machine import keep_to
from benchmarks.works import Work


class Worker:
    """What can be asked of a peer; each method is a request."""

    def __init__(self, module: str, threads: int) -> None:
        keep_to(threads)
        self.make = importlib.import_module(module).Peer
        self.threads = threads

    def start(self, work: dict[str, Any], x: str, y: str) -> None:
        """Make the network of `work`, with the data that lie in the files x and y."""
        self.work = Work(**{**work, "widths": tuple(work["widths"])})
        self.x = np.load(x)[: self.work.samples]
        self.y = np.load(y)[: self.work.samples]
        self.peer = self.make(self.work, self.threads)
        self.peer.load(self.x, self.y)

    def restart(self) -> None:
        """Go back to the initial weights."""
        self.peer = self.make(self.work, self.threads)
        self.peer.load(self.x, self.y)

    def fit(self, epochs: int) -> dict[str, float]:
        """Return the seconds that training took and the last epoch's loss."""
        begin = time.perf_counter()
        loss = self.peer.fit(epochs)
        return {"seconds": time.perf_counter() - begin, "loss": loss}

    def predict(self, samples: int, seconds: float) -> dict[str, Any]:
        """Return the seconds of a call with so many samples: a mean over about `seconds`."""
        x, predict = self.peer.native(self.x[:samples]), self.peer.predict
        for calls in (3, 30 if samples < 1000 else 3):  # to warm up, and to know how many
            begin = time.perf_counter()
            for _ in range(calls):
                answer = predict(x)
            one = (time.perf_counter() - begin) / calls
        calls = max(1, round(seconds / one))
        begin = time.perf_counter()
        for _ in range(calls):
            predict(x)
        one = (time.perf_counter() - begin) / calls
        return {"seconds": one, "first": np.asarray(answer)[0].tolist()}

    def accuracy(self, x: str, y: str) -> float:
        """Return the share of the samples in these files that are classified rightly."""
        answers = np.asarray(self.peer.predict(self.peer.native(np.load(x))))
        return float((answers.argmax(axis=1) == np.load(y)).mean())


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    worker = Worker(sys.argv[1], int(sys.argv[2]))
    for line in sys.stdin:
        name, arguments = json.loads(line)
        result = getattr(worker, name)(**arguments)
        print(json.dumps(result), file=answers, flush=True)


if __name__ == "__main__":
    main()
