import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak import Input, Sequential
from badak._common.memory import LANE, aligned_zeros
from badak.errors import InputError
from badak.layers import Dense
from badak.layers.parameters import Parameters, ParameterSpec

shapes = st.lists(st.integers(1, 40), min_size=1, max_size=3).map(tuple)
specs = st.lists(st.lists(st.tuples(shapes, st.booleans()), max_size=3), min_size=1, max_size=4)


def ones(shape, rng):
    return np.ones(shape)


def of(layers):
    return [
        [
            ParameterSpec(f"w{i}", shape, ones, trainable=trainable)
            for i, (shape, trainable) in enumerate(layer)
        ]
        for layer in layers
    ]


@given(specs)
def test_views_cover_each_weight_once_and_padding_stays_zero(layers):
    parameters = Parameters(of(layers))
    parameters.initialise(seed=0)
    sizes = [int(np.prod(shape)) for layer in layers for shape, _ in layer]
    assert parameters.vector.sum() == sum(sizes)
    assert [segment.size for segment in parameters.segments] != [] or not sizes
    for layer, views in zip(layers, parameters.layers, strict=True):
        assert [view.shape for view in views.values()] == [
            shape for trainable in (True, False) for shape, t in layer if t is trainable
        ]


@given(specs)
def test_every_row_starts_at_a_whole_cache_line(layers):
    parameters = Parameters(of(layers))
    assert parameters.vector.ctypes.data % 64 == 0 or not len(parameters.vector)
    for views in parameters.layers:
        for view in views.values():
            assert view.ctypes.data % 64 == 0
            assert all(stride % 64 == 0 for stride in view.strides[:-1])


@given(specs)
def test_what_is_trained_comes_first(layers):
    parameters = Parameters(of(layers))
    parameters.trainable[...] = 7.0
    for segment in parameters.segments:
        expected = 7.0 if segment.spec.trainable else 0.0
        assert (segment.view(parameters.vector) == expected).all()


def test_each_array_draws_from_a_stream_of_its_own():
    def normal(shape, rng):
        return rng.normal(size=shape)

    one = ParameterSpec("w", (4,), normal)
    alone = Parameters([[one]])
    alone.initialise(seed=3)
    among = Parameters([[one], [one], [one]])
    among.initialise(seed=3)
    assert (alone.layers[0]["w"] == among.layers[0]["w"]).all()
    assert (among.layers[0]["w"] != among.layers[1]["w"]).any()


def test_a_copy_in_float64_holds_the_same_numbers_elsewhere():
    parameters = Parameters(of([[((3, 5), True)]]))
    parameters.initialise(seed=0)
    copy = parameters.copy(np.float64)
    copy.layers[0]["w0"][...] = 2.0
    assert copy.vector.dtype == np.float64
    assert (parameters.layers[0]["w0"] == 1.0).all()


@given(st.integers(0, 5 * LANE))
def test_aligned_zeros_are_aligned(size):
    zeros = aligned_zeros(size)
    assert zeros.shape == (size,)
    assert zeros.dtype == np.float32
    assert not zeros.any()
    assert zeros.ctypes.data % 64 == 0 or not size


@pytest.mark.parametrize("units", [2**40, 2**62, 2**63 - 1])
def test_a_network_larger_than_any_memory_is_refused_by_its_size(units):
    with pytest.raises(InputError, match="weights, which take more memory than there is"):
        Sequential([Input((4,)), Dense(units)])
