from pathlib import Path

import pytest
from matplotlib.font_manager import fontManager, get_font

import badak
from badak.pictures import fonts
from badak.pictures.fonts import FILE, families, installed_font, renders, writable

SOURCES = Path(badak.__file__).parent


def hangul(text: str) -> set[str]:
    return {letter for letter in text if "가" <= letter <= "힣"}


def test_badaks_font_has_the_syllables_of_ks_x_1001_and_latin():
    letters = set(map(chr, get_font(FILE).get_charmap()))
    assert len(hangul("".join(letters))) == 2350  # as the standard counts them
    assert set(map(chr, range(0x20, 0x7F))) | set("ㄱㅏαΣ×→∞√≤±²") <= letters


def test_badaks_font_has_every_syllable_that_badak_writes():
    files = [*SOURCES.rglob("*.py"), *SOURCES.rglob("*.po")]
    written = "".join(path.read_text(encoding="utf-8") for path in files)
    ends_of_ranges = {"힣"}
    assert hangul(written) - ends_of_ranges <= set(map(chr, get_font(FILE).get_charmap()))


def test_the_font_bears_no_name_that_is_anothers_and_its_licence_lies_beside_it():
    font = get_font(FILE)
    assert (font.family_name, font.postscript_name) == ("Badak Sans KR", "BadakSansKR-Regular")
    licence = FILE.with_name("OFL.txt").read_text(encoding="utf-8")
    assert "Copyright 2014-2021 Adobe" in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_what_the_fonts_at_hand_cannot_write_is_known(no_installed_font):
    assert writable("naïve ψ → ∞")
    assert writable("한글")
    assert not writable("漢字")
    assert not writable("\U00013000")  # a hieroglyph


def test_an_installed_font_is_asked_only_for_letters_that_are_rare(monkeypatch):
    monkeypatch.setattr(fonts, "installed_font", lambda: "STIXGeneral")  # comes with matplotlib
    assert families("값 = 2 × x") == ("DejaVu Sans", "Badak Sans KR")
    assert families("ᶍ") == ("DejaVu Sans", "Badak Sans KR", "STIXGeneral")


@pytest.mark.parametrize(
    "file", ["NotoSansCJK-Regular.ttc", "NotoSansKR-Regular.otf", "NanumGothic.ttf"]
)
def test_fonts_that_came_after_matplotlibs_list_was_made_are_found(file, monkeypatch):
    added: list[str] = []
    monkeypatch.setattr(fontManager, "get_font_names", list)
    monkeypatch.setattr(fontManager, "addfont", added.append)
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: [f"/fonts/{file}", "/fonts/Other.ttf"])
    assert installed_font.__wrapped__() is None
    assert added == [f"/fonts/{file}"]


def test_a_formula_beside_korean_words_would_be_boxes_and_is_not_set_as_one():
    assert not renders("값 $x^2$")
