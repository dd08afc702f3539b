"""The server's commands, each and every bad one, by Starlette's TestClient."""

import json

import numpy as np
import pytest

import badak
from badak.lab.app import PAGE
from badak.lab.recipe import complete
from badak.lab.views import NAMES
from tests.lab.labs import HOST, SMALL, opened, settle, train, wait_until


@pytest.fixture
def page():
    with opened() as page:
        yield page


def refused(answer, where=None, status=422):
    """Return the message of an answer that refuses, in the form that all of them have."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert set(error) >= {"message", "where"}
    if where is not None:
        assert error["where"] == where
    return error["message"]


# -- the page and its files


def test_the_page_and_its_files_have_their_types(page):
    answer = page.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    scripts = [path.relative_to(PAGE).as_posix() for path in PAGE.rglob("*.js")]
    assert scripts
    for path in scripts:
        answer = page.get(f"/static/{path}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    [
        *("nothing.js", "../app.py", "..%2fapp.py", "%2e%2e/app.py", "js/../../app.py", "", "js"),
        *("%00", "js/%00.js", "a" * 300 + ".js", "a" * 5000),
    ],
)
def test_only_the_pages_own_files_are_served(page, path):
    answer = page.client.get(f"{HOST}/static/{path}")
    assert answer.status_code == 404


def test_an_unknown_address_and_a_wrong_method_are_told(page):
    assert "no such address" in refused(page.get("/api/nothing"), status=404)
    assert "no such address" in refused(page.get("/api/run"), status=405)


# -- the state


def test_the_state_tells_the_run_its_layers_and_its_data(page):
    state = page.get("/api/state").json()
    run = state["runs"]["a"]
    assert state["language"] == "en"
    assert run["recipe"] == complete(SMALL)
    assert (run["status"], run["epoch"], run["step"], run["error"]) == ("ready", 0, 0, None)
    told = [(each["index"], each["kind"], each["role"], each["place"]) for each in run["layers"]]
    assert told == [(0, "Dense", "hidden", 0), (1, "Dense", "output", None)]
    assert [each["params"] for each in run["layers"]] == [9, 4]
    assert run["data"]["samples"] == {"train": 45, "test": 15}
    assert run["data"]["look"] == "plane"


def test_the_layers_of_digits_tell_what_prepares_them():
    recipe = {"data": {"kind": "digits"}, "network": {"layers": [{"kind": "dense", "units": 5}]}}
    with opened(recipe) as page:
        layers = page.get("/api/state").json()["runs"]["a"]["layers"]
    told = [(each["kind"], each["role"], each["place"]) for each in layers]
    assert told == [
        ("Rescaling", "preparation", None),
        ("Flatten", "preparation", None),
        ("Dense", "hidden", 0),
        ("Dense", "output", None),
    ]


def test_the_version_rises_with_each_command_but_not_with_training(page):
    versions = [page.get("/api/state").json()["version"]]
    train(page.session.run("a"), 2)
    versions.append(page.get("/api/state").json()["version"])
    page.run("speed", speed=100.0)
    versions.append(page.get("/api/state").json()["version"])
    assert versions[0] == versions[1] < versions[2]


def test_another_language_is_spoken_from_then_on(page):
    page.session.run("a").notify("")
    assert page.post("/api/language", language="ko").json()["language"] == "ko"
    korean = refused(page.post("/api/run", do="fly"), "do")
    page.post("/api/language", language="en")
    english = refused(page.post("/api/run", do="fly"), "do")
    assert korean != english
    assert any("가" <= letter <= "힣" for letter in korean)
    assert badak._common.language.language() == "en"


def test_an_unknown_language_is_refused(page):
    assert "en or ko" in refused(page.post("/api/language", language="xx"), "language")
    assert "en or ko" in refused(page.get("/api/catalog", language="xx"), "language")


# -- the catalogue


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_catalogue_names_all_there_is(page, language):
    told = page.get("/api/catalog", language=language).json()
    assert told["language"] == language
    names = {
        "activations": badak.activations.ACTIVATIONS,
        "initializers": badak.initializers.INITIALIZERS,
        "optimizers": badak.optimizers.OPTIMIZERS,
        "losses": badak.losses.LOSSES,
        "schedules": badak.optimizers.schedules.SCHEDULES,
    }
    for part, registry in names.items():
        assert [each["name"] for each in told[part]] == list(registry)
    adam = next(each for each in told["optimizers"] if each["name"] == "adam")
    fields = {field["name"]: field for field in adam["fields"]}
    assert fields["beta_1"] == {
        "name": "beta_1",
        "kind": "number",
        "default": 0.9,
        "low": 0.0,
        "high": 1.0,
        "choices": [],
        "optional": False,
        "required": False,
    }
    assert {"circle", "digits"} <= {each["kind"] for each in told["data"]}
    assert told["texts"]


REQUIRED = {
    "decay_steps": 10,
    "decay_rate": 0.5,
    "learning_rate": 0.1,
    "initial_learning_rate": 0.1,
    "boundaries": [3],
    "values": [0.1, 0.01],
    "value": 0.1,
}
"""Values for what the catalogue says is required."""


def chosen(each):
    needed = {f["name"]: REQUIRED.get(f["name"], 1.0) for f in each["fields"] if f["required"]}
    return {"name": each["name"], **needed}


OF_MANY_UNITS = {
    *("categorical_crossentropy", "sparse_categorical_crossentropy", "kl_divergence"),
    *("categorical_focal_crossentropy", "categorical_hinge"),
}
"""Losses that one unit for two classes has no use for."""


@pytest.mark.parametrize("kind", ["optimizers", "initializers", "schedules", "losses"])
def test_all_that_the_catalogue_offers_can_be_chosen(page, kind):
    refused_ones = set()
    for each in page.get("/api/catalog").json()[kind]:
        recipe = complete(SMALL)
        if kind == "initializers":
            recipe["network"]["layers"][0]["initializer"] = chosen(each)
        else:
            recipe["training"][kind.removesuffix("s").replace("losse", "loss")] = chosen(each)
        if page.post("/api/recipe", run="a", recipe=recipe).status_code != 200:
            refused_ones.add(each["name"])
    assert refused_ones == (OF_MANY_UNITS if kind == "losses" else set())


# -- recipes


def test_a_recipe_is_trained_from_then_on(page):
    recipe = complete(SMALL)
    recipe["network"]["layers"].append({"kind": "dense", "units": 6, "activation": "relu"})
    state = page.post("/api/recipe", run="a", recipe=recipe).json()
    assert [each["units"] for each in state["runs"]["a"]["layers"]] == [3, 6, 1]
    page.run("epoch")
    wait_until(lambda: page.session.run("a").epoch == 1)


DENSE = {"kind": "dense", "units": 3, "activation": "tanh"}
BAD_RECIPES = [
    (None, "recipe"),
    ([], "recipe"),
    ({"date": {}}, "date"),
    ({"data": {"kind": "circles"}}, "data.kind"),
    ({"data": []}, "data"),
    ({"data": {"kind": "xor", "samples": -1}}, "data.samples"),
    ({"network": {"layers": {}}}, "network.layers"),
    ({"network": {"layers": [DENSE] * 31}}, "network.layers"),
    ({"network": {"layers": [{"kind": "conv"}]}}, "network.layers.0.kind"),
    ({"network": {"layers": [{}]}}, "network.layers.0.kind"),
    ({"network": {"layers": [3]}}, "network.layers.0"),
    ({"network": {"layers": [{**DENSE, "unit": 3}]}}, "network.layers.0.unit"),
    ({"network": {"layers": [{**DENSE, "units": 0}]}}, "network.layers.0.units"),
    ({"network": {"layers": [{**DENSE, "units": 1.5}]}}, "network.layers.0.units"),
    ({"network": {"layers": [{**DENSE, "units": 10**9}]}}, "network.layers.0.units"),
    ({"network": {"layers": [{**DENSE, "units": True}]}}, "network.layers.0.units"),
    ({"network": {"layers": [DENSE, {**DENSE, "activation": 3}]}}, "network.layers.1.activation"),
    (
        {"network": {"layers": [{**DENSE, "activation": {"formula": "import os"}}]}},
        "network.layers.0.activation",
    ),
    (
        {"network": {"layers": [{**DENSE, "activation": {"name": "elu", "beta": 1}}]}},
        "network.layers.0.activation",
    ),
    (
        {"network": {"layers": [{**DENSE, "activation": {"name": "elu", "alpha": "x"}}]}},
        "network.layers.0.activation",
    ),
    ({"network": {"layers": [{**DENSE, "initializer": "he"}]}}, "network.layers.0.initializer"),
    ({"network": {"layers": [{**DENSE, "use_bias": 3}]}}, "network.layers.0.use_bias"),
    ({"network": {"layers": [{"kind": "dropout", "rate": 1.0}]}}, "network.layers.0"),
    ({"network": {"layers": [{"kind": "given", "place": 0}]}}, "network.layers.0"),
    ({"network": {"layers": [{**DENSE, "units": 4096}] * 9}}, "network.layers"),
    ({"network": {"output": {"units": -1}}}, "network.output.units"),
    ({"network": {"output": {"activation": "nope"}}}, "network.output.activation"),
    ({"network": {"output": {"units": 1, "activation": "softmax"}}}, "training.loss"),
    ({"network": {"preparation": 3}}, "network.preparation"),
    ({"training": {"loss": "mean"}}, "training.loss"),
    ({"training": {"loss": 3}}, "training.loss"),
    ({"training": {"loss": "categorical_crossentropy"}}, "training.loss"),
    ({"training": {"optimizer": {"name": "adman"}}}, "training.optimizer"),
    ({"training": {"optimizer": {}}}, "training.optimizer"),
    ({"training": {"optimizer": {"name": "adam", "learning_rate": -1}}}, "training.optimizer"),
    ({"training": {"optimizer": {"name": "adam", "speed": 1}}}, "training.optimizer"),
    ({"training": {"optimizer": 3}}, "training.optimizer"),
    ({"training": {"schedule": {"name": "nope"}}}, "training.schedule"),
    ({"training": {"schedule": {"name": "CosineDecay"}}}, "training.schedule"),
    ({"training": {"schedule": "CosineDecay"}}, "training.schedule"),
    ({"training": {"batch_size": 0}}, "training.batch_size"),
    ({"training": {"batch_size": 10**7}}, "training.batch_size"),
    ({"training": {"l1": -1.0}}, "training.l1"),
    ({"training": {"l2": "a"}}, "training.l2"),
    ({"training": {"seed": -1}}, "training.seed"),
    ({"training": {"seed": 2**40}}, "training.seed"),
    ({"data": {"kind": "xor", "plane": [0, 7]}}, "data.plane"),
]


@pytest.mark.parametrize(("recipe", "where"), BAD_RECIPES, ids=[str(w) for _, w in BAD_RECIPES])
def test_a_bad_recipe_is_refused_with_its_place_and_changes_nothing(page, recipe, where):
    before = page.get("/api/state").json()["runs"]
    wanted = recipe if not isinstance(recipe, dict) else {**SMALL, **recipe}
    answer = page.post("/api/recipe", run="a", recipe=wanted)
    assert refused(answer, where)
    assert page.get("/api/state").json()["runs"] == before


def test_a_formula_that_cannot_be_read_says_from_where_to_where(page):
    layers = [{"kind": "dense", "units": 3, "activation": {"formula": "x * sgmoid(x)"}}]
    answer = page.post("/api/recipe", run="a", recipe={"network": {"layers": layers}})
    refused(answer, "network.layers.0.activation")
    error = answer.json()["error"]
    assert (error["start"], error["end"]) == (4, 13)


def test_outputs_and_losses_made_wrong_on_purpose_train(page):
    recipe = complete(SMALL)
    recipe["network"]["output"] = {"units": 2, "activation": "identity"}
    recipe["training"]["loss"] = "mean_squared_error"
    assert page.post("/api/recipe", run="a", recipe=recipe).status_code == 200
    page.run("epoch")
    wait_until(lambda: page.session.run("a").epoch == 1)
    head, arrays = page.frame(views=",".join(NAMES))
    assert head["error"] is None
    assert arrays["boundary"].shape == (40, 40, 2)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"3", b'"x"', b"\xff\xfe", b"[" * 5000, b'{"a": 1e999}']
)
def test_a_body_that_is_no_object_is_refused(page, body):
    for path in ("/api/recipe", "/api/run", "/api/language", "/api/answer", "/api/formula"):
        answer = page.client.post(path, content=body)
        assert answer.status_code == 422, (path, answer.text)


# -- runs


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({}, "do"),
        ({"do": "fly"}, "do"),
        ({"do": ["play"]}, "do"),
        ({"do": "play", "run": "c"}, "run"),
        ({"do": "play", "run": ["a"]}, "run"),
        ({"do": "back"}, "epoch"),
        ({"do": "back", "epoch": 3}, "epoch"),
        ({"do": "back", "epoch": -1}, "epoch"),
        ({"do": "back", "epoch": "1"}, "epoch"),
        ({"do": "speed", "speed": 0}, "speed"),
        ({"do": "speed", "speed": "fast"}, "speed"),
        ({"do": "speed", "speed": -3}, "speed"),
        ({"do": "remove"}, "run"),
        ({"do": "remove", "run": "b"}, "run"),
    ],
)
def test_a_bad_command_is_refused(page, given, where):
    refused(page.post("/api/run", **given), where)


def test_play_pause_step_epoch_and_reset(page):
    run = page.session.run("a")
    assert page.run("play")["a"]["status"] == "playing"
    wait_until(lambda: run.epoch >= 3)
    page.run("pause")
    settle(run)
    state = page.run("step")
    wait_until(lambda: run.position == 10)
    settle(run)
    page.run("epoch")
    wait_until(lambda: run.position == 0)
    settle(run)
    assert page.get("/api/state").json()["runs"]["a"]["status"] == "paused"
    state = page.run("reset")
    assert (state["a"]["epoch"], state["a"]["status"]) == (0, "ready")


def test_back_answers_with_the_state_at_that_epoch(page):
    train(page.session.run("a"), 5)
    state = page.run("back", epoch=2)["a"]
    assert (state["epoch"], state["step"], state["last_epoch"]) == (2, 10, 5)
    assert state["epochs_kept"] == [0, 1, 2, 3, 4, 5]
    assert state["history"]["epoch"] == 2


def test_two_runs_side_by_side_on_the_same_data(page):
    train(page.session.run("a"), 2)
    state = page.run("copy")
    assert state["b"]["epoch"] == 2
    assert page.session.run("b").data is page.session.run("a").data
    recipe = complete(SMALL)
    recipe["training"]["optimizer"]["learning_rate"] = 0.1
    page.post("/api/recipe", run="b", recipe=recipe)
    train(page.session.run("b"), 1)
    runs = page.get("/api/state").json()["runs"]
    assert (runs["a"]["epoch"], runs["b"]["epoch"]) == (2, 3)
    assert page.frame(run="b")[0]["epoch"] == 3
    assert list(page.run("remove", run="b")) == ["a"]
    refused(page.get("/api/frame", run="b"), "run")


def test_a_recipe_for_run_b_makes_it(page):
    state = page.post("/api/recipe", run="b", recipe=SMALL).json()
    assert set(state["runs"]) == {"a", "b"}


# -- frames


def test_a_frame_has_what_its_views_ask_for(page):
    train(page.session.run("a"), 3)
    head, arrays = page.frame(views=",".join(NAMES), sample=4, grid=10)
    model, data = page.session.run("a").model, page.session.run("a").data
    assert (head["epoch"], head["step"], head["status"]) == (3, 15, "paused")
    assert np.array_equal(arrays["kernel.0"], model.layers[0].kernel)
    assert np.array_equal(arrays["bias.1"], model.layers[1].bias)
    trace = model.trace(data.x_train[4:5], data.t_train[4:5])
    assert np.array_equal(arrays["z.0"], trace[0].z[0])
    assert np.array_equal(arrays["gradient.0"], trace[0].gradients["kernel"])
    assert np.array_equal(arrays["sample.x"], data.x_train[4])
    over = model.forward(data.grid(10))
    assert np.allclose(arrays["boundary"].ravel(), over[-1].z[:, 0])
    assert np.allclose(arrays["unit.0"][2].ravel(), over[0].z[:, 2])
    answers = model.classify(data.x_test)
    assert arrays["confusion"].sum() == len(data.x_test)
    assert np.trace(arrays["confusion"]) == (answers == data.t_test).sum()
    assert arrays["wrong.count"] == (answers != data.t_test).sum()
    assert arrays["loss.epoch"].tolist() == [0, 1, 2, 3]
    assert arrays["loss.train"].dtype == np.float64
    assert arrays["a.0.counts"].sum() == 45 * 3
    assert arrays["points.x"].shape == (60, 2)
    assert arrays["points.test"].sum() == 15


def test_a_frame_is_waited_for_until_there_is_something_new(page, monkeypatch):
    monkeypatch.setattr("badak.lab.app.POLL", 0.05)
    head, _ = page.frame(after=0)
    again, _ = page.frame(after=head["frame"])
    assert again["frame"] == head["frame"]
    page.run("step")
    wait_until(lambda: page.session.run("a").position == 10)
    assert page.frame(after=head["frame"])[0]["step"] == 1


def test_frames_of_a_run_that_plays_go_on(page):
    page.run("play")
    steps, number = [], 0
    for _ in range(5):
        head, _ = page.frame(views="loss,network", after=number)
        number = head["frame"]
        steps.append(head["step"])
    page.run("pause")
    assert steps == sorted(steps)
    assert steps[0] < steps[-1]


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"views": "loss,nothing"}, "views"),
        ({"run": "z"}, "run"),
        ({"after": "x"}, "after"),
        ({"after": "-1"}, "after"),
        ({"sample": "1.5"}, "sample"),
        ({"after": "9" * 40}, "after"),
    ],
)
def test_a_bad_frame_is_refused(page, asked, where):
    refused(page.get("/api/frame", **asked), where)


def test_samples_and_grids_out_of_range_are_the_nearest_ones(page):
    _, arrays = page.frame(views="sample,boundary", sample=10**6, grid=10**6)
    assert arrays["boundary"].shape == (100, 100)
    assert np.array_equal(arrays["sample.x"], page.session.run("a").data.x_test[-1])


def test_no_views_are_a_head_alone(page):
    head, arrays = page.frame(views=",")
    assert head["arrays"] == []
    assert arrays == {}


def test_health_says_since_which_step(page):
    recipe = complete(SMALL)
    recipe["network"]["layers"] = [{"kind": "dense", "units": 20, "activation": "relu"}]
    page.post("/api/recipe", run="a", recipe=recipe)
    run = page.session.run("a")
    train(run, 1)
    run.model.layers[0].bias[...] = -100.0
    run.look_again()
    head, _ = page.frame()
    assert "20 of 20 units never fire" in head["health"][0]
    assert head["health"][0].endswith("(since step 5)")
    train(run, 1)
    assert page.frame()[0]["health"][0].endswith("(since step 5)")
    page.post("/api/language", language="ko")
    assert "5단계" in page.frame()[0]["health"][0]
    assert page.get("/api/state").json()["runs"]["a"]["health"] == page.frame()[0]["health"]


# -- arithmetic and answers


def test_arithmetic_is_that_of_the_trace(page):
    train(page.session.run("a"), 2)
    told = page.get("/api/arithmetic", run="a", layer=1, unit=0, sample=3).json()
    data, model = page.session.run("a").data, page.session.run("a").model
    trace = model.trace(data.x_train[3:4], data.t_train[3:4])
    unit = trace.unit(1, 0)
    assert told["line"] == unit.line
    assert [term["product"] for term in told["terms"]] == unit.products.tolist()
    assert (told["sum"], told["output"], told["bias"]) == (unit.a, unit.z, unit.bias)
    assert told["backward"]["at_a"] == float(trace[1].gradient_at_a[0, 0])
    assert told["backward"]["lines"] == list(trace.unit_gradient(1, 0).lines)
    assert told["activation"] == "sigmoid"


@pytest.mark.parametrize(
    "asked", [{"layer": 7}, {"unit": 7}, {"layer": "x"}, {"run": "z"}, {"layer": -1}]
)
def test_arithmetic_of_nothing_is_refused(page, asked):
    refused(page.get("/api/arithmetic", **asked))


def test_a_drawn_digit_is_answered_with_the_pixels_for_and_against():
    recipe = {"data": {"kind": "digits"}, "network": {"layers": [{"kind": "dense", "units": 9}]}}
    with opened(recipe) as page:
        run = page.session.run("a")
        train(run, 2)
        pixels = run.data.x_test[0]
        told = page.post("/api/answer", run="a", pixels=pixels.ravel().tolist()).json()
        explained = run.model.explain(pixels)
    assert told["class"] == explained.answer
    assert np.allclose(told["outputs"], explained.probabilities, atol=1e-6)
    assert told["for_against"] == explained.contributions().to_dict()
    assert np.shape(told["for_against"]["pixels"]) == (8, 8)
    assert told["rather"]["against"] == explained.against
    assert [len(told["units"][str(layer)]) for layer in range(4)] == [64, 64, 9, 10]


def test_a_number_is_answered_by_values():
    with opened({"data": {"kind": "plane"}}) as page:
        told = page.post("/api/answer", run="a", values=[0.5, -0.5]).json()
        expected = page.session.run("a").model.predict([[0.5, -0.5]])[0]
    assert told["outputs"] == pytest.approx(expected.tolist())
    assert (told["class"], told["for_against"]) == (None, None)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"values": [1.0]},
        {"values": [1.0, 2.0, 3.0]},
        {"values": "12"},
        {"values": [1.0, None]},
        {"values": [1.0, True]},
        {"values": [1.0, [2.0]]},
        {"pixels": {"0": 1}},
        {"values": [1.0, 2.0], "run": "z"},
    ],
)
def test_an_answer_to_something_else_is_refused(page, given):
    refused(page.post("/api/answer", **given))


# -- formulas, uploads, files


def test_the_graph_of_a_typed_activation(page):
    told = page.post("/api/formula", kind="activation", text="x * sigmoid(x)").json()
    x = np.array(told["x"])
    swish = badak.activations.get("swish")
    assert np.allclose(told["y"], swish(x))
    assert np.allclose(told["slope"], swish.derivative(x, swish(x)))


@pytest.mark.parametrize("name", list(badak.activations.ACTIVATIONS))
def test_the_graph_of_each_activation(page, name):
    told = page.post("/api/formula", kind="activation", activation=name).json()
    assert len(told["x"]) == len(told["y"]) == len(told["slope"]) == 201


def test_the_graph_of_a_function_that_is_learnt(page):
    told = page.post("/api/formula", kind="function", text="sin(3*x)").json()
    assert np.allclose(told["y"], np.sin(3.0 * np.array(told["x"])))
    assert np.allclose(told["slope"], 3.0 * np.cos(3.0 * np.array(told["x"])))
    told = page.post("/api/formula", kind="function", text="x1 * x2").json()
    assert told["variables"] == ["x1", "x2"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"kind": "poem", "text": "x"},
        {"kind": "activation", "text": "__import__('os')"},
        {"kind": "activation", "text": 3},
        {"kind": "function", "text": "y +"},
        {"kind": "function"},
    ],
)
def test_a_bad_formula_is_refused(page, given):
    refused(page.post("/api/formula", **given))


def test_an_uploaded_table_can_be_learnt(page):
    rows = "\n".join(f"{i * i % 31}.5,{i % 7},{i * i % 31 + i % 7}" for i in range(60))
    answer = page.client.post(
        "/api/upload", params={"kind": "table", "name": "sums.csv"}, content=f"a,b,sum\n{rows}\n"
    )
    told = answer.json()
    assert (answer.status_code, told["columns"]) == (200, ["a", "b", "sum"])
    recipe = {"data": {"kind": "table", "upload": told["upload"], "target": "sum"}}
    assert page.post("/api/recipe", run="a", recipe=recipe).status_code == 200
    train(page.session.run("a"), 1)
    head, arrays = page.frame(views=",".join(NAMES))
    assert head["error"] is None
    assert arrays["boundary"].shape == (40, 40)
    assert page.get("/api/state").json()["uploads"][0]["name"] == "sums.csv"


@pytest.mark.parametrize("kind", ["", "table", "pictures", "drawn", "model"])
def test_an_upload_of_something_else_is_refused(page, kind):
    answer = page.client.post(
        "/api/upload", params={"kind": kind, "name": "../x.csv"}, content=b"\x00\xff"
    )
    refused(answer)


def test_the_model_that_is_taken_away_is_the_one_that_was_trained(page, tmp_path):
    run = page.session.run("a")
    train(run, 2)
    answer = page.get("/api/take", run="a", what="model")
    assert answer.headers["content-disposition"] == 'attachment; filename="model.safetensors"'
    path = tmp_path / "model.safetensors"
    path.write_bytes(answer.content)
    taken = badak.load_model(path)
    assert np.array_equal(taken.parameters.vector, run.model.parameters.vector)


@pytest.mark.parametrize(
    "asked", [{}, {"what": "moon"}, {"what": "model", "run": "z"}, {"what": "svg", "theme": "pink"}]
)
def test_nothing_else_is_taken_away(page, asked):
    refused(page.get("/api/take", **asked))


def test_a_fault_of_the_labs_own_is_told_and_ends_nothing(page, monkeypatch):
    def fault(*_):
        raise ZeroDivisionError("a fault")

    page.client._transport.raise_server_exceptions = False
    with monkeypatch.context() as patched:
        patched.setattr("badak.lab.session.Session.state", fault)
        answer = page.get("/api/state")
    assert "a fault" in refused(answer, status=500)
    assert page.get("/api/state").status_code == 200


def test_all_that_is_told_is_json_without_nan(page):
    run = page.session.run("a")
    run.curves.put(step=0, epoch=0, train=float("nan"), test=float("inf"))

    def no_constant(name):
        raise AssertionError(name)

    json.loads(page.get("/api/state").text, parse_constant=no_constant)


# -- lessons


def test_every_lesson_begins_runs_and_has_a_verdict(page):
    lessons = page.get("/api/catalog").json()["lessons"]
    assert len(lessons) == 18
    for lesson in lessons:
        answer = page.post("/api/lesson", id=lesson["id"])
        assert answer.status_code == 200, answer.text
        assert answer.json()["lesson"] == lesson["id"]
        assert answer.json()["runs"]["a"]["error"] is None
        assert page.get("/api/verdict", lesson=lesson["id"]).json()["verdict"]


def test_a_lesson_is_bent_and_reset(page):
    lesson = page.get("/api/catalog").json()["lessons"][0]["id"]
    began = page.post("/api/lesson", id=lesson).json()["runs"]["a"]["recipe"]
    recipe = json.loads(json.dumps(began))
    recipe["training"]["seed"] = 99
    page.post("/api/recipe", run="a", recipe=recipe)
    train(page.session.run("a"), 1)
    state = page.post("/api/lesson", id=lesson, do="reset").json()
    assert state["runs"]["a"]["recipe"] == began
    assert state["runs"]["a"]["epoch"] == 0
    assert page.post("/api/lesson", id=None).json()["lesson"] is None


@pytest.mark.parametrize("given", [{"id": "x"}, {"id": 3}, {"id": None, "do": "fly"}])
def test_there_is_no_other_lesson(page, given):
    refused(page.post("/api/lesson", **given))
    refused(page.get("/api/verdict", lesson="x"))
    refused(page.get("/api/verdict"))
