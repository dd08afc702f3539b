"""Counter-based random numbers: each depends on a seed, a layer, a step and an index alone.

There is no state to keep. A number is a hash of the element's index and of a key, and the
key that of seed, layer and step; so any part of a batch can be made by itself, in any order, and a
run that was stopped goes on with the numbers that it would have had.

Source: J. Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011, for the idea. The
hashes are cited where they are defined.
"""

import math

import numpy as np

from badak.typing import Array, Shape

Key = tuple[int, int]
"""Two numbers below 2**32; another key is another stream."""


def uniform(index: Array, key: Key) -> Array:
    """Return numbers in [0, 1), evenly spread: multiples of 2**-24, of float32.

    `index` is a uint32 array of any shape, and so is the result.

    >>> uniform(indices((3,)), key_of(seed=0, layer=0, step=1)).round(3)
    array([0.784, 0.825, 0.613], dtype=float32)
    """
    return (hashed(index, key) >> 8).astype(np.float32) * 2.0**-24


def normal(index: Array, key: Key) -> Array:
    """Return normal numbers of mean 0 and deviation 1 in float32, at most 5.77 from 0.

    A point of the plane whose coordinates are normal lies in a direction that is uniform, at a
    distance whose square is exponential; this is one of its coordinates.

    Source: G. Box & M. Muller, A Note on the Generation of Random Normal Deviates, 1958.

    >>> normal(indices((3,)), key_of(seed=0, layer=0, step=1)).round(3)
    array([ 1.019,  1.143, -1.362], dtype=float32)
    """
    distance = np.sqrt(-2.0 * np.log(1.0 - uniform(index, key)))
    direction = 6.283185307179586 * uniform(index, (key[1], key[0]))
    return distance * np.cos(direction)


def hashed(index: Array, key: Key) -> Array:
    """Return 32 bits for each index; under one key no two indices give the same.

    One mixing alone would make streams of neighbouring keys look alike; the second sees to it that
    nothing of that is left.
    """
    return mixed(mixed(index ^ key[0]) ^ key[1])


def mixed(x: Array) -> Array:
    """Return uint32 numbers with every bit spread over all others: a change of one flips half.

    Source: "lowbias32" of C. Wellons, Prospecting for Hash Functions, 2018,
    https://nullprogram.com/blog/2018/07/31/.
    """
    x = (x ^ (x >> 16)) * 0x7FEB352D
    x = (x ^ (x >> 15)) * 0x846CA68B
    return x ^ (x >> 16)


def indices(shape: Shape) -> Array:
    """Return the index of every element of a batch: row * features + column, as uint32.

    >>> indices((2, 3))
    array([[0, 1, 2],
           [3, 4, 5]], dtype=uint32)
    """
    return np.arange(math.prod(shape), dtype=np.uint32).reshape(shape)


def key_of(seed: int, layer: int, step: int, own_seed: int | None = None) -> Key:
    """Return the key of one layer's noise at one step.

    `layer` is its place in the network; a seed of the layer's own replaces `seed`.

    >>> key_of(seed=0, layer=2, step=7) == tuple(keys_of(0, 2, first_step=5, count=4)[2])
    True
    """
    first, second = keys_of(seed, layer, step, 1, own_seed)[0]
    return int(first), int(second)


def keys_of(
    seed: int, layer: int, first_step: int, count: int, own_seed: int | None = None
) -> Array:
    """Return the keys of `count` steps that follow one another, (count, 2), uint32.

    >>> keys_of(seed=0, layer=2, first_step=5, count=4).shape
    (4, 2)
    """
    entropy = np.random.SeedSequence(seed if own_seed is None else own_seed, spawn_key=(layer,))
    start = entropy.generate_state(1, np.uint64)
    steps = np.arange(first_step, first_step + count, dtype=np.uint64)
    keys = split_mix(start, steps)
    return np.stack([keys & 0xFFFFFFFF, keys >> 32], axis=1).astype(np.uint32)


def split_mix(start: Array, steps: Array) -> Array:
    """Return what SplitMix64, seeded with `start`, gives as its number `steps` (the first is 0).

    Source: G. Steele, D. Lea & C. Flood, Fast Splittable Pseudorandom Number Generators, 2014.
    """
    z = start + (steps + 1) * 0x9E3779B97F4A7C15  # uint64, which wraps
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB
    return z ^ (z >> 31)
