"""Area under a curve: how well scores rank every yes above every no, at any threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from badak._common.hyperparameters import hyperparameter
from badak._common.language import message
from badak._common.validation import Choice, setting_of
from badak.errors import InputError
from badak.metrics.base import Metric, check_weights
from badak.metrics.classification import yes_or_no
from badak.metrics.registry import METRICS
from badak.typing import Array, ArrayLike

Curve = Literal["ROC", "PR"]
CURVE = Choice(*get_args(Curve))


def auc(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None = None,
    curve: Curve = "ROC",
) -> float:
    """Return the area under the ROC or the precision-recall curve.

    Parameters
    ----------
    y_true : array_like
        Targets 0 and 1 of the shape of the scores, or labels (batch,) for scores (batch, classes).
    y_pred : array_like
        Scores, (batch,) or (batch, units); all units are counted together.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.
    curve : {"ROC", "PR"}
        Which curve.

    Returns
    -------
    float
        From 0 to 1. Under "ROC", the probability that a random yes scores higher than a random no,
        ties counting one half.

    Raises
    ------
    InputError
        Arrays that do not fit or hold NaN, or targets that are all the same.

    Notes
    -----
    The curve has a point at every distinct score, so that the area is exact; Keras has one at 200
    thresholds. Under "PR" false positives are taken to grow evenly with true ones between two
    points, as in Keras.

    References
    ----------
    Hanley & McNeil, The Meaning and Use of the Area under a ROC Curve, 1982; Davis & Goadrich, The
    Relationship Between Precision-Recall and ROC Curves, 2006.

    Examples
    --------
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    CURVE.check(curve, setting_of("auc", "curve"))
    t, y = yes_or_no(y_true, y_pred, "auc")
    w = np.repeat(check_weights(sample_weight, len(t)), t.shape[1])
    tp, fp = over_thresholds(t.ravel(), y.ravel(), w)
    if tp[-1] == 0.0 or fp[-1] == 0.0:
        missing = "1" if tp[-1] == 0.0 else "0"
        raise InputError(
            message(
                "auc compares targets 1 with targets 0, but there is no {missing} of any weight; "
                "score more samples at once",
                missing=missing,
            )
        )
    if curve == "ROC":
        return float(np.trapezoid(tp / tp[-1], fp / fp[-1]))
    return float(np.sum(_areas_below_precision(tp, tp + fp)) / tp[-1])


def over_thresholds(t: Array, y: Array, w: Array) -> tuple[Array, Array]:
    """Return the weights of yeses and of noes above thresholds that fall, from none to all."""
    falling = np.argsort(y, kind="stable")[::-1]
    last_of_ties = np.append(y[falling][1:] != y[falling][:-1], True)
    tp = np.cumsum(np.where(t, w, 0.0)[falling])[last_of_ties]
    fp = np.cumsum(np.where(t, 0.0, w)[falling])[last_of_ties]
    return np.append(0.0, tp), np.append(0.0, fp)


def _areas_below_precision(tp: Array, said: Array) -> Array:
    """Return the integral of tp / said over tp between each point and the next.

    Between two points both grow evenly, tp = a + b said, so that it is b times the integral of
    a / said + b over said.
    """
    some = np.diff(said) > 0.0
    tp_0, said_0 = tp[:-1][some], said[:-1][some]
    more_tp, more_said = np.diff(tp)[some], np.diff(said)[some]
    b = more_tp / more_said
    a = tp_0 - b * said_0
    ratio = np.divide(more_said, said_0, out=np.zeros_like(b), where=said_0 > 0.0)  # a is 0 there
    return b * (a * np.log1p(ratio) + more_tp)


@METRICS.enter()
@dataclass(frozen=True)
class AUC(Metric):
    """The area under the ROC or the precision-recall curve, exact: :func:`auc`.

    Parameters
    ----------
    curve : {"ROC", "PR"}
        Which curve.
    name : str, default "auc"
        What it is reported under.

    Raises
    ------
    InputError
        `curve` is neither of the two.

    Examples
    --------
    >>> AUC()([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """

    curve: Curve = hyperparameter("ROC", CURVE)
    name: str = "auc"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return auc(y_true, y_pred, sample_weight, self.curve)
