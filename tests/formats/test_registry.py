import subprocess
import sys
from pathlib import Path

import pytest

from badak import Input, Sequential, formats
from badak._common import extras
from badak.errors import BadakError, FileFormatError, InputError
from badak.formats import registry
from badak.layers import Dense


@pytest.fixture
def model():
    return Sequential([Input((2,)), Dense(3, "relu"), Dense(2, "softmax")])


def test_the_ending_tells_the_format_unless_it_is_named(model, tmp_path):
    for name, begins in (
        ("m.npz", b"PK"),
        ("m.py", b'"""'),
        ("m.c", b"/*"),
        ("m.js", b"//"),
        ("m.mjs", b"//"),
    ):
        formats.export(model, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begins)
    formats.export(model, str(tmp_path / "n.c"), to="C")
    with pytest.raises(InputError, match=r"'onnx' ends in \.onnx, not as n\.c does"):
        formats.export(model, tmp_path / "n.c", to="onnx")
    with pytest.raises(InputError, match=r"n\.txt tells no format; known are \.onnx"):
        formats.export(model, tmp_path / "n.txt")
    with pytest.raises(InputError, match="unknown format 'onx'; did you mean 'onnx'"):
        formats.export(model, tmp_path / "n.onnx", to="onx")


def test_a_file_that_cannot_be_written_leaves_the_old_one(model, tmp_path):
    path = tmp_path / "m.c"
    path.write_text("mine")
    with pytest.raises(InputError):
        formats.export(Sequential([Dense(1)]), path)
    assert path.read_text() == "mine"
    with pytest.raises(FileNotFoundError, match="no folder"):
        formats.export(model, tmp_path / "none" / "m.c")


def test_badaks_own_file_is_read_too(model, tmp_path):
    model.save(tmp_path / "m.safetensors")
    assert repr(formats.import_model(tmp_path / "m.safetensors")) == repr(model)
    with pytest.raises(InputError, match="tells that itself: leave out output="):
        formats.import_model(tmp_path / "m.safetensors", output="softmax")


def test_files_of_no_known_kind_are_refused(tmp_path):
    for name, said in (
        ("m.txt", "tells no format that is read"),
        ("m.joblib", "can run code and is not read"),
        ("m.h5", "of older Kerases"),
    ):
        (tmp_path / name).write_bytes(b"text")
        with pytest.raises(InputError, match=said):
            formats.import_model(tmp_path / name)
    (tmp_path / "m.safetensors").write_bytes(b"text")
    with pytest.raises(FileFormatError, match="not a whole safetensors file"):
        formats.import_model(tmp_path / "m.safetensors")
    with pytest.raises(FileNotFoundError, match=r"no file .*none\.onnx"):
        formats.import_model(tmp_path / "none.onnx")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        formats.import_model(tmp_path)


@pytest.mark.parametrize(
    ("name", "module", "advice"),
    [
        ("m.onnx", "onnx", r"pip install 'badak\[onnx\]'"),
        ("m.keras", "h5py", r"pip install 'badak\[keras\]'"),
        ("m.weights.h5", "h5py", r"pip install 'badak\[keras\]'"),
        ("m.pt", "torch", "pip install 'torch'"),
    ],
)
def test_a_library_that_is_missing_is_named(name, module, advice, model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    path = tmp_path / name
    if name == "m.pt":
        path.write_bytes(b"")
    use = formats.import_model if name == "m.pt" else lambda path: formats.export(model, path)
    with pytest.raises(BadakError, match=f"{module}, which is not installed: {advice}"):
        use(path)
    assert issubclass(extras.MissingLibraryError, ImportError)


def test_nothing_heavy_is_loaded_before_it_is_needed():
    heavy = "h5py", "onnx", "torch", "sklearn"
    code = "import sys, badak.formats; badak.formats.export; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not set(heavy) & set(done.stdout.split())


def test_a_folder_with_formats_is_all_that_a_new_format_takes(tmp_path):
    folder = tmp_path / "shouted"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from badak.formats.base import Format\n"
        "FORMATS = (Format(name='shouted', endings=('.txt',),\n"
        "                  write=lambda model, file: model.name.upper()),)\n"
    )
    code = (
        "import badak.formats, sys\n"
        f"badak.formats.__path__.append({str(tmp_path)!r})\n"
        "from badak import Input, Sequential, formats, layers\n"
        "model = Sequential([Input((2,)), layers.Dense(1)], name='quiet')\n"
        f"formats.export(model, {str(tmp_path / 'm.txt')!r})\n"
        "print(*formats.EXPORTERS)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split()[-1] == "shouted"
    assert (tmp_path / "m.txt").read_text() == "QUIET"


def test_the_page_tells_every_format_and_what_it_needs():
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    for each in registry.FORMATS:
        for ending in each.endings:
            rows = [line for line in page.splitlines() if f"`{ending}`" in line and line[0] == "|"]
            assert rows, f"{ending} of {each.name} is not in the table"
            reads = any(f.read and ending in f.endings for f in registry.FORMATS)
            writes = any(f.write and ending in f.endings for f in registry.FORMATS)
            told = [[cell.strip() for cell in row.split("|")][3:5] for row in rows]
            assert ["yes" if writes else "no", "yes" if reads else "no"] in told
            if each.needs.startswith("badak["):
                assert each.needs.replace("badak[", "'.[") in rows[0]  # as a clone installs it


def test_an_ending_tells_one_format_unless_the_format_looks_into_the_file():
    for way in ("read", "write"):
        endings = [
            ending
            for each in registry.FORMATS
            if getattr(each, way) is not None and each.recognises is None
            for ending in each.endings
        ]
        assert len(endings) == len(set(endings))
