"""What tests of several modules share."""

import os
import signal
from pathlib import Path

# The suite runs one process a core. NumPy's matrix library, left to itself, takes all cores in each
# of them, and its threads then wait for one another: ten times slower. Read when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

os.environ["BADAK_LANGUAGE"] = "en"  # whatever the tester's locale says

import pytest
from hypothesis import settings

VARIABLE = "BADAK_TEST_DATA"
BESIDE = Path(__file__).parent.parent.parent / "shared" / "data"
SHARED_DATA = Path(os.environ.get(VARIABLE) or BESIDE)

# A slow machine is no fault of the code: no test fails by the clock.
settings.register_profile("badak", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=15)  # for --hypothesis-profile
settings.load_profile("badak")


def pytest_configure(config: pytest.Config) -> None:
    """Let Ctrl-C arrive, and compile the engine before the workers start, which would each do so.

    A suite that a shell starts in the background (``pytest &``, ``nohup pytest``) and all that it
    starts would ignore Ctrl-C.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        from badak.engine.program import native

        native.interpreter()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, with mnist/ and book/ in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(
            f"the real data are not on this machine: there is no folder {SHARED_DATA}; "
            f"{VARIABLE} can name another"
        )
    return SHARED_DATA
