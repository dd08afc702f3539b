"""What is left behind, saved or taken up again is sound, or an error says otherwise."""

import numpy as np
import pytest

from badak import Input, Sequential, load_model
from badak.errors import DivergedError, InputError
from badak.layers import BatchNormalization, Dense
from badak.optimizers import SGD

RNG = np.random.default_rng(5)
X = RNG.normal(size=(400, 4)).astype(np.float32)
T = RNG.normal(size=(400, 1)).astype(np.float32)


def after_divergence(seed, engine):
    """Return a network after a divergence, or None where there was none."""
    draws = np.random.default_rng(seed)
    model = Sequential(
        [
            Input((4,)),
            Dense(8, ["relu", None, "elu"][seed % 3]),
            BatchNormalization(momentum=0.5),
            Dense(8, "relu"),
            BatchNormalization(momentum=0.5),
            Dense(1),
        ],
        seed=seed,
        engine=engine,
    )
    model.compile(SGD(10.0 ** draws.uniform(2.0, 30.0), momentum=0.9), "mse", [])
    try:
        model.fit(X[:64] * 10.0 ** draws.uniform(0.0, 16.0), T[:64], batch_size=8, epochs=9)
    except DivergedError:
        return model
    return None


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_after_a_divergence_the_weights_are_finite_and_answer_finite_numbers(engine, tmp_path):
    diverged = 0
    for seed in range(40):
        model = after_divergence(seed, engine)
        if model is not None:
            diverged += 1
            assert np.isfinite(model.parameters.vector).all(), seed
            assert np.isfinite(model.predict(X)).all(), seed
            model.save(tmp_path / "model.safetensors")
            load_model(tmp_path / "model.safetensors")
    assert diverged > 10


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_where_the_last_good_weights_do_not_answer_those_of_the_epochs_beginning_are_back(engine):
    model = Sequential([Input((4,)), BatchNormalization(), Dense(1)], engine=engine)
    model.compile(SGD(1e-3), "mse", [])
    model.fit(X, T, epochs=2, verbose=0)
    before = model.get_weights()
    model.optimizer.learning_rate = 1e-3
    spoiled = X.copy()
    spoiled[:, 0] *= 1e19  # the batch's variance overflows, the normalised values do not
    with pytest.raises(DivergedError):
        model.fit(spoiled, T * 1e30, epochs=3, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert len(before) == len(model.get_weights())


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_no_reader_takes_are_not_saved(value, tmp_path):
    model = Sequential([Input((2,)), Dense(1)])
    model.layers[0].bias[...] = value
    with pytest.raises(InputError, match=r"dense\.bias holds NaN or infinity"):
        model.save(tmp_path / "model.safetensors")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("what", ["one number of x", "one target", "one weight", "validation"])
def test_a_checkpoint_knows_each_number_of_the_data_again(what, tmp_path):
    x, t, weight, held_out = X.copy(), T.copy(), np.ones(400), (X[:9].copy(), T[:9].copy())
    ends = []
    for epochs in (1, 2):
        model = Sequential([Input((4,)), Dense(1)], seed=1)
        model.compile("sgd", "mse", [])
        settings = {"sample_weight": weight, "validation_data": held_out, "verbose": 0}
        path = tmp_path / "run.safetensors"
        if epochs == 2:
            changed = {"one number of x": x, "one target": t, "validation": held_out[0]}
            changed.get(what, weight)[7] += 1.0
            with pytest.raises(InputError, match=r"is of another run: (validation )?data"):
                model.fit(x, t, epochs=2, checkpoint=path, **settings)
        else:
            ends.append(model.fit(x, t, epochs=1, checkpoint=path, **settings))
    assert ends[0].epoch == [0]
