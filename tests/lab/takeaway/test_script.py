"""The script that repeats a run: executed by another Python, it has the same weights to the bit."""

import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest

from badak import Input, Sequential, load_model
from badak.errors import InputError
from badak.lab.data import Uploads
from badak.lab.formula import activation
from badak.lab.lessons import LESSONS
from badak.lab.session import Session
from badak.lab.takeaway import take
from badak.layers import Dense, Layer
from tests.lab.bending import bend, train
from tests.lab.labs import settle, wait_until

HOUSES = "area,city,price\n" + "".join(
    f"{20 + i * 7 % 80},{('Busan', 'Jeju', 'Seoul')[i % 3]},{100 + i * 21 % 240 + 30 * (i % 3)}\n"
    for i in range(120)
)


@contextmanager
def session_of(recipe=None, uploads=None, given=None):
    made = Session(recipe, uploads=uploads, given=given)
    try:
        yield made
    finally:
        made.close()


def repeated(run, folder, own=()):
    """Run the script in a folder, and return the network that it saves."""
    name, kind, content = take(run, "script")
    assert (name, kind) == ("run.py", "text/x-python")
    (folder / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, name], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + content.decode()
    assert "loss" in done.stdout
    custom = {text: activation(text) for text in own}
    return load_model(folder / "model.safetensors", custom_objects=custom)


def assert_same_bits(run, folder, own=()):
    again = repeated(run, folder, own)
    assert np.array_equal(again.parameters.vector, run.looked_at().vector)


def layers(recipe):
    return recipe["network"]["layers"]


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"data": {"kind": "spiral", "noise": 0.2, "seed": 3}, "training": {"seed": 9}},
        {
            "data": {"kind": "bumps"},
            "network": {
                "layers": [
                    {"kind": "dense", "units": 7, "activation": {"formula": "sin(2*x)"}},
                    {"kind": "gaussian_noise", "stddev": 0.05},
                    {"kind": "dense", "units": 5, "activation": {"name": "elu", "alpha": 0.5}},
                    {"kind": "p_re_lu"},
                    {"kind": "layer_normalization"},
                ]
            },
            "training": {
                "optimizer": {"name": "nesterov", "learning_rate": 0.02},
                "schedule": {"name": "cosine_decay", "decay_steps": 200},
                "l1": 0.001,
                "l2": 0.01,
                "loss": {"name": "huber", "delta": 0.5},
            },
        },
        {
            "data": {"kind": "digits"},
            "network": {
                "layers": [
                    {"kind": "dense", "units": 20, "initializer": "he_normal", "use_bias": False},
                    {"kind": "batch_normalization"},
                    {"kind": "activation", "activation": "relu"},
                    {"kind": "dropout", "rate": 0.3},
                ],
            },
            "training": {"batch_size": 32, "loss": "mean_squared_error"},
        },
        {"data": {"kind": "function", "formula": "x1 if x2 > 0 else exp(-x1**2)"}},
        {"data": {"kind": "points", "points": [[0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 1]] * 6}},
        {"data": {"kind": "plane"}, "training": {"optimizer": {"name": "gradient_descent"}}},
    ],
    ids=["preset", "spiral", "many", "digits", "function", "points", "descent"],
)
def test_a_run_is_repeated_to_the_bit(recipe, tmp_path):
    with session_of(recipe) as session:
        train(session, 4)
        assert_same_bits(session.run("a"), tmp_path, own=["sin(2*x)"])


def test_what_is_changed_while_it_trains_is_repeated_too(tmp_path):
    with session_of({"data": {"kind": "xor"}}) as session:
        run = session.run("a")
        train(session, 3)

        def settings(recipe):
            layers(recipe)[0]["activation"] = {"formula": "x * sigmoid(x)"}
            recipe["training"]["optimizer"]["learning_rate"] = 0.05
            recipe["training"]["batch_size"] = 25
            recipe["training"]["l2"] = 0.01

        bend(session, "a", settings)
        train(session, 2)
        bend(session, "a", lambda r: r["training"].update(optimizer={"name": "rmsprop"}))
        train(session, 2)

        def deeper(recipe):
            layers(recipe).append({"kind": "dropout", "rate": 0.1})
            layers(recipe).append({"kind": "dense", "units": 6, "activation": "relu"})

        bend(session, "a", deeper)
        train(session, 3)
        bend(session, "a", lambda r: layers(r)[1].update(rate=0.4))
        bend(session, "a", lambda r: layers(r)[2].update(units=4))
        train(session, 2)
        assert [segment.begin for segment in run.journal][:4] == [
            "new",
            "settings",
            "compiled",
            "rebuilt",
        ]
        assert_same_bits(run, tmp_path, own=["x * sigmoid(x)"])


@pytest.mark.parametrize("epoch", [0, 2, 4, 6, 7])
def test_after_going_back_only_what_led_there_is_repeated(epoch, tmp_path):
    with session_of({"data": {"kind": "gauss"}}) as session:
        train(session, 4)
        bend(session, "a", lambda r: layers(r).append({"kind": "dense", "units": 3}))
        train(session, 4)
        session.do("a", "back", {"epoch": epoch})
        wait_until(lambda: session.run("a").epoch == epoch)
        settle(session.run("a"))
        train(session, 1)
        assert_same_bits(session.run("a"), tmp_path)
        bend(session, "a", lambda r: r["training"]["optimizer"].update(learning_rate=0.1))
        train(session, 2)
        assert_same_bits(session.run("a"), tmp_path)


def test_a_change_of_loss_that_needs_other_targets_is_repeated(tmp_path):
    recipe = {"data": {"kind": "digits"}, "training": {"batch_size": 64}}
    with session_of(recipe) as session:
        train(session, 2)
        bend(session, "a", lambda r: r["training"].update(loss="mean_squared_error"))
        train(session, 2)
        assert_same_bits(session.run("a"), tmp_path)


@pytest.mark.parametrize("target", ["price", "city"])
def test_a_table_is_read_from_its_file_beside_the_script(target, tmp_path):
    uploads = Uploads()
    told = uploads.add("table", "집값.csv", HOUSES.encode())
    (tmp_path / "집값.csv").write_text(HOUSES, encoding="utf-8")
    recipe = {"data": {"kind": "table", "upload": told["upload"], "target": target}}
    with session_of(recipe, uploads) as session:
        train(session, 3)
        again = repeated(session.run("a"), tmp_path)
        assert np.array_equal(again.parameters.vector, session.run("a").looked_at().vector)
        assert again.preparation["target"]["name"] == target


def test_data_from_python_are_saved_beside_the_script(tmp_path):
    uploads, rng = Uploads(), np.random.default_rng(0)
    number = uploads.add_given(rng.normal(size=(80, 3)).astype(np.float32), np.arange(80) % 3)
    with session_of({"data": {"kind": "given", "upload": number}}, uploads) as session:
        train(session, 3)
        name, _, content = take(session.run("a"), "data")
        (tmp_path / name).write_bytes(content)
        assert_same_bits(session.run("a"), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_lesson_can_be_repeated(lesson, tmp_path):
    with session_of(lesson.recipes[-1]) as session:
        train(session, 1)
        run = session.run("a")
        if run.diverged:
            pytest.skip("it is meant to diverge")
        assert_same_bits(run, tmp_path)


def test_a_model_from_outside_goes_on_from_its_weights(tmp_path):
    model = Sequential([Input((2,)), Dense(5, "tanh"), Dense(1, "sigmoid")], seed=4)
    model.compile("adam")
    recipe = {
        "network": {
            "layers": [{"kind": "given", "place": 0}],
            "output": {"units": "auto", "activation": "auto"},
        }
    }
    with session_of(recipe, given=model) as session:
        train(session, 3)
        run = session.run("a")
        assert [segment.begin for segment in run.journal] == ["given"]
        name, _, content = take(run, "given")
        (tmp_path / name).write_bytes(content)
        assert_same_bits(run, tmp_path)


class Halved(Layer):
    """A layer of the user's own."""

    def forward(self, w, x, mode):
        return 0.5 * x, None

    def backward(self, w, p, gradient):
        return 0.5 * gradient, {}


def test_comments_are_in_the_language_that_is_asked_for():
    with session_of() as session:
        train(session, 1)
        text = take(session.run("a"), "script", language="ko")[2].decode()
        assert "# 신경망" in text


def test_what_a_script_cannot_make_is_refused():
    from badak.activations import Activation
    from badak.lab.takeaway.source import Source

    own = Activation("own", lambda x: x * x, lambda x: 2.0 * x)
    with pytest.raises(InputError, match="own"):
        Source().of(own)
    with pytest.raises(InputError, match="Halved"):
        Source().of(Halved())
    with pytest.raises(InputError, match="cannot make"):
        Source().of(object())
