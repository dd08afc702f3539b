"""Runs that are trained and bent from a test, as a user does it with the page."""

import copy
import time

import pytest

from badak.lab.recipe import complete


def train(session, epochs, names="ab"):
    """Train runs for so many epochs more."""
    for run in [session.runs[name] for name in names if name in session.runs]:
        wanted = run.snapshot.epoch + epochs
        for _ in range(10 * epochs):
            if run.snapshot.epoch >= wanted or run.diverged:
                break
            run.one_epoch()
            while run.pace.going:
                time.sleep(0.001)


def bend(session, name, change):
    """Change a run's recipe, and wait until it is changed."""
    recipe = copy.deepcopy(session.run(name).recipe)
    change(recipe)
    recipe = complete(recipe)
    session.set_recipe(name, recipe)
    for _ in range(1000):
        if session.run(name).recipe == recipe:
            return
        time.sleep(0.005)
    pytest.fail("the recipe was not taken")
