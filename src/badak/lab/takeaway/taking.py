"""A run as files: the network, scripts that repeat it, pictures, and one page of it all."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from badak._common.language import message, spoken
from badak._common.looks import LANGUAGES, THEMES
from badak._common.registry import nearest
from badak._common.validation import shown
from badak.lab import network
from badak.lab.errors import RecipeError
from badak.network.sequential import Sequential

if TYPE_CHECKING:
    from badak.lab.run import Run, Snapshot

JSON_LESS = "application/octet-stream"


def take(
    run: "Run",
    what: str,
    *,
    view: str | None = None,
    theme: str = "light",
    language: str = "en",
    eyes: object = None,
) -> tuple[str, str, bytes]:
    """Return a file of a run.

    Parameters
    ----------
    run : Run
        The run, as it is now.
    what : str
        One of :data:`TAKEN`.
    view : str, optional
        Of "svg", which picture: one of `badak.lab.takeaway.pictures.VIEWS`.
    theme : {"light", "dark"}, default "light"
        The colours of pictures and of the page.
    language : {"en", "ko"}, default "en"
        The language of pictures, of the page and of the scripts' comments.
    eyes : object, optional
        Not used.

    Returns
    -------
    name, kind, content : str, str, bytes
        The file's name, its media type and its bytes.

    Raises
    ------
    InputError
        There is no such file, or this run has none.
    """
    if not isinstance(what, str) or what not in TAKEN:
        hint = nearest(what, TAKEN) if isinstance(what, str) else ""
        raise RecipeError(
            message(
                "what is {what}{hint}, but must be one of {known}",
                what=shown(what),
                hint=hint,
                known=", ".join(TAKEN),
            ),
            "what",
        )
    for name, value, known in (("theme", theme, THEMES), ("language", language, LANGUAGES)):
        if value not in known:
            raise RecipeError(
                message(
                    "{name} is {value}, but must be one of {known}",
                    name=name,
                    value=shown(value),
                    known=", ".join(known),
                ),
                name,
            )
    with spoken(language):
        return TAKEN[what](run, {"view": view or "network", "theme": theme, "language": language})


def standing(run: "Run", seen: "Snapshot | None" = None) -> Sequential:
    """Return a copy of a run's network as it is now, or as it was seen, compiled."""
    seen = seen or run.looked_at()
    model = network.build(seen.recipe, run.data, run.given)
    model.parameters.vector[...] = seen.vector
    model.name = f"lab_{seen.recipe['data']['kind']}"
    return model


Options = dict[str, Any]
Taken = tuple[str, str, bytes]


def _model(run: "Run", options: Options) -> Taken:
    return "model.safetensors", JSON_LESS, _written(run, "model.safetensors")


def _onnx(run: "Run", options: Options) -> Taken:
    return "model.onnx", JSON_LESS, _written(run, "model.onnx")


def _javascript(run: "Run", options: Options) -> Taken:
    return "model.mjs", "text/javascript", _written(run, "model.mjs")


def _written(run: "Run", name: str) -> bytes:
    from badak.formats import export

    with tempfile.TemporaryDirectory(prefix="badak-lab-") as folder:
        path = Path(folder) / name
        model = standing(run)
        if path.suffix == ".safetensors":
            model.save(path)
        else:
            export(model, path)
        return path.read_bytes()


def _given(run: "Run", options: Options) -> Taken:
    if run.given is None:
        raise RecipeError(message("this run began with no model from outside"), "what")
    with tempfile.TemporaryDirectory(prefix="badak-lab-") as folder:
        path = Path(folder) / "given.safetensors"
        run.given.save(path)
        return path.name, JSON_LESS, path.read_bytes()


def _data(run: "Run", options: Options) -> Taken:
    data, written = run.data, io.BytesIO()
    names = ("x_train", "t_train", "x_test", "t_test")
    np.savez_compressed(written, **{name: getattr(data, name) for name in names})
    return "data.npz", JSON_LESS, written.getvalue()


def _script(run: "Run", options: Options) -> Taken:
    from badak.lab.takeaway.script import script

    text = script(tuple(run.journal), run.data, run.given)
    return "run.py", "text/x-python", text.encode()


def _keras(run: "Run", options: Options) -> Taken:
    from badak.lab.takeaway.keras import keras_script

    text = keras_script(run.recipe, max(run.looked_at().epoch, 1), run.data)
    return "run_keras.py", "text/x-python", text.encode()


def _page(run: "Run", options: Options) -> Taken:
    from badak.lab.takeaway.page import page

    seen = run.looked_at()
    text = page(run, standing(run, seen), seen.epoch, options["theme"], options["language"])
    return "run.html", "text/html", text.encode()


def _svg(run: "Run", options: Options) -> Taken:
    from badak.lab.takeaway.pictures import svg

    curves = run.curves
    names = {"train": "loss", "test": "val_loss"}
    names |= {"train_accuracy": "accuracy", "test_accuracy": "val_accuracy"}
    epochs = curves.column("epoch") >= 1
    history = {to: curves.column(of)[epochs] for of, to in names.items()}
    content = svg(
        options["view"],
        standing(run),
        run.data,
        {name: row.tolist() for name, row in history.items() if not np.isnan(row).all()},
        run.recipe["data"],
        options["theme"],
        options["language"],
    )
    return f"{options['view']}.svg", "image/svg+xml", content


TAKEN: dict[str, Callable[["Run", Options], Taken]] = {
    "model": _model,
    "onnx": _onnx,
    "javascript": _javascript,
    "script": _script,
    "keras": _keras,
    "page": _page,
    "svg": _svg,
    "data": _data,
    "given": _given,
}
"""Every file by its name."""
