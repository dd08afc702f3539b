"""Trained networks that come with badak: they need no training and no download."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from badak.network.sequential import Sequential

__all__ = ["CARD", "FILE", "digits"]

FILE = Path(__file__).parent / "digits.safetensors"
"""The network of :func:`digits`, as ``tools/train_digits.py`` wrote it."""

CARD = FILE.with_suffix(".md")
"""The card of :func:`digits`: its data, how it was trained, how good it is, what it gets wrong."""


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
