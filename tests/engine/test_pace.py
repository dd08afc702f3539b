import numpy as np
import pytest

import badak
from badak.engine.learning import Training
from badak.engine.pace import AGAIN, ENOUGH, Pace


def run(pace: Pace, seconds_a_step: dict[int, float], total: float) -> dict[int, float]:
    """Let steps be taken for so long; return the seconds by the number of threads."""
    spent = dict.fromkeys(seconds_a_step, 0.0)
    while sum(spent.values()) < total:
        steps = pace.limit(1000)
        seconds = steps * seconds_a_step[pace.threads]
        spent[pace.threads] += seconds
        pace.note(steps, seconds)
    return spent


def test_the_quicker_number_of_threads_takes_nearly_all_steps() -> None:
    alone_is_quicker = run(Pace(2), {1: 5e-6, 2: 9e-6}, 3 * AGAIN)
    assert alone_is_quicker[2] < 0.03 * AGAIN
    both_are_quicker = run(Pace(2), {1: 9e-6, 2: 5e-6}, 3 * AGAIN)
    assert both_are_quicker[1] < 0.04 * AGAIN


def test_what_little_is_won_is_not_worth_the_other_cores() -> None:
    spent = run(Pace(2), {1: 1e-5, 2: 0.95e-5}, 3 * AGAIN)
    assert spent[1] > 0.9 * sum(spent.values())


def test_other_conditions_are_noticed() -> None:
    pace = Pace(4)
    run(pace, {1: 5e-6, 4: 9e-6}, AGAIN / 2)
    spent = run(pace, {1: 5e-6, 4: 2e-6}, 4 * AGAIN)
    assert spent[4] > 0.7 * sum(spent.values())


def test_runs_too_short_to_compare_decide_nothing() -> None:
    pace = Pace(2)
    for _ in range(100):
        pace.note(1, ENOUGH / 2)
    assert pace.threads == 1
    assert not pace.tries


def test_one_thread_is_never_left_and_all_are_never_where_that_is_known() -> None:
    assert set(run(Pace(1), {1: 1e-5}, 3 * AGAIN)) == {1}
    known = run(Pace(2, known=True), {1: 1e-6, 2: 1e-5}, 3 * AGAIN)
    assert known[1] == 0


def test_weights_are_the_same_however_threads_are_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BADAK_NUM_THREADS", "3")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2000, 20)).astype(np.float32), rng.integers(0, 2, 2000)
    weights = []
    for choices in ([1], [3], [1, 3], [3, 3, 1]):
        hidden = [badak.layers.Dense(64, activation="relu") for _ in range(2)]
        model = badak.Sequential(
            [badak.Input((20,)), *hidden, badak.layers.Dense(2, activation="softmax")], seed=1
        )
        model.compile("adam")
        training = Training(model, model.objective(y), x, y, None, 32)
        assert training.pace.most == 3
        training.begin_epoch(np.arange(2000))
        for first in range(0, 60, 10):
            training.pace.threads = choices[first // 10 % len(choices)]
            training.advance(first, 10, timed=False)
            model.step += 10
        weights.append(model.parameters.vector.copy())
    for other in weights[1:]:
        assert other.tobytes() == weights[0].tobytes()
