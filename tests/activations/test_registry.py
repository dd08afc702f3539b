"""Activations by name, by Keras's and the book's names, by function and by configuration."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak import activations
from badak.activations import ACTIVATIONS, ELU, IDENTITY, LEAKY_RELU, Activation, get
from badak.errors import InputError, UnknownNameError

RECORDS = [ACTIVATIONS[name] for name in ACTIVATIONS]
NAMES = [name for record in RECORDS for name in (record.name, *record.aliases)]
KERAS = [
    *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "softplus", "softsign", "mish"),
    *("silu", "swish", "gelu", "tanh", "sigmoid", "hard_sigmoid", "exponential"),
    *("softmax", "log_softmax"),
]
BOOK = ["step_function", "sigmoid", "relu", "identity_function", "softmax"]


def test_no_two_have_a_name_in_common():
    assert len(set(NAMES)) == len(NAMES)
    assert len(ACTIVATIONS) == len(RECORDS)


@given(st.sampled_from(NAMES), st.data())
def test_names_are_found_however_they_are_spelt(name, data):
    letters = [data.draw(st.sampled_from([c, c.upper()])) for c in name]
    joints = [
        "".join(data.draw(st.sampled_from(["_", "-", " ", ""]))) if c == "_" else c for c in letters
    ]
    assert get("".join(joints)) is ACTIVATIONS[name]


@pytest.mark.parametrize("name", KERAS + BOOK)
def test_the_names_of_keras_and_of_the_book(name):
    assert isinstance(get(name), Activation)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_what_get_takes(record):
    assert get(record) is record
    assert get(record.value) is record
    assert get(record.name) is record
    assert get(record.get_config()) == record
    assert get(json.loads(json.dumps(record.get_config()))) == record


def test_the_functions_that_bear_other_names():
    assert get(activations.linear) is IDENTITY
    assert get(activations.silu).name == "swish"
    assert get(None) is IDENTITY


@given(st.floats(0, 10))
def test_a_configuration_keeps_the_parameters(slope):
    record = LEAKY_RELU.with_parameters(negative_slope=slope)
    assert get(record.get_config()) == record
    assert get({"name": "LeakyReLU", "negative_slope": slope}) == record
    np.testing.assert_allclose(get(record.get_config())(np.array([-2.0])), -2.0 * slope)


def test_an_activation_of_your_own_is_handed_back():
    square = Activation("square", lambda x: x * x, lambda x: 2.0 * x)
    assert get(square) is square
    assert square.smooth is None
    assert square.range == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("sigmod", "sigmoid"), ("Rellu", "relu"), ("softmaxx", "softmax"), ("liner", "linear")],
)
def test_an_unknown_name_is_answered_with_the_nearest(typo, meant):
    with pytest.raises(
        UnknownNameError, match=f"unknown activation '{typo}'; did you mean '{meant}'"
    ):
        get(typo)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("qqqqqqq", "unknown activation 'qqqqqqq'; known: step, threshold, identity, relu"),
        (5, "a string, not int 5"),
        ({"alpha": 1.0}, "the configuration of an activation has no 'name': {'alpha': 1.0}"),
        ({"name": "elu", "slope": 1.0}, "elu has no parameter 'slope'; it has: alpha"),
        (np.tanh, "the slope of the function 'tanh' is not known; give Activation"),
        (lambda x: x, "the slope of the function '<lambda>' is not known"),
    ],
)
def test_what_get_refuses(spec, message):
    with pytest.raises(InputError, match=message):
        get(spec)


def test_every_function_of_the_table_is_a_public_name():
    for record in RECORDS:
        assert getattr(activations, record.value.__name__) is record.value
        assert getattr(activations, record.slope.__name__) is record.slope
        assert {record.value.__name__, record.slope.__name__} <= set(activations.__all__)


def test_a_parameter_of_a_record_is_a_number_of_python():
    assert type(ELU.with_parameters(alpha=np.int64(2)).parameters["alpha"]) is float
