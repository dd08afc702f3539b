"""What ails a run's network, in words, and since which step."""

import time
from dataclasses import dataclass

from badak._common.language import language, message, spoken
from badak.lab.run import Found, Run, Snapshot
from badak.lab.views import Look, gradient_size

SEEN_BEFORE_TRAINING = ("one_sign", "one_class")
"""Kinds that mean nothing before training: an untrained network answers much the same to all."""

SHARE = 0.02
"""Of the time that inspections may take while a run trains."""


@dataclass(frozen=True)
class Diagnosis:
    """What an inspection found."""

    language: str
    verdicts: tuple[tuple[str, str, str], ...]
    """The kind of each, its layer, and its words."""
    gradient: float
    """The size of the loss's gradient."""
    seconds: float
    """What the inspection took."""


def is_due(run: Run, snapshot: Snapshot) -> bool:
    """Return whether a run is to be inspected: while it trains, as often as that may cost time."""
    found = run.found
    if found is None or found.language != language():
        return True
    rested = not run.pace.going or time.perf_counter() >= found.again
    return found.snapshot is not snapshot and rested


def diagnose(look: Look) -> Diagnosis:
    """Inspect a moment of a run."""
    started = time.perf_counter()
    verdicts = tuple(
        (verdict.kind, verdict.layer, str(verdict))
        for verdict in look.health().verdicts
        if look.step or verdict.kind not in SEEN_BEFORE_TRAINING
    )
    size = gradient_size(look.batch)
    return Diagnosis(language(), verdicts, size, time.perf_counter() - started)


def note(run: Run, snapshot: Snapshot, diagnosis: Diagnosis) -> None:
    """Keep what ails a run, since which step, and the size of its gradient."""
    step, since = snapshot.step, run.health
    run.health = {key[:2]: since.get(key[:2], step) for key in diagnosis.verdicts}
    if not len(run.gradient) or run.gradient.last()["step"] < step:
        run.gradient.put(step=step, size=diagnosis.gradient)
    with spoken(diagnosis.language):
        texts = [
            message("{verdict} (since step {step:,})", verdict=text, step=run.health[kind, layer])
            for kind, layer, text in diagnosis.verdicts
        ]
    again = time.perf_counter() + diagnosis.seconds / SHARE
    run.found = Found(snapshot, diagnosis.language, texts, again)


def known(run: Run) -> list[str]:
    """Return what was said last."""
    return [] if run.found is None else run.found.texts
