import pytest

from badak.errors import FileFormatError, InputError
from badak.tables import open_table
from badak.tables.names import WORKBOOKS, refuse_workbook


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_a_workbook_is_met_with_the_way_out(tmp_path, ending):
    path = tmp_path / f"Book{ending.upper()}"
    for refused in (open_table, refuse_workbook):
        with pytest.raises(InputError, match="workbook of a spreadsheet: save its sheet as CSV"):
            refused(path)


def test_all_else_is_no_workbook():
    for name in ("a.csv", "xlsx", "a.xlsx.csv"):
        refuse_workbook(name)


@pytest.mark.parametrize(
    "head",
    [b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
)
def test_a_workbook_under_the_name_of_a_text_is_met_with_the_way_out(write, head):
    with pytest.raises(FileFormatError, match=r"of Excel or Word, not .*: save it there as CSV"):
        open_table(write(head))
