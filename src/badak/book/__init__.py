"""What the scripts of *Deep Learning from Scratch* import, on badak's formulas.

``from common.layers import *`` becomes ``from badak.book.layers import *``, and
``from dataset.mnist import load_mnist`` becomes ``from badak.book.mnist import load_mnist``. With
:func:`install`, or with ``python -m badak.book SCRIPT``, a script runs as it is.

>>> from badak.book.layers import Affine, Relu, SoftmaxWithLoss
"""

from badak.book import (
    functions,
    gradient,
    layers,
    mnist,
    multi_layer_net,
    multi_layer_net_extend,
    optimizer,
    trainer,
    util,
)
from badak.book.installation import install

__all__ = [
    "functions",
    "gradient",
    "install",
    "layers",
    "mnist",
    "multi_layer_net",
    "multi_layer_net_extend",
    "optimizer",
    "trainer",
    "util",
]
