import numpy as np
import pytest

from badak import Input, Sequential, load_model
from badak.layers import Dense

RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 3)).astype(np.float32)
W1, B1, W2, B2 = (RNG.normal(size=shape) for shape in ((3, 4), 4, (4, 2), 2))


@pytest.fixture
def weights(tmp_path):
    """Weights of someone else's."""
    path = tmp_path / "theirs.npz"
    np.savez(path, W1=W1, b1=B1, W2=W2, b2=B2)
    return path


def test_weights_alone_become_a_model_when_their_activations_are_told(badak, weights):
    outcome = badak("import", weights, "--activation", "tanh", "--output", "identity")
    assert outcome.code == 0, outcome.err
    assert "saved  theirs.safetensors" in outcome.out
    assert "badak info theirs.safetensors" in outcome.out
    assert "tanh" in outcome.out
    expected = np.tanh(X @ W1 + B1) @ W2 + B2
    np.testing.assert_allclose(load_model("theirs.safetensors").predict(X), expected, atol=1e-5)


def test_each_hidden_layer_may_have_its_own(badak, weights):
    many = badak(
        *("import", weights, "--activation", "tanh", "--activation", "relu"),
        *("--output", "identity"),
    )
    assert many.code == 1
    assert "names 2, but there are 1 hidden layers" in many.err


def test_a_model_like_it_takes_the_weights(badak, weights):
    Sequential([Input((3,)), Dense(4, "tanh"), Dense(2)]).save("like.safetensors")
    outcome = badak("import", weights, "--like", "like.safetensors", "--out", "own.safetensors")
    assert outcome.code == 0, outcome.err
    expected = np.tanh(X @ W1 + B1) @ W2 + B2
    np.testing.assert_allclose(load_model("own.safetensors").predict(X), expected, atol=1e-5)


def test_what_is_wrong_is_told_and_nothing_written(badak, weights, tmp_path):
    for arguments, said in (
        ((weights,), "theirs.npz: the file holds weights, but not what the layers apply"),
        ((weights, "--activation", "rely", "--output", "softmax"), "did you mean 'relu'"),
        (("none.npz",), "there is no file none.npz"),
        ((weights, "--out", "model.npz"), "saved as a .safetensors file"),
    ):
        outcome = badak("import", *arguments)
        assert outcome.code == 1, arguments
        assert said in outcome.err
    assert {path.name for path in tmp_path.iterdir()} == {"theirs.npz"}


def test_a_file_of_another_kind_is_told(badak, tmp_path):
    pytest.importorskip("onnx", reason="needs the extra 'onnx'")
    (tmp_path / "bad.onnx").write_bytes(b"nothing")
    outcome = badak("import", "bad.onnx")
    assert outcome.code == 1
    assert "bad.onnx is no ONNX file" in outcome.err


def test_a_file_is_not_written_over_itself(badak, tmp_path):
    Sequential([Input((3,)), Dense(2)]).save("own.safetensors")
    outcome = badak("import", "own.safetensors")
    assert outcome.code == 1
    assert "own.safetensors is the file itself" in outcome.err
