"""Batches of a source as samples that have been checked, each when it is read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.language import marked, message, translated
from badak._common.streams import called
from badak.errors import InputError
from badak.layers.adapted import waits_for_data
from badak.layers.ensemble import every_layer
from badak.layers.model import Model
from badak.losses import Loss
from badak.training.data import ClassWeight, Samples, check_data, weigh_classes
from badak.training.source import Order, Source, parts_of
from badak.typing import Array


@dataclass(frozen=True)
class Stream:
    """The batches of a source, checked for a model and a loss as they come."""

    source: Source
    model: Model
    loss: Loss
    class_weight: ClassWeight | None = None

    def epoch(self, order: Order = range) -> Iterator[Samples]:
        """Yield the batches of one epoch; an InputError names the one that it is of."""
        for number, batch in enumerate(self.source.epoch(order)):
            yield self.checked(batch, number)

    def first(self) -> Samples:
        """Return the first batch, which the first epoch is given too."""
        return self.checked(self.source.first(), 0)

    def checked(self, batch: Any, number: int) -> Samples:
        """Return a batch as samples; `number` counts from 0."""
        units = self.model.output_shape[0]
        try:
            x, y, weight = _whole(batch)
            samples = check_data(x, y, weight, self.loss, self.model.input_shape, units)
            if self.class_weight is not None:
                samples = weigh_classes(samples, self.class_weight, units, self.loss)
        except InputError as error:
            raise _of_batch(self.source, number, batch, error) from None
        return samples


def samples_of(source: Source, check: Callable[[Any], Array]) -> Iterator[Array]:
    """Yield the checked samples of an epoch's batches; an InputError names the one it is of."""
    for number, batch in enumerate(source.epoch()):
        try:
            yield check(parts_of(batch)[0])
        except InputError as error:
            raise _of_batch(source, number, batch, error) from None


def batches_for(
    given: Any, passes: int, check: Callable[[Any], Array]
) -> Callable[[], Iterable[Array]]:
    """Return what gives the checked samples of all batches anew, as many times as `passes`."""
    source = Source(given, None, "x", "steps")
    if source.once and passes > 1:
        raise InputError(
            message(
                "x is {called}, which is read once, but {passes} layers learn from it in turn: "
                "give an array, or what can begin anew",
                called=called(given),
                passes=passes,
            )
        )
    source.first()
    return lambda: samples_of(source, check)


def first_pair(source: Source) -> tuple[Any, Any]:
    """Return samples and targets of a source's first batch, as they come."""
    batch = source.first()
    try:
        x, y, _ = _whole(batch)
    except InputError as error:
        raise _of_batch(source, 0, batch, error) from None
    return x, y


def _of_batch(source: Source, number: int, batch: Any, error: InputError) -> InputError:
    """Return the error with the batch that it is of, and the way where it is a single sample."""
    said = message(
        "batch {number} of {what}: {error}", number=number + 1, what=source.what, error=error
    )
    if hasattr(type(source.given), "batch") and _is_one_sample(batch):
        said += message(
            "; where {called} gives one sample at a time, give .batch(32) of it",
            called=called(source.given),
        )
    return InputError(said)


def _is_one_sample(batch: Any) -> bool:
    x, y, _ = (*batch, None, None)[:3] if isinstance(batch, tuple) else (batch, None, None)
    return np.ndim(x) < 2 or (y is not None and np.ndim(y) == 0)


def _whole(batch: Any) -> tuple[Any, Any, Any]:
    """Return a batch's samples, targets, and weights or None; InputError without targets."""
    x, y, weight = parts_of(batch)
    if y is None:
        raise InputError(
            message("it holds no targets, but must be (x, y) or (x, y, sample_weight)")
        )
    return x, y, weight


def check_no_steps(steps: int | None) -> None:
    """Raise InputError where steps are given for arrays, all of which are taken."""
    if steps is not None:
        raise InputError(
            message(
                "steps={steps} is for what gives batches; of arrays all samples are taken: leave "
                "it out, or give fewer of them",
                steps=steps,
            )
        )


def check_apart(given: Any, apart: dict[str, Any]) -> None:
    """Raise InputError for what is given besides batches, which hold it."""
    for name, value in apart.items():
        if value is not None:
            raise InputError(
                message(
                    "x is {called}, whose batches hold all: {name} cannot be given besides; "
                    "{remedy}",
                    called=called(given),
                    name=name,
                    remedy=translated(REMEDIES[name]),
                )
            )


def check_streamed(model: Model, given: Any, apart: dict[str, Any], class_weight: Any) -> None:
    """Raise InputError for what a fit on batches cannot be told; `apart` must not be given."""
    what = called(given)
    check_apart(given, apart)
    if isinstance(class_weight, str):
        raise InputError(
            message(
                "x is {what}, whose classes cannot be counted before it is read: give "
                "class_weight as numbers, not {class_weight!r}",
                what=what,
                class_weight=class_weight,
            )
        )
    if model.optimizer.full_batch:
        raise InputError(
            message(
                "gradient descent takes the whole set at once, but x is {what}, which gives "
                "batches: use the optimizer 'sgd', or give one array",
                what=what,
            )
        )
    for layer in every_layer(model.layers):
        if waits_for_data(layer):
            raise InputError(
                message(
                    "the layer {name!r} learns from the data before training, but x is {what}, "
                    "which is read batch by batch: call model.adapt(x) first, with an array or "
                    "with batches",
                    name=layer.name,
                    what=what,
                )
            )


REMEDIES = {
    "y": marked("let it give (x, y)"),
    "sample_weight": marked("let it give (x, y, sample_weight)"),
    "batch_size": marked("let it give batches of that size"),
    "validation_split": marked("give other batches or arrays as validation_data"),
}
"""What to do instead of giving an argument besides batches."""
