"""The sections of a report on the answers: scores, calibration and confusion, or residuals."""

from collections.abc import Iterator

import numpy as np

from badak._common.language import message, translated
from badak._common.page import Element, element, table
from badak.diagnostics.bootstrap import DRAWS
from badak.diagnostics.texts import short
from badak.metrics import confusion_matrix
from badak.pictures.canvas import Canvas
from badak.pictures.inline import InlineFigures
from badak.tables.measures import AVERAGE_PRECISION, main_measure
from badak.tables.reporting import figures as draw
from badak.tables.reporting.making import NETWORK, TableReport
from badak.tables.reporting.wording import (
    Section,
    amount,
    beside,
    compared,
    difference_cell,
    figure,
    figures_in_grid,
    interval,
    listed,
    model_name,
    note,
    score,
    score_cell,
    section,
    share,
    verdict_badge,
)
from badak.typing import Array

MOST_IN_MATRIX = 20
MOST_PAIRS = 20
FEW_CLASSES = 6  # whose names have room side by side
LONGEST = 24


def answers_sections(report: TableReport, figures: InlineFigures) -> Iterator[Section]:
    """Yield the sections."""
    yield section("scores", message("Scores"), _scores(report, figures))
    if report.preparation.target.classes:
        yield section("calibration", message("Calibration"), _calibration(report, figures))
        yield section("confusion", message("Confusion"), _confusion(report))
    else:
        yield section("residuals", message("Residuals"), _residuals(report, figures))


def _scores(report: TableReport, figures: InlineFigures) -> Iterator[Element]:
    yield beside(_score_table(report), _score_figure(report, figures))
    for rival in report.rivals:
        if rival.note:
            yield note(rival.note)
    if not report.rivals:
        yield note(
            message(
                "The table is not the file that was trained on, so that there is nothing to train "
                "other models on to compare with: --trained-on FILE (in Python trained_on=) names "
                "that file."
            )
        )
        return
    yield note(
        message(
            "The other models were trained on the {count:,} rows that were not held out, those "
            "that early stopping watched among them.",
            count=report.train_count,
        )
    )
    yield _difference_table(report)
    if report.groups is not None:
        yield note(
            message(
                "Rows of one group are not independent: intervals are of {draws:,} bootstrap draws "
                "of the {count:,} groups, the same for all models. A difference is more than "
                "chance where its interval does not hold 0.",
                draws=DRAWS,
                count=report.groups,
            )
        )
        return
    yield note(
        message(
            "Intervals are of {draws:,} bootstrap draws of the rows, the same for all models; that "
            "of an accuracy is Wilson's. A difference is more than chance where its interval does "
            "not hold 0.",
            draws=DRAWS,
        )
    )


def _score_table(report: TableReport) -> Element:
    measures = list(report.scores[NETWORK].values)
    return table(
        ["", *map(translated, measures)],
        [
            [
                model_name(name),
                *(score_cell(measure, report.interval(name, measure)) for measure in measures),
            ]
            for name in report.scores
        ],
        caption=message("On {rows}; under each score its 95% interval", rows=report.rows),
        right=range(1, len(measures) + 1),
        heads=True,
        class_="models",
    )


def _score_figure(report: TableReport, figures: InlineFigures) -> Element:
    main = main_measure(report.preparation.target)
    names = [model_name(name) for name in report.scores]
    label = translated(main)
    found = [each.interval(main) for each in report.scores.values()]
    said = "; ".join(
        f"{name} {score(main, each.value)} ({interval(main, each)})"
        for name, each in zip(names, found, strict=True)
    )

    def drawn(c: Canvas) -> None:
        draw.intervals(c, names, found, label)

    caption = message("{measure} with 95% intervals; less is better", measure=label)
    return figure(figures, drawn, draw.SIZE, said, caption)


def _difference_table(report: TableReport) -> Element:
    main = main_measure(report.preparation.target)
    mine = report.scores[NETWORK]
    measures = list(mine.values)
    return table(
        [
            message("network less …"),
            *map(translated, measures),
            message("by {measure}", measure=translated(main)),
        ],
        [
            [
                model_name(name),
                *(difference_cell(measure, mine.less(each, measure)) for measure in measures),
                verdict_badge(compared(mine, each, main)),
            ]
            for name, each in report.scores.items()
            if name != NETWORK
        ],
        caption=message("Differences, and whether they are more than chance"),
        right=range(1, len(measures) + 1),
        heads=True,
        class_="models",
    )


def _calibration(report: TableReport, figures: InlineFigures) -> Iterator[Element]:
    found = report.calibration
    assert found is not None
    classes = report.preparation.target.classes
    two = len(classes) == 2
    of = (
        message("probability of {name}", name=short(classes[1], LONGEST))
        if two
        else message("probability of the answer")
    )
    error, mean, most = map(share, (found.error, *found.chance))
    yield element(
        "p",
        message(
            "Expected calibration error: {error}. If all probabilities were right, {count:,} rows "
            "would show {mean} on average, and 95 times of 100 at most {most}.",
            error=error,
            count=report.count,
            mean=mean,
            most=most,
        ),
    )

    def drawn(c: Canvas) -> None:
        draw.reliability(c, found, of)

    there = found.counts > 0
    said = "; ".join(
        message(
            "{count:,} rows: probability {said}, observed {happened}",
            count=count,
            said=share(p),
            happened=share(q),
        )
        for count, p, q in zip(
            found.counts[there].tolist(),
            found.said[there].tolist(),
            found.happened[there].tolist(),
            strict=True,
        )
    )
    grid = [
        figure(
            figures,
            drawn,
            draw.TALL,
            said,
            message(
                "Probability (across) and observed share (up) with 95% intervals; on the dashed "
                "line both are the same. Below, how many rows each point is of."
            ),
        )
    ]
    yes, scores = report.y == 1, report.answers[:, -1]
    threshold = report.preparation.threshold or 0.5
    if two and 0 < yes.sum() < len(yes):
        mine = report.scores[NETWORK]
        areas = {name: mine.interval(name) for name in ("AUC", AVERAGE_PRECISION)}
        grid += [
            figure(
                figures,
                lambda c: draw.roc(c, yes, scores, threshold),
                draw.TALL,
                message("ROC curve"),
                message(
                    "ROC curve, yes being {name}: area {area} ({interval}). The dot is at the "
                    "threshold {threshold:.3g}.",
                    threshold=threshold,
                    name=short(classes[1], LONGEST),
                    area=score("AUC", areas["AUC"].value),
                    interval=interval("AUC", areas["AUC"]),
                ),
            ),
            figure(
                figures,
                lambda c: draw.precision_recall(c, yes, scores, threshold),
                draw.TALL,
                message("Precision-recall curve"),
                message(
                    "Precision and recall: average precision {area} ({interval}); guessing has "
                    "{share}, the dashed line.",
                    area=score("AUC", areas[AVERAGE_PRECISION].value),
                    interval=interval("AUC", areas[AVERAGE_PRECISION]),
                    share=share(float(yes.mean())),
                ),
            ),
        ]
    yield figures_in_grid(grid)


def _confusion(report: TableReport) -> Iterator[Element]:
    classes = report.preparation.target.classes
    counts = confusion_matrix(report.y, report.decided, len(classes))
    names = [short(name, LONGEST) for name in classes]
    mistaken = _matrix(counts, names) if len(classes) <= MOST_IN_MATRIX else _pairs(counts, names)
    yield beside(mistaken, _of_each_class(counts, names))
    if len(classes) > MOST_IN_MATRIX:
        yield note(
            message("The {count} classes of the lowest recall are shown.", count=MOST_IN_MATRIX)
        )


def _of_each_class(counts: Array, names: list[str]) -> Element:
    rows, order = [], list(range(len(names)))
    if len(names) > MOST_IN_MATRIX:
        recall = counts.diagonal() / np.maximum(counts.sum(axis=1), 1)
        order = np.argsort(recall, kind="stable")[:MOST_IN_MATRIX].tolist()
    for k in order:
        there, said, right = counts[k].sum(), counts[:, k].sum(), counts[k, k]
        found, precise = (share(right / of) if of else "–" for of in (there, said))
        rows.append([names[k], f"{there:,}", found, precise])
    return table(
        [message("class"), message("rows"), message("recall"), message("precision")],
        rows,
        caption=message(
            "Recall: how many of a class's rows were found. Precision: how many of those that were "
            "taken for it are of it."
        ),
        right=(1, 2, 3),
        heads=True,
    )


def _matrix(counts: Array, names: list[str]) -> Element:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows: list[list[Element | str]] = []
    for k, name in enumerate(names):
        cells: list[Element | str] = [
            element(
                "span",
                f"{counts[k, j]:,}" if counts[k, j] else "·",
                class_="cell right" if j == k else "cell wrong",
                style=f"--share: {shares[k, j]:.3f}",
            )
            for j in range(len(names))
        ]
        rows.append([name, *cells])
    return table(
        [message("true, down; taken for, across"), *names],
        rows,
        caption=message("Rows by their class and the class that they were taken for"),
        heads=True,
        class_="matrix" if len(names) <= FEW_CLASSES else "matrix-many",
    )


def _pairs(counts: Array, names: list[str]) -> Element:
    wrong = counts * (1 - np.eye(len(counts), dtype=counts.dtype))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    rows = [
        [names[i], names[j], f"{wrong[i, j]:,}", f"{counts[i].sum():,}"]
        for i, j in (divmod(int(k), len(names)) for k in order)
        if wrong[i, j]
    ]
    if not rows:
        return note(message("No row was taken for another class."))
    return table(
        [message("true class"), message("taken for"), message("times"), message("of")],
        rows,
        caption=message("The most frequent mistakes"),
        right=(2, 3),
    )


def _residuals(report: TableReport, figures: InlineFigures) -> Iterator[Element]:
    answers = report.answers[:, 0].astype(np.float64)
    errors = report.y - answers
    target = short(report.preparation.target.name, LONGEST)
    sizes = np.abs(errors)
    half, most, nearly_all = np.quantile(sizes, [0.5, 0.9, 0.99])
    points = [
        message(
            "Half of the answers are off by at most {half}, 90% by at most {most}, 99% by at most "
            "{nearly_all}.",
            half=amount(float(half)),
            most=amount(float(most)),
            nearly_all=amount(float(nearly_all)),
        )
    ]
    if report.bias is not None:
        low, high = report.bias.low, report.bias.high
        points.append(
            message(
                "The mean of truth less answer is {mean} (95% interval: {low} to {high}).",
                mean=amount(-report.bias.value),
                low=amount(-high),
                high=amount(-low),
            )
        )
    yield listed(points)
    if report.coverages:
        yield table(
            [message("intervals for"), message("hold the truth of"), message("mean width")],
            [
                [
                    share(coverage),
                    message("{share} of the rows", share=share(within)),
                    amount(width),
                ]
                for coverage, within, width in report.coverages
            ],
            caption=message("Intervals of stated coverage about the answers"),
            right=(0, 1, 2),
        )
    hidden = len(errors) > draw.MOST_POINTS
    across = message("answer: {target}", target=target)
    yield figures_in_grid(
        [
            figure(
                figures,
                lambda c: draw.residuals(c, answers, errors, across, report.seed),
                draw.TALL,
                message("Residuals against answers"),
                message(
                    "Residuals (truth less answer) by answer. Solid: the median of each tenth "
                    "of the rows; dashed: the middle 80%. They should lie about 0 everywhere."
                )
                + (
                    " " + message("{count:,} points are drawn.", count=draw.MOST_POINTS)
                    if hidden
                    else ""
                ),
            ),
            figure(
                figures,
                lambda c: draw.distribution(c, errors),
                draw.TALL,
                message("Distribution of the residuals"),
                message(
                    "How often residuals come. Dashed: their mean. The outermost hundredth at each "
                    "side is counted at the edge."
                ),
            ),
        ]
    )
