"""Digits and other figures that the user drew, with the class that each is meant to be."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.language import message
from badak.datasets.dataset import Dataset
from badak.lab.data.fields import SEED, TEST_SHARE, checked
from badak.lab.data.images import of_images
from badak.lab.data.lab_data import LabData
from badak.lab.data.pictures import FROM_FILE
from badak.lab.data.uploads import Upload, Uploads
from badak.lab.errors import RecipeError
from badak.preprocessing import split_stratified
from badak.recipes.preparation import preparation_for

FIELDS = (TEST_SHARE, SEED)
SIDES = (8, 28)
"""Pixels of a side: as the digits have them, and as MNIST has."""
MOST = 2000
MOST_CLASSES = 26
LONGEST_LABEL = 20


def take_in(number: str, name: str, body: bytes) -> Upload:
    """Read drawn images, ``{"images": [{"pixels": [...], "label": "3"}, ...]}``, pixels 0 to 1."""
    try:
        told = json.loads(body)
        images = told["images"]
        labels = [str(each["label"])[:LONGEST_LABEL] for each in images]
        pixels = np.array([each["pixels"] for each in images], np.float64)
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        raise _refused(message("the drawn images are not as the page sends them")) from None
    if len(images) > MOST:
        raise _refused(message("at most {most:,} images may be drawn", most=MOST))
    side = round(pixels.shape[1] ** 0.5) if pixels.ndim == 2 else 0
    if side not in SIDES or pixels.shape[1] != side * side:
        raise _refused(
            message(
                "a drawn image has {sizes} pixels", sizes=" or ".join(f"{s}x{s}" for s in SIDES)
            )
        )
    if not np.isfinite(pixels).all() or pixels.min() < 0.0 or pixels.max() > 1.0:
        raise _refused(message("the pixels of a drawn image are numbers from 0 to 1"))
    names = sorted(set(labels))
    if len(names) > MOST_CLASSES:
        raise _refused(message("at most {most} classes may be drawn", most=MOST_CLASSES))
    arrays = {
        "x": np.rint(pixels * 255.0).astype(np.uint8).reshape(-1, side, side),
        "t": np.array([names.index(label) for label in labels]),
    }
    counts = np.bincount(arrays["t"]).tolist()
    facts = {"classes": names, "count": len(labels), "counts": counts}
    return Upload(number, "drawn", name, None, facts, arrays, tuple(names))


def load(spec: Mapping[str, Any], uploads: Uploads) -> LabData:
    """Return what was drawn, in two parts."""
    upload = uploads.get(spec.get("upload"), "drawn")
    given = checked(spec, FIELDS)
    x, t = upload.arrays["x"], upload.arrays["t"]
    if min(np.bincount(t)) < 2 or len(upload.names) < 2:
        raise RecipeError(
            message("draw at least two images of each of two or more classes"), "data.upload"
        )
    train, test = split_stratified(t, given["test_share"], given["seed"])
    maximum = 255
    as_set = Dataset("drawn", x[train], t[train], x[test], t[test], upload.names, maximum)
    known_as = "digits" if x.shape[1] == 8 else "mnist"
    return of_images(
        *(x[train], t[train], x[test], t[test]),
        classes=upload.names,
        maximum=maximum,
        code=FROM_FILE,
        model_preparation=preparation_for(known_as, as_set).as_dict(),
    )


def _refused(text: str) -> RecipeError:
    return RecipeError(text, "body")
