"""The Python script that does exactly what a run did: the same weights, to the bit."""

import sys
from collections.abc import Iterable

from badak._common.language import message
from badak._version import __version__
from badak.lab import network
from badak.lab.data import LabData
from badak.lab.journal import Segment
from badak.lab.takeaway.source import Source, wrapped
from badak.layers import Layer
from badak.losses import Loss
from badak.network.sequential import Sequential
from badak.optimizers import Optimizer

CHANGED = ("activation", "rate", "stddev", "kernel_regularizer")
"""What of a layer may be changed while it trains."""
MODEL_FILE, GIVEN_FILE = "model.safetensors", "given.safetensors"


def script(journal: Iterable[Segment], data: LabData, given: Sequential | None = None) -> str:
    """Return the script of a run.

    Parameters
    ----------
    journal : iterable of Segment
        What was trained, stretch by stretch.
    data : LabData
        The run's data.
    given : Sequential, optional
        The model from outside that the run began with.

    Returns
    -------
    str
        Python. It ends by testing the network and saving it.

    Raises
    ------
    InputError
        A layer or a function of the user's own, which the script cannot make.

    Examples
    --------
    >>> from badak.lab import data
    >>> from badak.lab.recipe import complete
    >>> text = script([Segment(complete({}), 5, "new")], data.load({"kind": "xor"}))
    >>> "model.fit(x_train, t_train, batch_size=10, epochs=5, verbose=0)" in text
    True
    """
    writer = _Writer(data, given)
    lines: list[str] = []
    for segment in _trained(list(journal)):
        lines += writer.stretch(segment)
    body = "\n".join([*lines, *writer.ending()])
    own, code = split_imports(data.code)
    head = "\n".join(merged([*own, *writer.source.imports()]))
    title = message(
        "A run of badak's lab, repeated to the bit (badak {version}).", version=__version__
    )
    begun = f"# {message('Data')}\n" if not code.startswith("def ") else "\n"
    return f'"""{title}"""\n\n{head}\n\n{begun}{code.strip()}\n\n{body}\n'


def _trained(segments: list[Segment]) -> list[Segment]:
    """Drop changes at the end that nothing was trained with, but for one that is all there is."""
    while len(segments) > 1 and segments[-1].epochs == 0:
        segments = segments[:-1]
    return segments


class _Writer:
    """Writes one stretch after the other."""

    def __init__(self, data: LabData, given: Sequential | None) -> None:
        self.data = data
        self.given = given
        self.source = Source()
        self.source.use("badak", "Sequential")
        self.model: Sequential | None = None
        self.before: Segment | None = None
        self.targets = ""
        self.epochs = 0

    def stretch(self, segment: Segment) -> list[str]:
        recipe = segment.recipe
        wanted = network.build(recipe, self.data, self.given)
        if segment.begin in ("new", "given"):
            lines = [f"# {message('Network')}"]
            made = self._made("model", segment, wanted)
            if self.given is not None:
                self.source.use("badak", "load_model")
                lines.append(f'given = load_model("{GIVEN_FILE}")')
            lines += made
            if segment.begin == "given":
                lines.append("model.set_weights(given.get_weights())")
        else:
            after = message("After {count:,} epochs", count=self.epochs)
            lines = ["", f"# {after}", *self._changed(segment, wanted)]
        lines += self._fit(segment, wanted)
        self.model, self.before = wanted, segment
        self.epochs += segment.epochs
        return lines

    def _made(self, name: str, segment: Segment, wanted: Sequential) -> list[str]:
        """Return the lines that build and compile a network."""
        first = f"{self.source.use('badak', 'Input')}({self.source.of(wanted.input_shape)})"
        parts = [first, *(self._layer(layer, segment, i) for i, layer in enumerate(wanted.layers))]
        lines = [f"{name} = Sequential("]
        lines += wrapped("[", parts, "],", 4)
        lines += [f"    seed={segment.recipe['training']['seed']},", ")"]
        return [*lines, *self._compiled(name, segment)]

    def _layer(self, layer: Layer, segment: Segment, index: int) -> str:
        own = segment.recipe["network"]["layers"]
        place = index - network.place_of_layers(segment.recipe, self.data)
        if 0 <= place < len(own) and own[place]["kind"] == "given":
            self.source.use("copy", "deepcopy")
            return f"deepcopy(given.layers[{own[place]['place']}])"
        return self.source.of(layer)

    def _compiled(self, name: str, segment: Segment) -> list[str]:
        parts = [self.source.of(self._optimizer(segment))]
        loss = self._loss(segment)
        if loss is not None:
            metric = "accuracy" if self.data.task == "classes" else "mean_absolute_error"
            parts += [self.source.of(loss), f'["{metric}"]']
        return wrapped(f"{name}.compile(", parts, ")")

    def _changed(self, segment: Segment, wanted: Sequential) -> list[str]:
        """Return the lines that go from the stretch before to this one."""
        assert self.model is not None
        assert self.before is not None
        if segment.begin == "rebuilt":
            lines = self._made("changed", segment, wanted)
            lines += [
                f"changed.layers[{new}].set_weights(model.layers[{old}].get_weights())"
                for old, new in segment.kept
            ]
            return [*lines, "model = changed"]
        lines = []
        for index, (old, new) in enumerate(zip(self.model.layers, wanted.layers, strict=True)):
            for name in CHANGED:
                if name in vars(new) and getattr(old, name) != getattr(new, name):
                    lines.append(f"model.layers[{index}].{name} = {self._setting(name, new)}")
        if segment.begin == "compiled":
            return [*lines, *self._compiled("model", segment)]
        if segment.recipe["training"] != self.before.recipe["training"]:
            optimizer = self.source.of(self._optimizer(segment))
            if optimizer != self.source.of(self._optimizer(self.before)):
                lines.append(f"model.optimizer = {optimizer}")
        return lines

    def _setting(self, name: str, layer: Layer) -> str:
        written = self.source.of(getattr(layer, name))
        if name == "activation" and not written.startswith("activation("):
            self.source.use("badak", "activations")
            return f"activations.get({written})"
        return written

    def _fit(self, segment: Segment, wanted: Sequential) -> list[str]:
        if not segment.epochs:
            return []
        size = network.batch_size(wanted, segment.recipe)
        parts = ["x_train", self._targets(wanted, "t_train"), f"batch_size={size}"]
        return wrapped("model.fit(", [*parts, f"epochs={segment.epochs}", "verbose=0"], ")")

    def _optimizer(self, segment: Segment) -> Optimizer:
        return network.make_optimizer(segment.recipe)

    def _loss(self, segment: Segment) -> Loss | None:
        return network.make_loss(segment.recipe, self.data)

    def ending(self) -> list[str]:
        """Return the lines that test and save the network."""
        assert self.model is not None
        told = self.data.model_preparation
        targets = self._targets(self.model, "t_test")
        lines = ["", f"# {message('What it has learnt, and a file of it')}"]
        lines.append(f"print(model.evaluate(x_test, {targets}, verbose=0, return_dict=True))")
        if self.model.class_names:
            lines.append(f"model.class_names = {self.source.of(list(self.model.class_names))}")
        if told.get("kind") == "table":
            lines.append("model.preparation = table.preparation.as_dict()")
        elif told:
            lines += wrapped(
                "model.preparation = {",
                [f'"{k}": {self.source.of(v)}' for k, v in told.items()],
                "}",
            )
        return [*lines, f'model.save("{MODEL_FILE}")']

    def _targets(self, model: Sequential, name: str) -> str:
        """Return targets as the network's loss takes them."""
        if network.targets(model, self.data.t_train) is self.data.t_train:
            return name
        self.source.use("badak", "utils")
        return f"utils.to_categorical({name}, {model.output_shape[0]})"


def split_imports(code: str) -> tuple[list[str], str]:
    r"""Return the imports that lines of Python begin with, and the rest.

    >>> split_imports("import numpy as np\n\nx = np.zeros(3)")
    (['import numpy as np'], 'x = np.zeros(3)')
    """
    lines = code.split("\n")
    count = 0
    while count < len(lines) and (
        not lines[count] or lines[count].startswith(("import ", "from "))
    ):
        count += 1
    return [line for line in lines[:count] if line], "\n".join(lines[count:])


def merged(imports: Iterable[str]) -> list[str]:
    """Return import lines in order: the standard library, other packages, badak; one a module."""
    named: dict[str, set[str]] = {}
    whole = set()
    for line in imports:
        if line.startswith("import "):
            whole.add(line)
        else:
            _, module, _, names = line.split(" ", 3)
            named.setdefault(module, set()).update(names.split(", "))
    lines = [*whole, *(f"from {m} import {', '.join(sorted(n))}" for m, n in named.items())]
    groups: dict[int, list[str]] = {}
    for line in sorted(
        lines, key=lambda each: (each.split()[1].partition(".")[0], each.startswith("from"), each)
    ):
        root = line.split()[1].partition(".")[0]
        place = 0 if root in sys.stdlib_module_names else 1 + (root == "badak")
        groups.setdefault(place, []).append(line)
    return "\n\n".join("\n".join(groups[place]) for place in sorted(groups)).split("\n")
