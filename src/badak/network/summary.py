"""A network as a table: layers, shapes, numbers of weights, and how many layers that makes."""

from html import escape
from typing import TYPE_CHECKING, Any

from badak._common.display import html_lines, html_table, table
from badak.layers import Dense

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.typing import Shape

HEADINGS = ("layer", "kind", "activation", "output shape", "weights")
NUMBERS = (3, 4)  # the columns that are aligned at the right


def print_summary(model: "Sequential", console: Any = None) -> None:
    """Print the table; `console` is Rich's, by default one on standard output."""
    from rich.console import Console

    console = console or Console()
    console.print(summary_table(model))
    for line in _lines(model):
        console.print(line)


def summary_table(model: "Sequential") -> Any:
    """Return the layers as a Rich table."""
    made = table(HEADINGS, _rows(model), right=NUMBERS)
    made.title, made.title_justify = model.name, "left"
    return made


def summary_html(model: "Sequential") -> str:
    """Return the table and what is under it, for a notebook."""
    shown = html_table(HEADINGS, _rows(model), right=NUMBERS)
    return f"<b>{escape(model.name)}</b>{shown}{html_lines(_lines(model))}"


def counted_layers(model: "Sequential") -> str:
    """Return the number of layers in the two ways that textbooks count them."""
    weighing = sum(isinstance(layer, Dense) for layer in model.layers)
    return f"layers: {weighing} counting those with weights, {weighing + 1} with the input as well"


def _rows(model: "Sequential") -> list[tuple[str, ...]]:
    return [
        (
            str(layer.name),
            type(layer).__name__,
            layer.activation.name if layer.activation is not None else "",
            _batch_of(shape),
            f"{layer.count_params():,}",
        )
        for layer, shape in zip(model.layers, model.shapes[1:], strict=True)
    ]


def _lines(model: "Sequential") -> list[str]:
    trained = sum(segment.size for segment in model.parameters.trainable_segments)
    kept = model.count_params() - trained
    weights = f"weights: {model.count_params():,} ({trained:,} trained, {kept:,} only kept)"
    return [weights, counted_layers(model)]


def _batch_of(shape: "Shape") -> str:
    return "(batch, " + ", ".join(map(str, shape)) + ")"
