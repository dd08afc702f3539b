"""Summarise a network as a table: layers, shapes, numbers of weights, and the count of layers."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from badak._common import display
from badak._common.display import View
from badak._common.language import message
from badak.layers import Dense, Ensemble, SharedEnsemble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from badak.layers.base import Layer
    from badak.layers.model import Model
    from badak.typing import Shape


def print_summary(model: "Model", console: Any = None) -> None:
    """Print the table; `console` is Rich's, by default one on standard output."""
    from badak._common.console import CleanConsole

    console = console or CleanConsole()
    view = summary_view(model)
    console.print(display.as_rich(replace(view, notes=())))
    for line in view.notes:  # printed as strings, in which Rich colours the numbers
        console.print(line)


def summary_html(model: "Model") -> str:
    """Return the table and the lines below it, for a notebook."""
    return display.as_html(summary_view(model))


def summary_view(model: "Model") -> View:
    """Return what is shown of a built model: a row for each layer, and the totals below."""
    trained = sum(segment.size for segment in model.parameters.trainable_segments)
    kept = model.count_params() - trained
    return View(
        headings=(
            message("layer"),
            message("kind"),
            message("activation"),
            message("output shape"),
            message("weights"),
        ),
        rows=_rows(model),
        title=model.name,
        notes=(
            message(
                "weights: {count:,} ({trained:,} trained, {kept:,} only kept)",
                count=model.count_params(),
                trained=trained,
                kept=kept,
            ),
            counted_layers(model),
        ),
        right=(3, 4),
    )


def counted_layers(model: "Model") -> str:
    """Return the number of layers in the two ways that textbooks count them.

    They are counted one after another; of networks side by side the deepest counts.
    """
    weighing = _depth(model.layers)
    return message(
        "layers: {count} counting those with weights, {more} with the input as well",
        count=weighing,
        more=weighing + 1,
    )


def _depth(layers: "Sequence[Layer]") -> int:
    return sum(map(_depth_of, layers))


def _depth_of(layer: "Layer") -> int:
    if isinstance(layer, Ensemble):
        return max(map(_depth, layer.members))
    if isinstance(layer, SharedEnsemble):
        return _depth(layer.layers)
    return int(isinstance(layer, Dense))


def _kind(layer: "Layer") -> str:
    kind = type(layer).__name__
    if isinstance(layer, Ensemble):
        return message("{kind} of {count}", kind=kind, count=len(layer.members))
    if isinstance(layer, SharedEnsemble):
        return message("{kind} of {count}", kind=kind, count=layer.members)
    return kind


def _rows(model: "Model") -> list[tuple[str, ...]]:
    return [
        (
            str(layer.name),
            _kind(layer),
            layer.activation.name if layer.activation is not None else "",
            _batch_of(shape),
            f"{layer.count_params():,}",
        )
        for layer, shape in zip(model.layers, model.shapes[1:], strict=True)
    ]


def _batch_of(shape: "Shape") -> str:
    return "(batch, " + ", ".join(map(str, shape)) + ")"
