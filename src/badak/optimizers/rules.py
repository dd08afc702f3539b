r"""The update rules: new weights and new slots from the old ones and the gradient.

Each rule is the elementwise formula of its paper, sorted from simple to complex. ``w`` is the
weight, ``g`` the gradient of the loss in it; then come the slots, what a rule remembers of earlier
steps; then numbers that are the same for every weight. What depends on the step alone, such as a
correction of Adam, is computed by the optimizer and passed in. A rule returns the new weight,
followed by its new slots in the order in which it took them.

Where Keras and a paper differ the rule is Keras's, and says so.
"""

import numpy as np

from badak.typing import Array


def sgd(w: Array, g: Array, learning_rate: float) -> Array:
    r"""Step against the gradient: :math:`w - \eta g`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    learning_rate : float
        The learning rate, :math:`\eta`.

    Returns
    -------
    array of float
        The new weights.

    References
    ----------
    Cauchy, 1847; Robbins & Monro, A Stochastic Approximation Method, 1951.

    Examples
    --------
    >>> sgd(np.array([1.0, 2.0]), np.array([1.0, -1.0]), learning_rate=0.5)
    array([0.5, 2.5])
    """
    return w - learning_rate * g


def momentum(
    w: Array, g: Array, v: Array, learning_rate: float, momentum: float
) -> tuple[Array, Array]:
    r"""Step with a velocity: :math:`v \gets \mu v - \eta g`, then :math:`w + v`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    v : array of float
        The velocity: the last change of the weights.
    learning_rate : float
        The learning rate, :math:`\eta`.
    momentum : float
        How much of the velocity is kept, :math:`\mu`.

    Returns
    -------
    w, v : arrays of float
        The new weights and velocity.

    References
    ----------
    Polyak, Some Methods of Speeding up the Convergence of Iteration Methods, 1964.

    Examples
    --------
    >>> momentum(*np.array([[1.0], [2.0], [0.5]]), learning_rate=0.25, momentum=0.5)
    (array([0.75]), array([-0.25]))
    """
    v = momentum * v - learning_rate * g
    return w + v, v


def nesterov(
    w: Array, g: Array, v: Array, learning_rate: float, momentum: float
) -> tuple[Array, Array]:
    r"""Momentum that looks ahead: :math:`v \gets \mu v - \eta g`, then :math:`w + \mu v - \eta g`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    v : array of float
        The velocity.
    learning_rate : float
        The learning rate, :math:`\eta`.
    momentum : float
        How much of the velocity is kept, :math:`\mu`.

    Returns
    -------
    w, v : arrays of float
        The new weights and velocity.

    Notes
    -----
    Nesterov takes the gradient where the velocity leads to. Here, as in Keras, ``w`` is that place
    already, so that the gradient is the one at the weights themselves.

    References
    ----------
    Nesterov, 1983; Bengio, Boulanger-Lewandowski & Pascanu, Advances in Optimizing Recurrent
    Networks, 2013.

    Examples
    --------
    >>> nesterov(*np.array([[1.0], [2.0], [0.5]]), learning_rate=0.25, momentum=0.5)
    (array([0.375]), array([-0.25]))
    """
    v = momentum * v - learning_rate * g
    return w + momentum * v - learning_rate * g, v


def adagrad(
    w: Array, g: Array, h: Array, learning_rate: float, epsilon: float
) -> tuple[Array, Array]:
    r"""Shorter steps after large gradients: :math:`h \gets h + g^2`, :math:`w - \eta g/\sqrt{h}`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    h : array of float
        The sum of squared gradients.
    learning_rate : float
        The learning rate, :math:`\eta`.
    epsilon : float
        Added to h inside the root as in Keras; the paper adds it to the root.

    Returns
    -------
    w, h : arrays of float
        The new weights and sum.

    References
    ----------
    Duchi, Hazan & Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization, 2011.

    Examples
    --------
    >>> adagrad(*np.array([[1.0], [4.0], [0.0]]), learning_rate=0.5, epsilon=0.0)
    (array([0.5]), array([16.]))
    """
    h = h + g * g
    return w - learning_rate * g / np.sqrt(h + epsilon), h


def rmsprop(
    w: Array, g: Array, v: Array, learning_rate: float, rho: float, epsilon: float
) -> tuple[Array, Array]:
    r"""Divide by the root of the recent mean square of the gradient.

    :math:`v \gets \rho v + (1-\rho) g^2`, then :math:`w - \eta g/\sqrt{v+\epsilon}`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    v : array of float
        The recent mean square of the gradient.
    learning_rate : float
        The learning rate, :math:`\eta`.
    rho : float
        How much of the mean square is kept, :math:`\rho`.
    epsilon : float
        Added to v inside the root, as in Keras.

    Returns
    -------
    w, v : arrays of float
        The new weights and mean square.

    References
    ----------
    Tieleman & Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012.

    Examples
    --------
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
    r"""RMSprop with momentum: its steps add up, :math:`m \gets \mu m + \eta g/\sqrt{v+\epsilon}`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    v : array of float
        The recent mean square of the gradient.
    m : array of float
        The sum of steps.
    learning_rate : float
        The learning rate, :math:`\eta`.
    rho : float
        How much of the mean square is kept, :math:`\rho`.
    epsilon : float
        Added to v inside the root.
    momentum : float
        How much of the sum of steps is kept, :math:`\mu`.

    Returns
    -------
    w, v, m : arrays of float
        The new weights, mean square and sum of steps.

    Examples
    --------
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
    r"""RMSprop with the variance in place of the mean square.

    :math:`w - \eta g/\sqrt{v - \bar g^2 + \epsilon}`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    v : array of float
        The recent mean square of the gradient.
    mean : array of float
        The recent mean of the gradient, :math:`\bar g`.
    learning_rate : float
        The learning rate, :math:`\eta`.
    rho : float
        How much of the mean square is kept, :math:`\rho`.
    epsilon : float
        Added to the variance inside the root.

    Returns
    -------
    w, v, mean : arrays of float
        The new weights, mean square and mean.

    Notes
    -----
    The variance is limited to 0 from below, where rounding would give NaN in Keras.

    References
    ----------
    Graves, Generating Sequences with Recurrent Neural Networks, 2013.

    Examples
    --------
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
    r"""RMSprop with the variance, and with momentum.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    v : array of float
        The recent mean square of the gradient.
    mean : array of float
        The recent mean of the gradient.
    m : array of float
        The sum of steps.
    learning_rate : float
        The learning rate, :math:`\eta`.
    rho : float
        How much of the mean square is kept, :math:`\rho`.
    epsilon : float
        Added to the variance inside the root.
    momentum : float
        How much of the sum of steps is kept, :math:`\mu`.

    Returns
    -------
    w, v, mean, m : arrays of float
        The new weights, mean square, mean and sum of steps.

    Examples
    --------
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
    r"""Steps as long as the recent steps were.

    :math:`\Delta = g \sqrt{u+\epsilon}/\sqrt{v+\epsilon}`, then :math:`w - \eta \Delta`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    v : array of float
        The recent mean square of the gradient.
    u : array of float
        The recent mean square of :math:`\Delta`.
    learning_rate : float
        The learning rate, :math:`\eta`; the paper has none, and 1 is its rule.
    rho : float
        How much of the mean square is kept, :math:`\rho`.
    epsilon : float
        Added to u and v inside the roots.

    Returns
    -------
    w, v, u : arrays of float
        The new weights and mean squares.

    References
    ----------
    Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012.

    Examples
    --------
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
    r"""Momentum over RMSprop: :math:`w - \eta_t m/(\sqrt{v} + \epsilon)`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    m : array of float
        The recent mean of the gradient.
    v : array of float
        The recent mean of its square.
    rate : float
        :math:`\eta_t = \eta \sqrt{1-\beta_2^t}/(1-\beta_1^t)`, which corrects for the start at 0.
    beta_1, beta_2 : float
        How much of the means is kept, :math:`\beta_1` and :math:`\beta_2`.
    epsilon : float
        Added to the root.

    Returns
    -------
    w, m, v : arrays of float
        The new weights and means.

    Notes
    -----
    This is the form of the paper's section 2, as in Keras; its Algorithm 1 adds epsilon to the
    corrected root instead.

    References
    ----------
    Kingma & Ba, Adam: A Method for Stochastic Optimization, 2015.

    Examples
    --------
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
    r"""Adam over the largest mean square so far, whose root never shrinks.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    m : array of float
        The recent mean of the gradient.
    v : array of float
        The recent mean of its square.
    v_max : array of float
        The largest v so far.
    rate : float
        As for :func:`adam`.
    beta_1, beta_2 : float
        How much of the means is kept, :math:`\beta_1` and :math:`\beta_2`.
    epsilon : float
        Added to the root.

    Returns
    -------
    w, m, v, v_max : arrays of float
        The new weights, means and largest mean square.

    References
    ----------
    Reddi, Kale & Kumar, On the Convergence of Adam and Beyond, 2018.

    Examples
    --------
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

    The new weight is :math:`w - \eta_t m/(u+\epsilon)`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    m : array of float
        The recent mean of the gradient.
    u : array of float
        The largest recent gradient.
    rate : float
        :math:`\eta_t = \eta/(1-\beta_1^t)`.
    beta_1, beta_2 : float
        How much of the means is kept, :math:`\beta_1` and :math:`\beta_2`.
    epsilon : float
        Added to u, as in Keras; the paper has none.

    Returns
    -------
    w, m, u : arrays of float
        The new weights, mean and largest gradient.

    References
    ----------
    Kingma & Ba, Adam: A Method for Stochastic Optimization, 2015, section 7.1.

    Examples
    --------
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
    r"""Adam that looks ahead, as Nesterov's momentum does.

    Here :math:`\mu_t = \beta_1 (1 - 0.96^t/2)`, and :math:`P_t` is their product up to t.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    m : array of float
        The recent mean of the gradient.
    v : array of float
        The recent mean of its square.
    rate_m : float
        :math:`\eta \mu_{t+1}/(1-P_{t+1})`.
    rate_g : float
        :math:`\eta (1-\mu_t)/(1-P_t)`.
    correction : float
        :math:`1-\beta_2^t`.
    beta_1, beta_2 : float
        How much of the means is kept, :math:`\beta_1` and :math:`\beta_2`.
    epsilon : float
        Added to the corrected root.

    Returns
    -------
    w, m, v : arrays of float
        The new weights and means.

    References
    ----------
    Dozat, Incorporating Nesterov Momentum into Adam, 2016.

    Examples
    --------
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
    r"""Move every weight by the same amount: the sign of a mean of g.

    :math:`w - \eta \operatorname{sign}(\beta_1 m + (1-\beta_1) g)`, then
    :math:`m \gets \beta_2 m + (1-\beta_2) g`.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    g : array of float
        The gradient of the loss in them; this and all slots are of the shape of `w`.
    m : array of float
        The recent mean of the gradient.
    learning_rate : float
        The learning rate, :math:`\eta`.
    beta_1, beta_2 : float
        How much of the means is kept, :math:`\beta_1` and :math:`\beta_2`.

    Returns
    -------
    w, m : arrays of float
        The new weights and mean.

    References
    ----------
    Chen et al., Symbolic Discovery of Optimization Algorithms, 2023.

    Examples
    --------
    >>> lion(*np.array([[1.0], [4.0], [-1.0]]), learning_rate=0.5, beta_1=0.9, beta_2=0.5)
    (array([1.5]), array([1.5]))
    """
    direction = np.sign(beta_1 * m + (1.0 - beta_1) * g)
    m = beta_2 * m + (1.0 - beta_2) * g
    return w - learning_rate * direction, m


def decay_weights(w: Array, rate: float, weight_decay: float) -> Array:
    r"""Shrink the weights towards 0 before a rule: :math:`w - \eta \lambda w`.

    The decay is decoupled: it is not part of the gradient.

    Parameters
    ----------
    w : array of float
        The weights, of any shape.
    rate : float
        The learning rate :math:`\eta`, without a rule's corrections.
    weight_decay : float
        The fraction :math:`\lambda`.

    Returns
    -------
    array of float
        The smaller weights, of the shape of `w`.

    References
    ----------
    Loshchilov & Hutter, Decoupled Weight Decay Regularization, 2019.

    Examples
    --------
    >>> decay_weights(np.array([1.0, -2.0]), rate=0.5, weight_decay=0.5)
    array([ 0.75, -1.5 ])
    """
    return w - rate * weight_decay * w
