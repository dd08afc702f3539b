import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from badak import Input, Sequential, formats, load_model
from badak.layers import Dense, GaussianNoise


@pytest.fixture
def small(tmp_path):
    """A model of two classes in a file."""
    model = Sequential([Input((3,)), Dense(4, "relu"), Dense(2, "softmax")], name="small")
    model.class_names = ["no", "yes"]
    model.save(tmp_path / "small.safetensors")
    return tmp_path / "small.safetensors"


X = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)

FORMATS = [
    ("onnx", "small.onnx", "onnx", "onnxruntime.InferenceSession('small.onnx')"),
    ("keras", "small.keras", "h5py", "keras.saving.load_model('small.keras')"),
    ("torch", "small.torch.safetensors", "", "load_state_dict"),
    ("numpy", "small.npz", "", "numpy.load('small.npz')"),
    ("python", "small.py", "", "python small.py"),
    ("c", "small.c", "", "small.c say how it is compiled"),
    ("js", "small.mjs", "", "node small.mjs"),
]


@pytest.mark.parametrize(("to", "name", "needs", "following"), FORMATS)
def test_each_format_is_written_here_and_told_how_to_use(
    badak, small, tmp_path, to, name, needs, following
):
    if needs:
        pytest.importorskip(needs, reason="comes with an extra")
    outcome = badak("export", small, "--to", to)
    assert outcome.code == 0, outcome.err
    assert f"written  {name}" in outcome.out
    assert following in outcome.out
    assert (tmp_path / name).stat().st_size > 0
    if to in ("onnx", "keras", "torch", "numpy"):
        back = badak("import", name, "--out", "back.safetensors")
        assert back.code == 0, back.err
        model = load_model("back.safetensors")
        np.testing.assert_allclose(model.predict(X), load_model(small).predict(X), atol=1e-6)


def test_the_ending_of_out_tells_the_format(badak, small, tmp_path):
    assert badak("export", small, "--out", "net.js").code == 0
    assert (tmp_path / "net.js").exists()


def test_a_file_after_the_model_is_where_it_is_written(badak, small, tmp_path):
    assert badak("export", small, "net.js").code == 0
    assert (tmp_path / "net.js").exists()
    assert badak("export", small, "other.mjs", "--to", "js").code == 0
    twice = badak("export", small, "net.js", "--out", "other.js")
    assert twice.code == 2
    assert "give one file, net.js or --out other.js" in twice.err


def test_an_exported_file_of_python_tests_itself(badak, digits_model, tmp_path):
    assert badak("export", digits_model, "--to", "python").code == 0
    done = subprocess.run([sys.executable, "digits.py"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "8 samples" in done.stdout


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_the_commands_in_a_file_of_c_work(badak, digits_model, tmp_path):
    assert badak("export", digits_model, "--out", "my net.c").code == 0
    text = (tmp_path / "my net.c").read_text()
    lines = [line.lstrip(" *") for line in text.splitlines()]
    first = next(place for place, line in enumerate(lines) if "-DBADAK_" in line)
    done = subprocess.run(
        " && ".join(lines[first : first + 2]), shell=True, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "8 samples" in done.stdout


def test_what_a_format_has_no_place_for_is_told(badak, small):
    pytest.importorskip("h5py", reason="comes with the extra keras")
    outcome = badak("export", small, "--to", "keras")
    assert outcome.err.startswith("badak: note: small.keras has no place for the names")


def test_wrong_command_lines_are_told(badak, small, tmp_path):
    for arguments, code, said in (
        ((), 2, "missing option '--to'"),
        (("--to", "onx"), 1, "unknown format 'onx'; did you mean 'onnx'?"),
        (("--to", "c", "--out", "net.py"), 1, "'c' ends in .c"),
        (("--out", "net.txt"), 1, "net.txt tells no format"),
        (("--to", "torch", "--out", small), 1, "is the model itself"),
        (("--to", "c", "--out", "none/net.c"), 1, "no folder"),
    ):
        outcome = badak("export", small, *arguments)
        assert outcome.code == code
        assert said in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["small.safetensors"]


def test_a_layer_that_the_format_does_not_have_is_named(badak, tmp_path):
    Sequential([Input((3,)), GaussianNoise(0.1), Dense(2)]).save("noisy.safetensors")
    outcome = badak("export", "noisy.safetensors", "--to", "torch")
    assert outcome.code == 1
    assert "'gaussian_noise': PyTorch has no GaussianNoise" in outcome.err
    assert not (tmp_path / "noisy.torch.safetensors").exists()


def test_exported_models_are_those_of_python(badak, small, tmp_path):
    badak("export", small, "--to", "c", "--out", "net.c")
    (tmp_path / "other").mkdir()
    formats.export(load_model(small), tmp_path / "other" / "net.c")
    assert (tmp_path / "net.c").read_text() == (tmp_path / "other" / "net.c").read_text()


@pytest.fixture
def of_a_table(tmp_path):
    """The file of a network for a table, which is not trained."""
    pytest.importorskip("polars", reason="tables need the tables extra")
    from badak import tables

    rows = [f"{i / 2},{'가나'[i % 2]},2024-0{1 + i % 9}-01,{i % 7}%" for i in range(60)]
    (tmp_path / "homes.csv").write_text("\n".join(["size,town,sold,rate", *rows]))
    model = tables.make_network(tables.load(tmp_path / "homes.csv", "rate"), units=())
    model.compile("adam", "mean_squared_error")
    model.save(tmp_path / "homes.safetensors")
    return tmp_path / "homes.safetensors"


def test_of_a_tables_network_it_is_told_first_what_the_file_takes(badak, of_a_table, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    from badak.tables import TablePreparation

    prepare = TablePreparation.of(load_model(of_a_table))
    out = badak("export", of_a_table, "--to", "python").out
    assert out.startswith("The file takes these features")
    listed, written = out.split("It answers rate, in %.")
    assert "written" in written
    for place, feature in enumerate(prepare.features):
        assert re.search(rf"^ *{place} +{re.escape(feature)} ", listed, re.MULTILINE)
    size = prepare.columns[0]
    assert f"(size - {size.mean!r}) / {size.deviation!r}; 0 where missing" in listed
    assert "1 where town is '가', else 0" in listed
    assert "sin(2π (month - 1) / 12); 0 where missing" in listed


def test_where_polars_is_missing_a_tables_network_is_exported_with_a_note(
    badak, of_a_table, monkeypatch
):
    monkeypatch.setitem(sys.modules, "polars", None)
    outcome = badak("export", of_a_table, "--to", "c")
    assert outcome.code == 0
    assert "takes the features that badak makes of the table's columns" in outcome.err
