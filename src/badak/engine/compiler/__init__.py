"""Compile traced formulas to vectorised machine code."""
