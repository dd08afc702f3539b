"""Loss and metrics of a model on data."""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from badak import reference
from badak._common.language import message
from badak._common.samples import as_array
from badak._common.streams import is_stream
from badak._common.validation import as_list, check_whole
from badak.errors import DataWarning, InputError
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.metrics import resolution
from badak.training.callbacks.base import CallbackList
from badak.training.data import Samples, check_data
from badak.training.source import Source
from badak.training.stream import Stream, check_apart, check_no_steps, first_pair, samples_of
from badak.typing import Array

EVALUATION_BATCH = 1024  # samples at once: large enough to be quick, small in memory


def evaluate(
    model: Model,
    x: Any,
    y: Any,
    batch_size: int | None = None,
    sample_weight: Any = None,
    callbacks: Any = None,
    steps: int | None = None,
) -> dict[str, float]:
    """Return {"loss": ..., and each metric by its name} of the model on samples x, targets y."""
    data: Samples | Stream
    if is_stream(x):
        apart = {"y": y, "sample_weight": sample_weight, "batch_size": batch_size}
        check_apart(x, apart)
        source = Source(x, steps, "x", "steps")
        objective = model.batch(*first_pair(source))[2]
        data, count = Stream(source, model, objective.loss), None
    else:
        check_no_steps(steps)
        y = as_array(y, "y")
        objective = model.batch(x, y)[2]
        loss = objective.loss
        data = check_data(x, y, sample_weight, loss, model.input_shape, model.output_shape[0])
        count = len(data)
    size = EVALUATION_BATCH if batch_size is None else check_whole(batch_size, "batch_size")
    chosen = model.metrics_for(objective)
    with CallbackList(as_list(callbacks), model, {"samples": count}) as watchers:
        return score(model, data, objective, chosen, size, watchers)


def score(
    model: Model,
    data: Samples | Stream,
    objective: Objective,
    chosen: Sequence[Any],
    batch_size: int = EVALUATION_BATCH,
    watchers: CallbackList | None = None,
) -> dict[str, float]:
    """Return the loss, penalties included, and the metrics, on checked samples.

    Nothing, with a warning, where a stream that is read once has no batch left.
    """
    watchers = watchers or CallbackList([], model, {})
    watchers.on_test_begin()
    total, seen = 0.0, 0
    outputs: list[Array] = []
    targets: list[Array] = []
    activation = model.layers[-1].activation
    for number, (batch, y) in enumerate(_answered(model, data, objective, batch_size)):
        watchers.on_test_batch_begin(number)
        rows = objective.loss.rows(y, batch.t)
        total += float((rows if batch.weight is None else rows * batch.weight).sum())
        seen += len(batch)
        if chosen:
            outputs.append(activation(y) if objective.at_sum and activation is not None else y)
            targets.append(batch.t)
        watchers.on_test_batch_end(number, {"loss": total / seen})
    if isinstance(data, Stream) and data.source.ran_out:
        _warn_of_end(data.source)
    if not seen:
        return {}
    scores = {"loss": total / seen + reference.regularise(model.parameters)}
    if chosen:
        scores |= measure(chosen, np.concatenate(targets), np.concatenate(outputs), objective)
    watchers.on_test_end(dict(scores))
    return scores


def _answered(
    model: Model, data: Samples | Stream, objective: Objective, batch_size: int
) -> Iterator[tuple[Samples, Array]]:
    """Yield batches with what their loss takes: outputs, or pre-activations where it is fused."""
    last = not objective.at_sum
    if isinstance(data, Stream):
        for batch in data.epoch():
            yield batch, model.outputs(batch.x, last_activation=last)
        return
    found = model.outputs(data.x, batch_size, last_activation=last)
    for start in range(0, len(data), batch_size):
        part = slice(start, start + batch_size)
        yield data.take(part), found[part]


def _warn_of_end(source: Source) -> None:
    warnings.warn(
        message(
            "{what} ran out of batches: let it give {setting} of them each time",
            what=source.what,
            setting=source.setting,
        ),
        DataWarning,
        stacklevel=5,
    )


def predict(
    model: Model, x: Any, batch_size: int | None, callbacks: Any, steps: int | None = None
) -> Array:
    """Return the model's outputs for samples x, batch by batch; callbacks are called at each."""
    batches, count = _samples_of(model, x, batch_size, steps)
    parts = []
    with CallbackList(as_list(callbacks), model, {"samples": count}) as watchers:
        watchers.on_predict_begin()
        for number, batch in enumerate(batches):
            watchers.on_predict_batch_begin(number)
            parts.append(model.outputs(batch))
            watchers.on_predict_batch_end(number, {"outputs": parts[-1]})
        watchers.on_predict_end()
    return np.concatenate(parts)


def _samples_of(
    model: Model, x: Any, batch_size: int | None, steps: int | None
) -> tuple[Iterable[Array], int | None]:
    """Return batches of checked samples, and how many samples they are where that is known."""
    if is_stream(x):
        check_apart(x, {"batch_size": batch_size})
        source = Source(x, steps, "x", "steps")
        source.first()
        return samples_of(source, model.checked), None
    check_no_steps(steps)
    size = EVALUATION_BATCH if batch_size is None else check_whole(batch_size, "batch_size")
    samples = model.checked(x)
    return (samples[at : at + size] for at in range(0, len(samples), size)), len(samples)


def measure(
    chosen: Sequence[Any], t: Array, outputs: Array, objective: Objective
) -> dict[str, float]:
    """Return each metric's value by its name."""
    targets = resolution.targets_for(t, objective.loss)
    return {metric.name: _one_number(metric, metric(targets, outputs)) for metric in chosen}


def _one_number(metric: Any, value: Any) -> float:
    if np.ndim(value):
        raise InputError(
            message(
                "the metric {name!r} gives {size} numbers, but training reports one: give it an "
                "average or a single threshold",
                name=metric.name,
                size=np.size(value),
            )
        )
    return float(value)
