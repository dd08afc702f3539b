"""A folder with a sub-folder of pictures for each class, brought to one size, in grey or colour."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.colours import COLOURS, GREY, RGB
from badak._common.files import reason_of
from badak._common.language import Phrase, counted, marked, message, translated
from badak._common.validation import check_whole
from badak.errors import FileFormatError, InputError
from badak.images import resize
from badak.photographs.files import load_both, load_grey, load_rgb, look_at
from badak.typing import Array

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")

LONGEST = 64  # pixels of the longer side, unless a size is given
ENOUGH = 100_000_000  # values of all pictures together, unless a size is given: an epoch takes long
MOST = 2**31  # values of all pictures together: 2 GB

COLOURED = 32  # by how much the channels of a pixel differ that has a colour
COLOURED_PIXELS = 0.01  # the share of such pixels in a picture that has colour: less is noise
COLOURED_PICTURES = 0.05  # the share of such pictures in a folder that is read in colour

MOST_NAMED = 20  # files that an error names
_LEAVE_OUT = marked(
    "leave out what cannot be read with skip_unreadable=True, --skip-unreadable of the command"
)


@dataclass(frozen=True)
class PictureFacts:
    """What the files of a folder are, and what was chosen for them."""

    count: int
    """Pictures that were read."""
    sizes: tuple[tuple[int, int], tuple[int, int]]
    """(height, width) of the smallest and of the largest file, by their pixels."""
    coloured: int | None
    """How many of them have colour; None where that was not looked at."""
    shape: tuple[int, int]
    """Height and width that they were brought to."""
    colour: str
    """"grey" or "rgb"."""
    left_out: tuple[str, ...]
    """What is wrong with each file that was left out."""


@dataclass(frozen=True, eq=False)
class PictureFolder:
    """The pictures of a folder as a network takes them."""

    images: Array
    """uint8 (pictures, height, width), or (pictures, height, width, 3) in colour."""
    labels: Array
    """int64 (pictures,): indices into `class_names`."""
    class_names: tuple[str, ...]
    facts: PictureFacts


def read_pictures(
    path: str | os.PathLike[str],
    image_shape: Sequence[int] | None = None,
    colour: str | None = None,
    *,
    skip_unreadable: bool = False,
) -> PictureFolder:
    """Read the pictures of a folder; the arguments are those of `datasets.load_folder`."""
    given = None if image_shape is None else check_shape(image_shape)
    check_colour(colour)
    folders = class_folders(path)
    files = [(file, label) for label, (_, found) in enumerate(folders) for file in found]
    errors: dict[Path, str] = {}
    seen: dict[Path, tuple[tuple[int, int], bool]] = {}
    for file, _ in files:
        try:
            seen[file] = look_at(file)
        except (FileFormatError, OSError) as error:
            errors[file] = what_is_wrong(file, error)
    all_grey = all(is_grey for _, is_grey in seen.values())
    wanted = GREY if colour is None and all_grey else colour
    shape = given or _usual_shape([size for size, _ in seen.values()], 1 if wanted == GREY else 3)
    _check_memory(len(files), shape, wanted)
    reader = _Reader(shape, wanted)
    labels = []
    for file, label in files:
        if file in errors:
            continue
        try:
            reader.read(file, is_grey=seen[file][1])
        except (FileFormatError, OSError) as error:
            errors[file] = what_is_wrong(file, error)
        else:
            labels.append(label)
    if not skip_unreadable:
        refuse_unreadable([errors[file] for file, _ in files if file in errors])
    read = set(labels)
    for label, (folder, found) in enumerate(folders):
        if label not in read:
            raise InputError(
                message(
                    "none of the {count} pictures of the class folder {folder} can be read: "
                    "{errors}",
                    count=len(found),
                    folder=folder,
                    errors=errors[found[0]],
                )
            )
    images, coloured = reader.result()
    sizes = [size for file, (size, _) in seen.items() if file not in errors]
    facts = PictureFacts(
        len(labels),
        (min(sizes, key=_pixels), max(sizes, key=_pixels)),
        coloured,
        shape,
        RGB if images.ndim == 4 else GREY,
        tuple(errors[file] for file, _ in files if file in errors),
    )
    names = tuple(folder.name for folder, _ in folders)
    return PictureFolder(images, np.array(labels, np.int64), names, facts)


def class_folders(path: str | os.PathLike[str]) -> list[tuple[Path, list[Path]]]:
    """Return the sub-folders of a folder, each with its pictures, or raise InputError."""
    classes = [entry for entry in listed(existing(path)) if entry.is_dir()]
    if len(classes) < 2:
        raise InputError(
            counted(
                "{path} has {count} sub-folder ({found}), but learning to tell classes apart takes "
                "at least 2, each with the images of one class",
                "{path} has {count} sub-folders ({found}), but learning to tell classes apart "
                "takes at least 2, each with the images of one class",
                len(classes),
                path=path,
                found=", ".join(entry.name for entry in classes) or message("none"),
            )
        )
    folders = [(folder, [e for e in listed(folder) if is_picture(e)]) for folder in classes]
    for folder, files in folders:
        if not files:
            raise InputError(
                message(
                    "the class folder {folder} has no image; expected files that end in {suffixes}",
                    folder=folder,
                    suffixes=", ".join(SUFFIXES),
                )
            )
    return folders


def is_picture(path: Path) -> bool:
    """Whether a file is called as a picture is."""
    return path.suffix.lower() in SUFFIXES


def existing(path: str | os.PathLike[str]) -> Path:
    """Return the folder, or raise InputError."""
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise InputError(message("there is no folder {path!r}", path=str(path)))
    return folder


def listed(folder: Path) -> list[Path]:
    """Return what is in a folder, by name, without what is hidden."""
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def check_shape(image_shape: Any) -> tuple[int, int]:
    """Return (height, width), or raise InputError."""
    if isinstance(image_shape, str) or np.shape(image_shape) != (2,):
        raise InputError(
            message(
                "the size of pictures is (height, width), such as (28, 28), not {image_shape!r}",
                image_shape=image_shape,
            )
        )
    height, width = (check_whole(side, Phrase("a side of pictures")) for side in image_shape)
    return height, width


def check_colour(colour: str | None) -> None:
    """Raise InputError for what is neither None nor a kind of colour."""
    if colour is not None and colour not in COLOURS:
        raise InputError(
            message(
                "colour is {grey!r}, {rgb!r} or None, not {colour!r}",
                grey=GREY,
                rgb=RGB,
                colour=colour,
            )
        )


class _Reader:
    """Collects pictures: in grey, in colour, or in both until it is known which it takes."""

    def __init__(self, shape: tuple[int, int], colour: str | None) -> None:
        self.shape = shape
        self.colour = colour
        self.grey: list[Array] = []
        self.rgb: list[Array] = []
        self.coloured = 0

    def read(self, file: Path, *, is_grey: bool) -> None:
        if self.colour == GREY:
            self.grey.append(resize(load_grey(file), self.shape))
            return
        if self.colour == RGB:
            rgb = load_rgb(file)
        else:
            grey, rgb = load_both(file)
            self.grey.append(resize(grey, self.shape))
        self.rgb.append(resize(rgb, self.shape))
        self.coloured += not is_grey and _has_colour(self.rgb[-1])

    def result(self) -> tuple[Array, int | None]:
        """Return the images, and how many have colour, None where only grey was asked for."""
        if self.colour == GREY:
            return np.stack(self.grey), None
        enough = self.coloured >= max(1.0, COLOURED_PICTURES * len(self.rgb))
        in_colour = self.colour == RGB or (self.colour is None and enough)
        return np.stack(self.rgb if in_colour else self.grey), self.coloured


def _pixels(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _has_colour(image: Array) -> bool:
    differ = image.max(axis=2) - image.min(axis=2) > COLOURED
    return bool(differ.mean() >= COLOURED_PIXELS)


def _usual_shape(sizes: Sequence[tuple[int, int]], channels: int) -> tuple[int, int]:
    """Return the middle height and width, made smaller where training would take long."""
    if not sizes:
        return 1, 1  # no file can be read, which is told
    height, width = np.median(np.array(sizes), axis=0)
    values = len(sizes) * height * width * channels
    scale = min(1.0, LONGEST / max(height, width), float(np.sqrt(ENOUGH / values)))
    return max(1, round(scale * height)), max(1, round(scale * width))


def _check_memory(count: int, shape: tuple[int, int], colour: str | None) -> None:
    values = count * shape[0] * shape[1] * (1 if colour == GREY else 3)
    if values > MOST:
        raise InputError(
            message(
                "{count:,} pictures of {shape}x{shape_2} pixels would take {values:.1f} GB: give "
                "a smaller size, at most {most:.0f} GB in all",
                count=count,
                shape=shape[1],
                shape_2=shape[0],
                values=values / 2**30,
                most=MOST / 2**30,
            )
        )


def what_is_wrong(file: Path, error: Exception) -> str:
    """Return what is wrong with a file, with its name."""
    if isinstance(error, OSError) and error.strerror:
        return f"{file}: {reason_of(error).lower()}"
    return str(error)


def refuse_unreadable(errors: Sequence[str]) -> None:
    """Raise a FileFormatError that names all files that cannot be read, if there are any."""
    if not errors:
        return
    if len(errors) == 1:
        raise FileFormatError(
            message(
                "{errors} (mend or remove it, or {leave_out})",
                errors=errors[0],
                leave_out=translated(_LEAVE_OUT),
            )
        )
    lines = [message("{count:,} pictures cannot be read:", count=len(errors)), *first_few(errors)]
    way = message("mend or remove them, or {leave_out}", leave_out=translated(_LEAVE_OUT))
    raise FileFormatError("\n".join([*lines, way]))


def first_few(errors: Sequence[str]) -> list[str]:
    """Return what is wrong with the first files, and how many more there are."""
    more = len(errors) - MOST_NAMED
    return [*errors[:MOST_NAMED], *([message("and {more:,} more", more=more)] if more > 0 else [])]
