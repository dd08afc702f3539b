"""Options of a training job: one object for images, one for a table, checked when it is made."""

import copy
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from badak._common.language import message
from badak.errors import InputError
from badak.tables.defaults import MEASURES, TASKS
from badak.tables.efforts import check_effort
from badak.tables.ways import check_split

if TYPE_CHECKING:
    from badak.optimizers.base import Optimizer

IMAGE_UNITS = (512, 256)
IMAGE_BATCH_SIZE = 32
MANY_IMAGES = 10_000  # above this an epoch takes so many steps that fewer epochs do
IMAGE_EPOCHS, IMAGE_EPOCHS_OF_MANY = 30, 10

HELD_OUT = 0.2

OF_ONE_NETWORK = (
    "units",
    "activation",
    "dropout",
    "optimizer",
    "learning_rate",
    "batch_size",
    "epochs",
    "validation",
)
"""Options that describe one network and its training, in place of an effort."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """What both kinds of training have: the network, how it is trained, and where it is kept."""

    units: Sequence[int] | None = None
    activation: str = "relu"
    dropout: float = 0.0
    optimizer: "str | Optimizer" = "adam"
    learning_rate: float | None = None
    batch_size: int | None = None
    epochs: int | None = None
    validation: float = 0.1
    seed: int = 0
    out: str | os.PathLike[str] | None = None
    checkpoint: str | os.PathLike[str] | None = None
    resume: bool = False

    def __post_init__(self) -> None:
        from badak import activations
        from badak._common.seeds import check_seed
        from badak._common.validation import BELOW_ONE, check_whole

        if self.units is not None:
            counts = tuple(check_whole(count, "units") for count in self.units)
            object.__setattr__(self, "units", counts)
        activations.get(self.activation)
        BELOW_ONE.check(self.dropout, "dropout")
        self.make_optimizer()
        for name in ("batch_size", "epochs"):
            if getattr(self, name) is not None:
                check_whole(getattr(self, name), name)
        BELOW_ONE.check(self.validation, "validation")
        check_seed(self.seed)
        for name in ("out", "checkpoint"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, Path(getattr(self, name)))

    def make_optimizer(self) -> "Optimizer":
        """Return a new optimizer with the learning rate that is asked for."""
        from badak import optimizers

        optimizer: Optimizer = copy.deepcopy(optimizers.get(self.optimizer))
        if self.learning_rate is not None:
            optimizer.learning_rate = self.learning_rate
        return optimizer

    @property
    def out_path(self) -> Path | None:
        """Where the model is saved, None where it is not."""
        return None if self.out is None else Path(self.out)

    @property
    def checkpoint_path(self) -> Path | None:
        """Where the state of training is kept, None where it is not."""
        if self.checkpoint is not None:
            return Path(self.checkpoint)
        if self.resume and self.out is not None:
            out = Path(self.out)
            return out.with_suffix(f".checkpoint{out.suffix}")
        return None


@dataclass(frozen=True, kw_only=True)
class ImageTraining(Training):
    """Options for training a network on images; see :func:`badak.recipes.images.train`.

    Parameters
    ----------
    data
        "digits", "mnist", "fashion-mnist", "kmnist", or a folder, as in
        :func:`badak.datasets.load`.
    data_dir
        Where the files of MNIST and its kin are; None: BADAK_DATA or a download.
    size
        (height, width) that pictures of a folder are brought to. None: that in the middle of the
        files' own, at most 64 pixels a side and 100,000,000 values in all.
    colour
        "grey" or "rgb" for pictures of a folder. None: "rgb" where at least one in twenty has
        colour.
    skip_unreadable
        Whether pictures of a folder that cannot be read are left out.
    units
        Units of each hidden layer; empty: none. None: 512 and 256.
    activation
        What hidden units apply, by its name.
    dropout
        The share of each hidden layer's outputs that dropout sets to zero, in [0, 1).
    optimizer
        What moves the weights: a name or an object of :mod:`badak.optimizers`.
    learning_rate
        The size of a step; None: the optimizer's own.
    batch_size
        Images of a step. None: 32, or all at once where the optimizer is gradient descent.
    epochs
        Passes over the training images. None: 30, or 10 above 10,000 images.
    validation
        The share of the training images held back to watch each epoch with, in [0, 1). Of a folder
        of pictures the weights of the epoch with the lowest loss on them are kept.
    seed
        Settles the initial weights, the order of the images and all noise.
    out
        Where the model is saved, with the run's history as CSV beside it. None: it is not.
    checkpoint
        Where the state of training is kept after each epoch. None: with `resume`, beside `out`.
    resume
        Whether to go on from the checkpoint if there is one.

    Raises
    ------
    InputError, UnknownNameError
        An option that is not of these.

    Examples
    --------
    >>> ImageTraining("digits", units=[50, 100], dropout=0.2).units
    (50, 100)
    """

    data: str | os.PathLike[str] = field(default="digits", kw_only=False)
    data_dir: str | os.PathLike[str] | None = None
    size: Sequence[int] | None = None
    colour: str | None = None
    skip_unreadable: bool = False

    def __post_init__(self) -> None:
        from badak.datasets.picture_folder import check_colour, check_shape

        super().__post_init__()
        if self.size is not None:
            object.__setattr__(self, "size", check_shape(self.size))
        check_colour(self.colour)


@dataclass(frozen=True, kw_only=True)
class TableTraining(Training):
    """Options for training a network on a table; see :func:`badak.recipes.tables.train`.

    Parameters
    ----------
    data
        A file that ends in .csv, .tsv (also .gz), .parquet, .arrow or .feather.
    target
        The column to predict.
    task
        "regression", "classification", or "auto": the target tells.
    columns
        Kinds of columns, "number", "category", "date" or "ignore", by the column's name; those of
        the others follow from what they hold.
    ignore
        Columns that are not used.
    missing
        Texts that mean that there is no value, as an empty cell does. None: NA, N/A, NaN, null, ?
        and their like.
    dates
        In which order year, month and day are written, "ymd", "dmy" or "mdy", by the column's name.
    encoding
        What a CSV or TSV file is written in, such as "cp949". None: its bytes tell.
    held_out
        The share of the rows that is held out to test with, in (0, 1).
    group
        A column: rows of one value are never on two sides of a split. It is no feature, unless
        `columns` names it. None: rows are drawn at random.
    time
        A column of numbers or dates: the last rows are held out, those before them validate. It is
        no feature, unless `columns` names it.
    effort
        "quick", "standard" or "best": how many networks of which kinds are trained, on several
        folds of the rows, and made into one. None: "standard"; or, where any option of one network
        is given, that network alone: `units` to `validation` below.
    time_limit
        Seconds that the training of an effort's networks takes at most. None: as long as it takes.
    metric
        What tells the best epochs, how much each kind of networks counts, and which model is
        better: accuracy, balanced_accuracy, f1 (of the second of two classes), macro_f1, roc_auc,
        average_precision, log_loss, brier; rmse, mae, r2, mape, median_absolute_error. With the
        threshold "best", and by accuracy, the loss tells the epochs. None: the loss tells all.
    balanced
        Whether classes weigh alike in the loss however many rows they have, which moves the
        probabilities that are answered.
    threshold
        Of two classes, the probability from which on the second is decided for, or "best": that
        with the best metric on the rows that validate. None: the likelier class.
    trees
        Whether the network is compared with gradient-boosted trees, scikit-learn's with its
        defaults, where that is installed; of many rows they learn from some.
    units
        Units of each hidden layer; empty: none. None: 128 and 64.
    activation
        What hidden units apply, by its name.
    dropout
        The share of each hidden layer's outputs that dropout sets to zero, in [0, 1).
    optimizer
        What moves the weights: a name or an object of :mod:`badak.optimizers`.
    learning_rate
        The size of a step; None: the optimizer's own.
    batch_size
        Rows of a step. None: 32 to 256, the more rows the more, or all at once where the optimizer
        is gradient descent.
    epochs
        Passes over the training rows at most. None: 200, or 30 above 100,000 rows.
    validation
        The share of the training rows held back to end training with, in [0, 1).
    seed
        Settles which rows are held out, the initial weights, the order of the rows and all noise.
    out
        Where the model is saved, with the run's history as CSV beside it. None: it is not.
    checkpoint
        Where the state of training is kept after each epoch. None: with `resume`, beside `out`.
    resume
        Whether to go on from the checkpoint if there is one.

    Raises
    ------
    InputError, UnknownNameError
        An option that is not of these.

    Examples
    --------
    >>> TableTraining("houses.csv", "price", columns={"zip": "category"}).task
    'auto'
    """

    data: str | os.PathLike[str] = field(kw_only=False)
    target: str = field(kw_only=False)
    task: str = TASKS[0]
    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: Sequence[str] = ()
    missing: Sequence[str] | None = None
    dates: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    held_out: float = HELD_OUT
    group: str | None = None
    time: str | None = None
    effort: str | None = None
    time_limit: float | None = None
    trees: bool = True
    metric: str | None = None
    balanced: bool = False
    threshold: float | str | None = None

    def __post_init__(self) -> None:
        from badak._common.validation import Interval

        super().__post_init__()
        if self.task not in TASKS:
            raise InputError(
                message(
                    "task is one of {tasks}, not {task!r}", tasks=", ".join(TASKS), task=self.task
                )
            )
        between = Interval(0.0, 1.0, low_is_in=False)
        between.check(self.held_out, "held_out")
        check_split(self.group, self.time, self.target)
        check_effort(self.effort, self.time_limit, self.own_network)
        if self.metric is not None and self.metric not in MEASURES:
            raise InputError(
                message(
                    "metric is one of {metrics}, not {metric!r}",
                    metrics=", ".join(MEASURES),
                    metric=self.metric,
                )
            )
        if self.threshold is not None and self.threshold != "best":
            between.check(self.threshold, "threshold")
        for name in ("ignore", "missing"):
            given: Any = getattr(self, name)
            if isinstance(given, str):
                raise InputError(
                    message(
                        "{name} is a list of texts such as [{given!r}], not {given!r}",
                        name=name,
                        given=given,
                    )
                )
            if given is not None:
                object.__setattr__(self, name, tuple(given))

    @property
    def own_network(self) -> tuple[str, ...]:
        """The options of one network that are not left at their defaults, by their names."""
        defaults = {each.name: each.default for each in fields(self)}
        return tuple(name for name in OF_ONE_NETWORK if getattr(self, name) != defaults[name])

    @property
    def chosen_effort(self) -> str | None:
        """The effort; None where one network is described instead."""
        return check_effort(self.effort, self.time_limit, self.own_network)
