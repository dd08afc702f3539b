"""A user's pictures: a zip of a folder that has a folder of pictures for each class."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from badak._common.language import marked, message
from badak.datasets import dataset
from badak.datasets.picture_folder import SUFFIXES
from badak.errors import FileFormatError, InputError
from badak.lab.data.fields import SEED, TEST_SHARE, Field, checked
from badak.lab.data.images import of_images
from badak.lab.data.lab_data import LabData
from badak.lab.data.uploads import Upload, Uploads, plain_name
from badak.lab.errors import RecipeError
from badak.recipes.preparation import preparation_for

MOST_PICTURES = 20_000
MOST_UNPACKED = 512 * 2**20
MOST_OF_ONE = 32 * 2**20
MOST_CLASSES = 100
FIELDS = (
    Field("size", marked("Size in pixels"), "whole", 28, 4, 128),
    Field("colour", marked("Colour"), "choice", "auto", choices=("auto", "grey", "rgb")),
    TEST_SHARE,
    SEED,
)


def take_in(number: str, name: str, body: bytes, folder: Path) -> Upload:
    """Unpack the pictures into folders that are numbered, as are the files in them."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except (zipfile.BadZipFile, ValueError):
        raise RecipeError(
            message("{name} is no zip file of a folder of pictures", name=name), "body"
        ) from None
    found = _pictures(archive)
    classes = sorted({each for each, _ in found})
    _check_counts(found, classes)
    room = MOST_UNPACKED
    for label in range(len(classes)):
        (folder / f"{label:03}").mkdir()
    for place, (each, entry) in enumerate(found):
        data = _unpacked(archive, entry, min(room, MOST_OF_ONE))
        room -= len(data)
        suffix = Path(entry.filename).suffix.lower()
        (folder / f"{classes.index(each):03}" / f"{place:05}{suffix}").write_bytes(data)
    counts = [sum(each == one for one, _ in found) for each in classes]
    told = {"classes": classes, "count": len(found), "counts": counts}
    return Upload(number, "pictures", name, folder, told, names=tuple(classes))


def _pictures(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """Return the pictures with the names of their folders, in the order of their names."""
    found = []
    for entry in archive.infolist():
        parts = entry.filename.replace("\\", "/").split("/")
        hidden = any(p.startswith((".", "__MACOSX")) and p != ".." for p in parts)
        if entry.is_dir() or hidden or not parts[-1].lower().endswith(SUFFIXES):
            continue
        if len(parts) < 2 or not plain_name(parts[-2]):
            continue
        found.append((plain_name(parts[-2]), entry))
    return sorted(found, key=lambda each: each[1].filename)


def _check_counts(found: list[Any], classes: list[str]) -> None:
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise RecipeError(
            message(
                "the zip has {count} folders of pictures, but 2 to {most} are needed, one for each "
                "class: cats/1.png, dogs/1.png",
                count=len(classes),
                most=MOST_CLASSES,
            ),
            "body",
        )
    if len(found) > MOST_PICTURES:
        raise RecipeError(
            message(
                "the zip has {count:,} pictures, but may have {most:,}",
                count=len(found),
                most=MOST_PICTURES,
            ),
            "body",
        )


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Return a file of the zip; what it says of its size is not relied on."""
    label = plain_name(entry.filename)
    try:
        with archive.open(entry) as file:
            data = file.read(most + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError):
        raise RecipeError(
            message("{label} in the zip cannot be read", label=label), "body"
        ) from None
    except Exception as error:  # zlib.error and lzma's have no common base
        if type(error).__name__ not in ("error", "LZMAError"):
            raise
        raise RecipeError(
            message("{label} in the zip cannot be read", label=label), "body"
        ) from None
    if len(data) > most:
        raise RecipeError(
            message(
                "{label} in the zip, or all its pictures together, are too large: {one:.0f} MB for "
                "one and {all:.0f} MB for all are the most",
                label=label,
                one=MOST_OF_ONE / 2**20,
                all=MOST_UNPACKED / 2**20,
            ),
            "body",
        )
    return data


def load(spec: Mapping[str, Any], uploads: Uploads) -> LabData:
    """Return pictures that were put on the page, brought to one size."""
    upload = uploads.get(spec.get("upload"), "pictures")
    assert upload.folder is not None
    given = checked(spec, FIELDS)
    colour = None if given["colour"] == "auto" else given["colour"]
    try:
        loaded = dataset.load(
            upload.folder,
            seed=given["seed"],
            test_fraction=given["test_share"],
            image_shape=(given["size"], given["size"]),
            colour=colour,
            skip_unreadable=True,
        )
    except (InputError, FileFormatError) as error:
        text = str(error).replace(f"{upload.folder}/", "")
        raise RecipeError(text, "data.upload") from None
    if not len(loaded.x_test):
        raise RecipeError(
            message("each class has one picture, so that none is left to test with"), "data.upload"
        )
    assert loaded.pictures is not None
    left = len(loaded.pictures.left_out)
    remarks = (
        (message("pictures that cannot be read are left out: {count}", count=left),) if left else ()
    )
    return of_images(
        *(loaded.x_train, loaded.y_train, loaded.x_test, loaded.y_test),
        classes=upload.names,
        maximum=loaded.maximum,
        code=FROM_FILE,
        model_preparation=preparation_for(upload.name, loaded).as_dict(),
        remarks=remarks,
    )


FROM_FILE = """\
import numpy as np

data = np.load("data.npz")  # the lab's data, which it saves beside this script
x_train, t_train = data["x_train"], data["t_train"]
x_test, t_test = data["x_test"], data["t_test"]"""
"""A script's lines for data that neither a function nor a file of the user's gives as they are."""
