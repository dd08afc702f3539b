"""JAX: a whole epoch in one compiled scan, weights and moments given up to be written over."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.works import Work

ACTIVATIONS = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7


def sums(weights: Any, x: jax.Array, activation: str) -> jax.Array:
    """Return the last layer's sums, before softmax."""
    *hidden, last = weights
    for kernel, bias in hidden:
        x = ACTIVATIONS[activation](x @ kernel + bias)
    return x @ last[0] + last[1]


def mean_loss(weights: Any, x: jax.Array, y: jax.Array, activation: str) -> jax.Array:
    """Return the mean cross-entropy."""
    logarithms = jax.nn.log_softmax(sums(weights, x, activation))
    return -jnp.mean(jnp.take_along_axis(logarithms, y[:, None], axis=1))


def move(weights: Any, moments: Any, gradient: Any, step: Any, rate: Any) -> Any:
    """Return weights and moments after a step: Adam with moments, else SGD."""
    tree_map = jax.tree.map
    if moments is None:
        return tree_map(lambda w, g: w - rate * g, weights, gradient), None
    m = tree_map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, moments[0], gradient)
    v = tree_map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, moments[1], gradient)
    corrected = rate * jnp.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
    moved = tree_map(lambda w, m, v: w - corrected * m / (jnp.sqrt(v) + EPSILON), weights, m, v)
    return moved, (m, v)


@partial(jax.jit, static_argnames=("activation", "rate", "decay_steps"), donate_argnums=(0, 1))
def epoch(
    weights: Any,
    moments: Any,
    step: jax.Array,
    x: jax.Array,
    y: jax.Array,
    order: jax.Array,  # (steps, batch)
    activation: str,
    rate: float,
    decay_steps: int,
) -> Any:
    """Return weights, moments and number of steps after one epoch, and its mean loss."""

    def one_step(state: Any, chosen: jax.Array) -> Any:
        weights, moments, step = state
        loss, gradient = jax.value_and_grad(mean_loss)(weights, x[chosen], y[chosen], activation)
        falling = rate * (1 - step / decay_steps) if decay_steps else rate
        step = step + 1
        return (*move(weights, moments, gradient, step, falling), step), loss

    (weights, moments, step), losses = jax.lax.scan(one_step, (weights, moments, step), order)
    return weights, moments, step, losses.mean()


@partial(jax.jit, static_argnames="activation")
def probabilities(weights: Any, x: jax.Array, activation: str) -> jax.Array:
    """Return the softmax outputs."""
    return jax.nn.softmax(sums(weights, x, activation))


class Peer:
    def __init__(self, work: Work, threads: int) -> None:
        self.batch = work.batch
        self.activation = work.activation
        self.settings = {"rate": work.learning_rate, "decay_steps": work.decay_steps}
        self.weights = jax.tree.map(jnp.array, work.initial_weights())
        self.moments = None
        if work.optimizer == "adam":
            self.moments = tuple(jax.tree.map(jnp.zeros_like, self.weights) for _ in range(2))
        self.step = jnp.zeros((), jnp.float32)
        self.rng = np.random.default_rng(work.seed)

    def load(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = jnp.asarray(x), jnp.asarray(y, jnp.int32)

    def fit(self, epochs: int) -> float:
        for _ in range(epochs):
            order = self.rng.permutation(len(self.x)).astype(np.int32).reshape(-1, self.batch)
            self.weights, self.moments, self.step, loss = epoch(
                self.weights, self.moments, self.step, self.x, self.y, order,
                activation=self.activation, **self.settings,
            )  # fmt: skip
        return float(loss)

    def native(self, x: np.ndarray) -> jax.Array:
        return jnp.asarray(x)

    def predict(self, x: jax.Array) -> jax.Array:
        return probabilities(self.weights, x, self.activation).block_until_ready()
