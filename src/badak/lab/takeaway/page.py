"""A whole run as one HTML file: its recorded frames, and a network that answers, without a server.

The file opens from disk with the network cut. Its Content-Security-Policy allows the one script and
the one style that are in it, by their checksums, and nothing else.
"""

import base64
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from badak._common.language import message, spoken, translated
from badak._common.looks import LANGUAGES
from badak._common.page import Element, element, joined
from badak._version import __version__
from badak.activations.registry import is_builtin
from badak.formats.standalone import javascript
from badak.lab import network
from badak.lab.data import KINDS, LabData
from badak.lab.history import finite
from badak.layers import Dense
from badak.network.sequential import Sequential
from badak.typing import Array

if TYPE_CHECKING:
    from badak.lab.run import Run

MOST_FRAMES = 60
GRID = 64
LINE = 201
MOST_UNITS = 10
"""Units of a layer that are drawn: the first ones and the last."""
MOST_INPUTS = 12
MOST_POINTS = 1000
MOST_SAMPLES = 40
COLUMNS = ("train", "test", "train_accuracy", "test_accuracy")


def page(run: "Run", model: Sequential, epoch: int, theme: str = "", language: str = "en") -> str:
    """Return the file.

    Parameters
    ----------
    run : Run
        The run, whose kept epochs become frames.
    model : Sequential
        Its network as it is now, which answers.
    epoch : int
        The epoch that it stands at.
    theme : {"", "light", "dark"}, default ""
        The colours that it opens with; "" follows the system.
    language : {"en", "ko"}, default "en"
        The language that it opens with.

    Raises
    ------
    InputError
        A network that cannot be written in JavaScript.
    """
    answering = javascript.write(model, "answers.mjs").replace("\nexport ", "\n")
    script = f"{answering}\n{_file('takeaway/replay.js')}"
    style = _file("page/css/theme.css") + _file("takeaway/replay.css")
    told = json.dumps(
        _told(run, model, epoch, theme, language), ensure_ascii=False, allow_nan=False
    )
    with spoken(language):
        texts = _texts(run, epoch)
        head = [
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=_policy(script, style)),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", texts["title"]),
            Element(f"<style>{style}</style>"),
        ]
        body = [
            _body(texts, run.data),
            Element(f'<script type="application/json" id="run">{_inert(told)}</script>'),
            Element(f'<script type="module">{script}</script>'),
        ]
        whole = element("html", element("head", *head), element("body", *body), lang=language)
    return f"<!doctype html>\n{whole}\n"


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src {_checksum(script)}; style-src {_checksum(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _checksum(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _inert(text: str) -> str:
    """Return JSON that ends no script element."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _file(path: str) -> str:
    """Return a text file of the lab's own."""
    found = resources.files("badak.lab")
    for part in path.split("/"):
        found = found.joinpath(part)
    return found.read_text("utf-8")


# -- what stands in it


def _body(texts: Mapping[str, str], data: LabData) -> Element:
    def said(tag: str, name: str, **attributes: str) -> Element:
        return element(tag, texts[name], data_text=name, **attributes)

    def labelled(tag: str, name: str, **attributes: str) -> Element:
        return element(tag, aria_label=texts[name], data_label=name, **attributes)

    kind = "chart" if len(data.axes) == 1 else "square"
    transport = element(
        "div",
        element("button", texts["play"], id="play", type="button", class_="play"),
        Element(
            f'<input type="range" id="frame" min="0" value="0" step="1" data-label="epoch" '
            f'aria-label="{texts["epoch"]}">'
        ),
        element("p", id="now"),
        class_="transport",
    )
    plane = element(
        "section",
        said("h2", "plane"),
        labelled("canvas", "plane_about", id="plane", class_=kind, role="img"),
        element("div", id="legend", class_="legend"),
        said("p", "plane_click", class_="note"),
        id="plane-card",
    )
    drawn = element(
        "section",
        said("h2", "network"),
        labelled("canvas", "network_about", id="network", class_="net", role="img"),
        said("p", "network_note", class_="note"),
    )
    curves = element(
        "section",
        said("h2", "curves"),
        labelled("canvas", "curves_about", id="curves", class_="chart", role="img"),
        said("p", "curves_note", class_="note"),
        element(
            "details",
            said("summary", "as_table"),
            element("div", element("table", id="values"), class_="scrolls", tabindex="0"),
        ),
    )
    ask = element(
        "section",
        said("h2", "ask"),
        element(
            "div",
            element("div", id="inputs"),
            element(
                "div",
                element("p", id="said", class_="said", role="status"),
                element("ul", id="answers", class_="answer"),
            ),
            class_="ask",
        ),
        said("p", "ask_note", class_="note"),
    )
    return joined(
        [
            element(
                "header",
                said("h1", "title"),
                said("p", "summary", class_="note"),
                element(
                    "div",
                    element("button", id="language", type="button"),
                    element("button", id="theme", type="button"),
                    class_="looks",
                ),
            ),
            transport,
            element("main", plane, drawn, curves, ask),
            element("footer", said("p", "made")),
        ]
    )


def _texts(run: "Run", epoch: int) -> dict[str, str]:
    """Return all texts, in the language that is spoken; fields in braces the page fills in."""
    kind = KINDS[run.recipe["data"]["kind"]]
    training = run.recipe["training"]
    names = ("epoch", "train", "test", "accuracy", "name", "value", "units", "low", "high")
    fields: dict[str, Any] = {name: f"{{{name}}}" for name in names}
    return {
        "title": message("A run of badak's lab: {data}", data=translated(kind.title)),
        "summary": message(
            "{layers}. {samples:,} samples to train on, {test:,} to test; {optimizer}, {batch} "
            "samples a step, {epochs:,} epochs.",
            layers=" → ".join(layer.view_of_units for layer in _columns(run.model, run.data)),
            samples=len(run.data.x_train),
            test=len(run.data.x_test),
            optimizer=training["optimizer"].get("name"),
            batch=training["batch_size"],
            epochs=epoch,
        ),
        "play": message("Play"),
        "pause": message("Pause"),
        "epoch": message("Epoch"),
        "light": message("Light"),
        "dark": message("Dark"),
        "at_epoch": message("epoch {epoch}: loss {train}, test {test}", **fields),
        "at_epoch_classes": message(
            "epoch {epoch}: loss {train}, test {test}, {accuracy} right", **fields
        ),
        "plane": message("What the network answers"),
        "plane_about": message("The network's answers over the plane, with the samples"),
        "plane_click": message("Click, and the trained network answers there."),
        "hollow": message("hollow: for testing"),
        "scale": message("blue: {low}, orange: {high}", **fields),
        "network": message("Network"),
        "network_about": message("The network's units, with weights as lines"),
        "network_note": message(
            "Orange lines are positive weights, dashed blue ones negative; the thicker the larger."
        ),
        "of_units": message("of {units}", **fields),
        "curves": message("Loss"),
        "curves_about": message("The loss over the epochs, of training and of test samples"),
        "curves_note": message("Solid blue: training. Dashed orange: test."),
        "as_table": message("As a table"),
        "column_epoch": message("epoch"),
        "column_train": message("loss"),
        "column_test": message("test loss"),
        "column_train_accuracy": message("accuracy"),
        "column_test_accuracy": message("test accuracy"),
        "ask": message("Ask the trained network"),
        "ask_note": message("The network as it was last answers, by its formula in this page."),
        "answers_class": message("Answer: {name}", **fields),
        "answers_number": message("Answer: {value}", **fields),
        "draw_here": message("Draw here, with the mouse or a finger."),
        "clear": message("Clear"),
        "choose_sample": message("Choose a test sample"),
        "made": message("Made by badak {version}.", version=__version__),
    }


def _told(run: "Run", model: Sequential, now: int, theme: str, language: str) -> dict[str, Any]:
    """Return all that is recorded, as JSON."""
    texts = {}
    for name in LANGUAGES:
        with spoken(name):
            texts[name] = _texts(run, now)
    data = run.data
    shown_as = run.recipe["data"]
    plane = () if data.look == "image" else data.spanning(shown_as.get("plane"))
    size = LINE if len(plane) == 1 else GRID
    grid = data.grid(size, plane, shown_as.get("held")) if plane else np.zeros((0, *data.shape))
    moments = _moments(run, model, now)
    answers = [each.predict(grid) if len(grid) else None for _, each in moments]
    known = [a for a in answers if a is not None] if data.task == "number" else []
    targets = np.concatenate([data.t_train, data.t_test])
    ends = [
        float(f(np.concatenate([a.ravel() for a in [*known, targets]]))) for f in (np.min, np.max)
    ]
    structures: list[Any] = []
    frames = []
    for (epoch, each), answer in zip(moments, answers, strict=True):
        columns = [vars(column) for column in _columns(each, data)]
        if columns not in structures:
            structures.append(columns)
        frame: dict[str, Any] = {"epoch": epoch, "structure": structures.index(columns)}
        frame |= _scores(run, epoch)
        frame["kernels"] = _kernels(each, columns)
        if answer is not None:
            frame |= _painted(each, data, answer, ends, is_line=len(plane) == 1)
        first = _first_images(each, data, columns)
        frames.append(frame | ({"first": first} if first else {}))
    output = model.layers[-1 - len(data.ending)].activation
    return {
        "language": language,
        "theme": theme,
        "texts": texts,
        "size": size,
        "low": ends[0],
        "high": ends[1] if ends[1] > ends[0] else ends[0] + 1.0,
        "sigmoid": is_builtin(output, "sigmoid"),
        "data": _data(data, plane, shown_as),
        "structures": structures,
        "frames": frames,
        "curves": _curves(run),
    }


def _moments(run: "Run", model: Sequential, now: int) -> list[tuple[int, Sequential]]:
    """Return the network at some of the epochs that are kept, and as it is now."""
    kept = [epoch for epoch in run.states.epochs if epoch < now]
    if len(kept) >= MOST_FRAMES:
        places = np.unique(np.linspace(0, len(kept) - 1, MOST_FRAMES - 1).round().astype(int))
        kept = [kept[place] for place in places]
    moments = []
    for epoch in kept:
        then = network.build(run.journal.at(epoch).recipe, run.data, run.given)
        then.parameters.vector[...] = run.states[epoch].vector
        moments.append((epoch, then))
    return [*moments, (now, model)]


def _scores(run: "Run", epoch: int) -> dict[str, float | None]:
    row = run.curves.at("epoch", epoch)
    return {name: finite(row.get(name, np.nan)) for name in COLUMNS}


def _curves(run: "Run") -> dict[str, list[Any]]:
    names = ("epoch", *COLUMNS)
    return {name: [finite(value) for value in run.curves.column(name)] for name in names}


@dataclass
class _Column:
    """A column of units in the drawing."""

    title: str
    units: int
    shown: list[int]
    activation: str = ""
    names: list[str] | None = None

    @property
    def view_of_units(self) -> str:
        return f"{self.units} {self.activation}".strip()


def _columns(model: Sequential, data: LabData) -> list[_Column]:
    """Return the input and every layer with a kernel; of many units the first ones and the last."""
    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    inputs = dense[0].kernel.shape[0] if dense else 0
    few = inputs <= MOST_INPUTS
    names = list(data.features) if few and len(data.features) == inputs else None
    columns = [_Column("", inputs, list(range(inputs)) if few else [], "", names)]
    for layer in dense:
        units = layer.units
        shown = list(range(units)) if units <= MOST_UNITS else [*range(MOST_UNITS - 1), units - 1]
        name = layer.activation.name if layer.activation is not None else ""
        columns.append(_Column("", units, shown, "" if name == "identity" else name))
    last = columns[-1]
    if len(data.classes) == last.units:
        last.names = [data.classes[unit] for unit in last.shown]
    return columns


def _kernels(model: Sequential, columns: Sequence[Mapping[str, Any]]) -> list[str]:
    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    return [
        _floats(layer.kernel[np.ix_(columns[i]["shown"], columns[i + 1]["shown"])])
        for i, layer in enumerate(dense)
    ]


def _painted(
    model: Sequential, data: LabData, answer: Array, ends: Sequence[float], *, is_line: bool
) -> dict[str, str]:
    """Return the answers over the plane: classes with how sure they are, or shares of a range."""
    if is_line:
        return {"grid": _floats(answer[:, :1])}
    if data.task == "number":
        share = (answer[:, 0] - ends[0]) / ((ends[1] - ends[0]) or 1.0)
        return {"grid": _bytes(255.0 * share)}
    if answer.shape[1] == 1:
        answer = np.concatenate([1.0 - answer, answer], axis=1)
    label = answer.argmax(axis=1)
    classes = answer.shape[1]
    sure = (answer.max(axis=1) - 1.0 / classes) / (1.0 - 1.0 / classes)
    return {"grid": _bytes(label), "sure": _bytes(255.0 * sure)}


def _first_images(
    model: Sequential, data: LabData, columns: Sequence[Mapping[str, Any]]
) -> str | None:
    """Return the first layer's weights as images, 127.5 being 0; None where it sees no image."""
    kernel = next((layer.kernel for layer in model.layers if isinstance(layer, Dense)), None)
    if data.look != "image" or kernel is None or len(kernel) != math.prod(data.shape):
        return None
    images = kernel[:, columns[1]["shown"]].T
    if len(data.shape) == 3:
        images = images.reshape(len(images), -1, data.shape[2]).mean(axis=2)
    most = float(np.abs(images).max()) or 1.0
    return _bytes(127.5 + 127.5 * images / most)


def _data(data: LabData, plane: Sequence[int], shown_as: Mapping[str, Any]) -> dict[str, Any]:
    held = shown_as.get("held") or {}
    axes = [
        {
            "name": axis.name,
            "low": axis.low,
            "high": axis.high,
            "held": held.get(str(place), axis.held),
            "choices": list(axis.choices),
        }
        for place, axis in enumerate(data.axes)
    ]
    told: dict[str, Any] = {
        "look": data.look,
        "task": data.task,
        "classes": list(data.classes),
        "shape": list(data.shape),
        "maximum": data.maximum,
        "plane": list(plane),
        "axes": axes,
        "encoding": _encoding(data),
    }
    if plane:
        told["points"] = _points(data, plane)
    if data.look == "image" and data.x_test.dtype == np.uint8:
        told["samples"] = {
            "pixels": _bytes(data.x_test[:MOST_SAMPLES]),
            "labels": data.t_test[:MOST_SAMPLES].tolist(),
        }
    return told


def _points(data: LabData, plane: Sequence[int]) -> dict[str, Any]:
    places = data.places(plane)
    targets = np.concatenate([data.t_train, data.t_test]).reshape(len(places), -1)[:, 0]
    train = len(data.x_train)
    most = round(MOST_POINTS * train / len(places)), MOST_POINTS
    chosen = np.concatenate(
        [np.arange(train)[: most[0]], np.arange(train, len(places))[: MOST_POINTS - most[0]]]
    )
    return {
        "x": _floats(places[chosen]),
        "t": _floats(targets[chosen]),
        "train": int((chosen < train).sum()),
    }


def _encoding(data: LabData) -> list[dict[str, Any]] | None:
    """Return how a value of each axis becomes features; None where it is one as it is."""
    if data.encode is None:
        return None
    held = {axis.name: np.array([axis.held]) for axis in data.axes}
    whole, start, told = data.encode(held), 0, []
    for axis in data.axes:
        values = axis.choices or (0.0, 1.0)
        rows = {name: np.repeat(value, len(values)) for name, value in held.items()}
        encoded = data.encode(rows | {axis.name: np.array(values)})
        width = data.widths[axis.name]
        block = encoded[:, start : start + width].astype(np.float64)
        start += width
        if axis.choices:
            told.append({"kind": "category", "levels": list(values), "values": block.tolist()})
        else:
            told.append({"kind": "number", "at_0": block[0].tolist(), "at_1": block[1].tolist()})
    assert start == whole.shape[1]
    return told


def _floats(array: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()


def _bytes(array: Array) -> str:
    return base64.b64encode(np.clip(np.rint(array), 0, 255).astype(np.uint8).tobytes()).decode()
