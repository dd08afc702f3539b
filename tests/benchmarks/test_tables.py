"""The figures of the comparison on tables: errors, means, ranks and what chance may explain."""

import json

import numpy as np
import pytest
from scipy.stats import friedmanchisquare
from sklearn.metrics import log_loss, root_mean_squared_error

from benchmarks.tables.__main__ import read, write
from benchmarks.tables.sets import TABLES, error_of
from benchmarks.tables.summary import Run, figures_of, indistinct


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def runs_of(errors):
    """Return runs of a classification for each table (a row) and model (a column), two splits."""
    return [
        Run(f"table {t}", "classification", seed, f"model {m}", 1.0 + seed, error, error / 2.0)
        for t, row in enumerate(errors)
        for m, error in enumerate(row)
        for seed in (0, 1)
    ]


def test_errors_are_those_of_scikit_learn(rng):
    truth = rng.integers(0, 3, 50)
    answers = rng.dirichlet(np.ones(3), 50)
    errors = error_of("classification", answers, truth)
    assert errors["error"] == pytest.approx(log_loss(truth, answers))
    assert errors["wrong"] == (answers.argmax(axis=1) != truth).mean()
    numbers = rng.normal(5.0, 3.0, 50)
    said = numbers + rng.normal(size=50)
    expected = root_mean_squared_error(numbers, said) / numbers.std()
    assert error_of("regression", said, numbers) == {"error": pytest.approx(expected)}


def test_a_sure_and_wrong_answer_costs_much_but_not_everything():
    sure = np.array([[1.0, 0.0]])
    assert error_of("classification", sure, np.array([1]))["error"] == pytest.approx(16.118, 1e-4)


def test_means_and_ranks_are_those_of_the_splits_that_all_models_have_run():
    runs = runs_of([[0.09, 0.19], [0.39, 0.24]])
    alone = Run("table 9", "regression", 0, "model 0", 1.0, 100.0)
    figures = figures_of([*runs, alone], ["model 0", "model 1"])
    assert len(figures.splits) == 4
    assert figures.mean() == pytest.approx([(0.1 * 0.4) ** 0.5, (0.2 * 0.25) ** 0.5])
    assert figures.ranks().tolist() == [1.5, 1.5]
    assert figures.median_seconds() == [1.5, 1.5]
    assert figures.mean("classification", wrong=True)[0] == pytest.approx((0.055 * 0.205) ** 0.5)


def test_what_is_better_on_each_of_many_tables_is_told_from_the_others(rng):
    errors = rng.uniform(0.3, 0.6, (20, 3))
    errors[:, 2] = errors[:, 1] * rng.uniform(0.97, 1.03, 20)  # alike but for chance
    errors[:, 0] = errors[:, 1:].min(axis=1) * 0.8
    figures = figures_of(runs_of(errors), ["model 0", "model 1", "model 2"])
    assert friedmanchisquare(*figures.by_table().T).pvalue < 0.001
    assert indistinct(figures) == [(1, 2)]


def test_of_three_tables_nothing_can_be_told(rng):
    figures = figures_of(runs_of(rng.uniform(0.1, 0.5, (3, 3))), [f"model {m}" for m in range(3)])
    assert indistinct(figures) == [(0, 2)]


def test_runs_are_read_as_they_were_kept(tmp_path):
    runs = runs_of([[0.1, 0.2]])
    for run in runs:
        write(tmp_path / "runs.jsonl", run)
    assert read(tmp_path / "runs.jsonl") == runs
    assert json.loads((tmp_path / "runs.jsonl").read_text().splitlines()[0])["table"] == "table 0"


def test_no_table_stands_twice():
    assert len({table.name for table in TABLES}) == len(TABLES) == 22
