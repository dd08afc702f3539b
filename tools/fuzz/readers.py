"""Every reader of files: what honest files look like, how they are spoiled, how one is read."""

import importlib.util
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .honest import (
    Files,
    arrays,
    checkpoints,
    columnar,
    dense,
    exported,
    idx,
    packed_idx,
    packed_tables,
    pickles,
    pictures,
    saved,
    small,
    state_dicts,
    table_models,
    tables,
)
from .mutants import in_gzip, in_onnx, in_safetensors, in_zip, spoiled

Mutate = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True)
class Reader:
    """One reader of files: what honest files look like, how to spoil them, how to read one."""

    ending: str
    honest: Files
    read: Callable[[Path], object]
    inner: "Mutate | None" = None
    """Spoils what a checksum or a packing would otherwise guard; None where there is neither."""
    needs: tuple[str, ...] = ()


def whole(model: Any) -> None:
    """Do what a loaded model has to be good for: tell of itself, answer, be scored, be saved."""
    from badak.errors import BadakError
    from badak.network.saving import as_text, describe
    from badak.recipes.preparation import preparation_of

    as_text(describe(model))
    repr(model)
    with np.errstate(all="ignore"):
        answers = model.forward(np.zeros((2, *model.input_shape), np.float32))[-1].z
    try:
        model.metrics_for(model.objective(np.zeros_like(answers)))
        preparation_of(model, Path("m"))
    except BadakError:
        return


def load_model(path: Path) -> None:
    """Read a model of badak."""
    import badak

    whole(badak.load_model(path))


def load_table_model(path: Path) -> None:
    """Read a model for tables, and prepare a table's rows for it."""
    import polars

    import badak
    from badak.tables import TablePreparation

    model = badak.load_model(path)
    whole(model)
    rows = polars.DataFrame({"size": ["1.5", None], "town": ["a", "z"], "price": ["3", "4"]})
    TablePreparation.of(model).transform(rows)


def load_checkpoint(path: Path) -> None:
    """Resume a run from a file."""
    from badak.callbacks import EarlyStopping, ReduceLROnPlateau

    model = dense()
    model.compile("adam", "mse")
    watching = [EarlyStopping("loss", restore_best_weights=True), ReduceLROnPlateau("loss")]
    x, t = np.eye(3), np.eye(3)[:, :2]
    model.fit(x, t, epochs=2, verbose=0, callbacks=watching, checkpoint=path)


def import_model(path: Path) -> None:
    """Read another program's model, with what it does not tell."""
    from badak import formats
    from badak.errors import BadakError

    try:
        model = formats.import_model(path)
    except BadakError as error:
        if "tell activation" in str(error):
            model = formats.import_model(path, activation="relu", output="identity")
        elif "give like=" in str(error):
            model = formats.import_model(path, like=small())
        else:
            raise
    whole(model)


def load_pickle(path: Path) -> None:
    """Read a pickle of the book as data."""
    from badak.formats import book

    book.load(path)


def load_idx(path: Path) -> None:
    """Read an IDX file."""
    from badak.datasets.idx import read_idx

    read_idx(path)


def load_picture(path: Path) -> None:
    """Read a picture."""
    from badak import images

    images.load_grey(path)


def load_table(path: Path) -> None:
    """Read a table and prepare it for training."""
    from badak import tables

    tables.load(path, "price")


READERS = {
    "model": Reader(".safetensors", saved, load_model, in_safetensors),
    "table-model": Reader(
        ".safetensors", table_models, load_table_model, in_safetensors, ("polars",)
    ),
    "checkpoint": Reader(".safetensors", checkpoints, load_checkpoint, in_safetensors),
    "keras": Reader(".keras", exported("m.keras"), import_model, in_zip, ("h5py",)),
    "keras-weights": Reader(".weights.h5", exported("m.weights.h5"), import_model, needs=("h5py",)),
    "onnx": Reader(".onnx", exported("m.onnx"), import_model, in_onnx, ("onnx",)),
    "npz": Reader(".npz", exported("m.npz"), import_model, in_zip),
    "npz-weights": Reader(".npz", arrays, import_model, in_zip),
    "torch": Reader(".safetensors", exported("m.torch.safetensors"), import_model, in_safetensors),
    "torch-pickle": Reader(".pt", state_dicts, import_model, in_zip, ("torch",)),
    "pickle": Reader(".pkl", pickles, load_pickle),
    "idx": Reader("-idx3-ubyte", idx, load_idx),
    "idx-gz": Reader(".gz", packed_idx, load_idx, in_gzip),
    "picture": Reader(".png", pictures, load_picture),
    "csv": Reader(".csv", tables, load_table, needs=("polars",)),
    "csv-gz": Reader(".csv.gz", packed_tables, load_table, in_gzip, ("polars",)),
    "parquet": Reader(".parquet", columnar("parquet"), load_table, needs=("polars",)),
    "arrow": Reader(".arrow", columnar("arrow"), load_table, needs=("polars",)),
}


def mutant(name: str, number: int, honest: list[bytes]) -> bytes:
    """Return one mutant of a reader: the same at any time for the same honest files."""
    reader, rng = READERS[name], random.Random(f"{name} {number}")
    content = rng.choice(honest)
    if reader.inner is not None and rng.random() < 0.6:
        try:
            return reader.inner(rng, content)
        except RecursionError:  # brackets within brackets
            return spoiled(rng, content)
    return spoiled(rng, content)


def available(name: str) -> bool:
    """Return whether a reader's library is installed."""
    return all(importlib.util.find_spec(module) is not None for module in READERS[name].needs)
