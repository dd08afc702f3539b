"""The lab in a real browser: what a learner does, with every other host blocked."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.lab.browser import browsing, chromium, downloaded, drawn, opened, served, until

pytest.importorskip("playwright", reason="needs playwright, which is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium, which is not installed"),
]

SPIRAL = {"data": {"kind": "spiral", "noise": 0.0}}
DIGITS = {
    "data": {"kind": "digits"},
    "network": {"layers": [{"kind": "dense", "units": 30, "activation": "relu"}]},
}
THREE = [(0.25, 0.2), (0.7, 0.15), (0.45, 0.45), (0.75, 0.7), (0.45, 0.88), (0.2, 0.8)]


@pytest.fixture(scope="module")
def browser():
    with browsing() as open_browser:
        yield open_browser


@pytest.fixture
def lab():
    with served() as server:
        yield server


@pytest.fixture
def page(browser, lab):
    troubles: list[str] = []
    opened_page = opened(browser, lab.url, troubles)
    yield opened_page
    opened_page.context.close()
    assert troubles == []


def reading(page, name):
    """Return a number of the bar."""
    return page.locator(".reading", has_text=name).locator(".value").inner_text()


def layers_of(lab, run="a"):
    """Return the layers of a run's recipe."""
    return lab.session.run(run).recipe["network"]["layers"]


def stands_at(page, epoch):
    """Wait until the bar tells this epoch."""
    until(page, lambda: reading(page, "Epoch") == epoch)


def press(page, key):
    """Press a key that no control gets."""
    page.locator("h1").click()
    page.keyboard.press(key)


def train_until(page, least):
    """Train until the test accuracy is reached, and stop."""
    press(page, " ")
    page.wait_for_function(
        """least => Number.parseFloat([...document.querySelectorAll(".reading")]
            .find(each => each.textContent.includes("accuracy"))
            ?.querySelector(".value").textContent) >= least""",
        arg=100 * least,
        timeout=60_000,
    )
    press(page, " ")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_a_learner_builds_a_network_and_trains_it_until_it_separates_the_circle(page, lab):
    for _ in range(2):
        page.get_by_role("button", name="One unit more").first.click()
    page.get_by_label("Add a layer here").last.select_option("dense")
    page.get_by_label("Activation of dense_1", exact=True).select_option("relu")
    wanted = [(6, "tanh"), (6, "relu")]
    until(page, lambda: [(each["units"], each["activation"]) for each in layers_of(lab)] == wanted)
    train_until(page, 0.97)
    run = lab.session.run()
    said = run.model.classify(run.data.x_test)
    assert np.mean(said == run.data.t_test) >= 0.97


def test_a_step_an_epoch_and_the_way_back_are_a_key_each(page, lab):
    press(page, "e")
    stands_at(page, "1")
    after_one = lab.session.run().model.get_weights()[0].copy()
    press(page, "e")
    stands_at(page, "2")
    press(page, ",")
    stands_at(page, "1")
    assert np.array_equal(lab.session.run().model.get_weights()[0], after_one)
    before = int(reading(page, "Step"))
    press(page, ".")
    page.wait_for_function(
        "step => Number(document.querySelectorAll('.reading .value')[1].textContent) === step",
        arg=before + 1,
    )


def test_a_table_dropped_on_the_page_is_understood_and_trained_on(page, lab, tmp_path):
    rows = ["height,colour,kind"]
    rng = np.random.default_rng(0)
    for number in range(120):
        kind = "tall" if number % 2 else "short"
        height = rng.normal(5.0 if number % 2 else 3.0, 0.5)
        rows.append(f"{height:.2f},{'red' if number % 3 else 'blue'},{kind}")
    transfer = page.evaluate_handle(
        """text => { const data = new DataTransfer();
            data.items.add(new File([text], "heights.csv", {type: "text/csv"})); return data; }""",
        "\n".join(rows),
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    until(page, lambda: lab.session.run().recipe["data"]["kind"] == "table")
    data = lab.session.run().data
    assert set(data.classes) == {"tall", "short"}
    assert [axis.name for axis in data.axes] == ["height", "colour"]
    train_until(page, 0.9)


def test_points_that_are_clicked_into_the_plane_are_trained_on(page, lab):
    page.get_by_role("radio", name="Points that you draw").check()
    plane = page.locator(".plane-canvas")
    size = plane.bounding_box()["width"]
    for label, places in {"0": (0.1, 0.25, 0.3), "1": (0.7, 0.8, 0.95)}.items():
        page.get_by_role("radio", name=label, exact=True).check()
        for place in places:
            plane.click(position={"x": place * size, "y": (1.0 - place) * size})
    until(page, lambda: len(lab.session.run().recipe["data"].get("points", [])) == 6)
    data = lab.session.run().recipe["data"]
    assert [point[2] for point in data["points"]] == [0, 0, 0, 1, 1, 1]
    assert (
        np.sign([point[:2] for point in data["points"]]).tolist()
        == [[-1.0, -1.0]] * 3 + [[1.0, 1.0]] * 3
    )


def test_a_folder_of_pictures_is_taken_in_with_its_folders_as_classes(page, lab, tmp_path):
    rng = np.random.default_rng(0)
    for name, least in {"dark": 0, "bright": 155}.items():
        (tmp_path / "shades" / name).mkdir(parents=True)
        for number in range(20):
            pixels = rng.integers(least, least + 100, (12, 12), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "shades" / name / f"{number}.png")
    page.get_by_role("radio", name="Pictures of your own").check()
    page.locator("input[webkitdirectory]").set_input_files(tmp_path / "shades")
    until(page, lambda: lab.session.run().recipe["data"]["kind"] == "pictures")
    data = lab.session.run().data
    assert data.classes == ("bright", "dark")
    assert len(data.x_train) + len(data.x_test) == 40
    press(page, "e")
    stands_at(page, "1")


def test_digits_that_are_drawn_are_trained_on(page, lab):
    page.get_by_role("radio", name="Digits that you draw").check()
    box = page.locator(".own-digits")
    pad = box.get_by_label("Pad to draw on")
    pad.scroll_into_view_if_needed()
    for label, points in {
        "1": [(0.5, 0.1), (0.5, 0.9)],
        "7": [(0.2, 0.2), (0.8, 0.2), (0.4, 0.9)],
    }.items():
        box.get_by_label("It is a").select_option(label)
        for _ in range(3):
            drawn(page, pad, points)
            box.get_by_role("button", name="Add").click()
    box.get_by_text("Digits so far: 6").wait_for()
    box.get_by_role("button", name="Train on these").click()
    until(page, lambda: lab.session.run().recipe["data"]["kind"] == "drawn")
    assert lab.session.run().data.classes == ("1", "7")


def test_a_units_arithmetic_is_that_of_trace_to_the_digit(page, lab):
    train_until(page, 0.9)
    page.get_by_role("button", name=re.compile("^Unit 2 of dense")).click()
    run = lab.session.run()
    [line] = [page.locator("[data-test=line]")]
    expected = run.model.trace(run.data.x_train[:1]).unit(0, 1)
    page.wait_for_function(
        "line => document.querySelector('[data-test=line]')?.textContent === line",
        arg=expected.line,
    )
    assert line.inner_text() == expected.line
    backward = page.locator(".back-lines").inner_text()
    trace = run.model.trace(run.data.x_train[:1], run.data.t_train[:1].reshape(-1, 1))
    gradient = float(trace[0].gradients["bias"][1])
    assert f"dL/dbias = {gradient:.3g}"[:14] in backward


def test_a_click_on_a_weight_opens_the_arithmetic_that_it_is_part_of(page, lab):
    press(page, "e")
    stands_at(page, "1")
    first = page.locator(".unit.input").first.bounding_box()
    last = page.get_by_role("button", name=re.compile("^Unit 1 of dense:")).bounding_box()
    x = (first["x"] + first["width"] + last["x"]) / 2
    y = (first["y"] + last["y"] + last["height"]) / 2
    page.mouse.move(x, y)
    tip = page.locator(".tip b")
    weight = float(lab.session.run().model.layers[0].weights["kernel"][0, 0])
    assert np.float32(tip.inner_text().replace("\u2212", "-")) == np.float32(weight)
    page.mouse.click(x, y)
    marked = page.locator("tr.marked")
    marked.wait_for()
    assert marked.locator("th").inner_text() == "x1"
    assert marked.locator("td").first.get_attribute("title") == tip.inner_text()


def test_the_page_speaks_korean_at_once_and_keeps_its_place(page, lab):
    press(page, "e")
    page.get_by_role("button", name="한국어").click()
    page.get_by_role("button", name="재생", exact=True).wait_for()
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert page.get_by_role("tab", name="분포").count() == 1
    assert lab.session.language == "ko"
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_two_runs_stand_side_by_side_and_only_the_chosen_one_is_changed(page, lab):
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("button", name=re.compile("^B ")).click()
    page.get_by_label("Activation of dense", exact=True).select_option("relu")
    page.wait_for_function("() => document.querySelectorAll('.plane-canvas').length === 2")
    until(page, lambda: layers_of(lab, "b")[0]["activation"] == "relu")
    assert layers_of(lab, "a")[0]["activation"] == "tanh"
    press(page, "e")
    page.wait_for_function(
        """() => [...document.querySelectorAll('.run-choice')]
            .every(each => each.textContent.includes('Epoch 1'))"""
    )
    page.get_by_role("button", name="Remove run B").click()
    page.wait_for_function("() => document.querySelectorAll('.plane-canvas').length === 1")


def test_runs_on_the_same_data_change_them_together(page, lab):
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("button", name=re.compile("^B ")).click()
    page.get_by_label("Activation of dense", exact=True).select_option("relu")
    until(page, lambda: layers_of(lab, "b")[0]["activation"] == "relu")
    page.get_by_role("radio", name="Spiral").check(force=True)
    until(page, lambda: lab.session.run("a").recipe["data"]["kind"] == "spiral")
    assert lab.session.run("b").data is lab.session.run("a").data
    assert layers_of(lab, "a")[0]["activation"] == "tanh"


def test_a_run_on_pictures_stands_beside_one_in_the_plane(page, lab):
    lab.session.set_recipe("b", DIGITS)
    page.get_by_role("button", name=re.compile("^B ")).click()
    page.get_by_role("heading", name="Draw a digit").wait_for()
    page.get_by_role("button", name=re.compile("^A ")).click()
    page.get_by_role("heading", name="Decision boundary").wait_for()
    page.wait_for_function("() => document.querySelectorAll('.plane-canvas').length === 1")
    page.reload()
    page.get_by_role("heading", name="Decision boundary").wait_for()


def test_a_page_that_outlives_its_lab_says_so_and_asks_for_the_address_of_the_next(browser):
    with served() as lab:
        page = opened(browser, lab.url, [])
        port = int(lab.url.split(":")[2].split("/")[0])
    page.get_by_role("alert").filter(has_text="does not answer").wait_for()
    with served(port=port):
        page.get_by_role("alert").filter(has_text="needs the address").wait_for()
    page.context.close()


def test_a_workbook_that_is_dropped_is_told_how_to_become_a_table(page):
    transfer = page.evaluate_handle(
        """() => { const data = new DataTransfer();
            data.items.add(new File(["PK"], "sheet.xlsx")); return data; }"""
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    page.get_by_role("alert").filter(has_text="save its sheet as CSV").first.wait_for()


def test_a_bad_formula_says_what_is_wrong_and_a_good_one_is_trained_with(page, lab):
    page.get_by_label("Activation of dense", exact=True).select_option("formula")
    page.get_by_role("button", name="dense", exact=True).first.click()
    field = page.get_by_label("Formula of x")
    field.fill("x * foo(x)")
    page.get_by_text(re.compile("there is no function foo")).first.wait_for()
    field.fill("x * sigmoid(2 * x)")
    field.press("Enter")
    page.wait_for_function("() => !document.querySelector('.refused')")
    wanted = {"formula": "x * sigmoid(2 * x)"}
    until(page, lambda: layers_of(lab)[0]["activation"] == wanted)
    train_until(page, 0.9)


def test_a_link_brings_the_state_to_another_page(page, lab, browser):
    page.get_by_role("radio", name="Spiral").check()
    until(page, lambda: lab.session.run().recipe["data"]["kind"] == "spiral")
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Take away").click()
    link = page.locator("#link-here").input_value()
    recipe = lab.session.run().recipe
    page.locator("#link-here").press("Escape")
    page.locator("dialog[open]").wait_for(state="hidden")
    page.get_by_role("radio", name="XOR").check()
    until(page, lambda: lab.session.run().recipe["data"]["kind"] == "xor")
    page.goto("about:blank")
    page.goto(link)
    until(page, lambda: lab.session.run().recipe == recipe)


class TestDigits:
    @pytest.fixture
    def lab(self):
        with served(DIGITS) as server:
            yield server

    def test_a_drawn_digit_is_answered_at_each_stroke(self, page, lab):
        train_until(page, 0.95)
        pad = page.locator(".drawing").get_by_label("Pad to draw on")
        drawn(page, pad, THREE)
        page.wait_for_function(
            "() => document.querySelector('[data-test=drawn-answer] b')?.textContent === '3'"
        )
        assert page.get_by_label("For (orange) and against (blue)").is_visible()

    def test_the_wrong_samples_are_shown_and_one_is_looked_at(self, page, lab):
        train_until(page, 0.9)
        page.get_by_role("tab", name="Wrong answers").click()
        sample = page.locator(".wrong-sample").first
        label = sample.get_attribute("aria-label")
        sample.click()
        number = int(re.search(r"Sample (\d+)", label)[1]) - 1
        page.wait_for_function(
            "number => Number(document.querySelector('.sample-number input').value) === number",
            arg=number + 1,
        )
        run = lab.session.run()
        place = number - len(run.data.x_train)
        said = run.model.classify(run.data.x_test[place : place + 1])[0]
        assert f"answered {said}" in label
        assert said != run.data.t_test[place]


def test_the_script_that_is_taken_away_makes_the_same_bits(page, lab, tmp_path):
    train_until(page, 0.9)
    page.get_by_role("button", name="Take away").click()
    script = downloaded(page, page.get_by_role("link", name="Python script"), tmp_path)
    expected = lab.session.run().model.get_weights()
    after = "\nimport numpy as np\nnp.savez('weights.npz', *model.get_weights())\n"
    script.write_text(script.read_text("utf-8") + after, "utf-8")
    source = Path(__file__).parents[2] / "src"
    subprocess.run(
        [sys.executable, script.name],
        cwd=tmp_path,
        check=True,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    with np.load(tmp_path / "weights.npz") as saved:
        weights = [saved[f"arr_{i}"] for i in range(len(expected))]
    assert all(np.array_equal(a, b) for a, b in zip(weights, expected, strict=True))


def test_the_saved_page_opens_from_disk_with_the_network_cut(page, browser, tmp_path):
    train_until(page, 0.9)
    page.get_by_role("button", name="Take away").click()
    saved = downloaded(page, page.get_by_role("link", name="one HTML file"), tmp_path)
    troubles: list[str] = []
    replay = opened(browser, saved.as_uri(), troubles, offline=True)
    assert replay.locator("canvas, svg").count() > 0
    replay.context.close()
    assert troubles == []


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip(
        "axe_playwright_python", reason="needs axe-playwright-python, which is not installed"
    )
    return (Path(next(iter(package.__path__))) / "axe.min.js").read_text("utf-8")


class TestAccessibility:
    def serious(self, page, axe):
        page.evaluate(axe)
        found = page.evaluate("axe.run()")
        return [
            f"{each['id']}: {node['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [390, 1280])
    def test_axe_finds_nothing_serious_on_any_part_of_the_page(
        self, browser, lab, axe, scheme, width
    ):
        troubles: list[str] = []
        size = {"width": width, "height": 800}
        page = opened(browser, lab.url, troubles, color_scheme=scheme, viewport=size)
        press(page, "e")
        page.wait_for_timeout(500)
        found = self.serious(page, axe)
        for tab in ("Layer", "Distributions", "Confusion matrix", "Wrong answers"):
            page.get_by_role("tab", name=tab).click()
            page.wait_for_timeout(200)
            found += self.serious(page, axe)
        if width < 1000:
            for tab in ("Answers", "Data", "Training"):
                page.get_by_role("tab", name=tab, exact=True).click()
                found += self.serious(page, axe)
        for opens in ("Lessons", "Take away", "Keys"):
            page.get_by_role("button", name=opens).click()
            found += self.serious(page, axe)
            page.keyboard.press("Escape")
        page.context.close()
        assert found == []
        assert troubles == []

    def test_the_whole_page_is_walked_through_by_tab_with_a_focus_that_is_seen(self, page):
        seen = []
        for _ in range(90):
            page.keyboard.press("Tab")
            told = page.evaluate(
                """() => { const e = document.activeElement; const s = getComputedStyle(e);
                const around = e.closest('label') && getComputedStyle(e.closest('label'));
                return [e.tagName + ' ' + (e.getAttribute('aria-label') || e.textContent || e.id),
                    s.outlineStyle !== 'none' || (around && around.outlineStyle !== 'none')]; }"""
            )
            seen.append(told)
        assert [name for name, shown in seen if not shown and not name.startswith("BODY")] == []
        names = " ".join(name for name, _ in seen)
        for control in ("Play", "Unit 1 of", "Add a layer here", "Arithmetic", "As a table"):
            assert control in names

    def test_each_chart_has_its_table(self, page):
        press(page, "e")
        page.wait_for_timeout(300)
        for part in ("network", "plane", "curves"):
            card = page.locator(f"[data-part={part}]")
            card.get_by_role("button", name="As a table").click()
            assert card.locator("table tbody tr").count() > 1
        page.get_by_role("tab", name="Distributions").click()
        page.locator(".panel").get_by_role("button", name="As a table").click()
        assert page.locator(".panel table tbody tr").count() > 1

    def test_what_happens_is_said_in_words(self, page):
        said = page.locator("p.unseen[role=status]")
        press(page, " ")
        page.wait_for_function(
            "() => document.querySelector('p.unseen[role=status]').textContent.includes('Training')"
        )
        press(page, " ")
        page.wait_for_function(
            "() => document.querySelector('p.unseen[role=status]').textContent.includes('Paused')"
        )
        assert said.get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("width", [390, 768, 1280, 1920])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_page_is_wider_than_the_screen(browser, lab, width, language):
    lab.session.speak(language)
    troubles: list[str] = []
    page = opened(browser, lab.url, troubles, viewport={"width": width, "height": 800})
    page.wait_for_timeout(400)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
    assert troubles == []


def test_slow_motion_shows_forward_backward_and_update_with_the_numbers_of_the_sample(page, lab):
    page.get_by_role("slider", name="Speed").fill("0")
    press(page, " ")
    for stage in ("Forward:", "Backward:", "Update:"):
        page.locator(".stage-told", has_text=stage).wait_for()
        if stage == "Forward:":
            shown = page.locator("button.unit .unit-value").all_inner_texts()
            assert len(shown) == 5  # four units and the output
    press(page, " ")


def test_any_epoch_is_gone_back_to_on_a_slider(page, lab):
    for epoch in ("1", "2", "3"):
        press(page, "e")
        stands_at(page, epoch)
    history = page.get_by_role("slider", name="Go to epoch")
    history.fill("1")
    stands_at(page, "1")
    assert lab.session.run().epoch == 1
    history.fill("3")
    stands_at(page, "3")
