import re
import signal
import threading
import time

import pytest

from badak import load_model
from badak.training import checkpoint

KEPT = "m.checkpoint.safetensors"
EPOCHS = 8000  # some seconds
NETWORK = ("--layers", "16", "--dropout", 0.2, "--optimizer", "adamw")
COMMAND = ("train", *NETWORK, "--validation", 0.2, "--no-pictures")


def train(badak, *more):
    return badak(*COMMAND, "--out", "m.safetensors", *more)


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def wait_for(process, path):
    """Wait until the process has written the file anew; read meanwhile what it prints."""
    threading.Thread(target=process.stdout.read, daemon=True).start()
    before = path.stat().st_mtime_ns if path.exists() else 0
    deadline = time.monotonic() + 120.0
    while not (path.exists() and path.stat().st_mtime_ns != before):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def left_behind(badak, tmp_path, monkeypatch):
    """A checkpoint after two of three epochs, as a run leaves it that is killed in the third."""

    class Killed(BaseException):
        pass

    def leave(*more):
        write = checkpoint.State.write

        def write_and_die(state, path):
            write(state, path)
            if state.next_epoch == 2:
                raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(checkpoint, "INTERVAL", 0.0)
            patched.setattr(checkpoint.State, "write", write_and_die)
            with pytest.raises(Killed):
                train(badak, "--epochs", 3, *more)

    return leave


@pytest.mark.slow
def test_a_command_killed_again_and_again_ends_with_the_model_of_one_that_was_not(
    badak, start, tmp_path
):
    whole = badak(*COMMAND, "--epochs", EPOCHS, "--out", "whole.safetensors")
    assert whole.code == 0, whole.err
    command = (*COMMAND, "--epochs", EPOCHS, "--out", "m.safetensors", "--resume")
    for _ in range(2):
        process = start(*command)
        wait_for(process, tmp_path / KEPT)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not (tmp_path / "m.safetensors").exists()
    done = checkpoint.read(tmp_path / KEPT).next_epoch
    assert 0 < done < EPOCHS
    outcome = badak(*command)
    assert outcome.code == 0, outcome.err
    assert f"checkpoint  {KEPT}, going on after epoch {done}" in outcome.out
    assert f"\n{done + 1}/{EPOCHS}" in outcome.out
    assert f"\n{done}/{EPOCHS}" not in outcome.out
    parts, expected = (tmp_path / f"{name}.safetensors" for name in ("m", "whole"))
    assert parts.read_bytes() == expected.read_bytes()


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on_and_so_it_does(badak, start, tmp_path):
    command = (*COMMAND, "--epochs", 1_000_000, "--out", "m.safetensors", "--checkpoint", KEPT)
    process = start(*command)
    for line in process.stdout:
        if line.startswith("3/"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == ""
    done = int(re.search(r"stopped by Ctrl-C after (\d+) of 1000000 epochs; (.*)", out)[1])
    assert "epochs; go on with the same command and --resume\n" in out
    assert checkpoint.read(tmp_path / KEPT).next_epoch == done
    load_model(tmp_path / "m.safetensors")  # what was learnt by then is saved all the same
    again = start(*command, "--resume")
    for line in again.stdout:
        if line.startswith("checkpoint"):
            assert line == f"checkpoint  {KEPT}, going on after epoch {done}\n"
        if re.match(r"\d+/", line):
            assert line.startswith(f"{done + 1}/")
            break
    again.send_signal(signal.SIGINT)
    out, _ = again.communicate(timeout=60)
    assert "; go on with the same command\n" in out


def test_a_run_goes_on_from_where_it_was(badak, left_behind, tmp_path):
    left_behind("--resume")
    assert files(tmp_path) == [KEPT]
    outcome = train(badak, "--epochs", 3, "--resume")
    assert outcome.code == 0, outcome.err
    assert f"checkpoint  {KEPT}, going on after epoch 2\n" in outcome.out
    assert re.findall(r"^\d/3", outcome.out, re.MULTILINE) == ["3/3"]
    parts = (tmp_path / "m.safetensors").read_bytes()
    history = (tmp_path / "m.history.csv").read_bytes()
    train(badak, "--epochs", 3)
    assert (tmp_path / "m.safetensors").read_bytes() == parts
    assert (tmp_path / "m.history.csv").read_bytes() == history


def test_where_nothing_is_kept_yet_it_begins(badak, tmp_path):
    outcome = train(badak, "--epochs", 2, "--resume")
    assert f"checkpoint  {KEPT}, from the first epoch\n" in outcome.out
    assert "2/2" in outcome.out


@pytest.mark.parametrize("option", [("--resume",), ("--checkpoint", "state")])
def test_the_checkpoint_is_gone_once_the_model_is_saved(badak, tmp_path, option):
    assert train(badak, "--epochs", 1, *option).code == 0
    assert files(tmp_path) == ["m.history.csv", "m.safetensors"]


def test_without_the_options_no_checkpoint_is_spoken_of(badak):
    assert "checkpoint" not in train(badak, "--epochs", 1).out


def test_a_checkpoint_of_ones_own_naming_is_gone_on_with(badak, left_behind, tmp_path):
    left_behind("--checkpoint", "state")
    assert files(tmp_path) == ["state"]
    outcome = train(badak, "--epochs", 3, "--checkpoint", "state", "--resume")
    assert "checkpoint  state, going on after epoch 2\n" in outcome.out


def test_a_run_left_behind_is_not_overwritten_unasked(badak, left_behind, tmp_path):
    left_behind("--checkpoint", "state")
    written = (tmp_path / "state").read_bytes()
    outcome = train(badak, "--epochs", 3, "--checkpoint", "state")
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err == (
        "badak: error: state is there from a run that stopped after epoch 2: add --resume to go on "
        "with it, or remove the file to begin anew\n"
    )
    assert (tmp_path / "state").read_bytes() == written


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--layers", "17"), "network, dense, units was 16, but now is 17"),
        (("--seed", 1), "seed was 0, but now is 1"),
        (("--optimizer", "sgd"), "optimizer was"),
        (("--learning-rate", 0.5), "optimizer, learning_rate was 0.001, but now is 0.5"),
        (("--batch-size", 100), "batch size was 32, but now is 100"),
        (("--validation", 0), "data, shape was"),
        (("--epochs", 1), "is 2 epochs on, more than epochs=1"),
    ],
)
def test_other_options_are_answered_with_what_differs(badak, left_behind, options, complaint):
    left_behind("--resume")
    outcome = train(badak, "--epochs", 3, "--resume", *options)
    assert outcome.code == 1
    assert outcome.err.startswith(f"badak: error: the checkpoint {KEPT} is ")
    assert complaint in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("m.safetensors", "m.safetensors is both --checkpoint and --out"),
        ("missing/state", "there is no folder missing for the checkpoint state: make it first"),
        (".", "the checkpoint . is a folder: give a file's name"),
        ("a.txt", "a.txt is not a whole safetensors file"),
    ],
)
def test_a_place_that_does_not_do_is_refused_before_training(badak, tmp_path, name, complaint):
    (tmp_path / "a.txt").write_text("a text")
    outcome = train(badak, "--checkpoint", name)
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.startswith("badak: error: ")
    assert complaint in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_run_that_diverges_at_once_leaves_nothing(badak, tmp_path):
    outcome = train(badak, "--learning-rate", 1e30, "--resume")
    assert outcome.code == 1
    assert outcome.err.endswith("Nothing is saved.\n")
    assert files(tmp_path) == []
