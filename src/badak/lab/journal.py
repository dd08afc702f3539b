"""A run's journal: the stretches of training that lead to where it stands, to be repeated."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from badak.lab.network import Begin, Kept


@dataclass(frozen=True)
class Segment:
    """A stretch of whole epochs by one recipe.

    Parameters
    ----------
    recipe : dict
        The complete recipe of the stretch.
    epochs : int
        How many were trained.
    begin : {"new", "given", "settings", "compiled", "rebuilt"}
        How it begins. "new": with a new network. "given": with a model from outside, compiled.
        "settings": the same network goes on, with other settings. "compiled": with the weights as
        they are, and an optimizer that begins anew. "rebuilt": with a new network that takes over
        the weights of layers that stay.
    kept : tuple of (int, int)
        Of "rebuilt", the layers that keep their weights: places in the old and the new network.
    """

    recipe: dict[str, Any]
    epochs: int
    begin: Begin
    kept: Kept = ()


class Journal:
    """The segments of a run, in their order.

    Examples
    --------
    >>> journal = Journal([Segment({}, 0, "new")])
    >>> journal.epoch_over()
    >>> len(journal), journal.epochs
    (1, 1)
    """

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = segments
        self._more = 0
        """Epochs of the last segment that are not in it yet: it is counted at every epoch."""
        self._steps = [0] * len(segments)
        """Steps of the run before the model of each segment was compiled."""

    @property
    def segments(self) -> list[Segment]:
        """The segments, the first one first."""
        if self._more:
            last = self._segments[-1]
            self._segments[-1] = replace(last, epochs=last.epochs + self._more)
            self._more = 0
        return self._segments

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)

    def __len__(self) -> int:
        return len(self._segments)

    @property
    def epochs(self) -> int:
        """All epochs together."""
        return sum(segment.epochs for segment in self.segments)

    @property
    def steps_before(self) -> int:
        """Steps of the run that the model of the last segment has not counted."""
        return self._steps[-1]

    def add(self, segment: Segment, steps: int) -> None:
        """Begin a segment; `steps` is what the model before it had counted.

        One in which nothing was trained is left out where this one makes up for it.
        """
        before = self._steps[-1]
        if segment.begin in ("compiled", "rebuilt"):
            before += steps
        last = self.segments[-1]
        alike = ("settings", "compiled")
        if last.epochs == 0 and last.begin in alike and segment.begin in alike:
            begin: Begin = "compiled" if "compiled" in (last.begin, segment.begin) else "settings"
            self.segments[-1] = replace(segment, begin=begin)
            self._steps[-1] = before
            return
        self.segments.append(segment)
        self._steps.append(before)

    def epoch_over(self) -> None:
        """Count an epoch."""
        self._more += 1

    def reword(self, recipe: dict[str, Any]) -> None:
        """Put a recipe that trains the same in the place of the last one."""
        self.segments[-1] = replace(self.segments[-1], recipe=recipe)

    def at(self, epoch: int) -> Segment:
        """Return the segment that goes on from this epoch."""
        return self.segments[self._place(epoch)]

    def cut_at(self, epoch: int) -> "Journal":
        """Return the journal as it was at this epoch."""
        place = self._place(epoch)
        before = sum(segment.epochs for segment in self.segments[:place])
        last = replace(self.segments[place], epochs=epoch - before)
        other = Journal([*self.segments[:place], last])
        other._steps = self._steps[: place + 1]
        return other

    def copy(self) -> "Journal":
        """Return the same segments, to go on by themselves."""
        return self.cut_at(self.epochs)

    def _place(self, epoch: int) -> int:
        """Return the last segment that begins at this epoch or before."""
        start, place = 0, 0
        for number, segment in enumerate(self.segments):
            if start <= epoch:
                place = number
            start += segment.epochs
        return place
