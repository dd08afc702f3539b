"""Options of `badak train` that are for tables only."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from badak._common.language import marked, message
from badak.cli.choices import one_of
from badak.cli.errors import UsageError
from badak.recipes.options import HELD_OUT
from badak.tables.defaults import MEASURES, TASKS
from badak.tables.efforts import EFFORTS, STANDARD

PANEL = "Options for a table"


def _check_task(task: str) -> str:
    if task not in TASKS:
        raise typer.BadParameter(
            message("{task!r} is no task: give {tasks}", task=task, tasks=", ".join(TASKS))
        )
    return task


def _check_share(share: float) -> float:
    if not 0.0 < share < 1.0:
        raise typer.BadParameter(
            message("{share} is no share: give a number between 0 and 1", share=share)
        )
    return share


def _check_seconds(seconds: float | None) -> float | None:
    if seconds is not None and not 0.0 < seconds < math.inf:
        raise typer.BadParameter(
            message("{seconds} is no time: give seconds above 0", seconds=seconds)
        )
    return seconds


TargetColumn = Annotated[
    str | None,
    typer.Option("--target", metavar="COLUMN", help="What to predict.", rich_help_panel=PANEL),
]

Task = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        callback=_check_task,
        show_default="auto: decided by the target",
        help="regression, classification or auto.",
        rich_help_panel=PANEL,
    ),
]

ColumnKinds = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=KIND",
        show_default="decided by its values",
        help="What a column is: number, category, date or ignore. May be repeated.",
        rich_help_panel=PANEL,
    ),
]

Ignored = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        help="A column that is not used. May be repeated.",
        rich_help_panel=PANEL,
    ),
]

MissingTexts = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TEXT",
        show_default="NA, N/A, NaN, null, ? and their like",
        help="What means a missing value, as an empty cell does: this instead of the default. May "
        "be repeated; '' for empty cells only.",
        rich_help_panel=PANEL,
    ),
]

DateOrders = Annotated[
    list[str] | None,
    typer.Option(
        "--dates",
        metavar="NAME=ORDER",
        show_default="decided by its values",
        help="How a column's dates are written: ymd, dmy (31/12/2024) or mdy. May be repeated.",
        rich_help_panel=PANEL,
    ),
]

Encoding = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        show_default="decided by its bytes",
        help="What a CSV or TSV file is written in: utf-8, cp949, utf-16, latin-1, ...",
        rich_help_panel=PANEL,
    ),
]

HeldOut = Annotated[
    float,
    typer.Option(
        metavar="SHARE",
        callback=_check_share,
        help="Share of the rows that is held out to test with.",
        rich_help_panel=PANEL,
    ),
]


Group = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        show_default="rows are drawn at random",
        help="Keep rows with the same value of this column, such as a patient, on one side of "
        "each split. It is no feature, unless --column says its kind.",
        rich_help_panel=PANEL,
    ),
]

Time = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        show_default="rows are drawn at random",
        help="Hold out the last rows by this column of dates or numbers, and validate with those "
        "before them. It is no feature, unless --column says its kind.",
        rich_help_panel=PANEL,
    ),
]

EffortName = Annotated[
    str | None,
    typer.Option(
        "--effort",
        metavar="NAME",
        callback=one_of(tuple(EFFORTS), marked("{given!r} is no effort: give {known}")),
        show_default=f"{STANDARD}, unless options describe one network",
        help="How many networks are trained and made into one: quick, standard or best.",
        rich_help_panel=PANEL,
    ),
]

TimeLimit = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        callback=_check_seconds,
        show_default="none",
        help="How long the training of these networks may take.",
        rich_help_panel=PANEL,
    ),
]


Trees = Annotated[
    bool,
    typer.Option(
        "--trees/--no-trees",
        help="Compare with gradient-boosted trees too, where scikit-learn is installed.",
        rich_help_panel=PANEL,
    ),
]


def _check_metric(metric: str | None) -> str | None:
    if metric is not None and metric not in MEASURES:
        raise typer.BadParameter(
            message(
                "{metric!r} is no metric: give one of {metrics}",
                metric=metric,
                metrics=", ".join(MEASURES),
            )
        )
    return metric


def _check_metrics(metrics: list[str] | None) -> list[str] | None:
    for metric in metrics or []:
        _check_metric(metric)
    return metrics


def _check_threshold(threshold: str | None) -> str | None:
    try:
        if threshold in (None, "best") or 0.0 < float(threshold or "") < 1.0:
            return threshold
    except ValueError:
        pass
    raise typer.BadParameter(
        message(
            "{threshold!r} is no threshold: give a number between 0 and 1, or best",
            threshold=threshold,
        )
    )


Metric = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        callback=_check_metric,
        show_default="the loss",
        help="What tells the best epochs, how much kinds of networks count, and which model is "
        "better: accuracy, balanced_accuracy, f1, macro_f1, roc_auc, average_precision, log_loss, "
        "brier; rmse, mae, r2, mape, median_absolute_error.",
        rich_help_panel=PANEL,
    ),
]

Metrics = Annotated[
    list[str] | None,
    typer.Option(
        "--metric",
        metavar="NAME",
        callback=_check_metrics,
        show_default="those of the task",
        help="Of a table: what comes first among the scores: accuracy, balanced_accuracy, f1, "
        "macro_f1, roc_auc, average_precision, log_loss, brier; rmse, mae, r2, mape, "
        "median_absolute_error. May be repeated.",
    ),
]

Balanced = Annotated[
    bool,
    typer.Option(
        "--balanced",
        help="Let classes weigh alike in the loss, however many rows they have. It moves the "
        "probabilities.",
        rich_help_panel=PANEL,
    ),
]

Threshold = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE|best",
        callback=_check_threshold,
        show_default="the likelier class",
        help="Of two classes, the probability from which on the second is answered; best: the one "
        "with the best --metric on the rows that validate.",
        rich_help_panel=PANEL,
    ),
]


@dataclass(frozen=True)
class TableOptions:
    """What was given of the options for tables."""

    target: str | None
    task: str
    columns: Sequence[str] | None
    ignore: Sequence[str] | None
    missing: Sequence[str] | None
    dates: Sequence[str] | None
    encoding: str | None
    held_out: float
    group: str | None
    time: str | None
    effort: str | None
    time_limit: float | None
    trees: bool
    metric: str | None
    balanced: bool
    threshold: str | None

    def refuse(self, data: str) -> None:
        """Raise UsageError if one is given with images."""
        asked = {
            "--target": self.target is not None,
            "--task": self.task != TASKS[0],
            "--column": bool(self.columns),
            "--ignore": bool(self.ignore),
            "--missing": bool(self.missing),
            "--dates": bool(self.dates),
            "--encoding": self.encoding is not None,
            "--held-out": self.held_out != HELD_OUT,
            "--group": self.group is not None,
            "--time": self.time is not None,
            "--effort": self.effort is not None,
            "--time-limit": self.time_limit is not None,
            "--no-trees": not self.trees,
            "--metric": self.metric is not None,
            "--balanced": self.balanced,
            "--threshold": self.threshold is not None,
        }
        if options := [option for option, given in asked.items() if given]:
            raise UsageError(
                message(
                    "{options} is for tables, but {data} is none: give a file that ends in .csv, "
                    ".tsv, .parquet, .arrow or .feather.",
                    options=options[0],
                    data=data,
                )
            )


def pairs_of(given: Sequence[str] | None, option: str, form: str, example: str) -> dict[str, str]:
    """Return values by columns, from "NAME=VALUE"; a name may hold "=" itself."""
    pairs = {}
    for each in given or []:
        name, equals, value = each.rpartition("=")
        if not equals:
            raise UsageError(
                message(
                    "{option} {each} lacks its '=': give {form}, such as {example}.",
                    option=option,
                    each=each,
                    form=form,
                    example=example,
                )
            )
        pairs[name] = value
    return pairs
