"""Arrays that a program hands to the lab: ``badak.lab(model, (x, t))``."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.language import Phrase, message
from badak._common.samples import as_array, check_pairs, check_samples
from badak.errors import InputError
from badak.lab.data.fields import SEED, TEST_SHARE, checked
from badak.lab.data.images import of_images
from badak.lab.data.lab_data import Axis, LabData
from badak.lab.data.pictures import FROM_FILE
from badak.lab.data.uploads import Upload, Uploads
from badak.preprocessing import split_stratified
from badak.typing import Array

FIELDS = (TEST_SHARE, SEED)


def take_in(
    number: str,
    x: Any,
    t: Any,
    classes: tuple[str, ...],
    features: tuple[str, ...],
    maximum: float | None,
) -> Upload:
    """Keep arrays, once they are known to be samples and targets."""
    samples = check_samples(x)
    targets = as_array(t, "t")
    check_pairs(samples, targets, Phrase("t"))
    if targets.ndim not in (1, 2) or targets.dtype.kind not in "fiub":
        raise InputError(
            message(
                "t is {dtype} of shape {shape}, but must be class numbers (n,), one-hot rows (n, "
                "classes), or numbers",
                dtype=targets.dtype,
                shape=targets.shape,
            )
        )
    if len(samples) < 4:
        raise InputError(
            message("x has {count} samples, but the lab takes 4 or more", count=len(samples))
        )
    names = classes
    if targets.ndim == 2 and targets.shape[1] > 1 and _is_one_hot(targets):
        targets = targets.argmax(axis=1)
    if targets.ndim == 1 and targets.dtype.kind in "iub" and targets.min() >= 0:
        targets = targets.astype(np.int64)
        count = max(int(targets.max()) + 1, 2)
        names = classes if len(classes) >= count else tuple(map(str, range(count)))
    else:
        targets = targets.reshape(len(targets), -1).astype(np.float32)
        names = ()
    arrays = {"x": samples, "t": targets}
    if maximum is not None:
        arrays["maximum"] = np.array(float(maximum))
    told = {"count": len(samples), "features": list(features)}
    return Upload(number, "given", "x, t", None, told, arrays, names)


def load(spec: Mapping[str, Any], uploads: Uploads) -> LabData:
    """Return the arrays, in two parts."""
    upload = uploads.get(spec.get("upload"), "given")
    chosen = checked(spec, FIELDS)
    x, t = upload.arrays["x"], upload.arrays["t"]
    labels = t if upload.names else np.zeros(len(t), np.int64)
    train, test = split_stratified(labels, chosen["test_share"], chosen["seed"])
    parts = x[train], t[train], x[test], t[test]
    if x.ndim > 2:
        largest = upload.arrays.get("maximum", None)
        maximum = _maximum(x) if largest is None else float(largest)
        return of_images(
            *parts, classes=upload.names, maximum=maximum, code=FROM_FILE, model_preparation={}
        )
    return LabData(
        *parts,
        task="classes" if upload.names else "number",
        classes=upload.names,
        features=_features(upload, x.shape[1]),
        look="plane" if x.shape[1] <= 2 else "table",
        axes=_axes(upload, x),
        code=FROM_FILE,
    )


def _features(upload: Upload, count: int) -> tuple[str, ...]:
    named: list[str] = upload.told["features"]
    if len(named) == count:
        return tuple(named)
    return ("x",) if count == 1 else tuple(f"x{place}" for place in range(1, count + 1))


def _axes(upload: Upload, x: Array) -> tuple[Axis, ...]:
    axes = []
    for name, column in zip(_features(upload, x.shape[1]), x.T, strict=True):
        low, high = float(column.min()), float(column.max())
        room = 0.05 * (high - low) or 1.0
        axes.append(Axis(name, low - room, high + room, float(np.median(column))))
    return tuple(axes)


def _maximum(x: Array) -> float:
    """Return what the largest pixel is likely to be: 1, 16 or 255, or what there is."""
    largest = float(x.max())
    return next((each for each in (1.0, 16.0, 255.0) if largest <= each), largest)


def _is_one_hot(t: Array) -> bool:
    return bool(np.isin(t, (0, 1)).all() and (t.sum(axis=1) == 1).all())
