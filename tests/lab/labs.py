"""Sessions, clients and waits for tests of the lab."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from starlette.testclient import TestClient

from badak.lab.app import make_app
from badak.lab.frames import unpack
from badak.lab.session import Session

PORT, TOKEN = 8765, "the-token"
HOST = f"http://127.0.0.1:{PORT}"
PAGE = {"x-badak-token": TOKEN, "origin": HOST}
SMALL = {
    "data": {"kind": "xor", "samples": 60},
    "network": {"layers": [{"kind": "dense", "units": 3, "activation": "tanh"}]},
}


def wait_until(true: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until it is true; fail where it never is."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.005)


def settle(run) -> None:
    """Wait until a run rests."""
    wait_until(lambda: run.status != "playing" and not run.leaving and run.rests)


def train(run, epochs: int) -> None:
    """Train so many epochs, one after another."""
    for _ in range(epochs):
        before = run.epoch
        run.one_epoch()
        wait_until(partial(_has_come_to, run, before + 1))
        settle(run)


def _has_come_to(run, epoch: int) -> bool:
    return bool(run.epoch == epoch)


class Page:
    """What a page does, by Starlette's TestClient."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.client = TestClient(
            make_app(session, TOKEN, PORT), base_url=HOST, headers=PAGE, follow_redirects=False
        )

    def get(self, path: str, **asked) -> Any:
        return self.client.get(path, params=asked)

    def post(self, path: str, **given) -> Any:
        return self.client.post(path, json=given)

    def run(self, do: str, run: str = "a", **given) -> Any:
        answer = self.post("/api/run", run=run, do=do, **given)
        assert answer.status_code == 200, answer.text
        return answer.json()["runs"]

    def frame(self, **asked) -> tuple[dict[str, Any], dict[str, Any]]:
        answer = self.get("/api/frame", **{"run": "a", **asked})
        assert answer.status_code == 200, answer.text
        return unpack(answer.content)


@contextmanager
def opened(recipe: Any = None, **given) -> Iterator[Page]:
    """Open a session's page for a while."""
    session = Session(SMALL if recipe is None else recipe, **given)
    try:
        yield Page(session)
    finally:
        session.close()
