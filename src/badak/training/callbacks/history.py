"""The loss and metrics of a training run, epoch by epoch."""

import sys
from dataclasses import dataclass, field
from html import escape
from typing import Any

from badak._common import display
from badak._common.display import View
from badak._common.json_data import json_data
from badak._common.language import counted, message

SHOWN = 10  # epochs, in a notebook


@dataclass(repr=False)
class History:
    """The loss and metrics after each epoch; returned by :meth:`badak.Sequential.fit`.

    Parameters
    ----------
    params : dict
        Settings of the run, such as "epochs" and "steps".
    epoch : list of int
        The epochs done, from 0.
    history : dict of str to list of float
        By name, "loss", "val_loss" and each metric: a value for each epoch it was reported in.
    interrupted : bool
        Whether Ctrl-C ended the run.
    epochs : dict of str to list of int
        By name, the epochs that each value was reported in, from 0; fewer than all where validation
        is rare.

    Examples
    --------
    >>> history = History()
    >>> history.add(0, {"loss": 0.5})
    >>> history.add(1, {"loss": 0.25})
    >>> history.history["loss"][-1]
    0.25
    """

    params: dict[str, Any] = field(default_factory=dict)
    epoch: list[int] = field(default_factory=list)
    history: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = False
    epochs: dict[str, list[int]] = field(default_factory=dict)
    printed_in: int | None = field(default=None, init=False, compare=False)
    """The cell of a notebook that shows the epochs already, as :func:`cell` counts them."""

    def add(self, epoch: int, logs: dict[str, float]) -> None:
        """Append the values at the end of an epoch.

        Parameters
        ----------
        epoch : int
            The epoch, from 0.
        logs : dict of str to float
            The loss and metrics by name.
        """
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
            self.epochs.setdefault(name, []).append(epoch)

    def by_epoch(self, name: str) -> list[float | None]:
        """Return a value for each epoch, None where it was not reported.

        Parameters
        ----------
        name : str
            A name in `history`.

        Returns
        -------
        list of float or None
            As long as `epoch`.
        """
        values = self.history[name]
        reported = self.epochs.get(name, self.epoch[: len(values)])
        by_epoch = dict(zip(reported, values, strict=True))
        return [by_epoch.get(epoch) for epoch in self.epoch]

    def to_dict(self) -> dict[str, Any]:
        """Return the run as data that JSON can hold.

        Returns
        -------
        dict
            "params", "epoch" (a list, from 0), "history" (a list of floats by name; NaN and
            infinity are None), "interrupted", and "epochs" (a list by name).
        """
        names = ("params", "epoch", "history", "interrupted", "epochs")
        return {name: json_data(getattr(self, name)) for name in names}

    def view(self) -> View:
        """Return what is shown in a notebook: a row for each epoch; of many the first and last.

        Where a value was not reported its cell is empty.
        """
        names = list(self.history)
        columns = [self.by_epoch(name) for name in names]
        rows = [
            [str(epoch + 1), *("" if v[place] is None else f"{v[place]:.4f}" for v in columns)]
            for place, epoch in enumerate(self.epoch)
        ]
        if len(rows) > SHOWN:
            rows = [*rows[: SHOWN // 2], ["..."] * (1 + len(names)), *rows[-SHOWN // 2 :]]
        return View((message("epoch"), *names), rows, right=range(1 + len(names)))

    def __repr__(self) -> str:
        shown = (f"{name} {values[-1]:.4f}" for name, values in self.history.items() if values)
        epochs = counted("{count:,} epoch", "{count:,} epochs", len(self.epoch))
        return message("<History of {parts}>", parts=", ".join([epochs, *shown]))

    def _repr_html_(self) -> str:
        """Return the table, or one line right below the epochs that `fit` printed."""
        if self.printed_in is not None and self.printed_in == cell():
            return f"<p>{escape(repr(self))}</p>"
        return display.as_html(self)


def cell() -> int | None:
    """Return the number of the notebook's cell that is run, None where there is no notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "execution_count", None)
