"""Where batches come from that are not there at once: a generator, a loader, numbered batches."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from badak._common.language import message
from badak._common.streams import called, is_endless, is_numbered, is_read_once
from badak._common.validation import check_whole
from badak.errors import InputError

Order = Callable[[int], Iterable[int]]
"""Returns the order in which so many batches are asked for."""


class Source:
    """The batches of a generator, a loader or numbered batches, epoch by epoch.

    An epoch takes `steps` batches, or all that there are. With `steps` the next epoch goes on where
    the last one ended, and what can begin anew does so when it has run out.

    Parameters
    ----------
    given
        What :func:`badak._common.streams.is_stream` says gives batches.
    steps
        How many of them an epoch takes; None: all.
    what
        What error messages call it.
    setting
        The name of the argument that says `steps`.
    """

    def __init__(
        self, given: Any, steps: int | None, what: str = "x", setting: str = "steps_per_epoch"
    ) -> None:
        self.given = given
        self.what = what
        self.setting = setting
        self.steps = check_whole(steps, setting, optional=True)
        self.once = is_read_once(given)
        self.ran_out = False
        """Whether what is read once has come to its end before an epoch had."""
        self._numbered = is_numbered(given)
        self._pass: Iterator[Any] | None = iter(given) if self.once else None
        self._peeked: list[Any] = []
        endless = is_endless(given) or (self._numbered and self._count() is None)
        if self.steps is None and endless:
            raise InputError(
                message(
                    "{what} is {called} without an end: say {setting}",
                    what=what,
                    called=called(given),
                    setting=setting,
                )
            )

    @property
    def length(self) -> int | None:
        """How many batches an epoch takes, where that is known beforehand."""
        return self.steps if self.steps is not None or self.once else self._count()

    def first(self) -> Any:
        """Return the first batch, which the first epoch is given too."""
        if not self._peeked:
            if self._pass is None:
                self._pass = self._begin(range)
            try:
                self._peeked.append(next(self._pass))
            except StopIteration:
                raise InputError(
                    message(
                        "{what} is {called} that gives no batch",
                        what=self.what,
                        called=called(self.given),
                    )
                ) from None
            if self._numbered:
                self._pass = None  # the first epoch may ask for them in another order
        return self._peeked[0]

    def has_more(self) -> bool:
        """Return whether another epoch would get a batch."""
        if self.ran_out or not self.once or self._peeked:
            return not self.ran_out
        assert self._pass is not None
        self._peeked = list(itertools.islice(self._pass, 1))
        self.ran_out = not self._peeked
        return not self.ran_out

    def epoch(self, order: Order = range) -> Iterator[Any]:
        """Yield the batches of one epoch; numbered ones in this order."""
        self._call("on_epoch_begin")
        if self.steps is None:
            yield from self._begin(order) if self._pass is None else self._rest()
            self._pass = self._pass if self.once else None
        for _ in range(self.steps or 0):
            found = self._next(order)
            if found is END:
                self.ran_out = True
                return
            yield found
        self._call("on_epoch_end")

    def _next(self, order: Order) -> Any:
        """Return the next batch of a pass that goes on from epoch to epoch; END where it cannot."""
        for _ in range(1 if self.once else 2):
            if self._pass is None:
                self._pass = self._begin(order)
            found = next(self._rest(), END)
            if found is not END or self.once:
                return found
            self._pass = None
        raise InputError(
            message(
                "{what} is {called} that gives no batch", what=self.what, called=called(self.given)
            )
        )

    def _rest(self) -> Iterator[Any]:
        """Return what is left of the pass, with what was looked at before its time."""
        peeked, self._peeked = self._peeked, []
        assert self._pass is not None
        return itertools.chain(peeked, self._pass)

    def _begin(self, order: Order) -> Iterator[Any]:
        if not self._numbered:
            return iter(self.given)
        self._peeked = []
        count = self._count()
        return (self.given[int(n)] for n in (itertools.count() if count is None else order(count)))

    def _count(self) -> int | None:
        """Return how many batches a pass has; None where it has no end, or does not tell."""
        try:
            if self._numbered and hasattr(type(self.given), "num_batches"):
                found = self.given.num_batches
            else:
                found = len(self.given)
        except (AttributeError, NotImplementedError, TypeError):
            return None
        return None if found is None else int(found)

    def _call(self, moment: str) -> None:
        """Tell numbered batches of an epoch's begin or end, if they have a method for it."""
        if self._numbered and hasattr(self.given, moment):
            getattr(self.given, moment)()


END = object()
"""What stands for a batch that is not there."""


def parts_of(batch: Any) -> tuple[Any, Any, Any]:
    """Return samples, targets and weights of a batch; None for what it does not hold.

    >>> parts_of(([[1.0]], [2.0]))
    ([[1.0]], [2.0], None)
    """
    if isinstance(batch, Mapping):
        keys = ", ".join(map(repr, batch))
        raise InputError(
            message(
                "it is {called} with the keys {keys}, not (x, y) or (x, y, sample_weight): give "
                "tuples, such as ((batch['x'], batch['y']) for batch in ...)",
                called=called(batch),
                keys=keys,
            )
        )
    if not isinstance(batch, (tuple, list)):
        return batch, None, None
    if not 1 <= len(batch) <= 3:
        raise InputError(
            message(
                "it holds {count} arrays, not (x, y) or (x, y, sample_weight)", count=len(batch)
            )
        )
    x, y, weight = (*batch, None, None)[:3]
    return x, y, weight
