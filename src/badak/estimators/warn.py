"""What users are told: warnings that point at their own line, and a sentence of scikit-learn's."""

import sys
import warnings
from pathlib import Path

from badak._common.language import marked

HERE = str(Path(__file__).parent)


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the first line outside this package."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(HERE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


NOT_FINITE = marked(
    "Solver produced non-finite parameter weights. The input data may contain large values and "
    "need to be preprocessed."
)
