"""Ctrl-C while training: see :mod:`badak._common.interruption`."""

from badak._common.interruption import Interruption

__all__ = ["Interruption"]
