"""The whole run as one file: it opens from disk with the network cut, replays, and answers."""

import base64
import json
import re

import numpy as np
import pytest

from badak.lab import network
from badak.lab.data import Uploads
from badak.lab.session import Session
from badak.lab.takeaway import take
from badak.lab.takeaway.taking import standing
from tests.lab.bending import bend, train
from tests.lab.browser import browsing, chromium, drawn, opened

pytest.importorskip("playwright", reason="needs playwright, which is not installed")

needs_chromium = pytest.mark.skipif(
    chromium() is None, reason="needs Chromium, which is not installed"
)
HOUSES = "area,city,built,price\n" + "".join(
    f"{20 + i * 7 % 80},{('Busan', 'Jeju', 'Seoul')[i % 3]},20{10 + i % 12}-0{1 + i % 9}-11,"
    f"{100 + i * 21 % 240 + 30 * (i % 3)}\n"
    for i in range(120)
)
DIGITS = {
    "data": {"kind": "digits"},
    "network": {
        "layers": [{"kind": "dense", "units": 16, "activation": {"formula": "x * sigmoid(x)"}}]
    },
    "training": {"batch_size": 32},
}


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.fixture
def trained():
    """A maker of sessions that have been trained for some epochs."""
    made = []

    def make(recipe=None, epochs=6, uploads=None):
        session = Session(recipe, uploads=uploads)
        made.append(session)
        train(session, epochs)
        return session

    yield make
    for session in made:
        session.close()


def told(text):
    """What the page holds as JSON."""
    return json.loads(re.search(r'id="run">(.*?)</script>', text, re.DOTALL).group(1))


def written(session, folder, **how):
    name, kind, content = take(session.run("a"), "page", **how)
    assert (name, kind) == ("run.html", "text/html")
    path = folder / name
    path.write_bytes(content)
    return path


def test_it_forbids_all_but_the_one_script_and_style_in_it(trained, tmp_path):
    text = written(trained(), tmp_path).read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    assert policy.startswith("default-src &#x27;none&#x27;")
    assert "unsafe" not in policy
    assert not re.search(r'(src|href)="', text)
    assert "http://" not in text.split("<script")[0]
    assert " style=" not in text


def test_a_frame_holds_the_weights_of_its_epoch(trained, tmp_path):
    session = trained({"data": {"kind": "xor"}}, 4)
    run = session.run("a")
    found = told(written(session, tmp_path).read_text("utf-8"))
    assert [frame["epoch"] for frame in found["frames"]] == [0, 1, 2, 3, 4]
    first = np.frombuffer(base64.b64decode(found["frames"][2]["kernels"][0]), "<f4")
    then = network.build(run.recipe, run.data)
    then.parameters.vector[...] = run.states[2].vector
    assert np.array_equal(first, then.layers[0].kernel.ravel())
    epochs, losses = (run.curves.column(name) for name in ("epoch", "train"))
    assert found["curves"]["epoch"] == epochs.tolist()
    assert found["curves"]["train"] == pytest.approx(losses.tolist())
    assert {len(frame["grid"]) for frame in found["frames"]} == {4 * ((64 * 64 + 2) // 3)}


def test_many_epochs_are_thinned_and_a_rebuilt_network_keeps_its_past(trained, tmp_path):
    session = trained({"data": {"kind": "gauss", "samples": 40}}, 70)
    bend(session, "a", lambda r: r["network"]["layers"].append({"kind": "dense", "units": 12}))
    train(session, 5)
    found = told(written(session, tmp_path).read_text("utf-8"))
    assert len(found["frames"]) <= 60
    assert found["frames"][-1]["epoch"] == 75
    assert len(found["structures"]) == 2
    assert [frame["structure"] for frame in found["frames"]][:: len(found["frames"]) - 1] == [0, 1]


@needs_chromium
@pytest.mark.slow
def test_it_replays_and_answers_points_as_badak_does(trained, browser, tmp_path):
    session = trained({"data": {"kind": "circle"}}, 12)
    troubles: list[str] = []
    page = opened(browser, written(session, tmp_path).as_uri(), troubles, offline=True)
    assert "epoch 12" in page.locator("#now").inner_text()
    page.locator("#frame").evaluate("node => { node.value = 3; node.oninput({ target: node }); }")
    assert "epoch 3" in page.locator("#now").inner_text()
    page.get_by_role("button", name="Play").click()
    page.get_by_text("epoch 12").wait_for()
    model = standing(session.run("a"))
    for point in ([0.5, -0.25], [-1.0, 1.0]):
        for place, value in enumerate(point):
            page.locator(f"#ask-{place}").evaluate(
                "(node, value) => { node.value = value; node.oninput(); }", value
            )
        placed = [float(page.locator(f"#ask-{place}").input_value()) for place in (0, 1)]
        share = float(model.predict(np.array([placed], np.float32))[0, 0])
        shown = page.locator("#answers .value").all_inner_texts()
        assert shown == [f"{100 * (1 - share):.1f}%", f"{100 * share:.1f}%"]
    box = page.locator("#plane").bounding_box()
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    assert float(page.locator("#ask-0").input_value()) == pytest.approx(0.0, abs=0.05)
    assert troubles == []
    page.context.close()


@needs_chromium
@pytest.mark.slow
def test_it_answers_a_drawn_digit_and_test_samples_as_badak_does(trained, browser, tmp_path):
    session = trained(DIGITS, 8)
    model, data = standing(session.run("a")), session.run("a").data
    troubles: list[str] = []
    page = opened(
        browser, written(session, tmp_path, theme="dark").as_uri(), troubles, offline=True
    )
    for sample in (0, 5, 11):
        page.locator("#sample").select_option(str(sample))
        expected = model.predict(data.x_test[sample : sample + 1])[0]
        assert page.locator("#said").inner_text() == f"Answer: {expected.argmax()}"
        shown = page.locator("#answers .value").all_inner_texts()
        assert shown == [f"{100 * share:.1f}%" for share in expected]
    page.get_by_role("button", name="Clear").click()
    before = page.locator("#answers .value").all_inner_texts()
    drawn(page, page.locator("#pad"), [(0.5, 0.1), (0.5, 0.9)])
    assert page.locator("#answers .value").all_inner_texts() != before
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert troubles == []
    page.context.close()


@needs_chromium
@pytest.mark.slow
def test_it_encodes_the_columns_of_a_table_as_badak_does(trained, browser, tmp_path):
    uploads = Uploads()
    upload = uploads.add("table", "houses.csv", HOUSES.encode())["upload"]
    session = trained({"data": {"kind": "table", "upload": upload}}, 6, uploads)
    model, data = standing(session.run("a")), session.run("a").data
    troubles: list[str] = []
    page = opened(browser, written(session, tmp_path).as_uri(), troubles, offline=True)
    page.locator("#ask-0").evaluate("node => { node.value = 55; node.oninput(); }")
    page.locator("#ask-1").select_option("Seoul")
    page.locator("#ask-2").select_option(index=1)
    given = {
        "area": np.array([float(page.locator("#ask-0").input_value())]),
        "city": np.array(["Seoul"]),
        "built": np.array([page.locator("#ask-2").input_value()]),
    }
    expected = float(model.predict(data.encode(given))[0, 0])
    said = float(page.locator("#said").inner_text().removeprefix("Answer: "))
    assert said == pytest.approx(expected, rel=1e-3)
    assert troubles == []
    page.context.close()


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["function", "bumps"])
def test_it_speaks_korean_and_has_a_table_of_its_numbers(kind, trained, browser, tmp_path):
    session = trained({"data": {"kind": kind}}, 3)
    troubles: list[str] = []
    path = written(session, tmp_path, language="ko")
    page = opened(
        browser, path.as_uri(), troubles, offline=True, viewport={"width": 390, "height": 800}
    )
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert "에폭 3" in page.locator("#now").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#language").click()
    assert "epoch 3" in page.locator("#now").inner_text()
    page.locator("summary").click()
    rows = page.locator("#values tr").all_inner_texts()
    assert len(rows) == 5
    loss = float(rows[-1].split("\t")[1])
    assert loss == pytest.approx(session.run("a").curves.column("train")[-1], rel=1e-3)
    assert troubles == []
    page.context.close()


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(theme, trained, browser, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    session = trained(DIGITS, 3)
    text = written(session, tmp_path, theme=theme).read_text("utf-8")
    path = tmp_path / "open.html"  # axe is a script of its own, which the page's policy forbids
    path.write_text(re.sub(r"<meta http-equiv[^>]*>", "", text), encoding="utf-8")
    page = opened(browser, path.as_uri(), [], offline=True)
    found = axe.Axe().run(page).response["violations"]
    serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
    assert serious == []
    page.context.close()
