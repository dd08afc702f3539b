"""Options that take one of a few words, and the check that names them."""

import re
from collections.abc import Callable
from typing import Annotated, Any

import typer

from badak._common.language import language, marked, message, translated
from badak._common.looks import LANGUAGES, THEMES
from badak.cli.errors import UsageError

__all__ = [
    "LANGUAGES",
    "THEMES",
    "TextsLanguage",
    "check_language",
    "check_theme",
    "language_of_texts",
    "one_of",
    "sides_of",
]


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


def language_of_texts(context: typer.Context, given: str) -> str:
    """Return the language of a figure or report: an option's callback.

    Without --language of its own it is that of the command before it, as in
    ``badak plot --language ko network``, else the language that is spoken.
    """
    check_language(given or None)
    above: Any = context
    while not given and (above := above.parent) is not None:
        given = above.params.get("language") or ""
    return given or language()


TextsLanguage = Annotated[
    str,
    typer.Option(
        "--language",
        callback=language_of_texts,
        metavar="en|ko",
        help="Of all texts.",
        show_default="BADAK_LANGUAGE, or the locale",
    ),
]
"""The option of a page or a report; "" stands for none."""


def sides_of(size: str, option: str) -> tuple[int, int]:
    """Return the (width, height) that an option names, or raise a UsageError.

    >>> sides_of("64x48", "--size"), sides_of("32", "--size")
    ((64, 48), (32, 32))
    """
    if not re.fullmatch(r"[1-9][0-9]{0,4}(x[1-9][0-9]{0,4})?", size):
        raise UsageError(
            message(
                "{option} {size}: give width and height in pixels, such as 64x48, or one number "
                "for both",
                option=option,
                size=size,
            )
        )
    width, _, height = size.partition("x")
    return int(width), int(height or width)
