"""Take the pictures of the lab's page for the README and docs/lab.md.

    python docs/make_lab.py

Needs badak[lab], playwright and Chromium, and a Korean font. Each picture is of a run of its own,
trained for a moment at full speed, so that its numbers differ a little from time to time.
"""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from badak.lab.serving import Server
from badak.lab.session import Session

PICTURES = Path(__file__).parent / "pictures"
COLOURS = 256  # of a picture's palette: a third of the bytes, and no difference to the eye
HEIGHTS = {390: 844, 1280: 800, 1920: 1080}

SPIRAL: dict[str, Any] = {
    "data": {"kind": "spiral", "noise": 0.05},
    "network": {
        "layers": [
            {"kind": "dense", "units": 8, "activation": "tanh"},
            {"kind": "dense", "units": 6, "activation": "tanh"},
        ]
    },
}
DIGITS: dict[str, Any] = {
    "data": {"kind": "digits"},
    "network": {"layers": [{"kind": "dense", "units": 50, "activation": "relu"}] * 2},
    "training": {"optimizer": {"name": "adam", "learning_rate": 0.001}},
}
THREE = [(0.28, 0.2), (0.7, 0.16), (0.5, 0.45), (0.75, 0.7), (0.5, 0.86), (0.22, 0.78)]


def main() -> None:
    """Take all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for theme in ("light", "dark"):
            picture(browser, f"lab-{theme}", SPIRAL, spiral, theme=theme)
            picture(browser, f"lab-digits-{theme}", DIGITS, digits, theme=theme, width=1920)
            picture(browser, f"lab-phone-{theme}", SPIRAL, spiral, theme=theme, width=390)
        for language in ("en", "ko"):
            picture(browser, f"lab-lesson.{language}", None, lesson, language=language)
        browser.close()


def picture(
    browser: Browser,
    name: str,
    recipe: dict[str, Any] | None,
    prepare: Callable[[Page], None],
    *,
    theme: str = "light",
    language: str = "en",
    width: int = 1280,
) -> None:
    """Open the page on a recipe, let it be prepared, and keep what it looks like."""
    session = Session(recipe)
    session.speak(language)
    server = Server(session, port=0)
    server.start()
    scheme: Any = theme
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHTS[width]}, color_scheme=scheme
    )
    page.goto(server.url)
    page.locator("h1").wait_for()
    prepare(page)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(500)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = taken.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(PICTURES / f"{name}.png", optimize=True)
    page.close()
    server.stop()


def spiral(page: Page) -> None:
    """Train, and point at a weight."""
    train(page, 4000)
    page.locator("button.unit").nth(2).click()
    page.mouse.move(0, 0)


def digits(page: Page) -> None:
    """Train, look at the layer, and draw a three."""
    train(page, 700)
    page.locator("button.head-name").first.click()
    box = page.locator(".drawing canvas").first.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in THREE]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def lesson(page: Page) -> None:
    """Begin the lesson on dying ReLUs, train, and ask for its verdict."""
    page.locator(".page-tools button").nth(1).click()
    page.locator(".lessons button").nth(7).click()
    page.locator(".lesson").wait_for()
    train(page, 4000)
    page.locator(".verdict button").click()
    page.locator(".verdict-text").wait_for()
    page.evaluate("scrollTo(0, 0)")


def train(page: Page, milliseconds: int) -> None:
    """Train at full speed for a while."""
    page.locator("h1").click()
    page.keyboard.press(" ")
    page.wait_for_timeout(milliseconds)
    page.keyboard.press(" ")
    page.wait_for_timeout(800)
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main()
