"""`badak lab`: open the page in which a network is built, trained and seen through."""

from pathlib import Path
from typing import Annotated

import typer

from badak.cli.help import Language


def lab(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA",
            help="A table (.csv and the like), a folder of pictures, or a model "
            "(.safetensors) to begin with.",
            show_default="two classes in the plane",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="The column of a table that is learnt."),
    ] = None,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, help="The port; the next free one if it is taken.")
    ] = 8765,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether a browser is opened.")
    ] = True,
    language: Language = None,
) -> None:
    """Open the lab: a page in which a network is built, trained and seen through.

    It runs on this machine alone, in a browser; nothing leaves it. Ctrl-C ends it.
    The address has a token that nobody guesses: keep it to yourself.

    Try: badak lab
    Try: badak lab houses.csv --target price
    Try: badak lab my_pictures/
    Try: badak lab digits.safetensors
    """
    import webbrowser

    from badak.lab.given import session_for
    from badak.lab.serving import Server, tell

    server = Server(session_for(data, target), port)
    tell(server, lambda line: print(line, flush=True))
    if browser:
        webbrowser.open(server.url)
    server.run()
