"""``common.multi_layer_net`` of the book: fully connected networks for chapter 6."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.validation import NOT_NEGATIVE, setting_of
from badak.book.layers import ActivationLayer, Affine, Relu, Sigmoid, SoftmaxWithLoss
from badak.errors import InputError
from badak.functions import numerical_gradient
from badak.regularizers import L2
from badak.typing import Array

ACTIVATIONS: dict[str, type[ActivationLayer]] = {"sigmoid": Sigmoid, "relu": Relu}
GAINS = {"relu": 2.0, "he": 2.0, "sigmoid": 1.0, "xavier": 1.0}
"""The variance of initial weights, times the number of a layer's inputs."""


class MultiLayerNet:
    """A fully connected network for classes: Affine and an activation, and so on, then softmax.

    Parameters
    ----------
    input_size : int
        The numbers of one sample, such as 784.
    hidden_size_list : list of int
        The units of each hidden layer.
    output_size : int
        The number of classes.
    activation : {"relu", "sigmoid"}, default "relu"
        What follows each hidden layer.
    weight_init_std : float or {"relu", "he", "sigmoid", "xavier"}, default "relu"
        The standard deviation of the initial weights, or whose rule gives it: He's,
        sqrt(2 / inputs), or Xavier's, sqrt(1 / inputs). Weights are drawn by ``np.random``, so that
        ``np.random.seed`` decides them, as in the book.
    weight_decay_lambda : float, default 0
        The strength of weight decay: half of it times the sum of squared weights is added to the
        loss.

    Attributes
    ----------
    params : dict of str to array
        The weights W1, W2, ... (inputs, units) and the biases b1, b2, ... (units,).
    layers : OrderedDict
        The layers by name: Affine1, Activation_function1, Affine2, ...

    Raises
    ------
    InputError
        A name is not known, or `weight_decay_lambda` is negative.

    Examples
    --------
    >>> network = MultiLayerNet(784, [100, 50], 10)
    >>> {name: array.shape for name, array in network.params.items()}
    {'W1': (784, 100), 'b1': (100,), 'W2': (100, 50), 'b2': (50,), 'W3': (50, 10), 'b3': (10,)}
    """

    def __init__(
        self,
        input_size: int,
        hidden_size_list: Sequence[int],
        output_size: int,
        activation: str = "relu",
        weight_init_std: float | str = "relu",
        weight_decay_lambda: float = 0.0,
    ) -> None:
        if activation not in ACTIVATIONS:
            raise InputError(
                message(
                    "activation must be one of {known}, not {given!r}",
                    known=", ".join(ACTIVATIONS),
                    given=activation,
                )
            )
        self.input_size = input_size
        self.hidden_size_list = list(hidden_size_list)
        self.output_size = output_size
        self.hidden_layer_num = len(self.hidden_size_list)
        self.weight_decay_lambda = NOT_NEGATIVE.check(
            weight_decay_lambda, setting_of(type(self).__name__, "weight_decay_lambda")
        )
        self.params: dict[str, Array] = {}
        self._draw_weights(weight_init_std)
        self.layers: OrderedDict[str, Any] = OrderedDict()
        self._slopes: dict[str, tuple[str, str]] = {}
        """The layer of each weight, and its attribute that holds the gradient, in their order."""
        for number, units in enumerate(self.hidden_size_list, start=1):
            self._add_affine(number)
            self._add_hidden(number, units, ACTIVATIONS[activation]())
        self._add_affine(self.hidden_layer_num + 1)
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x: Array) -> Array:
        """Return the scores before the softmax.

        Parameters
        ----------
        x : array of float
            Samples, (batch, inputs).

        Returns
        -------
        array of float
            (batch, classes).
        """
        return self._scores(x, training=False)

    def loss(self, x: Array, t: Array) -> float:
        """Return the mean cross-entropy, weight decay included.

        Parameters
        ----------
        x : array of float
            Samples, (batch, inputs).
        t : array
            Labels, (batch,), or one-hot targets, (batch, classes).

        Returns
        -------
        float
        """
        return self._loss(x, t, training=False)

    def accuracy(self, x: Array, t: Array) -> float:
        """Return the share of samples whose class is the right one.

        Parameters
        ----------
        x : array of float
            Samples, (batch, inputs).
        t : array
            Labels, (batch,), or one-hot targets, (batch, classes).

        Returns
        -------
        float
            From 0 to 1.
        """
        labels = t if t.ndim == 1 else t.argmax(axis=1)
        return float((self.predict(x).argmax(axis=1) == labels).mean())

    def numerical_gradient(self, x: Array, t: Array) -> dict[str, Array]:
        """Return the gradient of each array of weights by small differences: slow, and sure.

        Parameters
        ----------
        x : array of float
            Samples, (batch, inputs).
        t : array
            Labels, (batch,), or one-hot targets, (batch, classes).

        Returns
        -------
        dict of str to array
            By the names of `params`, layer by layer.
        """
        return {
            name: numerical_gradient(lambda _: self._loss(x, t, training=True), self.params[name])
            for name in self._slopes
        }

    def gradient(self, x: Array, t: Array) -> dict[str, Array]:
        """Return the gradient of each array of weights by backpropagation.

        Parameters
        ----------
        x : array of float
            Samples, (batch, inputs).
        t : array
            Labels, (batch,), or one-hot targets, (batch, classes).

        Returns
        -------
        dict of str to array
            By the names of `params`, layer by layer.
        """
        self._loss(x, t, training=True)
        dout = self.last_layer.backward()
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        gradients = {
            name: getattr(self.layers[layer], slope)
            for name, (layer, slope) in self._slopes.items()
        }
        for name, w in self._decaying():
            gradients[name] = gradients[name] + self._decay().gradient(w)
        return gradients

    def _draw_weights(self, weight_init_std: float | str) -> None:
        sizes = [self.input_size, *self.hidden_size_list, self.output_size]
        for number, (inputs, units) in enumerate(pairwise(sizes), start=1):
            drawn = np.random.randn(inputs, units)
            self.params[f"W{number}"] = _deviation(weight_init_std, inputs) * drawn
            self.params[f"b{number}"] = np.zeros(units)

    def _add_affine(self, number: int) -> None:
        name, w, b = f"Affine{number}", f"W{number}", f"b{number}"
        self.layers[name] = Affine(self.params[w], self.params[b])
        self._slopes |= {w: (name, "dW"), b: (name, "db")}

    def _add_hidden(self, number: int, units: int, activation: ActivationLayer) -> None:
        """Add what follows the sums of a hidden layer."""
        self.layers[f"Activation_function{number}"] = activation

    def _scores(self, x: Array, training: bool) -> Array:
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def _loss(self, x: Array, t: Array, training: bool) -> float:
        loss = self.last_layer.forward(self._scores(x, training), t)
        return loss + sum(float(self._decay().penalty(w)) for _, w in self._decaying())

    def _decaying(self) -> list[tuple[str, Array]]:
        """Return the weights that decay, by name: those of Affine, if there is any decay."""
        found = self._slopes.items() if self.weight_decay_lambda else ()
        return [(name, self.layers[layer].W) for name, (layer, slope) in found if slope == "dW"]

    def _decay(self) -> L2:
        return L2(0.5 * self.weight_decay_lambda)


def _deviation(given: float | str, inputs: int) -> float:
    """Return the standard deviation of a layer's initial weights."""
    if not isinstance(given, str):
        return given
    if given.lower() not in GAINS:
        raise InputError(
            message(
                "weight_init_std must be a number or one of {known}, not {given!r}",
                known=", ".join(GAINS),
                given=given,
            )
        )
    return float(np.sqrt(GAINS[given.lower()] / inputs))


__all__ = ["MultiLayerNet"]
