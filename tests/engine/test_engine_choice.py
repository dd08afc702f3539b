"""Engines are chosen in one place; the reference stands in for one that refuses a network."""

import numpy as np
import pytest

from badak import Input, Sequential, engine
from badak.engine import ENGINES, REFERENCE, CannotRunError
from badak.errors import InputError
from badak.layers import Dense

X = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
T = np.arange(40) % 3


def network(**options):
    model = Sequential([Input((5,)), Dense(6, "tanh"), Dense(3, "softmax")], seed=1, **options)
    model.compile("adam")
    return model


def test_a_models_own_choice_goes_before_the_environments(monkeypatch):
    monkeypatch.setenv(engine.VARIABLE, "reference")
    assert engine.chosen(None) is REFERENCE
    assert engine.chosen("compiled") is ENGINES["compiled"]
    monkeypatch.setenv(engine.VARIABLE, "")
    assert engine.chosen(None) is engine.DEFAULT


def test_an_unknown_engine_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv(engine.VARIABLE, "fast")
    with pytest.raises(InputError, match="BADAK_ENGINE is 'fast'"):
        engine.chosen(None)


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_trains_and_answers_as_the_reference_does(name):
    ends = []
    for each in (name, REFERENCE.name):
        model = network(engine=each)
        model.fit(X, T, epochs=3, batch_size=7, verbose=0)
        ends.append((model.parameters.vector, model.predict(X, batch_size=9)))
    for one, other in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


class Fastidious:
    """An engine that refuses every network."""

    name = "fastidious"

    def train(self, *arguments):
        raise CannotRunError("it is not pretty")

    def predictor(self, *arguments, **options):
        raise CannotRunError("it is not pretty")


def test_the_reference_stands_in_for_an_engine_that_refuses_and_says_so_once(monkeypatch):
    monkeypatch.setitem(ENGINES, "fastidious", Fastidious())
    model = network(engine="fastidious")
    with pytest.warns(RuntimeWarning, match="it is not pretty"):
        model.fit(X, T, verbose=0)
    model.predict(X)  # another warning would be an error
    expected = network(engine="reference")
    expected.fit(X, T, verbose=0)
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))


def test_a_model_whose_engine_is_changed_is_answered_by_the_new_one(monkeypatch):
    asked = []

    class Noting(Fastidious):
        def predictor(self, model, dtype, *, last_activation):
            asked.append(dtype)
            return REFERENCE.predictor(model, dtype, last_activation=last_activation)

    monkeypatch.setitem(ENGINES, "noting", Noting())
    model = network()
    model.predict(X)
    model.engine = "noting"
    model.predict(X)
    assert asked == [X.dtype]
