"""Input: the shape of one sample."""

from badak._common.language import message
from badak.errors import InputError
from badak.layers.base import Layer, check_shape
from badak.typing import Shape


class Input(Layer):
    """The shape of one sample, without the batch axis.

    It stands before the first layer and is none of ``model.layers``.

    Parameters
    ----------
    shape : tuple of int
        Such as ``(784,)`` or ``(28, 28)``.
    name : str or None
        A name, for scripts written for Keras; nothing depends on it.

    Raises
    ------
    InputError
        The shape does not consist of positive whole numbers.

    Examples
    --------
    >>> Input((28, 28)).shape
    (28, 28)
    """

    arguments = ("shape",)

    def __init__(self, shape: Shape, *, name: str | None = None) -> None:
        super().__init__(name=name)
        checked = check_shape(shape)
        if checked is None:
            raise InputError(message("Input needs the shape of one sample, such as Input((784,))"))
        self.shape = checked

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape that it was given."""
        return self.shape
