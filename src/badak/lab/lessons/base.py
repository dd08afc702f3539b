"""The parts of a lesson: recipes that one runs and bends, and a check of the statement on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from badak import experiments
from badak._common.language import language
from badak.experiments import Experiment
from badak.experiments.base import Verdict, Words
from badak.lab import network
from badak.lab.data import LabData
from badak.lab.lessons.recorded import recorded
from badak.lab.recipe import complete
from badak.lab.takeaway.taking import standing
from badak.layers import Activation, Dense, Layer
from badak.network.sequential import Sequential
from badak.typing import Array

if TYPE_CHECKING:
    from badak.lab.run import Run

MEASURED = 1000
"""Training samples at most that a check looks at."""


class Number(NamedTuple):
    """A number that a verdict rests on: what it is, and its value as text."""

    name: Words
    value: str


@dataclass(frozen=True)
class Found:
    """What a check has found: the verdict, its numbers, and what follows from them."""

    verdict: Verdict
    numbers: tuple[Number, ...]
    says: Words


class Seen:
    """A run as a check sees it: its network as it is now, and its data."""

    def __init__(self, run: "Run") -> None:
        self.run = run
        self._now = run.looked_at()

    @cached_property
    def model(self) -> Sequential:
        """A copy of the network."""
        return standing(self.run, self._now)

    @cached_property
    def fresh(self) -> Sequential:
        """The network with its first weights."""
        return network.build(self.run.recipe, self.run.data, self.run.given)

    @property
    def data(self) -> LabData:
        """The run's data."""
        return self.run.data

    @property
    def epochs(self) -> int:
        """How many epochs it was trained."""
        return self._now.epoch

    @property
    def layers(self) -> list[Layer]:
        """The layers that the user chose, without what prepares the data and without the output."""
        first, last = len(self.data.preparation), -1 - len(self.data.ending)
        return self.model.layers[first:last]

    @property
    def x(self) -> Array:
        """Some training samples."""
        return self.data.x_train[:MEASURED]

    @property
    def t(self) -> Array:
        """Their targets, as the network's loss takes them."""
        return network.targets(self.model, self.data.t_train[:MEASURED])

    def accuracy(self, *, training: bool = False) -> float:
        """The share of the test samples, or of the training samples, that is answered rightly."""
        data = self.data
        x, t = (data.x_train, data.t_train) if training else (data.x_test, data.t_test)
        return float((self.model.classify(x) == t).mean())

    def explained(self) -> float:
        """The share of the test numbers' variance that is explained, R squared."""
        t = self.data.t_test.astype(np.float64)
        error = np.square(self.model.predict(self.data.x_test) - t).mean()
        return float(1.0 - error / t.var())

    def loss(self) -> float:
        """The training loss of the last epoch that was scored."""
        return float(self.run.curves.column("train")[-1])

    def epochs_to(self, loss: float) -> int | None:
        """The first epoch with a training loss of at most this; None where there was none."""
        epochs, losses = self.run.curves.column("epoch"), self.run.curves.column("train")
        reached = np.flatnonzero((losses <= loss) & (epochs > 0))
        return int(epochs[reached[0]]) if len(reached) else None

    def kernel_gradients(self, samples: int, model: Sequential | None = None) -> list[Array]:
        """The gradients of all Dense layers' weights, for the first samples together."""
        gradients = (model or self.model).gradients(self.x[:samples], self.t[:samples])
        return [each for each in gradients if each.ndim == 2]

    def dead(self) -> float:
        """The share of the hidden units whose slope is 0 for every training sample."""
        hidden = {str(layer.name) for layer in self.layers if isinstance(layer, Dense | Activation)}
        found = self.model.inspect(self.data.x_train, samples=len(self.data.x_train))
        dead = [each.dead for each in found.layers if each.name in hidden]
        return float(np.concatenate(dead).mean()) if dead else 0.0


Check = Callable[[Sequence[Seen]], Found]


@dataclass(frozen=True)
class Lesson:
    """An experiment as something to run, bend and reset.

    Parameters
    ----------
    id : str
        The experiment's name.
    trials : tuple of Words
        What to try.
    signs : tuple of Words
        What to look for.
    recipes : tuple of dict
        What run "a" begins with, and run "b" where there are two.
    least : int
        Epochs of every run before the verdict means something.
    check : callable
        From the runs to what is found.
    """

    id: str
    trials: tuple[Words, ...]
    signs: tuple[Words, ...]
    recipes: tuple[dict[str, Any], ...]
    least: int
    check: Check

    @property
    def experiment(self) -> Experiment:
        """The experiment, whose statement is checked."""
        return experiments.get(self.id)

    def told(self) -> dict[str, Any]:
        """Return what the page is told, in the language that is spoken."""
        spoken, own = language(), self.experiment
        verdict, result = recorded(self.id)
        return {
            "id": self.id,
            "number": own.number,
            "title": own.title.to(spoken),
            "statement": own.claim.to(spoken),
            "source": own.source.to(spoken),
            "try": [words.to(spoken) for words in self.trials],
            "look_for": [words.to(spoken) for words in self.signs],
            "runs": len(self.recipes),
            "experiment": {
                "command": f"badak experiment {self.id}",
                "verdict": verdict.to(spoken),
                "result": result.to(spoken),
            },
        }

    def verdict(self, runs: "Mapping[str, Run]") -> dict[str, Any]:
        """Return the verdict on the statement by the runs as they stand.

        Parameters
        ----------
        runs : mapping of str to Run
            "a", and "b" where the lesson has two.

        Returns
        -------
        dict
            "verdict" in words, "holds" ("holds", "in_part", "fails", or "open" before there is
            enough to judge by), "numbers" as pairs of name and value, and "says", what follows.
        """
        spoken = language()
        wanted = ["a", "b"][: len(self.recipes)]
        missing = [name for name in wanted if name not in runs]
        if missing:
            words = NO_SECOND
        else:
            seen = [Seen(runs[name]) for name in wanted]
            short = [each for each in seen if each.epochs < self.least and not each.run.diverged]
            if not short:
                found = self.check(seen)
                return {
                    "verdict": found.verdict.value.to(spoken),
                    "holds": found.verdict.name.lower(),
                    "numbers": [[name.to(spoken), value] for name, value in found.numbers],
                    "says": found.says.to(spoken),
                }
            words = Words(
                f"Train for {self.least} epochs at least; then there is something to judge by.",
                f"{self.least} 에폭 이상 학습해야 판정할 수 있다.",
            )
        return {
            "verdict": OPEN.to(spoken),
            "holds": "open",
            "numbers": [],
            "says": words.to(spoken),
        }


OPEN = Words("not yet", "아직 모른다")
NO_SECOND = Words(
    "This lesson compares two runs: reset it to have both.",
    "이 수업은 두 실행을 비교한다. 처음 상태로 되돌리면 둘 다 나타난다.",
)


def recipe(
    data: str | Mapping[str, Any], *layers: Mapping[str, Any], **training: Any
) -> dict[str, Any]:
    """Return a complete recipe of data, layers and settings of training."""
    output = training.pop("output", {})
    spec = {"kind": data} if isinstance(data, str) else dict(data)
    return complete(
        {
            "data": spec,
            "network": {
                "layers": list(layers),
                "output": {"units": "auto", "activation": "auto", **output},
            },
            "training": training,
        }
    )


def dense(units: int, activation: Any, **settings: Any) -> dict[str, Any]:
    """Return a Dense layer of a recipe."""
    return {"kind": "dense", "units": units, "activation": activation, **settings}


def judged(*, holds: bool, in_part: bool) -> Verdict:
    """Return the verdict on a statement."""
    if holds:
        return Verdict.HOLDS
    return Verdict.IN_PART if in_part else Verdict.FAILS


def number(en: str, ko: str, value: str) -> Number:
    """Return a number with its name."""
    return Number(Words(en, ko), value)


def accuracy_of(name: str, seen: Seen) -> Number:
    """Return a run's test accuracy with its name."""
    return Number(
        Words(f"test accuracy of {name}", f"{name}의 시험 정확도"), f"{seen.accuracy():.1%}"
    )
