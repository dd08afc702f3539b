"""Train a dense network on an image dataset: load, split, train, save and test, as one call."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import activations, datasets
from badak._common.language import message
from badak.callbacks import Callback, EarlyStopping
from badak.datasets import Dataset
from badak.errors import InputError, UnknownNameError
from badak.layers import Flatten, Input, Rescaling
from badak.metrics import confusion_matrix
from badak.network.sequential import Sequential
from badak.network.stacks import Hidden, dense_stack
from badak.preprocessing import split_stratified
from badak.recipes import files
from badak.recipes.events import OnEvent, Reporter, Started, ignore
from badak.recipes.options import (
    IMAGE_BATCH_SIZE,
    IMAGE_EPOCHS,
    IMAGE_EPOCHS_OF_MANY,
    IMAGE_UNITS,
    MANY_IMAGES,
    ImageTraining,
)
from badak.recipes.preparation import Preparation, preparation_for
from badak.recipes.result import Trained
from badak.typing import Array

__all__ = ["ImageResult", "ImageTraining", "load", "train"]


@dataclass(frozen=True)
class ImageResult(Trained):
    """A network trained on images, and how it answers the held-out ones.

    Parameters
    ----------
    model : Sequential
        The trained network.
    history : History
        The loss and metrics of each epoch.
    batch_size : int or None
        Images of a step; None: all at once.
    epochs : int
        How many epochs there could be; ``history.epoch`` lists those that there were.
    dataset : Dataset
        The images.
    preparation : Preparation
        How a picture becomes the network's input.
    confusion : ndarray (classes, classes)
        Held-out images by (true class, answered class).
    best_epoch : int, optional
        The epoch, from 0, whose weights were kept: of a folder of pictures that with the lowest
        loss on the images held back. None: those of the last epoch.

    Examples
    --------
    >>> result = train(ImageTraining("digits", units=(16,), epochs=2))
    >>> int(result.confusion.sum()), len(result.dataset.x_test)
    (359, 359)
    """

    dataset: Dataset
    preparation: Preparation
    """How a picture becomes the network's input."""
    confusion: Array
    """Held-out images by (true class, answered class)."""
    best_epoch: int | None = None
    """The epoch, from 0, whose weights were kept; None: those of the last."""

    @property
    def accuracy(self) -> float:
        """The share of the held-out images that is answered rightly."""
        return float(self.confusion.trace() / self.confusion.sum())


def train(
    options: ImageTraining | None = None,
    dataset: Dataset | None = None,
    *,
    on_event: OnEvent | None = None,
    callbacks: Sequence[Callback] = (),
) -> ImageResult:
    """Train a dense network on images, test it on held-out ones, and save it if asked to.

    Parameters
    ----------
    options
        What to train on and how; None: the digits, with all defaults.
    dataset
        The images, if they are loaded already; None: those of ``options.data``.
    on_event
        Called with :class:`~badak.recipes.events.Started`, ``EpochEnded`` after each epoch, and
        ``Saved``.
    callbacks
        Callbacks for :meth:`badak.Sequential.fit`.

    Returns
    -------
    ImageResult
        The network, its history and its confusions of held-out images. Ctrl-C ends the training
        early; what is learnt by then is saved and tested all the same, ``interrupted`` is True and
        the checkpoint stays.

    Raises
    ------
    InputError, OSError
        Data that cannot be read, or files that could not be written, before any work.
    DivergedError
        A loss that is not finite; nothing is saved.

    Examples
    --------
    >>> options = ImageTraining("digits", units=(16,), epochs=2)
    >>> result = train(options, on_event=lambda event: print(type(event).__name__))
    Started
    EpochEnded
    EpochEnded
    >>> result.batch_size, result.model.output_shape, result.confusion.shape
    (32, (10,), (10, 10))
    """
    options = options or ImageTraining()
    report = on_event or ignore
    done = files.check_files(options)
    dataset = dataset or load_for(options)
    prepare = preparation_for(str(options.data), dataset)
    model = make_network(dataset, options)
    model.preparation = prepare.as_dict()
    learn, watch = hold_out(dataset.y_train, options.validation, options.seed)
    batch_size, epochs = _schedule(model, options, len(learn))
    counts = len(learn), len(watch), len(dataset.x_test)
    report(Started(model, dataset, counts, batch_size, epochs, done))
    best = _best(dataset, watch, epochs)
    history = model.fit(
        dataset.x_train[learn],
        dataset.y_train[learn],
        batch_size=batch_size,
        epochs=epochs,
        validation_data=(dataset.x_train[watch], dataset.y_train[watch]) if len(watch) else None,
        callbacks=[*([] if best is None else [best]), Reporter(report), *callbacks],
        verbose=0,
        checkpoint=options.checkpoint_path,
    )
    files.save(model, history, options, report)
    answers = model.classify(dataset.x_test)
    counted = confusion_matrix(dataset.y_test, answers, len(dataset.class_names))
    kept = None if best is None or not history.epoch else best.best_epoch
    return ImageResult(model, history, batch_size, epochs, dataset, prepare, counted, kept)


def load_for(options: ImageTraining) -> Dataset:
    """Return the images that a job asks for."""
    size: Any = options.size
    return load(
        options.data,
        options.data_dir,
        image_shape=size,
        colour=options.colour,
        skip_unreadable=options.skip_unreadable,
    )


def load(
    data: str | os.PathLike[str],
    data_dir: str | os.PathLike[str] | None = None,
    *,
    image_shape: tuple[int, int] | None = None,
    colour: str | None = None,
    skip_unreadable: bool = False,
) -> Dataset:
    """Return the images of a data set, some of them held out to test with.

    What comes in one part is always split alike, so that training holds back the images that a
    later test asks for, and runs of other seeds compare.

    Parameters
    ----------
    data, data_dir, image_shape, colour, skip_unreadable
        As in :func:`badak.datasets.load`.

    Returns
    -------
    Dataset
        Images and classes, to train and to test.

    Raises
    ------
    InputError
        None of the images is left to test with.

    Examples
    --------
    >>> len(load("digits").class_names)
    10
    """
    try:
        dataset = datasets.load(
            data,
            data_dir,
            image_shape=image_shape,
            colour=colour,
            skip_unreadable=skip_unreadable,
        )
    except UnknownNameError as error:
        raise UnknownNameError(
            message("{error}, and there is no folder {data} either", error=error, data=data)
        ) from None
    if not len(dataset.x_test):
        raise InputError(
            message(
                "{data} has one picture a class, so that none is left to test with: add more",
                data=data,
            )
        )
    return dataset


def make_network(dataset: Dataset, options: ImageTraining) -> Sequential:
    """Return the compiled network for images as they are, from 0 to the data set's maximum."""
    activation = activations.get(options.activation)
    units = IMAGE_UNITS if options.units is None else options.units
    hidden = [Hidden(count, activation, options.dropout) for count in units]
    stack = dense_stack(hidden, len(dataset.class_names), "softmax")
    entrance = [Input(dataset.x_train.shape[1:]), Rescaling(1.0 / dataset.maximum), Flatten()]
    model = Sequential([*entrance, *stack], name=dataset.name, seed=options.seed)
    model.compile(options.make_optimizer(), "sparse_categorical_crossentropy", ["accuracy"])
    model.class_names = list(dataset.class_names)
    return model


def hold_out(labels: Array, share: float, seed: int) -> tuple[Array, Array]:
    """Return the places of samples to train on and to validate with, each class in its share."""
    if share == 0.0:
        return np.arange(len(labels)), np.arange(0)
    return split_stratified(labels, share, seed)


def _best(dataset: Dataset, watch: Array, epochs: int) -> EarlyStopping | None:
    """Return what keeps the best epoch's weights, and never stops; None where the last are kept.

    For data sets that are known the epochs are known too. A folder may be learnt by heart early.
    """
    if dataset.pictures is None or not len(watch):
        return None
    return EarlyStopping("val_loss", patience=epochs, restore_best_weights=True)


def _schedule(model: Sequential, options: ImageTraining, images: int) -> tuple[int | None, int]:
    """Return the batch size, None for all images at once, and the epochs."""
    batch_size, epochs = options.batch_size, options.epochs
    if batch_size is None and not model.optimizer.full_batch:
        batch_size = IMAGE_BATCH_SIZE
    if epochs is None:
        epochs = IMAGE_EPOCHS_OF_MANY if images > MANY_IMAGES else IMAGE_EPOCHS
    return batch_size, epochs
