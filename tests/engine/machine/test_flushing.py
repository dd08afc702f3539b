"""NumPy without subnormal numbers, in one thread and for a while."""

import threading

import numpy as np
import pytest

from badak.engine import flushed_subnormals
from badak.engine.machine.subnormals import FLAGS
from badak.engine.machine.threads import pool, thread_count

TINY = np.full(16, 1e-30, np.float32)
SMALL = np.float32(1e-12)

pytestmark = pytest.mark.skipif(not FLAGS, reason="this processor keeps subnormal numbers")


def subnormal():
    return bool((TINY * SMALL).any())


def test_subnormal_results_are_0_within_and_themselves_without():
    assert subnormal()
    with flushed_subnormals():
        assert not subnormal()
        with flushed_subnormals():
            assert not subnormal()
        assert not subnormal()
    assert subnormal()


def test_an_error_within_ends_it_too():
    with pytest.raises(ZeroDivisionError), flushed_subnormals():
        raise ZeroDivisionError
    assert subnormal()


def test_other_threads_compute_as_before():
    begin, seen = threading.Event(), []

    def work():
        begin.wait()
        seen.append(subnormal())

    thread = threading.Thread(target=work)
    thread.start()
    with flushed_subnormals():
        begin.set()
        thread.join()
    assert seen == [True]


@pytest.mark.skipif(thread_count() < 2, reason="the engine has no other thread here")
def test_the_engines_threads_compute_as_before():
    seen = []
    with flushed_subnormals():
        pool().run(lambda thread, threads: seen.append((thread, subnormal())), 2)
    assert dict(seen) == {0: False, 1: True}
