"""Options that take one of a few words, and the check that names them."""

from collections.abc import Callable
from typing import Any

import typer

from badak._common.language import marked, translated
from badak._common.looks import LANGUAGES, THEMES

__all__ = ["LANGUAGES", "THEMES", "check_language", "check_theme", "one_of"]


def one_of(
    known: tuple[str, ...], complaint: str = marked("{given!r} is not known: give {known}")
) -> Callable[[Any], Any]:
    """Return an option's callback that takes these words only."""

    def check(given: Any) -> Any:
        if given is not None and given not in known:
            words = translated(" or ").join(known)
            raise typer.BadParameter(translated(complaint).format(given=given, known=words))
        return given

    return check


check_language = one_of(LANGUAGES, marked("{given!r} is not spoken: give {known}"))
check_theme = one_of(THEMES)
