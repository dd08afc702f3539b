"""Tables that several tests read."""

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("polars", reason="tables need the tables extra")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file: ``write("a,b\\n1,2\\n")``."""

    def written(content: str | bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written
