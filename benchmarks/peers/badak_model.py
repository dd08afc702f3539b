"""badak, through what every user has: Sequential, fit and predict."""

from typing import Any

import numpy as np

from badak import Input, Sequential, layers, optimizers, schedules
from benchmarks.works import Work


class Peer:
    def __init__(self, work: Work, threads: int) -> None:
        *hidden, classes = work.widths[1:]
        self.model = Sequential(
            [
                Input((work.widths[0],)),
                *(layers.Dense(units, activation=work.activation) for units in hidden),
                layers.Dense(classes, activation="softmax"),
            ],
            seed=work.seed,
        )
        self.model.set_weights([array for pair in work.initial_weights() for array in pair])
        kinds: dict[str, Any] = {"adam": optimizers.Adam, "sgd": optimizers.SGD}
        rate: Any = work.learning_rate
        if work.decay_steps:
            rate = schedules.PolynomialDecay(rate, work.decay_steps, end_learning_rate=0.0)
        optimizer = kinds[work.optimizer](learning_rate=rate)
        self.model.compile(optimizer, loss="sparse_categorical_crossentropy")
        self.batch = work.batch

    def load(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = x, y

    def fit(self, epochs: int) -> float:
        history = self.model.fit(self.x, self.y, batch_size=self.batch, epochs=epochs, verbose=0)
        return history.history["loss"][-1]

    def native(self, x: np.ndarray) -> np.ndarray:
        return x

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.model.predict(x)
