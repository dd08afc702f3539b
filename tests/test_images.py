import contextlib
import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from badak.datasets import digits
from badak.datasets.idx import read_idx
from badak.errors import FileFormatError, InputError
from badak.images import MAX_PIXELS, as_digit, load_grey, load_rgb, resize


def draw(size=200, corner=(60, 40), height=100, pen=12, ink=0, paper=255):
    """A figure 5 in straight strokes and an arc, as uint8 (size, size)."""
    picture = Image.new("L", (size, size), paper)
    pencil = ImageDraw.Draw(picture)
    x, y = corner
    half = height // 2
    pencil.line([(x + half, y), (x, y), (x, y + half), (x + half, y + half)], ink, pen, "curve")
    pencil.arc([x, y + half - pen // 2, x + height * 3 // 5, y + height], -90, 140, ink, pen)
    return np.array(picture)


REFERENCE = as_digit(draw())


def correlation(one, other):
    return np.corrcoef(one.astype(float).ravel(), other.astype(float).ravel())[0, 1]


def noisy(image, deviation, seed=0):
    noise = np.random.default_rng(seed).normal(0.0, deviation, image.shape)
    return (image + noise).clip(0, 255).astype(np.uint8)


DRAWINGS = {
    "light on dark": draw(ink=255, paper=0),
    "grey on grey": draw(ink=90, paper=160),
    "light grey on grey": draw(ink=160, paper=90),
    "faint": draw(ink=200, paper=230),
    "in a corner": draw(corner=(10, 8)),
    "in the other corner": draw(corner=(130, 95)),
    "small": draw(size=300, height=50, pen=6, corner=(100, 200)),
    "tiny": resize(draw(), (44, 44)),
    "huge": draw(size=1600, height=1200, pen=144, corner=(300, 200)),
    "one speck of dust": draw(),
    "noise on white": noisy(draw(), 4.0),
    "noise": noisy(draw(ink=40, paper=210), 10.0),
    "noise on a dark ground": noisy(draw(ink=220, paper=50), 10.0),
}
DRAWINGS["one speck of dust"][190, 5] = 0


@pytest.mark.parametrize("image", DRAWINGS.values(), ids=DRAWINGS)
def test_however_a_figure_is_drawn_it_becomes_nearly_the_same(image):
    assert correlation(as_digit(image), REFERENCE) > 0.93


@pytest.mark.parametrize("image", DRAWINGS.values(), ids=DRAWINGS)
def test_the_longer_side_fills_the_box_and_the_centre_of_mass_is_the_centre(image):
    digit = as_digit(image)
    rows, columns = (np.flatnonzero(digit.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    # The centre of MNIST's own images is pixel (14, 14), to half a pixel.
    assert np.abs(np.subtract(ndimage.center_of_mass(digit), 14.0)).max() <= 0.51
    assert digit.dtype == np.uint8
    assert (digit.min(), digit.max()) == (0, 255)


def test_a_thin_pen_stays_bright_and_in_place():
    thin = as_digit(draw(size=800, height=600, pen=4, corner=(100, 100)))
    thick = as_digit(draw(size=800, height=600, pen=60, corner=(100, 100)))
    assert thin.max() == 255
    # All of the thin line, but for its ends, lies within the thick one or beside it.
    assert thin[ndimage.binary_dilation(thick > 0)].sum() > 0.95 * thin.sum()


def test_uneven_light_is_not_taken_for_ink():
    light = np.linspace(-25, 25, 200)[:, np.newaxis]
    assert (
        correlation(as_digit((draw(ink=30, paper=190) + light).astype(np.uint8)), REFERENCE) > 0.9
    )


@pytest.mark.parametrize(("ink", "paper"), [(60, 225), (235, 120)], ids=["dark", "light"])
def test_a_photograph_lit_from_one_side_becomes_the_same_too(ink, paper):
    down, across = np.mgrid[0.0:1.0:400j, 0.0:1.0:400j]
    shade = 70.0 * across + 40.0 * down**2  # more than the ink differs from the darkest paper
    drawing = draw(size=400, height=200, pen=24, corner=(120, 80), ink=ink, paper=paper)
    photograph = noisy((drawing - shade).clip(0, 255), 3.0)
    assert correlation(as_digit(photograph), REFERENCE) > 0.93


def test_a_stroke_along_the_border_does_not_bend_the_ground():
    cut = draw(ink=100)[:, 62:]  # the upright stroke of the 5 is on the left border
    light = 90.0 * np.linspace(0, 1, 200)[:, np.newaxis]
    lit = noisy((cut - light).clip(0, 255), 2.0)
    assert correlation(as_digit(lit), as_digit(cut)) > 0.93


def test_proportions_are_kept():
    stroke = np.full((100, 100), 255, np.uint8)
    stroke[20:70, 50:60] = 0  # five times as high as wide
    digit = as_digit(stroke)
    assert (digit > 0).any(axis=1).sum() == 20
    assert (digit > 0).any(axis=0).sum() == 4
    np.testing.assert_array_equal(as_digit(stroke.T), digit.T)


def test_all_of_the_ink_stays_on_the_canvas():
    # A heavy head and a long tail: the centre of mass is near one end of the box.
    picture = np.full((120, 120), 255, np.uint8)
    picture[10:30, 40:80] = 0
    picture[30:110, 59:61] = 0
    digit = as_digit(picture, box=26)
    assert (digit > 0).any(axis=1).sum() == 26


def test_an_mnist_image_pasted_big_on_white_paper_comes_back_near_itself(shared_data):
    images = read_idx(shared_data / "mnist" / "t10k-images-idx3-ubyte.gz")[:200]
    near = []
    for image in images:
        paper = np.full((500, 400), 255, np.uint8)
        paper[200:424, 30:254] = np.kron(255 - image, np.ones((8, 8), np.uint8))
        back = as_digit(paper)
        near.append(correlation(back, image) > 0.9)
        # A centre of mass halfway between two pixels may go to either.
        shifted = [np.roll(back, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        assert max(correlation(each, image) for each in shifted) > 0.95
    assert np.mean(near) > 0.95


def test_an_mnist_image_is_prepared_already(shared_data):
    images = read_idx(shared_data / "mnist" / "t10k-images-idx3-ubyte.gz")[:200]
    assert np.mean([correlation(as_digit(image), image) > 0.98 for image in images]) > 0.95


def test_the_digits_of_eight_by_eight_are_prepared_to_themselves():
    images, _ = digits.load()
    kept = []
    for image in images[:200]:
        big = np.kron(image * 15, np.ones((12, 12), np.uint8))
        canvas = as_digit(np.pad(big, 40), shape=(8, 8), box=8, maximum=digits.MAXIMUM)
        assert canvas.shape == (8, 8)
        assert canvas.max() == 16
        kept.append(correlation(canvas, image))
    assert np.median(kept) > 0.9


def test_canvas_and_box_are_arguments():
    digit = as_digit(draw(), shape=(32, 40), box=30)
    assert digit.shape == (32, 40)
    assert (digit > 0).any(axis=1).sum() == 30


@pytest.mark.parametrize("shade", [0, 100, 255])
def test_an_empty_picture_is_refused(shade):
    blank = np.full((50, 60), shade, np.uint8)
    speck = blank.copy()
    speck[20, 20] = 255 - shade
    for image in (blank, speck, noisy(blank, 4.0)):
        with pytest.raises(InputError, match="nothing is drawn"):
            as_digit(image)


@pytest.mark.parametrize(
    ("image", "arguments", "message"),
    [
        (np.zeros((5, 5)), {}, "not float64 of shape"),
        (np.zeros((5, 5, 3), np.uint8), {}, r"\(5, 5, 3\)"),
        (np.zeros((0, 5), np.uint8), {}, r"\(0, 5\)"),
        (draw(), {"box": 29}, "box is 29"),
        (draw(), {"box": 0}, "box is 0"),
        (draw(), {"maximum": 256}, "maximum is 256"),
    ],
)
def test_wrong_arguments_are_refused(image, arguments, message):
    with pytest.raises(InputError, match=message):
        as_digit(image, **arguments)


def test_shrinking_averages_and_growing_interpolates():
    image = np.arange(16, dtype=np.uint8).reshape(4, 4) * 4
    means = image.reshape(2, 2, 2, 2).mean(axis=(1, 3))
    np.testing.assert_array_equal(resize(image, (2, 2)), means)
    np.testing.assert_array_equal(resize(image, (4, 4)), image)
    np.testing.assert_array_equal(resize(np.full((3, 5), 7, np.uint8), (9, 2)), np.full((9, 2), 7))
    # Twice as wide: pixel centres lie a quarter and three quarters of the way between.
    row = resize(np.array([[0, 100]], np.uint8), (1, 4))
    np.testing.assert_array_equal(row, [[0, 25, 75, 100]])
    with pytest.raises(InputError, match=r"at least \(1, 1\)"):
        resize(image, (0, 3))


def save(tmp_path, picture, name="picture.png", **options):
    picture.save(tmp_path / name, **options)
    return tmp_path / name


def test_grey_pictures_are_read_as_they_are(tmp_path):
    image = draw()
    for name in ("a.png", "a.bmp", "a.tif", "a.gif"):
        np.testing.assert_array_equal(
            load_grey(save(tmp_path, Image.fromarray(image), name)), image
        )
    for name in ("a.jpg", "a.webp"):
        assert correlation(load_grey(save(tmp_path, Image.fromarray(image), name)), image) > 0.99


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK"])
def test_every_mode_becomes_the_same_grey(tmp_path, mode):
    black_and_white = draw()
    black_and_white = np.where(black_and_white > 127, 255, 0).astype(np.uint8)
    if mode in ("I", "I;16"):
        picture = Image.fromarray(black_and_white.astype(np.uint16) * 257)
    elif mode == "F":
        picture = Image.fromarray(black_and_white.astype(np.float32) / 255.0)
    else:
        picture = Image.fromarray(black_and_white).convert(mode)
    if mode == "I":
        picture = Image.fromarray(black_and_white.astype(np.int32))
    name = "picture.tif" if mode in ("I", "F", "CMYK") else "picture.png"
    path = save(tmp_path, picture, name)
    with Image.open(path) as reread:
        assert reread.mode == mode
    np.testing.assert_array_equal(load_grey(path), black_and_white)


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path):
    ramp = np.linspace(0, 65535, 300).astype(np.uint16).reshape(15, 20)
    grey = load_grey(save(tmp_path, Image.fromarray(ramp)))
    np.testing.assert_allclose(grey, ramp / 257.0, atol=0.5)


def test_colours_weigh_as_the_eye_sees_them(tmp_path):
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    grey = load_grey(save(tmp_path, Image.fromarray(colours)))
    np.testing.assert_allclose(grey, [[76.2, 149.7, 29.1]], atol=0.6)  # ITU-R 601: .299 .587 .114


@pytest.mark.parametrize("ink", [0, 60, 255])
def test_a_drawing_on_nothing_shows_on_paper(tmp_path, ink):
    opacity = 255 - draw()
    picture = np.dstack([np.full_like(opacity, ink)] * 3 + [opacity])
    digit = as_digit(load_grey(save(tmp_path, Image.fromarray(picture))))
    assert correlation(digit, REFERENCE) > 0.95


def test_a_palette_with_a_transparent_colour(tmp_path):
    picture = Image.fromarray(draw()).convert("P")
    transparent = int(np.array(picture)[0, 0])
    path = save(tmp_path, picture, "a.gif", transparency=transparent)
    assert correlation(as_digit(load_grey(path)), REFERENCE) > 0.99


def test_nothing_at_all_is_white_paper(tmp_path):
    path = save(tmp_path, Image.new("RGBA", (5, 5), (0, 0, 0, 0)))
    np.testing.assert_array_equal(load_grey(path), np.full((5, 5), 255))


def test_a_photograph_is_turned_as_the_camera_says(tmp_path):
    image = draw()[:, :150]
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned a quarter clockwise
    path = save(tmp_path, Image.fromarray(image), "a.png", exif=exif)
    np.testing.assert_array_equal(load_grey(path), np.rot90(image, -1))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.webp", "a.tif", "a.bmp"])
def test_a_picture_cut_short_or_damaged_is_refused_or_read(tmp_path, name):
    whole = save(tmp_path, Image.fromarray(draw()), name).read_bytes()
    broken = tmp_path / "broken"
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileFormatError, match="broken cannot be read as a picture"):
        load_grey(broken)
    rng = np.random.default_rng(0)
    for _ in range(40):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 5):
            damaged[place] = rng.integers(256)
        broken.write_bytes(damaged)
        with contextlib.suppress(FileFormatError):
            assert load_grey(broken).ndim == 2


def test_what_is_no_picture_is_refused(tmp_path):
    postscript = io.BytesIO()
    Image.new("L", (5, 5)).save(postscript, "EPS")  # Pillow would start Ghostscript to read it
    for content in (b"", b"text", b"\x00" * 1000, postscript.getvalue()):
        (tmp_path / "file.png").write_bytes(content)
        with pytest.raises(FileFormatError, match=r"file\.png cannot be read"):
            load_grey(tmp_path / "file.png")


def test_a_picture_of_a_line_of_pixels_is_refused(tmp_path):
    Image.new("L", (4_000_000, 1), 255).save(tmp_path / "line.png")
    with pytest.raises(FileFormatError, match="a side of 4,000,000 pixels"):
        load_grey(tmp_path / "line.png")


def peak_of(code, *arguments):
    """The memory that some lines of Python need beyond what is imported, in bytes."""
    lines = f"""
import resource, sys
import numpy as np
from badak.images import as_digit, load_grey, resize
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
{code}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    command = [sys.executable, "-c", lines, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(run.stdout) * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is told by POSIX")
@pytest.mark.parametrize("mode", ["RGBA", "I;16"])
def test_a_large_picture_takes_a_few_bytes_a_pixel(tmp_path, mode):
    picture = Image.new(mode, (5000, 5000), (200, 200, 200, 200) if mode == "RGBA" else 50_000)
    picture.paste((0, 0, 0, 255) if mode == "RGBA" else 0, (2000, 1000, 2400, 4000))
    picture.save(tmp_path / "large.png", compress_level=1)
    code = "digit = as_digit(load_grey(sys.argv[1])); assert digit.max() == 255"
    assert peak_of(code, tmp_path / "large.png") < 12 * 5000 * 5000


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is told by POSIX")
def test_a_line_of_pixels_takes_memory_as_its_pixels_justify():
    code = """
line = np.full((1, 4_000_000), 255, np.uint8)
line[0, 1_000_000:1_400_000] = 0
assert as_digit(line).max() == 255
"""
    assert peak_of(code) < 100e6


def test_a_picture_larger_than_is_looked_at_is_read_as_its_reduction():
    small = draw()
    large = small.repeat(24, axis=0).repeat(24, axis=1)  # 4,800 pixels a side
    assert correlation(as_digit(large), as_digit(small)) > 0.99


def test_a_picture_of_gigapixels_is_refused_unread(tmp_path):
    def chunk(kind, content):
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    for side in (int(MAX_PIXELS**0.5) + 1, 12_000, 100_000):  # Pillow warns of the second
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        content = (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", b"")
            + chunk(b"IEND", b"")
        )
        (tmp_path / "bomb.png").write_bytes(content)
        with pytest.raises(FileFormatError, match=r"more than 64,000,000 pixels.*make it smaller"):
            load_grey(tmp_path / "bomb.png")


def test_a_missing_picture_is_told_as_python_tells_it(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_grey(tmp_path / "nowhere.png")


def test_a_picture_is_read_in_colour(tmp_path):
    picture = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    Image.fromarray(picture).save(tmp_path / "a.png")
    np.testing.assert_array_equal(load_rgb(tmp_path / "a.png"), picture)


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "P", "LA", "CMYK"])
def test_a_grey_picture_has_its_shade_in_all_three_channels(tmp_path, mode):
    name = "a.tif" if mode == "CMYK" else "a.png"
    Image.new("L", (3, 2), 255).convert(mode).save(tmp_path / name)
    grey, rgb = load_grey(tmp_path / name), load_rgb(tmp_path / name)
    np.testing.assert_array_equal(rgb, np.repeat(grey[:, :, np.newaxis], 3, axis=2))


def test_what_is_transparent_is_laid_on_white_paper_in_colour_too(tmp_path):
    picture = Image.new("RGBA", (2, 1), (200, 0, 0, 255))
    picture.putpixel((1, 0), (200, 0, 0, 0))
    picture.save(tmp_path / "a.png")
    assert load_rgb(tmp_path / "a.png").tolist() == [[[200, 0, 0], [255, 255, 255]]]


def test_each_channel_is_resized_as_a_grey_picture_is():
    picture = np.random.default_rng(0).integers(0, 255, (20, 30, 3)).astype(np.uint8)
    resized = resize(picture, (7, 9))
    for channel in range(3):
        np.testing.assert_array_equal(resized[..., channel], resize(picture[..., channel], (7, 9)))
    with pytest.raises(InputError, match=r"\(height, width\) or \(height, width, 3\), not"):
        resize(picture[..., :2], (7, 9))
