import csv

import numpy as np
import pytest

from badak import load_model
from badak.callbacks import Callback, CSVLogger, ModelCheckpoint
from badak.errors import InputError


def test_checkpoints_are_models(model, tmp_path, run, samples):
    x, _ = samples
    path = str(tmp_path / "at-{epoch:02d}-{val_loss:.1f}.safetensors")
    run(model, [3.0, 1.0, 2.0], ModelCheckpoint(path, save_best_only=True))
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "at-01-3.0.safetensors",
        "at-02-1.0.safetensors",
    ]
    run(model, [3.0], ModelCheckpoint(tmp_path / "last.safetensors"))
    last = load_model(tmp_path / "last.safetensors")
    assert (last.predict(x) == model.predict(x)).all()
    with pytest.raises(InputError, match="names 'accuracy'"):
        run(model, [3.0], ModelCheckpoint(tmp_path / "{accuracy}.safetensors"))


def test_a_csv_row_for_each_epoch(model, tmp_path, samples):
    path = tmp_path / "log.csv"
    history = model.fit(*samples, epochs=3, callbacks=CSVLogger(path), verbose=0)
    model.fit(*samples, epochs=1, callbacks=CSVLogger(path, append=True), verbose=0)
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[0] == ["epoch", "loss"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "2", "0"]
    assert [float(row[1]) for row in rows[1:4]] == history.history["loss"]


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("{vall_loss:.2f}.safetensors", InputError, "did you mean 'val_loss'"),
        ("{}.safetensors", InputError, "no pattern"),
        ("{epoch.safetensors", InputError, "no pattern"),
        ("{val_loss:d}.safetensors", InputError, "no pattern"),
        ("model.h6", InputError, r"tells no format.*\.keras"),
        ("model", InputError, "tells no format"),
        ("missing/model.safetensors", FileNotFoundError, "make it first"),
    ],
)
def test_a_file_that_could_not_be_written_is_refused_before_the_first_step(
    model, samples, tmp_path, name, error, said
):
    with pytest.raises(error, match=said):
        model.fit(
            *samples,
            validation_split=0.5,
            callbacks=ModelCheckpoint(f"{tmp_path}/{name}"),
            verbose=0,
        )
    assert model.step == 0
    assert not any(tmp_path.iterdir())


def test_a_folder_and_a_protected_file_are_refused_before_the_first_step(model, samples, tmp_path):
    for callback in (ModelCheckpoint(tmp_path / "a.safetensors", "loss"), CSVLogger(tmp_path)):
        (tmp_path / "a.safetensors").mkdir(exist_ok=True)
        with pytest.raises(IsADirectoryError):
            model.fit(*samples, callbacks=callback, verbose=0)
    assert model.step == 0


def test_the_ending_chooses_the_format(model, samples, tmp_path):
    formats = pytest.importorskip("badak.formats")
    for name, needs in (("m.keras", "h5py"), ("m.weights.h5", "h5py"), ("m.onnx", "onnx")):
        pytest.importorskip(needs)
        path = tmp_path / name
        model.fit(*samples, callbacks=ModelCheckpoint(path), verbose=0)
        like = {"like": model} if name == "m.weights.h5" else {}
        read = formats.import_model(path, **like)
        np.testing.assert_array_equal(read.predict(samples[0]), model.predict(samples[0]))


def test_folders_that_are_named_after_an_epoch_are_made(model, samples, tmp_path):
    keep = ModelCheckpoint(tmp_path / "epoch-{epoch}" / "model.safetensors")
    model.fit(*samples, epochs=2, callbacks=keep, verbose=0)
    assert [(tmp_path / f"epoch-{n}" / "model.safetensors").is_file() for n in (1, 2)] == [True] * 2


def test_epochs_without_the_value_are_passed_over(model, samples, tmp_path):
    named = ModelCheckpoint(tmp_path / "{epoch}-{val_loss:.1f}.safetensors")
    best = ModelCheckpoint(tmp_path / "best.safetensors", save_best_only=True)
    table = CSVLogger(tmp_path / "log.csv")
    history = model.fit(
        *samples,
        epochs=4,
        validation_data=samples,
        validation_freq=2,
        callbacks=[named, best, table],
        verbose=0,
    )
    saved = sorted(path.name.split("-")[0] for path in tmp_path.glob("*-*"))
    assert saved == ["2", "4"]
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text().splitlines()))
    first, second = history.history["val_loss"]
    assert [row["val_loss"] for row in rows] == ["", str(first), "", str(second)]


def test_a_value_that_a_callback_of_ones_own_reports_may_name_the_file(model, samples, tmp_path):
    class Report(Callback):
        def on_epoch_end(self, epoch, logs):
            logs["mine"] = 7.0

    keep = ModelCheckpoint(tmp_path / "{mine:.0f}.safetensors")
    model.fit(*samples, callbacks=[Report(), keep], verbose=0)
    assert (tmp_path / "7.safetensors").is_file()


@pytest.mark.parametrize("separator", ["", ";;", "\n", None])
def test_a_separator_that_is_none_is_refused(separator, tmp_path):
    with pytest.raises(InputError, match="separator"):
        CSVLogger(tmp_path / "log.csv", separator)
