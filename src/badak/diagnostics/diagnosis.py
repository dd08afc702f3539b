"""Diagnose why a network is not learning: the symptom, its name, and what to try.

The thresholds are the constants below, each with its reason. They are rules of thumb;
:class:`badak.diagnostics.statistics.LayerStatistics` has the numbers themselves.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from badak._common.language import marked, message, translated
from badak.activations import Activation
from badak.diagnostics.layer_trace import LayerTrace
from badak.diagnostics.statistics import (
    LayerStatistics,
    constant_units,
    has_dense_kernel,
    largest_slope,
    usually_flat,
)
from badak.diagnostics.trace import Trace
from badak.typing import Array

MANY_UNITS = 0.25
"""Share of a layer's units. Where more are dead or constant the layer is narrower than intended;
a tenth or two are common in ReLU layers that learn well."""
FLAT_VALUES = 0.4
"""Share of a layer's values that may be flat beyond what pre-activations of mean 0 and variance 1
give, which is none for sigmoid and half of them for ReLU."""
FADING = 1e-3
"""Ratio of the gradients at the first pre-activations to those at the last. Three or four layers
of sigmoid, each taking off a factor of 4 or more, stay above; ten do not."""
ONE_SIGN = 0.95
"""Share of a unit's weight gradients. With so many of one sign its weights can only rise or fall
together."""
LARGE_INPUTS = 5.0
SMALL_INPUTS = 0.01
"""Root mean square of the first weighted layer's inputs: 1 for data of mean 0 and variance 1, up
to 1 for pixels from 0 to 1."""
LARGE_TARGETS = 100.0
"""Root mean square of numeric targets, as a multiple of that of the outputs (1 or more): training
then takes steps as many times too large, or needs as many more."""
FEWEST_SAMPLES = 4
"""With fewer samples a healthy unit is too often silent on all of them."""

KINDS = (
    "not_finite",
    "large_inputs",
    "small_inputs",
    "large_targets",
    "no_slope",
    "identical",
    "dead",
    "saturated",
    "constant",
    "vanishing_gradient",
    "exploding_gradient",
    "one_sign",
    "one_class",
)
"""The kinds of verdicts, the gravest first."""


@dataclass(frozen=True)
class Verdict:
    """One thing that is wrong: its kind, where, what was found, and what to try.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    layer : str
        The name of the first layer that it was found in; empty if it concerns the whole network.
    found : str
        What was found, in numbers.
    called : str
        What the field calls it.
    advice : str
        What to try.
    also : tuple of str
        The other layers that it was found in, with the same kind if not the same numbers.

    Examples
    --------
    >>> print(Verdict("dead", "dense", "5 of 9 units never fire", "dying ReLU", "try LeakyReLU"))
    layer dense: 5 of 9 units never fire: dying ReLU; try LeakyReLU
    """

    kind: str
    layer: str
    found: str
    called: str
    advice: str
    also: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes by their names, as data that JSON can hold.

        Returns
        -------
        dict
            And "text", the line that is printed; `also` is a list.
        """
        names = ("kind", "layer", "found", "called", "advice")
        data: dict[str, Any] = {name: getattr(self, name) for name in names}
        return {**data, "also": list(self.also), "text": str(self)}

    def __str__(self) -> str:
        line = message(
            "{found}: {called}; {advice}", found=self.found, called=self.called, advice=self.advice
        )
        if self.layer:
            line = message("layer {layer}: {verdict}", layer=self.layer, verdict=line)
        return line + self._also()

    def _also(self) -> str:
        if len(self.also) > 3:
            return message(
                " (so too {count} more layers, {first} to {last})",
                count=len(self.also),
                first=self.also[0],
                last=self.also[-1],
            )
        if self.also:
            return message(" (so too {layers})", layers=", ".join(self.also))
        return ""


def verdicts(trace: Trace, layers: list[LayerStatistics]) -> list[Verdict]:
    """Return one verdict for each kind found, that of its first layer, the gravest kind first."""
    broken = first_not_finite(trace)
    if broken is None:
        return _joined(_all_verdicts(trace, layers))
    large = next((v for v in _of_inputs(trace) if v.kind == "large_inputs"), None)
    if large is not None and broken.advice == translated(SMALLER_STEPS):
        earlier = message(
            "earlier, in layer {layer}, {found}: {advice}",
            layer=large.layer,
            found=large.found,
            advice=large.advice,
        )
        broken = replace(broken, advice=earlier)
    return [broken]


def _all_verdicts(trace: Trace, layers: list[LayerStatistics]) -> Iterator[Verdict]:
    yield from _of_inputs(trace)
    yield from _of_targets(trace)
    many = trace.samples >= FEWEST_SAMPLES
    first = _first_weighing(trace)
    for entry, stats in zip(trace, layers, strict=True):
        checks: list[Callable[..., Iterator[Verdict]]] = [_of_slope, _of_identical, _of_sign]
        if many and entry.index >= first:
            checks += [_of_constants] if entry.slope is None else [_of_dead, _of_constants]
        if entry is not trace.layers[-1]:  # a sure answer is a flat one, and no fault
            checks.append(_of_saturation)
        for check in checks:
            yield from check(entry, stats, trace)
    yield from _of_flow(trace, layers)
    if many:
        yield from _of_classes(trace)


def _joined(verdicts: Iterable[Verdict]) -> list[Verdict]:
    by_kind: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_kind.setdefault(verdict.kind, []).append(verdict)
    return [
        replace(by_kind[kind][0], also=tuple(v.layer for v in by_kind[kind][1:]))
        for kind in KINDS
        if kind in by_kind
    ]


def first_not_finite(trace: Trace) -> Verdict | None:
    """Return where NaN or infinity first occurs: forward through the layers, then backward."""
    for entry in trace:
        for name, array in [*entry.weights.items(), ("a", entry.a), ("z", entry.z)]:
            if array is not None and not np.isfinite(array).all():
                called = {"a": message("its sum a"), "z": message("its output z")}
                what = called.get(name) or message("its {name}", name=name)
                return _not_finite(entry.name, what, array, _remedy(entry, name))
    if trace.loss is not None and not np.isfinite(trace.loss):
        return _of_infinite_loss(trace)
    for entry in reversed(trace.layers):
        for what, g in _backward_arrays(entry).items():
            if g is not None and not np.isfinite(g).all():
                return _not_finite(entry.name, what, g, SMALLER_STEPS)
    return None


def _of_infinite_loss(trace: Trace) -> Verdict:
    last = trace.layers[-1]
    reach = float(np.abs(last.z if last.a is None else last.a).max())
    t = _numeric_targets(trace)
    targets = 0.0 if t is None else float(np.abs(t).max())
    largest, what, advice = reach, message("its values"), SMALLER_STEPS
    if targets > LARGE_TARGETS * max(reach, 1.0):
        largest, what, advice = targets, message("the targets"), SCALED_TARGETS
    found = message(
        "{what}, up to {largest:.3g}, are finite, but the loss is {loss}",
        what=what,
        largest=largest,
        loss=trace.loss,
    )
    called = message("overflow in the loss")
    return Verdict("not_finite", last.name, found, called, translated(advice))


def _remedy(entry: LayerTrace, name: str) -> str:
    """Return what to try where a layer's weight or result of this name is not finite."""
    specs = entry.layer.parameters(entry.x.shape[1:])
    trained = {spec.name for spec in specs if spec.trainable}
    of_training = name in trained or bool(trained and name not in entry.weights)
    return SMALLER_STEPS if of_training else SCALED_INPUTS


SCALED_TARGETS = marked("scale the targets, for instance to mean 0 and variance 1")
SCALED_INPUTS = marked("scale what this layer takes")
SMALLER_STEPS = marked("try a smaller learning rate, or clipnorm=1.0 in the optimizer")


def _backward_arrays(entry: LayerTrace) -> dict[str, Array | None]:
    return {
        message("the gradient at its output"): entry.gradient_at_z,
        message("the gradient at its sum"): entry.gradient_at_a,
        **{
            message("the gradient of its {name}", name=name): g
            for name, g in entry.gradients.items()
        },
        message("the gradient at its input"): entry.gradient_at_x,
    }


def _not_finite(layer: str, what: str, array: Array, advice: str) -> Verdict:
    nans = int(np.isnan(array).sum())
    infinite = int(np.isinf(array).sum())
    counts = [message("{count:,} NaN", count=nans)] * (nans > 0)
    counts += [message("{count:,} infinite", count=infinite)] * (infinite > 0)
    found = message(
        "{what} is not finite ({counts} of {size:,} numbers)",
        what=what,
        counts=message(" and ").join(counts),
        size=array.size,
    )
    return Verdict("not_finite", layer, found, message("overflow"), translated(advice))


def _first_weighing(trace: Trace) -> int:
    return next((entry.index for entry in trace if "kernel" in entry.weights), len(trace))


def _of_inputs(trace: Trace) -> Iterator[Verdict]:
    index = _first_weighing(trace)
    if index == len(trace):
        return
    entry = trace.layers[index]
    size = _root_mean_square(entry.x)
    scaling = message("put Normalization() first, or Rescaling(1 / 255) for pixels")
    found = message("its inputs are of size {size:.3g} (root mean square; 1 is usual)", size=size)
    called = message("inputs not scaled")
    if size > LARGE_INPUTS:
        yield Verdict("large_inputs", entry.name, found, called, scaling)
    elif size < SMALL_INPUTS:
        yield Verdict("small_inputs", entry.name, found, called, scaling)


def _of_targets(trace: Trace) -> Iterator[Verdict]:
    t = _numeric_targets(trace)
    if t is None:
        return
    size, outputs = _root_mean_square(t), _root_mean_square(trace.layers[-1].z)
    if size > LARGE_TARGETS * max(outputs, 1.0):
        found = message(
            "the targets are of size {size:.3g} (root mean square), its outputs {outputs:.3g}",
            size=size,
            outputs=outputs,
        )
        name, called = trace.layers[-1].name, message("targets not scaled")
        yield Verdict("large_targets", name, found, called, translated(SCALED_TARGETS))


def _numeric_targets(trace: Trace) -> Array | None:
    """Return the targets if they are numbers of any size; None if classes or shares."""
    kind = trace.objective.loss.targets if trace.objective else ""
    return trace.t if kind in ("values", "not_negative") else None


def _root_mean_square(values: Array) -> float:
    return float(np.sqrt((values.astype(np.float64) ** 2).mean()))


def _of_slope(entry: LayerTrace, stats: LayerStatistics, trace: Trace) -> Iterator[Verdict]:
    if entry.activation is not None and entry.slope is not None and _slopeless(entry.activation):
        yield Verdict(
            "no_slope",
            entry.name,
            message("the slope of {activation} is 0 everywhere", activation=stats.activation),
            message("no gradient passes"),
            message("use sigmoid or relu to train"),
        )


def _slopeless(h: Activation) -> bool:
    return largest_slope(h) == 0.0


def _of_identical(entry: LayerTrace, stats: LayerStatistics, trace: Trace) -> Iterator[Verdict]:
    """Find units with the same weights: with the same gradients too, they never come apart.

    In the last layer the targets part them, unless the gradients that are known say otherwise.
    """
    if not has_dense_kernel(entry):
        return
    bias = entry.weights.get("bias")
    rows = [entry.kernel] if bias is None else [entry.kernel, bias[np.newaxis]]
    if entry is trace.layers[-1]:
        if "kernel" not in entry.gradients:
            return
        rows.append(entry.gradients["kernel"])
    columns = np.concatenate(rows)  # (inputs + 1, units)
    _, group, sizes = np.unique(columns, axis=1, return_inverse=True, return_counts=True)
    alike = int((sizes[group.ravel()] > 1).sum())
    if alike > MANY_UNITS * columns.shape[1]:
        found = message(
            "{alike:,} of {units:,} units have the same weights as another",
            alike=alike,
            units=columns.shape[1],
        )
        advice = message(
            "initialise its kernel at random, such as by 'glorot_uniform' or 'he_normal'"
        )
        yield Verdict("identical", entry.name, found, message("symmetry"), advice)


def _of_dead(entry: LayerTrace, stats: LayerStatistics, trace: Trace) -> Iterator[Verdict]:
    h = entry.activation
    if h is None or _slopeless(h) or stats.dead_share <= MANY_UNITS:
        return
    counts = {"count": int(stats.dead.sum()), "units": stats.dead.size, "samples": trace.samples}
    silent = not entry.z.reshape(len(entry.z), -1)[:, stats.dead].any()
    if silent:
        called, advice = _silent(h)
        found = message(
            "{count:,} of {units:,} units never fire on these {samples:,} samples", **counts
        )
        yield Verdict("dead", entry.name, found, called, advice)
    else:
        found = message(
            "{count:,} of {units:,} units stay at an end of {activation} on these {samples:,} "
            "samples",
            activation=h.name,
            **counts,
        )
        called, advice = message("saturated for good"), translated(SMALLER_SUMS)
        yield Verdict("dead", entry.name, found, called, advice)


def _silent(h: Activation) -> tuple[str, str]:
    if h.saturates == ("left",) and not h.smooth:
        advice = message("try a smaller learning rate, He initialisation or LeakyReLU")
        return message("dying ReLU"), advice
    return message("dead units"), translated(SMALLER_SUMS)


SMALLER_SUMS = marked(
    "try smaller initial weights, inputs of mean 0 and variance 1, or BatchNormalization before it"
)


def _of_saturation(entry: LayerTrace, stats: LayerStatistics, trace: Trace) -> Iterator[Verdict]:
    h = entry.activation
    if h is None or stats.saturated is None or _slopeless(h) or stats.dead.all():
        return
    share = float(stats.saturated[~stats.dead].mean())
    if share > FLAT_VALUES + usually_flat(h):
        found = message(
            "{share:.0%} of its values lie where {activation} is flat",
            share=share,
            activation=h.name,
        )
        called, advice = message("saturation"), translated(SMALLER_SUMS)
        yield Verdict("saturated", entry.name, found, called, advice)


def _of_constants(entry: LayerTrace, stats: LayerStatistics, trace: Trace) -> Iterator[Verdict]:
    if constant_units(entry.x).all():
        return  # its inputs are constant, and so its outputs are
    constant = stats.constant & ~stats.dead
    if constant.mean() > MANY_UNITS:
        found = message(
            "{count:,} of {units:,} units give the same on these {samples:,} samples",
            count=int(constant.sum()),
            units=constant.size,
            samples=trace.samples,
        )
        advice = message(
            "look at the layer before it, and at weights that are all 0 or far too small"
        )
        yield Verdict("constant", entry.name, found, message("constant units"), advice)


def _of_sign(entry: LayerTrace, stats: LayerStatistics, trace: Trace) -> Iterator[Verdict]:
    if stats.one_sign is None or len(entry.kernel) == 1:
        return
    alike = int((stats.one_sign >= ONE_SIGN).sum())
    if alike > stats.one_sign.size / 2 and _of_one_sign(entry.x):
        found = message(
            "in {alike:,} of {units:,} units at least {share:.0%} of the weight gradients have one "
            "sign, as its inputs have",
            alike=alike,
            units=stats.one_sign.size,
            share=ONE_SIGN,
        )
        called = message("inputs not centred at zero")
        advice = message("try tanh before it, or inputs of mean 0")
        yield Verdict("one_sign", entry.name, found, called, advice)


def _of_one_sign(x: Array) -> bool:
    return bool((x >= 0.0).all() or (x <= 0.0).all())


def _of_flow(trace: Trace, layers: list[LayerStatistics]) -> Iterator[Verdict]:
    """Compare the gradients at the first pre-activations with those at the last."""
    weighing = [h for e, h in zip(trace, layers, strict=True) if "kernel" in e.weights]
    sizes = [h.gradient_size for h in weighing if h.gradient_size is not None]
    if len(sizes) < 2 or not sizes[-1] or any(layer.dead.all() for layer in layers):
        return  # a layer that is dead as a whole is what stops the gradients
    ratio = sizes[0] / sizes[-1]
    each = ratio ** (1.0 / (len(sizes) - 1))
    found = message(
        "its gradients are of size {first:.2g}, those of layer {layer} {last:.2g}: {each:.2g} "
        "times as much with each layer back",
        first=sizes[0],
        layer=weighing[-1].name,
        last=sizes[-1],
        each=each,
    )
    if ratio < FADING:
        called = message("vanishing gradients")
        advice = message(
            "try relu with He initialisation, fewer layers, or BatchNormalization between them"
        )
        yield Verdict("vanishing_gradient", weighing[0].name, found, called, advice)
    elif ratio > 1.0 / FADING:
        called = message("exploding gradients")
        advice = message(
            "try smaller initial weights, BatchNormalization, or clipnorm=1.0 in the optimizer"
        )
        yield Verdict("exploding_gradient", weighing[0].name, found, called, advice)


def _of_classes(trace: Trace) -> Iterator[Verdict]:
    chosen = _classes(trace)
    if chosen is None or (chosen != chosen[0]).any():
        return
    if trace.t is not None and (trace.t == trace.t[:1]).all():
        return  # the samples themselves are of one class
    found = message(
        "all {samples:,} samples are given class {chosen}",
        samples=len(chosen),
        chosen=int(chosen[0]),
    )
    advice = message("train longer, balance the classes, and heed what else is said here")
    yield Verdict("one_class", "", found, message("answers all alike"), advice)


def _classes(trace: Trace) -> Array | None:
    """Return the class predicted for each sample; None if the outputs are not of classes."""
    last, kind = trace.layers[-1], trace.objective.loss.targets if trace.objective else ""
    h, units = last.activation, last.z.shape[-1]
    if last.z.ndim != 2:
        return None
    if units > 1:
        is_class = kind in ("labels", "distribution") or (h is not None and h.rowwise)
        return last.z.argmax(axis=1) if is_class else None
    if h is not None and h.range == (0.0, 1.0) and kind in ("", "shares"):
        return (last.z[:, 0] > 0.5).astype(np.int64)
    return None
