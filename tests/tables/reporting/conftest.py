"""Models of small tables, trained once."""

import numpy as np
import polars as pl
import pytest

from badak import tables

NASTY = "<script>alert('x')</script>"


def written(folder, kind):
    """Write a table of a number, a category with a nasty name, gaps and a date; return its path."""
    rng = np.random.default_rng(0)
    rows = 240
    size = rng.normal(100.0, 20.0, rows).round(1)
    city = rng.choice(["서울", "</td><b>", "c" * 120], rows)
    sold = np.datetime64("2020-01-01") + rng.integers(0, 900, rows).astype("m8[D]")
    value = 2.0 * size + 60.0 * (city == "서울") + rng.normal(0.0, 10.0, rows)
    target = {
        "numbers": value.round(2),
        "two": np.where(value > 220.0, "high", "low"),
        "three": np.digitize(value, [190.0, 230.0]).astype(str).astype(object) + "급",
    }[kind]
    gaps = [None if place % 9 == 0 else x for place, x in enumerate(size.tolist())]
    path = folder / f"{kind}.csv"
    frame = {"크기": gaps, NASTY: city, "n" * 200: sold, "noise": rng.normal(size=rows).round(3)}
    pl.DataFrame({**frame, "목표": target}).write_csv(path)
    return path


@pytest.fixture(scope="session", params=["numbers", "two", "three"])
def trained(request, tmp_path_factory):
    """A model and the table it was trained on: of numbers, of two classes, of three."""
    return fitted(request.param, tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def numbers(tmp_path_factory):
    """A model of numbers and the table that it was trained on."""
    return fitted("numbers", tmp_path_factory.mktemp("numbers"))


def fitted(kind, folder):
    """Return a model and its table."""
    path = written(folder, kind)
    data = tables.load(path, "목표", task="regression" if kind == "numbers" else "classification")
    model = tables.make_network(data, units=(16,))
    tables.train(model, data, epochs=30)
    return model, path


@pytest.fixture(scope="session")
def told(trained):
    """The report on it."""
    model, path = trained
    return tables.report(model, path, most=4, worst_rows=4)
