import os
import signal
import sys
import threading
import time

import pytest

from badak.engine.machine import threads
from badak.engine.machine.threads import Pool, alone, core, each, leave, thread_count

TWO_CORES = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def test_each_thread_of_a_run_is_told_its_number_and_how_many_there_are() -> None:
    said = []
    Pool().run(lambda thread, count: said.append((thread, count)), 3)
    assert sorted(said) == [(0, 3), (1, 3), (2, 3)]


def test_an_error_in_another_thread_comes_back() -> None:
    def fail(thread: int, _: int) -> None:
        if thread:
            raise ValueError(f"thread {thread}")

    pool = Pool()
    with pytest.raises(ValueError, match="thread 1"):
        pool.run(fail, 2)
    pool.run(lambda *_: None, 2)


def test_a_run_that_is_interrupted_waits_for_its_threads_and_leaves_nothing_behind() -> None:
    pool, go_on = Pool(), threading.Event()
    ended: list[int] = []
    told: list[int] = []

    def interrupted(thread: int, _: int) -> None:
        if not thread:
            threading.Timer(0.05, go_on.set).start()
            raise KeyboardInterrupt
        go_on.wait(timeout=20)
        ended.append(thread)

    for _ in range(3):
        ended.clear()
        go_on.clear()
        with pytest.raises(KeyboardInterrupt):
            pool.run(interrupted, 3)
        assert sorted(ended) == [1, 2]
        told.clear()
        pool.run(lambda thread, _: (time.sleep(0.01 * thread), told.append(thread)), 3)
        assert sorted(told) == [0, 1, 2]


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal as POSIX has it")
def test_ctrl_c_while_a_run_is_waited_for_comes_after_its_end() -> None:
    ended = []

    def slow(thread: int, _: int) -> None:
        if thread:
            time.sleep(0.2)
            ended.append(thread)
        else:
            threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    with pytest.raises(KeyboardInterrupt):
        Pool().run(slow, 2)
    assert ended == [1]


def test_a_run_within_a_run_is_one_threads_own() -> None:
    inner = []
    pool = Pool()
    pool.run(lambda *_: pool.run(lambda *told: inner.append(told), 2), 2)
    assert inner == [(0, 1), (0, 1)]


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_each_answers_in_the_items_order(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(threads.VARIABLE, "3")
    assert each(lambda n: n * n, range(count)) == [n * n for n in range(count)]


def test_each_uses_several_threads_unless_this_one_is_to_be_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(threads.VARIABLE, "2")
    both = threading.Barrier(2)

    def meet(_: int) -> int:
        both.wait(timeout=20)
        return threading.get_ident()

    assert len(set(each(meet, [0, 1]))) == 2
    with alone():
        assert thread_count() == 1
        assert each(lambda _: threading.get_ident(), [0, 1]) == [threading.get_ident()] * 2


@pytest.mark.skipif(not TWO_CORES, reason="needs two cores and Linux")
def test_a_thread_leaves_the_core_that_is_taken_and_may_come_back() -> None:
    allowed = os.sched_getaffinity(0)
    left = 0
    for _ in range(20):
        taken = core()
        assert taken in allowed
        leave(taken)
        left += core() != taken
        assert os.sched_getaffinity(0) == allowed
    assert left > 10  # the system may have moved it back


@pytest.mark.skipif(not TWO_CORES, reason="needs two cores and Linux")
def test_a_thread_with_one_core_stays() -> None:
    allowed = os.sched_getaffinity(0)
    try:
        only = min(allowed)
        os.sched_setaffinity(0, {only})
        leave(core())
        assert os.sched_getaffinity(0) == {only}
    finally:
        os.sched_setaffinity(0, allowed)


@pytest.mark.skipif(not TWO_CORES, reason="needs two cores and Linux")
def test_where_threads_may_not_be_moved_they_stay_and_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    leave(core())
    said = []
    Pool().run(lambda thread, _: said.append(thread), 2)
    assert sorted(said) == [0, 1]


def test_where_the_system_does_not_tell_the_core_nobody_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "core", lambda: -1)
    monkeypatch.setattr(os, "sched_setaffinity", lambda *_: pytest.fail("moved"), raising=False)
    leave(-1)
    leave(0)
