import re

import pytest

from badak import Sequential, layers
from badak.errors import InputError


def test_it_shows_layers_classes_pictures_training_and_size(badak, digits_model):
    out = badak("info", digits_model).out
    for layer in ("rescaling", "flatten", "dense_2"):
        assert layer in out
    weights = 64 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10
    assert f"weights: {weights:,}" in out
    facts = dict(re.findall(r"^(\w+) {2,}(.+)$", out, re.MULTILINE))
    assert facts["classes"] == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert facts["pictures"].startswith("8x8 pixels, 0 to 16")
    assert facts["data"] == "digits"
    assert facts["training"] == "Adam, learning rate 0.001, seed 0"
    assert facts["loss"] == "sparse_categorical_crossentropy"
    assert facts["file"] == f"{digits_model}, {digits_model.stat().st_size:,} bytes"


def test_a_model_made_in_python_is_shown_too(badak):
    model = Sequential([layers.Input((2,)), layers.Dense(3, "softmax")])
    model.save("table.safetensors")
    outcome = badak("info", "table.safetensors")
    assert outcome.code == 0
    facts = dict(re.findall(r"^(\w+) {2,}(.+)$", outcome.out, re.MULTILINE))
    assert facts["classes"] == "0, 1, 2"
    assert facts["pictures"] == facts["data"] == "not told"
    assert facts["loss"] == "follows from the output layer"


def test_a_model_with_the_wrong_number_of_names_is_refused(badak):
    model = Sequential([layers.Input((2,)), layers.Dense(3, "softmax")])
    model.class_names = ["one", "two"]
    with pytest.raises(InputError, match="names 2 classes"):
        model.save("table.safetensors")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("badak.network.saving.check_class_names", lambda names, shape: None)
        model.save("table.safetensors")
    outcome = badak("info", "table.safetensors")
    assert outcome.code == 1
    assert "it names 2 classes, ['one', 'two'], but its output is of shape (3,)" in outcome.err


def test_a_network_that_tells_numbers_has_no_classes(badak):
    Sequential([layers.Input((4,)), layers.Dense(1)]).save("numbers.safetensors")
    assert re.search(r"^classes +not told$", badak("info", "numbers.safetensors").out, re.MULTILINE)


def test_of_the_network_in_the_box_its_card_is_shown_too(badak, digits_model):
    out = badak("info", "digits").out
    assert re.search(r"^data +mnist$", out, re.MULTILINE)
    for heading in ("Data", "Training", "What it gets wrong", "Limits"):
        assert re.search(rf"^{heading}\s*$", out, re.MULTILINE)
    assert "What it gets wrong" not in badak("info", digits_model).out
