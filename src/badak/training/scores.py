"""Loss and metrics of a model on data."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from badak import reference
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.metrics import resolution
from badak.training.data import Samples, check_data
from badak.typing import Array, ArrayLike

EVALUATION_BATCH = 1024  # samples at once: large enough to be quick, small in memory


def evaluate(
    model: Model,
    x: ArrayLike,
    y: ArrayLike,
    batch_size: int | None = None,
    sample_weight: ArrayLike | None = None,
) -> dict[str, float]:
    """Return {"loss": ..., and each metric by its name} of the model on samples x, targets y."""
    objective: Objective = model.batch(x, y)[2]
    loss = objective.loss
    samples = check_data(x, y, sample_weight, loss, model.input_shape, model.output_shape[0])
    size = EVALUATION_BATCH if batch_size is None else check_whole(batch_size, "batch_size")
    return score(model, samples, objective, model.metrics_for(objective), size)


def score(
    model: Model,
    samples: Samples,
    objective: Objective,
    chosen: Sequence[Any],
    batch_size: int = EVALUATION_BATCH,
) -> dict[str, float]:
    """Return the loss, penalties included, and the metrics, on checked samples."""
    total = 0.0
    outputs = np.empty((len(samples), model.output_shape[0]), dtype=np.float32)
    activation = model.layers[-1].activation
    sums_or_outputs = model.outputs(samples.x, batch_size, last_activation=not objective.at_sum)
    for start in range(0, len(samples), batch_size):
        part = slice(start, start + batch_size)
        batch = samples.take(part)
        y = sums_or_outputs[part]
        rows = objective.loss.rows(y, batch.t)
        total += float((rows if batch.weight is None else rows * batch.weight).sum())
        outputs[part] = activation(y) if objective.at_sum and activation is not None else y
    loss = total / len(samples) + reference.regularise(model.parameters)
    return {"loss": loss, **measure(chosen, samples.t, outputs, objective)}


def measure(
    chosen: Sequence[Any], t: Array, outputs: Array, objective: Objective
) -> dict[str, float]:
    """Return each metric's value by its name."""
    targets = resolution.targets_for(t, objective.loss)
    return {metric.name: _one_number(metric, metric(targets, outputs)) for metric in chosen}


def _one_number(metric: Any, value: Any) -> float:
    if np.ndim(value):
        raise InputError(
            f"the metric {metric.name!r} gives {np.size(value)} numbers, but training reports one: "
            f"give it an average or a single threshold"
        )
    return float(value)
