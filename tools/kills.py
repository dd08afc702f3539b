"""Kill training processes at random moments, and see that what goes on ends with the same bits.

``python -m tools.kills --kills 200 --resume DIR``: a network is trained with a checkpoint written
after each epoch and saved again and again; it is killed (SIGKILL), trained on, killed, until it is
through, and then another seed's. What was done so far is kept in the folder.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from pathlib import Path

EPOCHS = 60
SCRIPT = """
import hashlib, sys
import numpy as np
import badak
from badak.callbacks import LambdaCallback
from badak.training import checkpoint
checkpoint.INTERVAL = 0.0
seed, epochs, kept, saved = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
rng = np.random.default_rng(seed)
x, t = rng.normal(size=(200, 8)).astype(np.float32), rng.integers(0, 3, 200)
layers = badak.layers
model = badak.Sequential(
    [layers.Dense(24, "tanh"), layers.BatchNormalization(), layers.Dropout(0.2),
     layers.Dense(3, "softmax")], seed=seed)
model.compile("adam")
save = LambdaCallback(on_epoch_end=lambda epoch, logs: model.save(saved))
print("begun", flush=True)
model.fit(x, t, epochs=epochs, verbose=0, checkpoint=kept or None, callbacks=[save])
print(hashlib.sha256(model.parameters.vector.tobytes()).hexdigest())
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--resume", type=Path, required=True, metavar="DIR")
    arguments = parser.parse_args()
    folder: Path = arguments.resume
    folder.mkdir(parents=True, exist_ok=True)
    notes = folder / "kills.json"
    done = {"kills": 0, "runs": 0, "wrong": 0, "unreadable": 0}
    if notes.exists():
        done = json.loads(notes.read_text())
    while done["kills"] < arguments.kills:
        one_run(folder, done, arguments.kills)
        notes.write_text(json.dumps(done))
    print(
        f"{done['kills']} kills in {done['runs']} runs: {done['wrong']} ended with other bits, "
        f"{done['unreadable']} saved models could not be loaded"
    )
    return int(bool(done["wrong"] or done["unreadable"]))


def one_run(folder: Path, done: dict[str, int], most: int) -> None:
    """Train a seed's network with kills, and compare it with one that was not killed."""
    seed = done["runs"]
    kept, saved = folder / "kept.safetensors", folder / "saved.safetensors"
    kept.unlink(missing_ok=True)
    saved.unlink(missing_ok=True)
    expected = ended(start(seed, "", folder / "whole.safetensors"))
    moments = random.Random(seed)
    for _ in range(10):
        process = start(seed, str(kept), saved)
        time.sleep(moments.uniform(0.0, 1.0))
        if process.poll() is not None:
            process.communicate()
            break  # it was through before the kill
        process.kill()
        process.communicate()
        done["kills"] += 1
        done["unreadable"] += not loads(saved)
        if done["kills"] == most:
            break
    done["wrong"] += ended(start(seed, str(kept), saved)) != expected
    done["runs"] += 1


def start(seed: int, kept: str, saved: Path) -> "subprocess.Popen[str]":
    """Start a training, and wait until it is about to begin."""
    command = [sys.executable, "-c", SCRIPT, str(seed), str(EPOCHS), kept, str(saved)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def ended(process: "subprocess.Popen[str]") -> str:
    """Return the hash that a training ends with."""
    out, _ = process.communicate()
    return out.strip()


def loads(path: Path) -> bool:
    """Return whether a model that was being saved is there as a whole, or was not yet."""
    from badak import load_model
    from badak.errors import FileFormatError

    try:
        return not path.exists() or bool(load_model(path).layers)
    except FileFormatError:
        return False


if __name__ == "__main__":
    sys.exit(main())
