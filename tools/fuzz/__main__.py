"""Damaged and hostile files for every reader: only badak's own errors may come.

Run it from the repository's root, as often as you like; it goes on where it was stopped::

    python -m tools.fuzz --mutants 1000000 --resume DIR

Each mutant follows from its reader's name and its number alone. A reader works in a process of its
own, which may take ten seconds and 512 MB more than before for one file; what it does not survive
is kept in DIR, and the exit status is 1. Needs all extras and PyTorch; readers whose library is
missing are left out.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from .process import run, work
from .readers import READERS, available

BLOCK = 5000  # mutants between two notes of how far it has come


def main() -> int:
    """Run what is asked for; return 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--mutants", type=int, default=20_000, help="over all readers")
    parser.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS))
    parser.add_argument("--resume", type=Path, help="a folder that keeps how far it has come")
    parser.add_argument("--work", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        name, first, last, folder, kept = given.work
        work(name, int(first), int(last), Path(folder), Path(kept))
        return 0
    names = [name for name in given.readers if available(name)]
    each = -(-given.mutants // len(names))
    with tempfile.TemporaryDirectory() as temporary:
        kept = given.resume or Path(temporary)
        kept.mkdir(parents=True, exist_ok=True)
        notes = kept / "progress.json"
        state = json.loads(notes.read_text()) if notes.exists() else {}
        for start in range(0, each, BLOCK):
            for name in names:
                block(name, min(start + BLOCK, each), state, kept)
                notes.write_text(json.dumps(state, indent=1))
        return summary(state, names)


def block(name: str, last: int, state: dict[str, Any], kept: Path) -> None:
    """Bring one reader to so many mutants."""
    known = state.setdefault(name, {"done": 0, "seconds": 0.0, "ended": {}, "found": {}})
    ended, began = Counter(known["ended"]), time.monotonic()
    for number, how in run(name, known["done"], last, kept):
        ended["found" if how.startswith("!") else how] += 1
        if how.startswith("!"):
            known["found"][str(number)] = how[1:]
            print(f"{name} {number}: {how[1:]}", flush=True)
        known["done"] = number + 1
    known["ended"] = dict(ended)
    known["seconds"] += time.monotonic() - began


def summary(state: dict[str, Any], names: list[str]) -> int:
    """Print a line for each reader; return 1 where something was found."""
    print(f"{'reader':15} {'mutants':>9} {'read':>9} {'refused':>9} {'found':>6}")
    columns = ("read", "refused", "found")
    total: Counter[str] = Counter()
    for name in names:
        known = state[name]
        total.update(known["ended"])
        print(_line(name, known["done"], [known["ended"].get(c, 0) for c in columns]))
    print(_line("all", total.total(), [total[c] for c in columns]))
    return int(total["found"] > 0)


def _line(name: str, done: int, counts: list[int]) -> str:
    read, refused, found = counts
    return f"{name:15} {done:9,} {read:9,} {refused:9,} {found:6,}"


if __name__ == "__main__":
    sys.exit(main())
