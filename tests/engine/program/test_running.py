"""The same bits for any number of threads, and good manners towards other threads and processes."""

import os
import platform
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from badak import Input, Sequential, callbacks, layers, optimizers
from badak.engine.machine import threads
from badak.engine.program import inference, training
from badak.errors import DivergedError, InputError
from badak.network.inference import Answers

RNG = np.random.default_rng(5)
X = RNG.normal(size=(300, 40)).astype(np.float32)
T = RNG.integers(0, 4, 300)


def network(seed=1):
    stack = [
        Input((40,)),
        layers.Dense(70, "relu", kernel_regularizer="l2"),
        layers.BatchNormalization(),
        layers.Dropout(0.2),
        layers.Ensemble([[layers.Dense(33, "tanh")], [layers.Dropout(0.1), layers.Dense(33)]]),
        layers.LayerNormalization(),
        layers.Dense(4, "softmax"),
    ]
    return Sequential(stack, seed=seed)


def trained(count=None, monkeypatch=None, optimizer="adam", **arguments):
    if count is not None:
        monkeypatch.setenv(threads.VARIABLE, str(count))
        monkeypatch.setattr(training, "SMALL", 0)
        monkeypatch.setattr(inference, "ANSWERS_APART", 0)
    model = network()
    model.compile(optimizer)
    arguments = {"epochs": 3, "batch_size": 64, "validation_split": 0.2, "verbose": 0, **arguments}
    history = model.fit(X, T, **arguments).history
    return model.parameters.vector.tobytes(), history, model.predict(X).tobytes()


@pytest.mark.parametrize("clip", [{}, {"global_clipnorm": 0.1}, {"clipnorm": 0.1}])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_any_number_of_threads_gives_the_same_bits(count, clip, monkeypatch):
    optimizer = optimizers.Adam(0.01, **clip)
    assert trained(1, monkeypatch, optimizer) == trained(count, monkeypatch, optimizer)


def test_more_threads_than_rows(monkeypatch):
    assert trained(1, monkeypatch, batch_size=3) == trained(7, monkeypatch, batch_size=3)


def test_callbacks_and_progress_change_no_bit(capsys):
    told = []
    watcher = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: told.append(batch))
    assert trained(callbacks=[watcher])[0] == trained(verbose=1)[0] == trained()[0]
    assert told == [0, 1, 2, 3] * 3


PROGRAM = """
import hashlib, sys
sys.path.insert(0, {folder!r})
from test_running import trained
print(hashlib.sha256(trained()[0]).hexdigest())
"""


def test_another_process_gives_the_same_bits():
    program = PROGRAM.format(folder=str(Path(__file__).parent))
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, threads.VARIABLE: count},
            capture_output=True, text=True, check=True,
        ).stdout
        for count in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1


def test_several_threads_may_ask_one_model(monkeypatch):
    monkeypatch.setattr(inference, "ANSWERS_APART", 0)
    model = network()
    expected = model.predict(X)
    wrong = []

    def ask():
        for _ in range(200):
            if model.predict(X).tobytes() != expected.tobytes():
                wrong.append(1)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert not wrong


def test_a_thread_gets_the_program_that_it_asked_for_whatever_others_ask():
    class Busy(Answers):
        """Between any two lines another thread has asked for something else."""

        _last = property(lambda answers: None, lambda answers, program: None)

    program = Busy(network()).predictor(X.dtype, last_activation=True)
    assert program.element == X.dtype
    assert program.last_activation


def test_nobody_waits_for_a_helper_and_a_busy_one_is_not_asked():
    pool, begun, may_end, told = threads.Pool(), threading.Event(), threading.Event(), []

    def slow(thread):
        told.append(thread)
        begun.set()
        may_end.wait(10.0)

    pool.offer(slow, 1)
    assert begun.wait(10.0)
    pool.offer(lambda thread: told.append("second"), 1)  # lies in the inbox
    pool.offer(lambda thread: told.append("third"), 1)
    assert told == [1]
    may_end.set()
    pool.run(lambda thread, of: told.append((thread, of)), 2)
    assert [entry for entry in told if entry != (0, 2)] == [1, "second", (1, 2)]


@pytest.mark.parametrize("rows", [1, 12, 97, 299])
def test_helpers_that_come_late_or_never_change_no_bit(rows, monkeypatch):
    monkeypatch.setattr(inference, "ANSWERS_APART", 0)
    monkeypatch.setenv(threads.VARIABLE, "3")
    model = network()
    expected = [model.predict(X[row : row + 1]) for row in range(rows)]
    late = []
    for offer in (lambda task, helpers: None, lambda task, helpers: late.append(task)):
        monkeypatch.setattr(threads.Pool, "offer", lambda pool, *given, offer=offer: offer(*given))
        found = model.predict(X[:rows])
        np.testing.assert_allclose(found, np.concatenate(expected), rtol=1e-5)
        before = found.copy()
        for task in late:
            task(1)
        assert (found == before).all()


def test_two_models_train_at_once(monkeypatch):
    monkeypatch.setattr(training, "SMALL", 0)
    results = {}

    def train(name):
        results[name] = trained()[0]

    workers = [threading.Thread(target=train, args=(n,)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(set(results.values())) == 1
    assert results[0] == trained()[0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_can_ask_and_train(monkeypatch):
    monkeypatch.setattr(training, "SMALL", 0)
    monkeypatch.setattr(inference, "ANSWERS_APART", 0)
    expected = trained()
    child = os.fork()
    if child == 0:
        os._exit(0 if trained() == expected else 1)
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.05)
    else:
        os.kill(child, signal.SIGKILL)
        pytest.fail("the forked process hangs")
    assert os.waitstatus_to_exitcode(status) == 0


FORK_WHILE_COMPILING = """
import os, threading, time
import numpy as np
from badak import Input, Sequential
from badak.engine.compiler.kernels import KernelTable
from badak.engine.compiler.operands import Kernel, Operand
from badak.layers import Dense

x, t = np.ones((6, 5), np.float32), np.arange(6) % 3

def compile_for_ever():
    operand = Operand(0, "full").tracer()
    while True:
        value = (1.0 / (1.0 + np.exp(-operand))).node
        KernelTable().compile([Kernel(((value, Operand(1, "full")),))])

def train(activation):
    model = Sequential([Input((5,)), Dense(7, activation), Dense(3, "softmax")], seed=1)
    model.compile("adam")
    model.fit(x, t, verbose=0)
    return model.predict(x).tobytes()

threading.Thread(target=compile_for_ever, daemon=True).start()
expected, children = train("tanh"), []
for number in range(12):
    time.sleep(0.003 * number)
    child = os.fork()
    if child == 0:
        same = train("tanh") == expected
        new = np.frombuffer(train("gelu"), np.float32)  # is not known yet: compiled here
        os._exit(0 if same and np.isfinite(new).all() else 1)
    children.append(child)
deadline, codes = time.monotonic() + 120.0, []
for child in children:
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < deadline:
        time.sleep(0.01)
    if not ended[0]:
        os.kill(child, 9)
    codes.append(os.waitstatus_to_exitcode(ended[1]) if ended[0] else "hangs")
print(*codes)
os._exit(0)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_processes_that_were_forked_while_a_formula_was_compiled_do_not_hang():
    command = [sys.executable, "-W", "ignore", "-c", FORK_WHILE_COMPILING]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["0"] * 12


JOBLIB = """
import sys
sys.path.insert(0, {folder!r})
from joblib import Parallel, delayed
from test_running import trained
for kind in ("loky", "threading"):
    found = Parallel(n_jobs=2, backend=kind)(delayed(trained)() for _ in range(2))
    assert found[0] == found[1] == trained()
"""


def test_joblib_workers():
    pytest.importorskip("joblib")
    folder = str(Path(__file__).parent)
    subprocess.run(
        [sys.executable, "-c", JOBLIB.format(folder=folder)],
        env={**os.environ, "PYTHONPATH": folder},
        check=True,
        timeout=120,
    )


def _sleeping_threads():
    """Each pool thread's context switches by its id; None for one that is running."""
    found = {}
    for thread in threading.enumerate():
        if thread.name == "badak":
            status = Path(f"/proc/self/task/{thread.native_id}/status").read_text()
            fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
            switches = [
                int(fields[f"{kind}_ctxt_switches"]) for kind in ("voluntary", "nonvoluntary")
            ]
            found[thread.native_id] = switches if fields["State"].split()[0] == "S" else None
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads the threads' states from /proc")
def test_no_thread_works_when_nobody_asks(monkeypatch):
    monkeypatch.setattr(training, "SMALL", 0)
    trained(2, monkeypatch)
    patience = 400
    while None in (before := _sleeping_threads()).values() and patience:
        time.sleep(0.01)  # the last task is being put away
        patience -= 1
    assert before
    assert None not in before.values()
    time.sleep(0.1)
    assert _sleeping_threads() == before  # a thread that polls wakes meanwhile


class _Exploding(callbacks.Callback):
    """Makes one weight so large that the next loss is not finite."""

    every_batch = False

    def on_epoch_begin(self, epoch, logs=None):
        self.before = self.model.parameters.vector.copy()
        if epoch == 2:
            self.model.layers[-1].kernel[0, 0] = 3e38


def test_a_loss_that_is_not_finite_leaves_the_last_good_weights():
    model = Sequential([Input((40,)), layers.Dense(8, "relu"), layers.Dense(1)])
    model.compile("sgd")
    with pytest.raises(DivergedError, match="epoch 3"):
        model.fit(X, T.astype(float), epochs=5, verbose=0, callbacks=[_Exploding()])
    assert np.isfinite(model.parameters.vector).all()


@pytest.mark.parametrize("rate", [30.0, 1e3, 1e10])
def test_divergence_leaves_the_weights_that_the_reference_leaves(rate):
    found = []
    for engine in ("reference", "compiled"):
        model = Sequential(
            [Input((40,)), layers.Dense(8, "relu"), layers.Dense(1)], seed=2, engine=engine
        )
        model.compile(optimizers.SGD(rate))
        with pytest.raises(DivergedError) as caught:
            model.fit(X, 100.0 * X[:, :1], epochs=50, batch_size=100, verbose=0)
        found.append((str(caught.value).split("(")[0], model.get_weights()))
    assert found[0][0] == found[1][0]
    for ours, theirs in zip(found[1][1], found[0][1], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-2)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e39])
@pytest.mark.parametrize("rows", [1, 300])
def test_samples_that_are_no_numbers_are_met_every_time(wrong, rows):
    model = network()
    x = X[:rows].astype(np.float64)
    expected = model.predict(x)
    x[rows // 2, 7] = wrong
    for _ in range(3):
        with pytest.raises(InputError, match=rf"x\[{rows // 2}, 7\] is"):
            model.predict(x)
    x[rows // 2, 7] = X[rows // 2, 7]
    assert (model.predict(x) == expected).all()


@pytest.mark.parametrize("rows", [1, 300])
def test_sums_too_large_for_float32_are_answered_all_the_same(rows):
    model = Sequential([Input((40,)), layers.Dense(5, "tanh")], seed=2)
    x = np.full((rows, 40), 1e30, np.float32)
    model.layers[0].kernel[...] = np.tile([1e20, -1e20, 1.0, 0.0, -1.0], (40, 1))
    for _ in range(3):
        assert (model.predict(x) == [1.0, -1.0, 1.0, 0.0, -1.0]).all()


def test_samples_are_answered_once_each_by_more_threads_than_parts(monkeypatch):
    monkeypatch.setattr(inference, "ANSWERS_APART", 0)
    monkeypatch.setenv(threads.VARIABLE, "7")
    model = network()
    together = model.predict(X[:300])
    for rows in (33, 50, 97, 300):
        assert (model.predict(X[:rows]) == together[:rows]).all()


def test_a_changed_layer_answers_anew():
    model = network()
    before = model.predict(X)
    model.layers[-1].activation = None
    model.layers[-1].kernel[...] = 0.0
    model.layers[-1].bias[...] = 7.0
    assert (model.predict(X) == 7.0).all()
    assert (before != 7.0).all()


def test_wrong_settings_are_refused(monkeypatch):
    with pytest.raises(InputError, match="engine is 'fast'"):
        Sequential(engine="fast")
    monkeypatch.setenv("BADAK_ENGINE", "fast")
    with pytest.raises(InputError, match="BADAK_ENGINE is 'fast'"):
        network().predict(X)
    monkeypatch.delenv("BADAK_ENGINE")
    monkeypatch.setenv(threads.VARIABLE, "none")
    monkeypatch.setattr(inference, "ANSWERS_APART", 0)
    with pytest.raises(InputError, match="BADAK_NUM_THREADS is 'none'"):
        network().predict(X)


CHECKED = """
import sys
sys.path.insert(0, {folder!r})
import numpy as np
from badak.engine.machine import bounds
from badak.engine.program import inference, training
training.SMALL = inference.ANSWERS_APART = 0
import test_builder, test_running
from badak import Input, layers, losses, optimizers
assert bounds.CHECKED
for kind in test_builder.LAYERS:
    test_builder.test_every_layer(kind)
for loss in test_builder.LOSSES[::3]:
    test_builder.test_every_loss(loss, True)
clips = {{"adam": {{}}, "sgd": {{"global_clipnorm": 0.1}}, "nadam": {{"clipnorm": 0.1}}}}
for name, clip in clips.items():
    test_builder.test_every_optimizer(name, clip)
for width in (1, 15, 16, 17, 50):
    stack = lambda: [Input((width,)), layers.Dense(width, "tanh"), layers.Dense(3, "softmax")]
    test_builder.assert_alike(stack, *test_builder.data(19, width), batch_size=7)
from badak.engine.compiler.kernels import KERNELS
from badak.engine.compiler.operands import Operand, Kernel, HEADER
import ctypes
memory = np.zeros(64, np.float32)
bounds.register(memory)
x, y = Operand(0, "full"), Operand(1, "full")
(code,) = KERNELS.compile([Kernel(((x.tracer().node, y),))])
run = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(code.address)
table = np.zeros(HEADER + 4, np.int64)
table[HEADER:] = memory.ctypes.data, 0, memory.ctypes.data, 0
run(table.ctypes.data, 1, 63)
bounds.check()
table[HEADER] += 8
run(table.ctypes.data, 1, 63)
try:
    bounds.check()
except IndexError as error:
    print("caught", error)
"""


@pytest.mark.slow
def test_the_checked_build_touches_nothing_outside_and_would_tell():
    folder = str(Path(__file__).parent)
    ran = subprocess.run(
        [sys.executable, "-c", CHECKED.format(folder=folder)],
        env={**os.environ, "BADAK_ENGINE_CHECKED": "1", threads.VARIABLE: "3"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "caught the engine's formula would take the bytes" in ran.stdout


NARROW = """
import sys
sys.path.insert(0, {folder!r})
import test_builder
from badak.engine.machine.target import processor
assert processor().vector == 4, processor()
for kind in test_builder.LAYERS:
    test_builder.test_every_layer(kind)
for name in ("sigmoid", "tanh", "gelu", "softplus", "mish", "selu"):
    test_builder.test_every_activation(name)
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names x86 processors")
def test_a_processor_with_narrower_vectors():
    folder = str(Path(__file__).parent)
    subprocess.run(
        [sys.executable, "-c", NARROW.format(folder=folder)],
        env={**os.environ, "NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse4.2"},
        check=True,
        timeout=300,
    )


HALVES = """
import numpy as np
from badak import Input, Sequential, layers
x = np.linspace(-1.0, 1.0, 40).reshape(20, 2)
models = [Sequential([Input((2,)), layers.Dense(3)]) for _ in range(2)]
models[1].set_weights(models[0].get_weights())
for model, kind in zip(models, (np.float16, np.float32)):
    model.compile("sgd", "mean_squared_error")
    model.fit(x.astype(np.float16).astype(kind), np.zeros((20, 3), kind), batch_size=7, verbose=0)
answers = [model.predict(x.astype(np.float16)) for model in models]
print((answers[0] == answers[1]).all())
"""


@pytest.mark.slow
def test_float16_is_read_where_the_processor_cannot(tmp_path):
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "BADAK_CACHE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", HALVES], env={**os.environ, **plain},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "True\n"
