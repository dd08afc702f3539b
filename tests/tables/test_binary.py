"""Parquet and Arrow files: exactly the one that is named, and damaged ones refused."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from badak.errors import FileFormatError, InputError
from badak.tables import binary, open_table

ENDINGS = [".parquet", ".arrow", ".feather"]


def write(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_ipc(path)


def column(path: Path, name: str) -> list[object]:
    return [cell for chunk in open_table(path).chunks() for cell in chunk.frame[name].to_list()]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", ["a[1]", "s*", "a?", "{a1,s2}"])
def test_a_name_is_no_pattern(tmp_path, name, ending):
    write(pl.DataFrame({"n": [1]}), tmp_path / f"a1{ending}")
    write(pl.DataFrame({"n": [2]}), tmp_path / f"s2{ending}")
    with pytest.raises(FileNotFoundError):
        open_table(tmp_path / f"{name}{ending}")
    write(pl.DataFrame({"n": [3]}), tmp_path / f"{name}{ending}")
    assert column(tmp_path / f"{name}{ending}", "n") == [3]


@pytest.mark.parametrize("ending", ENDINGS)
def test_texts_keep_their_gaps_wherever_a_chunk_begins(tmp_path, monkeypatch, ending):
    texts = [None if i % 3 == 0 else "é" * (i % 40 + 1) for i in range(100)]
    frame = pl.DataFrame({"t": texts, "c": pl.Series(texts, dtype=pl.Categorical)})
    write(frame, tmp_path / f"t{ending}")
    monkeypatch.setattr(binary, "CELLS", 14)
    assert column(tmp_path / f"t{ending}", "t") == texts
    assert column(tmp_path / f"t{ending}", "c") == texts


@pytest.mark.parametrize("ending", ENDINGS)
def test_instants_with_a_zone_become_those_of_utc(tmp_path, ending):
    seoul = pl.Series(["2024-01-01 09:00"]).str.to_datetime().dt.replace_time_zone("Asia/Seoul")
    write(pl.DataFrame({"t": seoul}), tmp_path / f"z{ending}")
    assert [str(each) for each in column(tmp_path / f"z{ending}", "t")] == ["2024-01-01 00:00:00"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_lists_and_durations_are_no_values_of_a_column(tmp_path, ending):
    write(pl.DataFrame({"n": [1, 2], "l": [[1], None]}), tmp_path / f"l{ending}")
    [chunk] = open_table(tmp_path / f"l{ending}").chunks()
    assert chunk.frame["l"].dtype == pl.Binary
    assert chunk.frame["l"].null_count() == 1


def test_more_cells_than_a_file_of_its_size_can_justify_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "long.parquet"
    pl.DataFrame({"n": np.zeros(300_000)}).write_parquet(path)
    assert path.stat().st_size < 10_000
    assert len(column(path, "n")) == 300_000
    monkeypatch.setattr(binary, "ALWAYS", 100_000)
    monkeypatch.setattr(binary, "CELLS_A_BYTE", 10)
    with pytest.raises(FileFormatError, match="too many for its size"):
        column(path, "n")


def test_a_date_that_no_calendar_has_is_refused(tmp_path):
    days = pa.array([0, 90_000_000], pa.date32())
    with pa.OSFile(str(tmp_path / "d.arrow"), "wb") as sink:
        batch = pa.RecordBatch.from_arrays([days], ["d"])
        with pa.ipc.new_file(sink, batch.schema) as file:
            file.write(batch)
    with pytest.raises(FileFormatError, match="more than 200,000 years"):
        column(tmp_path / "d.arrow", "d")


def test_a_file_without_columns_is_refused(tmp_path):
    pl.DataFrame().write_parquet(tmp_path / "none.parquet")
    with pytest.raises(InputError, match="no columns"):
        open_table(tmp_path / "none.parquet")


def test_damaged_files_end_in_an_error_and_never_in_the_end_of_the_process():
    command = [sys.executable, "-m", "tests.tables.mutants", "0", "600"]
    root = Path(__file__).parents[2]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    last = run.stdout.splitlines()[-1]
    assert run.returncode == 0, f"{last}: {run.stderr[-2000:]}"
    sound, refused = (int(part.split()[1]) for part in last.split(", "))
    assert sound + refused == 600
    assert refused > 300
