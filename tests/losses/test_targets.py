"""Targets at the door: what is taken, and what each refusal says."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from badak import losses
from badak.errors import InputError
from badak.losses import LOSSES, check_targets
from badak.utils import to_categorical

KINDS = ["values", "not_negative", "shares", "signs", "distribution", "labels"]
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, np.float32, bool])
def test_labels_become_whole_numbers(dtype):
    given_labels = np.array([1, 0, 1, 1], dtype=dtype)
    for t in (given_labels, given_labels[:, np.newaxis], given_labels.tolist()):
        labels = check_targets(t, "labels", 3, "loss")
        assert labels.dtype == np.int64
        assert labels.tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize("kind", ["values", "not_negative", "shares", "distribution"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.float32, np.float64, bool])
def test_other_targets_become_floats_in_rows(kind, dtype):
    t = np.eye(3)[[0, 2, 1, 1]].astype(dtype)
    rows = check_targets(t, kind, 3, "loss")
    assert rows.dtype.kind == "f"
    np.testing.assert_array_equal(rows, t)
    assert check_targets(t[:, 1], "shares", 1, "loss").shape == (4, 1)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]), (4, 2), elements=st.floats(-9, 9, width=16)
    )
)
def test_good_floats_pass_as_they_are(t):
    assert check_targets(t, "values", 2, "loss") is t
    assert check_targets(np.abs(t), "not_negative", 2, "loss").dtype == t.dtype
    np.testing.assert_array_equal(check_targets(np.abs(t) / 9, "shares", 2, "loss"), np.abs(t) / 9)


def test_rows_sum_to_one_within_a_thousandth():
    for total in (0.9991, 1.0009):
        assert check_targets([[0.5, total - 0.5]], "distribution", 2, "loss").shape == (1, 2)
    for total in (0.9989, 1.0011):
        with pytest.raises(InputError, match="row 1 sums to"):
            check_targets([[0.5, 0.5], [0.5, total - 0.5]], "distribution", 2, "loss")
    assert check_targets([1, 1], "distribution", 1, "loss").tolist() == [[1], [1]]


def test_signs_may_be_zero_and_one():
    signs = np.array([[-1.0, 1.0], [1.0, 1.0]])
    for t in (signs, (signs + 1) / 2, signs > 0, signs.astype(int)):
        np.testing.assert_array_equal(check_targets(t, "signs", 2, "hinge"), signs)


@given(st.integers(2, 50), st.integers(-(2**63), 2**64 - 1))
@example(units=3, label=3)
@example(units=3, label=-1)
@example(units=3, label=2**63 + 1)
def test_a_label_out_of_range_is_named_with_its_place_and_the_classes(units, label):
    t = np.array([0, units - 1, label], np.uint64 if label >= 2**63 else np.int64)
    if 0 <= label < units:
        assert check_targets(t, "labels", units, "loss").tolist() == t.tolist()
        return
    message = f"target 2 is class {label}, .* has {units} units, for the classes 0 to {units - 1};"
    with pytest.raises(InputError, match=message):
        check_targets(t, "labels", units, "loss")


@every_kind
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_named_with_its_place(kind, bad):
    t = np.zeros((3, 2))
    t[1, 1] = bad
    with pytest.raises(InputError, match=rf"the target at \(1, 1\) is {bad}; remove or fill"):
        check_targets(t, kind, 2, "loss")


@every_kind
@pytest.mark.parametrize("names", [["cat", "dog"], [b"cat"], [1j]])
def test_names_are_no_numbers(kind, names):
    with pytest.raises(InputError, match=r"targets must be numbers, not .*np\.unique"):
        check_targets(names, kind, 2, "loss")


@every_kind
def test_a_missing_target_is_named_with_its_place(kind):
    with pytest.raises(InputError, match=r"the targets\[0\] is None, a missing value"):
        check_targets([None, 1], kind, 2, "loss")


REFUSALS = [
    ("labels", 3, [0, 1.5], r"takes whole class numbers, but target 1 is 1\.5"),
    ("labels", 3, [0, 1e300], "target 1 is class 1000000000"),
    ("labels", 3, np.eye(3), r"targets are of shape \(3, 3\): for one-hot.*'categorical_crossent"),
    ("labels", 3, np.zeros((4, 5)), r"takes labels of shape \(batch,\), not \(4, 5\)"),
    ("labels", 3, 1, r"takes labels of shape \(batch,\), not \(\)"),
    ("values", 2, np.zeros((4, 3)), r"shape \(4, 3\), but .* of shape \(batch, 2\)"),
    ("values", 2, np.zeros(4), r"shape \(4,\), but .* of shape \(batch, 2\)"),
    ("values", 1, np.zeros((4, 1, 1)), r"shape \(4, 1, 1\), but"),
    ("not_negative", 2, [[1, 2], [3, -4]], r"not negative, but the one at \(1, 1\) is -4"),
    ("shares", 2, [[1, 0], [1.25, 0]], r"from 0 to 1, but the one at \(1, 0\) is 1\.25"),
    ("shares", 2, [[1, -0.5]], r"from 0 to 1, but the one at \(0, 1\) is -0\.5"),
    ("signs", 2, [[1, -1], [1, 0]], r"-1 and 1, or 0 and 1, but the one at \(1, 1\) is 0"),
    ("signs", 1, [0, 1, 2], r"-1 and 1, or 0 and 1, but the one at \(0, 0\) is 0"),
    ("distribution", 2, [[1, 0], [1, 1]], "row 1 sums to 2; .*sigmoid and 'binary_crossentropy'"),
    ("distribution", 2, [[0, 0.5]], "row 0 sums to 0.5"),
    ("distribution", 2, [[2, -1]], r"from 0 to 1, but the one at \(0, 0\) is 2"),
]


@pytest.mark.parametrize(("kind", "units", "t", "message"), REFUSALS)
def test_refusals(kind, units, t, message):
    with pytest.raises(InputError, match=message):
        check_targets(t, kind, units, "some_loss")


@pytest.mark.parametrize("name", [n for n in LOSSES if LOSSES[n].targets == "distribution"])
@pytest.mark.parametrize("t", [[0, 2, 1], [[0], [2], [1]]], ids=["(batch,)", "(batch, 1)"])
def test_labels_for_one_hot_targets_are_answered_with_what_helps(name, t):
    """Whatever the answer names must be there, and must work."""
    y = np.full((3, 3), 1 / 3)
    with pytest.raises(InputError, match=r"to_categorical\(t, 3\)") as refusal:
        losses.get(name)(t, y)
    quoted = str(refusal.value).split("'")[1::2]
    assert quoted == (
        ["sparse_categorical_crossentropy"] if name == "categorical_crossentropy" else []
    )
    for other in quoted:
        assert losses.get(other)(t, y) == pytest.approx(np.log(3))
    assert np.isfinite(losses.get(name)(to_categorical(np.ravel(t), 3), y))


def test_one_hot_targets_for_labels_are_answered_with_what_helps():
    y = np.full((3, 3), 1 / 3)
    with pytest.raises(InputError, match=r"'categorical_crossentropy', or give t\.argmax"):
        losses.get("sparse_categorical_crossentropy")(np.eye(3), y)
    assert losses.get("categorical_crossentropy")(np.eye(3), y) == pytest.approx(np.log(3))
