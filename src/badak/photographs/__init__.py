"""Photographs of handwriting: find the sheet, the ink on it, and the characters in the ink.

NumPy and Pillow suffice: components and running extremes are a few lines each,
against 35 MB for SciPy or 60 MB for OpenCV, which nothing else here would need.
"""

from badak.photographs.centring import centred
from badak.photographs.characters import Character
from badak.photographs.finding import Found, find

__all__ = ["Character", "Found", "centred", "find"]
