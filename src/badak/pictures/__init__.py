"""Pictures of formulas, networks, training and answers, drawn with matplotlib.

Every function returns the figure and takes, by keyword only:

title : str, optional
    A title of yours; a formula between dollar signs is set as one.
ax : matplotlib.axes.Axes, optional
    Axes to draw in, whose figure keeps its size and background; by default a new figure is made.
theme : {"light", "dark"}, default "light"
    The colours.
language : {"en", "ko"}, default "en"
    The language of the words. Korean is set in a font that comes with badak; letters which it
    lacks, rare syllables and Chinese ones, in an installed font that has them. A name or title
    that no font can write is left out with a warning.
size : (int, int), optional
    Width and height of a new figure in pixels, such as (1920, 1080) for a slide; the letters grow
    with it. By default 800 wide, and as high as suits.
dpi : float, optional
    Dots per inch of a new figure: a larger one makes a larger picture, or with `size` larger
    letters.
save : str or path, optional
    Where to write the figure; the name ends in .png, .svg or .pdf. The same picture has the same
    bytes on every run.

An unknown theme, language, size or ending raises InputError.

>>> figure = activation("relu", "sigmoid", "step", theme="dark")
"""

from badak.pictures.activations import activation
from badak.pictures.answers import confusion, misclassified
from badak.pictures.contributions import contributions
from badak.pictures.curves import history
from badak.pictures.dependence import dependence
from badak.pictures.descent import valley
from badak.pictures.diagram import network
from badak.pictures.explanation import explanation
from badak.pictures.first_layer import weights
from badak.pictures.grid import images
from badak.pictures.histograms import layers
from badak.pictures.importance import importance
from badak.pictures.losses import loss
from badak.pictures.plane import boundary

__all__ = [
    "activation",
    "boundary",
    "confusion",
    "contributions",
    "dependence",
    "explanation",
    "history",
    "images",
    "importance",
    "layers",
    "loss",
    "misclassified",
    "network",
    "valley",
    "weights",
]
