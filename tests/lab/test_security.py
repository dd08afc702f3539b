"""Who may ask the server, and what it sends along."""

import re

import pytest
from starlette.testclient import TestClient

from badak.lab.app import PAGE as FILES
from badak.lab.app import make_app
from badak.lab.security import MOST_BODY, MOST_UPLOAD
from badak.lab.session import Session
from tests.lab.labs import HOST, PORT, SMALL, TOKEN

READ = ["/", "/api/state", "/api/catalog", "/api/frame", "/api/arithmetic", "/api/take"]
WRITE = ["/api/recipe", "/api/run", "/api/language", "/api/answer", "/api/formula", "/api/upload"]
WRITE += ["/api/lesson"]


@pytest.fixture
def app():
    session = Session(SMALL)
    yield make_app(session, TOKEN, PORT)
    session.close()


@pytest.fixture
def stranger(app):
    """Whoever has no token."""
    return TestClient(app, base_url=HOST, follow_redirects=False)


@pytest.fixture
def browser(stranger):
    """A browser that was given the address."""
    answer = stranger.get(f"/?token={TOKEN}")
    assert answer.status_code == 303
    return stranger


def test_the_token_is_taken_once_and_kept_in_a_cookie_that_no_script_reads(stranger):
    answer = stranger.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"badak-lab-{PORT}={TOKEN};")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert stranger.get("/").status_code == 200
    assert stranger.get("/api/state").status_code == 200


@pytest.mark.parametrize("path", READ + WRITE)
def test_nobody_without_the_token_gets_anything(stranger, path):
    answer = stranger.get(path) if path in READ else stranger.post(path, json={})
    assert answer.status_code == 403
    assert "the address that badak lab printed" in answer.text
    assert TOKEN not in answer.text


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\xff", "é"])
def test_another_token_is_none(stranger, token):
    assert stranger.get("/", params={"token": token}).status_code == 403
    cookie = f"badak-lab-{PORT}={token}".encode("latin-1")
    assert stranger.get("/api/state", headers={"cookie": cookie}).status_code == 403
    header = {"x-badak-token": token.encode("latin-1")}
    assert stranger.get("/api/state", headers=header).status_code == 403


def test_the_token_in_the_address_opens_the_page_alone(stranger):
    assert stranger.get(f"/api/state?token={TOKEN}").status_code == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:8765.evil.example",
        "[::1]:8765",
        "",
        "0.0.0.0:8765",
    ],
)
def test_a_host_that_is_not_this_machine_is_refused(browser, host):
    for path in (*READ, f"/?token={TOKEN}", "/static/index.html"):
        assert browser.get(path, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765"])
def test_this_machine_has_two_names(stranger, host):
    headers = {"host": host, "x-badak-token": TOKEN}
    assert stranger.get("/api/state", headers=headers).status_code == 200


@pytest.mark.parametrize("path", WRITE)
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "https://127.0.0.1:8765",
        "http://127.0.0.1",
        "http://127.0.0.1:8766",
        "127.0.0.1:8765",
        "http://http://127.0.0.1:8765",
    ],
)
def test_a_change_needs_the_pages_own_origin(browser, path, origin):
    headers = {} if origin is None else {"origin": origin}
    answer = browser.post(path, json={}, headers=headers)
    assert answer.status_code == 403
    assert "only the lab's own page" in answer.json()["error"]["message"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_need_the_origin_and_do_nothing(browser, method):
    assert browser.request(method, "/api/run").status_code == 403
    answer = browser.request(method, "/api/run", headers={"origin": HOST})
    assert answer.status_code == 405


def test_no_other_site_is_ever_allowed_to_read(browser):
    for path in READ:
        answer = browser.get(path, headers={"origin": "http://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/api/state", "/api/nothing", "/static/index.html"])
def test_every_answer_has_the_policy(browser, path):
    answer = browser.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy == (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_refusals_have_the_policy_too(stranger):
    for answer in (stranger.get("/"), stranger.get("/", headers={"host": "evil.example"})):
        assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_the_page_needs_nothing_that_the_policy_forbids():
    html = (FILES / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\son\w+=|\sstyle=|<style", html)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", html)


def test_a_notebook_may_hold_the_page_in_a_frame():
    session = Session(SMALL)
    client = TestClient(make_app(session, TOKEN, PORT, framed=True), base_url=HOST)
    refused = client.get("/")
    page = client.get("/", params={"token": TOKEN})
    state = client.get("/api/state", params={"token": TOKEN})
    session.close()
    assert "frame-ancestors http: https:" in refused.headers["content-security-policy"]
    # A frame of another site keeps no cookie: the page sends the token itself.
    assert (refused.status_code, page.status_code, state.status_code) == (403, 200, 200)


def test_a_command_that_is_too_large_is_refused_before_it_is_read(browser):
    answer = browser.post("/api/run", content=b" " * (MOST_BODY + 1), headers={"origin": HOST})
    assert answer.status_code == 413
    assert "at most 1 MiB" in answer.json()["error"]["message"]


def test_a_body_without_its_length_is_read_no_further_than_it_may(browser):
    taken = []

    def endless():
        for _ in range(100):
            taken.append(1)
            yield b" " * 2**16

    answer = browser.post("/api/run", content=endless(), headers={"origin": HOST})
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", str(10**30)])
def test_a_length_that_is_none_is_refused(browser, length):
    headers = {"origin": HOST, "content-length": length}
    assert browser.post("/api/run", content=b"{}", headers=headers).status_code == 413


def test_an_upload_may_be_larger_but_is_bounded_too(browser):
    headers = {"origin": HOST}
    body = b"a,b\n" + b"".join(
        b"%d.00001,%d\n" % (i * i % 977, i % 89) for i in range(MOST_BODY // 10)
    )
    assert len(body) > MOST_BODY
    answer = browser.post("/api/upload?kind=table&name=a.csv", content=body, headers=headers)
    assert answer.status_code == 200
    answer = browser.post(
        "/api/upload?kind=table", content=b"x" * (MOST_UPLOAD + 1), headers=headers
    )
    assert answer.status_code == 413
