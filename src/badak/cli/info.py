"""`badak info`: show a saved network's layers, classes and training."""

from badak._common.language import message
from badak.cli.models import ModelArgument, described, load, print_card
from badak.cli.terminal import make_console, print_facts
from badak.recipes.preparation import is_for_tables, preparation_of


def info(model: ModelArgument) -> None:
    """Show what a saved network is made of and how it was trained.

    For `digits`, the network that badak brings, show its card as well: how good it is and what it
    gets wrong.

    Try: badak info digits.safetensors
    """
    from badak.network.summary import print_summary

    network, class_names = load(model)
    if is_for_tables(network):
        from badak.cli.tables.info import print_table_model

        print_table_model(network, model)
        return
    prepared = network.preparation and preparation_of(network, model)
    output = network.layers[-1].activation
    named, softmax = network.class_names is not None, output is not None and output.rowwise
    console = make_console()
    print_summary(network, console)
    console.print()
    print_facts(
        console,
        {
            "classes": ", ".join(class_names) if named or softmax else message("not told"),
            "pictures": str(prepared) if prepared else message("not told"),
            "data": prepared.data if prepared else message("not told"),
            "training": message(
                "{optimizer}, seed {seed}",
                optimizer=described(network.optimizer),
                seed=network.seed,
            ),
            "loss": network.loss.name if network.loss else message("follows from the output layer"),
            "file": message("{file}, {size:,} bytes", file=model, size=model.stat().st_size),
        },
    )
    print_card(console, model)
