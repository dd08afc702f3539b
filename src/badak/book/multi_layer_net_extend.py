"""``common.multi_layer_net_extend`` of the book: with dropout and batch normalisation."""

from collections.abc import Sequence

import numpy as np

from badak.book.layers import ActivationLayer, BatchNormalization, Dropout
from badak.book.multi_layer_net import MultiLayerNet
from badak.typing import Array


class MultiLayerNetExtend(MultiLayerNet):
    """:class:`MultiLayerNet` with dropout and batch normalisation.

    Parameters
    ----------
    input_size, hidden_size_list, output_size, activation, weight_init_std, weight_decay_lambda
        As of :class:`MultiLayerNet`.
    use_dropout : bool, default False
        Whether a Dropout follows each activation.
    dropout_ration : float, default 0.5
        Its probability; the name is the book's.
    use_batchnorm : bool, default False
        Whether a BatchNormalization stands before each activation. Its weights are gamma1, beta1,
        and so on in `params`.

    Raises
    ------
    InputError
        A name is not known, or a number is out of its range.

    Examples
    --------
    >>> network = MultiLayerNetExtend(784, [100], 10, use_batchnorm=True, use_dropout=True)
    >>> list(network.layers)
    ['Affine1', 'BatchNorm1', 'Activation_function1', 'Dropout1', 'Affine2']
    """

    def __init__(
        self,
        input_size: int,
        hidden_size_list: Sequence[int],
        output_size: int,
        activation: str = "relu",
        weight_init_std: float | str = "relu",
        weight_decay_lambda: float = 0.0,
        use_dropout: bool = False,
        dropout_ration: float = 0.5,
        use_batchnorm: bool = False,
    ) -> None:
        self.use_dropout = use_dropout
        self.dropout_ration = dropout_ration
        self.use_batchnorm = use_batchnorm
        super().__init__(
            input_size,
            hidden_size_list,
            output_size,
            activation,
            weight_init_std,
            weight_decay_lambda,
        )

    def predict(self, x: Array, train_flg: bool = False) -> Array:
        """Return the scores before the softmax.

        Parameters
        ----------
        x : array of float
            Samples, (batch, inputs).
        train_flg : bool, default False
            Whether inputs are dropped, and normalised by the batch.

        Returns
        -------
        array of float
            (batch, classes).
        """
        return self._scores(x, train_flg)

    def loss(self, x: Array, t: Array, train_flg: bool = False) -> float:
        """Return the mean cross-entropy, weight decay included.

        Parameters
        ----------
        x : array of float
            Samples, (batch, inputs).
        t : array
            Labels, (batch,), or one-hot targets, (batch, classes).
        train_flg : bool, default False
            Whether inputs are dropped, and normalised by the batch.

        Returns
        -------
        float
        """
        return self._loss(x, t, train_flg)

    def _add_hidden(self, number: int, units: int, activation: ActivationLayer) -> None:
        if self.use_batchnorm:
            name, gamma, beta = f"BatchNorm{number}", f"gamma{number}", f"beta{number}"
            self.params[gamma], self.params[beta] = np.ones(units), np.zeros(units)
            self.layers[name] = BatchNormalization(self.params[gamma], self.params[beta])
            self._slopes |= {gamma: (name, "dgamma"), beta: (name, "dbeta")}
        super()._add_hidden(number, units, activation)
        if self.use_dropout:
            self.layers[f"Dropout{number}"] = Dropout(self.dropout_ration)

    def _scores(self, x: Array, training: bool) -> Array:
        for layer in self.layers.values():
            has_modes = isinstance(layer, BatchNormalization | Dropout)
            x = layer.forward(x, training) if has_modes else layer.forward(x)
        return x


__all__ = ["MultiLayerNetExtend"]
