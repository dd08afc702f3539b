"""What ails a run's network, in words, and since which step."""

from typing import Any

from badak._common.language import message
from badak.diagnostics.diagnosis import Verdict
from badak.lab.run import Run
from badak.lab.views import Look, gradient_size

SEEN_BEFORE_TRAINING = ("one_sign", "one_class")
"""Kinds that mean nothing before training: an untrained network answers much the same to all."""


def examine(look: Look) -> list[str]:
    """Inspect a moment of a run; return what ails it, and note since when, and the gradient."""
    run, step = look.run, look.snapshot.step
    last = run.gradient.last()
    if last and last["step"] >= step and run.told is not None and run.told[0] is look.snapshot:
        return run.told[1]
    found = [v for v in look.health.verdicts if step or v.kind not in SEEN_BEFORE_TRAINING]
    kinds = {(verdict.kind, verdict.layer): verdict for verdict in found}
    run.health = {key: run.health.get(key, step) for key in kinds}
    if not last or last["step"] < step:
        run.gradient.put(step=step, size=gradient_size(look.batch))
    texts = [_sentence(verdict, run.health[key]) for key, verdict in kinds.items()]
    run.told = look.snapshot, texts
    return texts


def known(run: Run) -> list[str]:
    """Return what was said last."""
    told: tuple[Any, list[str]] | None = run.told
    return [] if told is None else told[1]


def _sentence(verdict: Verdict, since: int) -> str:
    return message("{verdict} (since step {step:,})", verdict=verdict, step=since)
