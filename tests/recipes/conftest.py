"""Small data for the recipes."""

import numpy as np
import pytest


@pytest.fixture
def curve(tmp_path):
    """A table of 600 rows whose number y follows a curve, of x alone."""
    rng = np.random.default_rng(2)
    x = rng.uniform(-3.0, 3.0, 600).round(3)
    rows = "".join(f"{a},{b},{5e4 + 1e4 * np.sin(b):.1f}\n" for a, b in enumerate(x))
    path = tmp_path / "curve.csv"
    path.write_text("id,x,y\n" + rows)
    return path
