import math

import pytest

from badak._common.json_data import read_object
from badak._common.schema import (
    FLAG,
    NAMED,
    NUMBER,
    NUMBER_OR_NAN,
    OBJECT,
    SIZE,
    TEXT,
    WHOLE,
    check_fields,
    list_of,
    object_of,
)
from badak.errors import FileFormatError


@pytest.mark.parametrize(
    ("field", "fitting", "other"),
    [
        (TEXT, ["", "예"], [None, 1, "a\0b", ["a"]]),
        (FLAG, [True, False], [0, 1, None, "true"]),
        (WHOLE, [0, 2**64 - 1], [True, -1, 1.0, "1", None, 2**64]),
        (SIZE, [1, 5], [0, True, -1]),
        (NUMBER, [1, -0.5, math.inf], [True, "1", None, math.nan]),
        (NUMBER_OR_NAN, [1, math.nan], [True, "1"]),
        (OBJECT, [{}, {"a": 1}], [[], None, "a"]),
        (NAMED, ["relu", {"name": "relu"}], [None, 3, ["relu"]]),
        (TEXT.or_none(), [None, "a"], [1]),
        (list_of(TEXT), [[], ["a"]], [None, "a", [1], ["a", None], {"a": "b"}]),
        (object_of(list_of(WHOLE)), [{}, {"a": [1]}], [[], {"a": 1}, {"a": [None]}]),
    ],
)
def test_a_field_takes_what_its_words_say(field, fitting, other):
    for value in fitting:
        check_fields({"it": value}, {"it": field})
    for value in other:
        with pytest.raises(FileFormatError, match=r"'it' must be .*, not "):
            check_fields({"it": value}, {"it": field})


def test_a_missing_field_is_named_and_a_long_value_cut_short():
    with pytest.raises(FileFormatError, match="'units' is missing"):
        check_fields({}, {"units": WHOLE})
    with pytest.raises(FileFormatError) as caught:
        check_fields({"units": ["x" * 10_000] * 10_000}, {"units": WHOLE})
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a": ' + "1" * 5000 + "}",
        "[" * 100_000,
        '{"a": "\\ud800"}',
        '{"\\udfff": 1}',
        b"\xff\xfe{",
        b"\x80",
    ],
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(FileFormatError, match="its settings is no JSON"):
        read_object(text, "its settings")


@pytest.mark.parametrize("text", ["[]", "3", "null", '"a"'])
def test_json_that_is_no_object_is_refused(text):
    with pytest.raises(FileFormatError, match="is no object"):
        read_object(text, "its settings")
