"""What a network reads on a picture: one image of it, or each of the digits that it shows."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from badak.errors import InputError
from badak.images import load_grey
from badak.photographs import Found, centred, find
from badak.recipes.preparation import Preparation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from badak.photographs.components import Box
    from badak.typing import Array

DIGITS = [str(digit) for digit in range(10)]


@dataclass(frozen=True)
class Reading:
    """The images that a network is asked about, of one picture."""

    images: "Array"
    """uint8 (images, height, width): one; of digits as many as there are, from left to right."""
    found: Found | None
    """Where they were found; None where the picture as a whole is the image."""

    @property
    def boxes(self) -> "list[Box | None]":
        """Where each of the images is, in pixels of the picture."""
        if self.found is None:
            return [None] * len(self.images)
        return [each.box.times(self.found.scale) for each in self.found.characters]


def read(
    path: str | os.PathLike[str], prepare: Preparation, class_names: "Sequence[str]"
) -> Reading:
    """Return what is to be read in a picture file; errors name the file.

    Only digits are parted: a character of other scripts may have strokes that stand apart.
    """
    if prepare.kind != "digit" or list(class_names) != DIGITS:
        return Reading(prepare(path)[np.newaxis], None)
    picture = load_grey(path)
    try:
        found = find(picture)
    except InputError as error:
        raise InputError(f"{os.fspath(path)}: {error}") from None
    size = (prepare.shape, prepare.box, prepare.maximum, prepare.blocks)
    return Reading(np.stack([centred(each.ink, *size) for each in found.characters]), found)
