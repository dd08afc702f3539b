"""Errors raised on purpose: each says what was given, what was expected and what to do."""


class BadakError(Exception):
    """The base of them all: a message for the user, not a fault of the program."""


class InputError(BadakError, ValueError):
    """An argument or an array that cannot be worked with."""


class UnknownNameError(InputError):
    """A name that no table knows; the message suggests the nearest one that it does."""


class FileFormatError(BadakError, ValueError):
    """A file that is cut short, damaged, of another kind, or hostile."""


class DownloadError(BadakError, OSError):
    """Data that could be had from none of its addresses."""


class DivergedError(BadakError, ArithmeticError):
    """Training met a loss that is not finite."""


class DataWarning(UserWarning):
    """Data that can be worked with, but hardly as they were meant."""


class NotSeparableError(BadakError, ArithmeticError):
    """No straight line parts the two classes, so one perceptron cannot learn them."""
