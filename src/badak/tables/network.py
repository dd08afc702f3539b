"""A network for a table: its layers, its loss, and its training, which ends at the best epoch."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from badak import activations
from badak._common.language import message
from badak.callbacks import Callback, EarlyStopping
from badak.errors import InputError
from badak.layers import Input, Layer, Rescaling
from badak.losses import Loss, ScaledSquaredError, SparseCategoricalCrossentropy
from badak.network.sequential import Sequential
from badak.network.stacks import Hidden, dense_stack
from badak.tables.defaults import (
    EPOCHS,
    EPOCHS_OF_MANY,
    MANY_ROWS,
    PATIENCE,
    PATIENCE_OF_MANY,
    UNITS,
    batch_size_for,
)
from badak.tables.judging import judge_of_validation
from badak.tables.loading import TableData
from badak.typing import Array

if TYPE_CHECKING:
    from badak.training import History


def make_network(
    data: TableData,
    units: Sequence[int] = UNITS,
    activation: str = "relu",
    dropout: float = 0.0,
    seed: int = 0,
    name: str = "table",
) -> Sequential:
    r"""Return a dense network for the table's features, ending in softmax or in one number.

    Parameters
    ----------
    data : TableData
        The table; its preparation, which turns rows into the network's input, and the names of its
        classes go with the network into its file.
    units : sequence of int, default (128, 64)
        Units of each hidden layer; empty: no hidden layer.
    activation : str, default "relu"
        What hidden units apply, by its name.
    dropout : float, default 0.0
        The share of each hidden layer's outputs that dropout sets to zero.
    seed : int, default 0
        Settles the initial weights, the order of the rows and all noise.
    name : str, default "table"
        The network's name.

    Returns
    -------
    Sequential
        A network of (features,) that is not compiled yet. One for numbers ends in
        ``Rescaling(deviation, mean)`` of the training rows' targets, so that it answers in the
        target's unit from the start.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "squares.csv"
    >>> _ = path.write_text("side,area\n" + "".join(f"{i / 2},{i * i / 4}\n" for i in range(50)))
    >>> model = make_network(tables.load(path, "area"), units=(8, 4))
    >>> [type(layer).__name__ for layer in model.layers]
    ['Dense', 'Dense', 'Dense', 'Rescaling']
    """
    target = data.preparation.target
    hidden = [Hidden(count, activations.get(activation), dropout) for count in units]
    stack: list[Layer] = [Input((len(data.preparation.features),))]
    if target.classes:
        stack += dense_stack(hidden, len(target.classes), "softmax")
    else:
        mean, deviation = data.scale
        stack += [*dense_stack(hidden, 1), Rescaling(deviation, mean)]
    model = Sequential(stack, name=name, seed=seed)
    model.class_names = list(target.classes) or None
    model.preparation = data.preparation.as_dict()
    return model


def train(
    model: Sequential,
    data: TableData,
    *,
    optimizer: Any = "adam",
    batch_size: int | None = None,
    epochs: int | None = None,
    callbacks: Sequence[Callback] = (),
    verbose: int | str = 0,
    checkpoint: str | os.PathLike[str] | None = None,
    class_weight: Any = None,
    metric: str | None = None,
    threshold: float | str | None = None,
) -> "History":
    r"""Compile and train a network that :func:`make_network` made; return the run's history.

    Parameters
    ----------
    model : Sequential
        The network. It is the same after training, so that ``model.fit`` goes on from there.
    data : TableData
        The table that it was made for.
    optimizer : str or Optimizer, default "adam"
        What moves the weights: a name or an object of :mod:`badak.optimizers`.
    batch_size : int, optional
        Rows of a step; None: 32 to 256, the more rows the more.
    epochs : int, optional
        Passes over the training rows at most; None: 200, or 30 above 100,000 rows.
    callbacks, verbose, checkpoint, class_weight : optional
        As in :meth:`badak.Sequential.fit`; with weights of classes validation rows weigh alike.
    metric : str, optional
        What tells the best epoch on the validation rows, such as "mae" or "roc_auc"; see
        :data:`badak.tables.defaults.MEASURES`. None: the loss.
    threshold : float or "best", optional
        What two classes will be decided by: a metric of decisions judges by it; with "best", which
        is chosen by the metric afterwards, the loss does.

    Returns
    -------
    History
        The loss of each epoch; of numbers it is the squared error of the standardised target, 1
        being that of answering the mean. With validation rows training ends once their loss, or the
        metric, has not improved for 20 epochs, or 5 above 100,000 rows, and the weights are those
        of the best epoch.

    Raises
    ------
    InputError
        A network for numbers that does not end in Rescaling.
    DivergedError
        A loss that is not finite; the model then holds the last good weights.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "squares.csv"
    >>> _ = path.write_text("side,area\n" + "".join(f"{i / 2},{i * i / 4}\n" for i in range(50)))
    >>> data = tables.load(path, "area")
    >>> history = train(make_network(data, units=(8,)), data, epochs=2)
    >>> sorted(history.history)
    ['loss', 'val_loss']
    """
    compile_network(model, data, optimizer)
    schedule = schedule_for(model, data, batch_size, epochs)
    return fit(
        model,
        data,
        schedule,
        callbacks=callbacks,
        verbose=verbose,
        checkpoint=checkpoint,
        class_weight=class_weight,
        metric=metric,
        threshold=threshold,
    )


@dataclass(frozen=True)
class Schedule:
    """How long a network is trained, and in steps of how many rows."""

    batch_size: int | None
    """None: all rows at once."""
    epochs: int
    """At most."""
    patience: int | None
    """Epochs without a better loss on the validation rows after which training ends; None: it
    does not end early."""


def schedule_for(
    model: Sequential, data: TableData, batch_size: int | None = None, epochs: int | None = None
) -> Schedule:
    """Return the schedule that fits a compiled network and the number of training rows."""
    rows, watched, _ = data.counts
    many = rows > MANY_ROWS
    if batch_size is None and not model.optimizer.full_batch:
        batch_size = batch_size_for(rows)
    if epochs is None:
        epochs = EPOCHS_OF_MANY if many else EPOCHS
    patience = PATIENCE_OF_MANY if many else PATIENCE
    return Schedule(batch_size, epochs, patience if watched else None)


def compile_network(model: Sequential, data: TableData, optimizer: Any = "adam") -> None:
    """Compile the network with the loss of the table's task."""
    metrics = ["accuracy"] if data.preparation.target.classes else []
    model.compile(optimizer, _loss(model, data), metrics)


def _loss(model: Sequential, data: TableData) -> Loss:
    if data.preparation.target.classes:
        return SparseCategoricalCrossentropy()
    mean, deviation = data.scale
    if not isinstance(model.layers[-1], Rescaling):
        raise InputError(
            message(
                "a network for the numbers of {name!r} ends in Rescaling({deviation:.6g}, "
                "{mean:.6g}), their deviation and mean: make it with tables.make_network(data), "
                "or add this layer",
                name=data.preparation.target.name,
                deviation=deviation,
                mean=mean,
            )
        )
    return ScaledSquaredError(deviation)


def fit(
    model: Sequential,
    data: TableData,
    schedule: Schedule,
    *,
    callbacks: Sequence[Callback] = (),
    verbose: int | str = 0,
    checkpoint: str | os.PathLike[str] | None = None,
    class_weight: Any = None,
    metric: str | None = None,
    threshold: float | str | None = None,
) -> "History":
    """Train a compiled network on the table's training rows; return the run's history."""
    judge = judge_of_validation(metric, data, threshold)
    watching: list[Callback] = []
    if schedule.patience is not None:
        monitor = "val_loss" if judge is None else f"val_{judge.name}"
        watching.append(
            EarlyStopping(monitor, patience=schedule.patience, restore_best_weights=True)
        )
    reported = model.metrics
    if judge is not None:  # while it trains: the model's file is of any table
        model.metrics = [*(each for each in reported or [] if each != judge.name), judge]
    x, y = data.train
    try:
        return model.fit(
            x,
            y,
            batch_size=schedule.batch_size,
            epochs=schedule.epochs,
            validation_data=_watched(data, class_weight) if data.counts[1] else None,
            callbacks=[*watching, *callbacks],
            verbose=verbose,
            checkpoint=checkpoint,
            class_weight=class_weight,
        )
    finally:
        model.metrics = reported


def _watched(data: TableData, class_weight: Any) -> tuple[Array, ...]:
    """Return the rows to validate with, weighed as those to train on."""
    if class_weight is None:
        return data.validation
    weights = weights_of(data, class_weight)
    return (*data.validation, weights[data.validation[1]])


def weights_of(data: TableData, class_weight: Any) -> Array:
    """Return the weight of each class, (classes,): "balanced", or those that are named, else 1."""
    counts = np.bincount(data.train[1], minlength=len(data.preparation.target.classes))
    if isinstance(class_weight, str):  # "balanced"
        return counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return np.array([class_weight.get(each, 1.0) for each in range(len(counts))])
