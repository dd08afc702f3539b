r"""The squared error in units of a scale, for targets that are large or small numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from badak._common.hyperparameters import hyperparameter
from badak._common.validation import POSITIVE
from badak.losses.base import Formula, Loss
from badak.losses.registry import LOSSES
from badak.typing import Array


def scaled_squared_error(y: Array, t: Array, scale: float = 1.0) -> Array:
    d = (y - t) / scale
    return d * d


def scaled_squared_error_slope(y: Array, t: Array, scale: float = 1.0) -> Array:
    return 2.0 * ((y - t) / scale) / scale


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class ScaledSquaredError(Loss):
    """The mean of ((y - t) / scale)^2: the squared error of targets measured in units of `scale`.

    With the targets' standard deviation as `scale`, and with ``Rescaling(deviation, mean)`` as the
    network's last layer, training is that of standardised targets, while the network's answers
    are in the targets' own unit. A loss of 1 is then that of answering the mean.

    Parameters
    ----------
    scale : float, default 1
        The unit that errors are measured in, above 0.

    Raises
    ------
    InputError
        `scale` is not a finite number above 0.

    Examples
    --------
    >>> ScaledSquaredError(10.0)([[0.0, 20.0]], [[10.0, 0.0]])
    2.5
    """

    scale: float = hyperparameter(1.0, POSITIVE)

    name = "scaled_squared_error"
    formula = Formula(
        scaled_squared_error,
        scaled_squared_error_slope,
        latex=r"L = \frac{1}{n} \sum_k \left(\frac{y_k - t_k}{s}\right)^2",
        slope_latex=r"\frac{2}{n} \frac{y_k - t_k}{s^2}",
        source="the squared error (Legendre, 1805) of standardised numbers",
    )

    @property
    def parameters(self) -> Mapping[str, float]:
        """The unit that errors are measured in."""
        return {"scale": self.scale}
