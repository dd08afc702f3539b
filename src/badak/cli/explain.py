"""`badak explain`: explain the answer to an image, with a table of the layers and a figure."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common import display
from badak._common.language import counted, message
from badak._common.looks import SHOWN
from badak._common.registry import nearest
from badak.cli.answers import Answer, answers_to, print_answer, print_several
from badak.cli.errors import UsageError, report, sentence
from badak.cli.models import BOXED, is_boxed, load_or_boxed, split_model, tell_boxed
from badak.cli.plot.options import LanguageOption, ThemeOption, target_of
from badak.cli.tables.explain import explain_table
from badak.cli.tables.explaining import BaselineOption, Columns, Explaining, Repeats, Seed
from badak.cli.tables.options import PANEL, Encoding
from badak.cli.terminal import make_console, print_facts, print_json, printable
from badak.errors import BadakError, InputError
from badak.recipes.preparation import preparation_of
from badak.tables.defaults import BASELINES, REPEATS
from badak.tables.names import is_table

if TYPE_CHECKING:
    from rich.console import Console

    from badak.diagnostics.attribution import Contributions, Explanation
    from badak.network.sequential import Sequential
    from badak.recipes.reading import Reading

ENDING = ".explained"


def explain(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="[MODEL] IMAGE",
            help="Pictures of any size: PNG, JPEG, BMP, GIF, WebP or TIFF. Before them may stand "
            "a MODEL that `badak train` wrote; else the network in the box answers. Or a MODEL and "
            "a table.",
            show_default=False,
        ),
    ],
    target: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="NAME",
            help="The class that is explained.",
            show_default="the answer",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The class that it is held against: why the one rather than the other.",
            show_default="the likeliest other",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the figure of one picture goes: .png, .svg or .pdf. Of a table none is "
            "drawn without it.",
            show_default=f"IMAGE{ENDING}.png here",
        ),
    ] = None,
    theme: ThemeOption = "light",
    language: LanguageOption = "",  # which stands for none
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON array, with what each pixel adds."),
    ] = False,
    row: Annotated[
        list[int] | None,
        typer.Option(
            metavar="N",
            min=1,
            show_default=False,
            help="A row of a table, the first being 1, whose answer is taken apart column by "
            "column. May be repeated.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    baseline: BaselineOption = BASELINES[0],
    repeats: Repeats = REPEATS,
    columns: Columns = SHOWN,
    seed: Seed = 0,
    encoding: Encoding = None,
) -> None:
    """Show how pictures become answers: a table of the layers, and a figure.

    The figure has what was found on the picture, the image as the network sees
    it, what each layer makes of it, the probabilities, and the pixels for and
    against the answer.

    Without a model the network in the box answers: it reads handwritten digits,
    of several each by itself, with a figure for each.

    Of a model of tables and a table it tells which columns matter and what each
    does; with --row, what each column adds to the answer to this row. With --out
    it draws them.

    Try: badak explain seven.png
    Try: badak explain seven.png --against 9
    Try: badak explain houses.safetensors houses.csv
    Try: badak explain houses.safetensors houses.csv --row 17 --out row17.png
    """
    from badak.recipes.reading import read

    given, pictures = split_model(paths)
    asked = Explaining(target, repeats, baseline, columns, seed, encoding)
    if any(map(is_table, pictures)):
        if against is not None:
            raise UsageError(message("--against is for pictures, but this is a table."))
        explain_table(
            *(given, pictures, row or [], asked),
            out=out,
            theme=theme,
            language=language,
            as_json=as_json,
        )
        return
    if refused := [*(["--row"] if row else []), *asked.given]:
        raise UsageError(
            counted(
                "{options} is for tables, but these are pictures.",
                "{options} are for tables, but these are pictures.",
                len(refused),
                options=message(" and ").join(refused),
            )
        )
    for path in pictures:
        if path.is_dir():
            raise InputError(
                message(
                    "{path} is a folder: give the pictures in it, such as {path}/*.png", path=path
                )
            )
    figures = _figures(pictures, out)
    model, network, class_names = load_or_boxed(given)
    prepare = preparation_of(network, model)
    _check_classes(network, model, target, against)
    name = BOXED if given is None else os.fspath(given)
    console = make_console()
    answers: list[dict[str, object]] = []
    failed = False
    for path, figure in zip(pictures, figures, strict=True):
        try:
            reading = read(path, prepare, class_names)
            found = answers_to(network, reading, path, class_names, boxed=is_boxed(model))
            parts = _explained(network, reading, found, target, against)
            for answer, explained in parts:
                where = _numbered(figure, answer)
                _draw(explained, reading, answer, where, theme, language)
        except (BadakError, OSError) as error:
            report(sentence(error))
            failed = True
            continue
        if not as_json:
            if given is None and not answers:
                tell_boxed(console)
            print_several(console, found)
        for answer, explained in parts:
            where = _numbered(figure, answer)
            if not as_json:
                _print(console, answer, explained, where)
            told = {**answer.as_dict(), "model": name, "figure": os.fspath(where)}
            answers.append(told | _as_dict(explained))
    if as_json:
        print_json(answers)
    if failed:
        raise typer.Exit(1)


def _figures(pictures: list[Path], out: Path | None) -> list[Path]:
    """Return where the figure of each picture goes, or raise before any work."""
    if out is not None and len(pictures) > 1:
        raise UsageError(
            message("--out names one figure, but there are {count} pictures", count=len(pictures))
        )
    figures = [target_of(out, path.stem + ENDING) for path in pictures]
    for picture, figure in zip(pictures, figures, strict=True):
        first = pictures[figures.index(figure)]
        if first is not picture:
            raise UsageError(
                message(
                    "the figures of {first} and {picture} would both be {figure}: explain them "
                    "one by one, with --out",
                    first=first,
                    picture=picture,
                    figure=figure,
                )
            )
    taken = {path.resolve(): path for path in pictures}
    for figure in figures:
        if figure.resolve() in taken:
            raise UsageError(
                message("the figure would take the place of the picture {figure}", figure=figure)
            )
    return figures


def _check_classes(
    network: "Sequential", model: Path, target: str | None, against: str | None
) -> None:
    from badak.diagnostics.classes import check_explainable, class_names_of

    check_explainable(network, os.fspath(model))
    known = class_names_of(network)
    for option, name in (("--class", target), ("--against", against)):
        if name is not None and name not in known:
            raise InputError(
                message(
                    "{option} {name}: the network has no such class{nearest} (there are: {known})",
                    option=option,
                    name=name,
                    nearest=nearest(name, known),
                    known=", ".join(known),
                )
            )
    if target is not None and target == against:
        raise InputError(
            message("--class and --against are both {target}: give two classes", target=target)
        )


def _explained(
    network: "Sequential",
    reading: "Reading",
    answers: list[Answer],
    target: str | None,
    against: str | None,
) -> "list[tuple[Answer, Explanation]]":
    """Return the explanation of each image of a picture; errors name the file."""
    parts = []
    for answer, image in zip(answers, reading.images, strict=True):
        try:
            parts.append((answer, network.explain(image, target, against)))
        except InputError as error:
            raise InputError(f"{os.fspath(answer.path)}: {error}") from None
    return parts


def _numbered(figure: Path, answer: Answer) -> Path:
    """Return where the figure of one of a picture's images goes."""
    if answer.of == 1:
        return figure
    return figure.with_name(f"{figure.stem}.{answer.number}{figure.suffix}")


def _draw(
    explained: "Explanation",
    reading: "Reading",
    answer: Answer,
    figure: Path,
    theme: str,
    language: str,
) -> None:
    from badak import pictures

    title = None
    if answer.label is None:
        title = {
            "en": f"No digit; the most like: {answer.likeliest}",
            "ko": f"숫자가 아님. 가장 비슷한 것: {answer.likeliest}",
        }[language]
    pictures.explanation(
        explained,
        found=reading.found,
        number=answer.number,
        title=title,
        theme=theme,
        language=language,
        save=figure,
    )


def _print(console: "Console", answer: Answer, explained: "Explanation", figure: Path) -> None:
    print_answer(console, answer, every=False)
    console.print()
    clean = [printable(name) for name in explained.class_names]
    view = replace(explained, class_names=clean).view()
    console.print(display.as_rich(replace(view, headlines=())))
    console.print()
    print_facts(console, {"figure": os.fspath(figure)})


def _as_dict(explained: "Explanation") -> dict[str, object]:
    names, target, against = explained.class_names, explained.target, explained.against
    found: dict[str, object] = {
        "layers": [
            {
                "name": layer.name,
                "kind": layer.kind,
                "activation": layer.activation or None,
                "shape": list(layer.shape),
                "fire": layer.fire,
                "least": float(layer.z.min()),
                "mean": float(layer.z.mean()),
                "most": float(layer.z.max()),
                "most_active": [
                    {"unit": u.unit, "gives": u.z, "adds": u.adds} for u in layer.most_active
                ],
            }
            for layer in explained.layers
        ],
        "explained": _parts(explained.contributions(target), names),
    }
    if against is not None:
        found["rather"] = _parts(explained.contributions(target, against), names)
    return found


def _parts(found: "Contributions", names: list[str]) -> dict[str, object]:
    return {
        "class": names[found.target],
        "against": None if found.against is None else names[found.against],
        "sum": found.sum,
        "pixels": found.total,
        "rest": found.rest,
        "adds": found.pixels.tolist(),
    }
