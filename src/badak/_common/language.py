"""The language of what badak says: English, or Korean from the catalogue in ``badak/locale``.

The English sentence stands in the code and is what the catalogue is searched for::

    raise InputError(message("units is {units}, but must be at least 1", units=units))

Korean is chosen by :func:`set_language`, by the environment variable BADAK_LANGUAGE, or by the
locale (LC_ALL, LC_MESSAGES, LANG), in this order. Names, numbers, keys of dictionaries and of JSON,
and all that is written into files of data stay as they are.
"""

import functools
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from string import Formatter
from typing import TYPE_CHECKING

from badak._common.looks import LANGUAGES

if TYPE_CHECKING:
    from gettext import GNUTranslations

VARIABLE = "BADAK_LANGUAGE"
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of the locale; the first that is set counts."""

_chosen: str | None = None
_here: ContextVar[str | None] = ContextVar("badak's language", default=None)
"""What :func:`spoken` has chosen for this thread or task; before it the choice for all counts."""


def set_language(name: str | None) -> None:
    """Speak this language from now on; None leaves it to the environment.

    Parameters
    ----------
    name : {"en", "ko"} or None
        The language.

    Raises
    ------
    InputError
        Another language.

    Examples
    --------
    >>> set_language("ko")
    >>> translated("Options")
    '옵션'
    >>> set_language(None)
    """
    global _chosen
    if name is not None:
        _known(name)
    if _here.get() is not None:
        _here.set(name or _of_environment())
    else:
        _chosen = name


def _known(name: str) -> str:
    """Return the name of a language that is spoken; InputError for another."""
    if name not in LANGUAGES:
        from badak.errors import InputError

        known = message(" or ").join(LANGUAGES)
        raise InputError(
            message("language is {name!r}, but must be {known}", name=name, known=known)
        )
    return name


def language() -> str:
    """Return the language that is spoken, "en" or "ko"; decided when it is first asked for."""
    global _chosen
    here = _here.get()
    if here is not None:
        return here
    if _chosen is None:
        _chosen = _of_environment()
    return _chosen


@contextmanager
def spoken(name: str | None) -> Iterator[None]:
    """Speak another language for a while, in this thread or task alone; None leaves it as it is.

    >>> with spoken("ko"):
    ...     translated("Options")
    '옵션'
    >>> language()
    'en'
    """
    token = _here.set(_here.get() if name is None else _known(name))
    try:
        yield
    finally:
        _here.reset(token)


def unknown_language(where: str, given: str) -> str:
    """Return the sentence, in English, about a language that is not spoken."""
    return f"{where} is {given!r}, but must be {' or '.join(LANGUAGES)}"


def message(template: str, /, **fields: object) -> str:
    """Return a sentence in the language that is spoken, with its fields filled in.

    Parameters
    ----------
    template : str
        The English sentence, written out in the call: it is collected from the code for the
        catalogue. A brace is doubled, as for :meth:`str.format`.
    **fields : object
        What stands in its fields.

    Returns
    -------
    str

    Examples
    --------
    >>> message("units is {units!r}, but must be at least {least}", units="x", least=1)
    "units is 'x', but must be at least 1"
    """
    return _said(template, fields)


class Phrase:
    """A part of a sentence that is put into words only where the sentence is said.

    It is what a check calls a value: most values are right, and what they are called is not said.

    Parameters
    ----------
    template, **fields
        As of :func:`message`.

    Examples
    --------
    >>> message("{what} is missing", what=Phrase("the weight of class {label}", label=2))
    'the weight of class 2 is missing'
    """

    __slots__ = ("fields", "template")

    def __init__(self, template: str, /, **fields: object) -> None:
        self.template = template
        self.fields = fields

    def __str__(self) -> str:
        return _said(self.template, self.fields)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def counted(singular: str, plural: str, /, count: int, **fields: object) -> str:
    """Return the sentence for one or for several things; its field `count` is their number.

    Parameters
    ----------
    singular, plural : str
        The English sentence for one and for any other number, as of :func:`message`.
    count : int
        How many.
    **fields : object
        What stands in the other fields.

    Returns
    -------
    str

    Examples
    --------
    >>> counted("{count} row", "{count:,} rows", count=1200)
    '1,200 rows'
    """
    fields["count"] = count
    if language() == "en":
        return (singular if count == 1 else plural).format(**fields)
    return _filled(_catalogue().ngettext(singular, plural, count), fields)


def marked(text: str) -> str:
    """Return the text: it is collected for the catalogue, and :func:`translated` where it is shown.

    For tables of words that are made when a module is imported.
    """
    return text


def translated(text: str) -> str:
    """Return a marked text in the language that is spoken, or another text as it is."""
    return _catalogue().gettext(text) if text and language() == "ko" else text


def _said(template: str, fields: dict[str, object]) -> str:
    if language() == "en":
        return template.format(**fields)
    return _filled(_catalogue().gettext(template), fields)


def _of_environment() -> str:
    given = os.environ.get(VARIABLE)
    if given in LANGUAGES:
        return given
    if given:
        warnings.warn(unknown_language(VARIABLE, given) + "; badak speaks en", stacklevel=4)
        return "en"
    locale = next(filter(None, map(os.environ.get, LOCALE)), "")
    return "ko" if re.match(r"ko(?![a-z])", locale, re.IGNORECASE) else "en"


@functools.cache
def _catalogue() -> "GNUTranslations":
    from gettext import GNUTranslations  # only where it is needed: it delays a start
    from pathlib import Path

    path = Path(__file__).parent.parent / "locale" / "ko" / "LC_MESSAGES" / "badak.mo"
    with path.open("rb") as file:
        return GNUTranslations(file)


def _filled(template: str, fields: dict[str, object]) -> str:
    """Fill in a Korean sentence; a particle after a field fits what stands in it."""
    from badak._common.particles import fitted

    said = ""
    for text, name, spec, conversion in Formatter().parse(template):
        said += fitted(said, text)
        if name is not None:
            mark = f"!{conversion}" if conversion else ""
            said += f"{{{name}{mark}:{spec}}}".format(**fields)
    return said
