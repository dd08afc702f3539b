"""The card of an activation in a notebook and on a terminal."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from badak import activations
from badak.activations import ACTIVATIONS, Activation


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_card_has_the_formula_and_a_graph_where_one_number_decides(name):
    activation = activations.get(name)
    html = activation._repr_html_()
    assert name in str(activation)
    assert ("<svg" in html) is not activation.rowwise
    assert html.count("$") == 2 * bool(activation.latex) + 2 * bool(activation.slope_latex)


def points_of(activation, number):
    """The points of a line of the graph, in the units of the activation."""
    svg = re.search(r"<svg.*</svg>", activation._repr_html_()).group()
    path = ET.fromstring(svg).findall("path")[number].get("d")
    pixels = np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", path), float)
    return pixels[:, 0] / 25.0 - 4.0, 4.0 - pixels[:, 1] / 25.0


def test_the_graph_is_the_sigmoid_and_its_slope():
    x, y = points_of(activations.get("sigmoid"), 1)
    sigmoid = 1.0 / (1.0 + np.exp(-x))
    np.testing.assert_allclose(y, sigmoid, atol=0.01)
    x, slope = points_of(activations.get("sigmoid"), 2)
    sigmoid = 1.0 / (1.0 + np.exp(-x))
    np.testing.assert_allclose(slope, sigmoid * (1.0 - sigmoid), atol=0.01)
    assert len(x) == 401


def test_a_jump_is_no_vertical_line():
    svg = activations.get("step")._repr_html_()
    assert re.search(r'd="(M[^"]*)"[^>]*2a78d6', svg).group(1).count("M") == 2


def test_an_own_activation_has_a_card_and_its_name_is_escaped():
    own = Activation("<b>", lambda x: 2.0 * x, lambda x: 2.0 + 0.0 * x)
    html = own._repr_html_()
    assert "<b>" not in html
    assert html.count("&lt;b&gt;") == 3  # the table's heading, the graph's label and title


def test_a_representation_names_the_activation_and_its_parameters():
    assert repr(activations.get("sigmoid")) == "Activation('sigmoid')"
    leaky = activations.get({"name": "leaky_relu", "negative_slope": 0.1})
    assert repr(leaky) == "Activation('leaky_relu', negative_slope=0.1)"
