"""Runs that are trained and bent from a test, as a user does it with the page."""

import copy
from functools import partial

from badak.lab.recipe import complete
from tests.lab.labs import settle, wait_until


def train(session, epochs, names="ab"):
    """Train runs for so many epochs more; one that diverges stays where it stands."""
    for run in [session.runs[name] for name in names if name in session.runs]:
        settle(run)
        for _ in range(epochs):
            before = run.epoch
            run.one_epoch()
            wait_until(partial(_has_gone_on, run, before))
            settle(run)
            if run.diverged:
                break


def _has_gone_on(run, before: int) -> bool:
    return bool(run.epoch > before or run.diverged)


def bend(session, name, change):
    """Change a run's recipe, and wait until it is changed."""
    recipe = copy.deepcopy(session.run(name).recipe)
    change(recipe)
    recipe = complete(recipe)
    session.set_recipe(name, recipe)
    wait_until(lambda: session.run(name).recipe == recipe)
    settle(session.run(name))
