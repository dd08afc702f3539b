"""Options and facts of folders of pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common.colours import COLOURS
from badak._common.language import message, translated
from badak.cli.choices import sides_of
from badak.cli.errors import UsageError

if TYPE_CHECKING:
    from badak.datasets.picture_folder import PictureFacts

FOLDERS = "Options for a folder of pictures"

SkipUnreadable = Annotated[
    bool,
    typer.Option(
        "--skip-unreadable",
        help="Leave out files of a folder that cannot be read as pictures, and say how many.",
        rich_help_panel=FOLDERS,
    ),
]


def shape_of(size: str | None) -> tuple[int, int] | None:
    """Return the (height, width) that --size names, or raise a UsageError.

    >>> shape_of("64x48"), shape_of("32"), shape_of(None)
    ((48, 64), (32, 32), None)
    """
    if size is None:
        return None
    width, height = sides_of(size, "--size")
    return height, width


def colour_of(colour: str | None) -> str | None:
    """Return the colour that --colour names, or raise a UsageError.

    >>> colour_of("gray")
    'grey'
    """
    if colour == "gray":
        return "grey"
    if colour is not None and colour not in COLOURS:
        raise UsageError(
            message(
                "--colour is one of {colours}, not {colour!r}",
                colours=", ".join(COLOURS),
                colour=colour,
            )
        )
    return colour


def pictures_in(path: Path) -> list[Path]:
    """Return the pictures of a folder and of the folders in it, by name.

    What is no folder, or has none, is returned itself: reading it tells what is wrong.
    """
    if not path.is_dir():
        return [path]
    from badak.datasets.picture_folder import is_picture, listed

    found: list[Path] = []
    folders = [path]
    while folders:
        entries = listed(folders.pop(0))
        found += [entry for entry in entries if is_picture(entry) and not entry.is_dir()]
        # A link may lead round in a circle.
        folders += [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]
    return sorted(found) or [path]


def refuse_picture_options(
    data: str, size: str | None, colour: str | None, skip_unreadable: bool
) -> None:
    """Raise a UsageError where options for pictures are given for a table."""
    given = {"--size": size, "--colour": colour, "--skip-unreadable": skip_unreadable or None}
    for option, value in given.items():
        if value is not None:
            raise UsageError(
                message(
                    "{option} is for a folder of pictures, but {data} is a table.",
                    option=option,
                    data=data,
                )
            )


def told(facts: "PictureFacts") -> dict[str, str]:
    """Return how the pictures of a folder are taken, as lines of facts."""
    from badak.datasets.picture_folder import first_few
    from badak.recipes.preparation import COLOUR_WORDS, size_in_words

    small, large = facts.sizes
    if small == large:
        files = message("files of {small}", small=_size(small))
    else:
        files = message("files of {small} to {large}", small=_size(small), large=_size(large))
    if facts.coloured is not None:
        files += message(
            ", {coloured:,} of {count:,} have colour", coloured=facts.coloured, count=facts.count
        )
    how = f"{size_in_words(facts.shape)}, {translated(COLOUR_WORDS[facts.colour])}"
    if not small == large == facts.shape:
        how += message(", resized")
    found = {
        "pictures": message(
            "{how} ({files}; --size and --colour choose otherwise)", how=how, files=files
        )
    }
    if facts.left_out:
        files = "; ".join(first_few(facts.left_out))
        found["left out"] = message(
            "{count:,} that cannot be read: {files}", count=len(facts.left_out), files=files
        )
    return found


def _size(shape: tuple[int, int]) -> str:
    return f"{shape[1]}x{shape[0]}"
