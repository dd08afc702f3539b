"""What ails a run's network, in words, and since which step."""

import time

from badak._common.language import language, message
from badak.diagnostics.diagnosis import Verdict
from badak.lab.run import Found, Run
from badak.lab.views import Look, gradient_size

SEEN_BEFORE_TRAINING = ("one_sign", "one_class")
"""Kinds that mean nothing before training: an untrained network answers much the same to all."""

SHARE = 0.02
"""Of the time that inspections may take while a run trains."""


def examine(look: Look) -> list[str]:
    """Return what ails a run, and since when; while it trains, as often as that may cost time.

    An inspection notes the size of the gradient, too.
    """
    run, snapshot = look.run, look.snapshot
    found = run.found
    if (
        found is not None
        and found.language == language()
        and (found.snapshot is snapshot or (run.pace.going and time.perf_counter() < found.again))
    ):
        return found.texts
    started = time.perf_counter()
    step = snapshot.step
    verdicts = [v for v in look.health().verdicts if step or v.kind not in SEEN_BEFORE_TRAINING]
    since = run.health
    run.health = {(v.kind, v.layer): since.get((v.kind, v.layer), step) for v in verdicts}
    if not len(run.gradient) or run.gradient.last()["step"] < step:
        run.gradient.put(step=step, size=gradient_size(look.batch))
    texts = [_sentence(v, run.health[v.kind, v.layer]) for v in verdicts]
    spent = time.perf_counter() - started
    run.found = Found(snapshot, language(), texts, started + spent / SHARE)
    return texts


def known(run: Run) -> list[str]:
    """Return what was said last."""
    return [] if run.found is None else run.found.texts


def _sentence(verdict: Verdict, since: int) -> str:
    return message("{verdict} (since step {step:,})", verdict=verdict, step=since)
