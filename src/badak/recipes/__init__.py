"""Recipes: whole training jobs, from the data to a tested and saved network, as one call.

`images` trains a network on an image dataset, `tables` one on a table. `badak train` runs these
and prints what they report; they themselves print nothing. Options are one object, checked when
it is made, and the result is one object.

>>> from badak.recipes import ImageTraining, images
>>> result = images.train(ImageTraining("digits", units=(32,), epochs=10))
>>> result.accuracy > 0.8
True
"""

from typing import TYPE_CHECKING

from badak._common.lazy import lazy

if TYPE_CHECKING:
    from badak.recipes import images, tables
    from badak.recipes.options import ImageTraining, TableTraining

__all__ = ["ImageTraining", "TableTraining", "images", "tables"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ImageTraining": "badak.recipes.options",
        "TableTraining": "badak.recipes.options",
        "images": "badak.recipes.images",
        "tables": "badak.recipes.tables",
    },
)
