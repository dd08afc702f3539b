"""The book's networks and its trainer where they are mended, and what they refuse."""

import numpy as np
import pytest

from badak.book.multi_layer_net import MultiLayerNet
from badak.book.multi_layer_net_extend import MultiLayerNetExtend
from badak.book.optimizer import RMSprop
from badak.book.trainer import Trainer
from badak.errors import InputError

X = np.random.default_rng(1).normal(size=(50, 4))
T = (X[:, 0] > 0).astype(int)


def trainer(network=None, **settings):
    network = network or MultiLayerNet(4, [5], 2)
    return Trainer(network, X, T, X, T, **{"verbose": False, **settings})


@pytest.mark.parametrize("name", ["RMSprop", "rmsprpo"])
def test_rmsprop_is_found_by_its_name_and_by_the_books(name):
    assert isinstance(trainer(optimizer=name).optimizer, RMSprop)


def test_each_epoch_is_evaluated_where_the_batch_does_not_divide_the_samples():
    made = trainer(epochs=4, mini_batch_size=20)
    made.train()
    assert (made.max_iter, len(made.train_acc_list)) == (10, 4)


def test_accuracies_are_taken_of_as_many_samples_as_asked():
    class Counting(MultiLayerNet):
        def accuracy(self, x, t):
            seen.append(len(x))
            return super().accuracy(x, t)

    seen = []
    trainer(Counting(4, [5], 2), epochs=1, evaluate_sample_num_per_epoch=7).train()
    assert seen == [7, 7, 50]


def test_nothing_is_printed_without_verbose(capsys):
    trainer(epochs=1).train()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: trainer(optimizer="adamax"), "optimizer must be one of sgd, momentum.*adam, not"),
        (lambda: trainer(epochs=0), "epochs must be a whole number of at least 1"),
        (lambda: MultiLayerNet(4, [5], 2, "tanh"), "activation must be one of sigmoid, relu"),
        (
            lambda: MultiLayerNet(4, [5], 2, weight_init_std="lecun"),
            "weight_init_std must be a number or one of relu, he, sigmoid, xavier, not 'lecun'",
        ),
        (lambda: MultiLayerNet(4, [5], 2, weight_decay_lambda=-1), "weight_decay_lambda must be"),
        (
            lambda: MultiLayerNetExtend(4, [5], 2, use_dropout=True, dropout_ration=2),
            "dropout_ratio must be a number in",
        ),
    ],
)
def test_what_is_not_known_or_out_of_range_is_refused(wrong, says):
    with pytest.raises(InputError, match=says):
        wrong()


def test_names_of_initial_weights_are_read_in_any_case():
    for name in ("He", "RELU", "Xavier", "sigmoid"):
        assert MultiLayerNet(4, [5], 2, weight_init_std=name).params["W1"].shape == (4, 5)


def test_slopes_of_the_extended_network_are_those_of_small_differences():
    network = MultiLayerNetExtend(4, [6, 5], 2, "sigmoid", 1.0, 0.05, use_batchnorm=True)
    slopes = network.numerical_gradient(X, T)
    gradients = network.gradient(X, T)
    in_order = ["W1", "b1", "gamma1", "beta1", "W2", "b2", "gamma2", "beta2", "W3", "b3"]
    assert list(gradients) == list(slopes) == in_order
    assert set(in_order) == set(network.params)
    for name, slope in gradients.items():
        np.testing.assert_allclose(slope, slopes[name], atol=1e-6)
