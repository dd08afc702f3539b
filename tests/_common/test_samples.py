import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak._common.samples import check_samples, check_weights
from badak.engine.machine.threads import each
from badak.errors import InputError


def test_a_good_array_is_handed_on_uncopied():
    x = np.zeros((3, 4), dtype=np.uint8)
    assert check_samples(x, (4,)) is x


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros((3, 5)), r"x is of shape \(3, 5\), but the network takes \(samples, 4\)"),
        (np.zeros(4), r"x\[np.newaxis\]"),
        (np.zeros((3, 2, 2)), r"x.reshape\(-1, 4\)"),
        (np.zeros((0, 4)), "no samples"),
        (np.float64(3.0), "no samples"),
        ([["a", "b", "c", "d"]], "numbers"),
        (np.array([[1.0, [2.0]]], dtype=object), "unequal length"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(x, said):
    with pytest.raises(InputError, match=said):
        check_samples(x, (4,))


@given(
    row=st.integers(0, 9999),
    column=st.integers(0, 2),
    bad=st.sampled_from([np.nan, np.inf, -np.inf, 1e300]),
)
def test_the_first_number_that_float32_cannot_hold_is_named(row, column, bad):
    x = np.zeros((10000, 3))
    x[row, column] = bad
    x[-1, -1] = bad  # which comes later, or is the one
    for way in (map, each):
        with pytest.raises(InputError, match=rf"x\[{row}, {column}\] is"):
            check_samples(x, each=way)


def test_sample_weights_are_one_for_each_sample_and_not_negative():
    x = np.zeros((2, 3))
    assert check_weights([[1], [2]], x).tolist() == [1.0, 2.0]
    for wrong in ([1.0], [1.0, -1.0], [1.0, np.nan], np.ones((2, 2))):
        with pytest.raises(InputError, match="sample_weight"):
            check_weights(wrong, x)
