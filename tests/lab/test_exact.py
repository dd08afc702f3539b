"""Whatever is done with a run, its journal leads to its bits by calls of fit alone."""

import random
import time

import numpy as np
import pytest

from badak.lab import network
from badak.lab.data import load
from badak.lab.recipe import complete
from badak.lab.run import Run
from tests.lab.labs import SMALL, settle


def repeated(run):
    """Return the weights that plain calls of fit lead to, segment by segment."""
    data, model, before = run.data, None, None
    for segment in run.journal:
        if segment.begin == "new":
            model = network.build(segment.recipe, data)
        else:
            model = network.change(model, before, segment.recipe, data).model
        before = segment.recipe
        if segment.epochs:
            model.fit(
                data.x_train,
                network.targets(model, data.t_train),
                batch_size=network.batch_size(model, segment.recipe),
                epochs=segment.epochs,
                verbose=0,
            )
    return model.parameters.vector


def dense(rng):
    return {
        "kind": "dense",
        "units": rng.choice([2, 3, 4]),
        "activation": rng.choice(["tanh", "relu", {"formula": "x * sigmoid(x)"}]),
    }


def changed(recipe, rng):
    """Return a recipe that differs in one thing."""
    network_, training = dict(recipe["network"]), dict(recipe["training"])
    what = rng.randrange(7)
    if what == 0:
        training["optimizer"] = {
            "name": rng.choice(["adam", "sgd", "momentum"]),
            "learning_rate": rng.choice([0.003, 0.01, 0.03]),
        }
    elif what == 1:
        training["batch_size"] = rng.choice([5, 10, 16])
    elif what == 2:
        training["l2"] = rng.choice([0.0, 0.01])
    elif what == 3:
        training["schedule"] = rng.choice([None, {"name": "CosineDecay", "decay_steps": 50}])
    elif what == 4:
        network_["layers"] = [dense(rng) for _ in range(rng.randrange(1, 4))]
    elif what == 5:
        network_["layers"] = [
            *network_["layers"],
            rng.choice([{"kind": "dropout", "rate": 0.3}, {"kind": "batch_normalization"}]),
        ][-3:]
    else:
        training["loss"] = rng.choice(["auto", "mean_squared_error"])
    return complete({**recipe, "network": network_, "training": training})


@pytest.mark.parametrize("seed", range(6))
def test_a_run_that_was_bent_in_every_way_is_repeated_to_the_bit(seed):
    rng = random.Random(seed)
    recipe = complete(SMALL)
    run = Run(recipe, load(recipe["data"]))
    try:
        for _ in range(40):
            match rng.randrange(8):
                case 0:
                    run.play()
                    time.sleep(rng.random() * 0.03)
                case 1:
                    run.pause()
                case 2:
                    run.step()
                    settle(run)
                case 3:
                    run.one_epoch()
                    settle(run)
                case 4:
                    run.back(rng.randrange(run.last_epoch + 1))
                case 5:
                    run.set_speed(rng.choice([None, None, 5000.0]))
                case 6 if rng.random() < 0.2:
                    run.reset()
                case _:
                    run.change(changed(run.recipe, rng), run.data)
            run.looked_at()
        run.set_speed(None)
        run.pause()
        settle(run)
        if run.position:  # what was trained of an epoch that is not over is in no journal
            run.one_epoch()
            settle(run)
        if run.epoch < run.last_epoch:  # it went back, and has not gone on
            run.one_epoch()
            settle(run)
        assert run.error is None
        assert run.epoch == run.journal.epochs
        assert np.array_equal(run.model.parameters.vector, repeated(run))
        first = run.states.epochs[0]
        run.back(rng.randrange(first, run.last_epoch + 1))
        settle(run)
        shortened = run.journal.cut_at(run.epoch)
        run.journal = shortened
        assert np.array_equal(run.model.parameters.vector, repeated(run))
    finally:
        run.close()
