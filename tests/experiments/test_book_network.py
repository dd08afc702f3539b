import numpy as np
import pytest

from badak.datasets import mnist
from badak.errors import DownloadError
from badak.experiments import NotHereError, Setting, Verdict, get, try_out
from badak.experiments.book_network import class_table, saturated, worst_pair
from badak.formats import book


@pytest.fixture(scope="module")
def setting(shared_data):
    return Setting(
        data_dir=shared_data / "mnist", book_weights=shared_data / "book" / "sample_weight.pkl"
    )


@pytest.fixture(scope="module")
def found(setting):
    return get("book-network")(setting)


def test_the_statement_holds_to_the_last_image(found):
    assert found.verdict is Verdict.HOLDS
    assert found.numbers["one_by_one"] == found.numbers["in_batches"] == 0.9352
    assert found.numbers["raw"] == 0.9207
    assert found.numbers["alike"] == 1.0


def test_the_first_layer_saturates_as_numpy_in_float64_says(found, setting):
    weights = book.load(setting.book_weights)
    images, _ = mnist.DATASET.load_part("test", setting.data_dir)
    x = images.reshape(len(images), -1) / 255.0
    for key, pixels in (("saturated", x), ("raw_saturated", x * 255.0)):
        a = pixels @ weights["W1"].astype(float) + weights["b1"]
        ends = np.abs(a) > np.log(99.0)  # where sigmoid is nearer than 0.01 to 0 or 1
        assert found.numbers[key] == pytest.approx(ends.mean(), abs=1e-5)
    assert found.numbers["raw_sum"] / found.numbers["sum"] == pytest.approx(255.0, rel=0.05)


def test_the_table_counts_every_image_once(found):
    rows = found.tables[0].rows
    assert sum(int(row[1]) for row in rows) == 10_000
    right = sum(int(row[1]) * float(row[2].rstrip("%")) / 100.0 for row in rows)
    assert right == pytest.approx(9352, abs=6)


def test_the_most_frequent_mistake():
    counts = np.array([[5, 1, 0], [0, 5, 3], [2, 0, 5]])
    assert worst_pair(counts) == {"true": 1.0, "taken": 2.0, "times": 3.0}
    assert class_table(counts).rows[1] == ("1", "8", "62.5%", "2", "3")


def test_what_is_saturated():
    assert saturated(np.array([0.001, 0.5, 0.999, 0.02])) == 0.5


@pytest.mark.parametrize("missing", [None, "nowhere.pkl"])
def test_without_the_books_weights_it_says_how_to_get_them(tmp_path, missing):
    given = None if missing is None else tmp_path / missing
    outcome = try_out(get("book-network"), Setting(book_weights=given))
    assert outcome.findings is None
    assert "sample_weight.pkl" in outcome.result.en
    assert "--book-weights" in outcome.result.ko


def test_without_mnist_it_says_where_to_put_it(setting, monkeypatch):
    def fail(*_):
        raise DownloadError("no network")

    monkeypatch.setattr(type(mnist.DATASET), "load_part", fail)
    with pytest.raises(NotHereError, match="--data-dir"):
        get("book-network")(Setting(book_weights=setting.book_weights))
