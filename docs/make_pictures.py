"""Make the pictures of the README and of docs/pictures.md.

Those of the README are what the commands print; the gallery's are light and dark, SVG where they
are lines and PNG where there are images in them.

Run from anywhere, with badak installed: ``python docs/make_pictures.py``. The same pictures come
out on every machine, with one version of matplotlib: training rounds differently on another
processor, so the gallery's networks and a history are kept as files, which ``--train`` makes anew,
and the terminal is drawn again only where more than its times has changed.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.text import Text

from badak import Input, Sequential, datasets, load_model, models, pictures, tables
from badak.callbacks import CSVLogger
from badak.layers import Dense, Dropout, Flatten, Rescaling

PICTURES = Path(__file__).parent / "pictures"
NETWORK = PICTURES / "digits.safetensors"
HISTORY = PICTURES / "digits.history.csv"
HOUSES = PICTURES / "houses.safetensors"
TABLE = PICTURES.parent.parent / "samples" / "houses.csv"
ROW = 17
DOUBTFUL = 3  # the test image of which the network is least sure among the first
WIDTH = 92  # columns of the terminal that is drawn
EPOCH = re.compile(r"(\x1b\[[0-9;]*[A-Za-z])*\d+/\d+\b")
TIMES = re.compile(r">[\d.]+&#160;m?s<|textLength=.[\d.]+.")  # in SVG, with their widths
SHOWN_EPOCHS = (1, 2, 3, -1)  # of the many lines alike, the first and the last


def main() -> None:
    """Draw ``badak train``, and the gallery."""
    printed = _run(["badak", "train"])
    _draw("$ badak train\n" + _without_middle(printed), "badak train", PICTURES / "train.svg")
    if "--train" in sys.argv[1:]:
        _train()
    for name, draw in gallery().items():
        for theme in ("light", "dark"):
            draw(theme=theme, save=PICTURES / file_name(name, theme))


def file_name(name: str, theme: str) -> str:
    """Return the file of a picture of the gallery in a theme."""
    stem, ending = name.split(".")
    return f"{stem}-{theme}.{ending}"


def gallery() -> dict[str, Callable[..., object]]:
    """Return what draws each picture, by its file's name without the theme."""
    data = datasets.load("digits")
    model = load_model(NETWORK)
    said = model.classify(data.x_test)
    houses = load_model(HOUSES)
    explained = tables.explain(houses, TABLE)
    [row] = tables.explain_rows(houses, TABLE, ROW)
    moons, sides = _moons()
    parted = Sequential([Input((2,)), Dense(16, "tanh"), Dense(16, "tanh"), Dense(1, "sigmoid")])
    parted.compile("adam")
    parted.fit(moons, sides, epochs=300, verbose=0)
    return {
        "activations.svg": partial(pictures.activation, "sigmoid", "step", "relu"),
        "sigmoid.svg": partial(pictures.activation, "sigmoid"),
        "losses.svg": partial(pictures.loss, "mse", "mae", "huber"),
        "crossentropy.svg": partial(pictures.loss, "binary_crossentropy"),
        "circles.svg": partial(pictures.network, _small_network()),
        "boxes.svg": partial(pictures.network, model),
        "curves.svg": partial(pictures.history, HISTORY),
        "confusion.png": partial(pictures.confusion, data.y_test, said, data.class_names),
        "misclassified.png": partial(pictures.misclassified, model, data.x_test, data.y_test),
        "explanation.png": partial(pictures.explanation, model.explain(data.x_test[DOUBTFUL])),
        "importance.svg": partial(pictures.importance, explained),
        "dependence.png": partial(pictures.dependence, explained),
        "contributions.svg": partial(pictures.contributions, row),
        "weights.png": partial(pictures.weights, models.digits(), count=24),
        "layers.svg": partial(pictures.layers, model, data.x_test),
        "boundary.png": partial(pictures.boundary, parted, moons, sides),
        "valley.svg": partial(pictures.valley),
        "images.png": partial(pictures.images, data.x_train, data.y_train, count=20),
    }


def _train() -> None:
    """Train the gallery's networks for digits and for houses, and keep them and a history."""
    data = datasets.load("digits")
    model = Sequential(
        [
            Input((8, 8)),
            Rescaling(1.0 / data.maximum),
            Flatten(),
            Dense(100, "relu"),
            Dropout(0.2),
            Dense(50, "relu"),
            Dense(10, "softmax"),
        ]
    )
    model.compile("adam")
    model.fit(
        data.x_train,
        data.y_train,
        epochs=30,
        validation_split=0.1,
        callbacks=CSVLogger(HISTORY),
        verbose=0,
    )
    model.save(NETWORK)
    command = ["badak", "train", str(TABLE), "--target", "price", "--ignore", "no"]
    _run([*command, "--no-pictures", "--out", str(HOUSES)])
    HOUSES.with_suffix(".history.csv").unlink()


def _small_network() -> Sequential:
    """Return the first two layers of the book's network (3.4.3), with their weights."""
    model = Sequential([Input((2,)), Dense(3, "sigmoid"), Dense(2, "sigmoid")])
    model.set_weights(
        [
            [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]],
            [0.1, 0.2, 0.3],
            [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]],
            [0.1, 0.2],
        ]
    )
    return model


def _moons() -> tuple[np.ndarray, np.ndarray]:
    """Return points (300, 2) on two half circles, one inside the other, and which it is (300,)."""
    rng = np.random.default_rng(0)
    side = np.arange(300) % 2
    turn = rng.uniform(0.0, np.pi, 300) + np.pi * side
    points = np.stack([np.cos(turn) + side, np.sin(turn) + 0.5 * side], axis=1)
    return points + 0.15 * rng.normal(size=points.shape), side


def _run(command: list[str]) -> str:
    colours = {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **colours},
            capture_output=True,
            check=True,
            text=True,
        )
    return run.stdout


def _without_middle(printed: str) -> str:
    lines = [line for line in printed.splitlines() if "━" not in line]  # the bar, which moves
    epochs = [i for i, line in enumerate(lines) if EPOCH.match(line)]
    kept = {epochs[n if n < 0 else n - 1] for n in SHOWN_EPOCHS}
    shown = []
    for i, line in enumerate(lines):
        if i not in epochs or i in kept:
            shown.append(line)
        elif i == epochs[len(SHOWN_EPOCHS) - 1]:
            shown.append("...")
    return "\n".join(shown)


def _draw(text: str, title: str, path: Path) -> None:
    """Draw a terminal with this text, unless the picture there shows the same at other times."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(text))
    PICTURES.mkdir(exist_ok=True)
    drawn = console.export_svg(title=title, unique_id=path.stem)
    if not path.exists() or TIMES.sub("", path.read_text(encoding="utf-8")) != TIMES.sub("", drawn):
        path.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
