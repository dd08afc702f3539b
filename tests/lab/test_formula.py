"""Typed formulas: what is read, its value, its slope, and what is refused, with the place."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special

from badak import Input, Sequential, load_model
from badak.formats import export
from badak.lab.expressions import CALLABLE, FUNCTIONS, written
from badak.lab.formula import LONGEST, FormulaError, activation, parse
from badak.layers import Dense

X = np.linspace(-3.05, 2.97, 200)  # no whole number, where slopes jump

OF_NUMPY = {
    "x * sigmoid(x)": X * special.expit(X),
    "max(0, x)": np.maximum(X, 0.0),
    "x**3 - 2*x + 1": X**3 - 2.0 * X + 1.0,
    "-x**2": -(X**2),
    "2**-x": 2.0**-X,
    "2 ** 3 ** 2 * x": 512.0 * X,
    "x / (1 + abs(x))": X / (1.0 + np.abs(X)),
    "exp(-x**2 / 2)": np.exp(-(X**2) / 2.0),
    "sin(3*x) + cos(x)": np.sin(3.0 * X) + np.cos(X),
    "x if x > 0 else 0.1 * x": np.where(X > 0.0, X, 0.1 * X),
    "(x >= 1) * x + (x < 1)": np.where(X >= 1.0, X, 1.0),
    "where(x <= 1, x, 1)": np.minimum(X, 1.0),
    "log(1 + exp(x))": np.logaddexp(0.0, X),
    "sqrt(x*x + 1) - pi + e": np.sqrt(X * X + 1.0) - np.pi + np.e,
    "min(max(x, -1), 1)": np.clip(X, -1.0, 1.0),
    "7": np.full_like(X, 7.0),
    "sign(x) * floor(x)": np.sign(X) * np.floor(X),
    "2 × x − 1 ÷ 4": 2.0 * X - 0.25,
}


@pytest.mark.parametrize("text", OF_NUMPY)
def test_a_formula_is_worth_what_numpy_says(text):
    assert np.allclose(parse(text, ["x"])(X), OF_NUMPY[text], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "text", [*OF_NUMPY, *(f"{n}(x)" for n in CALLABLE if FUNCTIONS[n].parts == 1)]
)
def test_the_slope_is_that_of_central_differences(text):
    x = np.abs(X) + 0.1 if text in ("log(x)", "sqrt(x)") else X
    formula = parse(text, ["x"])
    h = 1e-6
    measured = (formula(x + h) - formula(x - h)) / (2.0 * h)
    assert np.allclose(formula.derivative("x")(x), measured, rtol=1e-6, atol=1e-6)


def test_each_variable_has_its_own_slope():
    formula = parse("x1**2 * sin(x2)", ["x1", "x2"])
    x1, x2 = np.array([1.0, 2.0]), np.array([0.5, -1.0])
    assert np.allclose(formula.derivative("x1")(x1, x2), 2.0 * x1 * np.sin(x2))
    assert np.allclose(formula.derivative("x2")(x1, x2), x1**2 * np.cos(x2))
    assert formula.used == {"x1", "x2"}


def formulas(depth: int = 3) -> st.SearchStrategy[str]:
    """Texts of smooth formulas of x."""
    leaves = st.sampled_from(["x", "2", "0.5", "pi", "1.5"])

    def larger(inner):
        pair = st.tuples(inner, inner)
        return st.one_of(
            pair.map(lambda p: f"({p[0]}) + ({p[1]})"),
            pair.map(lambda p: f"({p[0]}) - ({p[1]})"),
            pair.map(lambda p: f"({p[0]}) * ({p[1]})"),
            pair.map(lambda p: f"({p[0]}) / (1 + ({p[1]})**2)"),
            inner.map(lambda p: f"-({p})"),
            inner.map(lambda p: f"({p})**3"),
            *(
                inner.map(lambda p, n=n: f"{n}({p})")
                for n in ("sin", "cos", "tanh", "sigmoid", "softplus")
            ),
        )

    return st.recursive(leaves, larger, max_leaves=6)


@given(formulas())
@settings(max_examples=150, deadline=None)
def test_any_formula_reads_differentiates_and_writes_itself_back(text):
    assume(len(text) <= LONGEST)
    x = np.linspace(-1.5, 1.5, 31)
    formula = parse(text, ["x"])
    derived = formula.derivative("x")
    again = (
        parse(written(formula.tree), ["x"]) if len(written(formula.tree)) <= LONGEST else formula
    )
    assert np.allclose(again(x), formula(x), rtol=1e-9, equal_nan=True)
    names = {"sin": np.sin, "cos": np.cos, "tanh": np.tanh, "pi": np.pi, "x": x}
    names |= {"sigmoid": special.expit, "softplus": lambda z: np.logaddexp(0.0, z)}
    with np.errstate(all="ignore"):
        expected = np.broadcast_to(eval(text, {}, names), x.shape)
        h = 1e-5
        measured = (formula(x + h) - formula(x - h)) / (2.0 * h)
        curvature = np.abs(formula(x + h) - 2.0 * formula(x) + formula(x - h)) / h
    assert np.allclose(formula(x), expected, rtol=1e-9, equal_nan=True)
    near = (
        np.abs(derived(x) - measured)
        <= 1e-5 * (1.0 + np.abs(derived(x)) + np.abs(formula(x))) + curvature
    )
    assert near.all()


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_formula_or_refused_with_a_place_in_it(text):
    caught = None
    try:
        activation(text)
    except FormulaError as error:  # any other kind of error fails the test
        caught = error
    assert caught is None or 0 <= caught.start <= caught.end <= max(len(text), caught.start + 1)


@pytest.mark.parametrize(
    ("text", "start", "said"),
    [
        ("", 0, "empty"),
        ("2x", 0, "no formula"),
        ("x +", 3, "no formula"),
        ("x + y", 4, "no y"),
        ("3 + sigmod(x)", 4, "sigmoid"),
        ("x^2", 0, "**"),
        ("max(x)", 0, "takes 2"),
        ("sin", 0, "sin(x)"),
        ("x.real", 0, "only numbers"),
        ("x[0]", 0, "only numbers"),
        ("1 < x < 2", 0, "only numbers"),
        ("'x'", 0, "only numbers"),
        ("True", 0, "only numbers"),
        ("3j", 0, "only numbers"),
        ("(lambda: x)()", 0, "only numbers"),
        ("[i for i in x]", 0, "only numbers"),
        ("__import__('os').system('true')", 0, "only numbers"),
        ("exec('1')", 0, "no function exec"),
        ("exp(x, where=1)", 0, "only numbers"),
        ("x ** 99", 5, "exponents"),
        ("9**9**9**9", 6, "exponents"),
        ("2 + 1/0", 4, "float32"),
        ("1e39 * x", 0, "float32"),
        ("(-8)**(1/3)", 0, "float32"),
        ("x\n+ 1", 1, "one line"),
        ("x # 1", 2, "comments"),
        ("é + 가", 0, "no é"),
        ("x + 가(x)", 4, "no function"),
        ("-" * 40 + "x", 30, "more than"),
        ("x" + "+x" * 150, LONGEST, "characters"),
        ("log(x)", 0, "at x = 0 "),
        ("1 / (x - 1)", 0, "at x = 1 "),
        ("sqrt(x)", 0, "not a finite"),
        ("exp(exp(x))", 0, "not a finite"),
    ],
)
def test_what_is_no_formula_is_refused_at_its_place(text, start, said):
    with pytest.raises(FormulaError, match=None) as caught:
        activation(text)
    assert said in str(caught.value)
    assert caught.value.start == start


def test_the_field_of_the_recipe_is_named():
    with pytest.raises(FormulaError) as caught:
        activation("x +", "network.layers.0.activation")
    assert caught.value.where == "network.layers.0.activation"


@pytest.mark.parametrize(
    "text", ["x * sigmoid(x)", "sin(3*x)", "x if x > 0 else 0.1*x", "x**5 / 100", "max(0, x)"]
)
def test_a_typed_activation_is_compiled_and_trains_as_numpy_has_it(text, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2)).astype(np.float32)
    t = (x[:, 0] * x[:, 1] > 0.0).astype(np.int64)

    def trained(engine):
        stack = [Input((2,)), Dense(6, activation(text)), Dense(2, "softmax")]
        model = Sequential(stack, seed=1, engine=engine)
        model.compile("adam")
        model.fit(x, t, epochs=3, verbose=0)
        return model

    compiled, numpy = trained("compiled"), trained("reference")
    assert np.allclose(compiled.predict(x), numpy.predict(x), atol=1e-4)
    assert compiled.check_gradients(x[:20], t[:20]).largest < 1e-5
    compiled.save(tmp_path / "own.safetensors")
    again = load_model(
        tmp_path / "own.safetensors", custom_objects={activation(text).name: activation(text)}
    )
    assert (again.predict(x) == compiled.predict(x)).all()
    export(compiled, tmp_path / "own.py")
    done = subprocess.run(
        [sys.executable, tmp_path / "own.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_equal_texts_are_one_activation_so_that_it_is_compiled_once():
    assert activation("x * 3") is activation("x * 3", "network.layers.1.activation")


def test_a_formula_is_written_in_another_language():
    tree = parse("max(x, 0)**2 + 1", ["x"]).tree
    assert written(tree, {"max": "np.maximum({0}, {1})"}) == "np.maximum(x, 0.0)**2.0 + 1.0"


@pytest.mark.parametrize(
    ("text", "value", "slope"),
    [
        ("x * sigmoid(x)", r"x \cdot \sigma(x)", r"\sigma(x) + x \cdot \sigma'(x)"),
        ("max(0, x)", r"\max(x, 0)", r"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}"),
        ("x / (1 + abs(x))", r"\frac{x}{1 + |x|}", None),
        ("exp(-x**2)", "e^{-x^{2}}", r"e^{-x^{2}} \cdot (-2 x)"),
        ("(x - 1) * (x + 2)", r"(x - 1) \cdot (x + 2)", None),
        ("1e-7 * x", r"1 \cdot 10^{-7} x", r"1 \cdot 10^{-7}"),
        ("2 - (x - 1)", "2 - (x - 1)", "-1"),
    ],
)
def test_a_typed_activation_is_set_as_a_formula(text, value, slope):
    made = activation(text)
    assert made.latex == f"h(x) = {value}"
    assert slope is None or made.slope_latex == f"h'(x) = {slope}"


@pytest.mark.parametrize("text", OF_NUMPY)
def test_matplotlib_sets_every_typed_formula(text):
    from badak.lab.typeset import latex
    from badak.pictures.formulas import mathtext

    assert mathtext(latex(parse(text, ["x"]).tree))
