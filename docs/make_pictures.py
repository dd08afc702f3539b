"""Make the pictures of the README: run the commands, and draw what they print.

Run from anywhere, with badak installed: ``python docs/make_pictures.py``.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURES = Path(__file__).parent / "pictures"
WIDTH = 92  # columns of the terminal that is drawn
EPOCH = re.compile(r"(\x1b\[[0-9;]*[A-Za-z])*\d+/\d+\b")
SHOWN_EPOCHS = (1, 2, 3, -1)  # of the many lines alike, the first and the last


def main() -> None:
    """Draw ``badak train``."""
    printed = _run(["badak", "train"])
    _draw("$ badak train\n" + _without_middle(printed), "badak train", PICTURES / "train.svg")


def _run(command: list[str]) -> str:
    colours = {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **colours},
            capture_output=True,
            check=True,
            text=True,
        )
    return run.stdout


def _without_middle(printed: str) -> str:
    lines = [line for line in printed.splitlines() if "━" not in line]  # the bar, which moves
    epochs = [i for i, line in enumerate(lines) if EPOCH.match(line)]
    kept = {epochs[n if n < 0 else n - 1] for n in SHOWN_EPOCHS}
    shown = []
    for i, line in enumerate(lines):
        if i not in epochs or i in kept:
            shown.append(line)
        elif i == epochs[len(SHOWN_EPOCHS) - 1]:
            shown.append("...")
    return "\n".join(shown)


def _draw(text: str, title: str, path: Path) -> None:
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(text))
    PICTURES.mkdir(exist_ok=True)
    path.write_text(console.export_svg(title=title), encoding="utf-8")


if __name__ == "__main__":
    main()
