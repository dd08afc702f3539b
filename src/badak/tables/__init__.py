r"""Tables: files of rows and columns, made into what a network takes, and what it answers.

Needs Polars: ``pip install 'badak[tables]'``, or in a clone ``pip install '.[tables]'``.

>>> from badak import tables
>>> path = getfixture("tmp_path") / "sums.csv"
>>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + i % 5}\n" for i in range(70))
>>> _ = path.write_text("a,b,sum\n" + rows)
>>> data = tables.load(path, target="sum")
>>> data.preparation.features
['a', 'b']
>>> x, y = data.train
>>> x.shape
(50, 2)
"""

from typing import TYPE_CHECKING, Any

from badak._common.extras import need
from badak._common.language import message
from badak._common.lazy import lazy

if TYPE_CHECKING:
    from badak.tables.baseline import compare_with_baselines
    from badak.tables.explaining import explain, explain_rows
    from badak.tables.loading import TableData, load
    from badak.tables.network import make_network, train
    from badak.tables.preparation import TablePreparation
    from badak.tables.reading import open_table
    from badak.tables.reporting.making import TableReport, report

__all__ = [
    "TableData",
    "TablePreparation",
    "TableReport",
    "compare_with_baselines",
    "explain",
    "explain_rows",
    "load",
    "make_network",
    "open_table",
    "report",
    "train",
]

_load, __dir__ = lazy(
    __name__,
    {
        "TableData": "badak.tables.loading",
        "TablePreparation": "badak.tables.preparation",
        "compare_with_baselines": "badak.tables.baseline",
        "explain": "badak.tables.explaining",
        "explain_rows": "badak.tables.explaining",
        "load": "badak.tables.loading",
        "make_network": "badak.tables.network",
        "open_table": "badak.tables.reading",
        "TableReport": "badak.tables.reporting.making",
        "report": "badak.tables.reporting.making",
        "train": "badak.tables.network",
    },
)


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is first asked for, or say that Polars is missing."""
    if name in __all__:
        need("polars", "badak[tables]", message("a table"))
    return _load(name)
