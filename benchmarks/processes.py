"""Peers in processes of their own, asked in turn, so that the machine's noise hits all alike."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from benchmarks.machine import thread_environment
from benchmarks.peers import BADAK, Peer
from benchmarks.works import Work, data_for

ROOT = Path(__file__).parent.parent
PAUSE = 0.1  # seconds between two peers: by then the idle threads of the first one sleep


class Process:
    """A peer's process; `ask` calls a method of :class:`benchmarks.worker.Worker` in it."""

    def __init__(self, peer: Peer, threads: int, folder: Path) -> None:
        self.peer = peer
        self.errors = folder / f"{peer.package}.log"
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.worker", peer.module, str(threads)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=thread_environment(threads),
                cwd=ROOT,
                text=True,
            )

    def ask(self, method: str, **arguments: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            print(json.dumps([method, arguments]), file=self.process.stdin, flush=True)
            return json.loads(self.process.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError):
            self.process.wait()
            what = f"{self.peer.label} failed at {method}:\n{self.errors.read_text()}"
            raise RuntimeError(what) from None

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


class Processes:
    """One process a peer, and the files that they all read their data from."""

    def __init__(self, peers: list[Peer], threads: int) -> None:
        self.peers = peers
        self.threads = threads
        self._files: dict[tuple[int, ...], tuple[str, str, str]] = {}

    def __enter__(self) -> "Processes":
        self._folder = tempfile.TemporaryDirectory(prefix="badak-benchmarks-")
        self.folder = Path(self._folder.name)
        self.all = [Process(peer, self.threads, self.folder) for peer in self.peers]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.all:
            process.close()
            said = process.errors.read_text().strip()
            if process.peer is BADAK and said:
                print(said)  # a warning there changes what was measured
        self._folder.cleanup()

    def start(self, work: Work) -> str:
        """Let every peer make the network; return where the data are from."""
        key = (work.widths[0], work.widths[-1], work.samples)
        if key not in self._files:
            source, x, y = data_for(*key)
            x_file, y_file = self.write(x, y)
            self._files[key] = (source, x_file, y_file)
        source, x_file, y_file = self._files[key]
        for process in self.all:
            process.ask("start", work=asdict(work), x=x_file, y=y_file)
        return source

    def write(self, *arrays: np.ndarray) -> list[str]:
        """Write arrays for the peers to load; return the files."""
        first = len(list(self.folder.glob("*.npy")))
        files = [str(self.folder / f"{first + i}.npy") for i in range(len(arrays))]
        for file, array in zip(files, arrays, strict=True):
            np.save(file, array)
        return files

    def in_turn(
        self, repetitions: int, question: Callable[[Process], dict[str, Any]]
    ) -> dict[str, list[dict[str, Any]]]:
        """Return each peer's answers, by its label; every round begins with another peer."""
        answers: dict[str, list[dict[str, Any]]] = {process.peer.label: [] for process in self.all}
        for repetition in range(repetitions):
            first = repetition % len(self.all)
            for process in self.all[first:] + self.all[:first]:
                time.sleep(PAUSE)
                answers[process.peer.label].append(question(process))
        return answers
