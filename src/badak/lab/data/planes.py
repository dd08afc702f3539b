"""Points in a plane with classes or numbers, made by formula: each function is NumPy alone.

Their lines also stand in the script that a run is taken away as, so that they use nothing else.
"""

import numpy as np

from badak.typing import Array


def circle(samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Return a disc (class 1) in a ring (class 0)."""
    rng = np.random.default_rng(seed)
    t = rng.permutation(np.arange(samples) % 2)
    radius = np.where(t == 1, rng.uniform(0.0, 0.5, samples), rng.uniform(0.7, 1.0, samples))
    angle = rng.uniform(0.0, 2.0 * np.pi, samples)
    x = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x += noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), t


def xor(samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Return four squares: class 1 where the two numbers have different signs."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.05, 1.0, (samples, 2)) * rng.choice([-1.0, 1.0], (samples, 2))
    t = (x[:, 0] * x[:, 1] < 0.0).astype(np.int64)
    x += noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), t


def gauss(samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Return two clouds, class 1 above on the right; noise makes them wider."""
    rng = np.random.default_rng(seed)
    t = rng.permutation(np.arange(samples) % 2)
    centre = np.where(t == 1, 0.5, -0.5)[:, np.newaxis]
    x = centre + (0.15 + noise) * rng.standard_normal((samples, 2))
    return x.astype(np.float32), t


def spiral(samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Return two arms that wind around each other, one for each class."""
    rng = np.random.default_rng(seed)
    t = rng.permutation(np.arange(samples) % 2)
    along = np.sqrt(rng.uniform(0.01, 1.0, samples))
    angle = along * 3.5 * np.pi + t * np.pi
    x = along[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x += 0.3 * noise * rng.standard_normal(x.shape)
    return x.astype(np.float32), t


def plane(samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Return numbers that rise evenly to the upper right, -1 to 1."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, (samples, 2))
    t = 0.5 * x.sum(axis=1, keepdims=True) + noise * rng.standard_normal((samples, 1))
    return x.astype(np.float32), t.astype(np.float32)


def bumps(samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Return numbers with three hills and three hollows, -1 to 1."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, (samples, 2))
    centres = np.array(
        [[-0.6, 0.4], [0.0, -0.4], [0.6, 0.4], [-0.6, -0.4], [0.0, 0.4], [0.6, -0.4]]
    )
    heights = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
    distances = np.square(x[:, np.newaxis] - centres).sum(axis=2)  # (samples, centres)
    t = (heights * np.exp(-distances / 0.06)).sum(axis=1, keepdims=True)
    t += noise * rng.standard_normal(t.shape)
    return x.astype(np.float32), t.astype(np.float32)
