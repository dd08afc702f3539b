"""The book's modules used as its chapters use them; the numbers are those of the book's own code.

numbers.json was printed by these tests with the modules of the book's public repository
(WegraLee/deep-learning-from-scratch, 4fafa71) in place of badak's.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from badak.book.functions import cross_entropy_error, sigmoid, sigmoid_grad, softmax, softmax_loss
from badak.book.gradient import numerical_gradient
from badak.book.layers import (
    Affine,
    BatchNormalization,
    Convolution,
    Dropout,
    Pooling,
    Relu,
    Sigmoid,
    SoftmaxWithLoss,
)
from badak.book.mnist import load_mnist
from badak.book.multi_layer_net import MultiLayerNet
from badak.book.multi_layer_net_extend import MultiLayerNetExtend
from badak.book.optimizer import SGD, AdaGrad, Adam, Momentum, RMSprop
from badak.book.trainer import Trainer
from badak.book.util import shuffle_dataset, smooth_curve

APART = 2e-7
"""How far small differences may be off: they see the 1e-7 that the loss adds to a probability."""

NUMBERS = json.loads(Path(__file__).with_name("numbers.json").read_text(encoding="utf-8"))


def stripes(samples=200, side=8):
    """Images with one bright row or column, and which of these it is."""
    rng = np.random.default_rng(3)
    x = rng.random((samples, 1, side, side)) * 0.3
    labels = rng.integers(2, size=samples)
    for image, label, place in zip(x[:, 0], labels, rng.integers(side, size=samples), strict=True):
        image[(place, slice(None)) if label else (slice(None), place)] += 0.7
    return x, labels


def blobs(samples=240, inputs=6):
    """Points around three centres, and whose they are."""
    rng = np.random.default_rng(4)
    labels = rng.integers(3, size=samples)
    return rng.normal(size=(3, inputs))[labels] + 0.7 * rng.normal(size=(samples, inputs)), labels


def weighted(arrays):
    """Return one number of each array in which every element counts, and each another amount."""
    return [float((a * np.cos(np.arange(a.size)).reshape(a.shape)).sum()) for a in arrays]


# chapter 4


def test_the_numerical_gradient_of_a_network_of_one_layer():
    w, x, t = np.random.randn(2, 3), np.array([0.6, 0.9]), np.array([0, 0, 1])
    slope = numerical_gradient(lambda _: cross_entropy_error(softmax(x @ w), t), w)
    assert slope.ravel().tolist() == pytest.approx(NUMBERS["simple_net"], rel=1e-8)
    assert softmax_loss(x @ w, t) == pytest.approx(NUMBERS["simple_net_loss"], rel=1e-12)


def test_two_layers_with_slopes_by_hand():
    x, labels = blobs()
    t, w1, w2 = np.eye(3)[labels], 0.5 * np.random.randn(6, 10), 0.5 * np.random.randn(10, 3)
    losses = []
    for _ in range(60):
        a = x @ w1
        z = sigmoid(a)
        y = softmax(z @ w2)
        at_y = (y - t) / len(x)
        of_w1 = x.T @ (sigmoid_grad(a) * (at_y @ w2.T))
        w2 -= z.T @ at_y
        w1 -= of_w1
        losses.append(cross_entropy_error(y, t))
    assert losses[::15] == pytest.approx(NUMBERS["by_hand"], rel=1e-9)


# chapter 5


class Stack:
    """Layers one after another, with weights by name."""

    def __init__(self, **layers):
        self.layers = layers
        self.last = SoftmaxWithLoss()
        self.params = {
            f"{kind}{name}": getattr(layer, kind)
            for name, layer in layers.items()
            for kind in ("W", "b")
            if hasattr(layer, kind)
        }

    def predict(self, x, train_flg=False):
        for layer in self.layers.values():
            x = layer.forward(x, train_flg) if isinstance(layer, Dropout) else layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last.forward(self.predict(x, train_flg=True), t)

    def accuracy(self, x, t):
        return (self.predict(x).argmax(axis=1) == t).mean()

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last.backward()
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        named = {"W": "dW", "b": "db"}
        return {name: getattr(self.layers[name[1:]], named[name[0]]) for name in self.params}


def affine(inputs, units, scale):
    return Affine(scale * np.random.randn(inputs, units), np.zeros(units))


def test_backpropagation_through_layers_and_small_differences_agree():
    x, labels = blobs(5)
    network = Stack(
        A=affine(6, 7, 0.5), relu=Relu(), B=affine(7, 4, 0.5), s=Sigmoid(), C=affine(4, 3, 1)
    )
    gradients = network.gradient(x, labels)
    assert weighted(gradients.values()) == pytest.approx(NUMBERS["layers"], rel=1e-10)
    for name, w in network.params.items():
        slope = numerical_gradient(lambda _: network.loss(x, labels), w)
        np.testing.assert_allclose(gradients[name], slope, atol=APART)


@pytest.mark.parametrize("one_hot", [False, True])
def test_a_network_of_layers_learns(one_hot):
    x, labels = blobs()
    t = np.eye(3)[labels] if one_hot else labels
    network = Stack(A=affine(6, 12, 0.3), relu=Relu(), B=affine(12, 3, 0.3))
    losses = []
    for _ in range(80):
        chosen = np.random.choice(len(x), 60)
        for name, slope in network.gradient(x[chosen], t[chosen]).items():
            network.params[name] -= 0.3 * slope
        losses.append(network.loss(x[chosen], t[chosen]))
    assert losses[::20] == pytest.approx(NUMBERS["learns"], rel=1e-9)
    assert network.accuracy(x, labels) == NUMBERS["learnt"]


# chapter 6


@pytest.mark.parametrize(
    ("name", "optimizer"),
    [
        ("SGD", SGD(lr=0.95)),
        ("Momentum", Momentum(lr=0.1)),
        ("AdaGrad", AdaGrad(lr=1.5)),
        ("RMSprop", RMSprop(lr=0.3)),
        ("Adam", Adam(lr=0.3)),
    ],
)
def test_the_way_down_a_valley(name, optimizer):
    params, way = {"x": -7.0, "y": 2.0}, []
    for _ in range(30):
        optimizer.update(params, {"x": params["x"] / 10, "y": 2 * params["y"]})
        way += [params["x"], params["y"]]
    assert [way[i] for i in (0, 1, 18, 19, 58, 59)] == pytest.approx(NUMBERS[name], rel=1e-9)


@pytest.mark.parametrize("start", [0.1, "sigmoid", "relu"])
def test_initial_weights_and_the_loss_of_the_first_steps(start):
    x, t = blobs()
    network, optimizer = MultiLayerNet(6, [20, 15], 3, weight_init_std=start), SGD(lr=0.1)
    losses = [network.loss(x, t)]
    for _ in range(30):
        optimizer.update(network.params, network.gradient(x, t))
        losses.append(network.loss(x, t))
    assert losses[::10] == pytest.approx(NUMBERS[f"start_{start}"], rel=1e-9)


def test_weight_decay():
    x, t = blobs()
    network = MultiLayerNet(6, [20, 15], 3, activation="sigmoid", weight_decay_lambda=0.1)
    found = [network.loss(x, t), *weighted(network.gradient(x, t).values())]
    assert found == pytest.approx(NUMBERS["decay"], rel=1e-9)
    slopes = network.numerical_gradient(x, t)
    for name, slope in network.gradient(x, t).items():
        np.testing.assert_allclose(slope, slopes[name], atol=APART)


def test_batch_normalisation_and_dropout():
    x, t = blobs()
    network = MultiLayerNetExtend(
        6, [20, 15], 3, use_batchnorm=True, use_dropout=True, dropout_ration=0.2
    )
    optimizer, losses = Momentum(lr=0.05), []
    for _ in range(40):
        optimizer.update(network.params, network.gradient(x, t))
        losses.append(network.loss(x, t, train_flg=True))
    running = network.layers["BatchNorm2"]
    assert losses[::10] == pytest.approx(NUMBERS["normalised"], rel=1e-8)
    averages = weighted([running.running_mean, running.running_var])
    assert averages == pytest.approx(NUMBERS["running"], rel=1e-8)
    assert network.accuracy(x, t) == NUMBERS["normalised_accuracy"]
    assert network.loss(x, t) == pytest.approx(NUMBERS["normalised_loss"], rel=1e-8)


def test_batch_normalisation_of_images_by_its_gradients():
    layer = BatchNormalization(np.random.randn(12), np.random.randn(12))
    x, dout = np.random.randn(2, 5, 3, 2, 2)
    out, at_x = layer.forward(x), layer.backward(dout)
    found = weighted([out, at_x, layer.dgamma, layer.dbeta])
    assert found == pytest.approx(NUMBERS["images"], rel=1e-9)


@pytest.mark.parametrize("optimizer", ["SGD", "Momentum", "AdaGrad", "Adam"])
def test_the_trainer(optimizer, capsys):
    x, t = shuffle_dataset(*blobs())
    network = MultiLayerNet(6, [20], 3)
    trainer = Trainer(
        network, x[40:], t[40:], x[:40], t[:40], 3, 20, optimizer, {"lr": 0.02}, 30, True
    )
    trainer.train()
    accuracies = [*trainer.train_acc_list, *trainer.test_acc_list]
    found = [*trainer.train_loss_list[::9], *accuracies, network.accuracy(x[:40], t[:40])]
    assert found == pytest.approx(NUMBERS[f"trainer_{optimizer}"], rel=1e-8)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 30 + 3 + 2
    assert printed[0] == f"train loss:{trainer.train_loss_list[0]}"
    assert printed[1] == f"=== epoch:1, train acc:{accuracies[0]}, test acc:{accuracies[3]} ==="
    assert printed[-1] == f"test acc:{found[-1]}"


def test_a_smoothed_curve():
    smooth = smooth_curve(np.random.rand(30).tolist())
    assert smooth.shape == (30,)
    assert smooth[[0, 1, 15, 29]].tolist() == pytest.approx(NUMBERS["smooth"], rel=1e-12)


# chapter 7


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (1, 1), (2, 0), (2, 2)])
def test_convolution_of_several_channels(stride, pad):
    layer = Convolution(np.random.randn(4, 3, 3, 3), np.random.randn(4), stride, pad)
    x = np.random.randn(2, 3, 8, 7)
    out = layer.forward(x)
    at_x = layer.backward(np.sin(out))
    found = weighted([out, at_x, layer.dW, layer.db])
    assert found == pytest.approx(NUMBERS[f"convolution_{stride}_{pad}"], rel=1e-9)
    assert (at_x.shape, layer.dW.shape) == (x.shape, layer.W.shape)


@pytest.mark.parametrize(("height", "width", "stride"), [(2, 2, 2), (3, 2, 1), (2, 3, 3)])
def test_pooling(height, width, stride):
    layer = Pooling(height, width, stride)
    x = np.random.randn(2, 3, 8, 7)
    out = layer.forward(x)
    found = weighted([out, layer.backward(np.sin(out))])
    assert found == pytest.approx(NUMBERS[f"pooling_{height}_{width}_{stride}"], rel=1e-10)


def convnet():
    return Stack(
        A=Convolution(0.1 * np.random.randn(5, 1, 3, 3), np.zeros(5)),
        relu=Relu(),
        pool=Pooling(2, 2, 2),
        B=affine(5 * 3 * 3, 10, 0.1),
        relu2=Relu(),
        drop=Dropout(0.3),
        C=affine(10, 2, 0.1),
    )


def test_a_convolutional_network_and_small_differences_agree():
    x, t = stripes(1)
    network = convnet()
    del network.layers["drop"]  # a mask of each difference would be another
    gradients = network.gradient(x, t.reshape(1, 1))
    for name, w in network.params.items():
        slope = numerical_gradient(lambda _: network.loss(x, t.reshape(1, 1)), w)
        np.testing.assert_allclose(gradients[name], slope, atol=APART)


def test_a_convolutional_network_learns():
    x, t = stripes()
    network = convnet()
    trainer = Trainer(
        network, x[50:], t[50:], x[:50], t[:50], 12, 25, "Adam", {"lr": 0.01}, verbose=False
    )
    trainer.train()
    assert trainer.train_loss_list[::24] == pytest.approx(NUMBERS["convnet"], rel=1e-7)
    assert trainer.test_acc_list[::4] == NUMBERS["convnet_accuracy"]


# with MNIST


@pytest.fixture
def mnist(shared_data, monkeypatch):
    monkeypatch.setenv("BADAK_DATA", str(shared_data / "mnist"))


@pytest.mark.usefixtures("mnist")
def test_mnist_has_the_shapes_and_types_of_the_book():
    (x, t), (x_test, t_test) = load_mnist(normalize=False, one_hot_label=True)
    assert (x.shape, t.shape, x_test.shape) == ((60000, 784), (60000, 10), (10000, 784))
    assert (x.dtype, t.dtype, t_test.dtype) == (np.uint8, np.float64, np.float64)
    (x, t), _ = load_mnist(flatten=False)
    assert (x.shape, x.dtype, t.dtype) == ((60000, 1, 28, 28), np.float32, np.uint8)
    assert (float(x.max()), t[:5].tolist()) == (1.0, [5, 0, 4, 1, 9])


@pytest.mark.usefixtures("mnist")
def test_too_many_layers_for_300_images():
    (x, t), (x_test, t_test) = load_mnist()
    x, t = x[:300], t[:300]
    network, optimizer = MultiLayerNet(784, [100] * 6, 10), SGD(lr=0.01)
    losses = []
    for _ in range(45):
        chosen = np.random.choice(300, 100)
        optimizer.update(network.params, network.gradient(x[chosen], t[chosen]))
        losses.append(network.loss(x[chosen], t[chosen]))
    assert losses[::11] == pytest.approx(NUMBERS["overfit"], rel=1e-7)
    accuracies = [network.accuracy(x, t), network.accuracy(x_test, t_test)]
    assert accuracies == NUMBERS["overfit_accuracy"]


@pytest.mark.usefixtures("mnist")
def test_a_convolutional_network_on_500_images_of_mnist():
    (x, t), (x_test, t_test) = load_mnist(flatten=False)
    network = Stack(
        A=Convolution(0.01 * np.random.randn(8, 1, 5, 5), np.zeros(8)),
        relu=Relu(),
        pool=Pooling(2, 2, 2),
        B=affine(8 * 12 * 12, 30, 0.01),
        relu2=Relu(),
        C=affine(30, 10, 0.01),
    )
    trainer = Trainer(
        network,
        x[:500],
        t[:500],
        x_test[:500],
        t_test[:500],
        4,
        50,
        "Adam",
        {"lr": 0.005},
        verbose=False,
    )
    trainer.train()
    assert trainer.train_loss_list[::13] == pytest.approx(NUMBERS["mnist"], rel=1e-6)
    assert trainer.test_acc_list == NUMBERS["mnist_accuracy"]
