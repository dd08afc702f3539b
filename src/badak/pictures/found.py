"""A photograph with what was found on it: the sheet, printed lines, the characters."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from badak.photographs import Found
from badak.pictures.canvas import Canvas
from badak.typing import Array

_DIMMED = 0.45  # of the brightness: what lies beside the sheet
_ROOM = 3.0  # pixels between ink and frame
_SMALL = 9.0  # points


def draw_found(c: Canvas, found: Found, number: int) -> None:
    """Draw the picture; the character of this number has a thick frame, the others a thin one."""
    mine, other = c.theme.series[1], c.theme.series[0]
    c.ax.imshow(_shown(found, to_rgb(c.theme.series[3])), interpolation="nearest")
    if found.page is not None:
        c.ax.contour(found.page, levels=[0.5], colors=[c.theme.series[2]], linewidths=1.2)
    several = len(found.characters) > 1
    for place, character in enumerate(found.characters, 1):
        box = character.box
        colour, width = (mine, 2.2) if place == number else (other, 1.0)
        corner = box.left - _ROOM, box.top - _ROOM
        size = box.width + 2.0 * _ROOM, box.height + 2.0 * _ROOM
        c.ax.add_patch(Rectangle(corner, *size, fill=False, edgecolor=colour, linewidth=width))
        if several:
            c.ax.annotate(
                str(place),
                corner,
                color=colour,
                fontsize=_SMALL,
                ha="left",
                va="bottom",
                xytext=(0.0, 1.0),
                textcoords="offset points",
            )


def words_of(c: Canvas, found: Found, number: int) -> tuple[str, str]:
    """Return the two lines over the panel."""
    count = len(found.characters)
    told = c.say("what was found", "사진에서 찾은 것")
    if count > 1:
        told = c.say(f"digit {number} of {count}", f"숫자 {count}개 중 {number}번째")
    seen = [c.say("framed: the ink", "테두리: 잉크")]
    if found.page is not None:
        seen.append(c.say("the sheet", "종이"))
    if found.lines.any():
        seen.append(c.say("lines left out", "줄은 제외"))
    return told, ", ".join(seen)


def _shown(found: Found, line: tuple[float, float, float]) -> Array:
    """Return the picture in colours, (height, width, 3), 0 to 1."""
    shown = np.repeat(found.image[:, :, np.newaxis] / 255.0, 3, axis=2)
    if found.page is not None:
        shown[~found.page] *= _DIMMED
    shown[found.lines] = line
    return shown
