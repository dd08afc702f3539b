r"""Losses for probabilities: cross-entropies, focal losses, the Kullback-Leibler divergence.

Each cross-entropy has two forms: from probabilities y, and from logits (the sums x before sigmoid
or softmax), where value and slope are stable for any x and the slope is simply y - t. A network
whose last activation is sigmoid or softmax is trained by the second form.

Probabilities are kept between 1e-7 and 1 - 1e-7 before their logarithm is taken, as in Keras.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from badak._common.floats import widened
from badak._common.hyperparameters import hyperparameter, within
from badak._common.validation import NOT_NEGATIVE, SHARE, Flag
from badak.activations import log_softmax, sigmoid, softmax
from badak.losses.base import Formula, Loss
from badak.losses.registry import LOSSES
from badak.typing import Array

LEAST = 1e-7
MOST = 1.0 - 1e-7
TINY = 1e-30  # what keeps a quotient and a power below zero finite


def clipped(y: Array) -> Array:
    return np.minimum(np.maximum(y, LEAST), MOST)


def inside(y: Array) -> Array:
    """Return 1 where y is not clipped, else 0, in the type of y."""
    return np.where(np.abs(y - 0.5) <= 0.5 - LEAST, 1.0, 0.0 * y)


def binary_cross_entropy(y: Array, t: Array) -> Array:
    p = clipped(y)
    return -(t * np.log(p) + (1.0 - t) * np.log1p(-p))


def binary_cross_entropy_slope(y: Array, t: Array) -> Array:
    p = clipped(y)
    return inside(y) * (p - t) / (p * (1.0 - p))


def binary_cross_entropy_of_logits(x: Array, t: Array) -> Array:
    # softplus(x) - t x, in the order in which nothing cancels where the answer is surely right
    return np.maximum(x, 0.0) - t * x + np.log1p(np.exp(-1.0 * np.abs(x)))


def binary_cross_entropy_of_logits_slope(x: Array, t: Array) -> Array:
    return sigmoid(x) - t


@LOSSES.enter("bce")
@dataclass(frozen=True, repr=False)
class BinaryCrossentropy(Loss):
    """The mean of -(t log y + (1 - t) log(1 - y)), for targets from 0 to 1.

    Parameters
    ----------
    from_logits : bool, default False
        Whether predictions are logits, the sums before sigmoid, and not probabilities.
    label_smoothing : float, default 0
        How far targets are drawn towards one half, from 0 to 1 (all the way).

    Raises
    ------
    InputError
        `label_smoothing` is not in [0, 1].

    References
    ----------
    Cox, The Regression Analysis of Binary Sequences, 1958.

    Examples
    --------
    >>> round(BinaryCrossentropy()([[1.0, 0.0]], [[0.5, 0.5]]), 6)
    0.693147
    """

    from_logits: bool = hyperparameter(False, Flag())
    label_smoothing: float = hyperparameter(0.0, SHARE)

    name = "binary_crossentropy"
    targets = "shares"
    needs_probabilities = True
    probabilities = Formula(
        binary_cross_entropy,
        binary_cross_entropy_slope,
        latex=r"L = -\frac{1}{n} \sum_k (t_k \log y_k + (1 - t_k) \log(1 - y_k))",
        slope_latex=r"\frac{1}{n} \frac{y_k - t_k}{y_k (1 - y_k)}",
        source="Cox, The Regression Analysis of Binary Sequences, 1958",
    )
    logits = Formula(
        binary_cross_entropy_of_logits,
        binary_cross_entropy_of_logits_slope,
        latex=r"L = \frac{1}{n} \sum_k (\log(1 + e^{x_k}) - t_k x_k)",
        slope_latex=r"\frac{1}{n} (\sigma(x_k) - t_k)",
        source="Cox, The Regression Analysis of Binary Sequences, 1958",
    )

    @property
    def formula(self) -> Formula:  # type: ignore[override]
        """The form from logits or the form from probabilities."""
        return self.logits if self.from_logits else self.probabilities

    def prepare(self, t: Array, y: Array) -> Array:
        """Draw the targets towards one half by the share `label_smoothing`."""
        t = t.astype(y.dtype, copy=False)
        return t * (1.0 - self.label_smoothing) + 0.5 * self.label_smoothing

    def on_logits(self, activation: str) -> Loss | None:
        """Return the form from logits, if a sigmoid comes before."""
        return replace(self, from_logits=True) if activation == "sigmoid" else None


def binary_focal(y: Array, t: Array, gamma: float = 2.0) -> Array:
    p = clipped(y)
    missed = t * (1.0 - p) + (1.0 - t) * p  # 1 less the probability given to the right answer
    return missed**gamma * binary_cross_entropy(y, t)


def binary_focal_slope(y: Array, t: Array, gamma: float = 2.0) -> Array:
    p = clipped(y)
    missed = t * (1.0 - p) + (1.0 - t) * p
    easing = gamma * missed ** (gamma - 1.0) * (1.0 - 2.0 * t) * binary_cross_entropy(y, t)
    return inside(y) * easing + missed**gamma * binary_cross_entropy_slope(y, t)


def binary_focal_of_logits(x: Array, t: Array, gamma: float = 2.0) -> Array:
    missed = t * sigmoid(-x) + (1.0 - t) * sigmoid(x)
    return missed**gamma * binary_cross_entropy_of_logits(x, t)


def binary_focal_of_logits_slope(x: Array, t: Array, gamma: float = 2.0) -> Array:
    y = sigmoid(x)
    missed = np.maximum(t * sigmoid(-x) + (1.0 - t) * y, TINY)
    easing = (1.0 - 2.0 * t) * y * sigmoid(-x) * binary_cross_entropy_of_logits(x, t)
    return gamma * missed ** (gamma - 1.0) * easing + missed**gamma * (y - t)


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class BinaryFocalCrossentropy(BinaryCrossentropy):
    """Binary cross-entropy times (1 - p)^gamma, p being the probability of the right answer.

    Parameters
    ----------
    apply_class_balancing : bool, default False
        Whether samples of class 1 count `alpha`, and those of class 0 count 1 - alpha.
    alpha : float, default 0.25
        The weight of class 1, where classes are balanced.
    gamma : float, default 2
        How strongly samples that are already right are weighted down; 0 is plain cross-entropy.
    from_logits, label_smoothing
        As for :class:`BinaryCrossentropy`; by keyword only.

    Raises
    ------
    InputError
        `label_smoothing` is not in [0, 1], or `alpha` or `gamma` is below 0.

    References
    ----------
    Lin et al., Focal Loss for Dense Object Detection, 2017.

    Examples
    --------
    >>> round(BinaryFocalCrossentropy(gamma=1.0)([[1.0]], [[0.5]]), 6)
    0.346574
    """

    apply_class_balancing: bool = hyperparameter(False, Flag())
    alpha: float = hyperparameter(0.25, NOT_NEGATIVE)
    gamma: float = hyperparameter(2.0, NOT_NEGATIVE)
    # by name only, as Keras has them after these
    from_logits: bool = field(default=False, metadata=within(Flag()), kw_only=True)
    label_smoothing: float = field(default=0.0, metadata=within(SHARE), kw_only=True)

    name = "binary_focal_crossentropy"
    probabilities = Formula(
        binary_focal,
        binary_focal_slope,
        latex=r"L = -\frac{1}{n} \sum_k (1 - p_k)^\gamma \log p_k",
        source="Lin et al., Focal Loss for Dense Object Detection, 2017",
    )
    logits = Formula(
        binary_focal_of_logits,
        binary_focal_of_logits_slope,
        latex=r"L = -\frac{1}{n} \sum_k (1 - p_k)^\gamma \log p_k",
        source="Lin et al., Focal Loss for Dense Object Detection, 2017",
    )

    @property
    def parameters(self) -> Mapping[str, float]:
        """How fast what is right loses its weight."""
        return {"gamma": self.gamma}

    def rows(self, y: Array, t: Array) -> Array:
        """Return the loss of each sample, (batch,)."""
        y = widened(y)
        values = self.formula.value(y, self.prepare(t, y), **self.parameters)
        return (self._balance(t, y) * values).mean(axis=-1)

    def gradient(self, y: Array, t: Array) -> Array:
        """Return each sample's gradient in y, (batch, units)."""
        return self._balance(t, y) * super().gradient(y, t)

    def _balance(self, t: Array, y: Array) -> Array | float:
        if not self.apply_class_balancing:
            return 1.0
        t = self.prepare(t, y)
        return t * self.alpha + (1.0 - t) * (1.0 - self.alpha)


def total(y: Array) -> Array:
    """Return the sum of each row, (batch, 1); a row of zeros, which is no answer, stays finite."""
    return np.maximum(np.sum(y, axis=-1, keepdims=True), TINY)


def cross_entropy(y: Array, t: Array) -> Array:
    p = clipped(y / total(y))
    return -np.sum(t * np.log(p), axis=-1)


def cross_entropy_slope(y: Array, t: Array) -> Array:
    p = y / total(y)
    s = inside(p) * t / clipped(p)
    return (np.sum(s * p, axis=-1, keepdims=True) - s) / total(y)


def cross_entropy_of_logits(x: Array, t: Array) -> Array:
    return -np.sum(t * log_softmax(x), axis=-1)


def cross_entropy_of_logits_slope(x: Array, t: Array) -> Array:
    return softmax(x) * np.sum(t, axis=-1, keepdims=True) - t


def _smoothed(t: Array, share: float) -> Array:
    return t * (1.0 - share) + share / t.shape[-1]


@LOSSES.enter("cce", "cross_entropy")
@dataclass(frozen=True, repr=False)
class CategoricalCrossentropy(Loss):
    """The cross-entropy -sum t log y, for one-hot targets.

    Parameters
    ----------
    from_logits : bool, default False
        Whether predictions are logits, the sums before softmax, and not probabilities.
    label_smoothing : float, default 0
        How far targets are drawn towards the mean over the classes, from 0 to 1 (all the way).

    Raises
    ------
    InputError
        `label_smoothing` is not in [0, 1].

    References
    ----------
    Shannon, A Mathematical Theory of Communication, 1948; Bridle, Probabilistic Interpretation of
    Feedforward Classification Network Outputs, 1990.

    Examples
    --------
    >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]), 6)
    0.693147
    """

    from_logits: bool = hyperparameter(False, Flag())
    label_smoothing: float = hyperparameter(0.0, SHARE)

    name = "categorical_crossentropy"
    targets = "distribution"
    needs_probabilities = True
    probabilities = Formula(
        cross_entropy,
        cross_entropy_slope,
        over_units="row",
        latex=r"L = -\sum_k t_k \log y_k",
        slope_latex=r"-\frac{t_k}{y_k}",
        source="Shannon, 1948; Bridle, 1990",
    )
    logits = Formula(
        cross_entropy_of_logits,
        cross_entropy_of_logits_slope,
        over_units="row",
        latex=r"L = \log \sum_i e^{x_i} - \sum_k t_k x_k",
        slope_latex=r"\mathrm{softmax}(x)_k - t_k",
        source="Bridle, 1990",
    )

    @property
    def formula(self) -> Formula:  # type: ignore[override]
        """The form from logits or the form from probabilities."""
        return self.logits if self.from_logits else self.probabilities

    def prepare(self, t: Array, y: Array) -> Array:
        """Spread the share `label_smoothing` of each target evenly over the classes."""
        return _smoothed(t.astype(y.dtype, copy=False), self.label_smoothing)

    def on_logits(self, activation: str) -> Loss | None:
        """Return the form from logits, if a softmax comes before."""
        return replace(self, from_logits=True) if activation == "softmax" else None


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class SparseCategoricalCrossentropy(Loss):
    """The cross-entropy of :class:`CategoricalCrossentropy` for labels 0, 1, 2, ...

    The target of a sample is the number of its class, not a one-hot row.

    Parameters
    ----------
    from_logits : bool, default False
        Whether predictions are logits, the sums before softmax, and not probabilities.
    label_smoothing : float, default 0
        The share s of each target that is spread evenly over all n classes, from 0 to 1: the right
        class has 1 - s + s/n, each other one s/n. Keras has it for one-hot targets only; PyTorch's
        ``CrossEntropyLoss`` has it for labels as well.

    Raises
    ------
    InputError
        `label_smoothing` is not in [0, 1].

    References
    ----------
    Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016, section 7, for
    label smoothing.

    Examples
    --------
    >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 6)
    0.693147
    >>> round(SparseCategoricalCrossentropy(label_smoothing=0.2)([1], [[0.1, 0.9]]), 6)
    0.325083
    """

    from_logits: bool = hyperparameter(False, Flag())
    label_smoothing: float = hyperparameter(0.0, SHARE)

    name = "sparse_categorical_crossentropy"
    targets = "labels"
    needs_probabilities = True

    @property
    def formula(self) -> Formula:  # type: ignore[override]
        """The formula of :class:`CategoricalCrossentropy`."""
        one_hot = CategoricalCrossentropy
        return one_hot.logits if self.from_logits else one_hot.probabilities

    def prepare(self, t: Array, y: Array) -> Array:
        """Return the labels as one-hot rows, smoothed by the share `label_smoothing`."""
        one_hot = (t[:, np.newaxis] == np.arange(y.shape[-1])).astype(y.dtype)
        return _smoothed(one_hot, self.label_smoothing) if self.label_smoothing else one_hot

    def on_logits(self, activation: str) -> Loss | None:
        """Return the form from logits, if a softmax comes before."""
        return replace(self, from_logits=True) if activation == "softmax" else None


def focal(y: Array, t: Array, alpha: float = 0.25, gamma: float = 2.0) -> Array:
    p = clipped(y / total(y))
    return -np.sum(alpha * t * (1.0 - p) ** gamma * np.log(p), axis=-1)


def focal_slope(y: Array, t: Array, alpha: float = 0.25, gamma: float = 2.0) -> Array:
    p = y / total(y)
    q = clipped(p)
    easing = (1.0 - q) ** gamma / q - gamma * (1.0 - q) ** (gamma - 1.0) * np.log(q)
    s = inside(p) * alpha * t * easing
    return (np.sum(s * p, axis=-1, keepdims=True) - s) / total(y)


def focal_of_logits(x: Array, t: Array, alpha: float = 0.25, gamma: float = 2.0) -> Array:
    return -np.sum(alpha * t * (1.0 - softmax(x)) ** gamma * log_softmax(x), axis=-1)


def focal_of_logits_slope(x: Array, t: Array, alpha: float = 0.25, gamma: float = 2.0) -> Array:
    y = softmax(x)
    missed = np.maximum(1.0 - y, TINY)
    easing = missed**gamma - gamma * y * missed ** (gamma - 1.0) * log_softmax(x)
    s = alpha * t * easing
    return y * np.sum(s, axis=-1, keepdims=True) - s


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class CategoricalFocalCrossentropy(CategoricalCrossentropy):
    """Cross-entropy times alpha (1 - y)^gamma: samples that are already right count little.

    Parameters
    ----------
    alpha : float, default 0.25
        A factor of the whole loss.
    gamma : float, default 2
        How strongly samples that are already right are weighted down; 0 is plain cross-entropy.
    from_logits, label_smoothing
        As for :class:`CategoricalCrossentropy`; by keyword only.

    Raises
    ------
    InputError
        `label_smoothing` is not in [0, 1], or `alpha` or `gamma` is below 0.

    References
    ----------
    Lin et al., Focal Loss for Dense Object Detection, 2017.

    Examples
    --------
    >>> round(CategoricalFocalCrossentropy(alpha=1.0, gamma=1.0)([[0.0, 1.0]], [[0.5, 0.5]]), 6)
    0.346574
    """

    alpha: float = hyperparameter(0.25, NOT_NEGATIVE)
    gamma: float = hyperparameter(2.0, NOT_NEGATIVE)
    # by name only, as Keras has them after these
    from_logits: bool = field(default=False, metadata=within(Flag()), kw_only=True)
    label_smoothing: float = field(default=0.0, metadata=within(SHARE), kw_only=True)

    name = "categorical_focal_crossentropy"
    probabilities = Formula(
        focal,
        focal_slope,
        over_units="row",
        latex=r"L = -\alpha \sum_k t_k (1 - y_k)^\gamma \log y_k",
        source="Lin et al., Focal Loss for Dense Object Detection, 2017",
    )
    logits = Formula(
        focal_of_logits,
        focal_of_logits_slope,
        over_units="row",
        latex=r"L = -\alpha \sum_k t_k (1 - y_k)^\gamma \log y_k",
        source="Lin et al., Focal Loss for Dense Object Detection, 2017",
    )

    @property
    def parameters(self) -> Mapping[str, float]:
        """The weight, and how fast what is right loses it."""
        return {"alpha": self.alpha, "gamma": self.gamma}


def kl_divergence(y: Array, t: Array) -> Array:
    p = np.minimum(np.maximum(t, LEAST), 1.0)
    return p * (np.log(p) - np.log(np.minimum(np.maximum(y, LEAST), 1.0)))


def kl_divergence_slope(y: Array, t: Array) -> Array:
    q = np.minimum(np.maximum(y, LEAST), 1.0)
    return np.where(q == y, -np.maximum(t, LEAST) / q, 0.0 * y)


@LOSSES.enter("kld", "kullback_leibler_divergence")
@dataclass(frozen=True, repr=False)
class KLDivergence(Loss):
    """The Kullback-Leibler divergence sum t log(t / y) of the distribution y from t.

    References
    ----------
    Kullback & Leibler, On Information and Sufficiency, 1951.

    Examples
    --------
    >>> round(KLDivergence()([[0.0, 1.0]], [[0.5, 0.5]]), 5)
    0.69315
    """

    name = "kl_divergence"
    targets = "distribution"
    needs_probabilities = True
    formula = Formula(
        kl_divergence,
        kl_divergence_slope,
        over_units="sum",
        latex=r"L = \sum_k t_k \log \frac{t_k}{y_k}",
        slope_latex=r"-\frac{t_k}{y_k}",
        source="Kullback & Leibler, On Information and Sufficiency, 1951",
    )
