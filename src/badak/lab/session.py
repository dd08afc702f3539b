"""A session: the runs, the data and the language that all tabs share."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from badak import Sequential
from badak._common.language import language, message
from badak._common.looks import LANGUAGES
from badak._common.registry import nearest
from badak._common.validation import Interval, check_whole, shown
from badak.lab import data as lab_data
from badak.lab import health, network
from badak.lab.data import LabData, Uploads
from badak.lab.errors import RecipeError
from badak.lab.eyes import Eyes
from badak.lab.history import finite
from badak.lab.pace import FASTEST, SLOWEST
from badak.lab.recipe import GIVEN, at, complete, data_key
from badak.lab.run import Run

FIRST, SECOND = "a", "b"
SPEED = Interval(SLOWEST, FASTEST, high_is_in=True)
ROLES = ("preparation", "hidden", "output", "ending")


class Session:
    """What one server holds.

    Parameters
    ----------
    recipe : mapping, optional
        What run "a" begins with; a circle and four units without it.
    given : Sequential, optional
        A model from outside that the recipe is of.
    uploads : Uploads, optional
        What the user has brought.
    """

    def __init__(
        self,
        recipe: Mapping[str, Any] | None = None,
        *,
        given: Sequential | None = None,
        uploads: Uploads | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.uploads = uploads or Uploads()
        self.language = language()
        self.lesson: str | None = None
        self.runs: dict[str, Run] = {}
        self.eyes: dict[str, Eyes] = {}
        self.version = 0
        self._given = given
        self._data: dict[str, LabData] = {}
        self._looked = time.monotonic()
        first = complete(recipe or {})
        self._put(FIRST, Run(first, self.data_of(first), **self._of_runs))

    @property
    def _of_runs(self) -> dict[str, Any]:
        return {
            "seen": lambda: self._looked,
            "given": self._given,
            "language": lambda: self.language,
        }

    def look(self) -> None:
        """Note that somebody looks."""
        self._looked = time.monotonic()

    def run(self, name: Any = FIRST) -> Run:
        """Return the run of this name."""
        if not isinstance(name, str) or name not in self.runs:
            raise RecipeError(
                message(
                    "there is no run {name}; there is {known}",
                    name=shown(name),
                    known=", ".join(self.runs),
                ),
                "run",
            )
        return self.runs[name]

    def eyes_of(self, name: Any) -> Eyes:
        """Return what looks at the run of this name."""
        with self.lock:
            self.run(name)
            return self.eyes[name]

    def data_of(self, recipe: Mapping[str, Any]) -> LabData:
        """Return the recipe's data; runs on the same share them."""
        key = data_key(recipe)
        if key not in self._data:
            made = lab_data.load(recipe["data"], self.uploads)
            if recipe["network"]["preparation"] == GIVEN:  # the given model's layers hold it
                made = replace(made, make_preparation=tuple, make_ending=tuple)
            used = {data_key(run.recipe) for run in self.runs.values()}
            self._data = {k: d for k, d in self._data.items() if k in used} | {key: made}
        found = self._data[key]
        if found.look != "image":
            found.grid(2, recipe["data"].get("plane"), recipe["data"].get("held"))
        return found

    # -- commands

    def set_recipe(self, name: Any, recipe: Any) -> None:
        """Let a run train by a recipe; run "b" begins where it is not there."""
        with self.lock:
            self.look()
            wanted = complete(recipe)
            data = self.data_of(wanted)
            if name == SECOND and SECOND not in self.runs:
                self._put(SECOND, Run(wanted, data, **self._of_runs))
            else:
                self.run(name).change(wanted, data)
            self.version += 1

    def do(self, name: Any, what: Any, given: Mapping[str, Any]) -> None:
        """Do one of :data:`COMMANDS` with a run."""
        if not isinstance(what, str) or what not in COMMANDS:
            hint = nearest(what, COMMANDS) if isinstance(what, str) else ""
            raise RecipeError(
                message(
                    "do is {what}{hint}, but must be one of {known}",
                    what=shown(what),
                    hint=hint,
                    known=", ".join(COMMANDS),
                ),
                "do",
            )
        with self.lock:
            self.look()
            run = self.run(name)
            if what == "copy":
                self._copy()
            elif what == "remove":
                self._remove(name)
            elif what == "back":
                with at("epoch"):
                    run.back(check_whole(given.get("epoch"), "epoch", least=0))
            elif what == "speed":
                speed = given.get("speed")
                with at("speed"):
                    run.set_speed(None if speed is None else float(SPEED.check(speed, "speed")))
            else:
                {
                    "play": run.play,
                    "pause": run.pause,
                    "step": run.step,
                    "epoch": run.one_epoch,
                    "reset": run.reset,
                }[what]()
            self.version += 1

    def speak(self, name: Any) -> None:
        """Speak another language."""
        if name not in LANGUAGES:
            raise RecipeError(
                message(
                    "language is {name!r}, but must be {known}",
                    name=name,
                    known=message(" or ").join(LANGUAGES),
                ),
                "language",
            )
        with self.lock:
            self.language = name
            self.version += 1

    def set_lesson(self, name: Any, what: Any) -> None:
        """Begin a lesson, or begin it anew; None leaves it, and the runs as they are."""
        from badak.lab import lessons

        if what not in ("start", "reset"):
            raise RecipeError(
                message("do is {what}, but must be start or reset", what=shown(what)), "do"
            )
        if name is None:
            with self.lock:
                self.lesson = None
                self.version += 1
            return
        lesson = lessons.get(name)
        with self.lock:
            wanted = dict(zip((FIRST, SECOND), map(complete, lesson.recipes), strict=False))
            for run, recipe in wanted.items():
                self.set_recipe(run, recipe)
                self.runs[run].reset()
            if SECOND in self.runs and SECOND not in wanted:
                self._remove(SECOND)
            self.lesson = name
            self.version += 1

    def verdict(self, name: Any) -> dict[str, Any]:
        """Return what the numbers of the runs say of a lesson's statement."""
        from badak.lab import lessons

        return dict(lessons.get(name).verdict(self.runs))

    def take(self, asked: Mapping[str, str]) -> tuple[str, str, bytes]:
        """Return a file to take away: its name, its type and its content."""
        from badak.lab.takeaway import take

        run = self.run(asked.get("run", FIRST))
        return take(
            run,
            asked.get("what", ""),
            view=asked.get("view"),
            theme=asked.get("theme", "light"),
            language=asked.get("language", self.language),
        )

    def upload(self, kind: str, name: str, body: bytes) -> dict[str, Any]:
        """Keep what the user brings, and return what it is."""
        with self.lock:
            self.look()
            self.version += 1
            return dict(self.uploads.add(kind, name, body))

    def close(self) -> None:
        """End the runs, and remove what was uploaded."""
        with self.lock:
            for run in self.runs.values():
                run.close()
            self.uploads.close()

    # -- what is told

    def state(self) -> dict[str, Any]:
        """Return what a page needs to know besides frames."""
        with self.lock:
            return {
                "version": self.version,
                "language": self.language,
                "runs": {name: self._told(name) for name in self.runs},
                "lesson": self.lesson,
                "uploads": self.uploads.told(),
            }

    def _told(self, name: str) -> dict[str, Any]:
        run = self.runs[name]
        snapshot = run.snapshot
        return {
            "recipe": run.recipe,
            "status": run.status,
            "pending": run.leaving,
            "epoch": snapshot.epoch,
            "last_epoch": run.last_epoch,
            "step": snapshot.step,
            "samples": snapshot.samples,
            "speed": run.pace.speed,
            "notices": run.notices,
            "health": health.known(run),
            "layers": layers_of(run),
            "data": told_of_data(run.recipe, run.data),
            "epochs_kept": run.states.epochs,
            "history": {k: finite(v) for k, v in run.curves.at("epoch", snapshot.epoch).items()},
            "error": run.error,
        }

    # -- inside

    def _put(self, name: str, run: Run) -> None:
        self.runs[name] = run
        self.eyes[name] = Eyes(run)

    def _copy(self) -> None:
        made = self.run(FIRST).copied()
        if SECOND in self.runs:
            self.runs[SECOND].close()
        self._put(SECOND, made)

    def _remove(self, name: str) -> None:
        if name == FIRST:
            raise RecipeError(
                message("the first run stays; reset it, or give it another recipe"), "run"
            )
        self.runs.pop(name).close()
        self.eyes.pop(name)


COMMANDS = ("play", "pause", "step", "epoch", "reset", "back", "speed", "copy", "remove")


def layers_of(run: Run) -> list[dict[str, Any]]:
    """Return what the layers of a run's network are."""
    model, recipe = run.model, run.recipe
    first, own = network.place_of_layers(recipe, run.data), len(recipe["network"]["layers"])
    if recipe["network"]["output"]["units"] == GIVEN:  # it is the last of them
        own -= 1
    told = []
    for index, layer in enumerate(model.layers):
        place = index - first
        role = ROLES[0] if place < 0 else ROLES[min(1 + (place >= own) + (place > own), 3)]
        told.append(
            {
                "index": index,
                "name": layer.name,
                "kind": type(layer).__name__,
                "units": int(getattr(layer, "units", 0)) or None,
                "activation": None if layer.activation is None else layer.activation.name,
                "role": role,
                "place": place if role == "hidden" else None,
                "shape": list(model.shapes[index + 1]),
                "params": layer.count_params(),
            }
        )
    return told


def told_of_data(recipe: Mapping[str, Any], data: LabData) -> dict[str, Any]:
    """Return what a run's data are, without their samples."""
    plane = [] if data.look == "image" else data.spanning(recipe["data"].get("plane"))
    return {
        "kind": recipe["data"].get("kind"),
        "look": data.look,
        "task": data.task,
        "classes": list(data.classes),
        "features": list(data.features),
        "axes": [
            {
                "name": axis.name,
                "low": axis.low,
                "high": axis.high,
                "held": axis.held,
                "choices": list(axis.choices),
            }
            for axis in data.axes
        ],
        "shape": list(data.shape),
        "maximum": data.maximum,
        "samples": {"train": len(data.x_train), "test": len(data.x_test)},
        "remarks": list(data.remarks),
        "plane": list(plane),
    }


def as_text(state: Mapping[str, Any]) -> str:
    """Return a state as JSON."""
    return json.dumps(state, ensure_ascii=False, allow_nan=False)
