"""Tables from the shell: trained, scored, asked, told of, and refused."""

import contextlib
import csv
import io
import json
import re
import signal
import subprocess
import sys

import numpy as np
import pytest

from badak import callbacks, fit_many, layers, load_model
from badak.cli import main

pl = pytest.importorskip("polars", reason="tables need the tables extra")

from sklearn import datasets as real  # noqa: E402
from sklearn import metrics  # noqa: E402

from badak import tables  # noqa: E402
from badak.tables import TablePreparation  # noqa: E402


def write_real(path, name, target="target"):
    """Write one of scikit-learn's tables, classes by their names."""
    loaded = getattr(real, f"load_{name}")()
    y = loaded.target
    if hasattr(loaded, "target_names"):
        y = [str(loaded.target_names[i]) for i in y]
    frame = pl.DataFrame(loaded.data, schema=list(loaded.feature_names))
    frame.with_columns(pl.Series(target, y)).write_csv(path)
    return path


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """Two towns whose prices bend differently with size: what no straight line says."""
    rng = np.random.default_rng(5)
    n = 600
    size = rng.uniform(0, 10, n)
    town = rng.choice(["Seoul", "Busan"], n)
    price = 500_000 + 100_000 * np.sin(size) * np.where(town == "Seoul", 1, -1)
    path = tmp_path_factory.mktemp("houses") / "houses.csv"
    pl.DataFrame(
        {
            "id": [f"h{i}" for i in range(n)],
            "size": [None if i % 20 == 3 else s for i, s in enumerate(size.round(3))],
            "town": town,
            "sold": np.datetime64("2023-01-01") + rng.integers(0, 365, n),
            "price": [None if i % 100 == 7 else p for i, p in enumerate(price.round())],
        }
    ).write_csv(path)
    return path


@pytest.fixture(scope="module")
def trained_houses(houses):
    """A model of the houses that a test must leave as it is, and what training it printed."""
    path = houses.parent / "houses.safetensors"
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
        patch.setenv("COLUMNS", "80")
        options = ["--target", "price", "--out", str(path), "--seed", "1", "--no-trees"]
        with pytest.raises(SystemExit) as end:
            main(["train", str(houses), *options])
    assert end.value.code == 0
    return path, out.getvalue()


def scores_of(out, name):
    """Return the numbers of a row of the table of scores."""
    row = re.search(rf"^{name}((?: +-?[\d,.]+)+)$", out, re.MULTILINE)
    return [float(cell.replace(",", "")) for cell in row[1].split()]


def test_numbers_are_learnt_and_the_network_earns_its_keep(trained_houses):
    _, out = trained_houses
    assert "regression (numbers)" in out
    assert "id (an identifier: all texts are different)" in out
    assert "6 without a target left out" in out
    assert "missing   in size: a feature of each says so" in out
    assert "The network earned its keep" in out
    network, linear, naive = (
        scores_of(out, name) for name in ("network", "linear regression", "mean")
    )
    assert network[0] < linear[0] / 2
    assert linear[0] < naive[0] * 1.1


def test_every_line_fits_80_columns_but_those_that_name_files(trained_houses):
    _, out = trained_houses
    long = [line for line in out.splitlines() if len(line) > 80]
    assert all(re.match(r"(data|saved|drawn|next|not used)\b", line) for line in long), long


def test_the_saved_model_answers_in_the_units_of_the_target(trained_houses, houses, badak):
    path, told = trained_houses
    out = badak("evaluate", path, houses).out
    assert "the 119 rows that were held out from training" in out
    assert scores_of(out, "network") == scores_of(told, "network")
    model = load_model(path)
    answers = model.predict(TablePreparation.of(model).transform(pl.read_csv(houses)))
    assert 450_000 < answers.mean() < 550_000


def test_predictions_keep_the_order_and_need_no_target(trained_houses, houses, badak, tmp_path):
    path, _ = trained_houses
    frame = pl.read_csv(houses)
    frame.drop("price", "id").write_csv(tmp_path / "new.csv")
    outcome = badak("predict", path, "new.csv", "--out", "predictions.csv")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "600 predictions written to predictions.csv\n"
    written = pl.read_csv(tmp_path / "predictions.csv")
    model = load_model(path)
    expected = model.predict(TablePreparation.of(model).transform(frame))[:, 0]
    assert written.columns == ["prediction"]
    np.testing.assert_allclose(written["prediction"].to_numpy(), expected, rtol=1e-6)


def test_predictions_may_stand_beside_the_input(trained_houses, houses, badak, tmp_path):
    outcome = badak("predict", trained_houses[0], houses, "--out", "p.tsv", "--with-input")
    assert outcome.code == 0
    written = pl.read_csv(tmp_path / "p.tsv", separator="\t")
    assert written.columns == ["id", "size", "town", "sold", "price", "prediction"]
    assert written["id"].to_list() == pl.read_csv(houses)["id"].to_list()
    assert badak("predict", trained_houses[0], "p.tsv", "--with-input").code == 1


def test_without_out_the_first_rows_are_shown(trained_houses, houses, badak):
    out = badak("predict", trained_houses[0], houses).out
    assert "10 of 600 rows; all of it: --out predictions.csv" in out
    assert len(out.splitlines()) == 14


def test_one_seed_one_model_to_the_bit(badak, houses, tmp_path):
    for name in ("a", "b"):
        badak("train", houses, "--target", "price", "--epochs", 2, "--out", f"{name}.safetensors")
    first, second = ((tmp_path / f"{name}.safetensors").read_bytes() for name in ("a", "b"))
    assert first == second


@pytest.mark.parametrize(
    ("name", "measures"),
    [("breast_cancer", ["accuracy", "AUC", "log loss"]),
     ("wine", ["accuracy", "balanced accuracy", "log loss"])],
)  # fmt: skip
def test_classes_are_learnt_and_scored_as_scikit_learn_scores_them(badak, tmp_path, name, measures):
    path = write_real(tmp_path / f"{name}.csv", name)
    outcome = badak("train", path, "--target", "target")
    assert outcome.code == 0, outcome.err
    assert all(measure in outcome.out for measure in measures)
    accuracy, second, loss = scores_of(outcome.out, "network")
    assert accuracy > 0.9
    model = load_model(f"{name}.safetensors")
    from badak import tables

    x, y = tables.load(path, "target", validation=0.0).test
    p = model.predict(x).astype(float)
    p /= p.sum(axis=1, keepdims=True)
    assert accuracy == pytest.approx(metrics.accuracy_score(y, p.argmax(axis=1)), abs=1e-4)
    assert loss == pytest.approx(metrics.log_loss(y, p), abs=1e-3)
    expected = (
        metrics.roc_auc_score(y, p[:, 1])
        if name == "breast_cancer"
        else metrics.balanced_accuracy_score(y, p.argmax(axis=1))
    )
    assert second == pytest.approx(expected, abs=1e-4)


def test_predictions_of_classes_are_names_with_probabilities(badak, tmp_path):
    write_real(tmp_path / "iris.csv", "iris", "species")
    assert badak("train", "iris.csv", "--target", "species", "--no-pictures", "-q").code == 0
    assert badak("predict", "iris.safetensors", "iris.csv", "--out", "p.csv").code == 0
    with (tmp_path / "p.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = ["setosa", "versicolor", "virginica"]
    assert list(rows[0]) == ["prediction", *(f"probability_{name}" for name in names)]
    for row in rows:
        shares = {name: float(row[f"probability_{name}"]) for name in names}
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5)
        assert row["prediction"] == max(shares, key=lambda name: shares[name])
    told = json.loads(badak("predict", "iris.safetensors", "iris.csv", "--json").out)
    assert len(told) == 150
    assert told[0]["prediction"] == "setosa"


def test_beside_the_model_go_its_history_and_pictures(badak, tmp_path):
    write_real(tmp_path / "iris.csv", "iris")
    badak("train", "iris.csv", "--target", "target", "--epochs", 3)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("iris.csv", "iris.safetensors", "iris.history.csv", "iris.curves.png"),
        "iris.confusion.png",
    }


def test_info_names_the_columns(trained_houses, badak):
    out = badak("info", trained_houses[0]).out
    assert re.search(r"size +number, mean .* yes +2", out)
    assert re.search(r"town +2 categories +2", out)
    assert re.search(r"sold +date: year, month, day, weekday +7", out)
    assert re.search(r"id +not used: an identifier", out)
    assert re.search(r"target +price: regression", out)
    assert max(map(len, (line.rstrip() for line in out.splitlines()[:-1]))) <= 80


def test_options_reach_the_columns_and_the_network(badak, houses):
    outcome = badak(
        *("train", houses, "--target", "price", "--ignore", "sold", "--column", "size=category"),
        *("--layers", "7-5", "--activation", "tanh", "--dropout", 0.25, "--optimizer", "sgd"),
        *("--batch-size", 50, "--epochs", 2, "--validation", 0, "--held-out", 0.5, "--seed", 3),
        *("--task", "regression", "--out", "mine.safetensors", "--missing", "Busan"),
    )
    assert outcome.code == 0, outcome.err
    assert "297 rows to train on, 297 held out" in outcome.out
    assert "regression (as asked)" in outcome.out
    model = load_model("mine.safetensors")
    assert [type(layer).__name__ for layer in model.layers] == [
        *("Dense", "Dropout", "Dense", "Dropout", "Dense", "Rescaling"),
    ]
    assert [layer.units for layer in model.layers if hasattr(layer, "units")] == [7, 5, 1]
    assert type(model.optimizer).__name__ == "SGD"
    prepare = TablePreparation.of(model)
    assert [(column.name, column.kind) for column in prepare.columns] == [
        ("size", "category"),
        ("town", "category"),
    ]
    assert prepare.columns[1].levels == ("Seoul",)
    assert prepare.missing == ("", "Busan")


def test_a_run_that_was_stopped_goes_on_to_the_same_bits(badak, houses, tmp_path):
    arguments = ("train", houses, "--target", "price", "--no-pictures")
    badak(*arguments, "--epochs", 6, "--out", "whole.safetensors")
    keep = tmp_path / "c.safetensors"
    badak(*arguments, "--epochs", 6, "--out", "other.safetensors", "--checkpoint", keep)
    assert not keep.exists()
    whole, other = ((tmp_path / f"{n}.safetensors").read_bytes() for n in ("whole", "other"))
    assert whole == other


@pytest.fixture
def visits(tmp_path):
    rng = np.random.default_rng(0)
    group = rng.integers(0, 40, 300)
    x = rng.normal(size=300)
    path = tmp_path / "visits.csv"
    pl.DataFrame(
        {
            "patient": [f"p{each}" for each in group],
            "day": np.datetime64("2023-01-01") + rng.integers(0, 300, 300),
            "x": x,
            "ill": np.where(x + 0.2 * rng.normal(size=300) > 0.0, "yes", "no"),
        }
    ).write_csv(path)
    return path


@pytest.mark.parametrize(
    ("options", "said", "info"),
    [
        (("--group", "patient"), "by patient: 28 of its values to train on, 4 to", "by the groups"),
        (("--time", "day"), "by time, day: trained on up to 2023-0", "by the time day"),
    ],
)
def test_rows_are_split_by_a_column_and_found_again(badak, visits, tmp_path, options, said, info):
    model = tmp_path / "m.safetensors"
    trained = badak(
        "train", visits, "--target", "ill", *options, "--out", model, "--epochs", 5, "--no-pictures"
    )
    assert said in " ".join(trained.out.split())
    assert f"{options[1]} (rows are split by it)" in trained.out
    of_network = re.compile(r"^network +([\d.]+) +([\d.]+) +([\d.]+)$", re.MULTILINE)
    evaluated = badak("evaluate", model, visits)
    assert of_network.search(evaluated.out).groups() == of_network.search(trained.out).groups()
    assert "that were held out from training" in evaluated.out
    assert f"split     {info}" in badak("info", model).out


def test_trees_are_compared_too_and_it_is_said_when_they_win(badak, houses, tmp_path):
    out = tmp_path / "m.safetensors"
    options = ("--target", "price", "--out", out, "--epochs", 2, "--no-pictures", "-q")
    with_trees = badak("train", houses, *options).out
    assert scores_of(with_trees, "trees")[0] < scores_of(with_trees, "network")[0]
    assert "Gradient-boosted trees are better than the network" in " ".join(with_trees.split())
    without = badak("train", houses, *options, "--no-trees").out
    assert not re.search(r"^trees|boosted trees", without, re.MULTILINE)


def test_a_threshold_and_a_metric_are_kept_and_said(badak, visits, tmp_path):
    model, out = tmp_path / "m.safetensors", tmp_path / "p.csv"
    options = ("--target", "ill", "--out", model, "--epochs", 9, "--no-pictures", "--no-trees")
    trained = badak("train", visits, *options, "--metric", "f1", "--threshold", 0.9, "--balanced")
    assert re.search(r"^ +F1 +accuracy +AUC +log loss$", trained.out, re.MULTILINE)
    assert "answered: yes from a probability of 0.9 on" in trained.out
    assert "weights   classes weigh alike in the loss" in trained.out
    evaluated = badak("evaluate", model, visits).out
    assert "answered  yes from a probability of 0.9 on" in evaluated
    assert scores_of(evaluated, "network") == scores_of(trained.out, "network")[1:]
    assert "answered  yes from a probability of 0.9 on" in badak("info", model).out
    said = badak("predict", model, visits, "--out", out)
    assert "answered: yes from a probability of 0.9 on" in said.err
    answers = pl.read_csv(out)
    assert ((answers["prediction"] == "yes") == (answers["probability_yes"] >= 0.9)).all()
    assert (answers["probability_yes"] > 0.5).sum() - (answers["prediction"] == "yes").sum() > 0


def test_a_metric_decides_in_training_and_may_be_asked_for_of_a_model(badak, houses, tmp_path):
    model = tmp_path / "m.safetensors"
    options = ("--target", "price", "--out", model, "--no-pictures", "--no-trees")
    trained = badak("train", houses, *options, "--epochs", 40, "--metric", "mae").out
    [told] = re.findall(r"weights are those of epoch \d+, val_mae ([\d.e+]+)", trained)
    history = pl.read_csv(tmp_path / "m.history.csv")
    assert float(told) == float(f"{history['val_mae'].min():.4g}")
    found = badak("evaluate", model, houses, "--metric", "mape", "--metric", "r2").out
    assert re.search(r"^ +MAPE +R² +MAE +RMSE$", found, re.MULTILINE)
    answers = tmp_path / "p.csv"
    badak("predict", model, houses, "--out", answers, "--with-input")
    of_all = badak("evaluate", model, answers, "--metric", "mape").out
    rows = pl.read_csv(answers).drop_nulls("price")
    expected = metrics.mean_absolute_percentage_error(rows["price"], rows["prediction"])
    assert scores_of(of_all, "network")[0] == pytest.approx(expected, abs=1e-4)
    wrong = badak("evaluate", model, houses, "--metric", "f1")
    assert (wrong.code, wrong.out) == (1, "")
    assert "f1 is no measure of 'price', which is numbers" in wrong.err


def test_the_best_threshold_is_chosen_on_rows_that_validate(badak, visits, tmp_path):
    model = tmp_path / "m.safetensors"
    options = ("--target", "ill", "--out", model, "--epochs", 9, "--no-pictures", "--no-trees")
    badak("train", visits, *options, "--metric", "f1", "--threshold", "best")
    network = load_model(model)
    prepare = TablePreparation.of(network)
    x, y = tables.load(visits, "ill").validation
    p = network.predict(x)[:, 1]

    def f1(threshold):
        return metrics.f1_score(y, p >= threshold)

    assert f1(prepare.threshold) == max(map(f1, np.linspace(0.005, 0.995, 199)))


def test_uneven_classes_are_told(badak, tmp_path):
    rows = "".join(f"{i % 13},{'yes' if i % 25 == 0 else 'no'}\n" for i in range(400))
    (tmp_path / "rare.csv").write_text(f"x,y\n{rows}")
    outcome = badak("train", "rare.csv", "--target", "y", "--epochs", 1)
    assert "no 384, yes 16; uneven (the rarest has 4.00%)" in outcome.out


def test_what_training_had_not_is_told_on_standard_error(trained_houses, badak, tmp_path):
    (tmp_path / "new.csv").write_text("size,town,sold,colour\n7,Jeju,,red\n5,Seoul,2023-01-01,\n")
    outcome = badak("predict", trained_houses[0], "new.csv")
    assert outcome.code == 0
    assert outcome.err.splitlines() == [
        "badak: note: the model does not know the columns 'colour': not used",
        "badak: note: 1 value is missing in the column 'sold', which had all in training: "
        "taken as the mean or as no category",
        "badak: note: 1 row holds a category of 'town' that the training had not: "
        "taken as none of them",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("town,sold\nSeoul,2023-01-01\n", "lacks the column 'size'"),
        ("size,town,sold\nbig,Seoul,2023-01-01\n", "line 2: the column 'size' holds 'big'"),
        ("size,town,sold\n1,Seoul,2023-01-01\n1,2\n", "line 3: the row has 2 fields"),
        ("size,town,sold\n1,Seoul,tomorrow\n", "line 2: the column 'sold' holds 'tomorrow'"),
        ("size,town,sold\n", "a header only"),
    ],
)
def test_rows_that_do_not_fit_the_model_are_refused_and_nothing_is_written(
    trained_houses, badak, tmp_path, content, message
):
    (tmp_path / "new.csv").write_text(content)
    outcome = badak("predict", trained_houses[0], "new.csv", "--out", "p.csv")
    assert outcome.code == 1
    assert message in outcome.err
    assert not (tmp_path / "p.csv").exists()


def test_a_command_line_that_does_not_fit_is_refused(trained_houses, houses, badak, digits_model):
    path, _ = trained_houses
    for arguments, code, message in [
        (("train", houses), 2, "table needs --target, .* has the columns id, size, town, sold"),
        (("train", houses, "--target", "prize"), 1, "'prize' is no column .*did you mean 'price'"),
        (("train", "digits", "--target", "x"), 2, "--target is for tables, but digits is none"),
        (("train", "digits", "--ignore", "x"), 2, "--ignore is for tables"),
        (("train", "digits", "--group", "x"), 2, "--group is for tables"),
        (("train", "digits", "--time", "x"), 2, "--time is for tables"),
        (("train", "digits", "--no-trees"), 2, "--no-trees is for tables"),
        (("train", "digits", "--metric", "f1"), 2, "--metric is for tables"),
        (("train", "digits", "--balanced"), 2, "--balanced is for tables"),
        (("train", "digits", "--threshold", 0.2), 2, "--threshold is for tables"),
        (("train", houses, "--target", "price", "--metric", "auc"), 2, "'auc' is no metric: give"),
        (("train", houses, "--target", "price", "--metric", "f1"), 1, "which is numbers: give one"),
        (("train", houses, "--target", "price", "--balanced"), 1, "leave --balanced out"),
        (("train", houses, "--target", "price", "--threshold", 1.5), 2, "'1.5' is no threshold"),
        (("train", houses, "--target", "price", "--threshold", 0.5), 1, "between two classes"),
        (
            ("train", houses, "--target", "town", "--threshold", "best"),
            1,
            "give as metric one of accuracy, balanced_accuracy, f1, macro_f1",
        ),
        (("train", houses, "--target", "price", "--time", "town"), 1, "'town', by whose time"),
        (
            ("train", houses, "--target", "price", "--group", "town", "--epochs", 3),
            1,
            "2 values only: 3 are",
        ),
        (("train", houses, "--target", "price", "--group", "town"), 1, "by 'town' once more"),
        (
            ("train", houses, "--target", "price", "--group", "town", "--time", "sold"),
            1,
            "give group 'town' or time 'sold'",
        ),
        (("train", "nowhere.csv", "--target", "x"), 1, "there is no table nowhere.csv"),
        (("train", houses, "--target", "price", "--task", "sort"), 2, "'sort' is no task"),
        (("train", houses, "--target", "price", "--column", "size"), 2, "NAME=KIND"),
        (("train", houses, "--target", "price", "--held-out", 0), 2, "0.0 is no share"),
        (("predict", houses), 2, "a table is answered by a model of its own"),
        (("predict", path, houses, houses), 2, "one table at a time"),
        (("predict", path, houses, "--out", "p.xlsx"), 2, "written as .csv or .tsv"),
        (("predict", path, houses, "--out", houses), 1, "is the table itself"),
        (("predict", path, "seven.png"), 1, "answers the rows of a table, not pictures"),
        (("predict", digits_model, houses), 1, "takes no tables"),
        (("predict", digits_model, "a.png", "--key", "id"), 2, "--key is for tables"),
        (("predict", path, houses, "--key", "ID"), 1, "the key 'ID' is no column .*: id, size"),
        (("predict", path, houses, "--key", "id", "--with-input"), 2, "--key or --with-input"),
        (("predict", path, houses, "--no-formulas"), 2, "give --out as well"),
        (("train", "digits", "--dates", "a=dmy"), 2, "--dates is for tables"),
        (("train", "a.xlsx", "--target", "y"), 1, "save its sheet as CSV"),
        (("predict", path, "a.xlsx"), 1, "save its sheet as CSV"),
        (("evaluate", path, "a.xlsx"), 1, "save its sheet as CSV"),
        (("train", "digits", "--encoding", "cp949"), 2, "--encoding is for tables"),
        (("train", houses, "--target", "price", "--dates", "sold"), 2, "such as sold=dmy"),
        (("train", houses, "--target", "price", "--encoding", "x"), 1, "no encoding is called"),
        (("evaluate", digits_model, "digits", "--encoding", "cp949"), 2, "is for tables"),
        (("evaluate", path), 1, "answers the rows of a table"),
        (("evaluate", digits_model, houses), 1, "takes no tables"),
    ]:
        outcome = badak(*arguments)
        assert outcome.code == code, (arguments, outcome)
        assert re.search(message, outcome.err), (arguments, outcome.err)
        assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["train", "predict", "evaluate", "info"])
def test_where_polars_is_missing_it_is_named_with_what_to_install(houses, trained_houses, command):
    code = "import sys; sys.modules['polars'] = None; from badak.cli import main; main()"
    model = str(trained_houses[0])
    arguments = {
        "train": [str(houses), "--target", "price"],
        "predict": [model, str(houses)],
        "evaluate": [model, str(houses)],
        "info": [model],
    }
    ended = subprocess.run(
        [sys.executable, "-c", code, command, *arguments[command]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.endswith(
        "not installed: pip install 'badak[tables]' (in a clone: pip install '.[tables]')\n"
    )
    assert "a table needs polars" in ended.stderr


def test_a_hostile_file_is_refused(trained_houses, badak, tmp_path, houses):
    from badak.network import saving

    model = load_model(trained_houses[0])
    for change in ({"columns": [1]}, {"target": {"name": "x"}}, {"kind": "table", "columns": []}):
        model.preparation = {
            **TablePreparation.of(load_model(trained_houses[0])).as_dict(),
            **change,
        }
        saving.save(model, tmp_path / "bad.safetensors")
        for arguments in (("predict", "bad.safetensors", houses), ("info", "bad.safetensors")):
            outcome = badak(*arguments)
            assert outcome.code == 1
            assert "how it prepares tables is broken" in outcome.err


def write_people(path, encoding):
    """Write a table as a Korean Excel does."""
    rows = [
        f"{10**9 + 7 * i},0{i % 5}1,2024. {1 + i % 12}. {1 + i % 28}.,{i}%,{'가나다'[i % 3]}"
        for i in range(90)
    ]
    path.write_bytes("\r\n".join(["번호,우편,날짜,비율,답", *rows, ""]).encode(encoding))
    return path


def test_what_was_taken_of_a_table_is_told(badak, tmp_path):
    path = write_people(tmp_path / "사람.csv", "cp949")
    out = badak("train", path, "--target", "답", "--epochs", 1, "--no-pictures").out
    assert "\nfile      read as CP949 (EUC-KR)\n" in out
    assert re.search(r"^taken     번호: whole numbers, all different", out, re.MULTILINE)
    assert re.search(r"^          우편: codes with leading zeros, such as '001'", out, re.MULTILINE)
    assert re.search(r"^          날짜: '2024. 1. 1.' is 2024-01-01", out, re.MULTILINE)
    assert re.search(r"^          비율: '0%' is 0, in %", out, re.MULTILINE)


def test_rows_in_another_encoding_are_answered_alike_and_it_is_told(badak, tmp_path):
    path = write_people(tmp_path / "사람.csv", "cp949")
    badak("train", path, "--target", "답", "--epochs", 1, "--no-pictures", "-q")
    told = []
    for name, encoding in (("a", "cp949"), ("b", "utf-16"), ("c", "utf-8"), ("d", "gb18030")):
        new = write_people(tmp_path / f"{name}.csv", encoding)
        named = ["--encoding", encoding] if name == "d" else []
        outcome = badak("predict", "사람.safetensors", new, "--out", f"{name}.p.csv", *named)
        assert outcome.code == 0, outcome.err
        told.append(outcome.err.strip().rpartition(": ")[2])
    assert told == ["read as CP949 (EUC-KR)", "read as UTF-16", "", "read as gb18030"]
    written = {(tmp_path / f"{name}.p.csv").read_text() for name in "abcd"}
    assert len(written) == 1
    outcome = badak("evaluate", "사람.safetensors", "d.csv", "--encoding", "gb18030")
    assert outcome.code == 0


def test_predictions_may_stand_beside_keys(trained_houses, houses, badak, tmp_path):
    path, _ = trained_houses
    outcome = badak("predict", path, houses, "--out", "p.csv", "--key", "id", "--key", "town")
    assert outcome.code == 0
    written, frame = pl.read_csv(tmp_path / "p.csv"), pl.read_csv(houses)
    assert written.columns == ["id", "town", "prediction"]
    assert written["id"].to_list() == frame["id"].to_list()
    shown = badak("predict", path, houses, "--key", "id").out.splitlines()
    assert shown[0].split() == ["row", "id", "prediction"]
    assert shown[2].split()[:2] == ["1", "h0"]
    first = json.loads(badak("predict", path, houses, "--key", "id", "--json").out)[0]
    assert list(first) == ["id", "prediction"]


def test_formulas_are_made_texts_when_asked(trained_houses, badak, tmp_path):
    cells = ["=1+2", "+cmd", "-5", "@x", "-", "＝A1", "plain"]
    rows = "".join(f"{cell},1,Seoul,2023-01-01\n" for cell in cells)
    (tmp_path / "new.csv").write_text("=key,size,town,sold\n" + rows)
    arguments = ("predict", trained_houses[0], "new.csv", "--key", "=key", "--out", "p.csv")
    for options, mark in (([], ""), (["--no-formulas"], "'")):
        assert badak(*arguments, *options).code == 0
        with (tmp_path / "p.csv").open() as file:
            read = list(csv.reader(file))
        expected = [cell if cell in ("-5", "plain") else mark + cell for cell in ["=key", *cells]]
        assert [row[0] for row in read] == expected
        assert all(float(row[1]) > 0 for row in read[1:])


def test_an_effort_is_told_and_intervals_are_predicted(badak, houses, tmp_path):
    told = badak("train", houses, "--target", "price", "--effort", "quick", "--no-trees").out
    assert "effort    quick: 2 plain, 2 encoded made into one" in told
    assert "network 4 of 4, encoded" in told
    assert re.search(r"of 90% intervals .* hold the truth", told)
    outcome = badak(
        "predict", "houses.safetensors", houses, "--interval", 0.9, "--out", tmp_path / "p.csv"
    )
    assert outcome.code == 0, outcome.err
    answers = pl.read_csv(tmp_path / "p.csv")
    assert answers.columns == ["prediction", "low", "high"]
    assert (answers["low"] < answers["prediction"]).all()
    assert (answers["prediction"] < answers["high"]).all()
    shown = badak("predict", "houses.safetensors", houses, "--interval", 0.8).out
    assert shown.splitlines()[0].split() == ["row", "prediction", "low", "high"]
    refused = badak("predict", "houses.safetensors", houses, "--interval", 0.7)
    assert (refused.code, "not 0.7" in refused.err) == (1, True)


def test_info_tells_a_bags_networks_and_its_intervals(badak, houses, tmp_path):
    arguments = ["train", houses, "--target", "price", "--no-trees", "-q", "--no-pictures"]
    assert badak(*arguments, "--effort", "quick").code == 0
    told = badak("info", "houses.safetensors").out
    ensemble = load_model("houses.safetensors").layers[0]
    kinds = [
        [f"{layer.units}" for layer in member if isinstance(layer, layers.Dense)]
        for member in ensemble.members
    ]
    for units, words in (("128", "128 swish → 128 swish → 1"), ("64", "128 relu → 64 relu → 1")):
        which = [kind[1] == units for kind in kinds]
        share = sum(np.array(ensemble.member_weights)[which])
        assert (f"{sum(which)} × " in told) == (f"{words}: {share:.0%}\n" in told) == any(which)
    assert "intervals  that hold 0.5, 0.8, 0.9, 0.95, 0.99 of the rows\n" in told


def test_an_effort_beside_options_of_one_network_is_refused_before_any_work(badak, houses):
    outcome = badak("train", houses, "--target", "price", "--effort", "best", "--epochs", 3)
    assert outcome.code == 1
    assert "epochs describe one of your own" in outcome.err
    assert not outcome.out


def test_a_bag_goes_on_from_its_networks_files(badak, houses, tmp_path):
    arguments = ["train", houses, "--target", "price", "--effort", "quick", "--no-trees", "-q"]
    assert badak(*arguments, "--out", "a.safetensors").code == 0
    assert badak(*arguments, "--out", "b.safetensors", "--resume").code == 0
    assert not list(tmp_path.glob("*.checkpoint*"))
    first, second = (load_model(f"{name}.safetensors").get_weights() for name in "ab")
    assert all((one == two).all() for one, two in zip(first, second, strict=True))
    (tmp_path / "c.checkpoint.3.safetensors").write_bytes(b"")
    outcome = badak(
        *arguments, "--out", "c.safetensors", "--checkpoint", "c.checkpoint.safetensors"
    )
    assert "with 1 network begun" in outcome.err
    assert "remove c.checkpoint.*.safetensors to begin anew" in outcome.err


@pytest.mark.parametrize(
    ("there", "options", "said"),
    [
        ("k.safetensors", ("--effort", "quick"), "give --checkpoint another name"),
        ("k.2.safetensors", ("--epochs", 2), "remove k.*.safetensors to begin anew"),
        (None, ("--effort", "quick", "--out", "k.3.safetensors"), "give --out another name"),
    ],
)
def test_files_of_another_kind_of_run_are_left_as_they_are(
    badak, houses, tmp_path, there, options, said
):
    if there is not None:
        (tmp_path / there).write_bytes(b"of another run")
    arguments = ["train", houses, "--target", "price", "--no-trees", "-q", *options]
    outcome = badak(*arguments, "--checkpoint", "k.safetensors", "--resume")
    assert (outcome.code, outcome.out) == (1, "")
    assert said in outcome.err
    assert there is None or (tmp_path / there).read_bytes() == b"of another run"


@pytest.mark.parametrize("resume", [(), ("--resume",)])
def test_ctrl_c_says_of_a_bag_too_how_to_go_on(badak, houses, tmp_path, monkeypatch, resume):
    from badak.tables import bag_training

    def after_an_epoch(runs):
        runs[0]["callbacks"].append(
            callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: epoch or signal.raise_signal(signal.SIGINT)
            )
        )
        return fit_many(runs)

    monkeypatch.setattr(bag_training, "fit_many", after_an_epoch)
    arguments = ["train", houses, "--target", "price", "--effort", "quick", "--no-trees"]
    keep = ("--checkpoint", "k.safetensors", *resume)
    outcome = badak(*arguments, "--out", "m.safetensors", *keep)
    assert outcome.code == 130
    again = "; go on with the same command" + ("" if resume else " and --resume") + "\n"
    assert again in outcome.out
    assert sorted(tmp_path.glob("k.*.safetensors"))
