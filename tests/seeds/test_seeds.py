"""The notes' scripts, their imports changed and nothing else, and the numbers that they print."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from badak import Input, Sequential, functions
from badak.datasets import mnist
from badak.formats import book
from badak.layers import Dense
from badak.optimizers import Adam
from badak.schedules import CosineDecay

SCRIPTS = Path(__file__).parent / "scripts"


@pytest.fixture
def run(capsys):
    """Run a script of the notes; return its variables and what it printed."""

    def run(name):
        variables = runpy.run_path(str(SCRIPTS / f"{name}.py"), run_name="__main__")
        return variables, capsys.readouterr().out

    return run


@pytest.fixture
def real(shared_data, monkeypatch):
    """The real data where the scripts look for them."""
    monkeypatch.setenv("BADAK_DATA", str(shared_data / "mnist"))
    monkeypatch.chdir(shared_data / "book")


def test_step_and_sigmoid(run):
    seed, printed = run("step_and_sigmoid")
    assert "[0 1 1]" in printed
    assert "[0.11920292 0.73105858 0.95257413]" in printed
    assert seed["steps"].tolist() == [0, 1, 1]
    x = seed["X"]
    assert (seed["Y_step"] == (x > 0)).all()
    np.testing.assert_allclose(seed["Y_sigmoid"], 1 / (1 + np.exp(-x)), rtol=1e-12)
    assert (seed["Y_relu"] == np.maximum(0, x)).all()


def test_the_three_layer_forward_pass(run):
    assert run("three_layers")[1] == "[0.31682708 0.69627909]\n"


def test_softmax(run):
    seed, printed = run("output_layer")
    assert printed.startswith("[0.01821127 0.24519181 0.73659691]\n1.0\n")
    np.testing.assert_allclose(
        functions.softmax(seed["large"]),
        [9.99954600e-01, 4.53978686e-05, 2.06106005e-09],
        rtol=1e-6,
    )


def test_argmax_of_the_four_by_three_example():
    y = np.array([[0.1, 0.8, 0.1], [0.3, 0.1, 0.6], [0.2, 0.5, 0.3], [0.8, 0.1, 0.1]])
    model = Sequential([Input((3,)), Dense(3, "softmax", kernel_initializer="orthogonal")])
    model.set_weights([np.eye(3), np.zeros(3)])
    labels = model.classify(y)
    assert labels.tolist() == [1, 2, 1, 0]
    assert np.sum(labels == np.array([1, 2, 0, 0])) == 3


@pytest.mark.usefixtures("real")
def test_the_shapes_of_mnist(run):
    assert run("load_images")[1] == "(60000, 784)\n(60000,)\n(10000, 784)\n(10000,)\n"


@pytest.mark.usefixtures("real")
def test_the_first_image_is_a_five(run, monkeypatch):
    shown = []
    monkeypatch.setattr(Image.Image, "show", lambda image: shown.append(image))
    assert run("show_image")[1] == "5\n(784,)\n(28, 28)\n"
    assert shown[0].size == (28, 28)
    assert shown[0].getextrema() == (0, 255)


@pytest.mark.usefixtures("real")
def test_inference_one_by_one(run):
    assert run("infer_one_by_one")[1] == "Accuracy:0.9352\n"


@pytest.mark.usefixtures("real")
def test_inference_in_batches(run):
    printed = run("infer_in_batches")[1]
    assert printed == ("(10000, 784) (784,) (784, 50) (50, 100) (100, 10)\nAccuracy:0.9352\n")


@pytest.fixture
def book_network(shared_data):
    """The book's network as a model."""
    weights = book.load(shared_data / "book" / "sample_weight.pkl")
    model = Sequential(
        [Input((784,)), Dense(50, "sigmoid"), Dense(100, "sigmoid"), Dense(10, "softmax")]
    )
    model.set_weights([weights[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3")])
    return model


@pytest.mark.usefixtures("real")
def test_the_books_network_as_a_model(book_network):
    _, (x, t) = mnist.load_mnist()
    one_by_one = [int(book_network.classify(x[i : i + 1])[0]) for i in range(len(x))]
    assert np.mean(np.array(one_by_one) == t) == 0.9352
    assert np.mean(book_network.classify(x, batch_size=100) == t) == 0.9352
    assert np.mean(book_network.predict(x, batch_size=100).argmax(axis=1) == t) == 0.9352
    assert book_network.evaluate(x, t)[1] == pytest.approx(0.9352)


@pytest.mark.usefixtures("real")
def test_raw_pixels_cost_the_books_network_accuracy(book_network):
    _, (x, t) = mnist.load_mnist(normalize=False)
    assert np.mean(book_network.classify(x) == t) == 0.9207


@pytest.mark.slow
@pytest.mark.usefixtures("real")
def test_a_keras_script(run):
    seed, printed = run("keras_mlp")
    assert seed["score"][1] > 0.96
    assert f"Test accuracy: {seed['score'][1]}" in printed
    assert len(seed["history"].history["val_accuracy"]) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("real")
@pytest.mark.parametrize(
    ("activation", "rate", "enough"), [("sigmoid", 0.01, 0.97), ("relu", 0.003, 0.975)]
)
def test_the_books_network_learns_mnist_within_15_epochs(activation, rate, enough):
    (x, t), held_out = mnist.load_mnist()
    start = "he_normal" if activation == "relu" else "glorot_uniform"
    model = Sequential(
        [
            Input((784,)),
            Dense(50, activation, kernel_initializer=start),
            Dense(100, activation, kernel_initializer=start),
            Dense(10, "softmax"),
        ]
    )
    epochs = 12
    optimizer = Adam(CosineDecay(rate, epochs * len(x) / 100))
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, t, batch_size=100, epochs=epochs, verbose=0)
    assert model.evaluate(*held_out)[1] >= enough
