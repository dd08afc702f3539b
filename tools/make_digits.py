"""Makes the two digits files of badak.datasets from scikit-learn's copy of the data.

Run it as ``python tools/make_digits.py``; the same data give the same bytes.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from badak.datasets.idx import write_idx

FOLDER = Path(__file__).parent.parent / "src" / "badak" / "datasets"


def main() -> None:
    digits = load_digits()
    write_idx(FOLDER / "digits-images-idx3-ubyte.gz", digits.images.astype(np.uint8))
    write_idx(FOLDER / "digits-labels-idx1-ubyte.gz", digits.target.astype(np.uint8))


if __name__ == "__main__":
    main()
