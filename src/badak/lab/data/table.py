"""A user's table: read as `badak train` reads it, with the same refusals."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.extras import need
from badak._common.language import marked, message
from badak.errors import FileFormatError, InputError
from badak.lab.data.fields import SEED, TEST_SHARE, Field, checked
from badak.lab.data.lab_data import Axis, LabData
from badak.lab.data.uploads import Upload, Uploads
from badak.lab.errors import RecipeError
from badak.layers import Layer, Rescaling
from badak.typing import Array

MOST_ROWS = 200_000
MOST_COLUMNS = 500
TARGET = Field("target", marked("Column to predict"), "text", "")
FIELDS = (
    TARGET,
    Field(
        "task",
        marked("What is learnt"),
        "choice",
        "auto",
        choices=("auto", "regression", "classification"),
    ),
    TEST_SHARE,
    SEED,
)


def take_in(number: str, name: str, body: bytes, folder: Path) -> Upload:
    """Keep a table's file; refuse one that is none, or too large."""
    need("polars", "badak[tables]", message("a table"))
    from badak.tables.reading import open_table

    path = folder / name
    path.write_bytes(body)
    with _Named(path):
        table = open_table(path)
        if len(table.columns) > MOST_COLUMNS:
            raise InputError(
                message(
                    "{path} has {count:,} columns, but may have {most:,}",
                    path=path,
                    count=len(table.columns),
                    most=MOST_COLUMNS,
                )
            )
        rows = 0
        for chunk in table.chunks():
            rows += len(chunk)
            if rows > MOST_ROWS:
                raise InputError(
                    message("{path} has more than {most:,} rows", path=path, most=MOST_ROWS)
                )
    told = {"columns": table.columns, "rows": rows, "target": table.columns[-1]}
    return Upload(number, "table", name, folder, told)


def load(spec: Mapping[str, Any], uploads: Uploads) -> LabData:
    """Return the rows of a table that was put on the page, its columns encoded as they are."""
    upload = uploads.get(spec.get("upload"), "table")
    assert upload.folder is not None
    given = checked({"target": upload.told["target"], **spec}, FIELDS)
    path = upload.folder / upload.name
    from badak.tables import loading

    with _Named(path, "data.target"):
        table = loading.load(
            path,
            given["target"],
            task=given["task"],
            held_out=given["test_share"],
            validation=0.0,
            seed=given["seed"],
        )
    prepare = table.preparation
    (x_train, y_train), (x_test, y_test) = table.train, table.test
    classes = prepare.target.classes
    mean, deviation = table.scale if not classes else (0.0, 1.0)

    def ending() -> list[Layer]:
        return [] if classes else [Rescaling(deviation, mean)]

    code = "\n".join(
        [
            "import numpy as np",
            "",
            "from badak import tables",
            "",
            "table = tables.load(",
            f"    {json.dumps(upload.name, ensure_ascii=False)},",
            f"    {json.dumps(given['target'], ensure_ascii=False)},",
            f"    task={json.dumps(given['task'])},",
            f"    held_out={given['test_share']!r},",
            "    validation=0.0,",
            f"    seed={given['seed']},",
            ")",
            "(x_train, t_train), (x_test, t_test) = table.train, table.test",
            *(
                []
                if classes
                else [
                    "t_train, t_test = (t[:, np.newaxis].astype(np.float32) for t in "
                    "(t_train, t_test))"
                ]
            ),
        ]
    )
    axes, values, encode = _axes(prepare, np.concatenate([x_train, x_test]))
    return LabData(
        *(x_train, _targets(y_train, classes), x_test, _targets(y_test, classes)),
        task="classes" if classes else "number",
        classes=tuple(classes),
        features=tuple(prepare.features),
        look="table",
        axes=axes,
        code=code,
        make_ending=ending,
        model_preparation=prepare.as_dict(),
        scale=(mean, deviation),
        values=values,
        encode=encode,
        widths={column.name: len(column.features) for column in prepare.columns},
        remarks=tuple(str(remark) for remark in table.remarks),
    )


def _targets(y: Array, classes: tuple[str, ...]) -> Array:
    return y if classes else y[:, np.newaxis].astype(np.float32)


def _axes(prepare: Any, x: Array) -> tuple[tuple[Axis, ...], dict[str, Array], Any]:
    """Return an axis for each column, its values in each row, and what encodes such values."""
    from badak.tables.columns import Category, Number

    axes, values, start = [], {}, 0
    for column in prepare.columns:
        block = x[:, start : start + len(column.features)]
        start += len(column.features)
        if isinstance(column, Number):
            known = block[:, 0].astype(np.float64) * column.deviation + column.mean
            low, high = float(known.min()), float(known.max())
            room = 0.05 * (high - low) or 1.0
            axes.append(Axis(column.name, low - room, high + room, float(np.median(known))))
            values[column.name] = known
        elif isinstance(column, Category):
            counts = block[:, : len(column.levels)].sum(axis=0)
            most = column.levels[int(counts.argmax())]
            axes.append(Axis(column.name, held=most, choices=column.levels))
        else:
            ends = [str(each)[:10] for each in (column.least, column.most) if each is not None]
            axes.append(Axis(column.name, held=ends[0], choices=tuple(dict.fromkeys(ends))))

    def encode(columns: Mapping[str, Array]) -> Array:
        import polars as pl

        frame = {}
        for column in prepare.columns:
            given = pl.Series(column.name, columns[column.name].tolist())
            dated = not isinstance(column, Number | Category)
            frame[column.name] = given.str.to_datetime("%Y-%m-%d") if dated else given
        encoded: Array = prepare.transform(pl.DataFrame(frame))
        return encoded

    return tuple(axes), values, encode


class _Named:
    """Say a file's name in errors, not where it is kept; and which field is meant."""

    def __init__(self, path: Path, where: str = "body") -> None:
        self.path = path
        self.where = where

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, InputError | FileFormatError | OSError) and not isinstance(
            error, RecipeError
        ):
            text = str(error).replace(f"{self.path.parent}/", "")
            raise RecipeError(text, self.where) from None
