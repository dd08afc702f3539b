import io

from rich.console import Console

from badak import Input, Sequential
from badak.layers import BatchNormalization, Dense, LayerNormalization
from badak.network.summary import print_summary


def printed(model, width=80):
    out = io.StringIO()
    print_summary(model, Console(file=out, width=width))
    return out.getvalue().splitlines()


def test_the_usual_names_stand_whole_in_a_terminal_of_80_columns():
    model = Sequential([Input((784,)), Dense(50), BatchNormalization(), LayerNormalization()])
    lines = printed(model)
    assert max(map(len, lines)) <= 80
    row = next(line for line in lines if line.startswith("batch_normalization"))
    assert row.split() == ["batch_normalization", "BatchNormalization", "(batch,", "50)", "200"]


def test_a_long_name_goes_on_in_the_next_line_and_loses_nothing():
    name = "the_layer_" * 8
    lines = printed(Sequential([Input((4,)), Dense(2, name=name)]), width=60)
    assert max(map(len, lines)) <= 60
    heading = next(line for line in lines if line.startswith("layer"))
    first = [line[: heading.index("kind")].strip() for line in lines]
    assert "".join(first).find(name) >= 0


def test_a_notebook_shows_the_same_table():
    model = Sequential([Input((4,)), Dense(3, "relu"), Dense(2)], name="a<b")
    html = model._repr_html_()
    for line in printed(model)[1:]:
        assert all(word in html for word in line.split() if "─" not in word)
    assert "a&lt;b" in html
    assert Sequential([Dense(2)])._repr_html_() is None  # its shapes are not known yet
