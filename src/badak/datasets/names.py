"""Find a file of MNIST or a similar data set in a folder, under the names that programs give it."""

import re
from pathlib import Path

PACKING = ".gz"
TORCHVISION = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
"""The sub-folders of torchvision, in each of which is one called `raw`, by names of data sets."""
RAW = "raw"


def variants(file: str) -> tuple[str, ...]:
    """Return the names of a file, packed and unpacked: as published, and as 7-Zip unpacks it.

    >>> variants("t10k-labels-idx1-ubyte.gz")[:2]
    ('t10k-labels-idx1-ubyte.gz', 't10k-labels-idx1-ubyte')
    """
    plain = file.removesuffix(PACKING)
    dotted = re.sub(r"-(idx\d)", r".\1", plain)  # the name that the packed file holds
    return plain + PACKING, plain, dotted + PACKING, dotted


def find(folder: Path, file: str) -> Path | None:
    """Return the file in a folder, or in a sub-folder of its own as some programs unpack it."""
    names = variants(file)
    for place in (folder, *(folder / name for name in names)):
        for name in names:
            if (place / name).is_file():
                return place / name
    return None


def places(folder: Path, dataset: str) -> tuple[Path, ...]:
    """Return where in a folder the files of a data set may be, the likeliest first."""
    torchvision = TORCHVISION.get(dataset, dataset)
    return folder / dataset, folder / torchvision / RAW, folder / RAW, folder


def is_folder_of(folder: Path, dataset: str, file: str) -> bool:
    """Whether a folder is called after the data set; those that programs add do not count."""
    added = {RAW, *variants(file)}
    resolved = folder.resolve()
    owner = next((each for each in (resolved, *resolved.parents) if each.name not in added), folder)
    return key(owner.name) == key(dataset)


def key(name: str) -> str:
    """Return a name without case and separators."""
    return re.sub(r"[\s_-]+", "", name).lower()
