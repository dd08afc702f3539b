"""What Keras scripts import from ``keras.utils``."""

from badak._common.seeds import check_seed, default_seed, set_random_seed
from badak.preprocessing import to_categorical

__all__ = ["check_seed", "default_seed", "set_random_seed", "to_categorical"]
