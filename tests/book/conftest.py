"""What the tests of the book's modules share."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _seeded():
    """Seed the generator that the book's modules draw from, and put it back as it was."""
    before = np.random.get_state()
    np.random.seed(0)
    yield
    np.random.set_state(before)
