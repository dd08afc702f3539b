"""The pictures that `badak train` draws next to a model: curves, confusion and mistakes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.language import language
from badak.recipes.files import COMMAND, check_free

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.training import History
    from badak.typing import Array

CURVES, CONFUSION, MISCLASSIFIED = ".curves.png", ".confusion.png", ".misclassified.png"


def check_pictures(model: Path) -> None:
    """Raise OSError where a picture beside the model could not be written, before any work."""
    for ending in (CURVES, CONFUSION, MISCLASSIFIED):
        check_free(model.with_suffix(ending), COMMAND)


def draw_curves(model: Path, history: "History") -> list[Path]:
    """Draw how the run went; return the files: none if it was stopped in its first epoch."""
    from badak import pictures

    if not history.epoch:
        return []
    path = model.with_suffix(CURVES)
    pictures.history(history, language=language(), save=path)
    return [path]


def draw_confusion(model: Path, y: "Array", answered: "Array", names: Sequence[str]) -> list[Path]:
    """Draw which classes of held-out samples were taken for which; return the files."""
    from badak import pictures

    path = model.with_suffix(CONFUSION)
    pictures.confusion(y, answered, names, language=language(), save=path)
    return [path]


def draw_misclassified(model: Path, network: "Sequential", x: "Array", y: "Array") -> list[Path]:
    """Draw the held-out images that the network gets wrong; return the files."""
    from badak import pictures

    path = model.with_suffix(MISCLASSIFIED)
    pictures.misclassified(network, x, y, language=language(), save=path)
    return [path]
