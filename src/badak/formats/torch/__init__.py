"""PyTorch's `state_dict`: weights by the names that ``nn.Sequential`` gives them.

PyTorch keeps a matrix as (units, inputs), badak as (inputs, units). A state_dict holds weights and
nothing else: neither activations nor how the data are prepared.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from badak.formats.base import Format, ImportOptions

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def _write(model: "Sequential", file: str) -> bytes:
    from badak.formats.torch.write import write

    return write(model)


def _read(path: Path, options: ImportOptions) -> "Sequential":
    from badak.formats.torch.read import read

    return read(path, options.activation, options.output, options.like)


FORMATS = (
    Format(
        name="torch",
        endings=(".safetensors",),
        rank=3,
        write=_write,
        ending_of_unnamed=".torch.safetensors",  # a model of badak's own ends in .safetensors
        read=_read,
        takes_hints=True,
    ),
    Format(
        name="torch", endings=(".pt", ".pth"), rank=3, read=_read, takes_hints=True, needs="torch"
    ),
)
