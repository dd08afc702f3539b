"""A network as a table: layers, shapes, numbers of weights, and how many layers that makes."""

from typing import TYPE_CHECKING, Any

from badak.layers import Dense

if TYPE_CHECKING:
    from badak.sequential import Sequential
    from badak.typing import Shape


def print_summary(model: "Sequential", console: Any = None) -> None:
    """Print the table; `console` is Rich's, by default one on standard output."""
    from rich.console import Console

    console = console or Console()
    console.print(summary_table(model))
    trained = sum(segment.size for segment in model.parameters.trainable_segments)
    kept = model.count_params() - trained
    console.print(f"weights: {model.count_params():,} ({trained:,} trained, {kept:,} only kept)")
    console.print(counted_layers(model))


def summary_table(model: "Sequential") -> Any:
    """Return the layers as a Rich table."""
    from rich import box
    from rich.table import Table

    table = Table(
        title=model.name, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False
    )
    for heading in ("layer", "kind", "activation"):
        table.add_column(heading, overflow="fold")
    for heading in ("output shape", "weights"):
        table.add_column(heading, justify="right", overflow="fold")
    for layer, shape in zip(model.layers, model.shapes[1:], strict=True):
        activation = layer.activation.name if layer.activation is not None else ""
        table.add_row(
            layer.name,
            type(layer).__name__,
            activation,
            _batch_of(shape),
            f"{layer.count_params():,}",
        )
    return table


def counted_layers(model: "Sequential") -> str:
    """Return the number of layers in the two ways that textbooks count them."""
    weighing = sum(isinstance(layer, Dense) for layer in model.layers)
    return f"layers: {weighing} counting those with weights, {weighing + 1} with the input as well"


def _batch_of(shape: "Shape") -> str:
    return "(batch, " + ", ".join(map(str, shape)) + ")"
