"""A wish of the page that cannot be met: what is wrong, and in which of its fields."""

from badak.errors import InputError


class RecipeError(InputError):
    """A part of a recipe that cannot be worked with.

    Parameters
    ----------
    text : str
        What was given, what was expected, what to do.
    where : str
        The field, as a path into the recipe: "data.noise", "network.layers.0.units".

    Examples
    --------
    >>> raise RecipeError("noise is -1", "data.noise")
    Traceback (most recent call last):
        ...
    badak.lab.errors.RecipeError: noise is -1
    """

    def __init__(self, text: str, where: str = "") -> None:
        super().__init__(text)
        self.where = where
