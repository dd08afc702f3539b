"""Small honest files of every kind that badak reads."""

import gzip
import io
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Files = Callable[[Path], list[bytes]]
"""Returns some files of a kind; it may write to the folder that it is given."""


def small() -> Any:
    """Return a network of many kinds of layers, with names and a preparation."""
    from badak import Input, Sequential, layers

    model = Sequential(
        [
            *(Input((2, 2)), layers.Rescaling(0.5), layers.Flatten(), layers.Normalization()),
            *(layers.Dense(3, "relu", kernel_regularizer="l2"), layers.BatchNormalization()),
            *(layers.Dropout(0.1), layers.Dense(3, {"name": "elu", "alpha": 0.5}), layers.PReLU()),
            layers.Dense(2, "softmax"),
        ],
        seed=1,
    )
    model.adapt(np.arange(12.0).reshape(3, 2, 2))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.class_names = ["no", "예"]
    model.preparation = {
        **{"kind": "picture", "shape": [2, 2], "box": 0, "blocks": 1, "maximum": 255},
        "data": "folder",
    }
    return model


def dense() -> Any:
    """Return a network of Dense layers only."""
    from badak import Input, Sequential, layers

    return Sequential([Input((3,)), layers.Dense(4, "tanh"), layers.Dense(2)], seed=2)


def exported(*names: str) -> Files:
    """Return the function that writes two networks under each of these endings."""

    def write(folder: Path) -> list[bytes]:
        from badak import formats

        found = []
        for name in names:
            for model in (small(), dense()):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of what the format has no place for
                    formats.export(model, folder / name)
                found.append((folder / name).read_bytes())
        return found

    return write


def saved(folder: Path) -> list[bytes]:
    """Return models of badak."""
    found = []
    for model in (small(), dense()):
        model.save(folder / "m.safetensors")
        found.append((folder / "m.safetensors").read_bytes())
    return found


def checkpoints(folder: Path) -> list[bytes]:
    """Return a run's checkpoint, with what a callback remembers."""
    from badak.callbacks import EarlyStopping, ReduceLROnPlateau

    model, path = dense(), folder / "c.safetensors"
    model.compile("adam", "mse")
    model.fit(
        np.eye(3),
        np.eye(3)[:, :2],
        epochs=2,
        verbose=0,
        callbacks=[EarlyStopping("loss", restore_best_weights=True), ReduceLROnPlateau("loss")],
        checkpoint=path,
    )
    return [path.read_bytes()]


def arrays(folder: Path) -> list[bytes]:
    """Return weights alone, as NumPy writes them."""
    np.savez(folder / "w.npz", W1=np.ones((3, 2)), b1=np.ones(2), W2=np.ones((2, 1), np.float32))
    return [(folder / "w.npz").read_bytes()]


def pickles(folder: Path) -> list[bytes]:
    """Return pickles as the book's are, in all protocols."""
    import pickle

    weights = {"W1": np.ones((3, 2), np.float32), "b1": np.ones(2), "n": np.float64(1.0), "l": [1]}
    return [pickle.dumps(weights, protocol) for protocol in range(6)]


def state_dicts(folder: Path) -> list[bytes]:
    """Return a state_dict and a checkpoint of PyTorch, in its new and its old packing."""
    import torch

    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    state = net.state_dict()
    found = []
    for content, new in ((state, True), (state, False), ({"epoch": 1, "model": state}, True)):
        packed = io.BytesIO()
        torch.save(content, packed, _use_new_zipfile_serialization=new)
        found.append(packed.getvalue())
    return found


def idx(folder: Path) -> list[bytes]:
    """Return IDX files of bytes and of floats."""
    head = b"\0\0\x08\x03" + struct.pack(">III", 2, 3, 3)
    return [head + bytes(18), b"\0\0\x0d\x01" + struct.pack(">Iff", 2, 0.5, 1.0)]


def packed_idx(folder: Path) -> list[bytes]:
    """Return the same, packed."""
    return [gzip.compress(each, mtime=0) for each in idx(folder)]


def pictures(folder: Path) -> list[bytes]:
    """Return a small picture in each kind of file."""
    from PIL import Image

    shades = np.random.default_rng(0).integers(0, 256, (6, 7, 3), np.uint8)
    found = []
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        for mode in ("RGB", "L"):
            packed = io.BytesIO()
            Image.fromarray(shades).convert(mode).save(packed, kind)
            found.append(packed.getvalue())
    return found


TABLE = "size,town,price\n" + "".join(f"{i}.5,{'abc'[i % 3]},{3 * i}\n" for i in range(30))


def tables(folder: Path) -> list[bytes]:
    """Return delimited tables, with commas, semicolons and quotes."""
    quoted = TABLE.replace("a,", '"a, ""b""",')
    return [TABLE.encode(), TABLE.replace(",", ";").encode(), quoted.encode()]


def packed_tables(folder: Path) -> list[bytes]:
    """Return the same, packed."""
    return [gzip.compress(each, mtime=0) for each in tables(folder)]


def columnar(kind: str) -> Files:
    """Return the function that writes the table as Parquet or Arrow."""

    def write(folder: Path) -> list[bytes]:
        import polars

        frame, packed = polars.read_csv(TABLE.encode()), io.BytesIO()
        frame.write_parquet(packed) if kind == "parquet" else frame.write_ipc(packed)
        return [packed.getvalue()]

    return write


def table_models(folder: Path) -> list[bytes]:
    """Return networks for tables: one answers a number, one a class."""
    from badak import tables as of_tables
    from badak.tables.network import make_network

    (folder / "t.csv").write_text(TABLE)
    found = []
    for target in ("price", "town"):
        data = of_tables.load(folder / "t.csv", target)
        make_network(data, [3]).save(folder / "t.safetensors")
        found.append((folder / "t.safetensors").read_bytes())
    return found
