"""Batches from a generator, a loader or by number: the same bits as from one array of them all."""

import itertools
import signal
import tracemalloc

import numpy as np
import pytest

from badak import Input, Sequential, callbacks, fit_many, layers, optimizers
from badak.errors import DataWarning, DivergedError, InputError
from badak.training import streamed

N, BATCH = 203, 20  # the last batch of an epoch is short
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 6)).astype(np.float32)
Y = RNG.integers(0, 3, N)
W = RNG.random(N)
STEPS = -(-N // BATCH)

both = pytest.mark.parametrize("engine", ["compiled", "reference"])


class Batches:
    """Batches of arrays, anew each time that they are iterated, as a loader gives them."""

    def __init__(self, *arrays, size=BATCH):
        self.arrays = arrays
        self.size = size
        self.passes = 0

    def __iter__(self):
        self.passes += 1
        for start in range(0, len(self.arrays[0]), self.size):
            yield tuple(array[start : start + self.size] for array in self.arrays)


class Numbered:
    """Batches by number, as Keras's PyDataset has them."""

    def __init__(self, *arrays):
        self.batches = list(Batches(*arrays))
        self.asked = []
        self.moments = []

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, number):
        self.asked.append(number)
        return self.batches[number]

    def on_epoch_begin(self):
        self.moments.append("begin")

    def on_epoch_end(self):
        self.moments.append("end")


def endless(*arrays):
    return itertools.chain.from_iterable(Batches(*arrays) for _ in itertools.count())


def network(engine="reference", optimizer="adam", noisy=True) -> Sequential:
    inner = [layers.BatchNormalization(), layers.Dropout(0.2)] if noisy else []
    made = Sequential(
        [Input((6,)), layers.Dense(8, "relu"), *inner, layers.Dense(3, "softmax")],
        engine=engine,
        seed=3,
    )
    made.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    return made


def from_array(made, *, weight=None, **settings):
    settings = {"epochs": 3, "verbose": 0, "shuffle": False, "batch_size": BATCH} | settings
    return made.fit(X, Y, sample_weight=weight, **settings)


def assert_alike(ours, theirs):
    assert ours.history.history == theirs.history.history
    assert ours.history.epoch == theirs.history.epoch
    assert np.array_equal(ours.parameters.vector, theirs.parameters.vector)
    for name, slot in theirs.slots().items():
        assert np.array_equal(ours.slots()[name], slot)
    assert ours.step == theirs.step


# -- the same bits


@both
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("arrays", [(X, Y), (X, Y, W), (X.astype(np.float64), Y.astype(float))])
@pytest.mark.parametrize("buffer", [1, 3, 32])
def test_training_is_that_of_one_array(engine, optimizer, arrays, buffer, monkeypatch):
    monkeypatch.setattr(streamed, "BATCHES", buffer)
    theirs, loader, generator = (network(engine, optimizer) for _ in range(3))
    more = {"class_weight": {1: 2.0}, "epochs": 3, "verbose": 0}
    from_array(
        theirs,
        weight=arrays[2] if len(arrays) == 3 else None,
        validation_data=arrays,
        validation_batch_size=BATCH,
        class_weight={1: 2.0},
    )
    loader.fit(Batches(*arrays), validation_data=Batches(*arrays), **more)
    assert_alike(loader, theirs)
    generator.fit(
        endless(*arrays),
        steps_per_epoch=STEPS,
        validation_data=endless(*arrays),
        validation_steps=STEPS,
        **more,
    )
    assert_alike(generator, theirs)


@both
def test_what_answers_and_scores_is_that_of_one_array(engine):
    made = network(engine)
    from_array(made)
    assert made.evaluate(Batches(X, Y, W)) == made.evaluate(X, Y, BATCH, sample_weight=W)
    assert np.array_equal(made.predict(Batches(X)), made.predict(X))
    assert np.array_equal(made.predict(Batches(X, Y)), made.predict(X))
    assert np.array_equal(made.predict(array for (array,) in Batches(X)), made.predict(X))
    assert np.array_equal(made.predict(endless(X), steps=2), made.predict(X[: 2 * BATCH]))
    first = 3 * BATCH
    assert made.evaluate(endless(X, Y), steps=3) == made.evaluate(X[:first], Y[:first], BATCH)


@both
def test_callbacks_of_batches_see_what_they_see_of_an_array(engine):
    def watched(seen):
        return callbacks.LambdaCallback(
            on_train_batch_begin=lambda batch, logs: seen.append(batch),
            on_train_batch_end=lambda batch, logs: seen.append((batch, logs["loss"])),
            on_test_batch_end=lambda batch, logs: seen.append(("test", batch, logs["loss"])),
            on_epoch_end=lambda epoch, logs: seen.append((epoch, dict(logs))),
        )

    seen = [], []
    theirs, ours = network(engine), network(engine)
    held_out = {"validation_data": (X, Y), "validation_batch_size": BATCH}
    from_array(theirs, callbacks=[watched(seen[0])], **held_out)
    held_out = {"validation_data": Batches(X, Y)}
    ours.fit(Batches(X, Y), epochs=3, verbose=0, callbacks=[watched(seen[1])], **held_out)
    assert seen[0] == seen[1]
    assert_alike(ours, theirs)


@both
def test_a_learning_rate_that_follows_the_steps_follows_them_here(engine):
    def rate():
        return optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 7, 0.5), momentum=0.9)

    theirs, ours = network(engine, rate()), network(engine, rate())
    from_array(theirs)
    ours.fit(Batches(X, Y), epochs=3, verbose=0)
    assert_alike(ours, theirs)


@both
@pytest.mark.parametrize("buffer", [1, 2, 3, 32])
@pytest.mark.parametrize("rate", [20.0, 100.0, 1e3, 1e8, 1e30])
def test_what_diverges_goes_back_to_the_weights_that_an_array_goes_back_to(
    engine, buffer, rate, monkeypatch
):
    monkeypatch.setattr(streamed, "BATCHES", buffer)
    made = []
    more = {"epochs": 9, "verbose": 0, "shuffle": False}
    for data in {"x": Batches(X, X[:, :1])}, {"x": X, "y": X[:, :1], "batch_size": BATCH}:
        made.append(Sequential([Input((6,)), layers.Dense(1)], engine=engine, seed=3))
        made[-1].compile(optimizers.SGD(rate, momentum=0.5), "mse", ["mae"])
        with pytest.raises(DivergedError, match=r"the learning rate .* is probably too large"):
            made[-1].fit(**data, **more)
    assert np.isfinite(made[0].parameters.vector).all()
    assert np.array_equal(made[0].parameters.vector, made[1].parameters.vector)
    assert made[0].step == made[1].step


def test_inspection_names_the_batch_that_broke():
    made = Sequential([Input((6,)), layers.Dense(1)], engine="reference", seed=3)
    made.compile("sgd", "mse", [])
    made.optimizer.learning_rate = 1e9
    watch = callbacks.Inspect(verbose=0, batches=2)
    with pytest.raises(DivergedError) as error:
        made.fit(Batches(X, X[:, :1]), epochs=3, verbose=0, callbacks=[watch])
    assert any("epoch 1, batch" in note for note in error.value.__notes__)


@both
def test_batches_of_any_size_and_type_are_taken_one_step_each(engine):
    parts = [(X[:5], Y[:5]), (X[5:50], Y[5:50]), (X[50:53].astype(float), Y[50:53], W[50:53])]
    parts += [(X[53:54], Y[53:54].astype(float)), (X[54:94], Y[54:94])]
    made, by_hand = network(engine, noisy=False), network(engine, noisy=False)
    history = made.fit(iter(parts), verbose=0)
    for x, y, *weight in parts:
        by_hand.fit(
            x,
            y,
            sample_weight=weight[0] if weight else None,
            verbose=0,
            shuffle=False,
            batch_size=len(x),
        )
    assert made.step == by_hand.step == len(parts)
    np.testing.assert_allclose(made.parameters.vector, by_hand.parameters.vector, atol=1e-6)
    assert np.isfinite(history.history["loss"]).all()


# -- epochs


def test_a_loader_begins_anew_each_epoch_and_batches_are_kept_in_its_order():
    loader = Batches(X, Y)
    network().fit(loader, epochs=4, verbose=0)
    assert loader.passes == 4


def test_with_steps_an_epoch_goes_on_where_the_last_one_ended_and_begins_anew_at_the_end():
    loader, seen = Batches(X, Y), []
    watch = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(loader.passes))
    made = network()
    made.fit(loader, epochs=3, steps_per_epoch=4, verbose=0, callbacks=[watch])
    assert seen == [1, 1, 2]  # 11 batches: 4, 4, and 3 with one of the next pass
    assert made.step == 12


def test_batches_by_number_are_shuffled_by_the_seed_and_told_of_epochs():
    given, again = Numbered(X, Y), Numbered(X, Y)
    network().fit(given, epochs=2, verbose=0)
    network().fit(again, epochs=2, verbose=0)
    orders = given.asked[1 : STEPS + 1], given.asked[STEPS + 1 :]  # the first is looked at before
    assert [sorted(order) for order in orders] == [list(range(STEPS))] * 2
    assert orders[0] != orders[1] != list(range(STEPS))
    assert given.asked == again.asked
    assert given.moments == ["begin", "end"] * 2


def test_batches_by_number_keep_their_order_without_shuffling():
    theirs, ours = network(), network()
    from_array(theirs)
    ours.fit(Numbered(X, Y), epochs=3, shuffle=False, verbose=0, validation_data=None)
    assert_alike(ours, theirs)
    assert ours.history.params == {"epochs": 3, "steps": STEPS, "samples": None}


def test_a_generator_that_runs_out_ends_the_training_with_a_warning():
    made = network()
    with pytest.warns(DataWarning, match="a generator ran out .* 2 of 3 epochs, the last .* short"):
        made.fit((b for b in Batches(X, Y)), epochs=3, steps_per_epoch=STEPS - 4, verbose=0)
    assert made.history.epoch == [0, 1]
    assert made.step == STEPS
    with pytest.warns(DataWarning, match=r"ran out of batches after 1 of 2 epochs, and training"):
        made.fit((b for b in Batches(X, Y)), epochs=2, steps_per_epoch=STEPS, verbose=0)
    assert made.history.epoch == [0]


def test_validation_batches_that_run_out_are_told_and_not_scored():
    made = network()
    held_out = (batch for batch in list(Batches(X, Y))[:4])
    with pytest.warns(DataWarning, match="validation_data ran out of batches"):
        from_array(made, validation_data=held_out, validation_steps=2)
    assert made.history.epochs["val_loss"] == [0, 1]


def test_a_generator_of_one_epoch_is_read_to_its_end():
    made = network()
    assert made.fit((batch for batch in Batches(X, Y)), verbose=0).epoch == [0]
    assert made.step == STEPS


def test_ctrl_c_ends_the_training_after_the_batch(monkeypatch):
    monkeypatch.setattr(streamed, "BATCHES", 2)

    def pressed():
        for number, batch in enumerate(endless(X, Y)):
            if number == 7:
                signal.raise_signal(signal.SIGINT)
            yield batch

    made = network()
    history = made.fit(pressed(), steps_per_epoch=STEPS, epochs=5, verbose=0)
    assert history.interrupted
    assert history.epoch == []
    assert made.step < STEPS


def test_a_callback_may_end_the_training_within_an_epoch():
    class Enough(callbacks.Callback):
        def on_train_batch_end(self, batch, logs):
            self.model.stop_training = batch == 2

    made = network()
    made.fit(endless(X, Y), steps_per_epoch=STEPS, epochs=5, verbose=0, callbacks=[Enough()])
    assert made.step == 3


@both
def test_memory_is_bounded_whatever_the_number_of_samples(engine, monkeypatch):
    monkeypatch.setattr(streamed, "NUMBERS", 2**14)
    features, batches = 256, 400

    def large():
        for _ in range(batches):
            yield np.ones((16, features), np.float32), np.ones((16, 1), np.float32)

    made = Sequential([Input((features,)), layers.Dense(1)], engine=engine)
    made.compile("sgd", "mse", [])
    made.optimizer.learning_rate = 1e-4
    made.fit(itertools.islice(large(), 2), verbose=0)
    tracemalloc.start()
    made.fit(large(), verbose=0)
    made.evaluate(large())
    made.predict(large())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    whole = batches * 16 * features * 4
    assert peak < whole / 4


# -- what is refused


def generator():
    return (batch for batch in Batches(X, Y))


REFUSED = {
    "epochs of a generator": (
        lambda m: m.fit(generator(), epochs=2),
        "x is a generator, which is read once, .*: say steps_per_epoch",
    ),
    "targets": (lambda m: m.fit(generator(), Y), "y cannot be given besides; let it give"),
    "weights": (lambda m: m.fit(Batches(X, Y), sample_weight=W), "sample_weight cannot be given"),
    "a batch size": (lambda m: m.fit(Batches(X, Y), batch_size=3), "batch_size cannot be given"),
    "a split": (lambda m: m.fit(generator(), validation_split=0.2), "validation_split cannot be"),
    "balance": (lambda m: m.fit(generator(), class_weight="balanced"), "cannot be counted before"),
    "a checkpoint": (
        lambda m: m.fit(Batches(X, Y), checkpoint="c"),
        "x gives batches, but a check",
    ),
    "a checkpoint of validation": (
        lambda m: m.fit(X, Y, validation_data=Batches(X, Y), checkpoint="c"),
        "validation_data gives batches, but a checkpoint",
    ),
    "validation that is read once": (
        lambda m: m.fit(X, Y, epochs=2, validation_data=generator()),
        "validation_data is a generator, which is read once: say validation_steps",
    ),
    "a pair": (
        lambda m: m.fit((X, Y)),
        r"y is None: where x is the pair .* give fit\(\*x",
    ),
    "a list of batches": (lambda m: m.fit(list(Batches(X, Y))), r"list of batches .* give iter\(x"),
    "no batch": (lambda m: m.fit(iter([])), "x is a list_iterator that gives no batch"),
    "no targets": (lambda m: m.fit(Batches(X)), r"batch 1 of x: it holds no targets, but must be"),
    "a dictionary": (
        lambda m: m.fit(iter([{"image": X, "label": Y}])),
        "batch 1 of x: it is a dict with the keys 'image', 'label', not",
    ),
    "too much": (lambda m: m.fit(iter([(X, Y, W, W)])), "batch 1 of x: it holds 4 arrays, not"),
    "validation without targets": (
        lambda m: m.fit(X, Y, validation_data=Batches(X)),
        "batch 1 of validation_data: it holds no targets",
    ),
    "steps of an array": (lambda m: m.fit(X, Y, steps_per_epoch=3), "of these arrays is 7 steps"),
    "validation steps of an array": (
        lambda m: m.fit(X, Y, validation_data=(X, Y), validation_steps=3),
        "validation_steps=3 is for what gives batches",
    ),
    "scored steps of an array": (lambda m: m.evaluate(X, Y, steps=1), "steps=1 is for what gives"),
    "asked steps of an array": (lambda m: m.predict(X, steps=1), "steps=1 is for what gives batc"),
    "steps that are none": (
        lambda m: m.fit(generator(), steps_per_epoch=0),
        "steps_per_epoch must",
    ),
    "classify": (lambda m: m.classify(Batches(X)), "gives batches: Sequential's fit, evaluate, pr"),
    "a generator function": (lambda m: m.fit(generator), "x is a function: call it"),
    "one for many models": (
        lambda m: fit_many([m, network()], Batches(X, Y)),
        "many models cannot share a .*Batches",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_before_any_work(name):
    call, said = REFUSED[name]
    made = network()
    before = made.parameters.vector.copy()
    with pytest.raises(InputError, match=said):
        call(made)
    assert made.step == 0
    assert np.array_equal(made.parameters.vector, before)


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        ((X[:4, :3], Y[:4]), r"batch 3 of x: x is of shape \(4, 3\), but the network takes"),
        ((X[:4] * np.nan, Y[:4]), r"batch 3 of x: x\[0, 0\] is nan"),
        ((X[:4], Y[:4] + 3), "batch 3 of x: target . is class"),
        ((X[:4], Y[:3]), "batch 3 of x: x has 4 samples, but y has 3"),
        ((X[:0], Y[:0]), "batch 3 of x: x holds no samples"),
    ],
)
def test_a_batch_that_does_not_fit_is_named_by_its_number(batch, said):
    good = (X[:4], Y[:4])
    with pytest.raises(InputError, match=said):
        network().fit(iter([good, good, batch]), verbose=0)
    if "y has" not in said and "class" not in said:
        with pytest.raises(InputError, match=said):
            network().predict(iter([good, good, batch]))


def test_a_full_batch_optimizer_and_layers_that_learn_from_the_data_are_refused_by_name():
    made = network(optimizer=optimizers.GradientDescent())
    with pytest.raises(InputError, match="gradient descent takes the whole set at once"):
        made.fit(Batches(X, Y))
    made = Sequential([layers.Normalization(), layers.Dense(3, "softmax")], engine="reference")
    with pytest.raises(InputError, match=r"'normalization' learns from the data .*model\.adapt\(x"):
        made.fit(Batches(X, Y))
    made.adapt(X)
    assert made.fit(Batches(X, Y), verbose=0).epoch == [0]


def test_layers_adapt_to_batches():
    def prepared():
        first, second = layers.Normalization(), layers.Whitening()
        return Sequential([first, second, layers.Dense(3, "softmax")], engine="reference")

    theirs, ours, wrong = prepared(), prepared(), prepared()
    theirs.adapt(X)
    ours.adapt(Batches(X, Y))
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=1e-5)
    with pytest.raises(InputError, match="which is read once, but 2 layers learn from it"):
        wrong.adapt(generator())
    alone = Sequential([layers.Normalization()], engine="reference")
    alone.adapt(generator())
    np.testing.assert_allclose(alone.predict(X).std(axis=0), 1.0, rtol=1e-5)
    alone = Sequential([layers.Normalization()], engine="reference")
    with pytest.raises(InputError, match=r"batch 2 of x: x is of shape \(20, 3\)"):
        alone.adapt(iter([X[:20], X[:20, :3]]))


def test_many_models_may_have_batches_of_their_own():
    ours, theirs = [network() for _ in range(2)], [network() for _ in range(2)]
    fit_many([{"model": made, "x": Batches(X, Y)} for made in ours], epochs=2)
    for made, other in zip(ours, theirs, strict=True):
        from_array(other, epochs=2)
        assert_alike(made, other)


def test_a_network_is_built_by_the_first_batch():
    made = Sequential([layers.Dense(3, "softmax")], engine="reference")
    made.fit(Batches(X, Y), verbose=0)
    assert made.input_shape == (6,)


def test_chunks_of_a_file_are_batches(tmp_path):
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "data.csv"
    columns = [f"x{number}" for number in range(6)]
    pandas.DataFrame(X, columns=columns).assign(y=Y).to_csv(path, index=False)
    whole = pandas.read_csv(path)
    theirs, ours = network(), network()
    settings = {"batch_size": BATCH, "shuffle": False, "verbose": 0}
    theirs.fit(whole[columns], whole["y"], **settings)
    chunks = pandas.read_csv(path, chunksize=BATCH)
    ours.fit(((chunk[columns], chunk["y"]) for chunk in chunks), verbose=0)
    assert_alike(ours, theirs)
    columns_alone = pandas.read_csv(path, chunksize=BATCH, usecols=columns)
    assert np.array_equal(ours.predict(columns_alone), theirs.predict(whole[columns]))


# -- peers


@pytest.mark.peers
class TestPeers:
    def test_a_data_loader_of_pytorch_gives_the_bits_of_the_array(self):
        torch = pytest.importorskip("torch")
        data = torch.utils.data
        singles = data.TensorDataset(torch.tensor(X), torch.tensor(Y))
        theirs, ours = network("compiled"), network("compiled")
        from_array(theirs)
        ours.fit(data.DataLoader(singles, batch_size=BATCH), epochs=3, verbose=0)
        assert_alike(ours, theirs)
        with pytest.raises(InputError, match="gives one sample at a time: give batches of it"):
            ours.fit(singles)

    def test_a_py_dataset_of_keras_gives_the_bits_of_the_array(self, monkeypatch):
        monkeypatch.setenv("KERAS_BACKEND", "torch")
        keras = pytest.importorskip("keras")

        class Ours(keras.utils.PyDataset):  # type: ignore[misc, name-defined]  # untyped
            def __len__(self):
                return STEPS

            def __getitem__(self, number):
                return tuple(a[BATCH * number : BATCH * (number + 1)] for a in (X, Y))

        theirs, ours = network("compiled"), network("compiled")
        from_array(theirs)
        ours.fit(Ours(), epochs=3, shuffle=False, verbose=0)
        assert_alike(ours, theirs)

    def test_a_data_set_of_tensorflow_gives_the_bits_of_the_array(self):
        tensorflow = pytest.importorskip("tensorflow")
        singles = tensorflow.data.Dataset.from_tensor_slices((X, Y))
        theirs, ours = network("compiled"), network("compiled")
        from_array(theirs)
        ours.fit(singles.batch(BATCH), epochs=3, verbose=0)
        assert_alike(ours, theirs)
        with pytest.raises(
            InputError, match=r"gives one sample at a time, give \.batch\(32\) of it"
        ):
            ours.fit(singles, verbose=0)
        with pytest.raises(InputError, match=r"without an end: say steps_per_epoch"):
            ours.fit(singles.batch(BATCH).repeat(), verbose=0)


class Endless:
    """A data set that is repeated for ever, as a tf.data.Dataset is asked."""

    def __iter__(self):
        return itertools.cycle([(X[:BATCH], Y[:BATCH])])

    def cardinality(self):
        return -1


class Unbatched:
    """A data set of single samples that can be batched, as a tf.data.Dataset is."""

    def __iter__(self):
        return zip(X, Y, strict=True)

    def batch(self, size):
        raise NotImplementedError


def test_a_data_set_without_an_end_asks_for_the_number_of_steps():
    model = network("compiled")
    for call, setting in (
        (lambda: model.fit(Endless(), verbose=0), "steps_per_epoch"),
        (lambda: model.fit(X, Y, validation_data=Endless(), verbose=0), "validation_steps"),
        (lambda: model.evaluate(Endless(), verbose=0), "steps"),
        (lambda: model.predict(Endless()), "steps"),
    ):
        with pytest.raises(InputError, match=f"Endless without an end: say {setting}"):
            call()
    model.fit(Endless(), epochs=2, steps_per_epoch=3, verbose=0)
    assert model.step == 6


def test_single_samples_are_told_to_be_batched():
    with pytest.raises(InputError, match=r"batch 1 of x: .*; where .*, give \.batch\(32\) of it"):
        network("compiled").fit(Unbatched(), verbose=0)
