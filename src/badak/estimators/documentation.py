"""What the docstrings of the classifier and the regressor have in common, written once."""

import textwrap
from typing import TypeVar

Documented = TypeVar("Documented")

PARAMETERS = """\
hidden_layer_sizes : int or list of int, default (100,)
    Units of each hidden layer; empty: none.
activation : str, Activation or list, default "relu"
    "identity", "logistic", "tanh", "relu", any of :mod:`badak.activations` by name or as a
    record; or a list with one for each hidden layer.
solver : str or Optimizer, default "adam"
    "adam", "sgd", "lbfgs", any of :mod:`badak.optimizers` by name, which then learns at
    `learning_rate_init`, or as an object.
alpha : float, default 0.0001
    Strength of the penalty on squared weights, from 0; the sum is divided by the batch's size.
batch_size : int or "auto", default "auto"
    Samples of a step; "auto": 200, or all where there are fewer.
learning_rate : {"constant", "invscaling", "adaptive"}, default "constant"
    How the learning rate of "sgd" falls: not; by ``(step + 1) ** power_t``, where step counts
    samples; or to a fifth whenever `n_iter_no_change` epochs bring no improvement.
learning_rate_init : float, default 0.001
    The learning rate at the start, above 0.
power_t : float, default 0.5
    The exponent of "invscaling", from 0.
max_iter : int, default 200
    Epochs at most; iterations of "lbfgs".
shuffle : bool, default True
    Whether each epoch takes the samples in a new order.
random_state : int, RandomState or None, default None
    The seed of the weights, the order of the samples and the validation set.
tol : float, default 0.0001
    What counts as an improvement; the gradient at which "lbfgs" ends.
verbose : bool, default False
    Whether to print the loss of each epoch.
warm_start : bool, default False
    Whether `fit` goes on from the weights of the last fit.
momentum : float, default 0.9
    Momentum of "sgd", in [0, 1].
nesterovs_momentum : bool, default True
    Whether it is Nesterov's.
early_stopping : bool, default False
    Whether training ends by the score on a validation set, and the best weights come back.
validation_fraction : float, default 0.1
    The share of the samples that becomes the validation set, unless `fit` is given one.
beta_1, beta_2 : float, default 0.9, 0.999
    How much of its running means "adam" keeps in each step, in [0, 1).
epsilon : float, default 1e-8
    Added by "adam" to the root of the mean square, above 0.
n_iter_no_change : int or inf, default 10
    Epochs without improvement after which training ends.
max_fun : int, default 15000
    Evaluations of the loss by "lbfgs" at most.
dropout : float or list of float, default 0.0
    The share of each hidden layer's units that a step leaves out; or a list of shares.
batch_norm : bool, default False
    Whether each hidden layer's pre-activations are normalised over the batch.
callbacks : list or None, default None
    Objects of :mod:`badak.callbacks`; an epoch reports "loss" and, with a validation set,
    "val_loss" and "val_score"."""

ATTRIBUTES = """\
validation_loss_curve_ : list of float or None
    The loss on the validation set after each epoch, without the penalty.
early_stopped_ : bool
    Whether the validation score ended training; partial_fit then trains no more."""

SHARED = {"{parameters}": PARAMETERS, "{attributes}": ATTRIBUTES}


def shared(documented: Documented) -> Documented:
    """Fill the lines of a class's docstring that say ``{parameters}`` or ``{attributes}``."""
    lines = (documented.__doc__ or "").split("\n")
    filled = [
        textwrap.indent(SHARED.get(line.strip(), line.strip()), _margin(line)) for line in lines
    ]
    documented.__doc__ = "\n".join(filled)
    return documented


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
