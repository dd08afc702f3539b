import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from badak import Input, Sequential, activations, formats
from badak.errors import FileFormatError, InputError
from badak.formats.torch.write import architecture
from badak.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    LayerNormalization,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Whitening,
)

NOT_IN_TORCH = {"step", "threshold", "exponential"}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="comes with the extra test-peers")


@pytest.fixture(scope="module")
def rich(samples):
    """A trained network of all layers that PyTorch has, with every kind of preparation."""
    model = Sequential(
        [
            *(Input((2, 3)), Rescaling(2.0, 0.5), Normalization(), Flatten(), Normalization()),
            *(Whitening("zca"), Dense(6, "leaky_relu", use_bias=False), BatchNormalization()),
            *(PReLU("he_normal"), Dropout(0.2), Dense(5, {"name": "elu", "alpha": 0.7})),
            *(LayerNormalization(center=False), ReLU(6.0), Dense(4, "softmax")),
        ],
        name="rich",
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(samples, np.arange(60) % 4, epochs=2, verbose=0)
    model.class_names = ["하나", "둘", "셋", "넷"]
    model.preparation = {"maximum": 255}
    return model


def in_torch(torch, expression, path):
    """The network that an expression makes, with the weights of a file."""
    from safetensors.torch import load_file

    net = eval(expression, {"nn": torch.nn})
    net.load_state_dict(load_file(path))
    return net.eval()


def answer(torch, net, x):
    with torch.no_grad():
        return net(torch.tensor(x)).numpy()


# -- written


@pytest.mark.peers
def test_pytorch_answers_alike(torch, rich, samples, tmp_path):
    path = tmp_path / "network.safetensors"
    formats.export(rich, path)
    net = in_torch(torch, architecture(rich), path)
    np.testing.assert_allclose(answer(torch, net, samples), rich.predict(samples), atol=1e-6)


@pytest.mark.peers
@pytest.mark.parametrize("name", sorted(set(activations.ACTIVATIONS) - NOT_IN_TORCH))
def test_every_activation_answers_alike(name, torch, network_of, inputs, tmp_path):
    model = network_of(name)
    path = tmp_path / "network.safetensors"
    formats.export(model, path)
    net = in_torch(torch, architecture(model), path)
    np.testing.assert_allclose(
        answer(torch, net, inputs), model.predict(inputs), rtol=1e-5, atol=2e-6
    )


@pytest.mark.parametrize("name", sorted(NOT_IN_TORCH))
def test_what_pytorch_does_not_have_is_refused(name, network_of, tmp_path):
    with pytest.raises(InputError, match=f"layer 'dense': .* the activation '{name}'"):
        formats.export(network_of(name), tmp_path / "network.safetensors")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([Flatten(), GaussianNoise(0.1), Dense(2)], "no GaussianNoise"),
        ([BatchNormalization(), Flatten(), Dense(2)], "first axis"),
        ([Rescaling(2.0), Dropout(0.1), Flatten(), Dense(2)], "between a preparation"),
        ([Rescaling(2.0), Flatten()], "prepares data for no Dense"),
    ],
)
def test_layers_without_a_module_are_refused_by_name(layers, said, tmp_path):
    model = Sequential([Input((2, 3)), *layers])
    with pytest.raises(InputError, match=said):
        formats.export(model, tmp_path / "network.safetensors")


def test_what_badak_wrote_tells_all(rich, samples, tmp_path):
    path = tmp_path / "network.safetensors"
    formats.export(rich, path)
    back = formats.import_model(path)
    np.testing.assert_allclose(back.predict(samples), rich.predict(samples), atol=1e-6)
    assert back.class_names == rich.class_names
    assert back.preparation == rich.preparation
    assert back.name == "rich"
    with pytest.raises(InputError, match="tells the activations itself"):
        formats.import_model(path, activation="relu", output="softmax")


def test_a_description_that_lies_is_refused(rich, tmp_path):
    from safetensors import safe_open

    good, bad = tmp_path / "good.safetensors", tmp_path / "bad.safetensors"
    formats.export(rich, good)
    with safe_open(good, framework="numpy") as file:
        told = json.loads(file.metadata()["badak.torch"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for change in (
        {"layers": 3},
        {"layers": [{"class": "os.system"}]},
        {"input_shape": [-1]},
        {"layers": told["layers"][:3]},
        {"layers": [told["layers"][0], {"class": "Dense", "name": "dense", "units": 10**12}]},
        {"preparation": 5},
    ):
        save_file(tensors, bad, {"badak.torch": json.dumps(told | change)})
        with pytest.raises(FileFormatError, match=r"bad\.safetensors"):
            formats.import_model(bad)
    save_file(tensors, bad, {"badak.torch": "{"})
    with pytest.raises(FileFormatError, match="no JSON"):
        formats.import_model(bad)


# -- read


@pytest.fixture
def stored(tmp_path):
    """Write tensors as safetensors."""

    def write(**tensors):
        path = tmp_path / "theirs.safetensors"
        given = {name.replace("__", "."): np.ascontiguousarray(t) for name, t in tensors.items()}
        save_file(given, path)
        return path

    return write


def linear(units, inputs):
    """The weight (units, inputs) and bias of a Linear."""
    return RNG.normal(size=(units, inputs)).astype(np.float32), RNG.normal(size=units).astype("f4")


def test_weights_are_turned_and_activations_told(stored):
    (w1, b1), (w2, b2) = linear(4, 3), linear(2, 4)
    path = stored(fc1__weight=w1, fc1__bias=b1, fc2__weight=w2, fc2__bias=b2)
    model = formats.import_model(path, activation="tanh", output="identity")
    np.testing.assert_allclose(model.predict(X), np.tanh(X @ w1.T + b1) @ w2.T + b2, atol=1e-6)
    with pytest.raises(InputError, match=r"theirs\.safetensors.*tell activation='relu'"):
        formats.import_model(path)
    with pytest.raises(InputError, match="tell activation='relu'"):
        formats.import_model(path, activation="relu")


def test_the_tenth_layer_comes_after_the_ninth(stored):
    layers = {f"fc{i}": linear(3, 3) for i in range(12)}
    given = {}
    for name, (w, b) in layers.items():
        given |= {f"{name}__weight": w, f"{name}__bias": b}
    model = formats.import_model(stored(**given), activation="identity", output="identity")
    y = X
    for w, b in layers.values():
        y = y @ w.T + b
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-4, atol=1e-4)


def test_other_names_are_ordered_by_the_shapes_where_only_one_order_fits(stored):
    (w1, b1), (w2, b2) = linear(5, 3), linear(2, 5)
    given = {"z_first__weight": w1, "z_first__bias": b1, "a_last__weight": w2, "a_last__bias": b2}
    model = formats.import_model(stored(**given), activation="relu", output="identity")
    np.testing.assert_allclose(
        model.predict(X), np.maximum(X @ w1.T + b1, 0) @ w2.T + b2, atol=1e-6
    )
    (w1, b1), (w2, b2) = linear(3, 3), linear(3, 3)
    given = {"z_first__weight": w1, "z_first__bias": b1, "a_last__weight": w2, "a_last__bias": b2}
    with pytest.raises(FileFormatError, match="does not tell the order"):
        formats.import_model(stored(**given), activation="relu", output="identity")


def test_layers_that_do_not_fit_are_refused(stored):
    (w1, b1), (w2, b2) = linear(4, 3), linear(2, 5)
    path = stored(fc1__weight=w1, fc1__bias=b1, fc2__weight=w2, fc2__bias=b2)
    with pytest.raises(FileFormatError, match="'fc1' of 4 units is followed by 'fc2' of 5 inputs"):
        formats.import_model(path, activation="relu", output="identity")


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"conv__weight": np.ones((2, 1, 3, 3), np.float32)}, r"'conv' \(weight \(2, 1, 3, 3\)\)"),
        ({"emb__codes": np.ones(3, np.float32)}, "'emb'"),
        ({"fc__weight": np.full((2, 3), np.nan, np.float32)}, "NaN"),
        (
            {"fc__weight": np.ones((2, 3), np.float32), "fc__bias": np.ones(5, np.float32)},
            "bias is",
        ),
        ({"fc__weight": np.ones((2, 3), np.bool_)}, "bool"),
        ({"ln__weight": np.ones(3, np.float32), "ln__bias": np.ones(3, np.float32)}, "no Linear"),
    ],
)
def test_what_is_no_dense_network_is_refused_by_name(stored, tensors, said):
    with pytest.raises((FileFormatError, InputError), match=said):
        formats.import_model(stored(**tensors), activation="relu", output="identity")


@pytest.mark.peers
def test_numbers_that_numpy_does_not_know_are_refused(torch, tmp_path):
    from safetensors.torch import save_file as save

    save({"fc.weight": torch.ones(2, 3, dtype=torch.bfloat16)}, tmp_path / "net.safetensors")
    with pytest.raises(FileFormatError, match=r"'fc\.weight' is of type BF16"):
        formats.import_model(tmp_path / "net.safetensors", output="identity")


def test_half_precision_is_read_as_float32(stored):
    w, b = linear(2, 3)
    path = stored(fc__weight=w.astype(np.float16), fc__bias=b.astype(np.float64))
    model = formats.import_model(path, output="identity")
    np.testing.assert_allclose(model.predict(X), X @ w.T + b, atol=1e-2)


@pytest.fixture
def net(torch):
    """A network of PyTorch whose averages and slopes are not those that it began with."""
    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 4), nn.Tanh()),
        *(nn.LayerNorm(4), nn.Linear(4, 5), nn.PReLU(), nn.Linear(5, 2)),
    )
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += 0.3 * torch.rand_like(parameter)
        net(torch.randn(50, 3))
    return net.eval()


@pytest.mark.peers
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_state_dict_of_pytorch_is_read(torch, net, wrapped, tmp_path):
    path = tmp_path / "net.pt"
    state = net.state_dict()
    torch.save({f"module.{k}": v for k, v in state.items()} if wrapped else state, path)
    model = formats.import_model(path, activation=["relu", "tanh", "identity"], output="identity")
    np.testing.assert_allclose(model.predict(X), answer(torch, net, X), atol=2e-6)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.index("BatchNormalization") < kinds.index("Activation")


@pytest.mark.peers
@pytest.mark.parametrize("name", ["net.pt", "net.safetensors"])
def test_a_model_like_it_takes_the_weights(torch, net, name, tmp_path):
    from safetensors.torch import save_file as save

    path = tmp_path / name
    torch.save(net.state_dict(), path) if name.endswith("pt") else save(net.state_dict(), path)
    like = Sequential(
        [
            *(Input((3,)), Dense(4), BatchNormalization(epsilon=1e-5), ReLU(), Dense(4, "tanh")),
            *(LayerNormalization(epsilon=1e-5), Dense(5), PReLU(), Dense(2)),
        ]
    )
    model = formats.import_model(path, like=like)
    np.testing.assert_allclose(model.predict(X), answer(torch, net, X), atol=2e-6)
    small = Sequential([Input((3,)), Dense(2)])
    with pytest.raises(FileFormatError, match="modules such as"):
        formats.import_model(path, like=small)
    with pytest.raises(InputError, match="not both"):
        formats.import_model(path, like=like, output="softmax")


@pytest.mark.peers
def test_the_place_of_an_activation_is_not_guessed(torch, tmp_path):
    nn = torch.nn
    for layers, known in (
        ((nn.Linear(3, 4), nn.ReLU(), nn.BatchNorm1d(4), nn.Linear(4, 2)), True),
        ((nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)), True),
        ((nn.Linear(3, 4), nn.Dropout(), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)), False),
    ):
        net = nn.Sequential(*layers).eval()
        with torch.no_grad():
            net[0].bias -= 1.0
        torch.save(net.state_dict(), tmp_path / "net.pt")
        read = lambda: formats.import_model(  # noqa: E731
            tmp_path / "net.pt", activation="relu", output="identity"
        )
        if known:
            np.testing.assert_allclose(read().predict(X), answer(torch, net, X), atol=1e-6)
        else:
            with pytest.raises(InputError, match="does not tell whether '2' comes before"):
                read()


@pytest.mark.peers
def test_pickles_that_would_run_code_are_refused(torch, net, tmp_path):
    path = tmp_path / "net.pt"
    torch.save(net, path)
    with pytest.raises(FileFormatError, match="no plain state_dict"):
        formats.import_model(path, activation="relu", output="identity")
    path.write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    with pytest.raises(FileFormatError, match="no plain state_dict"):
        formats.import_model(path, activation="relu", output="identity")
    assert not (tmp_path / "ran").exists()
    torch.save({"epoch": 3, "weights": net.state_dict()}, path)
    with pytest.raises(FileFormatError, match="'epoch', which is no tensor"):
        formats.import_model(path, activation="relu", output="identity")


def deep(count, width=3):
    """State of Linear layers fc1, fc2 and so on, and what they answer, in float64."""
    state, y = {}, X.astype(np.float64)
    for i in range(1, count + 1):
        w, b = linear(width, width)
        state |= {f"fc{i}.weight": w, f"fc{i}.bias": b}
        y = y @ w.T + b
    return state, y


def by_name(state):
    return dict(sorted(state.items()))


@pytest.mark.peers
@pytest.mark.parametrize("order", [dict, by_name, lambda s: dict(reversed(s.items()))])
@pytest.mark.parametrize("like", [False, True])
def test_numbers_in_names_decide_however_a_state_dict_is_sorted(order, like, torch, tmp_path):
    state, expected = deep(11)
    torch.save({k: torch.tensor(v) for k, v in order(state).items()}, tmp_path / "net.pt")
    known: dict[str, object] = {"activation": "identity", "output": "identity"}
    if like:
        known = {"like": Sequential([Input((3,)), *(Dense(3) for _ in range(11))])}
    model = formats.import_model(tmp_path / "net.pt", **known)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.peers
def test_a_sorted_state_dict_without_numbers_is_refused_unless_its_shapes_tell(torch, tmp_path):
    first, second = linear(3, 3), linear(3, 3)
    state = {"z.weight": first[0], "z.bias": first[1], "a.weight": second[0], "a.bias": second[1]}
    expected = (X @ first[0].T + first[1]) @ second[0].T + second[1]
    known = {"activation": "identity", "output": "identity"}

    def read(state, **given):
        torch.save({k: torch.tensor(v) for k, v in state.items()}, tmp_path / "net.pt")
        return formats.import_model(tmp_path / "net.pt", **given).predict(X)

    np.testing.assert_allclose(read(state, **known), expected, atol=1e-4)
    like = Sequential([Input((3,)), Dense(3), Dense(3)])
    np.testing.assert_allclose(read(state, like=like), expected, atol=1e-4)
    for given in (known, {"like": like}):
        with pytest.raises(FileFormatError, match="does not tell the order of its modules"):
            read(by_name(state), **given)
    state |= {"a.weight": second[0][:2], "a.bias": second[1][:2]}
    np.testing.assert_allclose(read(by_name(state), **known), expected[:, :2], atol=1e-4)


@pytest.mark.peers
def test_of_several_orders_that_fit_the_one_in_which_numbers_rise_is_taken(torch, tmp_path):
    state, y = deep(4)
    w, b = linear(2, 3)
    state |= {"head.weight": w, "head.bias": b}
    torch.save({k: torch.tensor(v) for k, v in by_name(state).items()}, tmp_path / "net.pt")
    model = formats.import_model(tmp_path / "net.pt", activation="identity", output="identity")
    np.testing.assert_allclose(model.predict(X), y @ w.T + b, rtol=1e-4, atol=1e-4)


@pytest.mark.peers
@pytest.mark.parametrize(
    "prefix",
    ["module.", "_orig_mod.", "net.", "model.", "module._orig_mod.net.", "_orig_mod.model.module."],
)
def test_what_wrappers_put_before_the_names_is_left_out(prefix, torch, net, tmp_path):
    state = {prefix + name: value for name, value in net.state_dict().items()}
    torch.save(state, tmp_path / "net.pt")
    model = formats.import_model(
        tmp_path / "net.pt", activation=["relu", "tanh", "identity"], output="identity"
    )
    np.testing.assert_allclose(model.predict(X), answer(torch, net, X), atol=2e-6)


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own
def test_real_wrappers_of_pytorch_are_seen_through(torch, net, tmp_path):
    wrapped = torch.nn.DataParallel(torch.compile(net))
    torch.save(wrapped.state_dict(), tmp_path / "net.pt")
    assert next(iter(wrapped.state_dict())).startswith("module._orig_mod.0")
    model = formats.import_model(
        tmp_path / "net.pt", activation=["relu", "tanh", "identity"], output="identity"
    )
    np.testing.assert_allclose(model.predict(X), answer(torch, net, X), atol=2e-6)


def test_a_prefix_of_some_names_only_is_part_of_the_names(stored):
    (w1, b1), (w2, b2) = linear(4, 3), linear(2, 4)
    both = {"0__weight": w1, "0__bias": b1, "net__0__weight": w2, "net__0__bias": b2}
    model = formats.import_model(stored(**both), activation="relu", output="identity")
    expected = np.maximum(X @ w1.T + b1, 0) @ w2.T + b2
    np.testing.assert_allclose(model.predict(X), expected, atol=1e-6)


@pytest.mark.peers
@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model"])
def test_the_state_dict_in_a_checkpoint_is_read_and_told(key, torch, net, tmp_path):
    optimizer = torch.optim.Adam(net.parameters())
    inside = {f"model.{k}": v for k, v in net.state_dict().items()}
    kept = {"epoch": 3, key: inside, "optimizer": optimizer.state_dict(), "best": 0.5}
    torch.save(kept, tmp_path / "last.pt")
    with pytest.warns(UserWarning, match=rf"'{key}' is read, not 'epoch', 'optimizer', 'best'"):
        model = formats.import_model(
            tmp_path / "last.pt", activation=["relu", "tanh", "identity"], output="identity"
        )
    np.testing.assert_allclose(model.predict(X), answer(torch, net, X), atol=2e-6)
    torch.save({"model": inside, "state_dict": inside}, tmp_path / "two.pt")
    with pytest.raises(FileFormatError, match="'state_dict' and 'model'"):
        formats.import_model(tmp_path / "two.pt", activation="relu", output="identity")


@pytest.mark.peers
def test_a_view_that_claims_more_than_the_file_holds_is_refused(torch, tmp_path):
    huge = torch.zeros(1).expand(100_000, 100_000)
    torch.save({"0.weight": huge}, tmp_path / "net.pt")
    assert (tmp_path / "net.pt").stat().st_size < 10_000
    with pytest.raises(FileFormatError, match="claims more numbers than the file holds"):
        formats.import_model(tmp_path / "net.pt", output="identity")


@pytest.mark.peers
@pytest.mark.parametrize("kind", ["sparse", "complex", "meta"])
def test_a_tensor_that_is_no_plain_array_is_refused_by_name(kind, torch, tmp_path):
    tensor = {
        "sparse": lambda: torch.eye(3).to_sparse(),
        "complex": lambda: torch.eye(3) * 1j,
        "meta": lambda: torch.empty(3, 3, device="meta"),
    }[kind]()
    torch.save({"0.weight": tensor}, tmp_path / "net.pt")
    with pytest.raises(FileFormatError, match=r"0\.weight|no plain state_dict"):
        formats.import_model(tmp_path / "net.pt", output="identity")


def test_names_of_thousands_of_digits_are_names(stored):
    (w1, b1), (w2, b2) = linear(4, 3), linear(2, 4)
    given = {"1" * 5000: (w1, b1), "2" * 5000: (w2, b2)}
    flat = {}
    for name, (w, b) in given.items():
        flat |= {f"{name}__weight": w, f"{name}__bias": b}
    model = formats.import_model(stored(**flat), activation="relu", output="identity")
    assert model.output_shape == (2,)
