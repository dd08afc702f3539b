"""Noise is uniform or normal, independent wherever it is used, and the same wherever it is made."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from badak._common import prng
from badak.engine.compiler import kernels

COUNT = 2**18
INDEX = prng.indices((COUNT,))
KEY = prng.key_of(seed=1, layer=2, step=3)
NEIGHBOURS = {
    "index": (INDEX + 1, KEY),
    "row of 64": (INDEX + 64, KEY),
    "row of 784": (INDEX + 784, KEY),
    "step": (INDEX, prng.key_of(1, 2, 4)),
    "layer": (INDEX, prng.key_of(1, 3, 3)),
    "seed": (INDEX, prng.key_of(2, 2, 3)),
    "seed and step": (INDEX, prng.key_of(3, 2, 1)),
    "own seed": (INDEX, prng.key_of(1, 2, 3, own_seed=9)),
    "key": (INDEX, (KEY[0] + 1, KEY[1])),
    "second key": (INDEX, (KEY[0], KEY[1] ^ 1)),
}
"""What is next to (INDEX, KEY) in one respect or another."""


def probable(result):
    """Tell whether chance alone gives such a result in more than one of ten thousand cases."""
    return result.pvalue > 1e-4


@pytest.mark.parametrize("step", range(5))
def test_uniform_numbers_are_uniform(step):
    u = prng.uniform(INDEX, prng.key_of(0, 0, step))
    assert u.dtype == np.float32
    assert u.min() >= 0.0
    assert u.max() < 1.0
    assert probable(stats.chisquare(np.histogram(u, 256, (0.0, 1.0))[0]))
    assert probable(stats.kstest(u, "uniform"))


@pytest.mark.parametrize("index", [0, 1, 1000])
def test_one_element_is_uniform_over_steps(index):
    keys = prng.keys_of(0, 0, 1, 20_000)
    u = prng.uniform(np.full(len(keys), index, np.uint32), (keys[:, 0], keys[:, 1]))
    assert probable(stats.kstest(u, "uniform"))
    pairs = np.histogram2d(u[:-1], u[1:], 16, [[0.0, 1.0]] * 2)[0]
    assert probable(stats.chisquare(pairs.ravel()))


def test_uniform_numbers_have_24_bits_each_as_often_0_as_1():
    bits = prng.uniform(INDEX, KEY) * 2.0**24
    assert (bits == np.floor(bits)).all()
    ones = [np.mean(bits.astype(np.uint32) >> place & 1) for place in range(24)]
    np.testing.assert_allclose(ones, 0.5, atol=5.0 * 0.5 / np.sqrt(COUNT))


@pytest.mark.parametrize("near", [*NEIGHBOURS, "keys turned about"])
def test_streams_side_by_side_are_independent(near):
    turned = {"keys turned about": (INDEX, KEY[::-1])}  # what `normal` takes its direction from
    first, second = prng.uniform(INDEX, KEY), prng.uniform(*(NEIGHBOURS | turned)[near])
    assert probable(stats.pearsonr(first, second))
    pairs = np.histogram2d(first, second, 64, [[0.0, 1.0]] * 2)[0]
    assert probable(stats.chisquare(pairs.ravel()))


@pytest.mark.parametrize("what", ["index", "key", "second key"])
def test_a_change_of_one_bit_changes_each_bit_in_half_of_all_cases(what):
    index = INDEX[: 2**14]
    before = prng.hashed(index, KEY)
    for place in range(32):
        flip = 1 << place
        after = {
            "index": lambda flip=flip: prng.hashed(index ^ flip, KEY),
            "key": lambda flip=flip: prng.hashed(index, (KEY[0] ^ flip, KEY[1])),
            "second key": lambda flip=flip: prng.hashed(index, (KEY[0], KEY[1] ^ flip)),
        }[what]()
        changed = [np.mean((before ^ after) >> bit & 1) for bit in range(32)]
        np.testing.assert_allclose(changed, 0.5, atol=0.035)


@pytest.mark.parametrize("step", range(5))
def test_normal_numbers_are_normal(step):
    x = prng.normal(INDEX, prng.key_of(0, 0, step))
    assert x.dtype == np.float32
    assert probable(stats.kstest(x, "norm"))
    assert probable(stats.ttest_1samp(x, 0.0))
    assert abs(x.std() - 1.0) < 5.0 / np.sqrt(2.0 * COUNT)
    assert abs(stats.kurtosis(x)) < 5.0 * np.sqrt(24.0 / COUNT)
    assert np.abs(x).max() < 5.78


@pytest.mark.parametrize("near", NEIGHBOURS)
def test_normal_streams_side_by_side_are_independent(near):
    first, second = prng.normal(INDEX, KEY), prng.normal(*NEIGHBOURS[near])
    assert probable(stats.pearsonr(first, second))
    assert probable(stats.pearsonr(first * first, second * second))


def test_the_hash_is_the_published_one():
    def lowbias32(x):
        x ^= x >> 16
        x = x * 0x7FEB352D % 2**32
        x ^= x >> 15
        x = x * 0x846CA68B % 2**32
        return x ^ x >> 16

    for index in (0, 1, 783, 2**32 - 1):
        expected = lowbias32(lowbias32(index ^ KEY[0]) ^ KEY[1])
        assert prng.hashed(np.array([index], np.uint32), KEY)[0] == expected
        assert prng.uniform(np.array([index], np.uint32), KEY)[0] == (expected >> 8) / 2**24


def test_split_mix_gives_the_numbers_that_its_other_implementations_give():
    start = np.array([1234567], np.uint64)
    numbers = prng.split_mix(start, np.arange(5, dtype=np.uint64))
    assert numbers.tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(
    seed=st.integers(0, 2**130),
    layer=st.integers(0, 300),
    first=st.integers(0, 2**40),
    own=st.none() | st.integers(0, 2**64),
)
def test_the_keys_of_many_steps_are_those_of_each(seed, layer, first, own):
    keys = prng.keys_of(seed, layer, first, 4, own)
    assert keys.dtype == np.uint32
    each = [prng.key_of(seed, layer, step, own) for step in range(first, first + 4)]
    assert [tuple(key) for key in keys.tolist()] == each


def test_no_two_of_many_streams_share_a_key():
    keys = [
        prng.keys_of(seed, layer, 0, 1000)
        for seed in (0, 1, 2, 2**32, 2**64, 2**64 + 1)
        for layer in range(5)
    ]
    assert len(np.unique(np.concatenate(keys), axis=0)) == 30_000


def test_a_layers_own_seed_stands_in_the_place_of_the_models():
    assert prng.key_of(1, 2, 3, own_seed=0) == prng.key_of(0, 2, 3)
    assert prng.key_of(1, 2, 3, own_seed=0) == prng.key_of(7, 2, 3, own_seed=0)


def test_an_index_is_row_times_features_plus_column():
    index = prng.indices((4, 2, 3))
    assert index.dtype == np.uint32
    assert index[2, 1, 2] == 2 * 6 + 5


def test_a_part_of_a_batch_gets_what_it_has_in_the_whole():
    index = prng.indices((100, 7))
    for distribution in (prng.uniform, prng.normal):
        whole = distribution(index, KEY)
        part = np.concatenate([distribution(index[row : row + 1], KEY) for row in range(100)])
        np.testing.assert_array_equal(whole, part)


def test_another_process_makes_the_same_numbers():
    script = (
        "import sys; from badak._common import prng; key = prng.key_of(1, 2, 3); "
        "index = prng.indices((1000,)); "
        "sys.stdout.write((prng.uniform(index, key).tobytes() "
        "+ prng.normal(index, key).tobytes()).hex())"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    index = INDEX[:1000]
    here = prng.uniform(index, KEY).tobytes() + prng.normal(index, KEY).tobytes()
    assert bytes.fromhex(result.stdout.decode()) == here


def test_compiled_noise_is_that_of_numpy():
    index = INDEX.astype(np.float32)  # exact below 2**24
    uniform = kernels.elementwise(lambda x: prng.uniform(x.astype(np.uint32), KEY))
    np.testing.assert_array_equal(uniform(index), prng.uniform(INDEX, KEY))
    normal = kernels.elementwise(lambda x: prng.normal(x.astype(np.uint32), KEY))
    np.testing.assert_allclose(normal(index), prng.normal(INDEX, KEY), rtol=0.0, atol=4e-6)
