"""scikit-learn's MLPClassifier, whose partial_fit is one epoch.

For two classes it has one output, a sigmoid, in place of two under softmax. A falling rate falls by
steps, an epoch each, because nothing else can be set from outside.
"""

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.works import Work

ACTIVATIONS = {"relu": "relu", "sigmoid": "logistic"}


class Peer:
    def __init__(self, work: Work, threads: int) -> None:
        self.work = work
        self.classes = np.arange(work.widths[-1])
        self.model = MLPClassifier(
            work.widths[1:-1],
            activation=ACTIVATIONS[work.activation],
            solver=work.optimizer,
            alpha=0.0,
            batch_size=work.batch,
            learning_rate_init=work.learning_rate,
            momentum=0.0,
            nesterovs_momentum=False,
            epsilon=1e-7,
            random_state=work.seed,
        )
        self._set_weights()

    def _set_weights(self) -> None:
        inputs, batch = self.work.widths[0], self.work.batch
        x, y = np.zeros((batch, inputs), np.float32), np.arange(batch) % len(self.classes)
        self.model.partial_fit(x, y, classes=self.classes)  # makes the arrays
        del self.model._optimizer  # the moments of that step
        for layer, (kernel, bias) in enumerate(self.work.initial_weights()):
            if self.model.coefs_[layer].shape != kernel.shape:
                kernel, bias = kernel[:, 1:] - kernel[:, :1], bias[1:] - bias[:1]
            self.model.coefs_[layer][...] = kernel
            self.model.intercepts_[layer][...] = bias

    def load(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = x, y

    def fit(self, epochs: int) -> float:
        for _ in range(epochs):
            self.model.partial_fit(self.x, self.y)
            self._set_rate()
        return self.model.loss_

    def _set_rate(self) -> None:
        work, optimizer = self.work, self.model._optimizer
        if work.decay_steps:
            taken = self.model.t_ / work.batch - 1  # the first was taken to make the arrays
            in_the_middle = taken + work.steps / 2
            left = max(0.0, 1.0 - in_the_middle / work.decay_steps)
            optimizer.learning_rate_init = work.learning_rate * left

    def native(self, x: np.ndarray) -> np.ndarray:
        return x

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.model.predict_proba(x)
