"""Options that the commands of `badak plot` share: where a picture goes and how it looks."""

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from badak._common.language import message
from badak.cli.choices import check_theme, language_of_texts, sides_of
from badak.cli.data import DATA_HELP
from badak.cli.terminal import make_console, print_facts

P = ParamSpec("P")

Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where the picture goes: a name that ends in .png, .svg or .pdf.",
        show_default="a fitting .png here",
    ),
]
ThemeOption = Annotated[
    str,
    typer.Option("--theme", callback=check_theme, metavar="light|dark", help="Its colours."),
]
LanguageOption = Annotated[
    str,
    typer.Option(
        "--language",
        callback=language_of_texts,
        metavar="en|ko",
        help="Its words.",
        show_default="BADAK_LANGUAGE, or the locale",
    ),
]
TitleOption = Annotated[
    str | None,
    typer.Option("--title", metavar="TEXT", help="Its title.", show_default="what it shows"),
]
SizeOption = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="WxH",
        help="Its width and height in pixels, such as 1920x1080 for a slide.",
        show_default="800 wide",
    ),
]
DpiOption = Annotated[
    float | None,
    typer.Option(
        "--dpi",
        metavar="N",
        help="Its dots per inch: more make it larger, with --size only its letters.",
        show_default="what suits",
    ),
]
DataOfModel = Annotated[
    str | None,
    typer.Argument(metavar="DATA", help=DATA_HELP, show_default="what it was trained on"),
]
Count = Annotated[int, typer.Option(metavar="N", min=1, help="How many are drawn at most.")]
Slopes = Annotated[bool, typer.Option("--slopes/--no-slopes", help="Draw the slopes as well.")]


@dataclass(frozen=True)
class Look:
    """Where a picture goes, and how it looks; the fields are the options that all commands have."""

    out: Out = None
    theme: ThemeOption = "light"
    language: LanguageOption = ""  # which stands for none
    title: TitleOption = None
    size: SizeOption = None
    dpi: DpiOption = None

    @contextmanager
    def picture(self, name: str) -> Iterator[dict[str, Any]]:
        """Give what a picture's function takes for it; print where it was saved.

        `name` is the file's name without ending where --out does not say one. A file that cannot
        be written is refused before any work.
        """
        target = target_of(self.out, name)
        look = {"title": self.title, "theme": self.theme, "language": self.language}
        size = None if self.size is None else sides_of(self.size, "--size")
        yield {**look, "size": size, "dpi": self.dpi, "save": target}
        print_facts(make_console(), {"saved": os.fspath(target)})


def with_look(command: Callable[Concatenate[Look, P], None]) -> Callable[..., None]:
    """Return the command with the options of :class:`Look` after its own, for Typer to read."""
    own = list(inspect.signature(command).parameters.values())[1:]
    shared = list(inspect.signature(Look).parameters.values())

    @functools.wraps(command)
    def run(*args: P.args, **options: P.kwargs) -> None:
        given: dict[str, Any] = dict(options)
        look = Look(**{each.name: given.pop(each.name) for each in shared})
        command(look, *args, **given)

    run.__dict__["__signature__"] = inspect.Signature([*own, *shared])
    run.__annotations__ = {each.name: each.annotation for each in (*own, *shared)}
    return run


def target_of(out: Path | None, name: str) -> Path:
    """Return where the picture goes; a name whose ending does not do is met before any work."""
    from badak.pictures.canvas import check_format

    target = Path(f"{name}.png") if out is None else out
    check_format(target)
    if target.is_dir():
        raise IsADirectoryError(
            message("{target} is a folder: give --out a file's name", target=target)
        )
    if not target.parent.is_dir():
        raise FileNotFoundError(
            message(
                "there is no folder {parent} to save {name} in: make it first, or give --out "
                "another",
                parent=target.parent,
                name=target.name,
            )
        )
    return target
