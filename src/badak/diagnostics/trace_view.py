"""A trace as a table: layer by layer, what it took, what it made, what it was told."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from badak._common.display import html_lines, html_table, table
from badak.typing import Array

if TYPE_CHECKING:
    from badak.diagnostics.layer_trace import LayerTrace
    from badak.diagnostics.trace import Trace

HEADINGS = ("layer", "what", "shape", "values")
SHOWN_WHOLE = 12
"""Numbers of an array that is shown whole; of a larger one its ends and its mean."""

SYMBOLS = {"gradient_at_z": "dL/dz", "gradient_at_a": "dL/da", "gradient_at_x": "dL/dx"}
BY_ROW = "by row: dz/da is a matrix"


def trace_table(trace: "Trace") -> Any:
    """Return the trace as Rich prints it."""
    from rich.console import Group

    return Group(headline(trace), "", table(HEADINGS, rows(trace), whole=(1,)))


def layer_table(entry: "LayerTrace") -> Any:
    """Return one layer's trace as Rich prints it, its input included."""
    return table(HEADINGS, _with_names(entry, _layer_rows(entry)), whole=(1,))


def trace_html(trace: "Trace") -> str:
    """Return the trace as a notebook shows it."""
    return html_lines([headline(trace)]) + html_table(HEADINGS, rows(trace))


def headline(trace: "Trace") -> str:
    """Return in a line what was traced."""
    count = len(trace.x)
    samples = f"{count:,} sample" + "s" * (count != 1)
    mode = "in training" if trace.training else "answering"
    if trace.loss is None or trace.objective is None:
        return f"{samples}, {mode}"
    return f"{samples}, {mode}; loss L = {_number(trace.loss)} ({trace.objective.loss.name})"


def rows(trace: "Trace") -> Iterator[tuple[str, ...]]:
    """Yield a row for each array; a layer's input is shown once, as the output of that before."""
    for entry in trace:
        repeated = ("x", "dL/dx") if entry.index else ()
        yield from _with_names(entry, (r for r in _layer_rows(entry) if r[0] not in repeated))


def _with_names(
    entry: "LayerTrace", layer_rows: Iterable[tuple[str, ...]]
) -> Iterator[tuple[str, ...]]:
    """Put the layer's name before its first row, and that of its activation before the second."""
    h = entry.activation
    names = [entry.name] if h is None else [entry.name, f"  {h.name}"]
    for row in layer_rows:
        yield names.pop(0) if names else "", *row


def _layer_rows(entry: "LayerTrace") -> Iterator[tuple[str, str, str]]:
    identity = entry.activation is not None and entry.activation.name == "identity"
    for name, array in entry.arrays().items():
        if identity and name in ("slope", "gradient_at_z"):
            continue  # 1, and the same as at the sum
        yield _symbol(name), _shape(array), _values(array)
        if name == "a" and entry.by_row:
            yield "slope", "", BY_ROW


def _symbol(name: str) -> str:
    return SYMBOLS.get(name, name.replace("gradient_of_", "dL/d"))


def _shape(array: Array) -> str:
    return f"({', '.join(map(str, array.shape))})"


def _values(array: Array) -> str:
    """Return the numbers, rows parted by ";", or where they lie if they are many."""
    if array.size <= SHOWN_WHOLE:
        lines = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
        return "; ".join("  ".join(map(_number, line)) for line in lines)
    finite = array[np.isfinite(array)].astype(np.float64)
    broken = array.size - finite.size
    if not finite.size:
        return f"all {broken:,} are NaN or infinite"
    line = f"{_number(finite.min())} to {_number(finite.max())}, mean {_number(finite.mean())}"
    return line + (f"; {broken:,} are NaN or infinite" if broken else "")


def _number(value: float) -> str:
    return f"{float(value) + 0.0:.4g}"
