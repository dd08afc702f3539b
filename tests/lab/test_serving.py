"""The server: its port, its threads, Ctrl-C, and what Python is given."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request

import numpy as np
import pytest

import badak
from badak.errors import InputError
from badak.lab import serving
from badak.lab.serving import Lab, Server, lab
from badak.lab.session import Session
from tests.lab.labs import SMALL, train, wait_until


def asked(lab, path):
    url = lab.url.partition("/?")[0] + path
    token = lab.url.rpartition("=")[2]
    request = urllib.request.Request(url, headers={"x-badak-token": token})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status, answer.read()


@pytest.fixture
def opened():
    labs = []

    def open_(*arguments, **options):
        labs.append(lab(*arguments, port=0, browser=False, block=False, **options))
        return labs[-1]

    yield open_
    for each in labs:
        each.close()


def test_a_lab_answers_at_its_address_until_it_is_closed(opened):
    made = opened(recipe=SMALL)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{32}", made.url)
    assert json.loads(asked(made, "/api/state")[1])["runs"]["a"]["status"] == "ready"
    made.close()
    with pytest.raises(OSError, match=r"refused|reset"):
        asked(made, "/api/state")


def test_it_listens_to_this_machine_alone(opened):
    made = opened(recipe=SMALL)
    assert made._server._socket.getsockname()[0] == "127.0.0.1"


def test_a_token_is_never_used_twice(opened):
    assert (
        opened(recipe=SMALL).url.rpartition("=")[2] != opened(recipe=SMALL).url.rpartition("=")[2]
    )


def test_a_taken_port_is_told_with_the_next_free_one(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with lab(recipe=SMALL, port=port, browser=False, block=False) as made:
            said = capsys.readouterr().out
            assert f"port {port} is taken; the lab is at the next free one" in said
            assert made.url in said
            assert asked(made, "/api/state")[0] == 200


@pytest.mark.parametrize("port", [-1, 65536, 1.5, "80", True])
def test_a_port_that_is_none_is_refused(port):
    session = Session(SMALL)
    with pytest.raises(InputError, match="port must be a whole number"):
        Server(session, port)
    session.close()


def test_where_no_port_is_free_that_is_told(monkeypatch):
    monkeypatch.setattr(serving, "TRIED", 1)
    session = Session(SMALL)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"no port from {port} to {port} is free"):
            Server(session, port)
    session.close()


def test_a_model_and_its_data_are_trained_as_a_copy(opened):
    x = np.random.default_rng(0).normal(size=(80, 2)).astype(np.float32)
    t = (x.sum(axis=1) > 0.0).astype(int)
    model = badak.Sequential(
        [badak.Input((2,)), badak.layers.Dense(3, "tanh"), badak.layers.Dense(1, "sigmoid")]
    )
    model.compile(badak.optimizers.Adam(0.01))
    before = model.parameters.vector.copy()
    made = badak.lab(model, (x, t), port=0, browser=False, block=False)
    try:
        assert isinstance(made, Lab)
        assert np.array_equal(made.model.parameters.vector, before)
        train(made._server.session.run("a"), 2)
        assert np.array_equal(model.parameters.vector, before)
        assert not np.array_equal(made.model.parameters.vector, before)
        assert made.model.predict(x).shape == (80, 1)
    finally:
        made.close()


def test_a_notebook_shows_the_page_in_a_frame(opened):
    made = opened(recipe=SMALL, height=500)
    html = made._repr_html_()
    assert f'src="{made.url}"' in html
    assert 'height="500"' in html
    assert repr(made) == f"<badak lab at {made.url}>"


def test_in_a_notebook_it_neither_waits_nor_opens_a_browser(monkeypatch):
    monkeypatch.setattr(serving, "_in_notebook", lambda: True)
    monkeypatch.setattr("webbrowser.open", lambda url: pytest.fail("a browser"))
    with lab(recipe=SMALL, port=0) as made:
        assert asked(made, "/api/state")[0] == 200


def test_closing_ends_every_thread(opened):
    before = set(threading.enumerate())
    made = opened(recipe=SMALL)
    made._server.session.run("a").play()
    made.close()
    left = {each for each in threading.enumerate() if each.name.startswith("badak-lab")} - before
    assert left == set()


def test_without_uvicorn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    session = Session(SMALL)
    with pytest.raises(ImportError, match=r"badak\.lab needs uvicorn.*pip install 'badak\[lab\]'"):
        Server(session, 0)
    session.close()


def test_importing_badak_or_its_command_loads_no_server():
    program = (
        "import sys, badak, badak.cli; "
        "print([m for m in sys.modules if m.startswith(('starlette', 'uvicorn', 'badak.lab'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
@pytest.mark.parametrize("program", ["command", "script"])
def test_ctrl_c_ends_all_while_it_trains(program, tmp_path):
    command = [sys.executable, "-m", "badak", "lab", "--no-browser", "--port", "0"]
    if program == "script":
        command = [sys.executable, "-c", "import badak; badak.lab(browser=False, port=0)"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        url = process.stdout.readline().split()[-1]
        base, _, token = url.partition("/?token=")
        request = urllib.request.Request(
            f"{base}/api/run",
            json.dumps({"run": "a", "do": "play"}).encode(),
            {"x-badak-token": token, "origin": base},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert json.loads(answer.read())["runs"]["a"]["status"] == "playing"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert errors == ""


def test_a_lab_in_a_thread_leaves_ctrl_c_alone(opened):
    before = signal.getsignal(signal.SIGINT)
    opened(recipe=SMALL)
    assert signal.getsignal(signal.SIGINT) is before


def test_two_pages_share_the_run(opened):
    made = opened(recipe=SMALL)
    made._server.session.run("a").one_epoch()
    wait_until(lambda: made._server.session.run("a").epoch == 1)
    states = [json.loads(asked(made, "/api/state")[1]) for _ in range(2)]
    assert states[0] == states[1]
