"""A network for a table, and its training: watched on the validation rows, ended at the best."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from badak.callbacks import Callback, EarlyStopping
from badak.layers import Dense, Dropout, Input, Layer, Rescaling
from badak.network.sequential import Sequential
from badak.tables.loading import TableData

if TYPE_CHECKING:
    from badak.training import History

UNITS = (128, 64)
BATCH_SIZES = ((2_000, 32), (50_000, 128))  # up to so many training rows
LARGEST_BATCH = 256
MANY_ROWS = 100_000  # above this an epoch teaches so much that fewer of them do
EPOCHS, PATIENCE = 200, 20
EPOCHS_OF_MANY, PATIENCE_OF_MANY = 30, 5


def make_network(
    data: TableData,
    units: Sequence[int] = UNITS,
    activation: str = "relu",
    dropout: float = 0.0,
    seed: int = 0,
    name: str = "table",
) -> Sequential:
    """Return a dense network for the table's features, ending in softmax or in one number.

    It knows how rows become its input, and its classes. The number that it learns is standardised:
    :func:`train` takes it back to the target's unit at the end.
    """
    target = data.preparation.target
    stack: list[Layer] = [Input((len(data.preparation.features),))]
    for count in units:
        stack.append(Dense(count, activation))
        if dropout:
            stack.append(Dropout(dropout))
    stack.append(Dense(len(target.classes), "softmax") if target.classes else Dense(1))
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
) -> "History":
    """Train a network that :func:`make_network` made; return the run's history.

    With validation rows training ends when their loss has not got better for a while, and the
    weights are those of the best epoch. A network for numbers ends with one layer more,
    ``Rescaling``, so that its answers are in the target's unit; the history's losses are of the
    standardised target.
    """
    classes = data.preparation.target.classes
    loss = "sparse_categorical_crossentropy" if classes else "mean_squared_error"
    model.compile(optimizer, loss, ["accuracy"] if classes else [])
    rows = data.counts[0]
    watching: list[Callback] = []
    if data.counts[1]:
        patience = PATIENCE_OF_MANY if rows > MANY_ROWS else PATIENCE
        watching.append(EarlyStopping(patience=patience, restore_best_weights=True))
    (x, y), (x_watched, y_watched) = data.train, data.validation
    history = model.fit(
        x,
        data.learnable(y),
        batch_size=fitting_batch_size(model, rows) if batch_size is None else batch_size,
        epochs=epochs or fitting_epochs(rows),
        validation_data=(x_watched, data.learnable(y_watched)) if data.counts[1] else None,
        callbacks=[*watching, *callbacks],
        verbose=verbose,
        checkpoint=checkpoint,
    )
    if not classes:
        mean, deviation = data.scale
        model.add(Rescaling(deviation, mean))
        model.compile(model.optimizer, loss, ["mean_absolute_error"])
    return history


def fitting_batch_size(model: Sequential, rows: int) -> int | None:
    """Return rows a step, more where there are more; None, all, where the optimizer wants all."""
    if model.optimizer.full_batch:
        return None
    return next((size for most, size in BATCH_SIZES if rows <= most), LARGEST_BATCH)


def fitting_epochs(rows: int) -> int:
    """Return how many epochs training may have at most."""
    return EPOCHS_OF_MANY if rows > MANY_ROWS else EPOCHS
