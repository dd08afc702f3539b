"""scikit-learn's multilayer perceptrons, trained by badak: only the import line changes.

>>> from badak.estimators import MLPClassifier
>>> model = MLPClassifier(hidden_layer_sizes=(8,), solver="lbfgs", random_state=1)
>>> model.fit([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]).predict([[1.0, 0.0]])
array([1])
"""

from typing import TYPE_CHECKING

from badak._common.extras import need
from badak._common.lazy import lazy

need("sklearn", "badak[sklearn]", "badak.estimators")

from badak.estimators.classifier import MLPClassifier  # noqa: E402
from badak.estimators.from_sklearn import from_sklearn  # noqa: E402
from badak.estimators.regressor import MLPRegressor  # noqa: E402

if TYPE_CHECKING:
    from badak.estimators.table import TableClassifier, TableRegressor

__all__ = ["MLPClassifier", "MLPRegressor", "TableClassifier", "TableRegressor", "from_sklearn"]

TABLE = "badak.estimators.table"  # which needs Polars
__getattr__, __dir__ = lazy(__name__, {"TableClassifier": TABLE, "TableRegressor": TABLE})
