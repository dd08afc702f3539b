"""How many threads short steps run on: one or all, whichever was quicker when tried.

Two threads halve a step's arithmetic, but wait for each other and read what the other one has
written. Where a step takes some microseconds that may cost more than it brings: it depends on how
far apart the processor's cores are, and on what else they do. Results are the same either way.
"""

import math

ENOUGH = 0.0005  # seconds of a run: in a shorter one, waking the other threads counts too much
AGAIN = 1.0  # seconds of runs until the other number is tried once more
GAIN = 0.9  # all threads must take less than this part of one thread's time: they use more cores


class Pace:
    """Tells each run of steps how many threads to use, and is told how long it took.

    Where it is `known` that all threads are quicker, nothing is tried.

    >>> pace = Pace(2)
    >>> pace.threads
    1
    >>> pace.note(steps=100, seconds=0.001)  # long enough to compare with
    >>> pace.threads, pace.tries
    (2, True)
    """

    def __init__(self, most: int, *, known: bool = False) -> None:
        self.most = most
        self.threads = most if known else 1
        """What the next run is to use."""
        self.tries = False
        """Whether the next run is to find out how quick that is."""
        self._seconds: dict[int, float] = {}  # of a step, by the number of threads
        self._left = math.inf if known or most == 1 else 0.0  # seconds until the next try

    def limit(self, steps: int) -> int:
        """Return how many of so many steps the next run is to take: a try is short."""
        if not self.tries:
            return steps
        return min(steps, math.ceil(2 * self.most * ENOUGH / min(self._seconds.values())))

    def note(self, steps: int, seconds: float) -> None:
        """Learn how long a run of so many steps has taken."""
        if seconds < ENOUGH:
            return
        self._seconds[self.threads] = seconds / steps
        if self.tries:
            self.tries, self._left = False, AGAIN
            self.threads = self.most if self._seconds[self.most] < GAIN * self._seconds[1] else 1
        else:
            self._left -= seconds
            if self._left <= 0.0:
                self.tries, self.threads = True, self.most if self.threads == 1 else 1
