"""The pages of docs/ say what is so."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def maker(name: str) -> ModuleType:
    """Return the module that makes a page."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_names_all_that_is_public():
    pytest.importorskip("sklearn", reason="badak.estimators needs scikit-learn")
    make = maker("make_reference")
    written = (ROOT / "docs/reference.md").read_text("utf-8")
    assert make.page() == written, "run: python docs/make_reference.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_pages_lead_somewhere(page):
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text) + re.findall(
        r'src(?:set)?="([^"]+)"', text
    )
    for link in links:
        if not link.startswith(("http:", "https:")):
            assert (page.parent / link).exists(), link


@pytest.mark.slow
@pytest.mark.parametrize("page", ["first-network.md", "ko/first-network.md"])
def test_the_first_network_runs_as_it_is_printed(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / page).read_text("utf-8")
    names = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)  # the page of this repository
    assert names["model"].evaluate(*names["datasets"].digits.load_data()[1])[1] > 0.9
    assert {"curves.png", "weights.png", "wrong.png"} <= {path.name for path in tmp_path.iterdir()}
    assert "softmax" in capsys.readouterr().out


@pytest.mark.parametrize("page", ["features.md", "ko/features.md"])
def test_numbers_and_categories_run_as_printed(page):
    text = (ROOT / "docs" / page).read_text("utf-8")
    names = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)  # the page of this repository
    losses = names["history"].history["val_loss"]
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("page", ["input.md", "ko/input.md"])
def test_what_samples_may_be_runs_as_it_is_printed(page, capsys):
    pytest.importorskip("pandas")
    text = (ROOT / "docs" / page).read_text("utf-8")
    names = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        if "import torch" not in block or importlib.util.find_spec("torch"):
            exec(block, names)  # the page of this repository
    for printed in re.findall(r"```text\n(.*?)\n```", text, re.DOTALL):
        assert printed in capsys.readouterr().out


@pytest.mark.parametrize("page", ["ensembles.md", "ko/ensembles.md"])
def test_several_networks_as_one_run_as_they_are_printed(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / page).read_text("utf-8")
    exec("\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), {})  # of this repository
    assert "Ensemble of 5" in capsys.readouterr().out


@pytest.mark.filterwarnings("always::RuntimeWarning")
@pytest.mark.parametrize("page", ["own.md", "ko/own.md"])
def test_what_a_user_writes_is_compiled_saved_and_loaded(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / page).read_text("utf-8")
    names = {}
    script = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    with pytest.warns(RuntimeWarning) as warned:
        exec(script, names)  # the page of this repository
    printed = re.findall(r"```text\n(.*?)\n```", text, re.DOTALL)
    assert [str(each.message) for each in warned] == printed  # of the network that sorts, alone
    losses = names["history"].history["loss"]
    assert losses[-1] < 0.01 * losses[0]
    assert names["more"].history["loss"][0] < 2.0 * losses[-1]
    assert names["largest"].engine_warned
    assert not hasattr(names["model"], "engine_warned")


def test_the_architecture_page_names_every_room_and_no_other():
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    tree = page[page.index("## The tree") : page.index("## The import rule")]
    package = ROOT / "src/badak"
    there = {
        path.name
        for path in package.iterdir()
        if path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())
    }
    first_cells = [line.split("|")[1] for line in tree.splitlines() if line.startswith("| `")]
    beside = tree[tree.rindex("|") :]
    named = set(re.findall(r"`([\w.]+)`", " ".join(first_cells) + beside))
    assert named == there


def test_every_decision_is_listed():
    folder = ROOT / "docs/decisions"
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_the_figures_of_the_pages_are_those_of_the_results():
    make = maker("make_tables")
    shown = []
    for page in make.PAGES:
        written = page.read_text("utf-8")
        assert make.page(page) == written, "run: python docs/make_tables.py"
        shown += [match[2] for match in make.MARKED.finditer(written)]
        assert written.count("<!-- figures: ") == written.count("<!-- end of figures -->")
    assert sorted(shown) == sorted(make.PARTS)


def test_a_table_follows_its_result(tmp_path, monkeypatch):
    make = maker("make_tables")
    changed = json.loads((make.RESULTS / "training.json").read_text("utf-8"))
    changed["rows"][0]["peers"]["PyTorch"]["ratio"] = 123.0
    (tmp_path / "training.json").write_text(json.dumps(changed), "utf-8")
    monkeypatch.setattr(make, "RESULTS", tmp_path)
    assert "| 123x |" in make.training()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "benchmarks/results").glob("*.json")), ids=lambda path: path.stem
)
def test_a_result_says_when_and_on_what_it_was_measured(path):
    kept = json.loads(path.read_text("utf-8"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept["date"])
    assert kept["machine"]["processor"]
    assert isinstance(kept["machine"]["versions"], dict)
    assert kept["rows"]
    assert (ROOT / "benchmarks" / f"{path.stem}.py").exists()
