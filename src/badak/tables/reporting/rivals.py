"""What a network is compared with, trained on the same rows: a line, trees, the naive guess."""

from dataclasses import dataclass

from badak._common.language import marked
from badak.tables.baseline import linear_model, naive_answers
from badak.tables.preparation import TablePreparation
from badak.tables.trees import answers_of_trees
from badak.typing import Array

TREES = "HistGradientBoosting"


@dataclass(frozen=True)
class Rival:
    """A model to compare with, and its answers to the rows that are scored."""

    name: str
    answers: Array | None
    """(rows, outputs); None where there are none."""
    note: str = ""
    """Why there are none, or what is to be said of them."""


def rivals_of(
    prepare: TablePreparation, train: tuple[Array, Array], x: Array, seed: int
) -> list[Rival]:
    """Return the answers to rows x of models that learn from the training rows."""
    target, (features, y) = prepare.target, train
    linear = marked("logistic regression") if target.classes else marked("linear regression")
    naive = marked("shares of classes") if target.classes else marked("mean")
    trees = answers_of_trees(prepare, features, y, x, seed)
    return [
        Rival(linear, linear_model(target, features, y, seed).predict(x)),
        Rival(TREES, trees.answers, trees.note),
        Rival(naive, naive_answers(target, y, len(x))),
    ]
