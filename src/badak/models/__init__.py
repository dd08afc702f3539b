"""Trained networks that come with badak: they need no training and no download."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.typing import Array

__all__ = ["CARD", "CARDS", "DIGIT_OR_NOT", "FILE", "digits", "is_digit"]

FILE = Path(__file__).parent / "digits.safetensors"
"""The network of :func:`digits`, as ``tools/train_digits.py`` wrote it."""

CARD = FILE.with_suffix(".md")
"""The card of :func:`digits`: its data, how it was trained, how good it is, what it gets wrong."""

CARDS = {"en": CARD, "ko": FILE.with_suffix(".ko.md")}
"""The card by language; the Korean one is translated by hand and has the same numbers."""

DIGIT_OR_NOT = Path(__file__).parent / "is_digit.safetensors"
"""The network of :func:`is_digit` and its threshold, as ``tools/train_is_digit.py`` wrote it."""


def digits() -> "Sequential":
    """Return a network that reads one handwritten digit, trained by badak on MNIST.

    The file :data:`CARD` says how it was trained and what it gets wrong; ``badak info digits``
    prints it.

    Returns
    -------
    Sequential
        A new network at each call, which may be trained further or changed. It takes images
        (samples, 28, 28) as :func:`badak.images.as_digit` makes them and as MNIST has them, ink
        bright, 0 to 255, and returns the probabilities (samples, 10) of 0 to 9.

    Examples
    --------
    >>> import numpy as np
    >>> from badak import images
    >>> paper = np.full((300, 200), 255, np.uint8)
    >>> paper[60:240, 90:105] = 0  # an upright stroke
    >>> int(digits().classify(images.as_digit(paper)[np.newaxis])[0])
    1
    """
    from badak.network.loading import load_model

    return load_model(FILE)


def is_digit(images: "Array") -> "Array":
    """Tell which images show one handwritten digit, rather than a letter, two digits or noise.

    :func:`digits` names one of ten for any image, often with confidence. Another network
    learnt MNIST's digits against printed letters, digits that touch, scribbles, shapes and noise.
    It lets 997 of 1,000 digits pass; what is drawn like a digit, such as O, I or S, passes too.

    Parameters
    ----------
    images : array of uint8, (samples, 28, 28)
        As :func:`badak.images.as_digit` makes them.

    Returns
    -------
    array of bool, (samples,)
        False for what is no digit.

    Examples
    --------
    >>> import numpy as np
    >>> from badak import images
    >>> paper = np.full((300, 200), 255, np.uint8)
    >>> paper[60:240, 90:105] = 0  # an upright stroke
    >>> one = images.as_digit(paper)
    >>> noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    >>> is_digit(np.stack([one, noise])).tolist()
    [True, False]
    """
    from badak.network.loading import load_model

    model = load_model(DIGIT_OR_NOT)
    found: Array = model.predict(images)[:, 0] >= float(model.preparation["threshold"])
    return found
