"""`Preparation`: how a picture becomes the network's input; it is kept in the model's file."""

import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from badak._common.colours import COLOURS, GREY, RGB
from badak._common.language import marked, message, translated
from badak._common.registry import Registry
from badak.errors import FileFormatError, InputError

if TYPE_CHECKING:
    from badak.datasets import Dataset
    from badak.network.sequential import Sequential
    from badak.typing import Array

KINDS = ("digit", "picture")
TABLE = "table"
COLOUR_WORDS = {GREY: marked("grey"), RGB: marked("in colour")}
MOST_BLOCKS = 16
SEEN, MOSTLY = 1000, 0.9  # of the images of a folder: so many tell, by so large a share

BOXES: Registry[tuple[int, int]] = Registry(
    "data set", {"digits": (8, 4), "mnist": (20, 1), "kmnist": (20, 1), "fashion-mnist": (0, 1)}
)
"""The data sets known by name, with `box` and `blocks`; a box of 0 where they are no characters.

The digits were scanned on 32x32 points and counted in blocks of 4x4.
"""


def size_in_words(shape: tuple[int, ...]) -> str:
    """Return how large a picture of (height, width) is.

    >>> size_in_words((28, 28)), size_in_words((48, 64))
    ('28x28 pixels', '64x48 pixels (width x height)')
    """
    height, width = shape
    return (
        message("{width}x{height} pixels", width=width, height=height)
        if width == height
        else message("{width}x{height} pixels (width x height)", width=width, height=height)
    )


@dataclass(frozen=True)
class Preparation:
    """What is done to a picture, and the name or folder of the data that were prepared alike."""

    kind: str
    """"digit": the ink is found, centred and scaled; "picture": the whole is only resized."""
    shape: tuple[int, int]
    """(height, width) in pixels."""
    box: int
    """Pixels that the ink's longer side fills in a digit; 0 for a picture."""
    blocks: int
    """A digit's pixel is the mean of so many by so many finer ones."""
    maximum: int
    """The value of the brightest pixel."""
    data: str
    colour: str = GREY
    """"grey", or "rgb" for a picture in colour."""

    def __call__(self, path: str | os.PathLike[str]) -> "Array":
        """Return the picture in a file as uint8 of this shape, in colour (*shape, 3).

        InputError, FileFormatError and OSError name the file.
        """
        from badak import images

        if self.colour == RGB:
            return images.resize(images.load_rgb(path), self.shape)
        picture = images.load_grey(path)
        if self.kind == "picture":
            return images.resize(picture, self.shape)
        try:
            return images.as_digit(picture, self.shape, self.box, self.maximum, self.blocks)
        except InputError as error:
            raise InputError(f"{os.fspath(path)}: {error}") from None

    def __str__(self) -> str:
        size = message(
            "{size}, 0 to {maximum}", size=size_in_words(self.shape), maximum=self.maximum
        )
        if self.kind == "digit":
            return message(
                "{size}, the character centred, its longer side {box} pixels",
                size=size,
                box=self.box,
            )
        return message(
            "{size}, {colour}, resized", size=size, colour=translated(COLOUR_WORDS[self.colour])
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what goes into the model's file; grey goes without saying."""
        found = {**asdict(self), "shape": list(self.shape)}
        if self.colour == GREY:
            del found["colour"]
        return found


def preparation_for(data: str, dataset: "Dataset") -> Preparation:
    """Return how new pictures are prepared to be like those of `dataset`, loaded from `data`."""
    height, width = dataset.x_train.shape[1:3]
    colour = RGB if dataset.x_train.ndim == 4 else GREY
    if data in BOXES:
        (box, blocks), name = BOXES[data], dataset.name
    else:
        box, blocks, name = BOXES["mnist"][0] if _like_mnist(data, dataset) else 0, 1, data
    kind = "digit" if box else "picture"
    return Preparation(kind, (height, width), box, blocks, dataset.maximum, name, colour)


def _like_mnist(data: str, dataset: "Dataset") -> bool:
    """Whether a folder of IDX files holds characters that were scaled into MNIST's box."""
    from badak.datasets.folder import is_idx_folder

    images = dataset.x_train[:SEEN]
    if not is_idx_folder(Path(data).expanduser()) or images.shape[1:] != (28, 28):
        return False
    sides = [max(_extent(image.any(axis=0)), _extent(image.any(axis=1))) for image in images]
    return sides.count(BOXES["mnist"][0]) >= MOSTLY * len(sides)


def _extent(inked: "Array") -> int:
    """The distance from the first to the last True, both counted."""
    places = inked.nonzero()[0]
    return int(places[-1] - places[0]) + 1 if len(places) else 0


def is_for_tables(model: "Sequential") -> bool:
    """Whether the model was trained on a table, not on pictures."""
    return isinstance(model.preparation, dict) and model.preparation.get("kind") == TABLE


def preparation_of(model: "Sequential", path: os.PathLike[str]) -> Preparation:
    """Return the preparation that a model's file holds; InputError where it holds none."""
    kept = model.preparation
    if is_for_tables(model):
        raise InputError(
            message(
                "{path} answers the rows of a table, not pictures: give it a table, such as a "
                ".csv file, with the columns that `badak info` names",
                path=path,
            )
        )
    if not kept:
        raise InputError(
            message(
                "{path} does not say how a picture becomes its input, as the models of `badak "
                "train` do: ask it in Python, load_model({path_2!r}).predict(x)",
                path=path,
                path_2=os.fspath(path),
            )
        )
    try:
        height, width, box, blocks, maximum = (
            int(number) for number in (*kept["shape"], kept["box"], kept["blocks"], kept["maximum"])
        )
        kind, data = str(kept["kind"]), str(kept["data"])
        colour = str(kept.get("colour", GREY))  # which goes without saying
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FileFormatError(
            message("{path}: how it prepares pictures is broken: {error!r}", path=path, error=error)
        ) from None
    if (
        kind not in KINDS
        or colour not in COLOURS
        or (colour == RGB and kind != "picture")
        or min(height, width) < 1
        or height * width * (3 if colour == RGB else 1) != math.prod(model.input_shape or ())
        or not (1 <= box <= min(height, width) or kind == "picture")
        or not (1 <= blocks <= MOST_BLOCKS and 1 <= maximum <= 255)
    ):
        raise FileFormatError(
            message(
                "{path}: its network takes {input_shape}, which does not go with how it prepares "
                "pictures, {kept!r}",
                path=path,
                input_shape=model.input_shape,
                kept=kept,
            )
        )
    return Preparation(kind, (height, width), box, blocks, maximum, data, colour)
