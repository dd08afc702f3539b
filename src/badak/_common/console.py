"""The console that everything is printed with: names never steer the terminal."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from badak._common.display import printable


class CleanConsole(Console):
    """A console that prints "?" for control characters of texts; its own colours stay.

    A name of a file, a column or a class may hold escape sequences, which could rename the window,
    hide text or, in some terminals, type commands.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Return what is printed, in pieces."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else _clean(segment)


def _clean(segment: Segment) -> Segment:
    text = printable(segment.text, keep="\n")
    return segment if text == segment.text else Segment(text, segment.style)
