import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak._common.validation import (
    BELOW_ONE,
    FINITE,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    Flag,
    Interval,
)
from badak._common.validation import check_whole as whole
from badak.errors import InputError


@given(st.floats())
def test_an_interval_holds_what_its_signs_say(x):
    assert (x in NOT_NEGATIVE) == (0.0 <= x < math.inf)
    assert (x in POSITIVE) == (0.0 < x < math.inf)
    assert (x in SHARE) == (0.0 <= x <= 1.0)
    assert (x in BELOW_ONE) == (0.0 <= x < 1.0)
    assert (x in FINITE) == math.isfinite(x)


@pytest.mark.parametrize("wrong", [None, True, "0.5", 1.0, math.nan, [0.5]])
def test_what_lies_outside_is_told_with_its_name_and_range(wrong):
    with pytest.raises(InputError, match=r"the rate must be a number in \[0, 1\), not"):
        BELOW_ONE.check(wrong, "the rate")


def test_numbers_come_back_as_pythons():
    assert type(SHARE.check(np.float32(0.5), "it")) is float
    assert type(SHARE.check(np.int64(1), "it")) is int
    assert Interval(0.0, optional=True).check(None, "it") is None
    assert type(Flag().check(np.True_, "it")) is bool
    with pytest.raises(InputError, match="True or False, not 1"):
        Flag().check(1, "it")


@pytest.mark.parametrize("wrong", [0, -1, 1.0, True, "3", None])
def test_whole_numbers_are_whole_and_large_enough(wrong):
    with pytest.raises(InputError, match="epochs must be a whole number of at least 1"):
        whole(wrong, "epochs")
