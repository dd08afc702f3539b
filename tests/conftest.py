"""What tests of several modules share."""

import os
from pathlib import Path

# The suite runs one process a core. NumPy's matrix library, left to itself, takes all cores in each
# of them, and its threads then wait for one another: ten times slower. Read when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"

# A slow machine is no fault of the code: no test fails by the clock.
settings.register_profile("badak", deadline=None)
settings.load_profile("badak")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the engine before the workers start, which would each do so."""
    if not hasattr(config, "workerinput"):
        from badak.engine.program import native

        native.interpreter()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project, with mnist/ and book/ in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data are not on this machine: there is no folder {SHARED_DATA}")
    return SHARED_DATA
