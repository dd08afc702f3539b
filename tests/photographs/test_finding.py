import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from badak.errors import InputError
from badak.images import as_digit, as_digits
from badak.photographs import find

HEIGHT, WIDTH = 360, 480


def paper(shade=230):
    return Image.new("L", (WIDTH, HEIGHT), shade)


def seven(picture, x=200, y=100, size=120, ink=40):
    pen = ImageDraw.Draw(picture)
    corners = (x, y, x + 0.6 * size, y, x + 0.2 * size, y + size)
    pen.line(corners, ink, round(size / 10), "curve")
    return picture


def pixels(picture, noise=2.0):
    rng = np.random.default_rng(0)
    grain = rng.normal(0.0, noise, (picture.height, picture.width))
    return (np.asarray(picture) + grain).clip(0, 255).astype(np.uint8)


PLAIN = as_digit(pixels(seven(paper())))


def correlation(one, other):
    return np.corrcoef(one.astype(float).ravel(), other.astype(float).ravel())[0, 1]


def ruled(turn=0.0, across=False, shade=150):
    picture = paper()
    pen = ImageDraw.Draw(picture)
    for y in range(-200, HEIGHT + 200, 24):
        pen.line((0, y, WIDTH, y + turn * WIDTH), shade, 2)
    for x in range(-200, WIDTH + 200, 24) if across else ():
        pen.line((x, 0, x - turn * HEIGHT, HEIGHT), shade, 2)
    return seven(picture)


def on_a_desk(angle=5.0):
    desk = Image.new("L", (WIDTH + 160, HEIGHT + 160), 60)
    sheet = Image.new("L", desk.size, 0)
    sheet.paste(255, (80, 80, 80 + WIDTH, 80 + HEIGHT))
    drawn = Image.new("L", desk.size, 230)
    drawn.paste(seven(paper()), (80, 80))
    desk.paste(drawn, mask=sheet.rotate(angle, Image.Resampling.BILINEAR))
    return desk


def in_a_shadow(place):
    picture = seven(paper())
    shadow = Image.new("L", picture.size, 0)
    ImageDraw.Draw(shadow).polygon(
        [(place, 0), (WIDTH, 0), (WIDTH, HEIGHT), (place + 90, HEIGHT)], 255
    )
    share = np.asarray(shadow.filter(ImageFilter.GaussianBlur(1.5))) / 255.0
    return Image.fromarray((np.asarray(picture) * (1.0 - 0.5 * share)).astype(np.uint8))


def with_crumbs():
    picture = seven(paper())
    pen = ImageDraw.Draw(picture)
    for x, y, r in ((30, 40, 6), (420, 300, 8), (350, 60, 3), (60, 320, 5)):
        pen.ellipse((x - r, y - r, x + r, y + r), 30)
    return picture


PHOTOGRAPHS = {
    "ruled": ruled(),
    "ruled, crooked": ruled(turn=0.05),
    "ruled, as dark as ink": ruled(shade=60),
    "squared": ruled(across=True),
    "squared, crooked": ruled(turn=-0.04, across=True, shade=110),
    "on a desk": on_a_desk(),
    "straight on a desk": on_a_desk(0.0),
    "in a shadow": in_a_shadow(120),
    "half in a shadow": in_a_shadow(190),
    "beside a shadow": in_a_shadow(330),
    "crumbs": with_crumbs(),
}


@pytest.mark.parametrize("picture", PHOTOGRAPHS.values(), ids=PHOTOGRAPHS)
def test_a_photographed_digit_is_that_of_plain_paper(picture):
    image = pixels(picture)
    digit = as_digit(image)
    # A centre of mass halfway between two pixels may go to either.
    shifted = [np.roll(digit, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    assert max(correlation(each, PLAIN) for each in shifted) > 0.9
    assert len(as_digits(image)) == 1


def test_the_sheet_on_a_desk_is_found_and_plain_paper_has_none():
    found = find(pixels(on_a_desk()))
    assert found.page is not None
    # The sheet's area, less the rim that is left out.
    assert 0.8 * WIDTH * HEIGHT < found.page.sum() < WIDTH * HEIGHT
    assert find(pixels(seven(paper()))).page is None
    assert find(pixels(in_a_shadow(190))).page is None


def test_printed_lines_are_found_and_strokes_are_none():
    assert find(pixels(ruled())).lines.sum() > 10 * WIDTH
    assert not find(pixels(seven(paper()))).lines.any()
    upright = paper()
    ImageDraw.Draw(upright).line((240, 30, 240, 330), 40, 2)  # a 1 with a fine pen
    assert not find(pixels(upright)).lines.any()


def test_several_digits_are_read_from_left_to_right():
    picture = paper()
    places = [(300, 90), (60, 110), (180, 95)]
    for x, y in places:
        seven(picture, x, y, 100)
    boxes = [each.box for each in find(pixels(picture)).characters]
    assert len(boxes) == 3
    assert [round(box.left, -1) for box in boxes] == pytest.approx([60, 180, 300], abs=10)
    assert as_digits(pixels(picture)).shape == (3, 28, 28)


def test_rows_are_read_one_after_the_other():
    picture = paper()
    for x, y in [(60, 40), (200, 50), (40, 210), (220, 200)]:
        seven(picture, x, y, 90)
    tops = [each.box.top for each in find(pixels(picture)).characters]
    lefts = [each.box.left for each in find(pixels(picture)).characters]
    assert max(tops[:2]) < min(tops[2:])
    assert lefts[0] < lefts[1]
    assert lefts[2] < lefts[3]


def test_strokes_of_one_digit_stay_together():
    picture = paper()
    pen = ImageDraw.Draw(picture)
    pen.line((200, 120, 200, 180, 240, 200, 240, 240, 190, 250), 40, 10, "curve")
    pen.line((210, 100, 260, 98), 40, 10)  # the bar of a 5, written last and a little apart
    assert len(find(pixels(picture)).characters) == 1


def test_strokes_that_stand_apart_are_one_character_where_one_is_asked_for():
    picture = paper()
    pen = ImageDraw.Draw(picture)
    pen.line((150, 100, 150, 220), 40, 10)
    pen.line((260, 110, 260, 220), 40, 10)
    image = pixels(picture)
    assert as_digit(image).shape == (28, 28)
    assert len(as_digits(image)) == 2
    inked = np.flatnonzero(as_digit(image).any(axis=0))
    assert np.ptp(inked) + 1 >= 19  # both strokes, side by side in the box of 20


def test_a_large_photograph_is_shrunk_and_its_scale_kept():
    large = seven(paper()).resize((4 * WIDTH, 4 * HEIGHT), Image.Resampling.BICUBIC)
    found = find(pixels(large))
    assert max(found.image.shape) == 1000
    box = found.characters[0].box.times(found.scale)
    assert (box.left, box.top) == pytest.approx((4 * 200, 4 * 94), abs=16)
    assert correlation(as_digit(pixels(large)), PLAIN) > 0.97


@pytest.mark.parametrize("picture", [ruled, on_a_desk], ids=["ruled", "on a desk"])
def test_paper_without_a_digit_is_refused(picture, monkeypatch):
    monkeypatch.setitem(globals(), "seven", lambda picture: picture)
    with pytest.raises(InputError, match="nothing is drawn"):
        as_digit(pixels(picture()))
