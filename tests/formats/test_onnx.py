import json
import warnings

import numpy as np
import pytest

from badak import Input, Sequential, activations, formats
from badak.activations import Activation
from badak.errors import FileFormatError, InputError
from badak.formats.standalone.plan import probes
from badak.layers import BatchNormalization, Dense, Dropout, GaussianNoise, Normalization

pytestmark = pytest.mark.filterwarnings("ignore:the compiled engine cannot run:RuntimeWarning")

onnx = pytest.importorskip("onnx", reason="onnx comes with the extra onnx")
helper, numpy_helper = onnx.helper, onnx.numpy_helper


@pytest.fixture(scope="module")
def answers():
    """What ONNX Runtime answers: ``answers(path_or_bytes, x)``, all outputs."""
    runtime = pytest.importorskip("onnxruntime", reason="comes with the extra test-peers")

    def run(file, x):
        source = file if isinstance(file, bytes) else str(file)
        session = runtime.InferenceSession(source, providers=["CPUExecutionProvider"])
        return session.run(None, {session.get_inputs()[0].name: x})

    return run


# -- written


@pytest.mark.peers
def test_the_runtime_answers_alike(everything, samples, answers, tmp_path):
    formats.export(everything, tmp_path / "network.onnx")
    x = np.concatenate([samples, probes(everything, 64)])
    (y,) = answers(tmp_path / "network.onnx", x)
    np.testing.assert_allclose(y, everything.predict(x), atol=1e-6, rtol=0.0)


@pytest.mark.peers
@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS))
def test_every_activation_answers_alike(name, network_of, inputs, answers, tmp_path):
    model = network_of(name, "softmax")
    formats.export(model, tmp_path / "network.onnx")
    (y,) = answers(tmp_path / "network.onnx", inputs)
    np.testing.assert_allclose(y, model.predict(inputs), atol=1e-6, rtol=0.0)
    back = formats.import_model(tmp_path / "network.onnx")
    assert [layer.activation for layer in back.layers] == [
        layer.activation for layer in model.layers
    ]
    np.testing.assert_array_equal(back.predict(inputs), model.predict(inputs))


@pytest.mark.peers
@pytest.mark.parametrize(
    "spec",
    [
        {"name": "leaky_relu", "negative_slope": 0.35},
        {"name": "elu", "alpha": 0.7},
        {"name": "bounded_relu", "negative_slope": 0.1, "max_value": 2.0, "threshold": 0.25},
        {"name": "threshold", "theta": 0.5},
    ],
)
def test_parameters_come_along(spec, network_of, inputs, answers, tmp_path):
    model = network_of(spec)
    formats.export(model, tmp_path / "network.onnx")
    np.testing.assert_allclose(
        answers(tmp_path / "network.onnx", inputs)[0], model.predict(inputs), atol=1e-5, rtol=1e-6
    )
    assert formats.import_model(tmp_path / "network.onnx").layers[0].activation == (
        model.layers[0].activation
    )


@pytest.mark.peers
def test_an_activation_of_ones_own_is_a_function_of_the_file(
    network_of, inputs, square, answers, tmp_path
):
    model = network_of(square)
    path = tmp_path / "network.onnx"
    formats.export(model, path)
    np.testing.assert_allclose(
        answers(path, inputs)[0], model.predict(inputs), atol=1e-5, rtol=1e-6
    )
    back = formats.import_model(path, custom_objects={"square": square})
    np.testing.assert_array_equal(back.predict(inputs), model.predict(inputs))
    with pytest.raises(FileFormatError, match=r"square 'dense.square'.*custom_objects"):
        formats.import_model(path)


def test_two_own_activations_of_one_name_are_refused(square, tmp_path):
    other = Activation("square", lambda x: x * x, lambda x: 2.0 * x)
    model = Sequential([Input((2,)), Dense(2, square), Dense(2, other)])
    with pytest.raises(InputError, match="two activations of the network are called 'square'"):
        formats.export(model, tmp_path / "network.onnx")


def test_everything_comes_back(everything, samples, tmp_path):
    formats.export(everything, tmp_path / "network.onnx")
    back = formats.import_model(tmp_path / "network.onnx")
    np.testing.assert_allclose(back.predict(samples), everything.predict(samples), atol=2e-6)
    assert back.class_names == everything.class_names
    assert back.preparation == everything.preparation
    assert sum(isinstance(layer, (Dropout, GaussianNoise)) for layer in back.layers) == 2


def test_the_same_model_writes_the_same_bytes(everything, tmp_path):
    formats.export(everything, tmp_path / "a.onnx")
    formats.export(everything, tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


# -- read


def graph_of(nodes, weights=(), shape=(None, 4), outputs=("y",), opset=20, functions=(), **more):
    """A model of these nodes, from "x" to the outputs."""
    kinds = onnx.TensorProto
    made = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", more.get("kind", kinds.FLOAT), shape)],
        [helper.make_tensor_value_info(name, kinds.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(w), name) for name, w in dict(weights).items()],
    )
    domains = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    domains += [helper.make_opsetid(f.domain, 1) for f in functions]
    return helper.make_model(made, opset_imports=domains, ir_version=9, functions=list(functions))


@pytest.fixture
def read(tmp_path):
    """Read a model made by :func:`graph_of`."""

    def reader(model):
        path = tmp_path / "made.onnx"
        path.write_bytes(model.SerializeToString())
        return formats.import_model(path)

    return reader


RNG = np.random.default_rng(3)
W, B = RNG.normal(size=(4, 3)).astype(np.float32), RNG.normal(size=3).astype(np.float32)
X = RNG.normal(size=(9, 4)).astype(np.float32)
node = helper.make_node


def product(**more):
    return node("MatMul", ["x", "W"], ["a"], **more)


def test_gemm_with_its_factors_and_turned_weights(read):
    attributes = {"alpha": 0.5, "beta": 2.0, "transB": 1}
    model = graph_of([node("Gemm", ["x", "W", "B"], ["y"], **attributes)], {"W": W.T, "B": B})
    back = read(model)
    np.testing.assert_allclose(back.predict(X), 0.5 * (X @ W) + 2.0 * B, atol=1e-6)
    assert repr(back) == "Sequential([Input((4,)), Dense(3)])"


def test_a_product_and_a_sum_are_one_layer_whichever_side_the_bias_is_on(read):
    for inputs in (["a", "B"], ["B", "a"]):
        model = graph_of([product(), node("Add", inputs, ["y"])], {"W": W, "B": B})
        back = read(model)
        assert repr(back) == "Sequential([Input((4,)), Dense(3)])"
        np.testing.assert_allclose(back.predict(X), X @ W + B, atol=1e-6)


def test_weights_may_be_worked_out_from_constants(read):
    nodes = [
        node("Constant", [], ["Wt"], value=numpy_helper.from_array(W.T)),
        node("Transpose", ["Wt"], ["W64"], perm=[1, 0]),
        node("Cast", ["W64"], ["W"], to=onnx.TensorProto.FLOAT),
        node("MatMul", ["x", "W"], ["y"]),
    ]
    np.testing.assert_allclose(read(graph_of(nodes)).predict(X), X @ W, atol=1e-6)


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


def erf(a):
    return activations.erf(a)


@pytest.mark.parametrize(
    ("operator", "attributes", "expected"),
    [
        ("Relu", {}, lambda a: np.maximum(a, 0)),
        ("Sigmoid", {}, sigmoid),
        ("Tanh", {}, np.tanh),
        ("LeakyRelu", {}, lambda a: np.where(a > 0, a, 0.01 * a)),
        ("LeakyRelu", {"alpha": 0.3}, lambda a: np.where(a > 0, a, 0.3 * a)),
        ("Elu", {"alpha": 0.5}, lambda a: np.where(a > 0, a, 0.5 * np.expm1(a))),
        ("Celu", {}, lambda a: np.where(a > 0, a, np.expm1(a))),
        ("Selu", {}, lambda a: 1.050701 * np.where(a > 0, a, 1.6732632 * np.expm1(a))),
        ("HardSigmoid", {}, lambda a: np.clip(0.2 * a + 0.5, 0, 1)),
        ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}, lambda a: np.clip(a / 6 + 0.5, 0, 1)),
        ("Softplus", {}, lambda a: np.log1p(np.exp(a))),
        ("Softsign", {}, lambda a: a / (1 + np.abs(a))),
        ("Mish", {}, lambda a: a * np.tanh(np.log1p(np.exp(a)))),
        ("Gelu", {}, lambda a: a * 0.5 * (1 + erf(a / np.sqrt(2)))),
        ("ThresholdedRelu", {"alpha": 0.4}, lambda a: np.where(a > 0.4, a, 0)),
        ("Exp", {}, np.exp),
        ("Neg", {}, lambda a: -a),
        ("Identity", {}, lambda a: a),
        ("Softmax", {}, lambda a: np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)),
        ("LogSoftmax", {"axis": 1}, lambda a: a - np.log(np.exp(a).sum(axis=1, keepdims=True))),
    ],
)
def test_activations_are_read_with_the_defaults_of_the_standard(
    read, operator, attributes, expected
):
    model = graph_of([product(), node(operator, ["a"], ["y"], **attributes)], {"W": W})
    np.testing.assert_allclose(read(model).predict(X), expected(X @ W), atol=2e-6)


def test_activations_written_as_several_nodes_are_recognised(read):
    swish = [node("Sigmoid", ["a"], ["s"]), node("Mul", ["s", "a"], ["y"])]
    assert repr(read(graph_of([product(), *swish], {"W": W}))).count("swish") == 1
    mish = [
        node("Softplus", ["a"], ["p"]),
        node("Tanh", ["p"], ["t"]),
        node("Mul", ["a", "t"], ["y"]),
    ]
    assert repr(read(graph_of([product(), *mish], {"W": W}))).count("mish") == 1
    gelu = [
        node("Div", ["a", "root"], ["d"]),
        node("Erf", ["d"], ["e"]),
        node("Add", ["e", "one"], ["f"]),
        node("Mul", ["a", "f"], ["g"]),
        node("Mul", ["g", "half"], ["y"]),
    ]
    numbers = {"root": np.float32(np.sqrt(2)), "one": np.float32(1), "half": np.float32(0.5)}
    back = read(graph_of([product(), *gelu], {"W": W, **numbers}))
    assert repr(back) == "Sequential([Input((4,)), Dense(3, activation='gelu', use_bias=False)])"


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 6.0), (0.0, 1.5), (0.0, None), (-1.0, 1.0), (-0.5, None)]
)
def test_clip_is_read_with_any_lower_bound(read, low, high):
    weights = {"W": W, "low": np.float32(low)} | (
        {} if high is None else {"high": np.float32(high)}
    )
    inputs = ["a", "low"] + ([] if high is None else ["high"])
    back = read(graph_of([product(), node("Clip", inputs, ["y"])], weights))
    np.testing.assert_allclose(back.predict(X), np.clip(X @ W, low, high), atol=1e-6)


def test_runs_of_scaling_are_one_layer(read):
    mean, scale = np.float32([1, 2, 3, 4]), np.float32([1, 2, 4, 8])
    nodes = [
        node("Sub", ["x", "mean"], ["c"]),
        node("Div", ["c", "scale"], ["s"]),
        node("MatMul", ["s", "W"], ["y"]),
    ]
    back = read(graph_of(nodes, {"mean": mean, "scale": scale, "W": W}))
    assert isinstance(back.layers[0], Normalization)
    np.testing.assert_allclose(back.layers[0].mean, mean, rtol=1e-6)
    np.testing.assert_allclose(back.predict(X), (X - mean) / scale @ W, atol=1e-5)
    turned = read(graph_of(nodes, {"mean": mean, "scale": -scale, "W": W}))
    assert isinstance(turned.layers[0], BatchNormalization)
    np.testing.assert_allclose(turned.predict(X), (X - mean) / -scale @ W, atol=1e-5)


def test_the_scaler_of_scikit_learn(read):
    scaler = node(
        "Scaler", ["x"], ["y"], domain="ai.onnx.ml", offset=[1.0, 2, 3, 4], scale=[0.5, 1, 2, 4]
    )
    expected = (X - np.float32([1, 2, 3, 4])) * np.float32([0.5, 1, 2, 4])
    np.testing.assert_allclose(read(graph_of([scaler])).predict(X), expected, atol=1e-5)


def test_images_are_flattened(read):
    x = RNG.normal(size=(5, 2, 2)).astype(np.float32)
    shape = np.array([-1, 4], np.int64)
    batch = [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "nought"], ["n"]),
        node("Unsqueeze", ["n", "axes"], ["n1"]),
        node("Concat", ["n1", "four"], ["goal"], axis=0),
        node("Reshape", ["x", "goal"], ["f"]),
    ]
    helpers = {
        "nought": np.array(0, np.int64),
        "axes": np.array([0], np.int64),
        "four": np.array([4], np.int64),
    }
    for nodes, weights in (
        ([node("Flatten", ["x"], ["f"])], {}),
        ([node("Reshape", ["x", "goal"], ["f"])], {"goal": shape}),
        (batch, helpers),
    ):
        last = node("MatMul", ["f", "W"], ["y"])
        back = read(graph_of([*nodes, last], {"W": W, **weights}, (None, 2, 2)))
        np.testing.assert_allclose(back.predict(x), x.reshape(5, 4) @ W, atol=1e-6)


def test_functions_of_other_programs_are_followed(read):
    twice = helper.make_function(
        "theirs",
        "ReluTwice",
        ["a"],
        ["b"],
        [node("Relu", ["a"], ["r"]), node("Relu", ["r"], ["b"])],
        [helper.make_opsetid("", 20)],
    )
    nodes = [product(), node("ReluTwice", ["a"], ["y"], domain="theirs")]
    back = read(graph_of(nodes, {"W": W}, functions=[twice]))
    np.testing.assert_allclose(back.predict(X), np.maximum(X @ W, 0), atol=1e-6)


@pytest.mark.parametrize(
    ("nodes", "weights", "said"),
    [
        ([node("Conv", ["x", "W"], ["y"], name="c1")], {"W": W}, "Conv 'c1': badak has no layer"),
        ([product(), node("HardSwish", ["a"], ["y"])], {"W": W}, "node HardSwish"),
        ([product(), node("Mul", ["a", "a"], ["y"])], {"W": W}, "node Mul.*two branches"),
        ([node("Add", ["x", "x"], ["y"])], {}, "node Add.*two branches"),
        ([node("Gemm", ["x", "W"], ["y"], transA=1)], {"W": W}, "transA"),
        ([node("MatMul", ["x", "W"], ["y"])], {"W": W.T}, r"matrix is of shape \(3, 4\)"),
        ([node("Softmax", ["x"], ["y"], axis=0)], {}, "axis 0"),
        ([node("Reshape", ["x", "g"], ["y"])], {"g": np.int64([-1, 2, 2])}, "only flatten"),
        ([node("Add", ["x", "b"], ["y"])], {"b": np.float32([[1], [2]])}, r"shape \(2, 1\)"),
        ([node("Relu", ["z"], ["y"])], {}, "'z'.*made nowhere"),
        ([node("Constant", [], ["y"], value_float=1.0)], {}, "does not depend on its input"),
        ([node("TopK", ["x", "k"], ["v", "y"])], {"k": np.int64([1])}, "node TopK"),
        ([node("Loop", ["", "", "x"], ["y"], body=helper.make_graph([], "b", [], []))], {}, "Loop"),
        ([node("Cast", ["x"], ["y"], to=onnx.TensorProto.INT64)], {}, "other than floats"),
        ([node("Dropout", ["x", "r", "t"], ["y"])],
         {"r": np.float32(0.5), "t": np.array(True)}, "Dropout.*training mode"),
        ([node("Erf", ["x"], ["y"])], {}, "does not depend|Erf"),
        ([node("Selu", ["x"], ["y"], alpha=2.0)], {}, "alpha is 2"),
        ([node("BatchNormalization", ["x", *"abcd"], ["y"], training_mode=1)],
         dict.fromkeys("abcd", np.ones(4, np.float32)), "training mode"),
    ],
)  # fmt: skip
def test_what_badak_does_not_have_is_refused_by_its_node(read, nodes, weights, said):
    with pytest.raises(FileFormatError, match=said):
        read(graph_of(nodes, weights))


def test_more_inputs_or_outputs_are_refused(read):
    two = graph_of([product(), node("Relu", ["a"], ["y"])], {"W": W}, outputs=("a", "y"))
    with pytest.raises(FileFormatError, match=r"2 outputs of numbers \('a', 'y'\)"):
        read(two)
    with pytest.raises(FileFormatError, match="of type INT64"):
        read(graph_of([node("Identity", ["x"], ["y"])], kind=onnx.TensorProto.INT64))
    with pytest.raises(FileFormatError, match="does not tell the shape"):
        read(graph_of([node("Flatten", ["x"], ["y"])], shape=(None, 3, None)))


def test_constants_that_grow_are_refused(read):
    """A file of few bytes must not fill the memory."""
    many = np.ones(50_000, np.float32)
    nodes = [node("Mul", ["row", "column"], ["W"]), node("MatMul", ["x", "W"], ["y"])]
    weights = {"row": many[np.newaxis], "column": many[:, np.newaxis]}
    with pytest.raises(FileFormatError, match="makes more of two arrays than they hold"):
        read(graph_of(nodes, weights))


def test_constants_that_double_are_refused(read):
    doubled = [node("Concat", [f"c{i}", f"c{i}"], [f"c{i + 1}"], axis=0) for i in range(40)]
    last = node("Add", ["x", "c40"], ["y"])
    with pytest.raises(FileFormatError, match="far more than the file holds"):
        read(graph_of([*doubled, last], {"c0": np.ones(4, np.float32)}))


def test_samples_that_fill_the_memory_are_refused(read):
    slope = node("PRelu", ["x", "s"], ["y"])
    with pytest.raises(FileFormatError, match="more than 16,777,216 numbers"):
        read(graph_of([slope], {"s": np.ones(1, np.float32)}, (None, 10**12)))


@pytest.fixture
def outside(tmp_path):
    """Return a writer of models whose weights lie in another file."""

    def write(location, **more):
        tensor = numpy_helper.from_array(W, "W")
        size = len(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in ({"location": location, "offset": 0, "length": size} | more).items():
            tensor.external_data.add(key=key, value=str(value))
        model = graph_of([node("MatMul", ["x", "W"], ["y"])])
        model.graph.initializer.append(tensor)
        path = tmp_path / "models" / "made.onnx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(model.SerializeToString())
        return path

    return write


def test_weights_beside_the_file_are_read(outside):
    path = outside("weights.bin", offset=8)
    (path.parent / "weights.bin").write_bytes(b"12345678" + W.tobytes())
    np.testing.assert_allclose(formats.import_model(path).predict(X), X @ W, atol=1e-6)


def test_weights_elsewhere_are_not(outside, tmp_path):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(W.tobytes())
    for location in ("../secret.bin", str(secret), "", "sub/../../secret.bin", "."):
        with pytest.raises(FileFormatError, match=r"outside of the model's own folder|not there"):
            formats.import_model(outside(location))
    path = outside("link.bin")
    (path.parent / "link.bin").symlink_to(secret)
    with pytest.raises(FileFormatError, match="outside of the model's own folder"):
        formats.import_model(path)
    with pytest.raises(FileFormatError, match="which is not there"):
        formats.import_model(outside("missing.bin"))
    (path.parent / "short.bin").write_bytes(b"1234")
    with pytest.raises(FileFormatError, match="beyond the end"):
        formats.import_model(outside("short.bin"))
    with pytest.raises(FileFormatError, match="beyond the end"):
        formats.import_model(outside("short.bin", offset=-1, length=2))


@pytest.mark.parametrize("location", ["a\0b", "x" * 5000, "loop/a"])
def test_a_place_of_weights_that_no_system_has_is_refused(location, outside, tmp_path):
    path = outside(location)
    (path.parent / "loop").symlink_to("loop")
    with pytest.raises(FileFormatError, match=r"the weights 'W' lie"):
        formats.import_model(path)


@pytest.mark.parametrize("operator", ["Transpose", "Reshape", "Cast", "Gather", "Slice", "Add"])
def test_a_constant_that_is_left_out_is_missed_by_its_operator(operator, read):
    made = [node(operator, ["", ""], ["c"]), node("MatMul", ["x", "c"], ["y"])]
    with pytest.raises(FileFormatError, match="lacks its input"):
        read(graph_of(made))


def test_damaged_files_are_refused(everything, tmp_path):
    formats.export(everything, tmp_path / "network.onnx")
    content = (tmp_path / "network.onnx").read_bytes()
    bad = tmp_path / "bad.onnx"
    for length in range(0, len(content), 997):
        bad.write_bytes(content[:length])
        with pytest.raises(FileFormatError, match=r"bad\.onnx"):
            formats.import_model(bad)
    rng = np.random.default_rng(0)
    for _ in range(150):
        changed = bytearray(content)
        changed[rng.integers(len(content))] = rng.integers(256)
        bad.write_bytes(bytes(changed))
        try:
            said = f"{bad} is {formats.import_model(bad)}"
        except FileFormatError as error:
            said = str(error)
        assert str(bad) in said


def test_metadata_that_lie_are_refused(network_of, tmp_path):
    formats.export(network_of("relu"), tmp_path / "network.onnx")
    model = onnx.load(tmp_path / "network.onnx")
    for names in ('["a"]', "{", '"abc"'):
        helper.set_model_props(model, {"class_names": names})
        (tmp_path / "bad.onnx").write_bytes(model.SerializeToString())
        with pytest.raises(FileFormatError, match="class"):
            formats.import_model(tmp_path / "bad.onnx")
    helper.set_model_props(model, {"class_names": json.dumps(["a", "b", "c"])})
    (tmp_path / "good.onnx").write_bytes(model.SerializeToString())
    assert formats.import_model(tmp_path / "good.onnx").class_names == ["a", "b", "c"]


# -- what other libraries write


@pytest.mark.peers
@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("classes", [2, 3])
def test_classifiers_of_scikit_learn(classes, names, answers, tmp_path):
    skl2onnx = pytest.importorskip("skl2onnx", reason="comes with the extra test-peers")
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    x = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    t = np.array(["먼저", "b", "c"])[np.arange(60) % classes]
    scaler = StandardScaler() if classes == 3 else MinMaxScaler()
    network = MLPClassifier((5,), activation="tanh", max_iter=20, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged; skl2onnx's own
        fitted = make_pipeline(scaler, network).fit(x, t)
        proto = skl2onnx.to_onnx(fitted, x[:1], options={"zipmap": names})
    (tmp_path / "network.onnx").write_bytes(proto.SerializeToString())
    model = formats.import_model(tmp_path / "network.onnx")
    np.testing.assert_allclose(model.predict(x), fitted.predict_proba(x), atol=1e-5)
    assert model.class_names == sorted(set(t))


@pytest.mark.peers
def test_regressors_of_scikit_learn(tmp_path):
    skl2onnx = pytest.importorskip("skl2onnx", reason="comes with the extra test-peers")
    from sklearn.neural_network import MLPRegressor

    x = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = MLPRegressor(hidden_layer_sizes=(5,), activation="logistic", max_iter=20).fit(
            x, x[:, 0]
        )
        proto = skl2onnx.to_onnx(fitted, x[:1])
    (tmp_path / "network.onnx").write_bytes(proto.SerializeToString())
    y = formats.import_model(tmp_path / "network.onnx").predict(x)
    np.testing.assert_allclose(y[:, 0], fitted.predict(x), atol=1e-5)


@pytest.mark.peers
@pytest.mark.parametrize("dynamo", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_networks_of_pytorch(dynamo, tmp_path):
    torch = pytest.importorskip("torch", reason="comes with the extra test-peers")
    if dynamo:
        pytest.importorskip("onnxscript", reason="comes with the extra test-peers")
    nn = torch.nn
    net = nn.Sequential(
        *(nn.Flatten(), nn.Linear(6, 5), nn.BatchNorm1d(5), nn.GELU(), nn.Dropout(0.1)),
        *(nn.Linear(5, 4), nn.SiLU(), nn.LayerNorm(4), nn.Linear(4, 4), nn.PReLU()),
        *(nn.Linear(4, 4), nn.Mish(), nn.Linear(4, 4), nn.ReLU6(), nn.Linear(4, 3)),
        nn.Softmax(-1),
    ).eval()
    x = torch.randn(7, 2, 3, generator=torch.Generator().manual_seed(0))
    path = tmp_path / "network.onnx"
    batch = {"dynamic_shapes": ({0: torch.export.Dim("n")},)} if dynamo else {
        "dynamic_axes": {"x": {0: "n"}}, "input_names": ["x"]
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (x,), path, dynamo=dynamo, verbose=False, **batch)
    with torch.no_grad():
        expected = net(x).numpy()
    np.testing.assert_allclose(formats.import_model(path).predict(x.numpy()), expected, atol=1e-6)
