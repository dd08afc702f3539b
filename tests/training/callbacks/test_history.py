import re

from badak.callbacks import History


def rows(history):
    cells = re.findall(r"<tr>(.*?)</tr>", history._repr_html_())
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in cells]


def test_a_notebook_shows_each_epoch():
    history = History()
    history.add(0, {"loss": 1.5, "accuracy": 0.25})
    history.add(1, {"loss": 0.5, "accuracy": 0.75})
    assert rows(history) == [
        ["epoch", "loss", "accuracy"],
        ["1", "1.5000", "0.2500"],
        ["2", "0.5000", "0.7500"],
    ]


def test_of_many_epochs_the_first_and_the_last_are_shown():
    history = History()
    for epoch in range(50):
        history.add(epoch, {"loss": 1.0 / (1 + epoch)})
    epochs = [row[0] for row in rows(history)[1:]]
    assert epochs == ["1", "2", "3", "4", "5", "...", "46", "47", "48", "49", "50"]


def test_an_epoch_without_a_value_has_an_empty_cell():
    history = History()
    history.add(0, {"loss": 1.0})
    history.add(1, {"loss": 0.5, "val_loss": 0.7})
    assert rows(history) == [
        ["epoch", "loss", "val_loss"],
        ["1", "1.0000", ""],
        ["2", "0.5000", "0.7000"],
    ]


def test_each_value_knows_its_epochs(model, samples):
    history = model.fit(
        *samples, epochs=5, validation_data=samples, validation_freq=2, verbose=0, initial_epoch=1
    )
    assert history.epoch == [1, 2, 3, 4]
    assert history.epochs == {"loss": [1, 2, 3, 4], "val_loss": [1, 3]}
    first, second = history.history["val_loss"]
    assert history.by_epoch("val_loss") == [first, None, second, None]
