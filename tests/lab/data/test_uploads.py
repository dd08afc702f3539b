"""A user's own files: taken in within bounds, their names never paths, and read as badak reads."""

import io
import json
import zipfile

import numpy as np
import pytest

from badak import tables
from badak.errors import BadakError
from badak.lab import data
from badak.lab.data import Uploads, pictures, uploads
from badak.lab.errors import RecipeError

RNG = np.random.default_rng(0)
CITIES = ("Busan", "Jeju", "Seoul")


@pytest.fixture
def kept():
    made = Uploads()
    yield made
    made.close()


def houses(rows=120):
    """A table of houses: two numbers, a city, a date, and a price that follows from them."""
    rng = np.random.default_rng(1)
    lines = ["area,rooms,city,built,price"]
    for _ in range(rows):
        area, rooms, city = rng.uniform(20, 100), rng.integers(1, 6), rng.integers(3)
        built = f"20{rng.integers(10, 24)}-0{rng.integers(1, 9)}-1{rng.integers(9)}"
        price = 3.0 * area + 10.0 * rooms + 20.0 * city + rng.normal(0.0, 20.0)
        lines.append(f"{area:.1f},{rooms},{CITIES[city]},{built},{price:.2f}")
    return "\n".join(lines).encode()


def picture(shade, size=(12, 9)):
    from PIL import Image

    written = io.BytesIO()
    Image.new("L", size, shade).save(written, "png")
    return written.getvalue()


def zipped(files):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


ANIMALS = {
    **{f"animals/개/{i}.png": picture(20 + i) for i in range(6)},
    **{f"animals/cat/{i}.png": picture(200 + i) for i in range(5)},
    "animals/readme.txt": b"no picture",
    "__MACOSX/animals/cat/._0.png": b"none either",
    "animals/.hidden/0.png": picture(3),
}


def test_a_table_is_read_as_badak_train_reads_it(kept, tmp_path):
    told = kept.add("table", "집값.csv", houses())
    assert told["columns"] == ["area", "rooms", "city", "built", "price"]
    assert (told["rows"], told["target"], told["name"]) == (120, "price", "집값.csv")
    loaded = data.load({"kind": "table", "upload": told["upload"], "test_share": 0.2}, kept)
    (tmp_path / "집값.csv").write_bytes(houses())
    expected = tables.load(tmp_path / "집값.csv", "price", held_out=0.2, validation=0.0)
    assert np.array_equal(loaded.x_train, expected.train[0])
    assert np.allclose(loaded.t_test[:, 0], expected.test[1])
    assert loaded.scale == expected.scale
    assert loaded.features == tuple(expected.preparation.features)
    assert [type(layer).__name__ for layer in loaded.ending] == ["Rescaling"]
    assert loaded.model_preparation == expected.preparation.as_dict()


def test_the_scripts_lines_read_the_same_table(kept, tmp_path, monkeypatch):
    told = kept.add("table", "집값.csv", houses())
    for target in ("price", "city"):
        spec = {"kind": "table", "upload": told["upload"], "target": target}
        loaded = data.load(spec, kept)
        (tmp_path / "집값.csv").write_bytes(houses())
        monkeypatch.chdir(tmp_path)
        names: dict[str, object] = {}
        exec(loaded.code, names)
        for name in ("x_train", "t_train", "x_test", "t_test"):
            assert np.array_equal(names[name], getattr(loaded, name)), name


def test_two_columns_span_the_plane_while_the_others_are_held(kept):
    told = kept.add("table", "houses.csv", houses())
    loaded = data.load({"kind": "table", "upload": told["upload"]}, kept)
    assert [axis.name for axis in loaded.axes] == ["area", "rooms", "city", "built"]
    assert loaded.numbers == [0, 1]
    grid = loaded.grid(4, [1, 0], {"2": "Seoul"})
    assert grid.shape == (16, len(loaded.features))
    seoul = loaded.features.index("city=Seoul")
    assert (grid[:, seoul] == 1.0).all()
    rooms = loaded.features.index("rooms")
    assert np.array_equal(grid[:4, rooms], grid[4:8, rooms])
    assert len(np.unique(grid[:, 0])) == 4
    places = loaded.places([0, 1])
    raw = [line.split(b",") for line in houses().splitlines()[1:]]
    assert np.allclose(np.sort(places[:, 0]), np.sort([float(row[0]) for row in raw]), atol=1e-3)
    for plane in ([0, 2], [0, 0], [0], [0, 9]):
        with pytest.raises(RecipeError) as caught:
            loaded.grid(4, plane)
        assert caught.value.where == "data.plane"


def test_what_a_column_cannot_be_held_at_is_refused(kept):
    upload = kept.add_given(RNG.normal(size=(40, 3)), np.arange(40) % 2)
    loaded = data.load({"kind": "given", "upload": upload}, kept)
    for value in (float("nan"), "many", True, None):
        with pytest.raises(RecipeError, match="held") as caught:
            loaded.grid(4, [0, 1], {"2": value})
        assert caught.value.where == "data.held.2"
    told = kept.add("table", "houses.csv", houses())
    loaded = data.load({"kind": "table", "upload": told["upload"]}, kept)
    with pytest.raises(RecipeError, match="Busan, Jeju, Seoul"):
        loaded.grid(4, [0, 1], {"2": "Paris"})


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"target": "prise"}, "data.target"),
        ({"target": "city", "task": "regression"}, "data.target"),
        ({"task": "guess"}, "data.task"),
        ({"target": "x" * 300}, "data.target"),
        ({"test_share": 0.0}, "data.test_share"),
    ],
    ids=str,
)
def test_a_wrong_wish_for_a_table_is_refused_without_the_folder_it_is_kept_in(kept, change, where):
    told = kept.add("table", "houses.csv", houses())
    with pytest.raises(RecipeError) as caught:
        data.load({"kind": "table", "upload": told["upload"], **change}, kept)
    assert caught.value.where == where
    assert "badak-lab-" not in str(caught.value)


def test_pictures_in_a_zip_become_classes_by_their_folders_names(kept):
    told = kept.add("pictures", "animals.zip", zipped(ANIMALS))
    assert (told["classes"], told["counts"]) == (["cat", "개"], [5, 6])
    loaded = data.load({"kind": "pictures", "upload": told["upload"], "size": 8}, kept)
    assert loaded.classes == ("cat", "개")
    assert loaded.x_train.shape[1:] == (8, 8)
    bright = loaded.x_train.reshape(len(loaded.x_train), -1).mean(axis=1) > 128
    assert np.array_equal(bright, loaded.t_train == 0)
    assert (len(loaded.x_train), len(loaded.x_test)) == (9, 2) or len(loaded.x_test) >= 2


@pytest.mark.parametrize("name", ["../../{}", "/etc/{}", "C:\\windows\\{}", "a/../../{}", "..\\{}"])
def test_no_name_in_a_zip_or_of_a_file_is_a_path(kept, name, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "kept"))
    (tmp_path / "kept").mkdir()
    files = {name.format(f"{c}/{i}.png"): picture(100 * (c == "b")) for c in "ab" for i in range(3)}
    kept.add("pictures", name.format("all.zip"), zipped(files))
    kept.add("table", name.format("houses.csv"), houses())
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 7
    assert all(path.is_relative_to(tmp_path / "kept") for path in written)
    assert {each["name"] for each in kept.told()} == {"all.zip", "houses.csv"}
    kept.close()
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "name", "body"),
    [
        ("table", "a.csv", b""),
        ("table", "a.csv", b"a,b\n"),
        ("table", "a.csv", b"\x89PNG\r\n\x1a\n"),
        ("table", "a.csv", b"a,b\n1,2\n1,2,3\n"),
        ("table", "a.xlsx", b"PK\x03\x04"),
        ("table", "a.exe", b"a,b\n1,2\n"),
        ("table", "", b"a,b\n1,2\n"),
        ("table", "..", b"a,b\n1,2\n"),
        ("table", "a.parquet", b"PAR1"),
        ("pictures", "a.zip", b"none"),
        ("pictures", "a.zip", zipped({})),
        ("pictures", "a.zip", zipped({"1.png": b"", "one/1.png": picture(3)})),
        ("drawn", "", b"{"),
        ("drawn", "", b"[]"),
        ("drawn", "", b'{"images": []}'),
        ("drawn", "", b'{"images": [{"pixels": [1, 2], "label": "a"}]}'),
        ("drawn", "", json.dumps({"images": [{"pixels": [2.0] * 64, "label": "a"}]}).encode()),
        (
            "drawn",
            "",
            json.dumps({"images": [{"pixels": [float("nan")] * 64, "label": "a"}]}).encode(),
        ),
        ("given", "", b""),
        ("", "", b""),
    ],
)
def test_what_is_no_such_file_is_refused(kept, kind, name, body):
    with pytest.raises(BadakError) as caught:
        kept.add(kind, name, body)
    assert "badak-lab-" not in str(caught.value)
    assert kept.told() == []


def test_uploads_are_bounded_in_bytes_rows_and_pictures(kept, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", {"table": 100, "pictures": 10**6, "drawn": 100})
    with pytest.raises(RecipeError, match="MB"):
        kept.add("table", "houses.csv", houses())
    monkeypatch.undo()
    monkeypatch.setattr("badak.lab.data.table.MOST_ROWS", 100)
    with pytest.raises(RecipeError, match="more than 100 rows"):
        kept.add("table", "houses.csv", houses())
    monkeypatch.setattr(pictures, "MOST_PICTURES", 5)
    with pytest.raises(RecipeError, match="11 pictures"):
        kept.add("pictures", "animals.zip", zipped(ANIMALS))
    monkeypatch.setattr(uploads, "MOST_TOGETHER", 10)
    with pytest.raises(RecipeError, match="no room"):
        kept.add("pictures", "animals.zip", zipped(ANIMALS))


def test_a_zip_that_unpacks_to_far_more_is_refused(kept, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_OF_ONE", 2**20)
    bomb = zipped({"a/1.png": bytes(2**21), "b/1.png": picture(1)})
    assert len(bomb) < 10_000
    with pytest.raises(RecipeError, match="too large"):
        kept.add("pictures", "bomb.zip", bomb)


def test_a_damaged_entry_of_a_zip_is_refused(kept):
    body = bytearray(zipped(ANIMALS))
    at = body.find(b"animals/cat/1.png") + 30
    body[at : at + 8] = b"\xff" * 8
    with pytest.raises(RecipeError, match="cannot be read"):
        kept.add("pictures", "animals.zip", bytes(body))


def test_drawn_digits_are_kept_as_they_were_drawn(kept):
    images = [
        {"pixels": (np.arange(64) == i).astype(float).tolist(), "label": str(i % 2)}
        for i in range(20)
    ]
    told = kept.add("drawn", "", json.dumps({"images": images}).encode())
    assert (told["classes"], told["counts"]) == (["0", "1"], [10, 10])
    loaded = data.load({"kind": "drawn", "upload": told["upload"]}, kept)
    lit = loaded.x_train.reshape(len(loaded.x_train), -1).argmax(axis=1)
    assert np.array_equal(lit % 2, loaded.t_train)
    assert loaded.maximum == 255


@pytest.mark.parametrize(
    ("t", "task", "units"),
    [
        (np.arange(40) % 3, "classes", 3),
        (np.eye(4)[np.arange(40) % 4], "classes", 4),
        (np.arange(40) > 20, "classes", 2),
        (RNG.normal(size=40), "number", 1),
        (RNG.normal(size=(40, 2)), "number", 2),
    ],
    ids=["labels", "one-hot", "booleans", "numbers", "two numbers"],
)
def test_arrays_from_python_are_taken_for_what_they_are(kept, t, task, units):
    number = kept.add_given(RNG.normal(size=(40, 3)), t)
    loaded = data.load({"kind": "given", "upload": number}, kept)
    assert (loaded.task, loaded.units, loaded.look) == (task, units, "table")
    assert loaded.grid(3, [2, 0], {"x2": 0.5})[:, 1].tolist() == [0.5] * 9


def test_pictures_from_python_are_scaled_by_what_their_pixels_go_to(kept):
    number = kept.add_given(RNG.integers(0, 17, (40, 8, 8)), np.arange(40) % 2)
    assert data.load({"kind": "given", "upload": number}, kept).maximum == 16.0


@pytest.mark.parametrize(
    ("x", "t"),
    [
        (RNG.normal(size=(40, 3)), np.arange(39)),
        (np.full((40, 3), np.nan), np.arange(40)),
        (RNG.normal(size=(40, 3)), ["a"] * 40),
        (RNG.normal(size=(2, 3)), np.arange(2)),
        (RNG.normal(size=(40, 3)), np.zeros((40, 2, 2))),
    ],
)
def test_arrays_that_are_no_samples_are_refused(kept, x, t):
    with pytest.raises(BadakError):
        kept.add_given(x, t)
