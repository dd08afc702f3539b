import subprocess
import sys
import threading
import warnings

import pytest

from badak._common import language as module
from badak._common.language import (
    Phrase,
    counted,
    language,
    message,
    set_language,
    translated,
)
from badak.callbacks import EarlyStopping
from badak.errors import InputError
from badak.layers import BatchNormalization, Dense, Input
from badak.layers.registry import LAYERS
from badak.network.sequential import Sequential
from badak.optimizers import Adam


@pytest.fixture(autouse=True)
def _english_afterwards():
    yield
    set_language(None)


@pytest.fixture
def surroundings(monkeypatch):
    """Set the environment's variables to these alone."""

    def put(**variables):
        for name in (module.VARIABLE, *module.LOCALE):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        set_language(None)

    return put


@pytest.mark.parametrize(
    ("variables", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko"}, "ko"),
        ({"LANG": "kok_IN.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "BADAK_LANGUAGE": "en"}, "en"),
        ({"LANG": "C", "BADAK_LANGUAGE": "ko"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "BADAK_LANGUAGE": ""}, "ko"),
    ],
)
def test_the_variable_counts_before_the_locale(surroundings, variables, spoken):
    surroundings(**variables)
    assert language() == spoken


def test_a_language_that_is_set_counts_before_the_environment(surroundings):
    surroundings(BADAK_LANGUAGE="ko")
    set_language("en")
    assert language() == "en"


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(InputError, match="language is 'fr', but must be en or ko"):
        set_language("fr")


def test_an_unknown_variable_is_warned_of_once_and_english_is_spoken(surroundings):
    surroundings(BADAK_LANGUAGE="fr")
    with pytest.warns(UserWarning, match="BADAK_LANGUAGE is 'fr', but must be en or ko"):
        assert language() == "en"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert language() == "en"


def test_a_message_is_formatted_as_an_f_string_would_be():
    name, share, width = "a'b", 0.25, 6
    template = "{name!r} has {share:.1%} {{of}} {share:{width}}"
    expected = f"{name!r} has {share:.1%} {{of}} {share:{width}}"
    assert message(template, name=name, share=share, width=width) == expected


def test_a_sentence_about_one_thing_is_in_the_singular():
    said = [counted("{count} file", "{count} files", count=n) for n in (0, 1, 2)]
    assert said == ["0 files", "1 file", "2 files"]


def test_korean_is_found_in_the_catalogue_with_the_particle_that_fits():
    set_language("ko")
    template = "{given} is no whole number of at least {least}"
    assert message(template, given="'x3'", least=1) == "'x3'은 1 이상인 정수가 아닙니다"
    assert message(template, given="'x2'", least=1) == "'x2'는 1 이상인 정수가 아닙니다"
    assert translated("Options") == "옵션"
    assert translated("no such words at all") == "no such words at all"


def test_gettext_is_imported_for_korean_only():
    code = """
import sys
import threading
from badak._common.language import message
assert message("Options") == "Options"
print("gettext" in sys.modules)
"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def test_a_phrase_is_put_into_words_where_it_is_said_and_its_particle_fits():
    what = Phrase("{owner}'s {name}", owner="Dropout", name="rate")
    assert f"{what}" == "Dropout's rate"
    set_language("ko")
    assert message("{what} must be True or False, not {value}", what=what, value=3) == (
        "Dropout의 rate는 True나 False여야 하는데 3입니다"
    )


def test_a_setting_that_is_right_is_not_put_into_words(monkeypatch):
    def said(template, fields):
        raise AssertionError(f"{template!r} was put into words")

    monkeypatch.setattr(module, "_said", said)
    examples = [LAYERS[name].example() for name in LAYERS]
    model = Sequential([Input((2,)), Dense(3), BatchNormalization(), Dense(1)])
    model.set_weights(model.get_weights())
    EarlyStopping(patience=2)
    Adam(learning_rate=0.1, beta_1=0.5)
    assert examples


def test_what_is_spoken_for_a_while_is_of_this_thread_alone():
    begin, seen = threading.Event(), []

    def work():
        begin.wait()
        seen.append(language())

    thread = threading.Thread(target=work)
    thread.start()
    with module.spoken("ko"):
        begin.set()
        thread.join()
        assert language() == "ko"
        with module.spoken(None):
            assert language() == "ko"
        set_language("en")
        assert language() == "en"
    assert seen == ["en"]
    assert language() == "en"


def test_no_other_language_is_spoken_for_a_while():
    with pytest.raises(InputError, match="en or ko"), module.spoken("xx"):
        pass
    assert language() == "en"
