"""A critical-difference picture: models by their mean ranks, joined where chance may part them."""

from pathlib import Path

import numpy as np

from benchmarks.tables.summary import Figures, indistinct


def draw(figures: Figures, path: Path) -> None:
    """Write the picture, in the format that the file's name says."""
    from matplotlib.figure import Figure

    ranks = figures.ranks()
    order = np.argsort(ranks)
    count = len(order)
    half = (count + 1) // 2
    figure = Figure(figsize=(8.0, 1.4 + 0.3 * half), layout="constrained")
    ax = figure.add_subplot()
    ax.set_xlim(0.8, count + 0.2)
    groups = indistinct(figures)
    depth = len(groups) * 0.35
    for place, model in enumerate(order):
        left = place < half
        level = -(depth + 0.6 + 0.6 * (place if left else count - 1 - place))
        edge = 0.8 if left else count + 0.2
        ax.plot([ranks[model], ranks[model], edge], [0.0, level, level], color="0.3", linewidth=1)
        label = f"{figures.models[model]} {ranks[model]:.2f}"
        ax.annotate(
            label,
            (edge, level),
            xytext=(-4 if left else 4, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontweight="bold" if figures.models[model].startswith("badak") else "normal",
        )
    for number, (first, last) in enumerate(groups):
        level = -0.35 * (number + 0.8)
        ends = [ranks[order[first]] - 0.04, ranks[order[last]] + 0.04]
        ax.plot(ends, [level, level], color="black", linewidth=4, solid_capstyle="round")
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xlabel(f"mean rank on {len(figures.by_table())} tables (1 is the best)")
    ax.set_xticks(range(1, count + 1))
    ax.set_yticks([])
    ax.set_ylim(top=0.0)
    for side in ("left", "right", "bottom"):
        ax.spines[side].set_visible(False)
    figure.savefig(path, dpi=160)
