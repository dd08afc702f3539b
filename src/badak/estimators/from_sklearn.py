"""From a fitted scikit-learn estimator to one of badak."""

from typing import Any

from sklearn import neural_network
from sklearn.utils.validation import check_is_fitted

from badak._common.language import message
from badak.errors import InputError
from badak.estimators.classifier import MLPClassifier
from badak.estimators.conversion import hand_over
from badak.estimators.network import hidden_layers
from badak.estimators.regressor import MLPRegressor


def from_sklearn(fitted: Any) -> Any:
    """Return badak's estimator with the parameters and weights of scikit-learn's `fitted` one.

    It predicts what that does, in float32, and goes on training where that stood, though the
    optimizer's memory begins anew.

    Parameters
    ----------
    fitted : sklearn.neural_network.MLPClassifier or MLPRegressor
        The estimator, fitted.

    Returns
    -------
    MLPClassifier or MLPRegressor
        badak's, with copies of the weights.

    Raises
    ------
    InputError
        `fitted` is no such estimator.
    NotFittedError
        It has not been fitted.

    Examples
    --------
    >>> from sklearn.neural_network import MLPRegressor
    >>> peer = MLPRegressor(solver="lbfgs", random_state=1).fit([[0.0], [1.0]], [1.0, 3.0])
    >>> from_sklearn(peer).predict([[0.5]]).shape
    (1,)
    """
    own: Any
    if isinstance(fitted, neural_network.MLPClassifier):
        own = MLPClassifier(**fitted.get_params())
    elif isinstance(fitted, neural_network.MLPRegressor):
        own = MLPRegressor(**fitted.get_params())
    else:
        raise InputError(
            message(
                "from_sklearn takes a fitted MLPClassifier or MLPRegressor of scikit-learn, not "
                "{kind}",
                kind=type(fitted).__name__,
            )
        )
    check_is_fitted(fitted)
    hand_over(fitted, own)
    own._adopt(
        fitted.coefs_,
        fitted.intercepts_,
        hidden_layers([len(w) for w in fitted.coefs_[1:]], fitted.activation, 0.0, False),
    )
    return own
