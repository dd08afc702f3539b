"""Pictures of formulas, networks, training and answers, by matplotlib.

Every function returns the figure, draws in the axes `ax` where they are given, in the `theme`
"light" or "dark" and the `language` "en" or "ko", and writes PNG, SVG or PDF where `save` tells.

>>> figure = activation("relu", "sigmoid", "step", theme="dark")
"""

from badak.pictures.activations import activation
from badak.pictures.answers import confusion, misclassified
from badak.pictures.curves import history
from badak.pictures.descent import valley
from badak.pictures.diagram import network
from badak.pictures.explanation import explanation
from badak.pictures.first_layer import weights
from badak.pictures.grid import images
from badak.pictures.histograms import layers
from badak.pictures.losses import loss
from badak.pictures.plane import boundary

__all__ = [
    "activation",
    "boundary",
    "confusion",
    "explanation",
    "history",
    "images",
    "layers",
    "loss",
    "misclassified",
    "network",
    "valley",
    "weights",
]
