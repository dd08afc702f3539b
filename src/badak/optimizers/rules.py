r"""The update rules: new weights and new slots from the old ones and the gradient.

Each rule is the elementwise formula of its paper, sorted from simple to complex. ``w`` is the
weight, ``g`` the gradient of the loss in it; then come the slots, what a rule remembers of earlier
steps; then numbers that are the same for every weight. What depends on the step alone, such as a
correction of Adam, is worked out by the optimizer and handed in. A rule returns the new weight,
followed by its new slots in the order in which it took them.

Where Keras and a paper differ the rule is Keras's, and says so.
"""

import numpy as np

from badak.typing import Array


def sgd(w: Array, g: Array, learning_rate: float) -> Array:
    r"""Go downhill: :math:`w - \eta g` (Cauchy, 1847; Robbins & Monro, 1951).

    >>> sgd(np.array([1.0, 2.0]), np.array([1.0, -1.0]), learning_rate=0.5)
    array([0.5, 2.5])
    """
    return w - learning_rate * g


def momentum(
    w: Array, g: Array, v: Array, learning_rate: float, momentum: float
) -> tuple[Array, Array]:
    r"""Roll downhill: :math:`v \gets \mu v - \eta g`, then :math:`w + v` (Polyak, 1964).

    ``v`` is the velocity: the last change of the weight.

    >>> momentum(*np.array([[1.0], [2.0], [0.5]]), learning_rate=0.25, momentum=0.5)
    (array([0.75]), array([-0.25]))
    """
    v = momentum * v - learning_rate * g
    return w + v, v


def nesterov(
    w: Array, g: Array, v: Array, learning_rate: float, momentum: float
) -> tuple[Array, Array]:
    r"""Roll, and look ahead: :math:`v \gets \mu v - \eta g`, then :math:`w + \mu v - \eta g`.

    Nesterov, 1983, takes the gradient where the velocity leads to. Here, as in Keras, ``w`` is that
    place already, so that the gradient is the one at the weights themselves (Bengio et al., 2013).

    >>> nesterov(*np.array([[1.0], [2.0], [0.5]]), learning_rate=0.25, momentum=0.5)
    (array([0.375]), array([-0.25]))
    """
    v = momentum * v - learning_rate * g
    return w + momentum * v - learning_rate * g, v


def adagrad(
    w: Array, g: Array, h: Array, learning_rate: float, epsilon: float
) -> tuple[Array, Array]:
    r"""Shorter steps after large gradients: :math:`h \gets h + g^2`, :math:`w - \eta g/\sqrt{h}`.

    Duchi, Hazan & Singer, 2011, add epsilon to the root; Keras, as here, to h inside it.

    >>> adagrad(*np.array([[1.0], [4.0], [0.0]]), learning_rate=0.5, epsilon=0.0)
    (array([0.5]), array([16.]))
    """
    h = h + g * g
    return w - learning_rate * g / np.sqrt(h + epsilon), h


def rmsprop(
    w: Array, g: Array, v: Array, learning_rate: float, rho: float, epsilon: float
) -> tuple[Array, Array]:
    r"""Divide by the root of the recent mean square (Tieleman & Hinton, 2012).

    :math:`v \gets \rho v + (1-\rho) g^2`, then :math:`w - \eta g/\sqrt{v+\epsilon}`, with epsilon
    inside the root as in Keras.

    >>> rmsprop(*np.array([[1.0], [4.0], [0.0]]), learning_rate=0.5, rho=0.75, epsilon=0.0)
    (array([0.]), array([4.]))
    """
    v = rho * v + (1.0 - rho) * g * g
    return w - learning_rate * g / np.sqrt(v + epsilon), v


def rmsprop_momentum(
    w: Array,
    g: Array,
    v: Array,
    m: Array,
    learning_rate: float,
    rho: float,
    epsilon: float,
    momentum: float,
) -> tuple[Array, Array, Array]:
    r"""RMSprop that rolls: its steps add up, :math:`m \gets \mu m + \eta g/\sqrt{v+\epsilon}`.

    >>> rmsprop_momentum(*np.array([[1.0], [4.0], [0.0], [2.0]]),
    ...                  learning_rate=0.5, rho=0.75, epsilon=0.0, momentum=0.5)
    (array([-1.]), array([4.]), array([2.]))
    """
    v = rho * v + (1.0 - rho) * g * g
    m = momentum * m + learning_rate * g / np.sqrt(v + epsilon)
    return w - m, v, m


def rmsprop_centered(
    w: Array, g: Array, v: Array, mean: Array, learning_rate: float, rho: float, epsilon: float
) -> tuple[Array, Array, Array]:
    r"""RMSprop with the variance in place of the mean square (Graves, 2013).

    :math:`w - \eta g/\sqrt{v - \bar g^2 + \epsilon}`. The variance is kept from falling below 0 by
    rounding, where Keras's would give NaN.

    >>> rmsprop_centered(*np.array([[1.0], [2.0], [0.0], [0.0]]),
    ...                  learning_rate=0.5, rho=0.5, epsilon=0.0)
    (array([0.]), array([2.]), array([1.]))
    """
    v = rho * v + (1.0 - rho) * g * g
    mean = rho * mean + (1.0 - rho) * g
    variance = np.maximum(v - mean * mean, 0.0)
    return w - learning_rate * g / np.sqrt(variance + epsilon), v, mean


def rmsprop_centered_momentum(
    w: Array,
    g: Array,
    v: Array,
    mean: Array,
    m: Array,
    learning_rate: float,
    rho: float,
    epsilon: float,
    momentum: float,
) -> tuple[Array, Array, Array, Array]:
    """RMSprop with the variance, and rolling.

    >>> rmsprop_centered_momentum(*np.array([[1.0], [2.0], [0.0], [0.0], [2.0]]),
    ...                           learning_rate=0.5, rho=0.5, epsilon=0.0, momentum=0.5)
    (array([-1.]), array([2.]), array([1.]), array([2.]))
    """
    v = rho * v + (1.0 - rho) * g * g
    mean = rho * mean + (1.0 - rho) * g
    variance = np.maximum(v - mean * mean, 0.0)
    m = momentum * m + learning_rate * g / np.sqrt(variance + epsilon)
    return w - m, v, mean, m


def adadelta(
    w: Array, g: Array, v: Array, u: Array, learning_rate: float, rho: float, epsilon: float
) -> tuple[Array, Array, Array]:
    r"""Steps as long as the recent steps were (Zeiler, 2012).

    :math:`\Delta = g \sqrt{u+\epsilon}/\sqrt{v+\epsilon}`, then :math:`w - \eta \Delta`. ``v`` is
    the recent mean square of the gradient, ``u`` that of :math:`\Delta`. The paper has no learning
    rate; 1 gives its rule.

    >>> adadelta(*np.array([[1.0], [4.0], [0.0], [4.0]]), learning_rate=0.5, rho=0.75, epsilon=0.0)
    (array([-1.]), array([4.]), array([7.]))
    """
    v = rho * v + (1.0 - rho) * g * g
    delta = g * np.sqrt(u + epsilon) / np.sqrt(v + epsilon)
    u = rho * u + (1.0 - rho) * delta * delta
    return w - learning_rate * delta, v, u


def adam(
    w: Array,
    g: Array,
    m: Array,
    v: Array,
    rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Array, Array, Array]:
    r"""Momentum over RMSprop (Kingma & Ba, 2015): :math:`w - \eta_t m/(\sqrt{v} + \epsilon)`.

    ``m`` and ``v`` are the recent means of g and of its square. ``rate`` is
    :math:`\eta_t = \eta \sqrt{1-\beta_2^t}/(1-\beta_1^t)`, which makes up for their start at 0.
    This is the form of the paper's section 2, as in Keras; its Algorithm 1 adds epsilon to the
    corrected root instead.

    >>> adam(*np.array([[1.0], [4.0], [0.0], [0.0]]),
    ...      rate=0.5, beta_1=0.5, beta_2=0.75, epsilon=0.0)
    (array([0.5]), array([2.]), array([4.]))
    """
    m = beta_1 * m + (1.0 - beta_1) * g
    v = beta_2 * v + (1.0 - beta_2) * g * g
    return w - rate * m / (np.sqrt(v) + epsilon), m, v


def adam_amsgrad(
    w: Array,
    g: Array,
    m: Array,
    v: Array,
    v_max: Array,
    rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Array, Array, Array, Array]:
    """Adam over the largest mean square so far, whose root never shrinks (Reddi et al., 2018).

    >>> adam_amsgrad(*np.array([[1.0], [4.0], [0.0], [0.0], [16.0]]),
    ...              rate=0.5, beta_1=0.5, beta_2=0.75, epsilon=0.0)
    (array([0.75]), array([2.]), array([4.]), array([16.]))
    """
    m = beta_1 * m + (1.0 - beta_1) * g
    v = beta_2 * v + (1.0 - beta_2) * g * g
    v_max = np.maximum(v_max, v)
    return w - rate * m / (np.sqrt(v_max) + epsilon), m, v, v_max


def adamax(
    w: Array,
    g: Array,
    m: Array,
    u: Array,
    rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Array, Array, Array]:
    r"""Adam with the largest recent gradient: :math:`u \gets \max(\beta_2 u, |g|)`.

    ``rate`` is :math:`\eta/(1-\beta_1^t)`, and the new weight :math:`w - \eta_t m/(u+\epsilon)`
    (Kingma & Ba, 2015, section 7.1, without the epsilon that Keras adds).

    >>> adamax(*np.array([[1.0], [-2.0], [0.0], [8.0]]),
    ...        rate=0.5, beta_1=0.5, beta_2=0.5, epsilon=0.0)
    (array([1.125]), array([-1.]), array([4.]))
    """
    m = beta_1 * m + (1.0 - beta_1) * g
    u = np.maximum(beta_2 * u, np.abs(g))
    return w - rate * m / (u + epsilon), m, u


def nadam(
    w: Array,
    g: Array,
    m: Array,
    v: Array,
    rate_m: float,
    rate_g: float,
    correction: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Array, Array, Array]:
    r"""Adam that looks ahead, as Nesterov's momentum does (Dozat, 2016).

    With :math:`\mu_t = \beta_1 (1 - 0.96^t/2)` and :math:`P_t` their product up to t, ``rate_m`` is
    :math:`\eta \mu_{t+1}/(1-P_{t+1})`, ``rate_g`` is :math:`\eta (1-\mu_t)/(1-P_t)`, and
    ``correction`` is :math:`1-\beta_2^t`.

    >>> nadam(*np.array([[1.0], [4.0], [0.0], [0.0]]), rate_m=0.5, rate_g=0.25, correction=0.25,
    ...       beta_1=0.5, beta_2=0.75, epsilon=0.0)
    (array([0.5]), array([2.]), array([4.]))
    """
    m = beta_1 * m + (1.0 - beta_1) * g
    v = beta_2 * v + (1.0 - beta_2) * g * g
    return w - (rate_m * m + rate_g * g) / (np.sqrt(v / correction) + epsilon), m, v


def lion(
    w: Array, g: Array, m: Array, learning_rate: float, beta_1: float, beta_2: float
) -> tuple[Array, Array]:
    r"""Every weight moves by the same: the sign of a mean of g (Chen et al., 2023).

    :math:`w - \eta \operatorname{sign}(\beta_1 m + (1-\beta_1) g)`, then
    :math:`m \gets \beta_2 m + (1-\beta_2) g`.

    >>> lion(*np.array([[1.0], [4.0], [-1.0]]), learning_rate=0.5, beta_1=0.9, beta_2=0.5)
    (array([1.5]), array([1.5]))
    """
    direction = np.sign(beta_1 * m + (1.0 - beta_1) * g)
    m = beta_2 * m + (1.0 - beta_2) * g
    return w - learning_rate * direction, m


def decay_weights(w: Array, rate: float, weight_decay: float) -> Array:
    r"""Draw the weights towards 0 before a rule: :math:`w - \eta \lambda w`.

    The decay is decoupled: the gradient knows nothing of it (Loshchilov & Hutter, 2019). ``rate``
    is the learning rate without a rule's corrections.

    >>> decay_weights(np.array([1.0, -2.0]), rate=0.5, weight_decay=0.5)
    array([ 0.75, -1.5 ])
    """
    return w - rate * weight_decay * w
