"""Makes the Korean font of badak.pictures from Noto Sans CJK KR.

Run it as ``python tools/make_font.py NotoSansCJK-Regular.ttc``, with the file of Debian's package
fonts-noto-cjk (1:20220127+repack1-1) or of https://github.com/notofonts/noto-cjk; the same file
gives the same bytes. It takes fontTools.

Of the letters those of KS X 1001 are kept, without the Chinese ones: 2,350 syllables, the single
letters, Latin and Greek, digits and signs. The font gets a name of its own, because "Noto" is a
trademark; its copyright and licence stay as they are.
"""

import argparse
from itertools import chain
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

OUT = Path(__file__).parent.parent / "src" / "badak" / "pictures" / "BadakSansKR-Regular.otf"
SOURCE, FAMILY, STYLE = "Noto Sans CJK KR", "Badak Sans KR", "Regular"
POSTSCRIPT = f"{FAMILY.replace(' ', '')}-{STYLE}"

SIGNS, LETTERS, SYLLABLES = (1, 2), (4, 5), range(16, 41)  # rows of KS X 1001
FAMILY_ID, STYLE_ID, UNIQUE_ID, FULL_ID, POSTSCRIPT_ID = 1, 2, 3, 4, 6
COPYRIGHT_ID, VERSION_ID, LICENCE_ID, ADDRESS_ID = 0, 5, 13, 14


def ks_x_1001(row: int) -> set[int]:
    """Return the code points of one of its rows of 94."""
    found = set()
    for cell in range(1, 95):
        try:
            found.add(ord(bytes([0xA0 + row, 0xA0 + cell]).decode("euc_kr")))
        except UnicodeDecodeError:  # the row is not full
            continue
    return found


def subset(font: TTFont) -> None:
    """Keep the letters that are wanted, and what draws them."""
    rows = [ks_x_1001(row) for row in chain(SIGNS, LETTERS, SYLLABLES)]
    options = Options(
        layout_features=[],
        hinting=False,
        desubroutinize=True,  # larger by itself, smaller in the wheel, which is packed
        notdef_outline=True,
        name_IDs=[COPYRIGHT_ID, VERSION_ID, LICENCE_ID, ADDRESS_ID],
        drop_tables=["BASE", "VORG", "vhea", "vmtx", "GDEF", "GPOS", "GSUB"],
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)).union(*rows))
    subsetter.subset(font)


def rename(font: TTFont) -> None:
    """Give the font its own name, wherever a font has one."""
    version = font["name"].getDebugName(VERSION_ID)
    names = {
        FAMILY_ID: FAMILY,
        STYLE_ID: STYLE,
        UNIQUE_ID: f"{POSTSCRIPT}; a subset of {SOURCE}, {version}",
        FULL_ID: f"{FAMILY} {STYLE}",
        POSTSCRIPT_ID: POSTSCRIPT,
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    outlines = font["CFF "].cff
    outlines.fontNames = [POSTSCRIPT]
    top = outlines.topDictIndex[0]
    top.FamilyName, top.FullName = FAMILY, f"{FAMILY} {STYLE}"
    for part in top.FDArray:
        part.FontName = f"{POSTSCRIPT}-{part.FontName.rpartition('-')[2]}"


def main() -> None:
    """Read the collection, and write the font."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path)
    collection = TTCollection(parser.parse_args().source)
    font = next(f for f in collection.fonts if f["name"].getDebugName(FAMILY_ID) == SOURCE)
    subset(font)
    rename(font)
    font.recalcTimestamp = False
    font.save(OUT)
    print(f"{OUT}: {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
