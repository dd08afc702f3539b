"""The image recipe, called from Python."""

import numpy as np
import pytest
from PIL import Image

from badak import Input, Sequential, datasets, layers, load_model
from badak.errors import DivergedError
from badak.preprocessing import split_stratified
from badak.recipes import ImageTraining, images
from badak.recipes.events import EpochEnded, Saved, Started
from badak.training import checkpoint

SMALL = {"units": (8,), "epochs": 2}


def test_the_recipe_is_what_one_would_write_by_hand():
    result = images.train(ImageTraining("digits", seed=3, **SMALL))
    digits = datasets.load("digits")
    model = Sequential(
        [
            Input((8, 8)),
            layers.Rescaling(1 / 16),
            layers.Flatten(),
            layers.Dense(8, "relu"),
            layers.Dense(10, "softmax"),
        ],
        seed=3,
    )
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    learn, watch = split_stratified(digits.y_train, 0.1, 3)
    x, y = digits.x_train, digits.y_train
    watched = (x[watch], y[watch])
    history = model.fit(x[learn], y[learn], 32, 2, verbose=0, validation_data=watched)
    for ours, theirs in zip(result.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert result.history.history == history.history
    answers = model.predict(digits.x_test).argmax(axis=1)
    assert result.accuracy == np.mean(answers == digits.y_test)
    assert result.confusion.sum() == len(digits.y_test)


def test_it_reports_the_start_each_epoch_and_the_file_and_prints_nothing(tmp_path, capfd):
    events = []
    options = ImageTraining(out=tmp_path / "m.safetensors", **SMALL)
    result = images.train(options, on_event=events.append)
    assert [type(event) for event in events] == [Started, EpochEnded, EpochEnded, Saved]
    started, first, _, saved = events
    assert started.model is result.model
    assert started.counts == (1293, 145, 359)
    assert (started.batch_size, started.epochs, started.first_epoch) == (32, 2, 0)
    assert (first.epoch, first.epochs) == (0, 2)
    assert first.logs == {name: each[0] for name, each in result.history.history.items()}
    assert sorted(tmp_path.iterdir()) == sorted([saved.model, saved.history])
    assert capfd.readouterr() == ("", "")


def test_the_saved_model_knows_its_classes_and_how_pictures_are_prepared(tmp_path):
    path = tmp_path / "m.safetensors"
    result = images.train(ImageTraining(out=path, **SMALL))
    model = load_model(path)
    assert model.class_names == [str(digit) for digit in range(10)]
    assert model.preparation == result.preparation.as_dict()


def test_without_a_file_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images.train(ImageTraining(**SMALL))
    assert list(tmp_path.iterdir()) == []


def test_images_that_are_loaded_already_are_taken(capfd):
    digits = datasets.load("digits")
    result = images.train(ImageTraining(**SMALL), digits)
    assert result.dataset is digits


def test_a_run_goes_on_from_its_checkpoint_to_the_same_bits(tmp_path):
    class Killed(BaseException):
        pass

    def die(event):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            raise Killed

    whole = images.train(ImageTraining(units=(8,), epochs=4))
    out = tmp_path / "m.safetensors"
    options = ImageTraining(units=(8,), epochs=4, out=out, resume=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "INTERVAL", 0.0)
        with pytest.raises(Killed):
            images.train(options, on_event=die)
    assert options.checkpoint_path.exists()
    events = []
    result = images.train(options, on_event=events.append)
    assert events[0].first_epoch == 2
    assert not options.checkpoint_path.exists()
    for ours, theirs in zip(result.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_run_that_diverges_raises_and_saves_nothing(tmp_path):
    out = tmp_path / "m.safetensors"
    with pytest.raises(DivergedError):
        images.train(ImageTraining(learning_rate=1e30, out=out, **SMALL))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("images_held", "epochs"), [(10_000, 30), (10_001, 10)], ids=["few", "many"]
)
def test_of_many_images_there_are_fewer_epochs(images_held, epochs):
    digits = datasets.load("digits")
    model = images.make_network(digits, ImageTraining())
    assert images._schedule(model, ImageTraining(), images_held) == (32, epochs)
    assert images._schedule(model, ImageTraining(epochs=3), images_held) == (32, 3)


def folder_of_noise(folder):
    """Pictures that say nothing of their class: what is learnt of them is by heart."""
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
        for number in range(30):
            picture = rng.integers(0, 255, (8, 8)).astype(np.uint8)
            Image.fromarray(picture).save(folder / name / f"{number}.png")
    return folder


def test_of_a_folder_of_pictures_the_epoch_with_the_lowest_validation_loss_is_kept(tmp_path):
    options = ImageTraining(
        folder_of_noise(tmp_path), validation=0.3, learning_rate=0.003, epochs=12
    )
    result = images.train(options)
    losses = result.history.history["val_loss"]
    assert result.best_epoch == int(np.argmin(losses)) < 11
    _, watch = images.hold_out(result.dataset.y_train, 0.3, 0)
    x, y = result.dataset.x_train[watch], result.dataset.y_train[watch]
    assert result.model.evaluate(x, y)[0] == pytest.approx(min(losses), rel=1e-6)


def test_without_validation_the_last_epoch_is_kept(tmp_path):
    options = ImageTraining(folder_of_noise(tmp_path), validation=0.0, units=(4,), epochs=2)
    assert images.train(options).best_epoch is None


def test_a_folder_of_pictures_goes_on_from_its_checkpoint_to_the_same_best_epoch(tmp_path):
    data, out = folder_of_noise(tmp_path / "data"), tmp_path / "m.safetensors"
    options = {"validation": 0.3, "learning_rate": 0.003, "epochs": 12}
    whole = images.train(ImageTraining(data, **options))

    class Killed(BaseException):
        pass

    def die(event):
        if isinstance(event, EpochEnded) and event.epoch == 9:
            raise Killed

    going_on = ImageTraining(data, out=out, resume=True, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "INTERVAL", 0.0)
        with pytest.raises(Killed):
            images.train(going_on, on_event=die)
    result = images.train(going_on)
    assert result.best_epoch == whole.best_epoch
    for ours, theirs in zip(result.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_size_and_a_colour_are_kept_in_the_model(tmp_path):
    data = folder_of_noise(tmp_path / "data")
    options = ImageTraining(data, size=[4, 6], colour="rgb", units=(4,), epochs=1)
    result = images.train(options)
    assert result.model.input_shape == (4, 6, 3)
    assert (result.preparation.shape, result.preparation.colour) == ((4, 6), "rgb")
