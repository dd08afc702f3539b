"""A bag of networks on a table: what it is made of, what it leaves out, and one seed one bag."""

import signal
import time
from dataclasses import replace

import numpy as np
import pytest

from badak import fit_many, layers, load_model, tables
from badak.activations import softmax
from badak.callbacks import LambdaCallback
from badak.errors import DivergedError, FileFormatError, InputError
from badak.estimators import TableClassifier, TableRegressor
from badak.layers.ensemble import every_layer
from badak.tables import bag_training, efforts, members
from badak.tables.bag import _comparable, _members, train_bag
from badak.tables.blend import loss_of
from badak.tables.efforts import EFFORTS, ENCODED, PLAIN, QUICK, Effort
from badak.tables.members import Cycles
from badak.tables.parts import TRAIN
from badak.training import History

SHORT = Effort((replace(PLAIN, units=(8,)), replace(ENCODED, units=(8,), intervals=4)))


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    monkeypatch.setattr(efforts, "LEAST_STEPS", 20)


def written(path, rows=200, classes=0, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3)).round(4)
    y = x[:, 0] - 2.0 * np.abs(x[:, 1])
    column = [f"c{int(v)}" for v in np.digitize(y, [-2.0, -0.7][: classes - 1])] if classes else y
    lines = [f"{a},{b},{c},{t}" for (a, b, c), t in zip(x.tolist(), column, strict=True)]
    path.write_text("a,b,c,y\n" + "\n".join(lines) + "\n")
    return path


@pytest.fixture
def numbers(tmp_path):
    return tables.load(written(tmp_path / "n.csv"), "y", validation=0.0)


@pytest.fixture
def classes(tmp_path):
    return tables.load(written(tmp_path / "c.csv", classes=3), "y", validation=0.0)


def test_its_answer_is_the_weighted_mean_of_its_networks(numbers):
    bag = train_bag(numbers, SHORT, seed=1)
    ensemble, rescaling = bag.model.layers
    assert isinstance(ensemble, layers.Ensemble)
    assert sum(ensemble.member_weights) == pytest.approx(1.0)
    assert sum(bag.weights.values()) == pytest.approx(1.0)
    mean, deviation = numbers.scale
    assert (rescaling.scale, rescaling.offset) == (deviation, mean)
    x, y = numbers.test
    error = np.sqrt(np.mean((bag.model.predict(x)[:, 0] - y) ** 2))
    assert error < 0.8 * y.std()


def test_of_classes_logits_are_averaged_and_made_as_sure_as_is_best(classes):
    bag = train_bag(classes, SHORT, seed=1)
    assert [type(each).__name__ for each in bag.model.layers] == [
        "Ensemble",
        "Rescaling",
        "Activation",
    ]
    y = classes.train[1][bag.left_out]
    logits = np.log(bag.answers)
    for factor in (0.9, 1.1):  # no other sureness would have been better on the rows left out
        assert loss_of(logits, y) <= loss_of(factor * logits, y) + 1e-9


def test_answers_to_rows_left_out_are_of_networks_that_did_not_see_them(numbers):
    bag = train_bag(numbers, SHORT, seed=1)
    assert bag.left_out.tolist() == list(range(numbers.counts[0]))
    x, y = numbers.train
    seen = np.mean((bag.model.predict(x)[:, 0] - y) ** 2)
    unseen = np.mean((bag.answers[:, 0] - y) ** 2)
    assert unseen > seen


def test_one_seed_one_bag_to_the_bit(numbers):
    first, second, other = (train_bag(numbers, SHORT, seed=seed) for seed in (4, 4, 5))
    x = numbers.test[0]
    np.testing.assert_array_equal(first.model.predict(x), second.model.predict(x))
    assert (first.model.predict(x) != other.model.predict(x)).any()


@pytest.mark.parametrize("table", ["numbers", "classes"])
def test_it_says_how_it_was_trained_and_goes_on_training(table, request):
    data = request.getfixturevalue(table)
    model = train_bag(data, SHORT).model
    assert type(model.optimizer).__name__ == "AdamW"
    x, y = data.train
    before = model.evaluate(x, y, verbose=0, return_dict=True)["loss"]
    model.fit(x, y, epochs=5, verbose=0)
    assert model.evaluate(x, y, verbose=0, return_dict=True)["loss"] < before


def test_it_is_saved_and_loaded_as_one_network(classes, tmp_path):
    bag = train_bag(classes, SHORT)
    bag.model.save(tmp_path / "bag.safetensors")
    again = load_model(tmp_path / "bag.safetensors")
    x = classes.test[0]
    np.testing.assert_array_equal(again.predict(x), bag.model.predict(x))
    assert again.class_names == ["c0", "c1", "c2"]


def test_each_network_is_reported_once(numbers):
    told = []
    bag = train_bag(numbers, SHORT, on_trained=told.append)
    assert [each.number for each in told] == list(range(1, 17))
    assert {each.count for each in told} == {16} == {bag.networks}
    assert all(each.watched == "loss" and each.best is not None and each.epochs for each in told)


def test_a_run_that_was_cut_off_goes_on_to_the_same_bits(numbers, tmp_path):
    whole = train_bag(numbers, SHORT, seed=2)
    states = tmp_path / "bag.checkpoint.safetensors"
    count = 0

    class EnoughError(Exception):
        pass

    def stop(event):
        nonlocal count
        count += 1
        if count == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        train_bag(numbers, SHORT, seed=2, checkpoint=states, on_trained=stop)
    assert list(tmp_path.glob("bag.checkpoint.*.safetensors"))
    resumed = train_bag(numbers, SHORT, seed=2, checkpoint=states)
    x = numbers.test[0]
    np.testing.assert_array_equal(resumed.model.predict(x), whole.model.predict(x))


def test_states_of_another_run_are_refused_before_any_network_is_trained(numbers, tmp_path):
    states = tmp_path / "bag.checkpoint.safetensors"
    train_bag(numbers, SHORT, seed=2, checkpoint=states, time_limit=0.001)
    kept = {path: path.read_bytes() for path in tmp_path.glob("*.checkpoint.*")}
    told = []
    with pytest.raises(InputError, match=r"checkpoint\.0\.safetensors is of another run: seed"):
        train_bag(numbers, SHORT, seed=3, checkpoint=states, on_trained=told.append)
    next(iter(kept)).write_bytes(b"no state")
    with pytest.raises(FileFormatError):
        train_bag(numbers, SHORT, seed=2, checkpoint=states, on_trained=told.append)
    assert not told


def test_where_each_row_is_the_only_one_of_its_class_all_are_trained_on():
    x = np.random.default_rng(0).normal(size=(20, 3))
    model = TableClassifier("quick", random_state=0).fit(x, np.arange(20))
    assert model.predict_proba(x).sum(axis=1) == pytest.approx(1.0)


def test_ctrl_c_is_known_where_it_ended_networks_without_an_epoch_or_one_diverged(
    numbers, monkeypatch
):
    monkeypatch.setattr(
        bag_training, "allowed_threads", lambda: 2
    )  # so many at once, with a time limit
    calls = []

    def interrupted_later(runs):
        calls.append(len(runs))
        if len(calls) == 1:
            return fit_many(runs)
        for run in runs:
            run["model"].history = History()
            run["model"].history.interrupted = True
        raise ExceptionGroup("", [DivergedError("its loss became nan")])

    monkeypatch.setattr(bag_training, "fit_many", interrupted_later)
    found = train_bag(numbers, SHORT, time_limit=60.0)
    assert (calls, found.networks, found.history.interrupted) == ([2, 2], 2, True)


def test_a_network_that_ctrl_c_ended_in_its_first_epoch_is_not_reported(numbers, monkeypatch):
    def interrupted(runs):
        def stop(batch, logs):
            while not told:
                time.sleep(0.01)
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.2)  # until the main thread has heard it

        runs[2]["callbacks"].append(LambdaCallback(on_train_batch_end=stop))
        return fit_many(runs)

    told = []
    monkeypatch.setattr(bag_training, "fit_many", interrupted)
    found = train_bag(numbers, SHORT, on_trained=told.append)
    assert found.history.interrupted
    assert len(told) == found.networks < 16
    assert all(each.epochs for each in told)


def test_numbers_that_float32_does_not_hold_are_refused_before_any_work(monkeypatch):
    monkeypatch.setattr(bag_training, "fit_many", None)
    with pytest.raises(InputError, match="float32"):
        TableRegressor("quick").fit(
            np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) * 1e45
        )


def test_with_weights_of_classes_it_is_as_sure_as_is_best_with_these(classes):
    found = train_bag(classes, SHORT, class_weight={0: 9.0, 1: 1.0, 2: 0.5})
    y = classes.train[1][found.left_out]
    logits, weights = np.log(found.answers), np.array([9.0, 1.0, 0.5])[y]
    losses = -np.log(softmax(np.multiply.outer([0.9, 1.0, 1.1], logits)))[:, np.arange(len(y)), y]
    low, best, high = losses @ weights
    assert best <= min(low, high) + 1e-6


def test_rows_to_validate_with_watch_one_network_of_each_kind_without_a_copy(tmp_path):
    data = tables.load(written(tmp_path / "n.csv"), "y", validation=0.25)
    members = list(_members(data, SHORT, seed=0))
    assert [(m.trained, m.left_out) for m in members] == [(slice(0, 120), slice(120, 160))] * 2
    bag = train_bag(data, SHORT)
    assert bag.networks == 2
    assert bag.left_out.tolist() == list(range(120, 160))


def test_of_very_many_rows_a_tenth_watches_one_network(tmp_path, monkeypatch):
    monkeypatch.setattr(efforts, "ALL_ROWS", 150)
    data = tables.load(written(tmp_path / "n.csv"), "y", validation=None)
    assert data.counts == (144, 16, 40)
    monkeypatch.setattr(efforts, "ALL_ROWS", 250)
    assert tables.load(written(tmp_path / "n.csv"), "y", validation=None).counts == (160, 0, 40)


def test_few_rows_are_all_trained_on(tmp_path):
    data = tables.load(written(tmp_path / "f.csv", rows=11), "y", validation=0.0, held_out=0.2)
    bag = train_bag(data, EFFORTS[QUICK])
    assert bag.networks == 2
    assert not len(bag.left_out)
    assert np.isfinite(bag.model.predict(data.test[0])).all()


def test_a_time_limit_ends_it_with_what_there_is(numbers):
    told = []
    bag = train_bag(numbers, SHORT, time_limit=0.001, on_trained=told.append)
    assert 1 <= bag.networks < 16
    assert np.isfinite(bag.model.predict(numbers.test[0])).all()


def test_groups_are_never_on_both_sides(tmp_path):
    rng = np.random.default_rng(0)
    group = rng.integers(0, 9, 180)
    y = rng.normal(size=9)[group]  # the group tells the target, and nothing else does
    lines = [f"{g},{v:.4f},{t}" for g, v, t in zip(group, rng.normal(size=180), y, strict=True)]
    path = tmp_path / "g.csv"
    path.write_text("g,x,y\n" + "\n".join(lines) + "\n")
    options = {"validation": 0.0, "group": "g", "columns": {"g": "category"}}
    data = tables.load(path, "y", **options)
    groups = data.keys_of(TRAIN)["groups"]
    for member in _members(data, SHORT, seed=0):
        inside = np.isin(np.arange(len(groups)), member.left_out)
        assert inside.any()
        assert not set(groups[inside]) & set(groups[~inside])


def test_one_group_to_train_on_is_refused_by_the_columns_name(tmp_path):
    path = tmp_path / "g.csv"
    path.write_text("g,x,y\n" + "".join(f"{'ab'[i % 2]},{i % 7},{i % 5}\n" for i in range(60)))
    data = tables.load(path, "y", task="regression", validation=0.0, group="g")
    with pytest.raises(InputError, match="'g' once more"):
        train_bag(data, SHORT)


@pytest.mark.parametrize(
    ("best", "ends"),
    [([0], 6), ([0, 3], 14), ([0, 3, 8], 30), ([1, 2], 14), ([29], 6)],
)
def test_training_ends_after_a_cycle_without_a_better_epoch(best, ends):
    class Model:
        stop_training = False
        parameters = type("P", (), {"vector": np.zeros(1)})()

    stop = Cycles(first=2)  # cycles end after 2, 6, 14 and 30 epochs
    stop.set_model(Model())
    stop.set_params({"epochs": 30, "modes": {}, "values": ("val_loss",), "more": True})
    stop.on_train_begin()
    done = 0
    while not stop.model.stop_training and done < 30:
        stop.on_epoch_end(done, {"val_loss": -float(done) if done in best else 9.0})
        done += 1
    assert done == ends


def by_time(path, rows=200, **options):
    """Rows in no order of their days; the target follows x, and rises with the day."""
    rng = np.random.default_rng(1)
    day = rng.permutation(rows)
    x = rng.normal(size=rows).round(4)
    lines = [f"{d},{v},{2.0 * v + d / 50.0}" for d, v in zip(day.tolist(), x.tolist(), strict=True)]
    path.write_text("day,x,y\n" + "\n".join(lines) + "\n")
    return tables.load(path, "y", validation=None, time="day", **options)


def test_split_by_time_no_network_learns_from_later_rows_than_it_leaves_out(tmp_path):
    data = by_time(tmp_path / "t.csv")
    times = data.keys_of(TRAIN)["times"]
    members = list(_members(data, SHORT, seed=0))
    assert len(members) == 16
    left = set()
    for member in members:
        assert times[member.trained].max() < times[member.left_out].min()
        assert len(member.trained) >= len(times) // 2
        left.update(member.left_out.tolist())
    later = np.flatnonzero(times >= np.sort(times)[len(times) // 2])
    assert left == set(later.tolist())


def test_split_by_time_networks_then_learn_from_all_rows(tmp_path):
    data = by_time(tmp_path / "t.csv")
    told = []
    bag = train_bag(data, SHORT, on_trained=told.append)
    assert [each.number for each in told] == list(range(1, 33))
    assert {each.count for each in told} == {32}
    assert all((each.best is None) == (each.number > 16) for each in told)
    latest = data.keys_of(TRAIN)["times"] >= 140
    x, y = data.train
    errors = np.abs(bag.model.predict(x[latest])[:, 0] - y[latest]).mean()
    left_out = np.isin(bag.left_out, np.flatnonzero(latest))
    before = np.abs(bag.answers[left_out, 0] - y[bag.left_out[left_out]]).mean()
    assert errors < before  # of networks that did not know them


def test_a_bag_by_time_goes_on_from_its_states_to_the_same_bits(tmp_path):
    data = by_time(tmp_path / "t.csv")
    whole = train_bag(data, SHORT, seed=2)
    states = tmp_path / "states.safetensors"

    def stopping_at(number):
        def stop(event):
            if event.number == number:
                raise SystemExit

        return stop

    for number in (7, 20):  # in either of its two parts
        with pytest.raises(SystemExit):
            train_bag(data, SHORT, seed=2, checkpoint=states, on_trained=stopping_at(number))
    again = train_bag(data, SHORT, seed=2, checkpoint=states)
    assert len(list(tmp_path.glob("states.*.safetensors"))) == 32
    x = data.test[0]
    assert again.model.predict(x).tobytes() == whole.model.predict(x).tobytes()
    once_more = train_bag(data, SHORT, seed=2, checkpoint=states)
    assert once_more.model.predict(x).tobytes() == whole.model.predict(x).tobytes()


def test_a_time_limit_leaves_networks_that_know_the_earlier_rows(tmp_path):
    bag = train_bag(data := by_time(tmp_path / "t.csv"), SHORT, time_limit=0.001)
    assert np.isfinite(bag.model.predict(data.test[0])).all()


def test_kinds_that_leave_out_other_rows_cannot_be_weighed_and_are_passed_over(numbers):
    members = list(_members(numbers, SHORT, seed=0))
    plain, encoded = members[:8], members[8:]
    assert _comparable(members, 160) == members
    assert _comparable([plain[0], plain[1], encoded[2]], 160) == plain[:2]
    assert _comparable([plain[0], encoded[2], encoded[3]], 160) == encoded[2:4]
    assert _comparable([plain[0], plain[1], encoded[1]], 160) == [plain[0], plain[1], encoded[1]]


def test_very_many_columns_are_not_encoded_and_keep_the_first_layer_small(tmp_path, monkeypatch):
    monkeypatch.setattr(efforts, "MANY_FEATURES", 256)
    monkeypatch.setattr(members, "MOST_ENCODED", 120)  # 30 numbers of 4 intervals
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 512)).round(3)
    y = x[:, 0] + x[:, 1]
    names = ",".join(f"x{i}" for i in range(512))
    lines = [",".join(map(str, (*row, t))) for row, t in zip(x.tolist(), y.tolist(), strict=True)]
    (tmp_path / "w.csv").write_text(f"{names},y\n" + "\n".join(lines) + "\n")
    data = tables.load(tmp_path / "w.csv", "y", validation=None)
    for member in _members(data, EFFORTS["best"], seed=0):
        dense = [x for x in every_layer(member.model.layers) if isinstance(x, layers.Dense)]
        assert 512 * dense[0].units <= 256 * 128
        assert not any(
            isinstance(layer, layers.PiecewiseLinearEncoding) for layer in member.model.layers
        )
    bag = train_bag(data, EFFORTS[QUICK])
    assert np.isfinite(bag.model.predict(data.test[0])).all()


def test_up_to_750_numbers_are_encoded():
    x = np.random.default_rng(0).normal(size=(50, 751)).astype(np.float32)
    assert len(members.front_for(48, x[:, :750], 0)) == 2
    assert len(members.front_for(48, x, 0)) == 1


def test_best_has_networks_that_share_hidden_layers_and_stays_one_network(tmp_path):
    data = tables.load(written(tmp_path / "t.csv", classes=2), "y", validation=None)
    kinds = [
        replace(kind, units=(8,), intervals=min(kind.intervals, 4))
        for kind in EFFORTS["best"].kinds
    ]
    shared = [kind for kind in kinds if kind.members]
    assert [kind.name for kind in kinds] == ["plain", "smooth", "encoded", "deep", "shared"]
    bag = train_bag(data, Effort((kinds[0], *shared), folds=2))
    assert set(bag.weights) == {"plain", "shared"}
    alone = train_bag(data, Effort(tuple(shared), folds=2))
    assert any(isinstance(x, layers.SharedEnsemble) for x in every_layer(alone.model.layers))
    again = tmp_path / "m.safetensors"
    alone.model.save(again)
    np.testing.assert_array_equal(
        load_model(again).predict(data.test[0]), alone.model.predict(data.test[0])
    )
