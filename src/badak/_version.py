"""The version of badak; every file that states it takes it from here."""

__version__ = "0.1.0"
