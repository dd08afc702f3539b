"""What one call of fit trains, on what, in batches of what size: checked before any work."""

from dataclasses import dataclass
from typing import Any

from badak import engine
from badak._common.samples import as_array, check_pairs, check_samples
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.training.data import (
    ClassWeight,
    Samples,
    check_data,
    compare_classes,
    pair_data,
    split_last,
    weigh_classes,
)
from badak.typing import ArrayLike

BATCH_SIZE = 32  # Keras's default


@dataclass(frozen=True)
class Problem:
    """A model, its data, what is minimised and what is reported."""

    model: Model
    samples: Samples
    held_out: Samples | None
    """The validation data."""
    objective: Objective
    metrics: list[Any]
    batch_size: int
    shuffle: bool

    @property
    def values(self) -> list[str]:
        """The names of what an epoch reports, in this order."""
        names = ["loss", *(metric.name for metric in self.metrics)]
        return names if self.held_out is None else names + [f"val_{name}" for name in names]


def pose(
    model: Model,
    x: ArrayLike,
    y: Any,
    *,
    batch_size: int | None,
    shuffle: bool,
    sample_weight: ArrayLike | None,
    class_weight: ClassWeight | None,
    validation_split: float,
    validation_data: Any,
) -> Problem:
    """Check the data of a fit, build the model for them if need be, and return its problem."""
    samples, objective = _prepare(model, x, y, sample_weight)
    held_out = None
    if validation_data is not None:
        held_out = _validation(model, validation_data, objective)
    elif validation_split:
        samples, held_out = split_last(samples, validation_split)
    if held_out is not None:
        compare_classes(samples, held_out, objective.loss, split=validation_data is None)
    if class_weight is not None:
        samples = weigh_classes(samples, class_weight, model.output_shape[0], objective.loss)
    size = _batch_size(model, batch_size, len(samples))
    metrics = model.metrics_for(objective)
    return Problem(model, samples, held_out, objective, metrics, size, shuffle)


def _prepare(
    model: Model, x: ArrayLike, y: Any, sample_weight: ArrayLike | None
) -> tuple[Samples, Objective]:
    samples, y = check_samples(x, model.input_shape, engine.each), as_array(y, "y")
    check_pairs(samples, y, "y")
    if not model.built:
        model.build(samples.shape[1:])
    objective = model.objective(y)
    checked = pair_data(samples, y, sample_weight, objective.loss, model.output_shape[0])
    model.adapt_layers(samples)
    return checked, objective


def _validation(model: Model, data: Any, objective: Objective) -> Samples:
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise InputError("validation_data is (x, y) or (x, y, sample_weight)")
    x, y = data[:2]
    weight = data[2] if len(data) == 3 else None
    try:
        return check_data(x, y, weight, objective.loss, model.input_shape, model.output_shape[0])
    except InputError as error:
        raise InputError(f"validation_data: {error}") from None


def _batch_size(model: Model, batch_size: int | None, count: int) -> int:
    if model.optimizer.full_batch:
        if batch_size not in (None, count):
            raise InputError(
                f"gradient descent takes the whole set at once, not batch_size={batch_size}: "
                f"leave it out, or use the optimizer 'sgd'"
            )
        return count
    return BATCH_SIZE if batch_size is None else check_whole(batch_size, "batch_size")
