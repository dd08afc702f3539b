"""What `badak experiment` found of each statement, with seed 0, as docs/experiments.md tells it.

``python docs/make_experiments.py`` writes the file that is read here.
"""

import json
from functools import cache
from importlib import resources

from badak.experiments.base import Words

FILE = "experiments.json"


def recorded(name: str) -> tuple[Words, Words]:
    """Return the verdict on an experiment's statement, and its result in one line."""
    told = _all()[name]
    return Words(*told["verdict"]), Words(*told["result"])


@cache
def _all() -> dict[str, dict[str, list[str]]]:
    text = resources.files("badak.lab.lessons").joinpath(FILE).read_text("utf-8")
    found: dict[str, dict[str, list[str]]] = json.loads(text)
    return found
