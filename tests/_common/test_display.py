import json
import math

import numpy as np
import pytest

from badak import Input, Sequential
from badak._common.display import View, as_html, as_text
from badak._common.json_data import json_data
from badak.layers import Dense

X = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
T = np.arange(20) % 3


def model():
    network = Sequential([Input((4,)), Dense(5, "relu"), Dense(3, "softmax")], seed=1)
    network.compile("adam")
    return network


def shown():
    network = model()
    history = network.fit(X, T, epochs=2, verbose=0)
    trace = network.trace(X[:2], T[:2])
    return {
        "trace": trace,
        "layer of a trace": trace["dense"],
        "unit": trace.unit("dense", 0),
        "inspection": network.inspect(X, T),
        "explanation": network.explain(X[0]),
        "gradient check": network.check_gradients(X, T),
        "history": history,
    }


@pytest.mark.parametrize("name", shown())
def test_what_is_shown_is_data_that_json_holds(name):
    data = shown()[name].to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@pytest.mark.parametrize("name", shown())
def test_text_and_html_show_every_cell_of_the_view(name):
    thing = shown()[name]
    view = thing.view()
    text, html = as_text(thing), as_html(thing)
    for line in (*view.headlines, *view.headings):
        for word in line.split():
            assert word in text
    assert html.count("<td") == sum(len(row) for row in view.rows)
    assert html.count("<p>") == len(view.headlines) + len(view.notes)


def test_the_numbers_of_a_trace_are_those_of_numpy():
    network = model()
    (entry, *_) = network.trace(X[:2]).to_dict()["layers"]
    a = X[:2].astype(np.float64) @ network.layers[0].kernel + network.layers[0].bias
    np.testing.assert_allclose(entry["a"], a, rtol=1e-5, atol=1e-6)


def test_what_json_cannot_hold_is_none():
    assert json_data([math.nan, np.float32("inf"), np.array([1.0, -np.inf])]) == [
        None,
        None,
        [1.0, None],
    ]
    with pytest.raises(TypeError, match="is no plain data"):
        json_data(object())


def test_a_view_escapes_what_html_would_read():
    assert "&lt;b&gt;" in as_html(View(headlines=("<b>",), headings=("<i>",), rows=(("&",),)))
