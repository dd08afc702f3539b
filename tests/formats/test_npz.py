import io
import pickle
import zipfile

import numpy as np
import pytest

from badak import Input, Sequential, formats
from badak.errors import FileFormatError, InputError
from badak.layers import BatchNormalization, Dense

pytestmark = pytest.mark.filterwarnings("ignore:the compiled engine cannot run:RuntimeWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 3)).astype(np.float32)
W1, B1 = RNG.normal(size=(3, 4)), RNG.normal(size=4)
W2, B2 = RNG.normal(size=(4, 2)), RNG.normal(size=2)
EXPECTED = np.tanh(X @ W1 + B1) @ W2 + B2


def read(path):
    return formats.import_model(path, activation="tanh", output="identity")


def test_everything_comes_back_to_the_same_bits(everything, samples, tmp_path):
    formats.export(everything, tmp_path / "network.npz")
    back = formats.import_model(tmp_path / "network.npz")
    np.testing.assert_array_equal(back.predict(samples), everything.predict(samples))
    assert repr(back) == repr(everything)
    assert (back.class_names, back.preparation) == (everything.class_names, everything.preparation)
    with pytest.raises(InputError, match="tells the activations itself"):
        formats.import_model(tmp_path / "network.npz", output="softmax")


def test_numpy_reads_it_without_pickles(everything, tmp_path):
    formats.export(everything, tmp_path / "network.npz")
    with np.load(tmp_path / "network.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["dense.kernel"], everything.layers[8].kernel)
        assert set(arrays) > {"badak", "dense.bias", "normalization.mean"}


def test_the_same_model_writes_the_same_bytes(everything, tmp_path):
    for name in ("a.npz", "b.npz"):
        formats.export(everything, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_an_own_activation_comes_back_by_its_name(square, network_of, inputs, tmp_path):
    model = network_of(square)
    formats.export(model, tmp_path / "network.npz")
    back = formats.import_model(tmp_path / "network.npz", custom_objects={"square": square})
    np.testing.assert_array_equal(back.predict(inputs), model.predict(inputs))
    with pytest.raises(FileFormatError, match="unknown activation 'square'"):
        formats.import_model(tmp_path / "network.npz")


@pytest.mark.parametrize(
    "arrays",
    [
        {"W1": W1, "b1": B1, "W2": W2, "b2": B2},
        {"b2": B2, "W2": W2, "b1": B1, "W1": W1},
        {"arr_0": W1, "arr_1": B1, "arr_2": W2, "arr_3": B2},
        {"dense.kernel": W1, "dense.bias": B1, "dense_1.kernel": W2, "dense_1.bias": B2},
        {"layer1/weight": W1, "layer1/bias": B1, "layer2/weight": W2, "layer2/bias": B2},
        {"coef_0": W1, "intercept_0": B1, "coef_1": W2, "intercept_1": B2},
    ],
)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_dense_layers_of_others_are_read_by_their_names(arrays, save, tmp_path):
    save(tmp_path / "theirs.npz", **arrays)
    np.testing.assert_allclose(read(tmp_path / "theirs.npz").predict(X), EXPECTED, atol=1e-5)
    with pytest.raises(InputError, match="tell activation='relu'"):
        formats.import_model(tmp_path / "theirs.npz")


def test_all_weights_of_a_model_in_order_go_into_one_like_it(tmp_path):
    model = Sequential([Input((3,)), Dense(4, "tanh"), BatchNormalization(), Dense(2)])
    np.savez(tmp_path / "theirs.npz", *[w + 0.5 for w in model.get_weights()])
    like = formats.import_model(tmp_path / "theirs.npz", like=model)
    for given, before in zip(like.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(given, before + np.float32(0.5))
    with pytest.raises(FileFormatError, match="2 arrays of weights, but 8 are given"):
        formats.import_model(tmp_path / "theirs.npz", like=Sequential([Input((3,)), Dense(4)]))


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"W1": W1, "b1": B1, "W2": W1, "b2": B1}, r"kernel is of shape \(3, 4\)"),
        ({"W1": W1, "b1": B2}, r"bias is of shape \(2,\)"),
        ({"images": np.zeros((5, 8, 8))}, "'images' of shape"),
        ({"b1": B1}, "'b1' of shape"),
        ({"W1": np.full((3, 4), np.inf)}, "NaN or infinity"),
        ({"W1": np.array([["a", "b"]])}, "'W1' is no array of numbers"),
        ({"W1": np.ones((3, 4), complex)}, "of type complex128"),
        ({"W1": np.array([[None]])}, "of type object"),
        ({}, "no matrices"),
    ],
)
def test_what_is_no_dense_network_is_refused(arrays, said, tmp_path):
    np.savez(tmp_path / "theirs.npz", **arrays)
    with pytest.raises((FileFormatError, InputError), match=f"theirs.npz: .*{said}"):
        read(tmp_path / "theirs.npz")


class Runs:
    def __reduce__(self):
        return (open, ("ran", "w"))


def test_pickled_objects_are_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "theirs.npz", W1=np.array([Runs()], dtype=object))
    with pytest.raises(FileFormatError, match="of type object"):
        read(tmp_path / "theirs.npz")
    assert not (tmp_path / "ran").exists()


def entry(shape, body):
    """A `.npy` whose header announces a shape."""
    content = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(content, header)
    return content.getvalue() + body


@pytest.mark.parametrize(
    "content",
    [
        entry((10**9, 10**9), b""),
        entry((3, 4), b"12"),
        entry((0, 4), b""),
        entry((-3, 4), bytes(48)),
        b"\x93NUMPY\x09\x00",
        b"nothing",
        b"\x93NUMPY\x01\x00\x20\x00__import__('os').getcwd()       ",
    ],
)
def test_headers_that_lie_are_refused_before_room_is_made(content, tmp_path):
    with zipfile.ZipFile(tmp_path / "theirs.npz", "w") as archive:
        archive.writestr("W1.npy", content)
    with pytest.raises(FileFormatError, match=r"theirs\.npz: the (array|entry) 'W1.npy'"):
        read(tmp_path / "theirs.npz")


def test_the_books_pickle_is_read(tmp_path):
    path = tmp_path / "weights.pkl"
    path.write_bytes(pickle.dumps({"b2": B2, "W1": W1, "W2": W2, "b1": B1}))
    np.testing.assert_allclose(read(path).predict(X), EXPECTED, atol=1e-5)
    like = Sequential([Input((3,)), Dense(4, "tanh"), Dense(2)])
    np.testing.assert_allclose(
        formats.import_model(path, like=like).predict(X), EXPECTED, atol=1e-5
    )
    path.write_bytes(pickle.dumps({"W1": W1, "b1": B1, "gamma1": B1}))
    with pytest.raises(FileFormatError, match="'gamma1'"):
        read(path)


def test_the_books_own_weights(shared_data):
    path = shared_data / "book" / "sample_weight.pkl"
    model = formats.import_model(path, activation="sigmoid", output="softmax")
    assert repr(model) == (
        "Sequential([Input((784,)), Dense(50, activation='sigmoid'), "
        "Dense(100, activation='sigmoid'), Dense(10, activation='softmax')])"
    )


def numbered(count, names):
    """Weights of Dense layers of one width in order, and what they answer to X, in float64."""
    rng = np.random.default_rng(11)
    arrays, y = {}, X.astype(np.float64)
    for i in range(count):
        w, b = rng.normal(size=(3, 3)), rng.normal(size=3)
        arrays |= {names[0].format(i): w, names[1].format(i): b}
        y = y @ w + b
    return arrays, y


@pytest.mark.parametrize("like", [False, True])
@pytest.mark.parametrize(
    "names", [("W{}", "b{}"), ("fc{}.weight", "fc{}.bias"), ("dense_{}/kernel", "dense_{}/bias")]
)
def test_numbers_in_names_decide_however_the_arrays_are_sorted(names, like, tmp_path):
    arrays, expected = numbered(11, names)
    path = tmp_path / "theirs.npz"
    np.savez(path, **dict(sorted(arrays.items())))
    known: dict[str, object] = {"activation": "identity", "output": "identity"}
    if like:
        known = {"like": Sequential([Input((3,)), *(Dense(3) for _ in range(11))])}
    model = formats.import_model(path, **known)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-4, atol=1e-4)


def test_numbered_arrays_that_were_sorted_are_put_in_order(tmp_path):
    model = Sequential([Input((3,)), *(Dense(3) for _ in range(6))])
    weights = [w + 0.25 for w in model.get_weights()]
    arrays = {f"arr_{i}": w for i, w in enumerate(weights)}
    np.savez(tmp_path / "sorted.npz", **dict(sorted(arrays.items())))
    read = formats.import_model(tmp_path / "sorted.npz", like=model)
    for given, before in zip(read.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(given, before)


def test_a_model_takes_its_own_names_in_any_order(tmp_path):
    model = Sequential([Input((3,)), Dense(3), BatchNormalization(), Dense(3), Dense(3)])
    model.set_weights([w + 0.25 for w in model.get_weights()])
    arrays = {
        f"{layer.name}.{name}": w for layer in model.layers for name, w in layer.weights.items()
    }
    np.savez(tmp_path / "sorted.npz", **dict(sorted(arrays.items())))
    like = Sequential([Input((3,)), Dense(3), BatchNormalization(), Dense(3), Dense(3)])
    read = formats.import_model(tmp_path / "sorted.npz", like=like)
    assert (read.predict(X) == model.predict(X)).all()


@pytest.mark.parametrize(
    "names",
    [
        ["fc1.weight", "fc10.weight", "fc2.weight", "out.weight"],
        ["body.bias", "body.weight", "head.bias", "head.weight"],
        ["norm.beta", "norm.gamma"],
    ],
)
def test_sorted_names_that_do_not_tell_the_order_are_refused(names, tmp_path):
    arrays = {name: np.ones(3 if name.endswith(("bias", "a")) else (3, 3)) for name in names}
    np.savez(tmp_path / "sorted.npz", **arrays)
    with pytest.raises(FileFormatError, match="sorted by name"):
        read(tmp_path / "sorted.npz")
    like = Sequential([Input((3,)), *(Dense(3) for _ in names)])
    with pytest.raises(FileFormatError, match="sorted by name"):
        formats.import_model(tmp_path / "sorted.npz", like=like)
