"""See through a model of a table: which columns matter, what each does, one answer in parts."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.looks import SHOWN
from badak._common.seeds import check_seed
from badak._common.validation import check_whole
from badak.activations import is_builtin
from badak.diagnostics.classes import class_index
from badak.diagnostics.decomposition import decompose
from badak.diagnostics.permutation import (
    Judged,
    permutation_importance,
    shared_columns,
)
from badak.diagnostics.row_explanation import Baseline, RowExplanation
from badak.diagnostics.table_explanation import TableExplanation
from badak.errors import InputError
from badak.layers import Rescaling
from badak.layers.base import is_just
from badak.losses import (
    Loss,
    MeanSquaredError,
    ScaledSquaredError,
    SparseCategoricalCrossentropy,
)
from badak.losses.targets import check_targets
from badak.network.sequential import Sequential
from badak.tables.asked_rows import AskedRows
from badak.tables.column_values import beyond, dependence_of, features_at, range_of, typical
from badak.tables.columns import Category, Findings
from badak.tables.defaults import BASELINES, REPEATS
from badak.tables.preparation import TablePreparation
from badak.tables.scores import score
from badak.typing import Array

ROWS_OF_DEPENDENCE = 1000
MOST_CLASSES = 7


def explain(
    model: Sequential,
    table: Any,
    *,
    target: int | str | None = None,
    repeats: int = REPEATS,
    columns: int = SHOWN,
    seed: int = 0,
    encoding: str | None = None,
    findings: Findings | None = None,
) -> TableExplanation:
    r"""Tell which columns of a table matter to a model, and what each of them does.

    Parameters
    ----------
    model : Sequential
        A network that was trained on a table; its file keeps how rows are prepared.
    table : path-like or frame
        Rows: a file, or a frame of Polars, pandas or PyArrow. Of the file that was trained on those
        that were held out are asked about, else all.
        Without the target's column importances are left out.
    target : int or str, optional
        The class whose probability is told of, by number or name; None: of two classes the second,
        of more up to seven, the most probable ones.
    repeats : int, default 10
        How many times the rows are shuffled.
    columns : int, default 20
        How many columns are told of: of so many, the most important ones, it is found out what
        they do, and so many are shown.
    seed : int, default 0
        Settles how rows are shuffled, and which are drawn where there are many (above 10,000).
    encoding : str, optional
        What a CSV or TSV file is written in; None: its bytes tell.
    findings : Findings, optional
        Counts what the rows hold that training had not shown.

    Returns
    -------
    TableExplanation
        Permutation importances with their spread, and partial dependence with lines of single rows
        (ICE), over the range of the training rows, which the model's file keeps.

    Raises
    ------
    InputError, FileFormatError, OSError
        A model of something else, a table that cannot be read or lacks columns, no row, or a count
        or seed that is none.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + 2 * (i % 5)}\n" for i in range(140))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> data = tables.load(path, target="sum", task="regression")
    >>> model = tables.make_network(data, units=(16,))
    >>> _ = tables.train(model, data, epochs=60)
    >>> told = explain(model, path)
    >>> [each.columns for each in told.importances], told.rows
    ([('b',), ('a',)], 'the 28 rows that were held out from training')
    """
    check_whole(columns, "columns")
    check_whole(repeats, "repeats")
    check_seed(seed)
    prepare = TablePreparation.of(model)
    outputs = _outputs(prepare, target)
    rows = AskedRows.of(prepare, table, encoding)
    rng = np.random.default_rng(seed)
    seen = Findings() if findings is None else findings
    asked = rows.sample(rows.to_test, rng)
    x = rows.features(asked, seen)
    y = None if rows.y is None else rows.y[asked]
    places = features_of(prepare)
    judge = None if y is None else _judge(model, prepare, y)
    before = (np.nan, np.nan)
    importances, groups = [], []
    if judge is not None:
        judged = judge(model.predict(x))
        before = float(judged.losses.mean()), judged.measure
        groups = shared_columns(x, places)
        together = [group.columns for group in groups]
        importances = permutation_importance(
            model.predict, judge, x, places, together, repeats=repeats, seed=seed
        )
    alone, together_ = importances[: len(places)], importances[len(places) :]
    alone.sort(key=lambda each: -each.mean)
    order = [each.columns[0] for each in alone] or list(places)
    some = x[rng.permutation(len(x))[:ROWS_OF_DEPENDENCE]]
    answers = model.predict(some)
    if outputs is None:
        outputs = _most_probable(answers)
    spread = rows.values(rows.sample(rows.span, rng))
    held = rows.values(asked) if rows.trained else spread
    by_name = {column.name: column for column in prepare.columns}
    dependences = [
        dependence_of(model, some, by_name[name], places[name], spread[name], held[name], outputs)
        for name in (order[:columns] if alone else order)
    ]
    if not alone:
        dependences.sort(key=lambda each: -float(each.reach.max()))
    classes = prepare.target.classes
    return TableExplanation(
        prepare.target.name,
        tuple(classes[k] for k in outputs) if classes else (),
        rows.words + _drawn(len(asked), int(rows.to_test.sum())),
        len(asked),
        _loss(model, prepare).name,
        _measure(prepare),
        before,
        tuple(alone),
        tuple(groups),
        tuple(together_),
        tuple(dependences[:columns]),
        _ranges_are_kept(prepare) or rows.trained,
        tuple(map(float, answers[:, outputs].mean(axis=0, dtype=np.float64))),
        rows.trained,
        columns,
    )


def explain_rows(
    model: Sequential,
    table: Any,
    rows: int | Sequence[int],
    *,
    target: int | str | None = None,
    baseline: str | int = BASELINES[0],
    logit: bool = False,
    method: str = "auto",
    columns: int = SHOWN,
    seed: int = 0,
    encoding: str | None = None,
    findings: Findings | None = None,
) -> list[RowExplanation]:
    r"""Take a model's answers to single rows apart: what each column adds to each of them.

    Parameters
    ----------
    model : Sequential
        A network that was trained on a table.
    table : path-like or frame
        The table: a file, or a frame of Polars, pandas or PyArrow.
    rows : int or sequence of int
        Which of its rows, the first being 1.
    target : int or str, optional
        The class whose probability is taken apart; None: the most probable of each row.
    baseline : {"mean", "median"} or int, default "mean"
        What these are compared with: the mean of the features of the training rows if it is the
        file that was trained on, else of all rows; of the same rows the median of numbers and dates
        with the most frequent categories; or the row of this number.
    logit : bool, default False
        Whether the sum before softmax is taken apart instead of the probability.
    method : {"auto", "exact", "gradients", "shapley"}, default "auto"
        How; see :func:`badak.diagnostics.decomposition.decompose`.
    columns : int, default 20
        How many columns are shown, those that add most; what the others add is summed up.
    seed : int, default 0
        Settles the orders of Shapley values.
    encoding : str, optional
        What a CSV or TSV file is written in; None: its bytes tell.
    findings : Findings, optional
        Counts what the rows hold that training had not shown.

    Returns
    -------
    list of RowExplanation
        One for each row, in this order. Baseline, contributions and what is left over sum to the
        answer, in float64.

    Raises
    ------
    InputError, FileFormatError, OSError
        A model of something else, a table that cannot be read or lacks columns, no such row, an
        unknown baseline, or a model without a sum before softmax where `logit` asks for it.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + 2 * (i % 5)}\n" for i in range(140))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> data = tables.load(path, target="sum", task="regression")
    >>> model = tables.make_network(data, units=())
    >>> _ = tables.train(model, data, epochs=2)
    >>> [told] = explain_rows(model, path, 3)
    >>> told.values, told.parts.method
    (('2', '2'), 'exact')
    """
    check_whole(columns, "columns")
    check_seed(seed)
    prepare = TablePreparation.of(model)
    outputs = _outputs(prepare, target)
    if logit:
        _check_ends_in_softmax(model)
    given = [rows] if isinstance(rows, (int, np.integer)) else list(rows)
    of_row = _check_baseline(baseline)
    source = AskedRows.of(prepare, table, encoding)
    numbers = [*given, *([] if of_row is None else [of_row])]
    for number in numbers:
        source.check_number(number)
    wanted = np.unique(numbers) - 1
    seen = Findings() if findings is None else findings
    x, cells = source.rows_and_cells(wanted, seen)
    ends = _ends(prepare, source.values(wanted))
    place = {int(row) + 1: index for index, row in enumerate(wanted)}
    if of_row is not None:
        start, said = x[place[of_row]].astype(np.float64), Baseline("row", of_row)
    elif baseline == "median":
        start, said = _median(prepare, source, seed)
    else:
        start = source.mean()
        said = Baseline("mean", int(source.span.sum()), source.trained)
    places, classes = features_of(prepare), prepare.target.classes
    answers = model.predict(x) if classes else None
    told = []
    for number in given:
        k, row = place[number], x[place[number]]
        output = 0
        if answers is not None:
            output = int(answers[k].argmax()) if target is None or outputs is None else outputs[0]
        parts = decompose(model, row, start, places, output, logit=logit, method=method, seed=seed)
        name = classes[output] if classes else ""
        told.append(
            RowExplanation(
                *(number, prepare.target.name, name, cells[k], parts, said, logit),
                beyond=ends[k],
                shown=columns,
            )
        )
    return told


def _check_baseline(baseline: str | int) -> int | None:
    """Return the row's number, None for one that is named."""
    if isinstance(baseline, str):
        if baseline not in BASELINES:
            raise InputError(
                message(
                    "baseline is 'mean', 'median' or the number of a row, not {baseline!r}",
                    baseline=baseline,
                )
            )
        return None
    return baseline


def _check_ends_in_softmax(model: Sequential) -> None:
    last = model.layers[-1].activation
    if last is None or not is_builtin(last, "softmax"):
        raise InputError(
            message(
                "the network does not end in softmax, so that there is no sum before it: leave "
                "out logit"
            )
        )


def _ends(prepare: TablePreparation, values: dict[str, Array]) -> list[tuple[str, ...]]:
    """Return for each row which of its values lie beyond the training rows, () for none."""
    found = [beyond(column, values[column.name]) for column in prepare.columns]
    return [each if any(each) else () for each in zip(*found, strict=True)]


def _median(prepare: TablePreparation, rows: AskedRows, seed: int) -> tuple[Array, Baseline]:
    """Return the features of the median row, (features,)."""
    places = rows.sample(rows.span, np.random.default_rng(seed))
    values = rows.values(places)
    parts = [
        features_at(column, typical(column, values[column.name]))[0] for column in prepare.columns
    ]
    return np.concatenate(parts).astype(np.float64), Baseline("median", len(places), rows.trained)


def _ranges_are_kept(prepare: TablePreparation) -> bool:
    return not any(
        range_of(column) is None for column in prepare.columns if not isinstance(column, Category)
    )


def features_of(prepare: TablePreparation) -> dict[str, slice]:
    """Return where the features of each column stand in the network's input."""
    found, start = {}, 0
    for column in prepare.columns:
        stop = start + len(column.features)
        found[column.name] = slice(start, stop)
        start = stop
    return found


def _outputs(prepare: TablePreparation, target: int | str | None) -> list[int] | None:
    """Return the outputs to tell of; None where that is for the answers to say."""
    classes = prepare.target.classes
    if target is not None:
        if not classes:
            raise InputError(
                message(
                    "the model predicts numbers of {name!r}, so that there is no class "
                    "{target!r} to tell of",
                    name=prepare.target.name,
                    target=target,
                )
            )
        return [class_index(target, classes)]
    return None if len(classes) > 2 else [max(len(classes) - 1, 0)]


def _most_probable(answers: Array) -> list[int]:
    order = (-answers.mean(axis=0)).argsort(kind="stable")[:MOST_CLASSES]
    return sorted(int(k) for k in order)


def _loss(model: Sequential, prepare: TablePreparation) -> Loss:
    """Return the model's loss, or of one that was put together what its parts were trained with."""
    if model.loss is not None:
        return model.loss
    if prepare.target.classes:
        return SparseCategoricalCrossentropy()
    last = model.layers[-1]  # gives the answers their unit, see badak.tables.network
    if is_just(last, Rescaling) and last.scale > 0.0:
        return ScaledSquaredError(last.scale)
    return MeanSquaredError()


def _measure(prepare: TablePreparation) -> str:
    return "accuracy" if prepare.target.classes else "R²"


def _judge(model: Sequential, prepare: TablePreparation, y: Array) -> Callable[[Array], Judged]:
    """Return what tells how good answers to rows with these targets are."""
    loss, measure, target = _loss(model, prepare), _measure(prepare), prepare.target
    own = not isinstance(loss, SparseCategoricalCrossentropy)  # the scores keep it finite
    t = check_targets(y, loss.targets, model.output_shape[0], loss.name) if own else None

    def judge(answers: Array) -> Judged:
        scores = score(target, y, answers)
        losses = scores.losses if t is None else loss.rows(answers.astype(np.float64), t)
        return Judged(np.asarray(losses, np.float64), scores.values[measure])

    return judge


def _drawn(count: int, of: int) -> str:
    return "" if count == of else message(", {count:,} of them drawn at random", count=count)
