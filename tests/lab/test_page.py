"""The lab's page as files: its own tests run by Node, its libraries as they were published."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from badak._common.language import spoken
from badak.lab.app import PAGE
from badak.lab.texts import TEXTS, texts

VENDOR = json.loads((PAGE / "vendor" / "vendor.json").read_text("utf-8"))
SOURCES = {path.name: path.read_text("utf-8") for path in sorted((PAGE / "js").glob("*.js"))}
USED = re.compile(r'\bt\(\s*"(\w+)"')
CHOSEN = re.compile(r'\? "(\w+)" : "(\w+)"\)')
BUILT = re.compile(r"\bt\(`([^`]*)`")


def test_the_pages_own_tests_pass():
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node, which is not installed")
    files = sorted(map(str, (Path(__file__).parent / "js").glob("*.test.js")))
    run = subprocess.run([node, "--test", *files], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("package", VENDOR, ids=lambda package: package["name"])
def test_each_library_is_as_its_author_published_it(package):
    assert package["licence"] in ("MIT", "Apache-2.0")
    assert "ermission" in (PAGE / "vendor" / package["licence_file"]).read_text("utf-8")
    for file in package["files"]:
        content = (PAGE / "vendor" / file["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        text = content.decode("utf-8")
        for name, here in file["paths"].items():
            text = text.replace(f"from{here}", f"from{name}")
        published = (text + file["left_out"]).encode("utf-8")
        assert hashlib.sha256(published).hexdigest() == file["sha256_of_the_package"]


def test_every_file_of_the_libraries_is_listed():
    listed = {file["file"] for package in VENDOR for file in package["files"]}
    listed |= {package["licence_file"] for package in VENDOR} | {"vendor.json"}
    assert {path.name for path in (PAGE / "vendor").iterdir()} == listed


def test_the_page_asks_no_address_outside_and_has_no_script_or_style_inside():
    html = (PAGE / "index.html").read_text("utf-8")
    assert re.findall(r"<script[^>]*>([^<]*)<", html) == [""]
    assert "<style" not in html
    assert " style=" not in html
    for name, text in SOURCES.items():
        assert not re.search(r"https?://(?!www\.w3\.org)", text), name


def used_texts() -> set[str]:
    """Return the names of texts that the page asks for; of built ones all that begin so."""
    found = set()
    for text in SOURCES.values():
        found |= set(USED.findall(text))
        found |= {name for pair in CHOSEN.findall(text) for name in pair}
        for built in BUILT.findall(text):
            shape = re.compile(re.sub(r"\$\{[^}]*\}", r"\\w+", built))
            found |= {name for name in TEXTS if shape.fullmatch(name)}
        # tables of names: says: "one_step", ["a", "sums", 5]
        found |= {name for name in re.findall(r'"(\w+)"', text) if name in TEXTS}
    return found


def test_every_text_that_the_page_asks_for_is_there_and_none_is_left_over():
    asked = {name for text in SOURCES.values() for name in USED.findall(text)}
    assert asked - set(TEXTS) == set()
    assert set(TEXTS) - used_texts() == set()


def test_every_text_is_said_in_korean_too_with_the_same_fields():
    fields = re.compile(r"\{\w+\}")
    with spoken("ko"):
        korean = texts()
    for name, english in TEXTS.items():
        assert sorted(fields.findall(korean[name])) == sorted(fields.findall(english)), name
        kept = ("badak lab", "ONNX", "JavaScript", "{answer}, {share}")
        assert korean[name] != english or english in kept, f"{name} has no Korean"


def test_no_field_is_followed_by_a_korean_particle_that_depends_on_it():
    with spoken("ko"):
        for name, text in texts().items():
            assert not re.search(r"\}(?:은|는|이|가|을|를|과|와|으로|로)(?![가-힣])", text), name
