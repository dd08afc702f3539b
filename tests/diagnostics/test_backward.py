"""The backward arithmetic of one unit, against the trace's own gradients and arithmetic."""

import re

import numpy as np
import pytest

from badak import Input, Sequential, layers
from badak.errors import InputError


def network(*units, output="identity", seed=1):
    hidden = [layers.Dense(count, "tanh") for count in units]
    return Sequential([Input((3,)), *hidden, layers.Dense(2, output)], seed=seed)


X = np.array([[0.5, -1.0, 2.0]], np.float32)


def worked_out(line):
    """Return both sides of an equation as shown, the left one worked out."""
    sides = re.sub(r" \[\d+\]", "", line).split(" = ")
    return eval(sides[1].replace("(", " (")), float(sides[2])


@pytest.mark.parametrize("output", ["identity", "softmax", "sigmoid"])
def test_every_line_is_true_as_shown_and_the_numbers_are_the_traces(output):
    model = network(4, 3, output=output)
    t = [[0.0, 1.0]]
    trace = model.trace(X, t)
    for layer, units in ((0, 4), (1, 3), (2, 2)):
        for unit in range(units):
            found = trace.unit_gradient(layer, unit)
            entry = trace[layer]
            assert found.at_a == entry.gradient_at_a[0, unit]
            assert np.allclose(found.at_weights, entry.gradients["kernel"][:, unit], rtol=1e-6)
            for line in found.lines:
                if line.count(" = ") == 2:
                    left, right = worked_out(line)
                    assert f"{left:.4g}" == f"{right:.4g}"


def test_softmax_and_its_cross_entropy_come_to_y_less_t():
    model = network(2, output="softmax")
    trace = model.trace(X, [1])
    found = trace.unit_gradient(1, 1)
    assert found.at_z is None
    y = float(trace.y[0, 1])
    assert found.at_a == pytest.approx(y - 1.0)
    assert re.fullmatch(r"dL/da = 0\.\d+ - 1\.0 = -0\.\d+", found.lines[0])


def test_of_many_inputs_the_largest_are_shown():
    model = Sequential([Input((20,)), layers.Dense(1)])
    trace = model.trace(np.arange(20.0)[None] / 20.0, [[0.0]])
    found = trace.unit_gradient(0, 0, terms=3)
    shown = [line for line in found.lines if line.startswith("dL/dw")]
    assert [re.search(r"\[(\d+)\]", line)[1] for line in shown] == ["17", "18", "19"]
    assert "17 more" in found.lines
    every = trace.unit_gradient(0, 0, terms=None)
    assert sum(line.startswith("dL/dw") for line in every.lines) == 20


def test_layers_without_sums_have_their_gradient_alone():
    model = Sequential([Input((3,)), layers.BatchNormalization(), layers.Dense(1)])
    found = model.trace(X, [[0.0]]).unit_gradient(0, 1)
    assert found.at_a is None
    assert found.x is None
    assert len(found.lines) == 1


def test_of_a_batch_it_is_one_samples_part():
    model = network(2)
    x = np.concatenate([X, -X])
    trace = model.trace(x, [[0.0, 1.0], [1.0, 0.0]])
    parts = [trace.unit_gradient(1, 0, sample=sample).at_weights for sample in (0, 1)]
    assert np.allclose(sum(parts), trace[1].gradients["kernel"][:, 0], rtol=1e-5)


def test_as_data():
    told = network(2).trace(X, [[0.0, 1.0]]).unit_gradient(0, 1).to_dict()
    assert told["unit"] == [1]
    assert len(told["at_weights"]) == 3


def test_without_targets_there_are_none():
    with pytest.raises(InputError, match="no gradients without targets"):
        network(2).trace(X).unit_gradient(0, 0)
    trace = network(2).trace(X, [[0.0, 1.0]])
    with pytest.raises(InputError, match="terms"):
        trace.unit_gradient(0, 0, terms=0)
    with pytest.raises(InputError, match="no 7"):
        trace.unit_gradient(0, 7)
