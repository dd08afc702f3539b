"""Tasks on a table, and defaults of its network, training and explanation; plain values."""

from badak._common.language import marked

REGRESSION, CLASSIFICATION = marked("regression"), marked("classification")
TASKS = ("auto", REGRESSION, CLASSIFICATION)

UNITS = (128, 64)
BATCH_SIZES = ((2_000, 32), (50_000, 128))  # up to so many training rows
LARGEST_BATCH = 256  # rows of a step, of more
MANY_ROWS = 100_000  # above this an epoch takes so many steps that fewer epochs do
EPOCHS, PATIENCE = 200, 20
EPOCHS_OF_MANY, PATIENCE_OF_MANY = 30, 5

REPEATS = 10
"""How many times a column is shuffled to tell how much it matters."""
BASELINES = ("mean", "median")
"""What an answer is compared with, beside rows by their number."""
MEASURES = (
    *("accuracy", "balanced_accuracy", "f1", "macro_f1", "roc_auc", "average_precision"),
    *("log_loss", "brier", "rmse", "mae", "r2", "mape", "median_absolute_error"),
)
"""What `--metric` takes; see :mod:`badak.tables.measures`."""


def batch_size_for(rows: int, sizes: tuple[tuple[int, int], ...] = BATCH_SIZES) -> int:
    """Return the rows of a step where there are so many rows to train on.

    >>> batch_size_for(500), batch_size_for(10_000_000)
    (32, 256)
    """
    return next((size for most, size in sizes if rows <= most), LARGEST_BATCH)
