"""Every kind of data: what it holds, that the script's lines make the same, and what is refused."""

import numpy as np
import pytest

from badak import datasets
from badak.lab import data
from badak.lab.data import Uploads
from badak.lab.errors import RecipeError

PLANES = ("circle", "xor", "gauss", "spiral")
REGRESSIONS = ("plane", "bumps")
ARRAYS = ("x_train", "t_train", "x_test", "t_test")


def by_script(code):
    """The arrays that the script's lines make."""
    names: dict[str, object] = {}
    exec(code, names)
    return {name: names[name] for name in ARRAYS}


MADE = [
    *({"kind": kind} for kind in (*PLANES, *REGRESSIONS)),
    {"kind": "spiral", "samples": 81, "noise": 0.3, "seed": 7, "test_share": 0.4},
    {"kind": "digits", "test_share": 0.2, "seed": 3},
    {"kind": "function", "formula": "sin(3 * x) + 0.1 * x**2"},
    {"kind": "function", "formula": "x1 * sigmoid(x2) if x1 > 0 else max(x1, x2)", "noise": 0.2},
    {"kind": "function", "formula": "2"},
    {"kind": "points", "points": [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0.5, 0.25, 1]]},
    {"kind": "points", "task": "number", "points": [[0.1, 0.2, -1.5]] * 5},
]


@pytest.mark.parametrize("spec", MADE, ids=str)
def test_the_scripts_lines_make_the_same_arrays_to_the_bit(spec):
    loaded = data.load(spec)
    for name, array in by_script(loaded.code).items():
        expected = getattr(loaded, name)
        assert array.dtype == expected.dtype
        assert np.array_equal(array, expected), name


@pytest.mark.parametrize("kind", PLANES)
def test_a_plane_has_points_of_two_classes_within_its_axes(kind):
    loaded = data.load({"kind": kind, "samples": 400, "test_share": 0.25})
    assert (loaded.x_train.shape, loaded.x_test.shape) == ((300, 2), (100, 2))
    assert loaded.x_train.dtype == np.float32
    assert set(np.unique(loaded.t_train)) == {0, 1}
    assert 0.35 < loaded.t_train.mean() < 0.65
    low, high = loaded.ranges.T
    assert (loaded.x_train > low).all()
    assert (loaded.x_train < high).all()
    assert (loaded.task, loaded.units, loaded.look) == ("classes", 2, "plane")


def test_without_noise_the_classes_are_what_the_name_says():
    x, t = (getattr(data.load({"kind": "xor", "noise": 0.0}), n) for n in ("x_train", "t_train"))
    assert np.array_equal(t == 1, x[:, 0] * x[:, 1] < 0.0)
    x, t = (getattr(data.load({"kind": "circle", "noise": 0.0}), n) for n in ("x_train", "t_train"))
    assert np.array_equal(t == 1, np.linalg.norm(x, axis=1) < 0.6)


def test_the_regression_of_the_plane_is_a_plane():
    loaded = data.load({"kind": "plane", "noise": 0.0})
    assert np.allclose(loaded.t_train[:, 0], loaded.x_train.mean(axis=1), atol=1e-6)
    assert (loaded.task, loaded.units, loaded.t_train.shape) == ("number", 1, (375, 1))


@pytest.mark.parametrize("kind", [*PLANES, *REGRESSIONS])
def test_the_seed_settles_the_points_and_another_gives_others(kind):
    first, same, other = (data.load({"kind": kind, "seed": seed}) for seed in (1, 1, 2))
    assert np.array_equal(first.x_train, same.x_train)
    assert not np.array_equal(first.x_train, other.x_train)


def test_the_digits_are_those_of_the_package_with_layers_that_scale_them():
    loaded = data.load({"kind": "digits", "test_share": 0.2, "seed": 0})
    (x, t), _ = datasets.digits.load_data()
    assert np.array_equal(loaded.x_train, x)
    assert np.array_equal(loaded.t_train, t)
    assert [type(layer).__name__ for layer in loaded.preparation] == ["Rescaling", "Flatten"]
    assert loaded.preparation[0] is not loaded.preparation[0]
    assert loaded.model_preparation["kind"] == "digit"


def test_mnist_is_read_where_its_files_are_and_else_said_to_be_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("BADAK_DATA", str(tmp_path))
    monkeypatch.setattr("badak.datasets.download._cache", lambda: tmp_path)
    with pytest.raises(RecipeError, match="train-images") as caught:
        data.load({"kind": "mnist"})
    assert caught.value.where == "data.kind"
    told = {kind["kind"]: kind for kind in data.catalogue()}
    assert not told["mnist"]["available"]
    assert "train-images" in told["mnist"]["why_not"]
    folder = tmp_path / "mnist"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for part, count in (("train", 150), ("t10k", 120)):
        images = rng.integers(0, 256, (count, 28, 28)).astype(np.uint8)
        datasets.write_idx(folder / f"{part}-images-idx3-ubyte", images)
        datasets.write_idx(
            folder / f"{part}-labels-idx1-ubyte", rng.integers(0, 10, count).astype(np.uint8)
        )
    loaded = data.load({"kind": "mnist", "samples": 100})
    assert loaded.x_train.shape == (100, 28, 28)
    assert loaded.maximum == 255
    for name, array in by_script(loaded.code).items():
        assert np.array_equal(array, getattr(loaded, name))


def test_a_typed_function_is_what_numpy_says_of_it():
    one = data.load({"kind": "function", "formula": "sin(3*x)", "noise": 0.0})
    assert np.allclose(one.t_train, np.sin(3.0 * one.x_train), atol=1e-6)
    assert one.features == ("x",)
    two = data.load({"kind": "function", "formula": "x1 * x2", "noise": 0.0, "low": -1, "high": 3})
    assert np.allclose(two.t_train[:, 0], two.x_train.prod(axis=1), atol=1e-5)
    assert two.x_train.min() >= -1.0
    assert two.x_train.max() <= 3.0


def test_a_grid_goes_from_the_upper_left_row_by_row():
    loaded = data.load({"kind": "xor"})
    grid = loaded.grid(3)
    (left, right), (low, high) = loaded.ranges
    assert np.allclose(grid[0], [left, high])
    assert np.allclose(grid[2], [right, high])
    assert np.allclose(grid[-1], [right, low])
    assert data.load({"kind": "function"}).grid(5).shape == (5, 1)
    assert data.load({"kind": "digits"}).grid(5).shape == (0, 8, 8)
    assert np.array_equal(loaded.places()[:375], loaded.x_train)


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        ({}, "data.kind"),
        ({"kind": 3}, "data.kind"),
        ({"kind": "circel"}, "data.kind"),
        ("circle", "data.kind"),
        ({"kind": "circle", "noise": -1}, "data.noise"),
        ({"kind": "circle", "noise": float("nan")}, "data.noise"),
        ({"kind": "circle", "noise": True}, "data.noise"),
        ({"kind": "circle", "samples": 10**9}, "data.samples"),
        ({"kind": "circle", "samples": 50.5}, "data.samples"),
        ({"kind": "circle", "samples": "many"}, "data.samples"),
        ({"kind": "circle", "seed": -1}, "data.seed"),
        ({"kind": "circle", "test_share": 1}, "data.test_share"),
        ({"kind": "function", "formula": "x +"}, "data.formula"),
        ({"kind": "function", "formula": "log(x)"}, "data.formula"),
        ({"kind": "function", "formula": "x + x1"}, "data.formula"),
        ({"kind": "function", "formula": 7}, "data.formula"),
        ({"kind": "function", "low": 2, "high": 1}, "data.low"),
        ({"kind": "points"}, "data.points"),
        ({"kind": "points", "points": "abcd"}, "data.points"),
        ({"kind": "points", "points": [[0, 0, 1]] * 5}, "data.points"),
        ({"kind": "points", "points": [[0, 0, 1]] * 2000}, "data.points"),
        (
            {"kind": "points", "points": [[0, 0, 1], [1, 1, 0], [0, 0, 99], [0, 0, 0]]},
            "data.points.2",
        ),
        ({"kind": "points", "points": [[0, 0, 0], [float("inf"), 1, 0]] * 2}, "data.points.1"),
        ({"kind": "points", "points": [[0, 0, 0], [1, 0]] * 2}, "data.points.1"),
        ({"kind": "points", "task": "guess"}, "data.task"),
        ({"kind": "table", "upload": "1"}, "data.upload"),
        ({"kind": "pictures", "upload": None}, "data.upload"),
        ({"kind": "drawn", "upload": "../etc"}, "data.upload"),
        ({"kind": "given"}, "data.upload"),
    ],
    ids=str,
)
def test_what_is_no_recipe_of_data_is_refused_by_the_name_of_its_field(spec, where):
    with pytest.raises(RecipeError) as caught:
        data.load(spec, Uploads())
    assert caught.value.where == where


def test_the_catalogue_tells_each_field_with_its_default_that_loads():
    for kind in data.catalogue():
        for field in kind["fields"]:
            assert set(field) == {"name", "title", "kind", "default", "low", "high", "choices"}
            assert field["title"]
        if kind["available"] and kind["kind"] not in {
            "points",
            "table",
            "pictures",
            "drawn",
            "given",
        }:
            spec = {field["name"]: field["default"] for field in kind["fields"]}
            loaded = data.load({"kind": kind["kind"], **spec})
            assert kind["task"] == loaded.task
