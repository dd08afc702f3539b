"""scikit-learn's fitted networks, taken from the objects: their own files can run code."""

from typing import TYPE_CHECKING, Any

from badak._common.language import marked
from badak.formats.base import Format

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def _convert(estimator: Any) -> "Sequential":
    from badak.formats.sklearn.estimators import from_estimator

    return from_estimator(estimator)


_RUNS_CODE = marked(
    "such a file can run code and is not read; load it where you trust it, and give the fitted "
    "estimator to badak.formats.import_model"
)

FORMATS = (
    Format(
        name="scikit-learn",
        convert=_convert,
        refused={".joblib": _RUNS_CODE, ".pickle": _RUNS_CODE},
        needs="scikit-learn",
    ),
)
