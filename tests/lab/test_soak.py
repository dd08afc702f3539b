"""A run that goes on and on, with a page before it, takes a bounded memory."""

import gc
import tracemalloc

import pytest

from badak.lab.views import NAMES
from tests.lab.labs import SMALL, opened, settle, train

MOST = 4 * 2**20
"""Bytes that the second half of a run may take beyond the first: what a call of fit takes, 2 MB,
comes and goes. The frames alone of that half are 20 MB."""


@pytest.mark.slow
def test_memory_does_not_grow(monkeypatch):
    monkeypatch.setattr("badak.lab.run.FIT_EPOCHS", 300)
    monkeypatch.setattr("badak.lab.history.MOST_STATES", 100)
    with opened(SMALL) as page:
        run = page.session.run("a")
        run.states._most = 100
        run.curves._most = 200
        page.frame(views=",".join(NAMES))
        tracemalloc.start()
        sizes = []
        for goal in (600, 800, 1000, 2600, 2800, 3000):
            page.run("play")
            number = 0
            while run.epoch < goal:
                head, _ = page.frame(views=",".join(NAMES), after=number)
                number = head["frame"]
                page.get("/api/state")
                page.get("/api/arithmetic", layer=1)
            page.run("pause")
            settle(run)
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert min(sizes[3:]) - min(sizes[:3]) < MOST
        assert len(run.states.epochs) <= 100


@pytest.mark.slow
def test_thousands_of_changes_take_a_bounded_memory():
    with opened(SMALL) as page:
        run = page.session.run("a")
        recipe = page.get("/api/state").json()["runs"]["a"]["recipe"]
        sizes = []
        tracemalloc.start()
        for number in range(100):
            recipe["training"]["optimizer"]["learning_rate"] = 0.001 * (1 + number % 7)
            assert page.post("/api/recipe", run="a", recipe=recipe).status_code == 200
            train(run, 1)
            if number in (49, 99):
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert sizes[1] - sizes[0] < MOST
        assert len(run.journal) == 100
