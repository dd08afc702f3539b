"""What scikit-learn's parameters may be; wrong ones are refused in its own words."""

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, Options, StrOptions


class Number(Interval):  # type: ignore[misc]  # scikit-learn is untyped
    """An interval of the numbers that float64 holds.

    scikit-learn's own takes a whole number such as 10**400, which overflows where it is used.
    """

    def __contains__(self, value: Any) -> bool:
        try:
            return bool(super().__contains__(float(value)))
        except OverflowError:
            return False


CONSTRAINTS: dict[str, Any] = {
    "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
    "alpha": [Number(Real, 0, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
    "learning_rate_init": [Number(Real, 0, None, closed="neither")],
    "power_t": [Number(Real, 0, None, closed="left")],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [Number(Real, 0, None, closed="left")],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Number(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Number(Real, 0, 1, closed="left")],
    "beta_1": [Number(Real, 0, 1, closed="left")],
    "beta_2": [Number(Real, 0, 1, closed="left")],
    "epsilon": [Number(Real, 0, None, closed="neither")],
    "n_iter_no_change": [
        Interval(Integral, 1, None, closed="left"),
        Options(Real, {np.inf}),
    ],
    "max_fun": [Interval(Integral, 1, None, closed="left")],
    "batch_norm": ["boolean"],
}
"""By parameter. badak's own parameters, and those that take more here, are checked in
:mod:`badak.estimators.network`, :mod:`badak.estimators.objectives` and where they are used."""
