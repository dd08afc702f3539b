"""Every file that can be taken: named, of the right kind, and readable by who reads such files."""

import io

import numpy as np
import pytest

from badak import load_model
from badak.cli import main
from badak.formats import import_model
from badak.lab.data import Uploads
from badak.lab.errors import RecipeError
from badak.lab.session import Session
from badak.lab.takeaway import TAKEN, take
from badak.lab.takeaway.pictures import VIEWS
from badak.lab.takeaway.taking import standing
from tests.lab.bending import train


@pytest.fixture(scope="module")
def runs():
    sessions = {
        "circle": Session({"data": {"kind": "circle"}}),
        "digits": Session({"data": {"kind": "digits"}, "training": {"batch_size": 64}}),
        "plane": Session({"data": {"kind": "plane"}}),
    }
    for session in sessions.values():
        train(session, 2)
    yield {name: session.run("a") for name, session in sessions.items()}
    for session in sessions.values():
        session.close()


def test_the_model_and_its_onnx_answer_as_the_run_does(runs, tmp_path):
    pytest.importorskip("onnx")
    run = runs["digits"]
    for what in ("model", "onnx"):
        name, _, content = take(run, what)
        (tmp_path / name).write_bytes(content)
    x = run.data.x_test[:20]
    expected = standing(run).predict(x)
    again = load_model(tmp_path / "model.safetensors")
    assert np.array_equal(again.predict(x), expected)
    assert again.class_names == list("0123456789")
    assert again.preparation["kind"] == "digit"
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    (first,) = session.get_inputs()
    theirs = session.run(None, {first.name: x.astype(np.float32)})[0]
    assert np.allclose(theirs, expected, atol=1e-5)
    assert import_model(tmp_path / "model.onnx").count_params() == again.count_params()


def test_the_data_are_those_of_the_run(runs):
    name, _, content = take(runs["circle"], "data")
    assert name == "data.npz"
    with np.load(io.BytesIO(content)) as arrays:
        for each in ("x_train", "t_train", "x_test", "t_test"):
            assert np.array_equal(arrays[each], getattr(runs["circle"].data, each))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", ["circle", "digits", "plane"])
def test_a_picture_is_svg_or_refused_because_the_run_has_none(kind, view, runs):
    refused = {
        "circle": {"wrong"},
        "digits": {"boundary"},
        "plane": {"boundary", "confusion", "wrong"},
    }
    if view in refused[kind]:
        with pytest.raises(RecipeError) as caught:
            take(runs[kind], "svg", view=view)
        assert caught.value.where == "view"
        return
    for theme, language in (("light", "en"), ("dark", "ko")):
        name, media, content = take(runs[kind], "svg", view=view, theme=theme, language=language)
        assert (name, media) == (f"{view}.svg", "image/svg+xml")
        assert b"<svg" in content[:500]


@pytest.mark.parametrize("what", TAKEN)
def test_each_file_has_a_plain_name_and_bytes(what, runs):
    if what == "given":
        with pytest.raises(RecipeError, match="no model from outside"):
            take(runs["circle"], what)
        return
    if what == "onnx":
        pytest.importorskip("onnx")
    name, media, content = take(runs["circle"], what)
    assert name.isascii()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz_.")
    assert "/" in media
    assert isinstance(content, bytes)


@pytest.mark.parametrize(
    ("how", "where"),
    [
        ({"what": "pickle"}, "what"),
        ({"what": None}, "what"),
        ({"what": "svg", "view": "../x"}, "view"),
        ({"what": "svg", "theme": "red"}, "theme"),
        ({"what": "page", "language": "fr"}, "language"),
    ],
    ids=str,
)
def test_what_cannot_be_taken_is_refused_by_its_field(how, where, runs):
    with pytest.raises(RecipeError) as caught:
        take(runs["circle"], **how)
    assert caught.value.where == where


def test_it_can_be_taken_while_the_run_trains(runs):
    run = runs["digits"]
    run.play()
    try:
        for what in ("model", "script", "page", "svg"):
            assert take(run, what)[2]
    finally:
        run.pause()


def asked(arguments):
    """Run the command `badak`, which must not fail."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code in (0, None)


@pytest.mark.parametrize("recipe", [{"data": {"kind": "circle"}}, {"data": {"kind": "digits"}}])
def test_badak_itself_reads_the_model_that_is_taken(recipe, tmp_path, capsys):
    session = Session(recipe)
    train(session, 1)
    (tmp_path / "model.safetensors").write_bytes(take(session.run("a"), "model")[2])
    session.close()
    asked(["info", str(tmp_path / "model.safetensors")])
    assert "dense" in capsys.readouterr().out


@pytest.mark.parametrize("target", ["colour", "size"])
def test_badak_predicts_the_rows_of_the_table_that_was_learnt(target, tmp_path, capsys):
    rows = "colour,size,label\n" + "".join(
        f"{'red' if i % 3 else 'blue'},{i % 7},{'yes' if i % 3 else 'no'}\n" for i in range(90)
    )
    (tmp_path / "rows.csv").write_text(rows, encoding="utf-8")
    uploads = Uploads()
    upload = uploads.add("table", "rows.csv", rows.encode())["upload"]
    spec = {"kind": "table", "upload": upload, "target": target}
    session = Session({"data": spec}, uploads=uploads)
    train(session, 2)
    (tmp_path / "model.safetensors").write_bytes(take(session.run("a"), "model")[2])
    session.close()
    asked(["predict", str(tmp_path / "model.safetensors"), str(tmp_path / "rows.csv")])
    assert capsys.readouterr().out
