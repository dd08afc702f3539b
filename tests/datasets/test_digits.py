import gzip
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from badak.datasets import digits, idx

TOOL = Path(__file__).parent.parent.parent / "tools" / "make_digits.py"


def test_they_are_scikit_learns_to_the_last_pixel():
    datasets = pytest.importorskip("sklearn.datasets")
    images, labels = digits.load()
    expected = datasets.load_digits()
    np.testing.assert_array_equal(images, expected.images)
    np.testing.assert_array_equal(labels, expected.target)
    assert images.dtype == labels.dtype == np.uint8
    assert images.max() == digits.MAXIMUM


def test_the_shipped_files_are_what_the_tool_makes(tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    specification = importlib.util.spec_from_file_location("make_digits", TOOL)
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    shipped = tool.FOLDER
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    tool.main()
    made = sorted(tmp_path.iterdir())
    assert [path.name for path in made] == sorted(path.name for path in shipped.glob("*.gz"))
    for path in made:  # unpacked, since another zlib may pack otherwise
        assert gzip.decompress(path.read_bytes()) == gzip.decompress(
            (shipped / path.name).read_bytes()
        )


def test_the_split_holds_every_digit_once():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    images, labels = digits.load()
    both = [
        np.column_stack([x.reshape(len(x), 64), y])
        for x, y in (
            (np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])),
            (images, labels),
        )
    ]
    split, whole = (rows[np.lexsort(rows.T)] for rows in both)
    np.testing.assert_array_equal(split, whole)


def test_every_class_keeps_its_share_and_is_mixed_with_the_others():
    for fraction in (0.1, 0.2, 0.5):
        (_, y_train), (_, y_test) = digits.load_data(fraction)
        shares = np.bincount(y_test) / np.bincount(np.concatenate([y_train, y_test]))
        assert np.abs(shares - fraction).max() < 0.01
        assert set(y_train[:100]) == set(range(10))


def test_the_seed_decides():
    first, again, other = (digits.load_data(seed=seed)[0][0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_nothing_is_downloaded_or_needed(monkeypatch):
    monkeypatch.setenv("BADAK_DATA", "/nowhere")
    assert len(digits.load()[0]) == 1797
    assert idx.read_idx(Path(digits.__file__).with_name("digits-labels-idx1-ubyte.gz")).size == 1797
