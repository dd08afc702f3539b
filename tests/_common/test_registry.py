"""One table a kind of thing: any spelling finds it, an unknown name is told the nearest."""

import dataclasses

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from badak._common.registry import Registry, configuration, nearest, snake_case
from badak.errors import InputError, UnknownNameError


@dataclasses.dataclass(frozen=True)
class Circle:
    radius: float = 1.0
    colour: str = "red"


@dataclasses.dataclass(frozen=True)
class Square:
    side: float


@pytest.fixture
def shapes():
    table = Registry("shape", {"Circle": Circle})
    table.add("Square", Square, aliases=("box", "quad_1"))
    return table


words = st.lists(st.text("abcdefg123", min_size=1, max_size=5), min_size=1, max_size=4)


@given(words, st.data())
def test_case_spaces_hyphens_and_underscores_do_not_count(parts, data):
    thing = object()
    table = Registry("thing", {"_".join(parts): thing})
    spelt = data.draw(st.sampled_from(["", "-", "_", " ", " - "])).join(parts)
    for name in (spelt, spelt.upper(), spelt.title(), f" {spelt} "):
        assert table[name] is thing
        assert name in table
        with pytest.raises(ValueError, match=r"the thing registry has"):
            table.add(name, thing)
    assert list(table) == ["_".join(parts)]


@given(words, words)
def test_other_names_are_other_things(mine, other):
    assume("".join(mine) != "".join(other))
    table = Registry("thing", {"_".join(mine): 1})
    assert "_".join(other) not in table
    with pytest.raises(UnknownNameError, match="unknown thing"):
        table["_".join(other)]


def test_aliases_are_found_and_not_listed(shapes):
    assert shapes["BOX"] is shapes["Quad-1"] is shapes["square"] is Square
    assert list(shapes) == ["Circle", "Square"]
    assert len(shapes) == 2


def test_what_is_no_string_is_in_no_table(shapes):
    assert None not in shapes
    assert 3 not in shapes
    for name in (3, None, ["box"]):
        with pytest.raises(UnknownNameError, match=r"is a string, not .*Circle, Square"):
            shapes[name]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("circel", "unknown shape 'circel'; did you mean 'Circle'? (known: Circle, Square)"),
        ("boxx", "unknown shape 'boxx'; did you mean 'box'? (known: Circle, Square)"),
        ("zzz", "unknown shape 'zzz'; known: Circle, Square"),
        ("", "unknown shape ''; known: Circle, Square"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(shapes, name, answer):
    with pytest.raises(UnknownNameError) as refusal:
        shapes[name]
    assert str(refusal.value) == answer
    assert isinstance(refusal.value, InputError)
    assert refusal.value.__suppress_context__


@given(st.floats(allow_nan=False), st.text())
def test_a_configuration_makes_an_equal_object(radius, colour):
    table = Registry("shape", {"Circle": Circle})
    circle = Circle(radius, colour)
    assert configuration(circle) == {"name": "Circle", "radius": radius, "colour": colour}
    assert table.make(configuration(circle)) == circle
    assert table.make({"name": "circle"}) == table.make("CIRCLE") == Circle()


def test_making_does_not_change_the_configuration(shapes):
    given_in = {"name": "box", "side": 2.0}
    assert shapes.make(given_in) == Square(2.0)
    assert given_in == {"name": "box", "side": 2.0}


@pytest.mark.parametrize("thing", [Circle(2.0), Circle, None, 3.5])
def test_what_is_no_name_and_no_configuration_is_handed_back(shapes, thing):
    assert shapes.make(thing) is thing


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"radius": 1.0}, "the configuration of a shape has no 'name': {'radius': 1.0}"),
        ({"name": "circle", "width": 1.0}, "shape 'circle': .*unexpected keyword argument 'width'"),
        ("square", "shape 'square': .*missing 1 required .*'side'"),
        ({"name": "circel"}, "unknown shape 'circel'; did you mean 'Circle'"),
        ({"name": 3}, "the name of a shape is a string, not int 3"),
    ],
)
def test_what_cannot_be_made_is_refused(shapes, spec, message):
    with pytest.raises(InputError, match=message):
        shapes.make(spec)


def test_a_fault_inside_the_thing_itself_is_not_hidden():
    def broken():
        raise ArithmeticError("inside")

    with pytest.raises(ArithmeticError, match="inside"):
        Registry("thing", {"broken": broken}).make("broken")


def test_nearest():
    assert nearest("loss", ["los", "accuracy"]) == "; did you mean 'los'?"
    assert nearest("loss", ["accuracy"]) == ""
    assert nearest("loss", []) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("Dense", "dense"), ("BatchNormalization", "batch_normalization"), ("ReLU", "re_lu")),
        *(("PReLU", "p_re_lu"), ("ELU", "elu"), ("LeakyReLU", "leaky_re_lu")),
    ],
)
def test_layers_are_named_as_keras_names_them(name, expected):
    assert snake_case(name) == expected


@pytest.mark.peers
@pytest.mark.parametrize("name", ["Dense", "ReLU", "LayerNormalization", "ELU", "GaussianNoise"])
def test_layers_are_named_as_keras_does_itself(monkeypatch, name):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    naming = pytest.importorskip("keras.src.utils.naming")
    assert snake_case(name) == naming.to_snake_case(name)
