"""The confusion matrix on a console; if it is too wide, the most frequent mistakes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from badak._common.language import message
from badak.cli.terminal import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from badak.typing import Array

WIDEST_HEADING = 4  # characters; longer names of classes are numbered in the columns
MOST_PAIRS = 10

OFTEN = 0.02  # a share of the true class

RIGHT, MISTAKE, OFTEN_MISTAKEN, NOTHING = "dim", "red", "bold red", "dim"


def print_held_out(console: "Console", counts: "Array", class_names: Sequence[str]) -> None:
    """Print the accuracy on held-out images, and which classes were taken for which."""
    total = int(counts.sum())
    console.print(
        message(
            "\nheld-out accuracy {accuracy:.4f} on {total:,} images\n",
            accuracy=counts.trace() / total,
            total=total,
        )
    )
    print_confusion(console, counts, class_names)


def print_confusion(console: "Console", counts: "Array", class_names: Sequence[str]) -> None:
    """Print whole numbers (true classes, answered classes) as wide as the console allows."""
    from rich.measure import Measurement

    names = [printable(name) for name in class_names]
    mistakes = int(counts.sum() - counts.trace())
    if not mistakes:
        console.print(message("no mistakes\n"))
        return
    table = confusion_table(counts, names)
    needed = Measurement.get(console, console.options.update(max_width=10_000), table).maximum
    if needed <= console.width:
        console.print(message("confusion: a row is a true class, a column what it was taken for\n"))
    else:
        console.print(message("the most frequent of {mistakes} mistakes\n", mistakes=mistakes))
        table = pairs_table(counts, names)
    console.print(table)
    console.print()


def confusion_table(counts: "Array", names: Sequence[str]) -> "Table":
    """Return the whole matrix."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    numbered = max(map(cell_len, names)) > WIDEST_HEADING
    width = len(str(len(names) - 1))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1), show_edge=False, header_style="bold")
    table.add_column("")
    for place, name in enumerate(names):
        table.add_column(str(place) if numbered else name, justify="right")
    for place, name in enumerate(names):
        label = f"{place:>{width}} {name}" if numbered else name
        table.add_row(label, *(_cell(counts, place, answer) for answer in range(len(names))))
    return table


def pairs_table(counts: "Array", names: Sequence[str]) -> "Table":
    """Return the most frequent mistakes, the most frequent first."""
    from rich import box
    from rich.table import Table

    pairs = sorted(
        (-int(counts[true, answer]), true, answer)
        for true in range(len(names))
        for answer in range(len(names))
        if true != answer and counts[true, answer]
    )
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False, header_style="bold")
    table.add_column(message("true class"), overflow="fold")
    table.add_column(message("taken for"), overflow="fold")
    table.add_column(message("times"), justify="right", style=OFTEN_MISTAKEN)
    table.add_column(message("of"), justify="right")
    for count, true, answer in pairs[:MOST_PAIRS]:
        table.add_row(names[true], names[answer], str(-count), str(int(counts[true].sum())))
    return table


def _cell(counts: "Array", true: int, answer: int) -> "Text":
    from rich.text import Text

    count, of_class = int(counts[true, answer]), int(counts[true].sum())
    if true == answer and of_class:
        return Text(str(count), style=RIGHT if count else OFTEN_MISTAKEN)
    if not count:
        return Text("·", style=NOTHING)
    return Text(str(count), style=OFTEN_MISTAKEN if count >= OFTEN * of_class else MISTAKE)
