import io
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rich.console import Console

from badak import Input, Sequential, initializers
from badak.diagnostics.trace import trace as trace_of
from badak.errors import InputError
from badak.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Ensemble,
    Flatten,
    GaussianNoise,
    LayerNormalization,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
    Whitening,
)
from badak.layers.passes import Mode

X = [[1.0, 0.5]]
WEIGHTS = [
    [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]],
    [0.1, 0.2, 0.3],
    [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]],
    [0.1, 0.2],
    [[0.1, 0.3], [0.2, 0.4]],
    [0.1, 0.2],
]


def the_books_network():
    """The network of chapter 3, with its weights."""
    model = Sequential([Input((2,)), Dense(3, "sigmoid"), Dense(2, "sigmoid"), Dense(2)])
    model.set_weights(WEIGHTS)
    return model


def every_kind(seed=0):
    """A network with each kind of layer, and a batch of bytes for it."""
    rng = np.random.default_rng(seed)
    model = Sequential(
        [
            Input((3, 4)),
            Rescaling(1 / 255, offset=-0.5),
            Flatten(),
            Normalization(),
            Whitening(),
            Dropout(0.4),
            Dense(7),
            BatchNormalization(),
            PReLU(alpha_initializer=initializers.Constant(0.25)),
            LayerNormalization(),
            GaussianNoise(0.1),
            Dense(6),
            ReLU(),
            Dense(5, use_bias=False),
            Activation("tanh"),
            Dense(4),
            Softmax(),
        ]
    )
    model.set_weights([rng.normal(size=w.shape) ** 2 + 0.1 for w in model.get_weights()])
    x = rng.integers(0, 256, size=(9, 3, 4)).astype(np.uint8)
    return model, x, rng.integers(0, 4, size=9)


def test_the_books_numbers_stand_in_the_trace():
    trace = the_books_network().trace(X)
    np.testing.assert_allclose(trace.layers[0].a, [[0.3, 0.7, 1.1]], rtol=1e-6)
    np.testing.assert_allclose(trace[0].z, [[0.57444252, 0.66818777, 0.75026011]], rtol=1e-6)
    np.testing.assert_allclose(trace["dense_1"].a, [[0.51615984, 1.21402696]], rtol=1e-6)
    np.testing.assert_allclose(trace["dense_1"].z, [[0.62624937, 0.7710107]], rtol=1e-6)
    np.testing.assert_allclose(trace.y, [[0.31682708, 0.69627909]], rtol=1e-6)
    np.testing.assert_allclose(trace[0].slope, trace[0].z * (1.0 - trace[0].z), rtol=1e-6)
    np.testing.assert_array_equal(trace[0].kernel, np.float32(WEIGHTS[0]))
    assert [entry.name for entry in trace] == ["dense", "dense_1", "dense_2"]
    assert trace.loss is None
    assert trace[0].gradients == {}


@pytest.mark.parametrize(
    ("layer", "unit", "line"),
    [
        (0, 0, "0.1*1.0 + 0.2*0.5 + 0.1 = 0.3 -> sigmoid -> 0.5744"),
        (0, 1, "0.3*1.0 + 0.4*0.5 + 0.2 = 0.7 -> sigmoid -> 0.6682"),
        (0, 2, "0.5*1.0 + 0.6*0.5 + 0.3 = 1.1 -> sigmoid -> 0.7503"),
        ("dense_2", 0, "0.1*0.6262 + 0.2*0.771 + 0.1 = 0.3168"),
        (-1, (1,), "0.3*0.6262 + 0.4*0.771 + 0.2 = 0.6963"),
    ],
)
def test_a_unit_of_the_books_network_tells_its_arithmetic(layer, unit, line):
    assert str(the_books_network().trace(X).unit(layer, unit)) == line


def test_a_unit_holds_its_numbers_too():
    unit = the_books_network().trace(X).unit("dense", 0)
    np.testing.assert_allclose(unit.products, [0.1, 0.1], rtol=1e-6)
    assert (unit.layer, unit.unit, unit.sample) == ("dense", (0,), 0)
    assert math.fsum(unit.products) + unit.bias == pytest.approx(unit.a, rel=1e-6)
    assert unit.z == pytest.approx(0.57444252, rel=1e-6)


# -- what a line shows, worked out as it stands, gives what it says

TOGETHER = re.compile(r"\.\.\. [\d,]+ more terms?, together (-?[\d.e+-]+) \.\.\.")


def worked_out(expression):
    """The number that an expression of a line comes to, by Python's own arithmetic."""
    expression = re.sub(r" \[\d+\]", "", TOGETHER.sub(r"(\1)", expression))
    assert re.fullmatch(r"[\d.e+*/() -]|(?:[\d.e+*/() -]|exp|log)+", expression), expression
    return eval(expression, {"exp": math.exp, "log": math.log})


def check_line(line):
    assert "≈" not in line
    sums = [part.split(" = ") for part in line.split(" -> ") if " = " in part]
    for expression, result in sums:
        digits, _, exponent = result.partition(".")[2].partition("e")
        last_digit = 10.0 ** (int(exponent or 0) - len(digits))
        assert worked_out(expression) == pytest.approx(float(result), abs=0.5001 * last_digit)


@settings(max_examples=60)
@given(
    inputs=st.integers(1, 60),
    scale=st.floats(1e-3, 1e3),
    terms=st.one_of(st.none(), st.integers(1, 9)),
    seed=st.integers(0, 2**32),
    activation=st.sampled_from(["sigmoid", "relu", "tanh", "leaky_relu", "identity", "elu"]),
)
def test_what_is_shown_adds_up_to_what_is_said(inputs, scale, terms, seed, activation):
    model = Sequential([Input((inputs,)), Dense(2, activation)])
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=(inputs, 2)), rng.normal(size=2)])
    trace = model.trace(scale * rng.normal(size=(1, inputs)))
    unit = trace.unit(0, 1, terms=terms)
    check_line(unit.line)
    assert float(unit.line.split(" = ")[1].split(" -> ")[0]) == pytest.approx(
        unit.a, abs=6e-4 * max(float(np.abs(unit.products).max()), abs(unit.bias))
    )
    assert float(unit.line.split()[-1]) == pytest.approx(unit.z, rel=6e-4, abs=2e-3 * scale)
    shown = unit.line.count("*")
    assert shown == (inputs if terms is None else min(inputs, terms))


def test_the_largest_terms_are_shown_and_the_others_are_counted():
    model = Sequential([Input((784,)), Dense(1)])
    weights = np.full((784, 1), 0.001)
    weights[[7, 300, 783], 0] = [5.0, -7.0, 3.0]
    model.set_weights([weights, [0.5]])
    unit = model.trace(np.ones((1, 784))).unit(0, 0, terms=3)
    assert unit.line == (
        "5.0*1.0 [7] - 7.0*1.0 [300] + ... 781 more terms, together 0.781 ... + 3.0*1.0 [783] "
        "+ 0.5 = 2.281"
    )
    assert len(model.trace(np.ones((1, 784))).unit(0, 0, terms=None).line.split("*")) == 785


def test_a_wide_unit_is_a_table_with_the_largest_products_first_and_the_rest_summed():
    model = Sequential([Input((784,)), Dense(1, "relu")])
    weights = np.full((784, 1), 0.001)
    weights[[7, 300, 783], 0] = [5.0, -7.0, 3.0]
    model.set_weights([weights, [0.5]])
    unit = model.trace(np.ones((1, 784))).unit(0, 0, terms=3)
    assert str(unit).splitlines() == [
        "   input   weight     x   weight * x",
        "────────────────────────────────────",
        "     300     -7.0   1.0         -7.0",
        "       7      5.0   1.0          5.0",
        "     783      3.0   1.0          3.0",
        "781 more                       0.781",
        "    bias                         0.5",
        "",
        "sum = 2.281 -> relu -> 2.281",
    ]
    assert repr(unit) == str(unit)
    assert unit._repr_html_().count("<tr>") == 1 + 5


@settings(max_examples=30)
@given(
    inputs=st.integers(7, 60),
    terms=st.one_of(st.none(), st.integers(1, 9)),
    seed=st.integers(0, 2**32),
)
def test_a_tables_products_add_up_to_the_sum_that_it_says(inputs, terms, seed):
    model = Sequential([Input((inputs,)), Dense(1, "sigmoid")])
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=(inputs, 1)), rng.normal(size=1)])
    unit = model.trace(rng.normal(size=(1, inputs))).unit(0, 0, terms=terms)
    rows, (result,) = unit.table.rows, unit.table.notes
    for _, w, x, product in rows[: None if terms is None else min(terms, inputs)]:
        if w:
            assert float(product) == pytest.approx(float(w) * float(x), rel=1e-7)
    total = math.fsum(float(product) for _, _, _, product in rows)
    assert total == pytest.approx(float(result.split()[2]), abs=5.1e-4)
    sizes = [abs(float(product)) for _, w, _, product in rows if w]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("training", [False, True])
def test_units_of_every_kind_of_layer_tell_what_they_did(training):
    model, x, t = every_kind()
    model.adapt(x)
    trace = model.trace(x, t, training=training)
    for entry in trace:
        for sample in (0, 5):
            unit = trace.unit(entry.index, 3, sample)
            line = unit.line.removesuffix(" (dropped)").split(" (dropout")[0]
            if not line.startswith("x["):
                check_line(line)
            shown = line.split()[-1]
            assert float(shown) == pytest.approx(unit.z, rel=1e-3, abs=1e-6)


def test_a_number_of_an_ensemble_is_each_weight_times_its_members_answer():
    one, other = [Rescaling(2.0)], [Rescaling(3.0), Activation("relu")]
    model = Sequential([Input((2,)), Ensemble([one, other], [0.5, -0.25])])
    assert str(model.trace([[0.75, 2.0]]).unit(0, 1)) == "0.5*4.0 - 0.25*6.0 = 0.5"


def test_softmax_is_written_out_over_its_row():
    model = Sequential([Input((1,)), Dense(3, "softmax")])
    model.set_weights([[[0.3, 2.9, 4.0]], [0.0, 0.0, 0.0]])
    line = str(model.trace([[1.0]]).unit(0, 0))
    assert line == (
        "0.3*1.0 + 0.0 = 0.3 -> softmax -> exp(0.3) / (exp(0.3) + exp(2.9) + exp(4.0)) = 0.01821"
    )
    assert worked_out("exp(0.3) / (exp(0.3) + exp(2.9) + exp(4.0))") == pytest.approx(0.01821127)


def test_softmax_of_sums_that_exp_cannot_take_is_still_told():
    model = Sequential([Input((1,)), Dense(2, "softmax")])
    model.set_weights([[[1000.0, 999.0]], [0.0, 0.0]])
    assert str(model.trace([[1.0]]).unit(0, 1)).endswith("(exp(1000.0) + exp(999.0)) = 0.2689")


def test_an_activation_of_its_own_is_told_with_the_sum_before_it():
    model = Sequential(
        [Input((2,)), Dense(3), Activation("sigmoid"), Dense(1), BatchNormalization()]
    )
    model.set_weights([*WEIGHTS[:2], np.ones((3, 1)), [0.0], [1.0], [0.0], [0.0], [1.0]])
    trace = model.trace(X)
    line = "0.1*1.0 + 0.2*0.5 + 0.1 = 0.3 -> sigmoid -> 0.5744"
    assert str(trace.unit("dense", 0)) == line
    assert str(trace.unit("activation", 0)) == "0.3 -> sigmoid -> 0.5744"
    assert "->" not in str(trace.unit("dense_1", 0))


def test_a_place_in_an_image_is_told_by_its_number_or_its_place():
    model = Sequential([Input((2, 3)), Rescaling(0.5), Flatten()])
    trace = model.trace(np.arange(6).reshape(1, 2, 3))
    assert str(trace.unit(0, (1, 2))) == str(trace.unit(0, 5)) == "5.0*0.5 = 2.5"
    assert str(trace.unit(1, 5)) == "x[1, 2] = 2.5"


# -- gradients


def test_gradients_of_weights_are_those_of_training():
    model, x, t = every_kind()
    model.adapt(x)
    trace = model.trace(x, t, training=True)
    traced = [g for entry in trace for g in entry.gradients.values()]
    for ours, theirs in zip(traced, model.gradients(x, t), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def loss_from(model, parameters, first, value, t, mode):
    """The cross-entropy where layer `first` is given `value`."""
    for index in range(first, len(model.layers)):
        layer = model.layers[index]
        here = Mode(mode, model.seed, model.step, index)
        made, _ = layer.forward(parameters.layers[index], value, here)
        value = made if layer.activation is None else layer.activation(made)
    return -np.log(value[np.arange(len(t)), t]).mean()


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", ["rescaling", "dense", "p_re_lu", "dense_1", "re_lu", "dense_3"])
def test_gradients_on_the_way_are_those_of_central_differences(training, name):
    model, x, t = every_kind(seed=3)
    model.adapt(x)
    entry = model.trace(x, t, training=training, dtype="float64")[name]
    parameters = model.parameters.copy(np.float64)
    moved = entry.x.copy()
    rng = np.random.default_rng(1)
    for _ in range(5):
        place = tuple(int(rng.integers(n)) for n in moved.shape)
        kept, h = moved[place], 1e-6 * max(1.0, abs(moved[place]))
        losses = []
        for moved[place] in (kept + h, kept - h):
            losses.append(loss_from(model, parameters, entry.index, moved, t, training))
        moved[place] = kept
        slope = (losses[0] - losses[1]) / (2.0 * h)
        assert entry.gradient_at_x[place] == pytest.approx(slope, rel=1e-4, abs=1e-8)


def test_the_chain_rule_holds_between_what_is_shown():
    model, x, t = every_kind()
    model.adapt(x)
    trace = model.trace(x, t, dtype="float64")
    for before, after in zip(trace.layers, trace.layers[1:], strict=False):
        if after.gradient_at_x is not None and before.gradient_at_z is not None:
            np.testing.assert_array_equal(before.gradient_at_z, after.gradient_at_x)
        if before.slope is not None and before.a is not None:
            np.testing.assert_allclose(before.gradient_at_a, before.gradient_at_z * before.slope)
        if isinstance(before.layer, Dense):
            np.testing.assert_allclose(
                before.gradients["kernel"], before.x.T @ before.gradient_at_a, atol=1e-12
            )


def test_a_sample_without_weight_has_no_gradient():
    model = the_books_network()
    x, t, objective = model.batch(np.eye(2), np.ones((2, 2)))
    weights = np.array([0.0, 3.0])
    weighed = trace_of(model.layers, model.parameters, x, t, objective, weights, mode=Mode())
    plain = model.trace(x, t)
    for entry, without in zip(weighed, plain, strict=True):
        assert not entry.gradient_at_a[0].any()
        np.testing.assert_allclose(
            entry.gradient_at_a[1], 3.0 * without.gradient_at_a[1], rtol=1e-5
        )


def test_softmax_with_cross_entropy_gives_y_minus_t_at_the_sum():
    model = Sequential([Input((4,)), Dense(3, "softmax")])
    x, t = np.random.default_rng(0).normal(size=(5, 4)), np.array([0, 2, 1, 1, 0])
    trace = model.trace(x, t)
    last = trace[-1]
    np.testing.assert_allclose(last.gradient_at_a, (trace.y - np.eye(3)[t]) / 5.0, atol=1e-7)
    assert last.gradient_at_z is None
    assert last.slope is None
    assert last.by_row
    assert trace.loss == pytest.approx(-np.log(trace.y[np.arange(5), t]).mean(), rel=1e-5)
    assert "by row" in str(trace)


@pytest.mark.peers
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "elu", "softplus"])
def test_every_gradient_is_that_of_pytorch(activation):
    torch = pytest.importorskip("torch")
    model = Sequential(
        [Input((4,)), Dense(6, activation), Dense(5), Activation(activation), Dense(3, "softmax")]
    )
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(7, 4)), rng.integers(0, 3, size=7)
    trace = model.trace(x, t, dtype="float64")
    h = getattr(torch.nn.functional, activation)
    w = [torch.tensor(v.astype(np.float64), requires_grad=True) for v in model.get_weights()]
    x0 = torch.tensor(x, requires_grad=True)
    a1 = x0 @ w[0] + w[1]
    z1 = h(a1)
    a2 = z1 @ w[2] + w[3]
    z2 = h(a2)
    a3 = z2 @ w[4] + w[5]
    for value in (a1, z1, a2, z2, a3):
        value.retain_grad()
    loss = torch.nn.functional.cross_entropy(a3, torch.tensor(t))
    loss.backward()
    assert trace.loss == pytest.approx(loss.item(), rel=1e-12)
    pairs = [
        (trace[0].gradient_at_x, x0),
        (trace[0].gradient_at_a, a1),
        (trace[0].gradient_at_z, z1),
        (trace[1].gradient_at_a, a2),
        (trace[2].gradient_at_a, a2),
        (trace[2].gradient_at_z, z2),
        (trace[3].gradient_at_a, a3),
        *zip(
            [trace[i].gradients[n] for i in (0, 1, 3) for n in ("kernel", "bias")], w, strict=True
        ),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-9, atol=1e-14)


# -- what it keeps, prints and saves


def test_a_trace_stays_as_it_was_when_training_goes_on():
    model = the_books_network()
    x = np.array(X, dtype=np.float32)
    trace = model.trace(x, [[0.0, 1.0]])
    before = {name: array.copy() for name, array in trace[0].arrays().items()}
    x[...] = 9.0
    model.parameters.vector[...] = 0.0
    for name, array in trace[0].arrays().items():
        np.testing.assert_array_equal(array, before[name])


def test_float64_is_more_exact():
    model, x, _ = every_kind()
    model.adapt(x)
    assert model.trace(x).y.dtype == np.float32
    assert model.trace(x, dtype="float64").y.dtype == np.float64


def test_a_saved_trace_is_read_without_pickle(tmp_path):
    model, x, t = every_kind()
    model.adapt(x)
    trace = model.trace(x, t, training=True)
    trace.save(tmp_path / "t.npz")
    with np.load(tmp_path / "t.npz", allow_pickle=False) as file:
        saved = dict(file)
    assert list(saved["layers"]) == [entry.name for entry in trace]
    assert saved["loss"] == trace.loss
    np.testing.assert_array_equal(saved["t"], t)
    for entry in trace:
        for name, array in entry.arrays().items():
            np.testing.assert_array_equal(saved.pop(f"{entry.name}.{name}"), array)
    assert set(saved) == {"layers", "t", "loss"}
    assert [path.name for path in tmp_path.iterdir()] == ["t.npz"]


def test_a_trace_is_not_saved_into_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="make it first"):
        the_books_network().trace(X).save(tmp_path / "none" / "t.npz")


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_fits_the_terminal_and_has_every_array(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")
    model, x, t = every_kind()
    model.adapt(x)
    trace = model.trace(x, t)
    lines = str(trace).splitlines()
    assert max(map(len, lines)) <= width
    assert "\x1b" not in str(trace)
    assert lines[0].startswith("9 samples, answering; loss L = ")
    for what in ("kernel", "slope", "dL/dkernel", "dL/da", "dL/dgamma", "moving_mean"):
        assert any(what in line.split() for line in lines), what
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(trace)
    assert [line.rstrip() for line in out.getvalue().splitlines()] == lines


def test_small_arrays_are_shown_whole():
    printed = str(the_books_network().trace(X))
    assert "0.3  0.7  1.1" in printed
    assert "0.1  0.3  0.5; 0.2  0.4  0.6" in printed
    assert "0.3168  0.6963" in printed


def test_html_shows_names_as_text():
    model = Sequential([Input((2,)), Dense(1, name="<b>&")])
    page = model.trace(X, [[1.0]])._repr_html_()
    assert "&lt;b&gt;&amp;" in page
    assert "<b>" not in page
    assert "dL/dkernel" in page


def test_what_overflows_is_shown_as_it_is():
    model = Sequential([Input((1,)), Dense(1), Dense(20)])
    model.layers[0].kernel[...] = 3e38
    trace = model.trace([[30.0]], np.zeros((1, 20)))
    assert np.isinf(trace[0].a).all()
    assert "NaN or infinite" in str(trace)
    assert str(trace.unit(0, 0)) == "3e+38*30.0 + 0.0 = inf"


def test_the_page_on_it_runs_as_it_stands(tmp_path, monkeypatch, capsys):
    """All of its code; what it prints is compared where no training comes before it."""
    page = Path(__file__).parents[2] / "docs" / "see-through.md"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "88")
    names = {}
    compared = 0
    for code, printed in re.findall(
        r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?",
        page.read_text(encoding="utf-8"),
        re.DOTALL,
    ):
        exec(code, names)
        said = capsys.readouterr().out
        assert bool(said) == bool(printed)
        if not re.search("digits|ill", code):
            assert said == printed
            compared += 1
    assert compared == 6


# -- bad input


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda trace: trace["dens"], "did you mean 'dense'"),
        (lambda trace: trace[3], "layer 3 of 3"),
        (lambda trace: trace[1.0], "its number or its name"),
        (lambda trace: trace.unit(0, 3), "has 3 units, counted from 0, no 3"),
        (lambda trace: trace.unit(0, (0, 0)), "is a place in \\(3,\\)"),
        (lambda trace: trace.unit(0, 0, sample=1), "sample 1 is not among the 1 traced"),
        (lambda trace: trace.unit(0, 0, terms=0), "terms must be a whole number"),
    ],
)
def test_a_wrong_question_is_answered_with_what_there_is(ask, message):
    with pytest.raises(InputError, match=message):
        ask(the_books_network().trace(X))


def test_a_wrong_type_is_refused():
    with pytest.raises(InputError, match="'float32' or 'float64'"):
        the_books_network().trace(X, dtype="float16")


def test_an_attribute_that_is_not_there_is_named():
    with pytest.raises(AttributeError, match=r"no 'gamma'; weights: \['kernel', 'bias'\]"):
        _ = the_books_network().trace(X)[0].gamma


@given(
    widths=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    batch=st.integers(1, 5),
    activation=st.sampled_from(["sigmoid", "relu", "swish", "softmax", "identity"]),
)
def test_shapes_are_those_of_the_layers(widths, batch, activation):
    assume(activation != "softmax" or min(widths) > 1)  # over one unit it is refused
    model = Sequential([Input((3,)), *(Dense(width, activation) for width in widths)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(batch, 3))
    trace = model.trace(x, np.zeros((batch, widths[-1])))
    for entry, inputs, units in zip(trace, [3, *widths], widths, strict=False):
        assert entry.x.shape == entry.gradient_at_x.shape == (batch, inputs)
        assert entry.a.shape == entry.z.shape == entry.gradient_at_a.shape == (batch, units)
        assert entry.gradients["kernel"].shape == entry.kernel.shape == (inputs, units)
        assert (entry.slope is None) == (activation == "softmax")


# -- the same as data


def test_the_numbers_of_a_trace_are_kept_as_data():
    model, x, t = every_kind()
    model.adapt(x)
    trace = model.trace(x, t, training=True)
    data = json.loads(json.dumps(trace.to_dict(), allow_nan=False))
    assert (data["loss"], data["training"]) == (trace.loss, True)
    np.testing.assert_array_equal(data["t"], t)
    for entry, layer in zip(trace, data["layers"], strict=True):
        assert (layer["name"], layer["kind"]) == (entry.name, type(entry.layer).__name__)
        kept = {**layer, **layer["weights"]}
        kept |= {f"gradient_of_{name}": g for name, g in layer["gradients"].items()}
        for name, array in entry.arrays().items():
            np.testing.assert_array_equal(np.float32(kept[name]), array)


def test_the_numbers_of_a_unit_are_kept_as_data():
    unit = the_books_network().trace(X).unit("dense", 0)
    data = json.loads(json.dumps(unit.to_dict(), allow_nan=False))
    assert (data["unit"], data["line"]) == ([0], str(unit))
    assert np.dot(data["x"], data["weights"]) + data["bias"] == pytest.approx(data["a"], rel=1e-6)


def test_overflow_is_none_as_data():
    model = Sequential([Input((1,)), Dense(1)])
    model.layers[0].kernel[...] = 3e38
    assert model.trace([[30.0]]).to_dict()["layers"][0]["a"] == [[None]]
