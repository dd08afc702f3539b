"""`badak plot` of a network trained on a table: rows are prepared, columns are named."""

import numpy as np
import polars as pl
import pytest
from matplotlib.collections import PathCollection

from badak import pictures, tables
from badak.pictures import canvas


def rings(count=240, seed=0):
    """Two classes by the distance from a far place, so that raw columns mean nothing."""
    random = np.random.default_rng(seed)
    angle = random.uniform(0.0, 2.0 * np.pi, count)
    far = np.arange(count) % 2
    radius = np.where(far, 2.0, 0.6) + random.uniform(-0.3, 0.3, count)
    width, height = 5000.0 + 40.0 * radius * np.cos(angle), -3.0 + 0.01 * radius * np.sin(angle)
    return pl.DataFrame({"width": width, "height": height, "ring": np.where(far, "out", "in")})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A network of two columns, its file, and the table's."""
    folder = tmp_path_factory.mktemp("rings")
    rings().write_csv(folder / "rings.csv")
    data = tables.load(folder / "rings.csv", "ring")
    model = tables.make_network(data, units=(16, 16))
    tables.train(model, data, epochs=150)
    model.save(folder / "rings.safetensors")
    return model, folder / "rings.safetensors", folder / "rings.csv"


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are drawn, in their order."""
    figures = []
    keep = canvas.encoded

    def encoded(figure, form):
        figures.append(figure)
        return keep(figure, form)

    monkeypatch.setattr(canvas, "encoded", encoded)
    return figures


def test_the_boundary_asks_prepared_rows_and_stands_in_the_columns_units(badak, trained, drawn):
    model, file, table = trained
    outcome = badak("plot", "boundary", file, table)
    assert (outcome.err, outcome.code) == ("", 0)
    axes = drawn[-1].axes[0]
    frame = rings()
    prepare = tables.TablePreparation.of(model)
    answered = np.array(prepare.target.classes)[model.classify(prepare.transform(frame))]
    right = float((answered == frame["ring"].to_numpy()).mean())
    assert right > 0.95
    assert f"{right:.1%} right" in axes.get_title()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("width", "height")
    low, high = axes.get_xlim()
    assert low < frame["width"].min() < frame["width"].max() < high


def test_rows_with_gaps_are_not_drawn(badak, trained, drawn, tmp_path):
    _, file, _ = trained
    (tmp_path / "few.csv").write_text("height,ring,width\n-3,in,5000\n,in,5000\n-3,,5000\n")
    assert badak("plot", "boundary", file, "few.csv").code == 0
    collections = drawn[-1].axes[0].collections
    points = [each.get_offsets() for each in collections if isinstance(each, PathCollection)]
    assert np.concatenate(points).tolist() == [[5000.0, -3.0]]


@pytest.mark.parametrize("command", ["confusion", "layers"])
def test_answers_are_those_to_the_rows_that_were_held_out(badak, trained, tmp_path, command):
    model, file, table = trained
    outcome = badak("plot", command, file, table)
    assert (outcome.err, outcome.code) == ("", 0)
    x, y = tables.load(table, "ring").test
    if command == "layers":
        figure = pictures.layers(model, x[np.argsort(order_of(table))])
    else:
        figure = pictures.confusion(y, model.classify(x), model.class_names)
    made = (tmp_path / f"rings.{command}.png").read_bytes()
    assert made == canvas.encoded(figure, "png")


def order_of(table):
    """The places in the file of the held-out rows, in the order in which `load` gives them."""
    widths = tables.load(table, "ring").test[0][:, 0]
    whole = tables.TablePreparation.transform(
        tables.load(table, "ring").preparation, pl.read_csv(table)
    )[:, 0]
    return [int(np.flatnonzero(whole == each)[0]) for each in widths]


def test_the_network_and_its_first_weights_name_the_features(badak, trained, drawn):
    _, file, _ = trained
    assert badak("plot", "network", file).code == 0
    assert {"width", "height"} <= {text.get_text() for text in drawn[-1].axes[0].texts}
    assert badak("plot", "weights", file).code == 0
    assert [text.get_text() for text in drawn[-1].axes[0].get_xticklabels()] == ["width", "height"]


def test_many_features_of_a_table_are_no_image(badak, drawn, tmp_path):
    random = np.random.default_rng(0)
    names = [f"c{i}" for i in range(64)]
    frame = pl.DataFrame({name: random.normal(size=40) for name in names})
    frame.with_columns(y=pl.Series(random.normal(size=40))).write_csv("wide.csv")
    data = tables.load("wide.csv", "y")
    tables.make_network(data, units=(4,)).save("wide.safetensors")
    outcome = badak("plot", "weights", "wide.safetensors")
    assert (outcome.err, outcome.code) == ("", 0)
    assert len(drawn[-1].axes[0].images) == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("boundary", "{file}", "other.csv"), "lacks the column 'height'"),
        (("confusion", "{file}"), "give it one, such as rings.csv"),
        (("confusion", "{file}", "untold.csv"), "'ring' is no column of"),
        (("misclassified", "{file}", "{table}"), "no images to draw"),
        (("layers", "{file}", "other.csv"), "lacks the column 'height'"),
    ],
)
def test_what_does_not_fit_the_table_is_refused(badak, trained, tmp_path, arguments, complaint):
    _, file, table = trained
    (tmp_path / "other.csv").write_text("width,ring\n5000,in\n")
    (tmp_path / "untold.csv").write_text("width,height\n5000,-3\n")
    outcome = badak("plot", *(each.format(file=file, table=table) for each in arguments))
    assert outcome.code == 1
    assert complaint in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_boundary_takes_two_columns_of_numbers_and_classes(badak, tmp_path):
    rows = "".join(f"{i * 7 % 5},{'rb'[i % 2]},{i % 3 / 2}\n" for i in range(60))
    (tmp_path / "mixed.csv").write_text("size,colour,price\n" + rows)
    for target in ("colour", "price"):
        data = tables.load("mixed.csv", target)
        tables.make_network(data, units=(4,)).save(f"{target}.safetensors")
    assert badak("plot", "boundary", "colour.safetensors", "mixed.csv").code == 0
    outcome = badak("plot", "boundary", "price.safetensors", "mixed.csv")
    assert outcome.code == 1
    assert "size (number), colour (category)" in outcome.err
