"""Options that take one of a few words, and the check that names them."""

from collections.abc import Callable

import typer

from badak._common.looks import LANGUAGES, THEMES

__all__ = ["LANGUAGES", "THEMES", "check_language", "check_theme", "one_of"]


def one_of(known: tuple[str, ...], complaint: str = "is not known") -> Callable[[str], str]:
    """Return an option's callback that takes these words only."""

    def check(given: str) -> str:
        if given not in known:
            raise typer.BadParameter(f"{given!r} {complaint}: give {' or '.join(known)}")
        return given

    return check


check_language = one_of(LANGUAGES, "is not spoken")
check_theme = one_of(THEMES)
