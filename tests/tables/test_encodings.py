import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak.errors import FileFormatError, InputError
from badak.tables import delimited, encodings, open_table

KOREAN = "이름,도시\n김철수,서울\n이영희,부산\n"
GERMAN = "Straße,Größe\nKöln,5\nMünchen,7\n"


def rows_of(table):
    return [row for chunk in table.chunks() for row in chunk.frame.rows()]


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (KOREAN, "utf-8", []),
        (KOREAN, "utf-8-sig", []),
        (KOREAN, "cp949", ["read as CP949 (EUC-KR)"]),
        (KOREAN, "euc-kr", ["read as CP949 (EUC-KR)"]),
        (KOREAN, "utf-16", ["read as UTF-16"]),
        (KOREAN, "utf-32", ["read as utf-32-le"]),
        (GERMAN, "utf-16-le", ["read as UTF-16"]),
        (GERMAN, "utf-16-be", ["read as UTF-16"]),
        (GERMAN, "latin-1", ["read as Windows-1252 (Latin-1)"]),
        ("a,b\n°C,1\n", "latin-1", ["read as Windows-1252 (Latin-1)"]),
        ("a,b\ndon’t,“quote” – …\n€,œuvre\n", "cp1252", ["read as Windows-1252 (Latin-1)"]),
        ("a,b\n똠방각하,펲시콜라 맛있다\n한글,가나다\n", "cp949", ["read as CP949 (EUC-KR)"]),
        ("온도(℃),면적(㎡)\n1,2\n", "cp949", ["read as CP949 (EUC-KR)"]),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_a_text_is_written_in_is_told_by_its_bytes(write, text, encoding, told, packed):
    data = text.encode(encoding)
    path = write(gzip.compress(data), "a.csv.gz") if packed else write(data)
    table = open_table(path)
    assert [
        ",".join(table.columns),
        *(",".join(row) for row in rows_of(table)),
    ] == text.splitlines()
    assert table.remarks == told


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("имя,возраст\nИван,4\n", "cp1251"),
        ("名字,年龄\n张三,4\n", "gbk"),
        ("名前,年齢\n山田,4\n", "shift_jis"),
        ("名前,としのころ\nやまだはなこ,4\n", "euc-jp"),
        ("ชื่อ,อายุ\nสมชาย,4\n", "tis-620"),
    ],
)
def test_other_encodings_are_asked_for_and_taken_when_they_are_named(write, text, encoding):
    path = write(text.encode(encoding))
    with pytest.raises(FileFormatError, match=r"line 1: byte 0x.. is not UTF-8: say .*--encoding"):
        open_table(path)
    table = open_table(path, encoding=encoding)
    assert ",".join(table.columns) == text.splitlines()[0]


def test_signs_that_may_be_of_two_encodings_are_asked_about(write):
    path = write("area(㎡),b\n1,2\n".encode("cp949"))
    with pytest.raises(FileFormatError, match=r"may be CP949 \(EUC-KR\) or Windows-1252"):
        open_table(path)
    assert open_table(path, encoding="cp949").columns == ["area(㎡)", "b"]
    assert open_table(path, encoding="latin-1").columns == ["area(§³)", "b"]


def test_utf_8_with_a_damaged_byte_is_refused_by_its_line(write):
    path = write("이름,b\n한글,1\n".encode() + b"caf\xe9,2\n")
    with pytest.raises(FileFormatError, match="line 3: byte 0xe9 is not UTF-8"):
        rows_of(open_table(path))


def test_a_byte_that_is_not_of_the_named_encoding_is_refused_by_its_line(write):
    path = write("이름,b\n한글,1\n".encode("cp949") + b"x\xff,2\n")
    with pytest.raises(FileFormatError, match=r"line 3: byte 0xff is not CP949 \(EUC-KR\)"):
        rows_of(open_table(path, encoding="cp949"))


def test_a_character_that_the_end_cuts_is_refused(write):
    path = write("a,b\n1,글\n2,한".encode()[:-1])
    with pytest.raises(FileFormatError, match="line 3: byte 0xed is not UTF-8"):
        rows_of(open_table(path))


def test_bytes_that_come_late_tell_the_encoding_of_the_whole_file(write, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 16)
    ascii_rows = "".join(f"{i},x\n" for i in range(100))
    table = open_table(write(f"a,b\n{ascii_rows}7,한글 이름\n".encode("cp949")))
    assert table.remarks == []  # nothing beyond ASCII has been read
    assert rows_of(table)[-1] == ("7", "한글 이름")
    assert table.remarks == ["read as CP949 (EUC-KR)"]
    assert len(rows_of(table)) == 101


CELLS = st.lists(st.text('abc 가힣똠漢é,;"\n', max_size=6), min_size=1, max_size=20)


@settings(max_examples=40)
@given(CELLS, st.sampled_from(["utf-8", "utf-16", "gb18030", "iso2022_kr"]), st.integers(1, 40))
def test_the_size_of_the_blocks_changes_nothing(tmp_path_factory, cells, encoding, size):
    text = "".join(cells).encode(encoding, "ignore").decode(encoding)
    path = tmp_path_factory.mktemp("text") / "a.csv"
    path.write_bytes(text.encode(encoding))
    file = encodings.TextFile(path, None if encoding == "utf-16" else encoding)
    assert b"".join(file.blocks(size)).decode() == text


def test_a_name_that_no_encoding_has_is_refused(write):
    for name in ("klingon", "base64"):
        with pytest.raises(InputError, match=f"no encoding is called '{name}'"):
            open_table(write("a,b\n1,2\n"), encoding=name)


def test_a_named_encoding_against_a_byte_order_mark_is_refused(write):
    path = write(KOREAN.encode("utf-8-sig"))
    with pytest.raises(InputError, match="UTF-8 by its byte order mark, not cp949"):
        open_table(path, encoding="cp949")
    assert open_table(path, encoding="utf-8").columns == ["이름", "도시"]


def test_a_file_without_texts_has_no_encoding(tmp_path):
    import polars as pl

    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="leave --encoding out"):
        open_table(tmp_path / "a.parquet", encoding="cp949")
