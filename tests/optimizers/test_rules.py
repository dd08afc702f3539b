"""The first ten steps of every optimizer beside its paper, written out for one plain number.

The paper's recent means are written here as what they are, sums over the whole history, and
not as running updates.
"""

import inspect
from math import prod, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from badak.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    GradientDescent,
    Lion,
    Momentum,
    Nadam,
    Nesterov,
    RMSprop,
    decay_weights,
    rules,
)

STARTS = np.array([-1.5, -0.3, 0.1, 0.7, 2.0])
STEPS = 10


def slope(w):
    """The slope of w^4/4 - w^2/2 + w/2."""
    return w**3 - w + 0.5


def faded_sum(history, share):
    return sum(share**age * h for age, h in enumerate(reversed(history)))


def mean(history, share):
    return (1 - share) * faded_sum(history, share)


def squares(history):
    return [h**2 for h in history]


def walk(start, change, decay=0.0):
    """Take the steps that `change` gives from all gradients so far, off a share of the weight."""
    w, gradients, path = start, [], []
    for _ in range(STEPS):
        gradients.append(slope(w))
        w = (1 - decay) * w + change(gradients)
        path.append(w)
    return path


def descent(start, lr=0.01):
    return walk(start, lambda g: -lr * g[-1])


def polyak(start, lr=0.01, mu=0.9):
    return walk(start, lambda g: -lr * faded_sum(g, mu))


def nesterov_1983(start, lr=0.01, mu=0.9):
    theta, velocity, path = start, 0.0, []
    for _ in range(STEPS):
        velocity = mu * velocity - lr * slope(theta + mu * velocity)
        theta += velocity
        path.append(theta + mu * velocity)  # where the next gradient is taken
    return path


def duchi(start, lr=0.001, first=0.1, epsilon=1e-7):
    return walk(start, lambda g: -lr * g[-1] / sqrt(first + sum(squares(g)) + epsilon))


def hinton(start, lr=0.001, rho=0.9, epsilon=1e-7):
    return walk(start, lambda g: -lr * g[-1] / sqrt(mean(squares(g), rho) + epsilon))


def graves(start, lr=0.001, rho=0.9, epsilon=1e-7):
    def change(g):
        return -lr * g[-1] / sqrt(mean(squares(g), rho) - mean(g, rho) ** 2 + epsilon)

    return walk(start, change)


def rolling(start, plain, mu):
    """Add up the steps of `plain`, each from all gradients so far, as momentum does."""
    return walk(start, lambda g: faded_sum([plain(g[: t + 1]) for t in range(len(g))], mu))


def hinton_rolling(start, lr=0.001, rho=0.9, epsilon=1e-7, mu=0.8):
    return rolling(start, lambda g: -lr * g[-1] / sqrt(mean(squares(g), rho) + epsilon), mu)


def graves_rolling(start, lr=0.001, rho=0.9, epsilon=1e-7, mu=0.8):
    def plain(g):
        return -lr * g[-1] / sqrt(mean(squares(g), rho) - mean(g, rho) ** 2 + epsilon)

    return rolling(start, plain, mu)


def zeiler(start, lr=0.001, rho=0.95, epsilon=1e-7):
    deltas = []

    def change(g):
        ratio = (mean(squares(deltas), rho) + epsilon) / (mean(squares(g), rho) + epsilon)
        deltas.append(-sqrt(ratio) * g[-1])
        return lr * deltas[-1]

    return walk(start, change)


def kingma(start, lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, largest=False, decay=0.0):
    def change(g):
        t = len(g)
        v = [mean(squares(g[: i + 1]), beta_2) for i in range(t)]
        m_hat = mean(g, beta_1) / (1 - beta_1**t)
        v_hat = (max(v) if largest else v[-1]) / (1 - beta_2**t)
        return -lr * m_hat / (sqrt(v_hat) + epsilon / sqrt(1 - beta_2**t))

    return walk(start, change, lr * decay)


def kingma_section_7(start, lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    def change(g):
        u = max(beta_2**age * abs(each) for age, each in enumerate(reversed(g)))
        return -lr / (1 - beta_1 ** len(g)) * mean(g, beta_1) / (u + epsilon)

    return walk(start, change)


def dozat(start, lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    def mu(t):
        return beta_1 * (1 - 0.96**t / 2)

    def change(g):
        t = len(g)
        g_hat = g[-1] / (1 - prod(mu(i) for i in range(1, t + 1)))
        m_hat = mean(g, beta_1) / (1 - prod(mu(i) for i in range(1, t + 2)))
        v_hat = mean(squares(g), beta_2) / (1 - beta_2**t)
        return -lr * ((1 - mu(t)) * g_hat + mu(t + 1) * m_hat) / (sqrt(v_hat) + epsilon)

    return walk(start, change)


def chen(start, lr=0.001, beta_1=0.9, beta_2=0.99):
    def change(g):
        blend = beta_1 * mean(g[:-1], beta_2) + (1 - beta_1) * g[-1]
        return -lr * ((blend > 0) - (blend < 0))

    return walk(start, change)


OPTIMIZERS_AND_PAPERS = [
    (GradientDescent(), descent),
    (SGD(), descent),
    (SGD(momentum=0.9), polyak),
    (SGD(momentum=0.9, nesterov=True), nesterov_1983),
    (Momentum(), polyak),
    (Nesterov(), nesterov_1983),
    (Adagrad(), duchi),
    (RMSprop(), hinton),
    (RMSprop(momentum=0.8), hinton_rolling),
    (RMSprop(centered=True), graves),
    (RMSprop(momentum=0.8, centered=True), graves_rolling),
    (Adadelta(), zeiler),
    (Adam(), kingma),
    (Adam(amsgrad=True), lambda w: kingma(w, largest=True)),
    (Adam(weight_decay=0.1), lambda w: kingma(w, decay=0.1)),
    (AdamW(), lambda w: kingma(w, decay=0.004)),
    (AdamW(amsgrad=True), lambda w: kingma(w, decay=0.004, largest=True)),
    (Adamax(), kingma_section_7),
    (Nadam(), dozat),
    (Lion(), chen),
    (SGD(0.3), lambda w: descent(w, 0.3)),
    (Momentum(0.05, 0.5), lambda w: polyak(w, 0.05, 0.5)),
    (Nesterov(0.05, 0.5), lambda w: nesterov_1983(w, 0.05, 0.5)),
    (Adagrad(0.1, 0.0, 1e-3), lambda w: duchi(w, 0.1, 0.0, 1e-3)),
    (RMSprop(0.1, 0.5, 0.0, 1e-3), lambda w: hinton(w, 0.1, 0.5, 1e-3)),
    (Adadelta(1.0, 0.5, 1e-3), lambda w: zeiler(w, 1.0, 0.5, 1e-3)),
    (Adam(0.1, 0.5, 0.6, 1e-3), lambda w: kingma(w, 0.1, 0.5, 0.6, 1e-3)),
    (Adam(0.1, 0.5, 0.6, 1e-3, True), lambda w: kingma(w, 0.1, 0.5, 0.6, 1e-3, largest=True)),
    (Adamax(0.1, 0.5, 0.6, 1e-3), lambda w: kingma_section_7(w, 0.1, 0.5, 0.6, 1e-3)),
    (Nadam(0.1, 0.5, 0.6, 1e-3), lambda w: dozat(w, 0.1, 0.5, 0.6, 1e-3)),
    (Lion(0.1, 0.5, 0.6), lambda w: chen(w, 0.1, 0.5, 0.6)),
]
EVERY_OPTIMIZER = [optimizer for optimizer, _ in OPTIMIZERS_AND_PAPERS]
EVERY_RULE = sorted({o.rule for o in EVERY_OPTIMIZER}, key=lambda rule: rule.__name__)

each_optimizer = pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=repr)


def ten_steps(optimizer, dtype=np.float64):
    """Return the weights after each step, (STEPS, weights), from `STARTS`."""
    w = STARTS.astype(dtype)
    slots = optimizer.make_slots(w)
    path = []
    for step in range(1, STEPS + 1):
        optimizer.apply(w, slope(w), slots, step)
        path.append(w.copy())
    return np.array(path)


@pytest.mark.parametrize(
    ("optimizer", "paper"), OPTIMIZERS_AND_PAPERS, ids=[repr(each) for each in EVERY_OPTIMIZER]
)
def test_the_first_ten_steps_are_the_papers(optimizer, paper):
    expected = np.transpose([paper(float(start)) for start in STARTS])
    np.testing.assert_allclose(ten_steps(optimizer), expected, rtol=1e-12, atol=1e-13)


@each_optimizer
def test_float32_walks_beside_float64(optimizer):
    path = ten_steps(optimizer, np.float32)
    assert path.dtype == np.float32
    np.testing.assert_allclose(path, ten_steps(optimizer), rtol=1e-4, atol=1e-5)


numbers = st.floats(-1e3, 1e3)


@each_optimizer
@given(w=arrays(np.float64, 4, elements=numbers), step=st.integers(1, 10**6))
def test_a_zero_gradient_leaves_fresh_weights_where_they_are(optimizer, w, step):
    slots = optimizer.make_slots(w)
    new = optimizer.rule(w, np.zeros(4), *slots.values(), **optimizer.scalars(step))
    np.testing.assert_array_equal(new[0] if slots else new, w)


@each_optimizer
@given(
    w=arrays(np.float64, 4, elements=numbers),
    g=arrays(np.float64, 4, elements=numbers),
    kept=arrays(np.float64, (3, 4), elements=st.floats(0.0, 1e3)),
    step=st.integers(1, 10**6),
)
def test_a_rule_does_to_each_weight_what_it_does_to_it_alone(optimizer, w, g, kept, step):
    scalars = optimizer.scalars(step)
    columns = np.array([w, g, *kept[: len(optimizer.slots)]])
    together = np.atleast_2d(optimizer.rule(*columns, **scalars))
    alone = [np.atleast_1d(optimizer.rule(*column, **scalars)) for column in columns.T]
    np.testing.assert_array_equal(together, np.transpose(alone))


@pytest.mark.parametrize("rule", [*EVERY_RULE, decay_weights])
def test_a_rule_is_made_of_float_literals_and_elementwise_functions(rule):
    code = rule.__code__
    assert all(isinstance(c, float) for c in code.co_consts if c not in (None, rule.__doc__))
    assert set(code.co_names) <= {"np", "sqrt", "abs", "sign", "maximum", "minimum"}
    assert not code.co_freevars


def test_the_optimizers_use_every_rule_there_is():
    written = {f for _, f in inspect.getmembers(rules, inspect.isfunction)}
    assert set(EVERY_RULE) | {decay_weights} == written


@given(g=st.floats(1e-3, 1e6), sign=st.sampled_from([-1.0, 1.0]))
def test_adams_first_step_is_one_learning_rate_whatever_the_gradient(g, sign):
    w = np.zeros(1)
    Adam(0.01).apply(w, np.array([sign * g]), Adam().make_slots(w), step=1)
    assert w[0] == pytest.approx(-sign * 0.01, rel=1e-2)


def test_gradient_descent_zigzags_in_a_narrow_valley_as_its_closed_form_does():
    # f(x, y) = x^2/20 + y^2: each step multiplies x by 1 - 0.1 eta and y by 1 - 2 eta.
    w, eta = np.array([-7.0, 2.0]), 0.95
    for step in range(1, 31):
        SGD(eta).apply(w, w * [0.1, 2.0], {}, step)
        expected = [-7.0 * (1 - 0.1 * eta) ** step, 2.0 * (1 - 2 * eta) ** step]
        np.testing.assert_allclose(w, expected, rtol=1e-12)


def test_weight_decay_alone_shrinks_weights_by_one_factor_a_step():
    w = STARTS.copy()
    optimizer = SGD(0.1, weight_decay=0.5)
    for step in range(1, STEPS + 1):
        optimizer.apply(w, np.zeros_like(w), {}, step)
    np.testing.assert_allclose(w, STARTS * 0.95**STEPS, rtol=1e-12)


def test_decoupled_decay_does_not_depend_on_how_large_the_gradient_was():
    fresh = [np.array([1.0]), np.array([1.0])]
    for w, g in zip(fresh, (1.0, 1e6), strict=True):
        AdamW(0.1, weight_decay=0.5, epsilon=1e-30).apply(
            w, np.array([g]), AdamW().make_slots(w), step=1
        )
    np.testing.assert_allclose(*fresh, rtol=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_centred_rmsprop_outlives_a_long_constant_gradient_in_float32(momentum):
    # v and mean^2 grow equal, and their difference in float32 is rounding noise of either sign
    optimizer = RMSprop(momentum=momentum, centered=True)
    w = np.zeros(64, np.float32)
    g = np.linspace(1e2, 1e4, 64, dtype=np.float32)
    slots = optimizer.make_slots(w)
    below = False
    for step in range(1, 501):
        optimizer.apply(w, g, slots, step)
        below |= bool((slots["v"] - slots["mean"] ** 2 < -optimizer.epsilon).any())
    assert below
    assert np.isfinite(w).all()


def test_nadams_product_of_momenta_is_that_of_the_whole_history():
    optimizer, product = Nadam(beta_1=0.9999), 1.0
    for step in range(1, 3001):
        mu = 0.9999 * (1 - 0.5 * 0.96**step)
        product *= mu
        rate_g = optimizer.scalars(step)["rate_g"]
        assert rate_g == pytest.approx(0.001 * (1 - mu) / (1 - product), rel=1e-9)
