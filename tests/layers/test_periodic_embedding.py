"""Waves of each feature, held to the paper's formula and to PyTorch's gradients."""

import numpy as np
import pytest

from badak import Input, Sequential, formats
from badak.errors import InputError
from badak.layers import Dense, FeatureDense, PeriodicEmbedding
from badak.optimizers import Adam

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 3)).astype(np.float32)
ENGINES = pytest.mark.parametrize("engine", ["reference", "compiled"])


def by_the_paper(x, c):
    """Equation 3 of Gorishniy et al. 2022, for one feature: concat[sin(v), cos(v)]."""
    v = 2.0 * np.pi * np.outer(x.astype(np.float64), c)
    return np.concatenate([np.sin(v), np.cos(v)], axis=1)


@ENGINES
def test_it_is_the_formula_of_the_paper(engine):
    model = Sequential([Input((3,)), PeriodicEmbedding(20, sigma=0.5)], engine=engine)
    c = model.layers[0].frequency.astype(np.float64).reshape(3, 20)
    expected = np.concatenate([by_the_paper(X[:, f], c[f]) for f in range(3)], axis=1)
    np.testing.assert_allclose(model.predict(X), expected, atol=3e-6)


@ENGINES
def test_features_without_frequencies_are_passed_on_and_kept_ones_stand_before_their_waves(engine):
    layer = PeriodicEmbedding([0, 2, 0], keep_feature=True)
    model = Sequential([Input((3,)), layer], engine=engine)
    made = model.predict(X)
    assert layer.copies(3) == (1, 5, 1)
    np.testing.assert_array_equal(made[:, [0, 1, 6]], X)
    expected = by_the_paper(X[:, 1], layer.frequency)
    np.testing.assert_allclose(made[:, 2:6], expected, atol=1e-6)


@ENGINES
def test_a_learned_phase_is_the_formula_of_realmlp(engine):
    model = Sequential([Input((3,)), PeriodicEmbedding(4, learned_phase=True)], engine=engine)
    c, b = (w.astype(np.float64).reshape(3, 4) for w in model.get_weights())
    v = 2.0 * np.pi * (X[:, :, np.newaxis].astype(np.float64) * c + b)
    np.testing.assert_allclose(model.predict(X), np.cos(v).reshape(len(X), 12), atol=3e-6)
    assert np.abs(b).max() <= 0.5


def test_frequencies_begin_normal_with_the_deviation_sigma():
    model = Sequential([Input((3,)), PeriodicEmbedding(5000, sigma=2.5)])
    c = model.layers[0].frequency
    assert c.std() == pytest.approx(2.5, rel=0.03)
    assert np.abs(c.mean()) < 0.1
    assert np.abs(c).max() > 7.5  # not cut off


@pytest.mark.peers
@pytest.mark.parametrize("learned_phase", [False, True])
def test_all_gradients_of_the_plr_embedding_are_those_of_pytorch(learned_phase):
    torch = pytest.importorskip("torch", reason="comes with the extra test-peers")
    layer = PeriodicEmbedding(4, 0.5, learned_phase)
    stack = [Input((3,)), Dense(3), layer, FeatureDense(2, layer.copies(3), "relu"), Dense(1)]
    model = Sequential(stack, seed=1)
    model.compile(loss="mse")
    t = RNG.normal(size=(50, 1)).astype(np.float32)
    w = [torch.tensor(v.astype(np.float64), requires_grad=True) for v in model.get_weights()]
    kernel, bias, c, *phase, own_kernel, own_bias, last, last_bias = w
    x = torch.tensor(X.astype(np.float64)) @ kernel + bias
    v = x[:, :, None] * c.reshape(3, 4)
    if learned_phase:
        waves = torch.cos(2 * torch.pi * (v + phase[0].reshape(3, 4)))
    else:
        v = 2 * torch.pi * v
        waves = torch.cat([torch.sin(v), torch.cos(v)], dim=2)
    n = waves.shape[2]
    made = torch.einsum("bfn,fnu->bfu", waves, own_kernel.reshape(3, n, 2))
    made = made + own_bias.reshape(3, 2)
    y = torch.relu(made).reshape(50, 6) @ last + last_bias
    loss = ((y - torch.tensor(t.astype(np.float64))) ** 2).mean()
    loss.backward()
    found = model.gradients(X, t)
    for mine, theirs in zip(found, w, strict=True):
        np.testing.assert_allclose(mine, theirs.grad.numpy(), rtol=2e-4, atol=2e-6)


def test_both_engines_train_it_alike():
    t = RNG.normal(size=(50, 2)).astype(np.float32)
    found = []
    for engine in ("reference", "compiled"):
        layer = PeriodicEmbedding([17, 0, 3], 0.4, keep_feature=True)
        stack = [Input((3,)), layer, FeatureDense(4, layer.copies(3), "tanh"), Dense(2)]
        model = Sequential(stack, seed=0, engine=engine)
        model.compile("adam", "mse")
        model.fit(X, t, epochs=5, batch_size=16, verbose=0)
        found.append(model.get_weights())
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_a_network_with_it_learns_a_wave_that_a_plain_one_cannot():
    x = np.linspace(-1.5, 1.5, 300, dtype=np.float32)[:, np.newaxis]
    t = np.sin(12.0 * x)
    losses = {}
    for name, first in (("plain", []), ("waves", [PeriodicEmbedding(16, sigma=1.0)])):
        model = Sequential([Input((1,)), *first, Dense(16, "relu"), Dense(1)], seed=0)
        model.compile(Adam(0.01), "mse")
        losses[name] = model.fit(x, t, epochs=60, batch_size=20, verbose=0).history["loss"][-1]
    assert losses["waves"] < 0.01
    assert losses["plain"] > 0.1


def test_large_features_that_are_passed_on_stay_exact_in_a_file(tmp_path):
    x = X.copy()
    x[:, 0] *= 1e6
    model = Sequential([Input((3,)), PeriodicEmbedding([0, 3, 2])], name="small")
    formats.export(model, tmp_path / "m.py")
    namespace = {}
    exec(compile((tmp_path / "m.py").read_text(), "m.py", "exec"), namespace)
    made = np.asarray(namespace["predict"](x), np.float32)
    np.testing.assert_array_equal(made[:, 0], x[:, 0])
    np.testing.assert_allclose(made, model.predict(x), rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"frequencies": 0}, "frequencies must be a whole number of at least 1, not 0"),
        ({"frequencies": 2.5}, "frequencies must be a whole number"),
        ({"frequencies": [2, -1]}, "the frequencies of feature 1 must be a whole number"),
        ({"frequencies": [0, 0]}, "has no frequency for any feature"),
        ({"frequencies": []}, "has no frequency for any feature"),
        ({"sigma": 0.0}, "sigma must be a number in"),
        ({"sigma": np.nan}, "sigma must be a number in"),
        ({"learned_phase": 1}, "learned_phase must be True or False"),
        ({"keep_feature": None}, "keep_feature must be True or False"),
    ],
)
def test_bad_settings_are_refused_by_name(arguments, complaint):
    with pytest.raises(InputError, match=complaint):
        PeriodicEmbedding(**arguments)


def test_samples_of_another_number_of_features_are_refused():
    with pytest.raises(InputError, match="has frequencies for 2 features, but the samples have 3"):
        Sequential([Input((3,)), PeriodicEmbedding([1, 2])])
    with pytest.raises(InputError, match="PeriodicEmbedding takes flat samples"):
        Sequential([Input((3, 2)), PeriodicEmbedding()])
