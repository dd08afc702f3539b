"""An explanation as a table: a row a layer, and under it where the class's sum comes from."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from badak._common.display import html_lines, html_table, table

if TYPE_CHECKING:
    from badak.diagnostics.attribution import Contributions, Explanation

HEADINGS = ("layer", "shape", "fire", "least", "mean", "most", "unit  gives    adds")
NUMBERS = (1, 2, 3, 4, 5)


def explanation_table(explained: "Explanation") -> Any:
    """Return the explanation as Rich prints it, the answer in the first line."""
    from rich.console import Group
    from rich.text import Text

    return Group(Text(headline(explained)), "", layer_table(explained))


def layer_table(explained: "Explanation") -> Any:
    """Return the layers and the sums as Rich prints them."""
    from rich.console import Group
    from rich.text import Text

    layers = table(HEADINGS, rows(explained), right=NUMBERS, whole=(*NUMBERS, 6))
    return Group(layers, "", *(Text(line) for line in sum_lines(explained)))


def explanation_html(explained: "Explanation") -> str:
    """Return the explanation as a notebook shows it."""
    layers = html_table(HEADINGS, rows(explained), right=NUMBERS)
    return html_lines([headline(explained)]) + layers + html_lines(sum_lines(explained))


def headline(explained: "Explanation") -> str:
    """Return the three likeliest classes in a line."""
    told = (
        f"{explained.class_names[place]} {explained.probabilities[place]:.2%}"
        for place in explained.order[:3]
    )
    return ", ".join(told)


def rows(explained: "Explanation") -> Iterator[tuple[str, ...]]:
    """Yield a row for each layer; its kind, and its most active units, stand below one another."""
    for layer in explained.layers:
        yield (
            "\n  ".join([layer.name, *layer.beside_name]),
            "x".join(map(str, layer.shape)),
            "" if layer.fire is None else f"{layer.fire:.0%}",
            *(f"{value:.3g}" for value in (layer.z.min(), layer.z.mean(), layer.z.max())),
            "\n".join(
                f"{u.unit:>5} {_short(u.z):>6} {_short(u.adds, '+'):>7}" for u in layer.most_active
            ),
        )


def _short(value: float, sign: str = "") -> str:
    return f"{value:{sign}.3g}"


def sum_lines(explained: "Explanation") -> list[str]:
    """Return where the sum of the class comes from, and by how much it is above the other's."""
    names, target, against = explained.class_names, explained.target, explained.against
    rest = "biases" if explained.straight else "biases and the bends of activations"
    lines = []
    if any(layer.most_active for layer in explained.layers):
        lines.append(f"adds: what the unit adds to the sum of {names[target]}")
    lines.append(f"sum of {names[target]}: {_parts(explained.contributions(target), rest)}")
    if against is not None and not explained.yes_or_no:
        both = f"sum of {names[target]} less that of {names[against]}"
        lines.append(f"{both}: {_parts(explained.contributions(target, against), rest)}")
    return lines


def _parts(found: "Contributions", rest: str) -> str:
    return f"{found.sum:.3f} = pixels {found.total:+.3f}, {rest} {found.rest:+.3f}"
