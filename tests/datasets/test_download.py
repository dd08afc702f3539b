import functools
import hashlib
import http.server
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest

from badak.datasets.download import VARIABLE, data_folders, fetch
from badak.datasets.idx import read_idx, write_idx
from badak.errors import DownloadError, FileFormatError, InputError

FILE = "train-labels-idx1-ubyte.gz"
PLAIN = "train-labels-idx1-ubyte"


class Server(http.server.ThreadingHTTPServer):
    requests: list[str]

    def url(self, folder):
        return f"http://127.0.0.1:{self.server_port}/{folder}/"


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        assert isinstance(self.server, Server)
        self.server.requests.append(self.path)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of tmp_path/served on this machine; `url(folder)` and the list of `requests`."""
    (tmp_path / "served").mkdir()
    handler = functools.partial(Handler, directory=tmp_path / "served")
    with Server(("127.0.0.1", 0), handler) as server:
        server.requests = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache of its own for every test, and no proxy before the server."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv(VARIABLE, raising=False)
    folder = tmp_path / "cache" / "badak"
    monkeypatch.setattr("pooch.os_cache", lambda project: folder)
    return folder


def put(folder, numbers=(5, 0, 4), file=FILE):
    """An IDX file in a folder; its SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    write_idx(folder / file, np.array(numbers, np.uint8))
    return hashlib.sha256((folder / file).read_bytes()).hexdigest()


def files_under(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_next_address_is_tried_when_one_is_missing_or_gives_another_file(
    tmp_path, server, cache
):
    put(tmp_path / "served" / "second", [9, 9])
    sha256 = put(tmp_path / "served" / "third")
    urls = [server.url("first"), server.url("second"), server.url("third")]
    path = fetch("mnist", FILE, urls, sha256)
    assert path == cache / "mnist" / FILE
    assert read_idx(path).tolist() == [5, 0, 4]
    assert server.requests.count(f"/third/{FILE}") == 1
    assert files_under(cache) == [f"mnist/{FILE}"]  # nothing is left of the other addresses


def test_the_second_time_the_cache_serves(tmp_path, server):
    sha256 = put(tmp_path / "served" / "good")
    first = fetch("mnist", FILE, [server.url("good")], sha256)
    asked = len(server.requests)
    assert fetch("mnist", FILE, [server.url("good")], sha256) == first
    assert fetch("mnist", FILE, [], sha256, offline=True) == first
    assert len(server.requests) == asked


def test_when_every_address_fails_each_is_named_with_its_reason_and_what_to_do(
    tmp_path, server, cache
):
    got = put(tmp_path / "served" / "wrong", [9, 9])
    expected = "0" * 64
    urls = [server.url("missing"), server.url("wrong"), "http://127.0.0.1:9/closed/"]
    with pytest.raises(DownloadError) as caught:
        fetch("mnist", FILE, urls, expected)
    message = str(caught.value)
    for url in urls:
        assert url + FILE in message
    for part in ("404", got, expected, "--data-dir", VARIABLE, "offline classroom"):
        assert part in message
    assert len(message.splitlines()) == 1
    assert "HTTPConnection" not in message
    assert files_under(cache) == []


def test_a_download_that_breaks_off_is_not_kept(tmp_path, server, cache, monkeypatch):
    sha256 = put(tmp_path / "served" / "good", range(256))

    def half(self, source, output):
        output.write(source.read(100))

    monkeypatch.setattr(Handler, "copyfile", half)
    with pytest.raises(DownloadError):
        fetch("mnist", FILE, [server.url("good")], sha256)
    assert files_under(cache) == []


@pytest.mark.parametrize("place", [".", "mnist"])
@pytest.mark.parametrize("source", ["data_dir", "variable", "cache"])
def test_a_file_in_a_folder_needs_no_network(tmp_path, monkeypatch, cache, place, source):
    folder = cache if source == "cache" else tmp_path / "data"
    sha256 = put(folder / place)
    if source == "variable":
        monkeypatch.setenv(VARIABLE, str(folder))
    path = fetch("mnist", FILE, [], sha256, data_dir=folder if source == "data_dir" else None)
    assert path == folder / place / FILE


def test_folders_are_asked_in_their_order(tmp_path, monkeypatch, cache):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "variable"))
    sha256 = put(cache)
    put(tmp_path / "variable" / "mnist")
    assert list(data_folders()) == [tmp_path / "variable", cache]
    for folder in (tmp_path / "variable" / "mnist", cache):
        assert fetch("mnist", FILE, [], sha256) == folder / FILE
        (folder / FILE).unlink()


def test_a_folder_that_is_named_is_the_only_one_looked_at(tmp_path, monkeypatch, server, cache):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "variable"))
    sha256 = put(cache)
    for folder in (tmp_path / "variable", tmp_path / "served" / "good"):
        put(folder)
    argument = tmp_path / "argument"
    argument.mkdir()
    assert list(data_folders(argument)) == [argument]
    with pytest.raises(InputError, match=r"argument has no file train-labels.*labels\.idx1-ubyte"):
        fetch("mnist", FILE, [server.url("good")], sha256, data_dir=argument)
    assert server.requests == []


DOTTED = "train-labels.idx1-ubyte"


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        *[("mnist", name) for name in (FILE, PLAIN, DOTTED, DOTTED + ".gz")],
        *[(f"mnist/{PLAIN}", name) for name in (PLAIN, DOTTED)],  # a folder for each archive
        *[("MNIST/raw", name) for name in (FILE, PLAIN)],  # torchvision's
    ],
)
def test_names_as_programs_leave_them_are_found(tmp_path, folder, name):
    put(tmp_path / folder, [7], file=name)
    sha256 = hashlib.sha256((tmp_path / folder / name).read_bytes()).hexdigest()
    assert fetch("mnist", FILE, [], sha256, tmp_path) == tmp_path / folder / name


@pytest.mark.parametrize("name", [PLAIN, DOTTED])
def test_torchvisions_sets_are_told_apart(tmp_path, name):
    for set_name, folder, number in (("mnist", "MNIST", 1), ("fashion-mnist", "FashionMNIST", 2)):
        put(tmp_path / folder / "raw", [number], file=name)
        assert read_idx(fetch(set_name, FILE, [], "0" * 64, tmp_path)).tolist() == [number]
    with pytest.raises(FileFormatError, match="called 'kmnist'"):
        fetch("kmnist", FILE, [], "0" * 64, tmp_path / "MNIST")


def test_two_data_sets_share_a_folder_by_sub_folders(tmp_path):
    digits, clothes = put(tmp_path / "mnist"), put(tmp_path / "fashion-mnist", [9, 0])
    for name, sha256 in (("mnist", digits), ("fashion-mnist", clothes)):
        assert fetch(name, FILE, [], sha256, tmp_path) == tmp_path / name / FILE


def test_another_file_is_refused_with_both_checksums(tmp_path):
    got = put(tmp_path)
    expected = "a" * 64
    with pytest.raises(FileFormatError) as caught:
        fetch("fashion-mnist", FILE, [], expected, data_dir=tmp_path)
    for part in (str(tmp_path / FILE), got, expected, "sub-folder"):
        assert part in str(caught.value)


def test_an_unpacked_file_is_taken_from_a_folder_of_the_sets_name(tmp_path):
    put(tmp_path / "mnist", file=PLAIN)
    put(tmp_path / "Fashion_MNIST", [9, 0], file=PLAIN)
    assert fetch("mnist", FILE, [], "0" * 64, tmp_path) == tmp_path / "mnist" / PLAIN
    path = fetch("fashion-mnist", FILE, [], "0" * 64, tmp_path / "Fashion_MNIST")
    assert read_idx(path).tolist() == [9, 0]


def test_an_unpacked_file_that_could_be_another_sets_is_not_guessed_at(tmp_path):
    put(tmp_path / "data", file=PLAIN)
    with pytest.raises(FileFormatError, match="move it into a folder called 'kmnist'"):
        fetch("kmnist", FILE, [], "0" * 64, tmp_path / "data")


def test_an_unpacked_file_that_is_damaged_is_refused(tmp_path):
    put(tmp_path / "mnist", file=PLAIN)
    (tmp_path / "mnist" / PLAIN).write_bytes(b"\0\0\x08\x01")
    with pytest.raises(FileFormatError, match="ends at byte 4"):
        fetch("mnist", FILE, [], "0" * 64, tmp_path)


def test_a_data_folder_that_is_not_there_is_a_mistake(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"data_dir is .*nowhere"):
        fetch("mnist", FILE, [], "0" * 64, data_dir=tmp_path / "nowhere")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"BADAK_DATA is .*nowhere"):
        fetch("mnist", FILE, [], "0" * 64)


def test_offline_says_so_instead_of_asking(tmp_path, server):
    sha256 = put(tmp_path / "served" / "good")
    with pytest.raises(DownloadError, match=r"no folder has mnist's .*--data-dir"):
        fetch("mnist", FILE, [server.url("good")], sha256, offline=True)
    assert server.requests == []


@pytest.mark.parametrize("terminal", [True, False])
def test_the_progress_bar_is_for_terminals(tmp_path, server, capsys, monkeypatch, terminal):
    sha256 = put(tmp_path / "served" / "good")
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    fetch("mnist", FILE, [server.url("good")], sha256)
    assert ("100%" in capsys.readouterr().err) == terminal


FETCH = """
import sys
from pathlib import Path
import pooch
from badak.datasets.download import fetch
cache, url, file, sha256 = sys.argv[1:]
pooch.os_cache = lambda project: Path(cache)
print(fetch("mnist", file, [url], sha256))
"""


def test_processes_that_fetch_at_once_all_get_the_file(tmp_path, server, cache, monkeypatch):
    sha256 = put(tmp_path / "served" / "good", np.arange(100_000) % 251)
    together = threading.Barrier(3, timeout=60)
    copyfile = Handler.copyfile

    def wait_for_the_others(self, source, output):
        together.wait()
        copyfile(self, source, output)

    monkeypatch.setattr(Handler, "copyfile", wait_for_the_others)
    command = [sys.executable, "-c", FETCH, str(cache), server.url("good"), FILE, sha256]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert printed == [str(cache / "mnist" / FILE)] * 3
    assert files_under(cache) == [f"mnist/{FILE}"]
    assert fetch("mnist", FILE, [], sha256, offline=True) == cache / "mnist" / FILE


def test_a_cache_that_cannot_be_written_is_told(tmp_path, server, cache):
    sha256 = put(tmp_path / "served" / "good")
    cache.parent.mkdir()
    cache.write_bytes(b"a file where the folder should be")
    with pytest.raises(DownloadError, match="could be had from no address"):
        fetch("mnist", FILE, [server.url("good")], sha256)
    shutil.rmtree(cache.parent)
