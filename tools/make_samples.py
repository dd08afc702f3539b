"""Makes the picture and the table that the first commands of the pages are typed with.

Run it as ``python tools/make_samples.py``; the same versions give the same bytes. The seven is
drawn here, the houses are invented.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FOLDER = Path(__file__).parent.parent / "samples"

PAPER, INK = 236, 48  # shades of grey
SEVEN = ((92, 88), (150, 80), (214, 76), (206, 96), (178, 150), (160, 204), (148, 258))
ROWS = 1000
CITIES = ("Seoul", "Busan", "Daegu", "Gwangju")
WORTH = (3.2, 2.1, 1.8, 1.6)  # of a square metre, in thousands
NEAR = 15.0  # square metres per room, above which a house is generous
FIRST_DAY = date(2022, 1, 3)


def seven() -> Image.Image:
    """Return a seven as a pen draws it, on paper that is not quite even."""
    large = Image.new("L", (640, 680), PAPER)
    points = [(2 * x, 2 * y) for x, y in SEVEN]
    draw = ImageDraw.Draw(large)
    draw.line(points, fill=INK, width=34, joint="curve")
    for x, y in (points[0], points[-1]):
        draw.ellipse((x - 17, y - 17, x + 17, y + 17), fill=INK)
    picture = large.filter(ImageFilter.GaussianBlur(2.0)).resize((320, 340), Image.Resampling.BOX)
    shade = np.linspace(-6.0, 6.0, 320)[np.newaxis, :]  # the light comes from one side
    grain = np.random.default_rng(7).normal(0.0, 2.0, (340, 320))
    return Image.fromarray((np.asarray(picture) + shade + grain).clip(0, 255).astype(np.uint8))


def houses() -> list[list[object]]:
    """Return a header and invented sales; some ages and cities are not known."""
    rng = np.random.default_rng(0)
    rows: list[list[object]] = [["no", "size", "rooms", "age", "city", "sold", "price"]]
    for number in range(1, ROWS + 1):
        size = round(float(rng.gamma(6.0, 14.0)) + 20.0, 1)
        rooms = int(np.clip(round(size / 25.0 + rng.normal(0.0, 0.8)), 1, 8))
        age = int(rng.integers(0, 60))
        city = int(rng.integers(0, len(CITIES)))
        sold = FIRST_DAY + timedelta(days=int(rng.integers(0, 1000)))
        price = size * WORTH[city] * (1.0 - 0.011 * min(age, 40))
        price *= 1.15 if size / rooms > NEAR else 0.9
        price *= 1.0 + 0.04 * np.sin(2.0 * np.pi * (sold.month - 3) / 12.0)
        price += rng.normal(0.0, 6.0)
        known_age = "" if rng.random() < 0.06 else age
        known_city = "" if rng.random() < 0.03 else CITIES[city]
        told = [sold.isoformat(), round(max(price, 10.0) * 1000.0)]
        rows.append([number, size, rooms, known_age, known_city, *told])
    return rows


def main() -> None:
    """Write both files."""
    FOLDER.mkdir(exist_ok=True)
    seven().save(FOLDER / "seven.png", optimize=True)
    with (FOLDER / "houses.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(houses())


if __name__ == "__main__":
    main()
