"""``common.layers`` of the book: layers that know their weights, with `forward` and `backward`.

A layer keeps what it saw in `forward` until `backward`, which returns the gradient at the layer's
input and sets the gradients of its weights, such as `dW` and `db`. Images are (batch, channels,
height, width). The formulas are those of :mod:`badak.layers` and :mod:`badak.activations`.

The names of :mod:`badak.book.functions`, `im2col` and `col2im` are handed on, as the book does.
"""

from typing import Any, TypeVar

import numpy as np

from badak import layers
from badak._common.floats import floating
from badak._common.language import message
from badak._common.validation import SHARE, setting_of
from badak.activations import RELU, SIGMOID, Activation
from badak.book import functions
from badak.book.functions import *  # noqa: F403 - a script that takes all of this takes those too
from badak.book.functions import cross_entropy_error, softmax
from badak.book.util import check_images, col2im, im2col, window_of
from badak.errors import InputError
from badak.layers.convolution import convolution, convolution_backward
from badak.layers.passes import INFERENCE, TRAINING, LayerPass, Weights
from badak.layers.pooling import max_pooling, max_pooling_backward
from badak.layers.windows import Window
from badak.preprocessing import one_hot
from badak.typing import Array, ArrayLike

Kept = TypeVar("Kept")


class ActivationLayer:
    """An activation, number by number."""

    activation: Activation

    def __init__(self) -> None:
        self.x: Array | None = None
        self.out: Array | None = None

    def forward(self, x: Array) -> Array:
        """Return the activation's outputs.

        Parameters
        ----------
        x : array
            The inputs, of any shape.

        Returns
        -------
        array of float
            Of the shape of `x`.
        """
        self.x = floating(np.asarray(x))
        self.out = self.activation(self.x)
        return self.out

    def backward(self, dout: Array) -> Array:
        """Return the gradient at the input.

        Parameters
        ----------
        dout : array of float
            The gradient at the output, of its shape; it is not changed.

        Returns
        -------
        array of float
            Of the same shape.
        """
        x, out = _kept(self.x, self), _kept(self.out, self)
        return self.activation.backward(x, out, dout)


class Relu(ActivationLayer):
    """ReLU as a layer.

    Examples
    --------
    >>> layer = Relu()
    >>> layer.forward(np.array([[1.0, -0.5], [-2.0, 3.0]]))
    array([[1., 0.],
           [0., 3.]])
    >>> layer.backward(np.ones((2, 2)))
    array([[1., 0.],
           [0., 1.]])
    """

    activation = RELU


class Sigmoid(ActivationLayer):
    """The sigmoid as a layer.

    Examples
    --------
    >>> layer = Sigmoid()
    >>> layer.forward(np.array([0.0])), layer.backward(np.array([1.0]))
    (array([0.5]), array([0.25]))
    """

    activation = SIGMOID


class Affine:
    """The sums x W + b: the layer :class:`badak.layers.Dense` with weights of the caller's.

    Parameters
    ----------
    W : array of float
        The weights, (inputs, units).
    b : array of float
        The biases, (units,).

    Attributes
    ----------
    dW, db : array of float
        The gradients of `W` and `b`, once there was a `backward`.

    Examples
    --------
    >>> layer = Affine(np.array([[1.0], [2.0]]), np.array([0.5]))
    >>> layer.forward(np.array([[3.0, 4.0]]))
    array([[11.5]])
    >>> layer.backward(np.array([[1.0]])), layer.dW.tolist(), layer.db.tolist()
    (array([[1., 2.]]), [[3.0], [4.0]], [1.0])
    """

    def __init__(self, W: Array, b: Array) -> None:
        self.W = W
        self.b = b
        self.x: Array | None = None
        self.original_x_shape: tuple[int, ...] = ()
        self.dW: Array | None = None
        self.db: Array | None = None
        self._dense = layers.Dense(W.shape[1])

    def forward(self, x: Array) -> Array:
        """Return the sums.

        Parameters
        ----------
        x : array of float
            The inputs, (batch, ...); a sample of several axes, such as an image, is flattened.

        Returns
        -------
        array of float
            (batch, units).

        Raises
        ------
        InputError
            A sample is not of as many numbers as `W` has rows.
        """
        self.original_x_shape = x.shape
        rows = x.reshape(len(x), -1) if x.ndim > 1 else x
        if rows.ndim != 2 or rows.shape[1] != len(self.W):
            raise InputError(
                message(
                    "W is of shape {shape} and takes (batch, {inputs}), not {given}",
                    shape=self.W.shape,
                    inputs=len(self.W),
                    given=x.shape,
                )
            )
        self.x = rows
        return self._dense.forward(self._weights(), rows, TRAINING)[0]

    def backward(self, dout: Array) -> Array:
        """Return the gradient at the input, and set `dW` and `db`.

        Parameters
        ----------
        dout : array of float
            The gradient at the sums, (batch, units).

        Returns
        -------
        array of float
            Of the shape of the input.
        """
        seen = LayerPass(self._dense, _kept(self.x, self), None, dout)
        at_x, of_weights = self._dense.backward(self._weights(), seen, dout)
        self.dW, self.db = of_weights["kernel"], of_weights["bias"]
        return at_x.reshape(self.original_x_shape)

    def _weights(self) -> Weights:
        return {"kernel": self.W, "bias": self.b}


class SoftmaxWithLoss:
    """Softmax and the cross-entropy as the last layer.

    Attributes
    ----------
    loss : float
        The loss of the last `forward`.
    y : array of float
        The probabilities of the last `forward`.
    t : array
        Its targets.

    Notes
    -----
    The book's layer divides the gradient of a single sample that is given as one row, (classes,),
    by the number of classes. Here it counts as a batch of one, as its loss does.

    Examples
    --------
    >>> layer = SoftmaxWithLoss()
    >>> round(layer.forward(np.array([[0.0, 0.0]]), np.array([1])), 4)
    0.6931
    >>> layer.backward()
    array([[ 0.5, -0.5]])
    """

    def __init__(self) -> None:
        self.loss: float | None = None
        self.y: Array | None = None
        self.t: Array | None = None

    def forward(self, x: Array, t: ArrayLike) -> float:
        """Return the mean cross-entropy of the batch.

        Parameters
        ----------
        x : array of float
            The scores, (batch, classes) or, of one sample, (classes,).
        t : array_like
            One-hot targets of the shape of `x`, or labels, one a sample.

        Returns
        -------
        float
            NaN where the scores have overflowed.

        Raises
        ------
        InputError
            The targets do not fit the scores.
        """
        self.t = np.asarray(t)
        self.y = softmax(x)
        overflowed = bool(np.isnan(self.y).any())
        self.loss = float("nan") if overflowed else cross_entropy_error(self.y, self.t)
        return self.loss

    def backward(self, dout: float = 1.0) -> Array:
        """Return the gradient at the scores, (y - t) / batch.

        Parameters
        ----------
        dout : float, default 1
            The gradient at the loss. The book takes it for 1, whatever it is.

        Returns
        -------
        array of float
            Of the shape of the scores.
        """
        y, t = _kept(self.y, self), _kept(self.t, self)
        rows = t if t.shape == y.shape else one_hot(t.ravel(), y.shape[-1]).reshape(y.shape)
        return dout * (y - rows) / (1 if y.ndim == 1 else len(y))


class Dropout:
    """Silence inputs at random while training; scale all of them down at test.

    Parameters
    ----------
    dropout_ratio : float, default 0.5
        The probability that an input is silenced, from 0 to 1.

    Raises
    ------
    InputError
        `dropout_ratio` is no number from 0 to 1.

    Notes
    -----
    This is the form of the first paper, as in the book: at test, inputs are multiplied by
    1 - dropout_ratio. :class:`badak.layers.Dropout`, as Keras and PyTorch, divides by it while
    training instead, so that nothing is left to do at test. The mask is drawn by ``np.random``, so
    that ``np.random.seed`` decides it.

    References
    ----------
    Hinton et al., Improving Neural Networks by Preventing Co-adaptation of Feature Detectors, 2012.

    Examples
    --------
    >>> Dropout(0.25).forward(np.array([4.0, 8.0]), train_flg=False)
    array([3., 6.])
    """

    def __init__(self, dropout_ratio: float = 0.5) -> None:
        self.dropout_ratio = SHARE.check(dropout_ratio, setting_of("Dropout", "dropout_ratio"))
        self.mask: Array | None = None

    def forward(self, x: Array, train_flg: bool = True) -> Array:
        """Return the inputs that are left, or all of them scaled down.

        Parameters
        ----------
        x : array of float
            The inputs, of any shape.
        train_flg : bool, default True
            Whether this is training.

        Returns
        -------
        array of float
            Of the shape of `x`.
        """
        if not train_flg:
            return x * (1.0 - self.dropout_ratio)
        drawn = np.random.rand(*x.shape)
        self.mask = drawn > self.dropout_ratio
        return x * self.mask

    def backward(self, dout: Array) -> Array:
        """Return the gradient at the inputs that were left.

        Parameters
        ----------
        dout : array of float
            The gradient at the output.

        Returns
        -------
        array of float
            Of the same shape.
        """
        return dout * _kept(self.mask, self)


class BatchNormalization:
    """Each feature normalised over the batch: :class:`badak.layers.BatchNormalization` by hand.

    Parameters
    ----------
    gamma : array of float
        The factor of each feature, (features,).
    beta : array of float
        What is added to it, (features,).
    momentum : float, default 0.9
        The running averages move by the share 1 - momentum a step.
    running_mean, running_var : array of float, optional
        The averages to go on from, (features,); by default 0, the variance too.

    Attributes
    ----------
    dgamma, dbeta : array of float
        The gradients of `gamma` and `beta`, once there was a `backward`.

    Raises
    ------
    InputError
        `momentum` is no number from 0 to 1.

    Notes
    -----
    Three things are the book's: 1e-6 is added to the variance (Keras: 1e-3); the running variance
    starts at 0 (Keras: 1), so that tests after few steps come out large; and images, (batch,
    channels, height, width), are normalised pixel by pixel, with a gamma and a beta for each, where
    others normalise a channel over all its pixels.

    Examples
    --------
    >>> layer = BatchNormalization(np.ones(1), np.zeros(1))
    >>> layer.forward(np.array([[1.0], [3.0]])).round(3)
    array([[-1.],
           [ 1.]])
    """

    def __init__(
        self,
        gamma: Array,
        beta: Array,
        momentum: float = 0.9,
        running_mean: Array | None = None,
        running_var: Array | None = None,
    ) -> None:
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.running_mean = running_mean
        self.running_var = running_var
        self.dgamma: Array | None = None
        self.dbeta: Array | None = None
        self._layer = layers.BatchNormalization(momentum=momentum, epsilon=1e-6)
        self._pass: LayerPass | None = None

    def forward(self, x: Array, train_flg: bool = True) -> Array:
        """Normalise by the batch, or by the running averages.

        Parameters
        ----------
        x : array of float
            (batch, features), or images (batch, channels, height, width).
        train_flg : bool, default True
            Whether this is training: then the running averages move too.

        Returns
        -------
        array of float
            Of the shape of `x`.
        """
        rows = x.reshape(len(x), -1)
        if self.running_mean is None or self.running_var is None:
            self.running_mean, self.running_var = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
        w, mode = self._weights(), TRAINING if train_flg else INFERENCE
        out, memo = self._layer.forward(w, rows, mode)
        moved = self._layer.updates(w, memo)
        self.running_mean = moved.get("moving_mean", self.running_mean)
        self.running_var = moved.get("moving_variance", self.running_var)
        self._pass = LayerPass(self._layer, rows, None, out, memo)
        return out.reshape(x.shape)

    def backward(self, dout: Array) -> Array:
        """Return the gradient at the input, and set `dgamma` and `dbeta`.

        Parameters
        ----------
        dout : array of float
            The gradient at the output.

        Returns
        -------
        array of float
            Of the same shape.
        """
        rows = dout.reshape(len(dout), -1)
        at_x, of_weights = self._layer.backward(self._weights(), _kept(self._pass, self), rows)
        self.dgamma, self.dbeta = of_weights["gamma"], of_weights["beta"]
        return at_x.reshape(dout.shape)

    def _weights(self) -> Weights:
        averages = {"moving_mean": self.running_mean, "moving_variance": self.running_var}
        return {"gamma": self.gamma, "beta": self.beta, **averages}  # type: ignore[dict-item]


class Convolution:
    """Filters that move over images, as :mod:`badak.layers.convolution` derives them.

    Parameters
    ----------
    W : array of float
        The filters, (filters, channels, height, width).
    b : array of float or float
        The bias of each filter, (filters,).
    stride : int, default 1
        By how many pixels the filters move.
    pad : int, default 0
        How many pixels of 0 are added on each side.

    Attributes
    ----------
    dW, db : array of float
        The gradients of `W` and `b`, once there was a `backward`.

    Raises
    ------
    InputError
        `W` is not of four axes, `stride` is no whole number from 1 or `pad` none from 0.

    Examples
    --------
    >>> layer = Convolution(np.ones((1, 1, 2, 2)), np.zeros(1))
    >>> layer.forward(np.arange(9.0).reshape(1, 1, 3, 3))[0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    >>> layer.backward(np.ones((1, 1, 2, 2)))[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    >>> layer.dW[0, 0], layer.db
    (array([[ 8., 12.],
           [20., 24.]]), array([4.]))
    """

    def __init__(
        self,
        W: Array,
        b: Array | float,
        stride: int = 1,
        pad: int = 0,
    ) -> None:
        if W.ndim != 4:
            raise InputError(
                message(
                    "filters are of shape (filters, channels, height, width), not {shape}",
                    shape=W.shape,
                )
            )
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad
        self.x: Array | None = None
        self._columns: Array | None = None
        self.dW: Array | None = None
        self.db: Array | None = None
        self._window()  # refuses a stride or a pad that is none

    def forward(self, x: Array) -> Array:
        """Return what each filter gives at each place.

        Parameters
        ----------
        x : array
            Images, (batch, channels, height, width).

        Returns
        -------
        array of float
            (batch, filters, rows, columns).

        Raises
        ------
        InputError
            The images have other channels than the filters, or are smaller than these.
        """
        channels = self.W.shape[1]
        if check_images(x).shape[1] != channels:
            raise InputError(
                message(
                    "the filters are of shape {shape}, for {channels} channels, but the images of "
                    "shape {given} have {given_channels}",
                    shape=self.W.shape,
                    channels=channels,
                    given=x.shape,
                    given_channels=x.shape[1],
                )
            )
        x = floating(x)
        self.x = x.astype(np.result_type(x, self.W, self.b), copy=False)
        images = self.x.transpose(0, 2, 3, 1)
        sums, self._columns = convolution(images, self._kernel(), self._window())
        sums += self.b
        return sums.transpose(0, 3, 1, 2)

    def backward(self, dout: Array) -> Array:
        """Return the gradient at the images, and set `dW` and `db`.

        Parameters
        ----------
        dout : array of float
            The gradient at the output, (batch, filters, rows, columns).

        Returns
        -------
        array of float
            Of the shape of the images.
        """
        batch, channels, height, width = _kept(self.x, self).shape
        gradient = np.ascontiguousarray(dout.transpose(0, 2, 3, 1))
        at_x, of_kernel = convolution_backward(
            _kept(self._columns, self),
            self._kernel(),
            (batch, height, width, channels),
            self._window(),
            gradient,
        )
        self.dW = np.ascontiguousarray(of_kernel.transpose(3, 2, 0, 1))
        self.db = gradient.sum(axis=(0, 1, 2))
        return at_x.transpose(0, 3, 1, 2)

    def _window(self) -> Window:
        _, _, height, width = self.W.shape
        return window_of(height, width, self.stride, self.pad)

    def _kernel(self) -> Array:
        return self.W.transpose(2, 3, 1, 0)


class Pooling:
    """The largest number of each window, as :mod:`badak.layers.pooling` has it.

    Parameters
    ----------
    pool_h, pool_w : int
        The height and the width of a window.
    stride : int, default 2
        By how many pixels it moves.
    pad : int, default 0
        How many pixels are added on each side, fewer than the window has. They are never the
        largest.

    Raises
    ------
    InputError
        A size is no whole number, or `pad` is as large as the window.

    Notes
    -----
    With a `pad` the book's layer does not run: it leaves it out of the size of its output.

    Examples
    --------
    >>> layer = Pooling(2, 2)
    >>> layer.forward(np.arange(16.0).reshape(1, 1, 4, 4))[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    >>> layer.backward(np.ones((1, 1, 2, 2)))[0, 0]
    array([[0., 0., 0., 0.],
           [0., 1., 0., 1.],
           [0., 0., 0., 0.],
           [0., 1., 0., 1.]])
    """

    def __init__(self, pool_h: int, pool_w: int, stride: int = 2, pad: int = 0) -> None:
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad
        self.x: Array | None = None
        self.arg_max: Array | None = None
        self._window = window_of(pool_h, pool_w, stride, pad)
        if pad >= min(pool_h, pool_w):
            raise InputError(
                message(
                    "pad is {pad}, but must be less than the window's {rows} x {columns} pixels: a "
                    "window of padding alone has no largest number",
                    pad=pad,
                    rows=pool_h,
                    columns=pool_w,
                )
            )

    def forward(self, x: Array) -> Array:
        """Return the largest number of each window.

        Parameters
        ----------
        x : array
            Images, (batch, channels, height, width).

        Returns
        -------
        array of float
            (batch, channels, rows, columns).

        Raises
        ------
        InputError
            The images are not of four axes, or smaller than the window.
        """
        self.x = floating(check_images(x))
        largest, self.arg_max = max_pooling(self.x.transpose(0, 2, 3, 1), self._window)
        return largest.transpose(0, 3, 1, 2)

    def backward(self, dout: Array) -> Array:
        """Return the gradient at the images: it goes to where each largest number stood.

        Parameters
        ----------
        dout : array of float
            The gradient at the output, (batch, channels, rows, columns).

        Returns
        -------
        array of float
            Of the shape of the images.
        """
        batch, channels, height, width = _kept(self.x, self).shape
        at_x = max_pooling_backward(
            _kept(self.arg_max, self),
            (batch, height, width, channels),
            self._window,
            np.ascontiguousarray(dout.transpose(0, 2, 3, 1)),
        )
        return at_x.transpose(0, 3, 1, 2)


def _kept(value: Kept | None, layer: Any) -> Kept:
    """Return what `forward` has kept, or raise InputError where there was none."""
    if value is None:
        raise InputError(
            message(
                "{kind}.backward needs a forward before it: the slope is that at the layer's input",
                kind=type(layer).__name__,
            )
        )
    return value


__all__ = [
    *functions.__all__,
    "Affine",
    "BatchNormalization",
    "Convolution",
    "Dropout",
    "Pooling",
    "Relu",
    "Sigmoid",
    "SoftmaxWithLoss",
    "col2im",
    "im2col",
]
