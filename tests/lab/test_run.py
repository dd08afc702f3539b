"""Runs: the bits are those of fit, whatever is done meanwhile."""

import time

import numpy as np
import pytest

import badak
from badak.lab import network
from badak.lab.data import load
from badak.lab.errors import RecipeError
from badak.lab.pace import Pace
from badak.lab.recipe import complete
from badak.lab.run import Run
from tests.lab.labs import SMALL, settle, train, wait_until


def changed(recipe, **training):
    return complete({**recipe, "training": {**recipe["training"], **training}})


def with_layers(recipe, layers):
    return complete({**recipe, "network": {**recipe["network"], "layers": layers}})


@pytest.fixture
def recipe():
    return complete(SMALL)


@pytest.fixture
def run(recipe):
    run = Run(recipe, load(recipe["data"]))
    yield run
    run.close()


def by_hand(recipe, epochs):
    """Return what plain badak makes of the small recipe."""
    data = load(recipe["data"])
    layers = [badak.layers.Dense(3, "tanh"), badak.layers.Dense(1, "sigmoid")]
    model = badak.Sequential([badak.Input((2,)), *layers], seed=0)
    model.compile(badak.optimizers.Adam(0.01))
    if epochs:
        model.fit(data.x_train, data.t_train, batch_size=10, epochs=epochs, verbose=0)
    return model


def bits(model):
    return model.parameters.vector.copy()


def test_begins_with_the_weights_of_the_same_network_written_by_hand(run, recipe):
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 0)))
    assert run.status == "ready"


def test_trains_to_the_bits_of_fit(run, recipe):
    run.play()
    wait_until(lambda: run.epoch > 20)
    run.pause()
    settle(run)
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, run.epoch)))


def test_one_epoch_after_another_is_the_same_as_all_at_once(run, recipe):
    train(run, 4)
    assert run.epoch == 4
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 4)))


def test_steps_lead_where_epochs_do(run, recipe):
    for _ in range(7):  # 45 samples are 5 steps
        run.step()
        settle(run)
    assert (run.epoch, run.position, run.model.step) == (1, 20, 7)
    run.one_epoch()
    settle(run)
    assert (run.epoch, run.position) == (2, 0)
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 2)))


def test_slow_motion_shows_each_sample_forward_and_back_and_then_the_update(run, recipe):
    run.set_speed(8.0)
    seen = []
    run.play()
    before = 0
    until = time.monotonic() + 20.0
    while run.model.step < 1 and time.monotonic() < until:
        if run.number > before:
            before = run.number
            stage = run.looked_at().stage
            if stage is not None and (not seen or seen[-1] != stage):
                seen.append(stage)
        time.sleep(0.002)
    run.set_speed(None)
    order = np.random.default_rng([0, 0]).permutation(45)[:10].tolist()
    stages = [(each["stage"], each["sample"]) for each in seen if each["stage"] != "update"]
    assert stages == [(stage, sample) for sample in order for stage in ("forward", "backward")]
    run.pause()
    settle(run)
    run.one_epoch()
    settle(run)
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, run.epoch)))


def test_a_speed_is_kept_by_waiting_until_each_step_is_due(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    pace = Pace()
    assert pace.delay(10) == 0.0
    pace.speed = 20.0
    assert pace.delay(10) == pytest.approx(0.5)
    now[0] += 0.7  # the step took longer: the next one waits less
    assert pace.delay(10) == pytest.approx(0.3)
    now[0] += 60.0  # a pause is not made up for
    assert pace.delay(10) == pytest.approx(0.5)


@pytest.mark.parametrize("epoch", [0, 1, 5, 9])
def test_going_back_and_on_gives_the_bits_of_going_straight(run, recipe, epoch):
    train(run, 10)
    straight = bits(run.model)
    run.back(epoch)
    settle(run)
    assert run.epoch == epoch
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, epoch)))
    train(run, 10 - epoch)
    assert np.array_equal(bits(run.model), straight)


def test_going_back_from_the_middle_of_an_epoch_forgets_its_steps(run, recipe):
    train(run, 2)
    run.step()
    settle(run)
    run.back(1)
    settle(run)
    train(run, 2)
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 3)))


def test_epochs_that_are_not_kept_are_trained_again(run, recipe):
    train(run, 8)
    for epoch in (3, 5, 6, 7):
        run.states._drop(epoch)
    run.back(6)
    settle(run)
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 6)))


def test_forward_again_before_going_on(run, recipe):
    train(run, 6)
    run.back(2)
    settle(run)
    run.back(5)
    settle(run)
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 5)))


def test_the_curves_are_cut_where_the_run_goes_on(run):
    train(run, 6)
    run.back(2)
    settle(run)
    assert run.curves.column("epoch").tolist() == [0, 1, 2, 3, 4, 5, 6]
    train(run, 1)
    assert run.curves.column("epoch").tolist() == [0, 1, 2, 3]


def test_no_epoch_that_has_not_been_trained_is_gone_to(run):
    train(run, 1)
    with pytest.raises(RecipeError, match="epoch 2 is not among those that have been trained"):
        run.back(2)


def test_curves_hold_what_fit_and_evaluate_say(run, recipe):
    train(run, 3)
    model, data = by_hand(recipe, 0), run.data
    history = model.fit(data.x_train, data.t_train, batch_size=10, epochs=3, verbose=0).history
    assert run.curves.column("train")[1:].tolist() == history["loss"]
    assert run.curves.column("train_accuracy")[1:].tolist() == history["accuracy"]
    scores = model.evaluate(data.x_test, data.t_test, return_dict=True)
    last = run.curves.last()
    assert (last["test"], last["test_accuracy"]) == (scores["loss"], scores["accuracy"])
    assert (last["step"], last["epoch"], last["rate"]) == (15, 3, 0.01)


def test_another_rate_goes_on_with_weights_and_memory(run, recipe):
    train(run, 2)
    run.change(changed(recipe, optimizer={"name": "adam", "learning_rate": 0.05}), run.data)
    settle(run)
    train(run, 2)
    model = by_hand(recipe, 2)
    model.optimizer.learning_rate = 0.05
    model.fit(run.data.x_train, run.data.t_train, batch_size=10, epochs=2, verbose=0)
    assert np.array_equal(bits(run.model), bits(model))
    assert [(s.begin, s.epochs) for s in run.journal] == [("new", 2), ("settings", 2)]


def test_another_batch_size_and_penalty_go_on_too(run, recipe):
    train(run, 1)
    run.change(changed(recipe, batch_size=7, l2=0.01), run.data)
    settle(run)
    train(run, 1)
    model = by_hand(recipe, 1)
    for layer in model.layers:
        layer.kernel_regularizer = badak.regularizers.L1L2(l1=0.0, l2=0.01)
    model.fit(run.data.x_train, run.data.t_train, batch_size=7, epochs=1, verbose=0)
    assert np.array_equal(bits(run.model), bits(model))


def test_another_optimizer_begins_anew_with_the_same_weights(run, recipe):
    train(run, 2)
    run.change(changed(recipe, optimizer={"name": "sgd", "learning_rate": 0.1}), run.data)
    settle(run)
    train(run, 2)
    model = by_hand(recipe, 2)
    model.compile(badak.optimizers.SGD(0.1))
    model.fit(run.data.x_train, run.data.t_train, batch_size=10, epochs=2, verbose=0)
    assert np.array_equal(bits(run.model), bits(model))
    assert [s.begin for s in run.journal] == ["new", "compiled"]
    assert run.total_step == 20


def test_another_activation_goes_on_with_the_weights(run, recipe):
    train(run, 1)
    relu = [{"kind": "dense", "units": 3, "activation": "relu"}]
    run.change(with_layers(recipe, relu), run.data)
    settle(run)
    train(run, 1)
    model = by_hand(recipe, 1)
    model.layers[0].activation = badak.activations.get("relu")
    model.fit(run.data.x_train, run.data.t_train, batch_size=10, epochs=1, verbose=0)
    assert np.array_equal(bits(run.model), bits(model))


def test_one_more_layer_keeps_the_weights_of_the_layers_that_stay(run, recipe):
    train(run, 2)
    kept = run.model.layers[0].get_weights()
    more = [*recipe["network"]["layers"], {"kind": "dense", "units": 5, "activation": "relu"}]
    run.change(with_layers(recipe, more), run.data)
    settle(run)
    assert [len(layer.weights["bias"]) for layer in run.model.layers] == [3, 5, 1]
    assert all(map(np.array_equal, run.model.layers[0].get_weights(), kept))
    last = run.journal.segments[-1]
    assert (last.begin, last.kept) == ("rebuilt", ((0, 0),))
    assert run.notices == ["1 of 3 layers with weights keep them; the others begin anew"]
    train(run, 1)
    assert run.epoch == 3


def test_a_layer_without_weights_in_between_keeps_all_weights(run, recipe):
    train(run, 1)
    before = run.model.get_weights()
    more = [*recipe["network"]["layers"], {"kind": "dropout", "rate": 0.3}]
    run.change(with_layers(recipe, more), run.data)
    settle(run)
    assert all(map(np.array_equal, run.model.get_weights(), before))
    assert run.notices == []


def test_the_journal_leads_back_through_changes_of_layers(run, recipe):
    train(run, 2)
    more = [*recipe["network"]["layers"], {"kind": "dense", "units": 5, "activation": "relu"}]
    run.change(with_layers(recipe, more), run.data)
    settle(run)
    train(run, 3)
    straight = bits(run.model)
    run.back(1)
    settle(run)
    assert run.recipe == recipe
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 1)))
    run.back(4)
    settle(run)
    train(run, 1)
    assert np.array_equal(bits(run.model), straight)


def test_a_change_within_an_epoch_waits_for_its_end(run, recipe):
    run.step()
    settle(run)
    run.change(changed(recipe, batch_size=5), run.data)
    settle(run)
    wait_until(lambda: run.recipe["training"]["batch_size"] == 5)
    assert (run.epoch, run.position) == (1, 0)
    assert [(s.begin, s.epochs) for s in run.journal] == [("new", 1), ("settings", 0)]


def test_a_change_in_slow_motion_does_not_wait_for_hours(run, recipe):
    run.set_speed(0.1)
    run.play()
    wait_until(lambda: run.looked_at().stage is not None)
    run.change(changed(recipe, batch_size=5), run.data)
    wait_until(lambda: run.recipe["training"]["batch_size"] == 5)
    assert run.epoch == 1


@pytest.mark.parametrize("change", [{"seed": 1}, {"data": {"kind": "xor", "samples": 80}}])
def test_another_seed_or_other_data_begin_another_run(run, recipe, change):
    train(run, 2)
    wanted = changed(recipe, **change) if "seed" in change else complete({**recipe, **change})
    run.change(wanted, load(wanted["data"]))
    settle(run)
    assert (run.epoch, run.model.step, len(run.journal)) == (0, 0, 1)
    assert run.recipe == wanted


def test_a_recipe_that_does_not_fit_changes_nothing(run, recipe):
    train(run, 1)
    before = bits(run.model)
    with pytest.raises(RecipeError, match="unknown activation") as error:
        run.change(
            with_layers(recipe, [{"kind": "dense", "units": 3, "activation": "tan"}]), run.data
        )
    assert error.value.where == "network.layers.0.activation"
    assert run.recipe == recipe
    train(run, 1)
    assert not np.array_equal(bits(run.model), before)
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 2)))


def test_reset_begins_anew(run, recipe):
    train(run, 3)
    run.reset()
    settle(run)
    assert (run.epoch, run.status) == (0, "ready")
    train(run, 3)
    assert np.array_equal(bits(run.model), bits(by_hand(recipe, 3)))


def test_divergence_is_told_and_the_run_stands_at_the_last_whole_epoch(run, recipe):
    train(run, 2)
    before = bits(run.model)
    loss = {"loss": "mean_squared_error"}
    wild = {"name": "sgd", "learning_rate": 1e30}
    wanted = changed(recipe, optimizer=wild, **loss)
    wanted["network"]["output"]["activation"] = "identity"
    run.change(wanted, run.data)
    settle(run)
    run.play()
    wait_until(lambda: run.status == "diverged")
    settle(run)
    assert "the learning rate 1e+30 is probably too large" in run.error["message"]
    assert "layer " in run.error["message"]
    assert np.isfinite(bits(run.model)).all()
    assert run.epoch >= 2
    run.back(2)
    settle(run)
    assert np.array_equal(bits(run.model), before)
    assert run.status == "paused"


def test_a_copy_has_the_past_of_the_first_and_goes_its_own_way(run, recipe):
    train(run, 3)
    other = run.copied()
    try:
        assert other.epoch == 3
        train(other, 2)
        assert run.epoch == 3
        assert np.array_equal(bits(other.model), bits(by_hand(recipe, 5)))
        other.back(1)
        settle(other)
        assert np.array_equal(bits(other.model), bits(by_hand(recipe, 1)))
        assert run.last_epoch == 3
    finally:
        other.close()


def test_nobody_looking_pauses_it(recipe):
    looked = [time.monotonic()]
    run = Run(recipe, load(recipe["data"]), seen=lambda: looked[0])
    try:
        run.play()
        wait_until(lambda: run.epoch > 0)
        looked[0] -= 11.0
        settle(run)
        assert run.status == "paused"
        assert run.notices == ["paused: no page has been looking for a while"]
    finally:
        run.close()


def test_a_closed_run_ends_its_thread(recipe):
    run = Run(recipe, load(recipe["data"]))
    run.play()
    run.close()
    assert not run._thread.is_alive()


def test_a_snapshot_is_of_one_moment(run, recipe):
    run.play()
    for _ in range(20):
        seen = run.looked_at()
        model = by_hand(recipe, 0)
        if seen.samples:
            continue
        model = by_hand(recipe, seen.epoch) if seen.epoch < 60 else None
        if model is not None:
            assert np.array_equal(seen.vector, bits(model))
    run.pause()
    settle(run)


def test_pace_counts_steps_and_epochs():
    pace = Pace()
    assert not pace.going
    pace.take_steps(2)
    assert pace.going
    assert pace.each_step
    pace.step_taken()
    pace.step_taken()
    assert not pace.going
    pace.take_epochs(1)
    assert pace.going
    assert not pace.each_step
    pace.epoch_over()
    assert pace.stops_here


def test_every_activation_may_be_changed_while_it_trains(run, recipe):
    train(run, 1)
    for name in ("relu", "sigmoid", "swish", {"name": "elu", "alpha": 0.5}):
        run.change(
            with_layers(recipe, [{"kind": "dense", "units": 3, "activation": name}]), run.data
        )
        settle(run)
        train(run, 1)
    assert run.epoch == 5
    model = network.build(run.recipe, run.data)
    assert model.layers[0].activation == run.model.layers[0].activation
