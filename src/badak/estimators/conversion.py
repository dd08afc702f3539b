"""From a fitted estimator to badak's own model and to scikit-learn's estimator, and back."""

import copy
import inspect
from typing import Any

import numpy as np

from badak import activations
from badak._common.language import message
from badak.activations import Activation, is_builtin
from badak.errors import InputError
from badak.estimators.network import copy_weights, make_network
from badak.losses.objective import fitting_metrics
from badak.network.sequential import Sequential

SOLVERS = ("adam", "sgd", "lbfgs")

NAMES = {
    activations.IDENTITY.name: "identity",
    activations.SIGMOID.name: "logistic",
    activations.TANH.name: "tanh",
    activations.RELU.name: "relu",
}
"""scikit-learn's names of the activations that it has, by badak's."""

LEARNED = (
    "n_features_in_",
    "feature_names_in_",
    "n_layers_",
    "n_outputs_",
    "out_activation_",
    "classes_",
    "_label_binarizer",
    "n_iter_",
    "t_",
    "loss_",
    "loss_curve_",
    "best_loss_",
    "validation_scores_",
    "best_validation_score_",
    "_no_improvement_count",
)
"""What a fitted estimator knows besides its weights, by the names that both have for it."""


def to_badak(estimator: Any) -> Sequential:
    """Return the estimator's network as a model of its own, without the penalty."""
    fitted: Sequential = estimator._network
    goal = estimator._goal
    assert fitted.input_shape is not None
    model = make_network(
        fitted.input_shape[0],
        estimator._hidden,
        estimator.n_outputs_,
        goal.output,
        seed=fitted.seed,
        penalised=False,
    )
    copy_weights(fitted, model)
    optimizer = "adam" if fitted.loss is None else copy.deepcopy(fitted.optimizer)
    model.compile(optimizer, goal.public, fitting_metrics(goal.public))
    if estimator.n_outputs_ > 1 and hasattr(estimator, "classes_"):
        model.class_names = [str(name) for name in estimator.classes_]
    return model


def to_sklearn(estimator: Any) -> Any:
    """Return scikit-learn's estimator with the same weights."""
    hidden = estimator._hidden
    if any(layer.batch_momentum is not None for layer in hidden):
        raise InputError(message("scikit-learn has no batch normalisation: keep this one as it is"))
    used = {_name_of(layer.activation) for layer in hidden} or {"relu"}
    if len(used) > 1:
        raise InputError(
            message(
                "scikit-learn has one activation for all hidden layers, but these have {used}",
                used=", ".join(sorted(used)),
            )
        )
    peer = estimator._peer()
    known = inspect.signature(estimator._peer).parameters
    wanted = {name: value for name, value in estimator.get_params().items() if name in known}
    wanted |= {"activation": used.pop()}
    if wanted["solver"] not in SOLVERS:
        del wanted["solver"]
    if wanted.get("loss") not in ("squared_error", "poisson"):
        wanted.pop("loss", None)
    peer.set_params(**wanted)
    hand_over(estimator, peer)
    peer.coefs_ = [np.ascontiguousarray(w) for w in estimator.coefs_]
    peer.intercepts_ = [np.ascontiguousarray(b) for b in estimator.intercepts_]
    peer._best_coefs = [w.copy() for w in peer.coefs_]
    peer._best_intercepts = [b.copy() for b in peer.intercepts_]
    return peer


def _name_of(activation: Activation) -> str:
    if not is_builtin(activation, *NAMES):
        raise InputError(
            message(
                "scikit-learn has no activation {name!r}, only {values}",
                name=activation.name,
                values=", ".join(NAMES.values()),
            )
        )
    return NAMES[activation.name]


def hand_over(giver: Any, taker: Any) -> None:
    """Copy what one estimator has learned to another."""
    for name in LEARNED:
        if hasattr(giver, name):
            setattr(taker, name, copy.deepcopy(getattr(giver, name)))
