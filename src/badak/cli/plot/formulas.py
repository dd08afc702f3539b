"""`badak plot activation`, `loss` and `valley`: pictures of formulas, which need no data."""

from typing import Annotated, Any

import typer

from badak._common.language import message
from badak.cli.plot.options import Look, Slopes, with_look
from badak.errors import InputError


@with_look
def activation(
    look: Look,
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME", help="relu, sigmoid, step, tanh, ...", show_default=False),
    ],
    slopes: Slopes = True,
) -> None:
    """Draw activation functions with their slopes.

    Try: badak plot activation sigmoid
    Try: badak plot activation step sigmoid relu --no-slopes
    """
    from badak import pictures

    with look.picture(_joined("activation", names)) as options:
        pictures.activation(*names, slopes=slopes, **options)


@with_look
def loss(
    look: Look,
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME", help="mse, mae, huber, hinge, ...", show_default=False),
    ],
    slopes: Slopes = True,
) -> None:
    """Draw losses with their slopes.

    Try: badak plot loss mse mae huber
    Try: badak plot loss binary_crossentropy
    """
    from badak import pictures

    with look.picture(_joined("loss", names)) as options:
        pictures.loss(*names, slopes=slopes, **options)


@with_look
def valley(
    look: Look,
    optimizers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="sgd, momentum, adam, ..., each also as NAME=RATE.",
            show_default="sgd momentum adagrad adam",
        ),
    ] = None,
    steps: Annotated[int, typer.Option(metavar="N", min=1, help="How many each takes.")] = 30,
    start: Annotated[tuple[float, float], typer.Option(metavar="X Y", help="Where they begin.")] = (
        -7.0,
        2.0,
    ),
) -> None:
    """Draw the paths of optimizers down the narrow valley x²/20 + y².

    Try: badak plot valley
    Try: badak plot valley momentum nesterov adam=0.1 --steps 60
    """
    from badak import pictures

    with look.picture("valley") as options:
        chosen = [_optimizer(each) for each in optimizers or []]
        pictures.valley(*chosen, start=start, steps=steps, **options)


def _joined(kind: str, names: list[str]) -> str:
    """Return the file's name for a few names; for many, the kind of them.

    >>> _joined("activation", ["relu", "step"]), _joined("loss", ["a", "b", "c", "d", "e"])
    ('relu-step', 'loss')
    """
    known = all(name.replace("_", "").isalnum() for name in names)
    return "-".join(names) if known and len(names) <= 4 else kind


def _optimizer(given: str) -> Any:
    """Return a name as it is, and an optimizer for NAME=RATE."""
    name, equals, rate = given.partition("=")
    if not equals:
        return given
    from badak import optimizers

    optimizer = optimizers.get(name)
    try:
        optimizer.learning_rate = float(rate)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            message(
                "{given!r} has no learning rate: write such as {name}=0.1", given=given, name=name
            )
        ) from None
    return optimizer
