"""Each experiment's lesson: what it says, that its presets run, and that its verdict is right."""

import re
from pathlib import Path

import pytest

from badak import experiments
from badak._common.language import spoken
from badak.lab.errors import RecipeError
from badak.lab.lessons import LESSONS, get
from badak.lab.session import Session
from tests.lab.bending import bend, train

DOCS = Path(__file__).parents[3] / "docs"
EARLY = ("initialisation",)
"""Lessons that have something to say before any training."""


def begun(lesson):
    """A session that stands where the lesson begins."""
    session = Session(lesson.recipes[0])
    if len(lesson.recipes) > 1:
        session.set_recipe("b", lesson.recipes[1])
    return session


def rate(value):
    return lambda recipe: recipe["training"]["optimizer"].update(learning_rate=value)


def activation(value):
    def change(recipe):
        for layer in recipe["network"]["layers"]:
            layer["activation"] = value

    return change


def test_there_is_one_for_each_experiment_in_their_order():
    assert [lesson.id for lesson in LESSONS] == [each.name for each in experiments.every()]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_it_tells_the_statement_what_to_try_and_what_to_look_for(lesson, language):
    with spoken(language):
        told = lesson.told()
    own = experiments.get(lesson.id)
    assert told["statement"] == own.claim.to(language)
    assert told["number"] == own.number
    assert len(told["try"]) >= 2
    assert len(told["look_for"]) >= 2
    texts = [*told["try"], *told["look_for"]]
    korean = [bool(re.search("[가-힣]", text)) for text in texts]
    assert all(korean) if language == "ko" else not any(korean)
    assert all(text.endswith((".", "?", "!")) for text in texts)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_the_recorded_verdict_is_that_of_the_docs(lesson):
    for language, path in (("en", DOCS / "experiments.md"), ("ko", DOCS / "ko" / "experiments.md")):
        with spoken(language):
            found = lesson.told()["experiment"]
        assert f"**{found['verdict']}** | {found['result']} |" in path.read_text("utf-8")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_its_presets_train_to_a_verdict_that_the_statement_does_not_contradict(lesson):
    session = begun(lesson)
    try:
        if lesson.id not in EARLY:
            assert lesson.verdict(session.runs)["holds"] == "open"
        train(session, max(lesson.least, 1))
        for language in ("en", "ko"):
            with spoken(language):
                found = lesson.verdict(session.runs)
            assert found["holds"] in ("holds", "in_part"), found
            assert found["numbers"]
            assert bool(re.search("[가-힣]", found["says"] + found["verdict"])) == (
                language == "ko"
            )
            for name, value in found["numbers"]:
                assert name
                assert value
                assert "nan" not in value
    finally:
        session.close()


def test_without_its_second_run_a_lesson_asks_for_a_reset():
    lesson = get("dying-relu")
    session = Session(lesson.recipes[0])
    try:
        found = lesson.verdict(session.runs)
        assert found["holds"] == "open"
        assert "reset" in found["says"]
    finally:
        session.close()


def test_dead_units_stay_dead_at_a_low_rate_while_leaky_ones_learn():
    lesson = get("dying-relu")
    session = begun(lesson)
    try:
        train(session, 5)
        first = lesson.verdict(session.runs)
        assert first["holds"] == "in_part"
        dead, none, *_ = [value for _, value in first["numbers"]]
        assert int(dead.rstrip("%")) >= 40
        assert none == "0%"
        assert any("never fire" in text for text in examined(session.run("a")))
        for name in "ab":
            bend(session, name, rate(0.05))
        train(session, 12)
        second = lesson.verdict(session.runs)
        assert second["holds"] == "holds"
        assert int(second["numbers"][0][1].rstrip("%")) >= 40
    finally:
        session.close()


def examined(run):
    """What `inspect` says of a run's network."""
    return [str(each) for each in run.model.inspect(run.data.x_train).verdicts]


def test_from_the_start_at_a_low_rate_few_units_die():
    lesson = get("dying-relu")
    session = begun(lesson)
    try:
        for name in "ab":
            bend(session, name, rate(0.05))
        train(session, 5)
        found = lesson.verdict(session.runs)
        assert found["holds"] == "fails"
        assert int(found["numbers"][0][1].rstrip("%")) < 20
    finally:
        session.close()


@pytest.mark.parametrize(
    ("name", "run", "change", "holds"),
    [
        (
            "linear-layers",
            "a",
            lambda r: r["network"]["layers"][1].update(activation="relu"),
            "fails",
        ),
        ("zero-centred", "b", activation({"formula": "sigmoid(x) - 0.5"}), "in_part"),
        ("relu-speed", "b", activation("tanh"), "fails"),
        ("vanishing-gradients", "b", activation("sigmoid"), "holds"),
        ("perceptron", "b", lambda r: r["network"]["layers"].clear(), "in_part"),
        ("gradient-descent", "b", rate(0.3), "in_part"),
    ],
)
def test_bent_runs_have_another_verdict(name, run, change, holds):
    lesson = get(name)
    session = begun(lesson)
    try:
        bend(session, run, change)
        train(session, max(lesson.least, 20))
        assert lesson.verdict(session.runs)["holds"] == holds
    finally:
        session.close()


@pytest.mark.parametrize("name", ["dying", None, 8, "../dying-relu"])
def test_a_lesson_that_is_none_is_refused(name):
    with pytest.raises(RecipeError) as caught:
        get(name)
    assert caught.value.where == "id"
