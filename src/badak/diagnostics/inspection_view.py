"""An inspection as a table of the layers, and under it the verdicts a line each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from badak._common.display import html_lines, html_table, table

if TYPE_CHECKING:
    from badak.diagnostics.inspection import Inspection

HEADINGS = ("layer", "activation", "output", "dead", "flat", "gradient", "1 sign")
NUMBERS = (2, 3, 4, 5, 6)


def inspection_table(inspection: "Inspection") -> Any:
    """Return the inspection as Rich prints it."""
    from rich.console import Group
    from rich.text import Text

    layers = table(HEADINGS, rows(inspection), right=NUMBERS, whole=(1, *NUMBERS))
    lines = [Text(line) for line in verdict_lines(inspection)]
    return Group(Text(headline(inspection)), "", layers, "", *lines)


def inspection_html(inspection: "Inspection") -> str:
    """Return the inspection as a notebook shows it."""
    layers = html_table(HEADINGS, rows(inspection), right=NUMBERS)
    return html_lines([headline(inspection)]) + layers + html_lines(verdict_lines(inspection))


def headline(inspection: "Inspection") -> str:
    """Return in a line what was looked at."""
    line = f"{inspection.samples:,} sample" + "s" * (inspection.samples != 1)
    if inspection.samples < inspection.of:
        line += f", evenly spread among {inspection.of:,}"
    if inspection.loss is None:
        return line + "; with targets, inspect(x, t), the gradients are looked at too"
    return line + f", loss {inspection.loss:.4g}"


def verdict_lines(inspection: "Inspection") -> list[str]:
    """Return a line for each verdict, or the one that says that all is well."""
    if inspection.healthy:
        seen = "units" if inspection.loss is None else "units and gradients"
        return [f"healthy: no trouble seen in the {seen} of {len(inspection.layers)} layers"]
    return [str(verdict) for verdict in inspection.verdicts]


def rows(inspection: "Inspection") -> Iterator[tuple[str, ...]]:
    """Yield a row for each layer: mean and standard deviation, and shares of units or values."""
    for layer in inspection.layers:
        one_sign = None if layer.one_sign is None else float(layer.one_sign.mean())
        sloped = layer.activation != "" and layer.saturated is not None
        yield (
            layer.name,
            layer.activation,
            _spread(layer.mean, layer.deviation),
            _share(layer.dead_share if sloped else None),
            _share(layer.saturated_share),
            _spread(layer.gradient_mean, layer.gradient_deviation, 1),
            _share(one_sign),
        )


def _spread(mean: float | None, deviation: float | None, digits: int = 2) -> str:
    if mean is None or deviation is None:
        return ""
    return f"{mean:.{digits}g} ± {deviation:.{digits}g}"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
