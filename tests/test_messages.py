"""The catalogue of messages is complete and fits the code."""

import importlib.util
import re
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest

pytest.importorskip("babel")
SPEC = importlib.util.spec_from_file_location(
    "messages", Path(__file__).parent.parent / "tools" / "messages.py"
)
messages = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(messages)


def test_every_message_is_translated_with_its_fields_and_none_is_stale():
    assert messages.problems() == []


OF_THE_BOOK = "the book's own line, in its Korean edition too; readers compare it"
IN_ENGLISH = {
    "train loss:{}": OF_THE_BOOK,
    "=== epoch:{}, train acc:{}, test acc:{} ===": OF_THE_BOOK,
    "=============== Final Test Accuracy ===============": OF_THE_BOOK,
    "test acc:{}": OF_THE_BOOK,
    "; badak speaks en": "said where BADAK_LANGUAGE names no language, so that none is known",
    "module {} has no attribute {}": "Python's own sentence, which only a programmer meets",
}
"""Texts that need no Korean, and why."""


def test_what_is_raised_warned_of_and_printed_can_be_said_in_korean():
    found = {text: where for where, text in messages.unsaid()}
    assert {text: found[text] for text in found if text not in IN_ENGLISH} == {}
    assert [text for text in IN_ENGLISH if text not in found] == []


PARTICLE = re.compile(
    "(은|는|이|가|을|를|과|와|으로|로|이나|나|이라|라|이어야|여야|여서)(?![가-힣(])"
)
"""A particle that fits one word only: a vowel at its end, or a consonant."""


def test_a_particle_after_a_field_has_both_forms_that_one_may_fit():
    wrong = []
    for entry in messages.stored():
        translations = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        for text in filter(None, translations if entry.id else ()):
            parts = list(Formatter().parse(text)) if "{" in text else []
            for (_, field, spec, _), (following, *_) in pairwise(parts):
                percent = spec is not None and spec.endswith("%")
                if field is not None and not percent and PARTICLE.match(following):
                    wrong.append(text)
    assert wrong == []


def test_every_message_is_written_out_with_the_fields_that_it_is_given():
    wrong = []
    for where, call in messages.calls():
        kind = call.func.id
        texts = call.args[: 2 if kind == "counted" else 1]
        if not all(isinstance(getattr(each, "value", None), str) for each in texts):
            wrong.append(f"{where}:{call.lineno}: not written out")
            continue
        given = {each.arg for each in call.keywords}
        if kind == "marked" or None in given:  # filled in where it is translated; given as a whole
            continue
        wanted = set().union(*(messages.fields(each.value) for each in texts))
        if kind == "counted":
            wanted |= {"count"}
            given |= {"count"} if len(call.args) > 2 else set()
        if wanted != given:
            wrong.append(f"{where}:{call.lineno}: fields {sorted(wanted ^ given)}")
    assert wrong == []
