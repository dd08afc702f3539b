"""The fonts of pictures, the letters they have, and the Korean one that badak brings."""

import re
from functools import cache
from pathlib import Path

from matplotlib.font_manager import findfont, findSystemFonts, fontManager, get_font
from matplotlib.mathtext import MathTextParser

LATIN_FONT = "DejaVu Sans"  # comes with matplotlib
KOREAN_FONT = "Badak Sans KR"  # KS X 1001 without Chinese letters; tools/make_font.py makes it
FILE = Path(__file__).parent / "BadakSansKR-Regular.otf"

INSTALLED_FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans CJK JP",  # what matplotlib calls NotoSansCJK-Regular.ttc, by the first font in it
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "NanumBarunGothic",
    "UnDotum",
)
"""Fonts that systems ship or people install, with rare syllables and Chinese letters too."""

_INSTALLED_FILES = tuple(
    name.replace(" ", "").lower() for name in (*INSTALLED_FONTS, "NotoSansCJK")
)

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def families(text: str = "") -> tuple[str, ...]:
    """Return the fonts to set a text in: one more than usual where it has rare letters.

    >>> families("값 x")
    ('DejaVu Sans', 'Badak Sans KR')
    """
    _register()
    usual = (LATIN_FONT, KOREAN_FONT)
    if not _missing(text, usual) or (installed := installed_font()) is None:
        return usual
    return (*usual, installed)


def writable(text: str) -> bool:
    """Whether the known fonts have letters for this text.

    >>> writable("loss of each epoch"), writable("에포크마다의 손실")
    (True, True)
    """
    return not _missing(text, families(text))


def renders(text: str) -> bool:
    """Whether what stands between dollar signs in the text can be drawn as a formula.

    Formulas are set in one font, so that there can be no Korean letters beside them.

    >>> renders("costs $x^2$"), renders("$nonsense{$"), renders("값 $x^2$")
    (True, False, False)
    """
    try:
        MathTextParser("path").parse(text)
    except ValueError:
        return False
    return all(ord(letter) in _letters_of((LATIN_FONT,)) for letter in text)


@cache
def installed_font() -> str | None:
    """Return the name of an installed font with Korean and Chinese letters, None without one."""

    def known() -> str | None:
        names = set(fontManager.get_font_names())
        return next((name for name in INSTALLED_FONTS if name in names), None)

    if known() is None:  # matplotlib's cached list of fonts may be out of date
        for path in findSystemFonts():
            if Path(path).stem.replace("-", "").lower().startswith(_INSTALLED_FILES):
                fontManager.addfont(path)
    return known()


@cache
def _register() -> None:
    """Make badak's font known to matplotlib, in this process."""
    fontManager.addfont(FILE)


def _missing(text: str, fonts: tuple[str, ...]) -> bool:
    letters = _letters_of(fonts)
    return any(ord(letter) not in letters for letter in CONTROL.sub("", text))


@cache
def _letters_of(fonts: tuple[str, ...]) -> frozenset[int]:
    return frozenset().union(*(get_font(findfont(name)).get_charmap() for name in fonts))
