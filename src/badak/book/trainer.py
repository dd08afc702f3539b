"""``common.trainer`` of the book: the loop of training."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.validation import check_whole
from badak.book import optimizer as rules
from badak.errors import InputError
from badak.typing import Array

OPTIMIZERS = {
    "sgd": rules.SGD,
    "momentum": rules.Momentum,
    "nesterov": rules.Nesterov,
    "adagrad": rules.AdaGrad,
    "rmsprop": rules.RMSprop,
    "rmsprpo": rules.RMSprop,  # as the book's code spells it
    "adam": rules.Adam,
}


class Trainer:
    """Train a network of the book's kind: one with `params`, `gradient`, `loss` and `accuracy`.

    A batch is drawn with replacement by ``np.random``, so that ``np.random.seed`` decides it, as in
    the book.

    Parameters
    ----------
    network : object
        Its `params` change in place.
    x_train, t_train : array
        Samples (n, ...) and targets to learn from.
    x_test, t_test : array
        Samples and targets to test with.
    epochs : int, default 20
        How often as many samples as there are have been drawn.
    mini_batch_size : int, default 100
        The samples of a batch.
    optimizer : str, default "SGD"
        The optimizer's name, in small or capital letters: sgd, momentum, nesterov, adagrad,
        rmsprop or adam.
    optimizer_param : dict, optional
        Its settings; by default a learning rate of 0.01.
    evaluate_sample_num_per_epoch : int, optional
        How many samples the accuracies at the beginning of an epoch are taken of; by default all.
    verbose : bool, default True
        Whether losses and accuracies are printed.

    Attributes
    ----------
    train_loss_list : list of float
        The loss after each step, on the batch of that step.
    train_acc_list, test_acc_list : list of float
        The accuracies after the first step of each epoch.

    Raises
    ------
    InputError
        The optimizer is not known, or a number is no whole number from 1.

    Notes
    -----
    Two things of the book's code are mended: ``optimizer="RMSprop"`` is found, which a misspelt
    name hides there; and each epoch is evaluated where the number of samples is no multiple of the
    batch, where the book leaves some out.

    Examples
    --------
    >>> from badak.book.multi_layer_net import MultiLayerNet
    >>> np.random.seed(0)
    >>> x = np.random.randn(100, 2)
    >>> t = (x[:, 0] > x[:, 1]).astype(int)
    >>> trainer = Trainer(MultiLayerNet(2, [8], 2), x, t, x, t, epochs=30, mini_batch_size=20,
    ...                   optimizer="Adam", optimizer_param={"lr": 0.05}, verbose=False)
    >>> trainer.train()
    >>> trainer.test_acc_list[-1] > 0.9
    True
    """

    def __init__(
        self,
        network: Any,
        x_train: Array,
        t_train: Array,
        x_test: Array,
        t_test: Array,
        epochs: int = 20,
        mini_batch_size: int = 100,
        optimizer: str = "SGD",
        optimizer_param: Mapping[str, float] | None = None,
        evaluate_sample_num_per_epoch: int | None = None,
        verbose: bool = True,
    ) -> None:
        if optimizer.lower() not in OPTIMIZERS:
            raise InputError(
                message(
                    "optimizer must be one of {known}, not {given!r}",
                    known=", ".join(name for name in OPTIMIZERS if name != "rmsprpo"),
                    given=optimizer,
                )
            )
        settings = {"lr": 0.01} if optimizer_param is None else optimizer_param
        self.network = network
        self.verbose = verbose
        self.x_train = x_train
        self.t_train = t_train
        self.x_test = x_test
        self.t_test = t_test
        self.epochs = check_whole(epochs, "epochs")
        self.batch_size = check_whole(mini_batch_size, "mini_batch_size")
        self.evaluate_sample_num_per_epoch = evaluate_sample_num_per_epoch
        self.optimizer = OPTIMIZERS[optimizer.lower()](**settings)
        self.train_size = len(x_train)
        self.iter_per_epoch = max(self.train_size / self.batch_size, 1)
        self.max_iter = int(self.epochs * self.iter_per_epoch)
        self.current_iter = 0
        self.current_epoch = 0
        self.train_loss_list: list[float] = []
        self.train_acc_list: list[float] = []
        self.test_acc_list: list[float] = []

    def train_step(self) -> None:
        """Take one step, and the accuracies if an epoch begins with it."""
        drawn = np.random.choice(self.train_size, self.batch_size)
        x, t = self.x_train[drawn], self.t_train[drawn]
        self.optimizer.update(self.network.params, self.network.gradient(x, t))
        self.train_loss_list.append(self.network.loss(x, t))
        self._say(f"train loss:{self.train_loss_list[-1]}")
        if self.current_iter >= self.current_epoch * self.iter_per_epoch:
            self._evaluate()
        self.current_iter += 1

    def train(self) -> None:
        """Take all steps, and the accuracy on all test samples at the end."""
        for _ in range(self.max_iter):
            self.train_step()
        final = self.network.accuracy(self.x_test, self.t_test)
        self._say("=============== Final Test Accuracy ===============")
        self._say(f"test acc:{final}")

    def _evaluate(self) -> None:
        self.current_epoch += 1
        some = slice(self.evaluate_sample_num_per_epoch)
        of_train = self.network.accuracy(self.x_train[some], self.t_train[some])
        of_test = self.network.accuracy(self.x_test[some], self.t_test[some])
        self.train_acc_list.append(of_train)
        self.test_acc_list.append(of_test)
        self._say(f"=== epoch:{self.current_epoch}, train acc:{of_train}, test acc:{of_test} ===")

    def _say(self, line: str) -> None:
        if self.verbose:
            print(line)


__all__ = ["Trainer"]
