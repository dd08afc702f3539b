import numpy as np
import pytest

from badak import Input, Sequential, fit_many
from badak.callbacks import Inspect, TerminateOnNaN
from badak.errors import DivergedError, InputError
from badak.layers import BatchNormalization, Dense, Dropout, ReLU
from badak.optimizers import SGD

ENGINES = ("compiled", "reference")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 6)).astype(np.float32)
T = X @ RNG.normal(size=(6, 1)).astype(np.float32)
LABELS = (X[:, 0] > 0).astype(int)


def regression(engine=None, rate=0.01, hidden=20, **settings):
    layers = [Input((6,)), Dense(hidden, "relu"), Dense(10, "relu"), Dense(1)]
    model = Sequential(layers, engine=engine)
    model.compile(SGD(rate, **settings))
    return model


def noisy(engine=None):
    layers = [Dense(12), BatchNormalization(), ReLU(), Dropout(0.3), Dense(2, "softmax")]
    model = Sequential([Input((6,)), *layers], engine=engine)
    model.compile("adam")
    return model


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batches", [None, 1, 2])
def test_training_takes_the_same_steps_as_without_it(engine, batches):
    plain, watched = noisy(engine), noisy(engine)
    plain.fit(X, LABELS, epochs=3, verbose=0)
    watched.fit(X, LABELS, epochs=3, verbose=0, callbacks=[Inspect(batches=batches, verbose=0)])
    np.testing.assert_array_equal(watched.parameters.vector, plain.parameters.vector)


def test_it_looks_before_training_and_after_each_epoch():
    watch = Inspect()
    regression().fit(X, T, epochs=4, verbose=0, callbacks=[watch])
    assert [(record.epoch, record.step) for record in watch.records] == [
        (0, 0),
        (1, 5),
        (2, 10),
        (3, 15),
        (4, 20),
    ]
    assert len(watch.history("dense", "dead_share")) == 5
    losses = [record.inspection.loss for record in watch.records]
    assert losses == sorted(losses, reverse=True)


def test_it_looks_every_so_many_epochs_or_batches():
    watch = Inspect(every=2)
    regression().fit(X, T, epochs=4, verbose=0, callbacks=[watch])
    assert [record.epoch for record in watch.records] == [0, 2, 4]
    watch = Inspect(batches=2)
    regression().fit(X, T, epochs=2, verbose=0, callbacks=[watch])
    assert [record.step for record in watch.records] == [0, 2, 4, 5, 7, 9, 10]
    assert watch.records[1].epoch == pytest.approx(0.4)


def test_a_record_is_what_inspect_says():
    model, watch = noisy(), Inspect(X, LABELS)
    model.fit(X, LABELS, epochs=2, verbose=0, callbacks=[watch])
    asked = model.inspect(X, LABELS, training=True)
    last = watch.records[-1].inspection
    assert last.loss == asked.loss != model.inspect(X, LABELS).loss
    np.testing.assert_array_equal(last[0].one_sign, asked[0].one_sign)


def test_what_every_network_begins_with_is_no_trouble():
    x, t = np.abs(X), T + 100.0
    assert "one_sign" in regression().inspect(x, t).kinds()
    watch = Inspect(verbose=0)
    regression(rate=1e-6).fit(x, t, epochs=1, verbose=0, callbacks=[watch])
    assert [trouble.step for trouble in watch.troubles if trouble.kind == "one_sign"] == [5]


def test_it_looks_at_what_it_is_given():
    watch = Inspect(X[:30] * 1000.0, verbose=0)
    regression().fit(X, T, epochs=1, verbose=0, callbacks=[watch])
    assert watch.records[0].inspection.samples == 30
    assert watch.records[0].inspection.loss is None
    assert watch.first_trouble.kind == "large_inputs"


def test_a_healthy_run_is_silent(capsys):
    watch = Inspect()
    noisy().fit(X, LABELS, epochs=5, verbose=0, callbacks=[watch])
    assert watch.first_trouble is None
    assert capsys.readouterr().out == ""


def test_each_trouble_is_told_once_with_its_layer_and_step(capsys):
    model, watch = regression(), Inspect()
    model.layers[0].bias[...] = -1000.0
    model.fit(X, T, epochs=3, verbose=0, callbacks=[watch])
    trouble = watch.first_trouble
    assert (trouble.kind, trouble.layer, trouble.step) == ("dead", "dense", 0)
    printed = capsys.readouterr().out
    assert printed.startswith("before training: layer dense: 20 of 20 units never fire on these")
    assert printed.count("dying ReLU") == 1


def test_units_that_die_on_the_way_are_told_when_they_die():
    x, t = X * 30.0, T * 1000.0
    model, watch = regression(rate=0.1, clipnorm=1000.0), Inspect(x, verbose=0)
    model.fit(x, t, epochs=3, verbose=0, callbacks=[watch])
    dead = next(trouble for trouble in watch.troubles if trouble.kind == "dead")
    first = next(r for r in watch.records if r.inspection[dead.layer].dead_share > 0.25)
    assert dead.step == first.step > 0
    assert str(dead).startswith(f"epoch {first.epoch}, step {first.step}: layer {dead.layer}: ")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rate", [1e3, 1e15, 1e25, 1e38])
def test_the_layer_at_which_infinity_came_up_is_named(engine, rate, capsys):
    model, watch = regression(engine, rate), Inspect()
    with pytest.raises(DivergedError) as caught:
        model.fit(X, T, epochs=5, verbose=0, callbacks=[watch])
    trouble = next(trouble for trouble in watch.troubles if trouble.kind == "not_finite")
    assert trouble.layer in ("dense", "dense_1", "dense_2")
    assert caught.value.__notes__ == [str(trouble)]
    where = str(trouble).partition(":")[0]  # "epoch 1, batch 2"
    assert where in str(caught.value)
    assert str(trouble) in capsys.readouterr().out
    assert np.isfinite(model.parameters.vector).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_step_that_is_named_is_the_one_that_fails(engine):
    """Repeated by hand: good through all steps before it, broken at the layer that is named."""
    rate = 30.0
    watch = Inspect(verbose=0)
    with pytest.raises(DivergedError):
        regression(engine, rate).fit(X, T, epochs=5, verbose=0, callbacks=[watch])
    trouble = next(trouble for trouble in watch.troubles if trouble.kind == "not_finite")
    hand = regression("reference", rate)
    order = np.random.default_rng([0, 0]).permutation(len(X))
    w = [array.astype(np.float32) for array in hand.get_weights()]
    with np.errstate(all="ignore"):
        for step in range(5):
            rows = order[32 * step : 32 * step + 32]
            sums, z = [], X[rows]
            for i in range(3):
                sums.append(z @ w[2 * i] + w[2 * i + 1])
                z = np.maximum(sums[-1], 0.0) if i < 2 else sums[-1]
            broken = [i for i, a in enumerate(sums) if not np.isfinite(a).all()]
            loss = np.float32(((z - T[rows]) ** 2).mean())
            if broken or not np.isfinite(loss):
                break
            hand.set_weights(w)
            slopes = hand.gradients(X[rows], T[rows])
            w = [v - np.float32(rate) * g for v, g in zip(w, slopes, strict=True)]
    assert trouble.step == step
    assert trouble.layer == ["dense", "dense_1", "dense_2"][broken[0] if broken else 2]


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_that_a_step_spoils_are_told_too(engine):
    model = Sequential([Input((1,)), Dense(1)], engine=engine)
    model.compile(SGD(3e38))
    watch = Inspect(verbose=0)
    with pytest.raises(DivergedError):
        model.fit(np.full((64, 1), 2.0), np.full((64, 1), 9.0), 32, callbacks=[watch], verbose=0)
    trouble = next(trouble for trouble in watch.troubles if trouble.kind == "not_finite")
    assert trouble.layer == "dense"
    assert "its kernel is not finite" in str(trouble)


def test_it_speaks_where_training_ends_in_silence(capsys):
    model, watch = regression(rate=1e25), Inspect()
    model.fit(X, T, epochs=2, verbose=0, callbacks=[TerminateOnNaN(), watch])
    assert "not_finite" in {trouble.kind for trouble in watch.troubles}
    assert "is not finite" in capsys.readouterr().out


def test_sample_weights_count_where_the_training_data_are_looked_at():
    weights = np.zeros(len(X))
    weights[:80] = 2.0
    watch = Inspect()
    model = regression()
    before = model.predict(X)
    model.fit(X, T, epochs=1, sample_weight=weights, verbose=0, callbacks=[watch])
    expected = ((before[:80] - T[:80]) ** 2).mean()
    assert watch.records[0].inspection.loss == pytest.approx(expected, rel=1e-5)


def test_many_networks_are_watched_each_by_its_own():
    models = [regression(), regression()]
    models[1].layers[0].bias[...] = -1000.0
    watches = []

    def watch():
        watches.append(Inspect(verbose=0))
        return [watches[-1]]

    fit_many(models, X, T, epochs=1, callbacks=watch)
    by_model = {id(w.model): w for w in watches}
    assert by_model[id(models[0])].first_trouble is None
    assert by_model[id(models[1])].first_trouble.kind == "dead"


def test_a_second_run_begins_anew():
    watch = Inspect(verbose=0)
    for _ in range(2):
        regression().fit(X, T, epochs=1, verbose=0, callbacks=[watch])
    assert len(watch.records) == 2


@pytest.mark.parametrize("setting", ["every", "batches", "samples"])
def test_a_wrong_number_is_met_at_the_door(setting):
    with pytest.raises(InputError, match=f"Inspect's {setting}"):
        Inspect(**{setting: 0})


def test_targets_without_samples_are_refused():
    with pytest.raises(InputError, match="give both, or neither"):
        Inspect(t=T)


def test_the_data_are_let_go_when_training_ends():
    watch = Inspect()
    regression().fit(X, T, epochs=1, verbose=0, callbacks=[watch])
    assert watch.run is None


def test_data_of_another_shape_are_met_before_training():
    with pytest.raises(InputError, match="network takes"):
        regression().fit(X, T, verbose=0, callbacks=[Inspect(np.zeros((3, 5)))])
