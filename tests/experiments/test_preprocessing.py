import numpy as np
import pytest

from badak.experiments import Setting, Verdict, get
from badak.experiments.preprocessing import (
    EPOCHS,
    PREPARED,
    SEEDS,
    WAYS,
    epochs_to_learn,
)
from badak.layers import Whitening


@pytest.fixture(scope="module")
def found():
    return get("preprocessing")()


def test_the_statement_holds(found):
    assert found.verdict is Verdict.HOLDS


def test_all_preparations_learn_faster_and_recognise_more(found):
    numbers = found.numbers
    for way in PREPARED:
        assert numbers[f"{way}_epochs"] < numbers["raw_epochs"]
        assert numbers[f"{way}_loss"] < numbers["raw_loss"] / 2.0
        assert numbers[f"{way}_accuracy"] > numbers["raw_accuracy"] + 0.01


def test_the_layers_prepare_as_their_names_say():
    x = Setting().images.x_train.reshape(-1, 64) * 255.0 / 16.0
    assert WAYS["raw"]() == []
    prepared = {way: WAYS[way]()[0] for way in PREPARED}
    assert prepared["normalised"].scale * x.max() == pytest.approx(1.0)
    assert isinstance(prepared["whitened"], Whitening)
    learned = prepared["standardised"]
    learned.adapt(x)
    np.testing.assert_allclose(learned.learned["mean"], x.mean(axis=0), rtol=1e-5, atol=1e-5)


def test_the_first_epoch_under_the_mark_counts():
    losses = np.array([1.0, 0.09, 0.2, 0.05])
    assert epochs_to_learn(losses) == 2.0
    assert epochs_to_learn(losses + 1.0) == EPOCHS + 1


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others(monkeypatch):
    from badak.experiments import preprocessing

    monkeypatch.setattr(preprocessing, "RATES", (0.3,))
    first, again = (preprocessing.trained("standardised", Setting(seed=0)) for _ in range(2))
    other = preprocessing.trained("standardised", Setting(seed=SEEDS))
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
