"""What is trained and asked: networks, their data, and how much arithmetic a step is."""

import os
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"
MNIST = "mnist"
MADE_UP = "made up"


@dataclass(frozen=True)
class Work:
    """A dense network, its training and as many samples as make `steps` batches.

    Hidden units are of one activation, the outputs a softmax under cross-entropy. Adam has
    beta 0.9 and 0.999 and epsilon 1e-7, SGD no momentum.
    """

    widths: tuple[int, ...]
    batch: int
    steps: int
    activation: str = "relu"
    optimizer: str = "adam"
    learning_rate: float = 0.001
    decay_steps: int = 0  # the rate falls in a straight line to 0 within so many; 0: it stays
    seed: int = 0

    @property
    def network(self) -> str:
        """The widths; three or more alike in a row are written as 8x256."""
        runs = [(width, len(list(group))) for width, group in groupby(self.widths)]
        return "-".join(
            f"{count}x{width}" if count > 2 else "-".join([str(width)] * count)
            for width, count in runs
        )

    @property
    def samples(self) -> int:
        return self.batch * self.steps

    @property
    def flops(self) -> int:
        """Multiplications and additions of a step's matrix products.

        Each layer has three of one size: forward, weights' gradient, inputs' gradient. Nobody
        needs the last one in the first layer.
        """
        connections = [inputs * units for inputs, units in pairwise(self.widths)]
        return 2 * self.batch * (3 * sum(connections) - connections[0])

    def initial_weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return a kernel (inputs, units) and a bias (units,) a layer: He's, the same for all."""
        rng = np.random.default_rng(self.seed)
        return [
            (
                rng.normal(0.0, (2.0 / inputs) ** 0.5, (inputs, units)).astype(np.float32),
                np.zeros(units, np.float32),
            )
            for inputs, units in pairwise(self.widths)
        ]


def mnist_folder() -> Path | None:
    """Return the folder with MNIST: BADAK_DATA's, or that of the data beside the project."""
    named = os.environ.get("BADAK_DATA")
    for folder in (Path(named) if named else None, SHARED_DATA):
        for place in () if folder is None else (folder / "mnist", folder):
            if (place / "train-images-idx3-ubyte.gz").is_file():
                return place
    return None


@cache
def mnist() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return MNIST for training and for test: float32 images (n, 784) of 0..1, labels (n,)."""
    from badak.datasets import mnist as dataset

    parts = dataset.load_data(mnist_folder())
    train, test = (
        (x.reshape(len(x), -1).astype(np.float32) / np.float32(255), y.astype(np.int64))
        for x, y in parts
    )
    return train, test


def data_for(inputs: int, classes: int, samples: int) -> tuple[str, np.ndarray, np.ndarray]:
    """Return where the data are from, x (samples, inputs) and labels (samples,).

    MNIST where the network fits it and it has enough of them. Else numbers of 0..1, labelled by a
    fixed random map, so that there is something to learn.
    """
    if (inputs, classes) == (784, 10) and samples <= 60_000 and mnist_folder():
        x, y = mnist()[0]
        return MNIST, x[:samples], y[:samples]
    rng = np.random.default_rng(0)
    x = rng.random((samples, inputs), dtype=np.float32)
    y = ((x - 0.5) @ rng.normal(size=(inputs, classes))).argmax(axis=1)
    return MADE_UP, x, y
