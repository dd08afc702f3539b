"""Statements from notes on neural networks, each tested by an experiment.

An experiment is one small file of this package, meant to be read.
"""

from badak.experiments.base import (
    Experiment,
    Findings,
    NotHereError,
    Outcome,
    Setting,
    Table,
    Verdict,
    Words,
    statement,
    try_out,
)
from badak.experiments.registry import NAMES, every, get, number_of

__all__ = [
    "NAMES",
    "Experiment",
    "Findings",
    "NotHereError",
    "Outcome",
    "Setting",
    "Table",
    "Verdict",
    "Words",
    "every",
    "get",
    "number_of",
    "statement",
    "try_out",
]
