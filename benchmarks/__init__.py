"""badak beside its peers: the same work, on the same data, in one run.

``python -m benchmarks.training``, ``inference``, ``accuracy``, ``scaling``, ``memory``,
``latency``, ``many``, ``estimators``, ``sweep``, ``startup`` and ``tables``, from the project's
root, each with ``--help``. They need the extra ``bench``, ``tables`` the extra ``bench-tables``.
``results`` keeps what ``--json`` wrote, and ``python docs/make_tables.py`` writes the pages'
figures from it.
"""
