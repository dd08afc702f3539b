r"""Train a network on a table: load, train, save and compare with simple models, as one call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from badak._common.language import message
from badak.callbacks import Callback
from badak.errors import InputError
from badak.metrics import confusion_matrix
from badak.network.sequential import Sequential
from badak.recipes import files
from badak.recipes.events import BagStarted, OnEvent, Reading, Reporter, Started, ignore
from badak.recipes.options import TableTraining
from badak.recipes.result import Trained
from badak.tables import TableData, TablePreparation, compare_with_baselines, network, scores
from badak.tables import load as load_table
from badak.tables.bag import Bag, rows_left_out, train_bag
from badak.tables.deciding import BEST, check_balanced
from badak.tables.defaults import UNITS
from badak.tables.efforts import EFFORTS
from badak.tables.measures import check_metric
from badak.tables.remarks import Remark
from badak.tables.thresholds import check_threshold, with_threshold
from badak.tables.trees import Trees, grow_trees
from badak.typing import Array

__all__ = ["TableResult", "TableTraining", "load", "train"]


@dataclass(frozen=True)
class TableResult(Trained):
    r"""A network trained on a table, and its scores on the held-out rows.

    Parameters
    ----------
    model : Sequential
        The trained network.
    history : History
        The loss and metrics of each epoch.
    batch_size : int or None
        Rows of a step; None: all at once.
    epochs : int
        How many epochs there could be; ``history.epoch`` lists those that there were.
    data : TableData
        The table's rows, to train, to validate and to test.
    scores : dict of str to dict
        The scores of the network, of the linear model, of trees where they were grown, and of the
        naive guess, in this order, by their names.
    note : str, default ""
        Why there are no trees, or how many rows they learnt from where these are not all.
    bag : Bag, optional
        What is known of the networks that an effort made into one; of them `history` has the means.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + i % 5}\n" for i in range(70))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> result = train(TableTraining(path, "sum", task="regression", units=(16,), epochs=5))
    >>> result.preparation.target.name, result.confusion
    ('sum', None)
    """

    data: TableData
    scores: dict[str, scores.Scores]
    """Of the network, linear model, trees and naive guess, in this order, by their names."""
    note: str = ""
    bag: Bag | None = None

    @property
    def preparation(self) -> TablePreparation:
        """How rows become the network's input, and what is predicted."""
        return self.data.preparation

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was taken of the file and its columns that may be meant otherwise."""
        return self.data.remarks

    @cached_property
    def answers(self) -> Array:
        """What the network answers to the held-out rows, (rows, outputs), float32."""
        return self.model.predict(self.data.test[0])

    def covered(self, coverage: float = 0.9) -> tuple[float, float] | None:
        """Return the share of held-out rows that lie in their interval, and its mean width.

        Parameters
        ----------
        coverage : float, default 0.9
            The share that the intervals are made for.

        Returns
        -------
        (float, float) or None
            None where no such intervals are known: of classes, of one network, of too few rows.
        """
        known = self.preparation.intervals
        if known is None or coverage not in known.widths:
            return None
        return known.held_to(self.data.test[1], self.answers[:, 0], coverage)

    @property
    def verdict(self) -> str:
        """Whether the network is better than simple models and than trees, in words."""
        network, linear, *trees, naive = self.scores.values()
        target = self.preparation.target
        grown = trees[0] if trees else None
        said = scores.verdict(target, network, linear, naive, grown)
        return f"{said} {self.note}" if self.note else said

    @property
    def confusion(self) -> Array | None:
        """Held-out rows by (true class, answered class); None where numbers are predicted."""
        classes = self.preparation.target.classes
        if not classes:
            return None
        decided = self.preparation.decide(self.answers)
        return confusion_matrix(self.data.test[1], decided, len(classes))


def train(
    options: TableTraining,
    data: TableData | None = None,
    *,
    on_event: OnEvent | None = None,
    callbacks: Sequence[Callback] = (),
) -> TableResult:
    r"""Train a network on a table, compare it with simple models, and save it if asked to.

    Parameters
    ----------
    options
        What to train on and how.
    data
        The table, if it is loaded already; None: that of ``options.data``.
    on_event
        Called with :class:`~badak.recipes.events.Reading`, ``Started``, ``EpochEnded`` after each
        epoch, and ``Saved``.
    callbacks
        Callbacks for :meth:`badak.Sequential.fit`.

    Returns
    -------
    TableResult
        The network, its history and the scores on held-out rows. Ctrl-C ends the training early;
        what is learnt by then is saved and scored all the same, ``interrupted`` is True and the
        checkpoint stays.

    Raises
    ------
    InputError, FileFormatError, OSError
        A table that cannot be read, or files that could not be written, before any work.
    DivergedError
        A loss that is not finite; nothing is saved.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + i % 5}\n" for i in range(70))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> options = TableTraining(path, "sum", task="regression", epochs=5, trees=False)
    >>> result = train(options)
    >>> list(result.scores), result.batch_size
    (['network', 'linear regression', 'mean'], 32)
    """
    report = on_event or ignore
    done = files.check_files(options)
    if data is None:
        data = load(options, on_event=report)
    target = data.preparation.target
    effort = options.chosen_effort
    if options.metric is not None:
        check_metric(options.metric, target, data.y)
    watched = data.validation[1]
    if effort is not None and options.threshold == BEST:
        watched = data.y[rows_left_out(data, EFFORTS[effort], options.seed)]
    check_threshold(options.threshold, options.metric, target, watched)
    if options.balanced:
        check_balanced(target)
    if effort is not None:
        return _train_bag(options, effort, data, done, report, callbacks)
    model = make_network(data, options)
    schedule = network.schedule_for(model, data, options.batch_size, options.epochs)
    report(Started(model, data, data.counts, schedule.batch_size, schedule.epochs, done))
    history = network.fit(
        model,
        data,
        schedule,
        callbacks=[Reporter(report), *callbacks],
        checkpoint=options.checkpoint_path,
        class_weight="balanced" if options.balanced else None,
        metric=options.metric,
        threshold=options.threshold,
    )
    if options.threshold is not None:
        x, y = data.validation
        asked = y, model.predict(x) if len(x) else y
        data = with_threshold(model, data, options.threshold, options.metric, asked)
    files.save(model, history, options, report)
    scored, note = compare(model, data, options)
    return TableResult(model, history, schedule.batch_size, schedule.epochs, data, scored, note)


def compare(
    model: Sequential, data: TableData, options: TableTraining
) -> tuple[dict[str, scores.Scores], str]:
    """Return the scores of the network and its rivals, and what is to be said of the trees."""
    trees = grow_trees(data, options.seed) if options.trees else Trees(None)
    return compare_with_baselines(model, data, trees, metric=options.metric), trees.note


def _train_bag(
    options: TableTraining,
    effort: str,
    data: TableData,
    begun: int,
    report: OnEvent,
    callbacks: Sequence[Callback],
) -> TableResult:
    if callbacks:
        raise InputError(
            message(
                "callbacks watch one network, but the effort {effort!r} trains several at once: "
                "use on_event, or describe one network, such as with units=(128, 64)",
                effort=effort,
            )
        )
    report(BagStarted(data, effort, EFFORTS[effort].networks(data.counts[0]), begun))
    bag = train_bag(
        data,
        EFFORTS[effort],
        seed=options.seed,
        name=stem(Path(options.data)),
        time_limit=options.time_limit,
        checkpoint=options.checkpoint_path,
        on_trained=report,
        class_weight="balanced" if options.balanced else None,
        metric=options.metric,
        threshold=options.threshold,
    )
    asked = data.y[bag.left_out], bag.answers
    data = replace(data, preparation=TablePreparation.of(bag.model))
    data = with_threshold(bag.model, data, options.threshold, options.metric, asked)
    files.save(bag.model, bag.history, options, report)
    scored, note = compare(bag.model, data, options)
    return TableResult(bag.model, bag.history, bag.batch_size, bag.epochs, data, scored, note, bag)


def load(options: TableTraining, *, on_event: OnEvent = ignore) -> TableData:
    r"""Return the table's rows as a network takes them: to train, to validate, and held out.

    Parameters
    ----------
    options
        The table, its target and its columns.
    on_event
        Called with :class:`~badak.recipes.events.Reading`.

    Returns
    -------
    TableData
        The rows, and how they are prepared.

    Raises
    ------
    InputError, FileFormatError, OSError
        They name the file, the column and, where there is one, the line.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + i % 5}\n" for i in range(70))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> load(TableTraining(path, "sum", task="regression")).counts
    (56, 0, 14)
    """
    path = Path(options.data)
    on_event(Reading(path, path.stat().st_size if path.is_file() else 0))
    return load_table(
        path,
        options.target,
        task=options.task,
        columns=options.columns,
        ignore=options.ignore,
        missing=options.missing,
        dates=options.dates,
        encoding=options.encoding,
        held_out=options.held_out,
        validation=None if options.chosen_effort else options.validation,
        seed=options.seed,
        group=options.group,
        time=options.time,
    )


def make_network(data: TableData, options: TableTraining) -> Sequential:
    """Return the compiled network for the table, named after its file."""
    model = network.make_network(
        data,
        UNITS if options.units is None else options.units,
        options.activation,
        options.dropout,
        options.seed,
        name=stem(Path(options.data)),
    )
    network.compile_network(model, data, options.make_optimizer())
    return model


def stem(path: Path) -> str:
    """Return a table's name without its endings.

    >>> stem(Path("data/houses.csv.gz"))
    'houses'
    """
    return path.name.split(".")[0] or "table"
