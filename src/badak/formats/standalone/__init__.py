"""A network as one file of Python, C or JavaScript that needs nothing of badak.

For a machine where nothing else may be installed. Each file holds its preparation of the data, its
weights, a self-test, and the formulas of :mod:`badak.activations`, traced and printed.
"""
