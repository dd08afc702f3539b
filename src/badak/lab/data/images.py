"""Images that badak knows: the digits in the package, MNIST and its like where their files are."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.language import marked
from badak.datasets import dataset, fashion_mnist, mnist
from badak.datasets.download import fetch
from badak.datasets.image_dataset import FILES, ImageDataset
from badak.errors import BadakError
from badak.lab.data.fields import SEED, TEST_SHARE, Field, checked
from badak.lab.data.lab_data import LabData
from badak.lab.errors import RecipeError
from badak.layers import Flatten, Layer, Rescaling
from badak.recipes.preparation import preparation_for

PUBLISHED: dict[str, ImageDataset] = {
    "mnist": mnist.DATASET,
    "fashion_mnist": fashion_mnist.DATASET,
}
DIGITS_FIELDS = (TEST_SHARE, SEED)
PUBLISHED_FIELDS = (Field("samples", marked("Samples"), "whole", 10_000, 100, 60_000),)


def load(kind: str, spec: Mapping[str, Any]) -> LabData:
    """Return the digits, or as many images of MNIST or the like as are asked for."""
    if kind == "digits":
        given = checked(spec, DIGITS_FIELDS)
        share, seed = given["test_share"], given["seed"]
        loaded = dataset.load("digits", seed=seed, test_fraction=share)
        call = f'datasets.load("digits", seed={seed}, test_fraction={share!r})'
        part = ""
    else:
        if reason := why_not(kind):
            raise RecipeError(reason, "data.kind")
        samples = checked(spec, PUBLISHED_FIELDS)["samples"]
        loaded = dataset.load(PUBLISHED[kind].name)
        call = f'datasets.load("{PUBLISHED[kind].name}")'
        part = f"[:{samples}]"
    most = None if kind == "digits" else samples
    code = "\n".join(
        [
            "from badak import datasets",
            "",
            f"data = {call}",
            f"x_train, t_train = data.x_train{part}, data.y_train{part}",
            f"x_test, t_test = data.x_test{part}, data.y_test{part}",
        ]
    )
    return of_images(
        *(loaded.x_train[:most], loaded.y_train[:most], loaded.x_test[:most], loaded.y_test[:most]),
        classes=loaded.class_names,
        maximum=loaded.maximum,
        code=code,
        model_preparation=preparation_for(loaded.name, loaded).as_dict(),
    )


def of_images(
    *arrays: Any,
    classes: tuple[str, ...],
    maximum: float,
    code: str,
    model_preparation: Mapping[str, Any],
    remarks: tuple[str, ...] = (),
) -> LabData:
    """Return images (n, height, width[, 3]) from 0 to `maximum` with class numbers."""
    x_train, t_train, x_test, t_test = map(np.asarray, arrays)

    def prepare() -> list[Layer]:
        return [Rescaling(1.0 / maximum), Flatten()]

    return LabData(
        *(x_train, t_train, x_test, t_test),
        task="classes",
        classes=tuple(classes),
        look="image",
        maximum=float(maximum),
        make_preparation=prepare,
        code=code,
        model_preparation=model_preparation,
        remarks=remarks,
    )


def why_not(kind: str) -> str:
    """Return why a data set is not there; "" where it is. Nothing is downloaded."""
    if kind not in PUBLISHED:
        return ""
    published = PUBLISHED[kind]
    try:
        for part in FILES.values():
            for file in part:
                fetch(published.name, file, (), published.sha256[file], offline=True)
    except BadakError as error:
        return str(error)
    return ""
