"""Points that the user drew in the plane, kept in the recipe, so that a link holds them."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from badak._common.language import marked, message
from badak._common.validation import FLOAT32_MAX, shown
from badak.lab.data.fields import SEED, TEST_SHARE, Field, checked
from badak.lab.data.generated import split_lines, square, train_count
from badak.lab.data.lab_data import LabData
from badak.lab.errors import RecipeError

MOST = 1000
MOST_CLASSES = 10
FIELDS = (
    Field("task", marked("What is learnt"), "choice", "classes", choices=("classes", "number")),
    TEST_SHARE,
    SEED,
)
WHERE = "data.points"


def load(spec: Mapping[str, Any]) -> LabData:
    """Return the drawn points; which of them are for testing the seed settles."""
    given = checked(spec, FIELDS)
    points = _checked(spec.get("points"), given["task"])
    order = np.random.default_rng(given["seed"]).permutation(len(points))
    array = np.array(points)[order]
    x = array[:, :2].astype(np.float32)
    count = train_count(len(x), given["test_share"])
    classes = given["task"] == "classes"
    t = array[:, 2].astype(np.int64) if classes else array[:, 2:].astype(np.float32)
    names = tuple(str(each) for each in range(max(int(t.max()) + 1, 2))) if classes else ()
    if classes and len(np.unique(t)) < 2:
        raise RecipeError(message("all points are of one class: draw some of another"), WHERE)
    code = [
        "import numpy as np",
        "",
        "points = np.array(",
        f"    {json.dumps(points)}",
        ")",
        f"points = points[np.random.default_rng({given['seed']}).permutation({len(points)})]",
        "x = points[:, :2].astype(np.float32)",
        "t = points[:, 2].astype(np.int64)" if classes else "t = points[:, 2:].astype(np.float32)",
        *split_lines(count),
    ]
    return LabData(
        *(x[:count], t[:count], x[count:], t[count:]),
        task=given["task"],
        classes=names,
        features=("x1", "x2"),
        axes=square(x, ("x1", "x2")),
        code="\n".join(code),
    )


def _checked(points: Any, task: str) -> list[list[float]]:
    if not isinstance(points, Sequence) or isinstance(points, str) or len(points) < 4:
        raise RecipeError(message("draw at least 4 points"), WHERE)
    if len(points) > MOST:
        raise RecipeError(
            message(
                "there are {count:,} points, but at most {most:,} may be drawn",
                count=len(points),
                most=MOST,
            ),
            WHERE,
        )
    return [_point(point, place, task) for place, point in enumerate(points)]


def _point(point: Any, place: int, task: str) -> list[float]:
    numbers = list(point) if isinstance(point, Sequence) and not isinstance(point, str) else []
    sound = len(numbers) == 3 and all(
        isinstance(each, int | float)
        and not isinstance(each, bool)
        and math.isfinite(each)
        and abs(each) <= FLOAT32_MAX
        for each in numbers
    )
    if sound and task == "classes":
        sound = numbers[2] in range(MOST_CLASSES)
    if not sound:
        raise RecipeError(
            message(
                "a point is two numbers and a class from 0 to {last}, not {point}",
                last=MOST_CLASSES - 1,
                point=shown(point),
            )
            if task == "classes"
            else message("a point is three numbers, not {point}", point=shown(point)),
            f"{WHERE}.{place}",
        )
    return [float(each) for each in numbers]
