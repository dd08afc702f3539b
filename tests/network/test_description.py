"""What a model file says is validated in one place, for reading and for writing."""

import json
import os
import struct

import numpy as np
import pytest

from badak import Input, Sequential, formats, load_model
from badak.errors import FileFormatError, InputError
from badak.layers import Dense, Flatten, PReLU, Rescaling

X = np.eye(3, dtype=np.float32)


def model():
    made = Sequential([Input((3,)), Dense(2, "relu"), Dense(2, "softmax")], seed=4)
    made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


def native(path, change):
    """A model file whose description was changed, with no checksum, as an old one has none."""
    model().save(path)
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    told = json.loads(header["__metadata__"]["badak"])
    del told["checksum"]
    change(told)
    header["__metadata__"]["badak"] = json.dumps(told)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + content[8 + length :])


def npz(path, change):
    formats.export(model(), path)
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    told = json.loads(str(arrays["badak"]))
    change(told)
    np.savez(path, **arrays | {"badak": np.array(json.dumps(told))})


def torch(path, change):
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file

    formats.export(model(), path)
    with safe_open(path, "numpy") as file:
        told = json.loads(file.metadata()["badak.torch"])
    change(told)
    save_file(load_file(path), path, {"badak.torch": json.dumps(told)})


FILES = {"m.safetensors": native, "m.npz": npz, "m.torch.safetensors": torch}

LIES = [
    (lambda d: d.update(name=3), "'name' must be a text"),
    (lambda d: d.update(name=None), "'name' must be a text"),
    (lambda d: d.update(name="a\0b"), "'name' must be a text without NUL"),
    (lambda d: d.update(name="\ud800"), "no JSON"),
    (lambda d: d.update(input_shape=[True]), "'input_shape' must be positive whole numbers"),
    (lambda d: d.update(input_shape=[]), "'input_shape' must be positive whole numbers"),
    (lambda d: d.update(input_shape=[3.0]), "'input_shape' must be positive whole numbers"),
    (lambda d: d.update(layers={"0": {}}), "'layers' must be a list"),
    (lambda d: d["layers"][1].update(name=["a"]), "of layer 1, 'name' must be a text"),
    (lambda d: d["layers"][0].pop("class"), "of layer 0, 'class' is missing"),
    (lambda d: d["layers"][0].update(name="a\0"), "of layer 0, 'name' must be a text without NUL"),
    (lambda d: d.update(class_names="ab"), "'class_names' must be null or a list"),
    (lambda d: d.update(class_names=["a", 1]), "'class_names' must be null or a list"),
    (lambda d: d.update(class_names=["a", "\udcff"]), "no JSON"),
    (lambda d: d.update(class_names=["a", "b", "c"]), r"names 3 classes.*\(2,\)"),
    (lambda d: d.update(class_names=[]), r"names 0 classes.*\(2,\)"),
    (lambda d: d.update(preparation=["picture"]), "'preparation' must be an object"),
    (lambda d: d.pop("preparation"), "'preparation' is missing"),
]

LIES_OF_TRAINING = [
    (lambda d: d.update(seed="1"), "'seed' must be a whole number"),
    (lambda d: d.update(seed=-1), "'seed' must be a whole number"),
    (lambda d: d.update(training=[]), "'training' must be an object"),
    (lambda d: d["training"].update(optimizer=None), "'optimizer' must be a name or an object"),
    (lambda d: d["training"].update(loss=3), "'loss' must be null or a name"),
    (lambda d: d["training"].update(metrics="mse"), "'metrics' must be null or a list"),
    (lambda d: d["training"].update(metrics=[3]), "'metrics' must be null or a list"),
    (lambda d: d["training"].update(metrics=["nonsense"]), "unknown metric 'nonsense'"),
    (lambda d: d["training"].update(metrics=[{"class": "AUC", "curve": 3}]), "curve"),
    (lambda d: d["training"].update(metrics=[{"class": "AUC", "odd": 3}]), "odd"),
    (lambda d: d["training"].update(metrics=[{}]), "metric"),
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("change", "said"), LIES)
def test_a_field_that_makes_no_sense_is_refused_by_its_name(name, change, said, tmp_path):
    FILES[name](tmp_path / name, change)
    with pytest.raises(FileFormatError, match=f"{name}.*{said}"):
        formats.import_model(tmp_path / name)


@pytest.mark.parametrize("name", ["m.safetensors", "m.npz"])
@pytest.mark.parametrize(("change", "said"), LIES_OF_TRAINING)
def test_training_that_makes_no_sense_is_refused_by_its_name(name, change, said, tmp_path):
    FILES[name](tmp_path / name, change)
    with pytest.raises(FileFormatError, match=f"{name}.*{said}"):
        formats.import_model(tmp_path / name)


@pytest.mark.parametrize("name", FILES)
def test_what_is_not_changed_is_read(name, tmp_path):
    FILES[name](tmp_path / name, lambda told: None)
    assert (formats.import_model(tmp_path / name).predict(X) == model().predict(X)).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: setattr(m, "name", 3), "'name' must be a text"),
        (lambda m: setattr(m, "class_names", ["one"]), "names 1 classes"),
        (lambda m: setattr(m, "class_names", [1, 2]), "'class_names' must be"),
        (lambda m: setattr(m, "class_names", ["\ud800", "b"]), "no file can"),
        (lambda m: setattr(m, "preparation", ["digit"]), "'preparation' must be an object"),
        (lambda m: setattr(m.layers[0], "name", "a\0b"), "of layer 0, 'name'"),
    ],
)
def test_what_would_be_refused_when_it_is_loaded_is_not_saved(change, said, tmp_path):
    made = model()
    change(made)
    with pytest.raises(InputError, match=said):
        made.save(tmp_path / "m.safetensors")
    with pytest.raises(InputError, match=said):
        formats.export(made, tmp_path / "m.npz")
    assert list(tmp_path.iterdir()) == []


def test_one_unit_may_name_both_classes(tmp_path):
    made = Sequential([Input((3,)), Dense(1, "sigmoid")])
    made.class_names = ["no", "yes"]
    made.save(tmp_path / "m.safetensors")
    assert load_model(tmp_path / "m.safetensors").class_names == ["no", "yes"]


def huge(path, layers):
    """A model file without weights, of samples of 100,000 by 100,000."""
    made = Sequential([Input((2, 2)), *layers])
    if path.suffix == ".npz":
        formats.export(made, path)
        with np.load(path) as stored:
            told = json.loads(str(stored["badak"]))
        told["input_shape"] = [100_000, 100_000]
        np.savez(path, badak=np.array(json.dumps(told)))
        return
    made.save(path)
    content = path.read_bytes()
    header = json.loads(content[8:])
    told = json.loads(header["__metadata__"]["badak"])
    del told["checksum"]
    told["input_shape"] = [100_000, 100_000]
    header["__metadata__"]["badak"] = json.dumps(told)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text)


@pytest.mark.parametrize("name", ["m.safetensors", "m.npz"])
def test_a_small_file_does_not_claim_large_samples(name, tmp_path):
    huge(tmp_path / name, [Rescaling(0.5), Flatten()])
    assert (tmp_path / name).stat().st_size < 4000
    with pytest.raises(FileFormatError, match=r"its samples are of shape \(100000, 100000\)"):
        formats.import_model(tmp_path / name)


def test_weights_justify_large_samples(tmp_path, monkeypatch):
    monkeypatch.setattr("badak.network.weights.LARGEST_SAMPLE", 100)
    made = Sequential([Input((101, 2)), Flatten(), PReLU()])
    made.save(tmp_path / "m.safetensors")
    assert load_model(tmp_path / "m.safetensors").input_shape == (101, 2)
    Sequential([Input((101, 2)), Flatten()]).save(tmp_path / "none.safetensors")
    with pytest.raises(FileFormatError, match="more than 100 numbers"):
        load_model(tmp_path / "none.safetensors")


def test_layers_of_a_deep_network_keep_names_of_their_own(tmp_path):
    made = Sequential([Input((2,)), *(Dense(2) for _ in range(2000)), Flatten()])
    made.save(tmp_path / "m.safetensors")
    names = [layer.name for layer in load_model(tmp_path / "m.safetensors").layers]
    assert names == ["dense", *(f"dense_{i}" for i in range(1, 2000)), "flatten"]


def test_a_name_that_is_taken_is_passed_over():
    made = Sequential([Input((2,)), Dense(2, name="dense_1"), Dense(2), Dense(2)])
    assert [layer.name for layer in made.layers] == ["dense_1", "dense", "dense_2"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
@pytest.mark.parametrize(
    "name", ["m.safetensors", "m.npz", "m.keras", "m.onnx", "m.pkl", "m.weights.h5", "m.pt"]
)
def test_a_pipe_is_refused_and_not_waited_for(name, tmp_path):
    os.mkfifo(tmp_path / name)
    with pytest.raises(FileFormatError, match="is a pipe or a device"):
        formats.import_model(tmp_path / name)
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        load_model(tmp_path / "folder")


def test_a_file_names_no_more_layers_than_anyone_stacks(tmp_path):
    def lie(told):
        told["layers"] = [{"class": "Dropout", "name": str(i), "rate": 0.5} for i in range(20_001)]

    native(tmp_path / "m.safetensors", lie)
    with pytest.raises(FileFormatError, match="'layers' must be a list of at most 20,000"):
        load_model(tmp_path / "m.safetensors")
