"""What users write, as a type checker sees it: not run, only checked, by mypy with the rest.

A call that must be refused carries the ignore of exactly that error: should badak's types become
too loose to refuse it, mypy reports the ignore as unused.
"""

from pathlib import Path
from typing import assert_type

import numpy as np

import badak
from badak import (
    Input,
    Sequential,
    activations,
    callbacks,
    layers,
    load_model,
    losses,
    metrics,
    optimizers,
    schedules,
)
from badak.callbacks import History
from badak.typing import Array

x, t = np.zeros((4, 3), np.float32), np.zeros(4, np.int64)


def a_model_is_made_trained_and_asked() -> None:
    model = Sequential([Input((3,)), layers.Dense(4, "relu"), layers.Dense(2, "softmax")], seed=1)
    model.compile("adam", metrics=["accuracy"])
    history = model.fit(x, t, epochs=2, validation_split=0.5, verbose=0)
    assert_type(history, History)
    assert_type(history.history, dict[str, list[float]])
    assert_type(model.predict(x), Array)
    assert_type(model.classify(x), Array)
    assert_type(model.count_params(), int)
    assert_type(model.get_weights(), list[Array])
    assert_type(model.step, int)
    model.save(Path("model.safetensors"))
    model.save("model.safetensors")
    assert_type(load_model("model.safetensors"), Sequential)


def a_model_takes_a_list_of_layers() -> None:
    Sequential(layers.Dense(2))  # type: ignore[arg-type]
    layers.Dense("four")  # type: ignore[arg-type]
    layers.Dense(4, units=4)  # type: ignore[misc]


def many_models_are_trained_side_by_side() -> None:
    models = [Sequential([layers.Dense(2)], seed=seed) for seed in range(3)]
    assert_type(badak.fit_many(models, x, t, epochs=1), list[History])


def optimizers_and_schedules_take_what_keras_takes() -> None:
    optimizers.SGD(0.1, 0.9, True, clipnorm=1.0, weight_decay=0.01)
    optimizers.Adam(schedules.ExponentialDecay(0.1, 100, 0.5), beta_1=0.8)
    optimizers.Adam(schedules.PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001]))
    optimizers.SGD("fast")  # type: ignore[arg-type]
    optimizers.Adam(0.1, no_such_setting=1)  # type: ignore[call-arg]


def losses_and_metrics_are_called_on_arrays() -> None:
    metrics.Precision(thresholds=[0.3, 0.6])
    losses.Huber(delta=0.5)
    assert_type(activations.relu(x), Array)
    assert_type(activations.get("relu"), activations.Activation)


def callbacks_are_classes_with_methods() -> None:
    class Stop(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            self.model.stop_training = True

    Sequential([layers.Dense(2)]).fit(x, t, callbacks=[Stop(), callbacks.EarlyStopping("loss")])
