"""What one call of fit trains, on what, in batches of what size: checked before any work."""

from dataclasses import dataclass
from typing import Any

from badak import engine
from badak._common.language import message
from badak._common.samples import as_array, check_pairs, check_samples
from badak._common.streams import called, is_stream
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.layers.model import Model
from badak.layers.shared_ensemble import rows_a_sample
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
from badak.training.run import Run
from badak.training.source import Source
from badak.training.stream import Stream, check_streamed, first_pair
from badak.training.streamed import StreamedRun

BATCH_SIZE = 32  # Keras's default


@dataclass(frozen=True)
class Problem:
    """A model, its data, what is minimised and what is reported."""

    model: Model
    samples: Samples
    """All of them, or the first batch of a stream."""
    held_out: Samples | Stream | None
    """The validation data."""
    objective: Objective
    metrics: list[Any]
    batch_size: int
    """Samples of a step; 0 where a stream gives the batches."""
    shuffle: bool
    stream: Stream | None = None
    """What gives the batches, where they are not there at once."""

    @property
    def values(self) -> list[str]:
        """The names of what an epoch reports, in this order."""
        names = ["loss", *(metric.name for metric in self.metrics)]
        return names if self.held_out is None else names + [f"val_{name}" for name in names]

    def run(self) -> Run:
        """Return a run that trains the model on the samples."""
        if self.stream is not None:
            return StreamedRun(
                self.model, self.stream, self.objective, self.metrics, shuffle=self.shuffle
            )
        steps = engine.train(self.model, self.objective, self.samples, self.batch_size)
        return Run(
            self.model, self.samples, self.objective, steps, self.metrics, shuffle=self.shuffle
        )


def pose(
    model: Model,
    x: Any,
    y: Any,
    *,
    epochs: int,
    batch_size: int | None,
    shuffle: bool,
    sample_weight: Any,
    class_weight: ClassWeight | None,
    validation_split: float,
    validation_data: Any,
    steps_per_epoch: int | None,
    validation_steps: int | None,
) -> Problem:
    """Check the data of a fit, build the model for them if need be, and return its problem."""
    rows_a_sample(model.layers)  # raises for a network that cannot be trained
    stream: Stream | None = None
    size = 0
    if is_stream(x):
        apart = {"y": y, "sample_weight": sample_weight, "batch_size": batch_size}
        apart["validation_split"] = validation_split or None
        check_streamed(model, x, apart, class_weight)
        stream, objective = _open(model, x, steps_per_epoch, epochs, class_weight)
        samples = stream.first()
    else:
        samples, objective = _prepare(model, x, y, sample_weight)
    held_out: Samples | Stream | None = None
    if validation_data is not None:
        held_out = _validation(model, validation_data, objective, validation_steps, epochs)
    elif validation_split:
        samples, held_out = split_last(samples, validation_split)
    if stream is None:
        size = _batch_size(model, batch_size, len(samples))
        _check_steps(steps_per_epoch, -(-len(samples) // size))
        if isinstance(held_out, Samples):
            compare_classes(samples, held_out, objective.loss, split=validation_data is None)
        if class_weight is not None:
            samples = weigh_classes(samples, class_weight, model.output_shape[0], objective.loss)
    metrics = model.metrics_for(objective)
    return Problem(model, samples, held_out, objective, metrics, size, shuffle, stream)


def _open(
    model: Model, x: Any, steps: int | None, epochs: int, class_weight: ClassWeight | None
) -> tuple[Stream, Objective]:
    """Return the stream of what gives batches, and the objective that its first one is for."""
    source = Source(x, steps, "x", "steps_per_epoch")
    if source.once and steps is None and epochs > 1:
        raise InputError(
            message(
                "x is {called}, which is read once, so that all of epochs={epochs} after the "
                "first would have nothing: say steps_per_epoch, or give what can begin anew, such "
                "as a torch.utils.data.DataLoader or an object with __iter__",
                called=called(x),
                epochs=epochs,
            )
        )
    samples, y = first_pair(source)
    if not model.built:
        model.build(check_samples(samples).shape[1:])
    objective = model.objective(y)
    return Stream(source, model, objective.loss, class_weight), objective


def _hint(x: Any) -> str:
    """Return what a list or tuple may have been meant for that was given without targets."""
    if isinstance(x, (tuple, list)) and x and all(isinstance(each, tuple) for each in x):
        return message("where x is a list of batches (x, y), give iter(x)")
    pair = isinstance(x, tuple) and len(x) in (2, 3)
    return message("where x is the pair (x, y), give fit(*x)") if pair else ""


def _check_steps(steps: int | None, count: int) -> None:
    if steps not in (None, count):
        raise InputError(
            message(
                "steps_per_epoch={steps} is for what gives batches; an epoch of these arrays is "
                "{count} steps: leave it out, or give fewer samples or another batch_size",
                steps=steps,
                count=count,
            )
        )


def _prepare(model: Model, x: Any, y: Any, sample_weight: Any) -> tuple[Samples, Objective]:
    hint = _hint(x) if y is None else ""
    if hint:
        raise InputError(message("y is None: {hint}", hint=hint))
    samples, y = check_samples(x, model.input_shape, engine.each), as_array(y, "y")
    check_pairs(samples, y, "y")
    if not model.built:
        model.build(samples.shape[1:])
    objective = model.objective(y)
    checked = pair_data(samples, y, sample_weight, objective.loss, model.output_shape[0])
    model.adapt_layers(samples)
    return checked, objective


def _validation(
    model: Model, data: Any, objective: Objective, steps: int | None, epochs: int
) -> Samples | Stream:
    if is_stream(data):
        source = Source(data, steps, "validation_data", "validation_steps")
        if source.once and steps is None and epochs > 1:
            raise InputError(
                message(
                    "validation_data is {called}, which is read once: say validation_steps, or "
                    "give arrays or what can begin anew",
                    called=called(data),
                )
            )
        stream = Stream(source, model, objective.loss)
        stream.first()
        return stream
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise InputError(
            message("validation_data is (x, y) or (x, y, sample_weight), or gives batches of these")
        )
    if steps is not None:
        raise InputError(
            message(
                "validation_steps={steps} is for what gives batches; of arrays give as many "
                "samples as are to be scored",
                steps=steps,
            )
        )
    x, y = data[:2]
    weight = data[2] if len(data) == 3 else None
    try:
        return check_data(x, y, weight, objective.loss, model.input_shape, model.output_shape[0])
    except InputError as error:
        raise InputError(message("validation_data: {error}", error=error)) from None


def _batch_size(model: Model, batch_size: int | None, count: int) -> int:
    if model.optimizer.full_batch:
        if batch_size not in (None, count):
            raise InputError(
                message(
                    "gradient descent takes the whole set at once, not batch_size={batch_size}: "
                    "leave it out, or use the optimizer 'sgd'",
                    batch_size=batch_size,
                )
            )
        return count
    return BATCH_SIZE if batch_size is None else check_whole(batch_size, "batch_size")
