"""The perceptron: truth tables, what it can learn and cannot, and how soon."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from badak.errors import InputError, NotSeparableError
from badak.perceptron import AND, NAND, OR, XOR, Perceptron

TABLE = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
TRUTH = {"AND": [0, 0, 0, 1], "NAND": [1, 1, 1, 0], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
INTEGERS = st.integers(-20, 20)
gates = pytest.mark.parametrize("gate", [AND, NAND, OR, XOR], ids=lambda gate: gate.__name__)
learnable = pytest.mark.parametrize("name", ["AND", "NAND", "OR"])


@gates
def test_gates_keep_their_truth_tables(gate):
    answers = [gate(x1, x2) for x1, x2 in TABLE.tolist()]
    assert answers == TRUTH[gate.__name__]
    assert all(type(answer) is int for answer in answers)
    np.testing.assert_array_equal(gate(TABLE[:, 0], TABLE[:, 1]), TRUTH[gate.__name__])


@learnable
def test_one_perceptron_is_and_nand_or_by_hand(name):
    np.testing.assert_array_equal(getattr(Perceptron, name)()(TABLE), TRUTH[name])


@given(st.lists(st.tuples(INTEGERS, INTEGERS), min_size=1, max_size=4), INTEGERS)
def test_it_says_1_where_the_weighted_sum_is_over_the_threshold(pairs, threshold):
    weights, x = [w for w, _ in pairs], [x for _, x in pairs]
    expected = 1 if sum(w * each for w, each in pairs) > threshold else 0
    with_threshold = Perceptron.with_threshold(weights, threshold)
    assert with_threshold(x) == expected
    assert with_threshold.threshold == threshold
    assert Perceptron(weights, -threshold)(x) == expected
    assert Perceptron(weights, -threshold)([x, x]).tolist() == [expected, expected]


@given(st.floats(-100.0, 100.0), st.floats(-100.0, 100.0), st.floats(-100.0, 100.0))
def test_no_weights_make_one_perceptron_xor(w1, w2, b):
    assert Perceptron([w1, w2], b)(TABLE).tolist() != TRUTH["XOR"]


@given(INTEGERS, INTEGERS, INTEGERS)
def test_one_perceptron_cannot_learn_xor(w1, w2, b):
    perceptron = Perceptron([w1, w2], b)
    with pytest.raises(NotSeparableError, match="no straight line parts the two classes"):
        perceptron.fit(TABLE, TRUTH["XOR"])
    assert (perceptron.weights.tolist(), perceptron.bias) == ([w1, w2], b)


def test_two_layers_of_learned_perceptrons_are_xor():
    learned = {name: Perceptron([0.0, 0.0], 0.0) for name in ("AND", "NAND", "OR")}
    for name, perceptron in learned.items():
        perceptron.fit(TABLE, TRUTH[name])
    hidden = np.stack([learned["NAND"](TABLE), learned["OR"](TABLE)], axis=-1)
    np.testing.assert_array_equal(learned["AND"](hidden), TRUTH["XOR"])


@learnable
@given(w1=INTEGERS, w2=INTEGERS, b=INTEGERS, order=st.permutations(range(4)))
def test_and_nand_or_are_learned_from_any_start_in_any_order(name, w1, w2, b, order):
    perceptron = Perceptron([w1, w2], b)
    perceptron.fit(TABLE[order], np.array(TRUTH[name])[order])
    np.testing.assert_array_equal(perceptron(TABLE), TRUTH[name])


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.floats(0.01, 10.0))
def test_what_a_line_parts_is_learned_within_the_bound_of_novikoff(seed, inputs, learning_rate):
    rng = np.random.default_rng(seed)
    u = rng.normal(size=inputs + 1)
    u /= np.linalg.norm(u)
    x = rng.normal(size=(60, inputs))
    extended = np.column_stack([x, np.ones(60)])  # the bias is the weight of an input 1
    distances = extended @ u
    clear = np.abs(distances) > 0.1
    assume(clear.sum() > 1)
    t = (distances[clear] > 0.0).astype(int)

    perceptron = Perceptron(np.zeros(inputs), 0.0)
    lesson = perceptron.fit(x[clear], t, learning_rate, max_epochs=100_000)
    np.testing.assert_array_equal(perceptron(x[clear]), t)
    margin = np.abs(distances[clear]).min()
    radius = np.linalg.norm(extended[clear], axis=1).max()
    assert lesson.mistakes <= (radius / margin) ** 2


POINTS = st.lists(
    st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 1)), min_size=1, max_size=6
)


@settings(max_examples=60)
@given(POINTS)
def test_it_learns_exactly_what_linear_programming_can_part(points):
    data = np.array(points)
    x, t = data[:, :2], data[:, 2]
    signs = 2.0 * t - 1.0
    rows = -signs[:, np.newaxis] * np.column_stack([x, np.ones(len(x))])
    parted = linprog(np.zeros(3), A_ub=rows, b_ub=-np.ones(len(x)), bounds=(None, None)).success
    perceptron = Perceptron([0.0, 0.0], 0.0)
    if parted:
        perceptron.fit(x, t, max_epochs=100_000)
        np.testing.assert_array_equal(perceptron(x), t)
    else:
        with pytest.raises(NotSeparableError, match="no straight line"):
            perceptron.fit(x, t, max_epochs=100_000)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 0.5, 2.0]))
def test_every_step_follows_the_rule(seed, learning_rate):
    rng = np.random.default_rng(seed)
    x, t = rng.integers(-3, 4, (5, 2)), rng.integers(0, 2, 5)
    w, b = [1.0, -1.0], 0.5
    steps = Perceptron(w, b).steps(x, t, learning_rate)
    for epoch, index in itertools.product((1, 2, 3), range(5)):
        step = next(steps)
        y = 1 if w[0] * x[index, 0] + w[1] * x[index, 1] + b > 0.0 else 0
        change = learning_rate * (t[index] - y)
        w = [w[0] + change * x[index, 0], w[1] + change * x[index, 1]]
        b += change
        assert (step.epoch, step.index, step.sample) == (epoch, index, tuple(x[index]))
        assert (step.output, step.target, step.error) == (y, t[index], t[index] - y)
        assert (list(step.weights), step.bias) == (w, b)


@learnable
def test_a_lesson_holds_every_step_and_ends_with_an_epoch_without_mistakes(name):
    perceptron = Perceptron([0.0, 0.0], 0.0)
    steps = perceptron.steps(TABLE, TRUTH[name])
    lesson = perceptron.fit(TABLE, TRUTH[name])
    assert list(lesson.steps) == list(itertools.islice(steps, 4 * lesson.epochs))
    errors = [[step.error for step in lesson.steps if step.epoch == k + 1] for k in range(100)]
    assert not any(errors[lesson.epochs - 1])
    assert all(any(epoch) for epoch in errors[: lesson.epochs - 1])
    assert lesson.mistakes == sum(error != 0 for epoch in errors for error in epoch)
    assert perceptron.weights.tolist() == list(lesson.steps[-1].weights)
    assert perceptron.bias == lesson.steps[-1].bias


def test_what_is_known_already_takes_one_epoch():
    perceptron = Perceptron.AND()
    lesson = perceptron.fit(TABLE, TRUTH["AND"])
    assert (lesson.epochs, lesson.mistakes) == (1, 0)
    assert repr(perceptron) == "Perceptron(weights=[0.5, 0.5], bias=-0.7)"


def test_a_point_in_both_classes_is_refused():
    with pytest.raises(NotSeparableError, match="no straight line"):
        Perceptron([0.0], 0.0).fit([[3.0], [3.0]], [0, 1])
    with pytest.raises(NotSeparableError, match="after epoch 1 are those after epoch 0 again"):
        Perceptron([3.0], 1.0).fit([[3.0], [3.0]], [0, 1], max_epochs=1)


def test_epochs_too_few_are_said_to_be_too_few():
    perceptron = Perceptron([0.0, 0.0], 0.0)
    with pytest.raises(NotSeparableError, match=r"in 2 epochs \(3 of 4 .* larger max_epochs"):
        perceptron.fit(TABLE, TRUTH["AND"], max_epochs=2)
    assert perceptron.weights.tolist() == [0.0, 0.0]


def test_moves_lost_in_rounding_prove_nothing():
    perceptron = Perceptron([1.0, 1.0], 1.0)
    with pytest.raises(NotSeparableError, match=r"by rounding.*learning_rate nearer"):
        perceptron.fit(TABLE, TRUTH["AND"], learning_rate=1e-20)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: Perceptron([], 0.0), "a list of weights"),
        (lambda: Perceptron([[0.5, 0.5]], 0.0), r"not an array of shape \(1, 2\)"),
        (lambda: Perceptron([0.5, np.nan], 0.0), "the weights must be finite"),
        (lambda: Perceptron(["a"], 0.0), "the weights must be numbers"),
        (lambda: Perceptron([0.5], np.inf), "the bias must be a number in"),
        (lambda: Perceptron.with_threshold([0.5], np.nan), "the threshold must be a number in"),
        (lambda: Perceptron.AND()([1, 0, 1]), r"\(2,\) or \(batch, 2\), not \(3,\)"),
        (lambda: Perceptron.AND()(1), r"not \(\)"),
        (lambda: Perceptron.AND()([1, np.inf]), "the samples must be finite"),
        (lambda: Perceptron([1e308, 1e308], 0.0)([1e308, -1e308]), "scale the inputs down"),
        (lambda: Perceptron.AND().fit(TABLE, [0, 0, 1]), r"not \(4, 2\) and \(3,\)"),
        (lambda: Perceptron.AND().fit([1, 1], [1]), r"not \(2,\) and \(1,\)"),
        (lambda: Perceptron.AND().fit(TABLE[:0], []), "samples of shape"),
        (lambda: Perceptron.AND().fit(TABLE, [-1, -1, -1, 1]), r"\(t \+ 1\) / 2"),
        (lambda: Perceptron.AND().fit(TABLE, [0, 0, 0, 0.5]), "targets are 0 and 1"),
        (lambda: Perceptron.AND().fit(TABLE, TRUTH["OR"], learning_rate=0.0), "learning_rate"),
        (lambda: Perceptron.AND().fit(TABLE, TRUTH["OR"], learning_rate=math.nan), "learning_rate"),
        (lambda: Perceptron.AND().fit(TABLE, TRUTH["OR"], max_epochs=0), "max_epochs"),
        (lambda: Perceptron.AND().steps(TABLE, [0, 1]), r"not \(4, 2\) and \(2,\)"),
        (lambda: AND([0, 1], 1), r"of one shape, not of \(2,\) and \(\)"),
    ],
)
def test_what_cannot_be_worked_with_is_refused(make, fault):
    with pytest.raises(InputError, match=fault):
        make()
