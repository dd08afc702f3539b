"""Initializers scaled by fan in and fan out: LeCun, Glorot, He, orthogonal."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from badak._common.hyperparameters import hyperparameter
from badak._common.language import message
from badak._common.validation import FINITE, POSITIVE, SEED
from badak.errors import InputError
from badak.initializers.base import DISTRIBUTION, MODE, Distribution, Initializer, Mode
from badak.initializers.registry import INITIALIZERS
from badak.initializers.simple import standard_truncated_normal
from badak.typing import Array, Shape


@INITIALIZERS.enter(name="lecun_uniform")
@dataclass(frozen=True)
class LecunUniform(Initializer):
    r"""Uniform with variance 1 / fan in: the limits are :math:`\pm\sqrt{3 / n_{in}}`.

    Keeps the variance of the signal through a linear layer.

    Parameters
    ----------
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    References
    ----------
    LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998.

    Examples
    --------
    >>> bool(np.abs(LecunUniform()((75, 100))).max() < 0.2)
    True
    """

    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return scaled(shape, rng, 1.0, "fan_in", "uniform")


@INITIALIZERS.enter(name="lecun_normal")
@dataclass(frozen=True)
class LecunNormal(Initializer):
    r"""Truncated normal with standard deviation :math:`\sqrt{1 / n_{in}}`: the choice for SELU.

    Parameters
    ----------
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    References
    ----------
    LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998.

    Examples
    --------
    >>> LecunNormal()((784, 50)).shape
    (784, 50)
    """

    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return scaled(shape, rng, 1.0, "fan_in", "truncated_normal")


@INITIALIZERS.enter("xavier_uniform", name="glorot_uniform")
@dataclass(frozen=True)
class GlorotUniform(Initializer):
    r"""Uniform with limits :math:`\pm\sqrt{6 / (n_{in} + n_{out})}`: for sigmoid, tanh, softmax.

    Also called Xavier's. A compromise between keeping the variance in the forward pass and keeping
    it in the backward pass.

    Parameters
    ----------
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    References
    ----------
    Glorot & Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks,
    2010.

    Examples
    --------
    >>> bool(np.abs(GlorotUniform()((100, 50))).max() < 0.2)
    True
    """

    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return scaled(shape, rng, 1.0, "fan_avg", "uniform")


@INITIALIZERS.enter("xavier_normal", name="glorot_normal")
@dataclass(frozen=True)
class GlorotNormal(Initializer):
    r"""Truncated normal with standard deviation :math:`\sqrt{2 / (n_{in} + n_{out})}`.

    Parameters
    ----------
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    References
    ----------
    Glorot & Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks,
    2010.

    Examples
    --------
    >>> GlorotNormal()((784, 50)).shape
    (784, 50)
    """

    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return scaled(shape, rng, 1.0, "fan_avg", "truncated_normal")


@INITIALIZERS.enter(name="he_uniform")
@dataclass(frozen=True)
class HeUniform(Initializer):
    r"""Uniform with limits :math:`\pm\sqrt{6 / n_{in}}`: for ReLU, which halves the signal's power.

    Parameters
    ----------
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    References
    ----------
    He, Zhang, Ren & Sun, Delving Deep into Rectifiers, 2015.

    Examples
    --------
    >>> bool(np.abs(HeUniform()((150, 50))).max() < 0.2)
    True
    """

    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return scaled(shape, rng, 2.0, "fan_in", "uniform")


@INITIALIZERS.enter(name="he_normal")
@dataclass(frozen=True)
class HeNormal(Initializer):
    r"""Truncated normal with standard deviation :math:`\sqrt{2 / n_{in}}`: for ReLU.

    Parameters
    ----------
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    References
    ----------
    He, Zhang, Ren & Sun, Delving Deep into Rectifiers, 2015.

    Examples
    --------
    >>> HeNormal()((784, 50)).shape
    (784, 50)
    """

    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return scaled(shape, rng, 2.0, "fan_in", "truncated_normal")


@INITIALIZERS.enter(name="variance_scaling")
@dataclass(frozen=True)
class VarianceScaling(Initializer):
    """Weights of variance :math:`scale / n`: the general form of LeCun's, Glorot's and He's.

    Parameters
    ----------
    scale : float, default 1
        The variance times n, above 0.
    mode : {"fan_in", "fan_out", "fan_avg"}
        What n is: the number of inputs, of units, or their mean.
    distribution : {"truncated_normal", "untruncated_normal", "uniform"}
        The distribution; "normal" is "truncated_normal".
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    Raises
    ------
    InputError
        An argument outside its range.

    Examples
    --------
    >>> VarianceScaling(2.0, "fan_out", "uniform")((784, 50)).shape
    (784, 50)
    """

    scale: float = hyperparameter(1.0, POSITIVE)
    mode: Mode = hyperparameter("fan_in", MODE)
    distribution: Distribution | Literal["normal"] = hyperparameter(
        "truncated_normal", DISTRIBUTION
    )
    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return scaled(shape, rng, self.scale, self.mode, self.distribution)


@INITIALIZERS.enter(name="orthogonal")
@dataclass(frozen=True)
class Orthogonal(Initializer):
    """`gain` times a random matrix whose columns (or rows, where fewer) are orthonormal.

    Such a layer keeps lengths, so that a signal neither grows nor fades however many there are.
    With more than two axes, all but the last become rows.

    Parameters
    ----------
    gain : float, default 1
        The factor.
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    Raises
    ------
    InputError
        `gain` is not a finite number or, when called, the shape has fewer than two axes.

    References
    ----------
    Saxe, McClelland & Ganguli, Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear
    Neural Networks, 2013.

    Examples
    --------
    >>> w = Orthogonal()((5, 3))
    >>> bool(np.allclose(w.T @ w, np.eye(3)))
    True
    """

    gain: float = hyperparameter(1.0, FINITE)
    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        if len(shape) < 2:
            raise InputError(
                message(
                    "Orthogonal makes matrices, of shape (inputs, units), not {shape}", shape=shape
                )
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        # QR leaves the signs of q's columns open; r's diagonal made positive makes q uniform.
        q = q * np.where(np.diagonal(r) < 0.0, -1.0, 1.0)
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


def scaled(
    shape: Shape, rng: np.random.Generator, scale: float, mode: str, distribution: str
) -> Array:
    """Return random weights with mean 0 and variance scale / n, n as `mode` says."""
    fan_in, fan_out = fans(shape)
    n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2.0}[mode]
    variance = scale / n
    if distribution == "uniform":
        limit = math.sqrt(3.0 * variance)
        return rng.uniform(-limit, limit, shape)
    if distribution == "untruncated_normal":
        return math.sqrt(variance) * rng.standard_normal(shape)
    return math.sqrt(variance) / TRUNCATED_STDDEV * standard_truncated_normal(shape, rng)


def fans(shape: Shape) -> tuple[int, int]:
    """Return how many inputs reach a unit, and how many units an input reaches.

    Parameters
    ----------
    shape : tuple of int
        (inputs, units); axes before those two are the window of a convolution, and one axis alone
        is both.

    Returns
    -------
    fan_in, fan_out : int
        The two numbers.

    Examples
    --------
    >>> fans((784, 50)), fans((10,)), fans(())
    ((784, 50), (10, 10), (1, 1))
    """
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


TRUNCATED_STDDEV = 0.87962566103423978
"""The standard deviation of a standard normal variable cut off at -2 and 2."""
