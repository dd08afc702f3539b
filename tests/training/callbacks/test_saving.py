import csv

import pytest

from badak import load_model
from badak.callbacks import CSVLogger, ModelCheckpoint
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
