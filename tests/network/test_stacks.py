"""The dense stack is the network that one would write down layer by layer."""

import numpy as np

from badak import Input, Sequential, activations, layers
from badak.network.stacks import Hidden, dense_stack
from badak.regularizers import L2


def kinds(stack):
    return [type(layer).__name__ for layer in stack]


def test_a_stack_has_the_weights_of_the_same_layers_written_by_hand():
    hidden = [Hidden(5, activations.TANH, dropout=0.25), Hidden(4)]
    stacked = Sequential([Input((3,)), *dense_stack(hidden, 2, "softmax")], seed=7)
    by_hand = Sequential(
        [
            Input((3,)),
            layers.Dense(5, "tanh"),
            layers.Dropout(0.25),
            layers.Dense(4, "relu"),
            layers.Dense(2, "softmax"),
        ],
        seed=7,
    )
    assert [layer.get_config() for layer in stacked.layers] == [
        layer.get_config() for layer in by_hand.layers
    ]
    for ours, theirs in zip(stacked.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_without_hidden_layers_only_the_output_is_left():
    assert kinds(dense_stack([], 3)) == ["Dense"]


def test_batch_normalization_stands_between_the_sums_and_their_activation():
    stack = dense_stack([Hidden(4, dropout=0.5, batch_momentum=0.9)], 1)
    assert kinds(stack) == ["Dense", "BatchNormalization", "Activation", "Dropout", "Dense"]
    assert stack[1].momentum == 0.9


def test_a_regularizer_is_on_every_kernel():
    penalty = L2(0.1)
    stack = dense_stack([Hidden(4), Hidden(3, batch_momentum=0.9)], 1, regularizer=penalty)
    dense = [layer for layer in stack if isinstance(layer, layers.Dense)]
    assert [layer.kernel_regularizer for layer in dense] == [penalty] * 3
