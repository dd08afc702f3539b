"""What a user of Python reads where Korean is chosen: tables, lines of progress, reprs, errors."""

import re

import numpy as np
import pytest
from rich.cells import cell_len

from badak import Input, Sequential, layers, tables
from badak._common.files import reason_of
from badak._common.language import set_language
from badak.errors import FileFormatError, InputError
from badak.optimizers import Adam

pl = pytest.importorskip("polars", reason="tables need the tables extra")
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


@pytest.fixture(autouse=True)
def _korean():
    set_language("ko")
    yield
    set_language(None)


@pytest.fixture
def model():
    network = Sequential(
        [Input((64,)), layers.Dense(3, "relu"), layers.Dense(2, "softmax")], seed=0
    )
    network.compile("adam", metrics=["accuracy"])
    return network


@pytest.fixture
def samples():
    x = np.random.default_rng(0).normal(size=(40, 64)).astype(np.float32)
    return x, (x[:, 0] > 0.0).astype(int)


def test_the_lines_of_a_fit_have_korean_headings_of_their_width(model, samples, capsys):
    model.fit(*samples, epochs=2, verbose=2)
    heading, first, _ = capsys.readouterr().out.splitlines()
    assert heading.split() == ["에폭", "loss", "accuracy"]
    assert cell_len(heading) == len(re.match(r".*\d\.\d{4}", first)[0])


def test_a_history_is_korean_as_a_repr_and_as_a_table(model, samples):
    history = model.fit(*samples, epochs=2, verbose=0)
    assert repr(history).startswith("<History: 2에폭, loss 0.")
    assert history.view().headings[0] == "에폭"


def test_reprs_and_tables_of_what_explains_a_network_hold_no_english_words(model, samples):
    x, y = samples
    model.fit(x, y, epochs=1, verbose=0)
    trace = model.trace(x[:2])
    shown = [repr(trace), repr(model.inspect(x, y)), str(trace.unit("dense", 0))]
    assert [text for text in shown if ENGLISH.search(text)] == []
    assert "가중치" in shown[2]


def test_the_place_of_a_cell_is_told_in_korean(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n2\n")
    with pytest.raises(FileFormatError, match="3번째 줄: 행에는 칸 1개가 있는데"):
        tables.load(path, "y")
    texts = [*map(str, range(39)), "?!"]
    pl.DataFrame({"x": texts, "y": range(40)}).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match=re.escape("b.parquet, 40행: 열 'x'에 '?!'")):
        tables.load(tmp_path / "b.parquet", "y")


def test_an_encoding_that_does_not_fit_is_told_in_korean(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("이름,값\n가,1\n".encode("cp949"))
    with pytest.raises(FileFormatError, match="1번째 줄: 바이트 0xc0은 UTF-8에 맞지 않습니다"):
        tables.load(path, "값", encoding="utf-8")


def test_a_setting_and_what_the_system_says_are_told_in_korean(tmp_path):
    with pytest.raises(InputError, match=r"^Adam의 beta_1은 "):
        Adam(beta_1=2.0)
    folder = tmp_path / "a"
    folder.write_text("")
    with pytest.raises(NotADirectoryError) as caught:
        (folder / "b").mkdir()
    assert reason_of(caught.value) == "폴더가 아님"
