"""The constructor's arguments of an estimator, kept as scikit-learn asks."""

from typing import Any


class KeepsArguments:
    """What stores them; a class beside scikit-learn's BaseEstimator."""

    def _keep(self, arguments: dict[str, Any]) -> None:
        """Store the constructor's arguments, given as its locals(), unchanged as scikit-learn asks.

        A base class cannot take them in their stead: get_params reads the child's signature.
        """
        for name in self._get_param_names():  # type: ignore[attr-defined]  # of BaseEstimator
            setattr(self, name, arguments[name])
