"""What is brought from outside: models with their data, tables, pictures and files."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import badak
from badak import Input, Sequential, layers
from badak.errors import InputError
from badak.lab.catalog import catalog
from badak.lab.data import KINDS
from badak.lab.given import recipe_of, session_for, session_of
from badak.lab.recipe import complete
from tests.lab.labs import Page, train


def plane(count=60):
    x = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    return x, (x[:, 0] * x[:, 1] > 0.0).astype(int)


@pytest.fixture
def session_made():
    made = []

    def make(function, *arguments):
        made.append(function(*arguments))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_model_begins_with_its_own_weights_and_settings(session_made):
    x, t = plane()
    model = Sequential([Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")], seed=3)
    model.compile(badak.optimizers.SGD(0.2), loss="mean_squared_error")
    model.fit(x, t, epochs=2, verbose=0)
    run = session_made(session_of, model, (x, t)).run("a")
    assert np.array_equal(run.model.parameters.vector, model.parameters.vector)
    assert run.recipe["network"]["layers"][0]["activation"] == "tanh"
    assert run.recipe["training"]["optimizer"]["learning_rate"] == 0.2
    assert run.recipe["training"]["seed"] == 3
    assert run.model.loss.name == "mean_squared_error"
    assert [segment.begin for segment in run.journal] == ["given"]


def test_reset_goes_back_to_the_given_weights(session_made):
    x, t = plane()
    model = Sequential([Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")])
    model.compile("adam")
    model.fit(x, t, epochs=2, verbose=0)
    run = session_made(session_of, model, (x, t)).run("a")
    train(run, 2)
    run.reset()
    assert np.array_equal(run.model.parameters.vector, model.parameters.vector)


def test_it_trains_as_the_model_would_by_itself(session_made):
    x, t = plane()
    model = Sequential([Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")])
    model.compile(badak.optimizers.Adam(0.01))
    run = session_made(session_of, model, (x, t)).run("a")
    train(run, 3)
    model.fit(run.data.x_train, run.data.t_train, batch_size=32, epochs=3, verbose=0)
    assert np.array_equal(run.model.parameters.vector, model.parameters.vector)


def test_layers_that_recipes_have_no_words_for_stay_as_they_are(session_made):
    class Twice(layers.Layer):
        def forward(self, w, x, mode):
            return 2.0 * x, None

        def backward(self, w, p, gradient):
            return 2.0 * gradient, {}

    x, t = plane()
    own = badak.activations.Activation("own", lambda x: x * x, lambda x: 2.0 * x)
    model = Sequential(
        [
            Input((2,)),
            layers.Normalization(),
            Twice(),
            layers.Dense(3, own),
            layers.Dense(3, "relu", kernel_regularizer="l2"),
            layers.Dense(2),
            layers.Activation("softmax"),
        ]
    )
    model.adapt(x)
    model.compile("adam")
    recipe = recipe_of(model)
    assert [layer["kind"] for layer in recipe["network"]["layers"]] == [
        *("given",) * 4,
        "dense",
        "activation",
    ]
    assert recipe["network"]["output"]["units"] == "given"
    session = session_made(session_of, model, (x, t))
    run = session.run("a")
    assert [type(layer) for layer in run.model.layers] == [type(layer) for layer in model.layers]
    assert np.allclose(run.model.predict(x), model.predict(x))
    assert run.model.layers[3].kernel_regularizer is not None
    train(run, 2)
    page = Page(session)
    roles = [each["role"] for each in page.get("/api/state").json()["runs"]["a"]["layers"]]
    assert roles == ["hidden"] * 5 + ["output"]
    head, _ = page.frame(views="network,boundary,units,distributions,confusion,wrong")
    assert head["error"] is None


def test_images_with_their_own_preparation_have_no_other(session_made):
    (x, t), _ = badak.datasets.digits.load_data()
    model = Sequential(
        [Input((8, 8)), layers.Flatten(), layers.Rescaling(1 / 8), layers.Dense(10, "softmax")]
    )
    run = session_made(session_of, model, (x[:200], t[:200])).run("a")
    assert [layer.name for layer in run.model.layers] == ["flatten", "rescaling", "dense"]
    assert run.data.look == "image"


def test_numbers_are_learnt_too(session_made):
    x, _ = plane()
    model = Sequential([Input((2,)), layers.Dense(3, "relu"), layers.Dense(1)])
    run = session_made(session_of, model, (x, x.sum(axis=1))).run("a")
    train(run, 1)
    assert run.data.task == "number"


def test_a_schedule_and_an_initializer_are_kept(session_made):
    x, t = plane()
    schedule = badak.optimizers.schedules.ExponentialDecay(0.1, decay_steps=5, decay_rate=0.5)
    model = Sequential(
        [Input((2,)), layers.Dense(3, "relu", kernel_initializer="he_normal"), layers.Dense(1)]
    )
    model.compile(badak.optimizers.Momentum(schedule), loss="mean_squared_error")
    recipe = complete({"data": {"kind": "circle"}, **recipe_of(model)})
    assert recipe["training"]["schedule"]["name"] == "ExponentialDecay"
    run = session_made(session_of, model, (x, t)).run("a")
    assert run.model.optimizer.rate(6) == pytest.approx(0.05)
    assert run.model.layers[0].kernel_initializer == model.layers[0].kernel_initializer


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "as a pair"),
        (np.zeros((3, 2)), "as a pair"),
        (([[1.0, 2.0]] * 8, [0, 1]), "8"),
        (([[1.0]] * 8, [0] * 8), "shape"),
    ],
)
def test_data_that_do_not_fit_the_model_are_refused(data, said):
    model = Sequential([Input((2,)), layers.Dense(1, "sigmoid")])
    with pytest.raises(InputError, match=said):
        session_of(model, data)


def test_a_model_is_a_sequential():
    with pytest.raises(InputError, match=r"badak\.Sequential"):
        session_of("model", ([[1.0]], [0]))


def test_a_table_is_learnt_by_its_target(session_made, tmp_path):
    rows = "\n".join(f"{i * i % 31}.5,{i % 7},{'yes' if i % 7 > 3 else 'no'}" for i in range(60))
    path = tmp_path / "rows.csv"
    path.write_text(f"a,b,c\n{rows}\n")
    run = session_made(session_for, path, None).run("a")
    assert (run.data.task, run.data.classes) == ("classes", ("no", "yes"))
    run = session_made(session_for, path, "b").run("a")
    assert run.recipe["data"]["target"] == "b"


def test_a_folder_of_pictures_is_learnt(session_made, tmp_path):
    rng = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for number in range(8):
            pixels = rng.integers(0, 256, (12, 12), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    run = session_made(session_for, tmp_path, None).run("a")
    assert run.data.classes == ("cats", "dogs")
    train(run, 1)


def test_a_model_file_is_opened_with_the_data_it_is_for(session_made, tmp_path):
    model = Sequential(
        [
            *(Input((8, 8)), layers.Rescaling(1 / 16), layers.Flatten()),
            *(layers.Dense(5, "relu"), layers.Dense(10, "softmax")),
        ]
    )
    path = tmp_path / "digits.safetensors"
    model.save(path)
    run = session_made(session_for, path, None).run("a")
    assert run.recipe["data"]["kind"] == "digits"
    assert np.array_equal(run.model.parameters.vector, model.parameters.vector)


def test_what_the_lab_cannot_work_with_is_told(tmp_path):
    model = Sequential([Input((5,)), layers.Dense(1)])
    model.save(tmp_path / "five.safetensors")
    with pytest.raises(InputError, match=r"takes samples of shape \(5,\)"):
        session_for(tmp_path / "five.safetensors", None)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match="neither a table"):
        session_for(tmp_path / "notes.txt", None)
    with pytest.raises(FileNotFoundError):
        session_for(tmp_path / "nothing.csv", None)
    with pytest.raises(FileNotFoundError):
        session_for(tmp_path / "nothing", None)
    with pytest.raises(InputError, match="--target is the column of a table"):
        session_for(None, "price")
    with pytest.raises(InputError, match="2 to"):
        session_for(tmp_path, None)


def test_a_models_settings_are_named_as_the_page_lists_them():
    hidden = layers.Dense(3, "relu", kernel_initializer="he_normal")
    model = Sequential([Input((2,)), hidden, layers.Dense(1, "sigmoid")])
    model.compile("rmsprop", loss="binary_crossentropy")
    recipe = complete({"data": {"kind": "circle"}, **recipe_of(model)})
    training, (layer,) = recipe["training"], recipe["network"]["layers"]
    told = catalog("en")
    assert layer["initializer"]["name"] in [each["name"] for each in told["initializers"]]
    assert training["optimizer"]["name"] in [each["name"] for each in told["optimizers"]]
    assert training["loss"]["name"] in [each["name"] for each in told["losses"]]


@pytest.mark.parametrize(
    ("units", "activation", "loss", "shape"),
    [
        (1, "sigmoid", "binary_crossentropy", (-1, 1)),
        (1, "sigmoid", None, (-1, 1)),
        (1, "identity", "hinge", (-1,)),
        (2, "softmax", "sparse_categorical_crossentropy", (-1, 1)),
    ],
)
def test_targets_are_classes_where_the_models_loss_says_so(
    session_made, units, activation, loss, shape
):
    x, t = plane()
    model = Sequential([Input((2,)), layers.Dense(units, activation)])
    model.compile("adam", loss)
    run = session_made(session_of, model, (x, t.astype(np.float32).reshape(shape))).run("a")
    assert run.data.task == "classes"
    assert run.data.classes == ("0", "1")
    train(run, 1)
    assert run.error is None


def test_shares_that_are_no_classes_stay_numbers(session_made):
    x, t = plane()
    model = Sequential([Input((2,)), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    run = session_made(session_of, model, (x, 0.1 + 0.5 * t[:, np.newaxis])).run("a")
    assert run.data.task == "number"


def test_a_model_of_data_that_are_not_there_is_refused_and_gets_no_others(tmp_path, monkeypatch):
    monkeypatch.setitem(
        KINDS, "fashion_mnist", replace(KINDS["fashion_mnist"], why_not=lambda: "not here")
    )
    monkeypatch.setitem(KINDS, "mnist", replace(KINDS["mnist"], why_not=str))
    model = Sequential([Input((28, 28)), layers.Flatten(), layers.Dense(10, "softmax")])
    model.preparation = {"data": "fashion-mnist"}
    model.save(tmp_path / "clothes.safetensors")
    with pytest.raises(InputError, match=r"clothes\.safetensors: not here"):
        session_for(tmp_path / "clothes.safetensors", None)
