import itertools

import numpy as np
import pytest

from badak.experiments import Setting, Verdict, get


@pytest.fixture(scope="module")
def found():
    return get("perceptron")()


def test_the_statement_holds(found):
    assert found.verdict is Verdict.HOLDS
    for gate in ("AND", "NAND", "OR"):
        assert found.numbers[f"{gate}_right"] == 4.0
    assert found.numbers["XOR_two_layers"] == 4.0


def test_no_line_gets_more_of_xor_than_three_of_four(found):
    x = np.array(list(itertools.product([0, 1], repeat=2)))
    w1, w2, b = np.random.default_rng(0).normal(size=(3, 20_000, 1))
    outputs = w1 * x[:, 0] + w2 * x[:, 1] + b > 0.0  # (lines, corners)
    best = (outputs == (x[:, 0] != x[:, 1])).sum(axis=1).max()
    assert found.numbers["XOR_best"] == best == 3
    # Known: 14 of the 16 Boolean functions of two inputs are threshold functions.
    assert found.numbers["functions"] == len(np.unique(outputs, axis=0)) == 14


def test_learning_keeps_the_bound_that_the_widest_margin_gives(found):
    # By hand: the shortest weights with all margins 1 or more are (2, 2, -3) for AND, their
    # opposite for NAND, (2, 2, -1) for OR; the longest sample (1, 1, 1) has a squared length of 3.
    bounds = {"AND": 3 * 17, "NAND": 3 * 17, "OR": 3 * 9}
    for gate, bound in bounds.items():
        assert found.numbers[f"{gate}_bound"] == bound
        assert 0 < found.numbers[f"{gate}_mistakes"] <= bound


def test_learning_xor_never_ends(found):
    assert found.numbers["XOR_ends"] == 0.0
    assert found.numbers["XOR_mistakes"] >= 1000  # at least one in every epoch


def test_the_first_steps_are_those_of_paper_and_pencil(found):
    steps = found.tables[1].rows
    assert steps[3] == ("1", "(1, 1)", "1", "0", "1", "1", "1")
    assert steps[4] == ("2", "(0, 0)", "0", "1", "1", "1", "0")
    assert steps[5] == ("2", "(1, 0)", "0", "1", "0", "1", "-1")


def test_the_seed_changes_nothing(found):
    assert get("perceptron")(Setting(seed=1)).numbers == found.numbers
