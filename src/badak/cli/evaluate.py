"""`badak evaluate`: test a saved network on held-out images, or on a table."""

from pathlib import Path
from typing import Annotated

import typer

from badak._common.language import message
from badak.cli.confusion import print_held_out
from badak.cli.data import DATA_HELP, DataDir, load_test
from badak.cli.errors import UsageError
from badak.cli.folders import SkipUnreadable
from badak.cli.models import ModelArgument, load
from badak.cli.tables.options import Encoding, Metrics
from badak.cli.terminal import make_console, print_facts
from badak.recipes.preparation import preparation_of
from badak.tables.names import is_table, refuse_workbook


def evaluate(
    model: ModelArgument,
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help=DATA_HELP, show_default="what it was trained on"),
    ] = None,
    data_dir: DataDir = None,
    encoding: Encoding = None,
    metric: Metrics = None,
    skip_unreadable: SkipUnreadable = False,
) -> None:
    """Test a saved network on the test part of a set of images, or on a table.

    Try: badak evaluate digits.safetensors
    Try: badak evaluate houses.safetensors more.csv
    Try: badak evaluate houses.safetensors more.csv --metric mape --metric mae
    """
    from badak.metrics import confusion_matrix

    network, class_names = load(model)
    if data is not None:
        refuse_workbook(data)
    if data is not None and is_table(data):
        from badak.cli.tables.evaluate import evaluate_table

        evaluate_table(network, model, Path(data).expanduser(), encoding, metric or [])
        return
    if encoding is not None:
        raise UsageError(message("--encoding is for tables, but these are pictures."))
    if metric:
        raise UsageError(message("--metric is for tables, but these are pictures."))
    prepare = preparation_of(network, model)
    x, y = load_test(
        data or prepare.data, data_dir, prepare, class_names, skip_unreadable=skip_unreadable
    )
    loss = network.evaluate(x, y, return_dict=True)["loss"]
    console = make_console()
    print_facts(console, {"data": data or prepare.data, "loss": f"{loss:.4f}"})
    counts = confusion_matrix(y, network.classify(x), len(class_names))
    print_held_out(console, counts, class_names)
