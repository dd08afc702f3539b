"""A lab that is served for a test, and a browser that may ask nobody else."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from badak.lab.serving import Server
from badak.lab.session import Session

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FONTS = os.environ.get("BADAK_TEST_FONTS")
"""A file of fontconfig's with a Korean font, where the machine has none."""


def chromium() -> str | None:
    """Return where Chromium is, if it is installed."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextmanager
def served(recipe: dict[str, Any] | None = None, port: int = 0) -> Iterator[Server]:
    """Serve a lab that speaks English."""
    session = Session(recipe)
    session.speak("en")
    server = Server(session, port=port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def browsing() -> Iterator[Any]:
    """Open a browser without a window."""
    from playwright.sync_api import sync_playwright

    environment: dict[str, str | float | bool] = dict(os.environ)
    if FONTS:
        environment["FONTCONFIG_FILE"] = FONTS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"], env=environment
        )
        try:
            yield browser
        finally:
            browser.close()


def complaint(said: Any) -> list[str]:
    """Return what the console complains of; a wish that is refused with a reason is no trouble."""
    refused = "status of 422" in said.text
    return [f"{said.type}: {said.text}"] if said.type == "error" and not refused else []


def opened(browser: Any, url: str, troubles: list[str], **how: Any) -> Any:
    """Return a page at an address; what goes wrong in it, or asks another host, is a trouble."""
    context = browser.new_context(accept_downloads=True, **how)

    def local(route: Any) -> None:
        host = route.request.url.split("/")[2].split(":")[0]
        if host == "127.0.0.1":
            route.continue_()
        else:
            troubles.append(f"asked {route.request.url}")
            route.abort()

    context.route(lambda url: url.startswith("http"), local)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("console", lambda said: troubles.extend(complaint(said)))
    page.goto(url)
    if url.startswith("http"):
        page.get_by_role("heading", name="badak lab").wait_for()
    return page


def drawn(page: Any, canvas: Any, points: list[tuple[float, float]]) -> None:
    """Draw a stroke on a canvas; points are shares of its sides."""
    box = canvas.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def downloaded(page: Any, link: Any, folder: Path) -> Path:
    """Click a link, and return the file that it brings."""
    with page.expect_download() as coming:
        link.click()
    download = coming.value
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def until(page: Any, wanted: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds; the page goes on meanwhile."""
    end = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < end, "it has not come about"
        page.wait_for_timeout(30)
