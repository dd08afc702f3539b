import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from badak.photographs.components import Box, boxes, label
from badak.photographs.extremes import closed, largest, opened, smallest

EIGHT = np.ones((3, 3))


def masks(share):
    rng = np.random.default_rng(round(100 * share))
    return rng.random((37, 53)) < share


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.45, 0.7, 1.0])
def test_components_are_those_of_scipy(share):
    mask = masks(share)
    ours, theirs = label(mask), ndimage.label(mask, EIGHT)[0]
    assert ours.max() == theirs.max()
    # The numbers may differ; the pixels that share one may not.
    pairs = {(int(a), int(b)) for a, b in zip(ours.ravel(), theirs.ravel(), strict=True)}
    assert len(pairs) == len(np.unique(ours)) == len(np.unique(theirs))


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**36 - 1))
def test_every_small_mask_has_scipys_components(height, width, bits):
    mask = np.array([bits >> place & 1 for place in range(height * width)], bool)
    mask = mask.reshape(height, width)
    assert label(mask).max(initial=0) == ndimage.label(mask, EIGHT)[1]


def test_boxes_hold_their_component_and_no_more():
    labels = label(masks(0.2))
    slices = ndimage.find_objects(labels)
    assert boxes(labels) == [Box(x.start, y.start, x.stop, y.stop) for y, x in slices]


def test_gaps_are_negative_where_boxes_overlap():
    assert Box(0, 0, 10, 5).gaps(Box(13, 2, 20, 9)) == (3, -3)
    assert Box(0, 0, 2, 2).around(Box(5, 1, 6, 9)) == Box(0, 0, 6, 9)
    assert Box(1, 2, 3, 4).times(2.5) == Box(2, 5, 8, 10)


@pytest.mark.parametrize("radius", [1, 2, 5])
def test_extremes_are_those_of_scipy(radius):
    values = np.random.default_rng(radius).normal(size=(20, 31)).astype(np.float32)
    size = 2 * radius + 1
    np.testing.assert_array_equal(largest(values, radius), ndimage.maximum_filter(values, size))
    np.testing.assert_array_equal(smallest(values, radius), ndimage.minimum_filter(values, size))
    mask = values > 0.0
    np.testing.assert_array_equal(smallest(mask, radius), ndimage.minimum_filter(mask, size))


def test_closing_removes_thin_dark_strokes_and_keeps_a_straight_edge_up_to_the_border():
    paper = np.where(np.arange(60)[:, np.newaxis] + np.arange(80) < 70, 200.0, 90.0)
    drawn = paper.copy()
    drawn[20:50, 20:23] = 10.0
    np.testing.assert_array_equal(closed(paper, 4), paper)
    assert np.abs(closed(drawn, 4) - paper)[:, 30:].max() == 0.0
    assert closed(drawn, 4).min() == 90.0
    np.testing.assert_array_equal(opened(-drawn, 4), -closed(drawn, 4))
