"""The pictures by name: each function enters where it is defined."""

from collections.abc import Callable

from matplotlib.figure import Figure

from badak._common.language import marked
from badak._common.registry import Registry

PICTURES: Registry[Callable[..., Figure]] = Registry(marked("picture"))
"""Every function that draws a picture, by its public name."""
