import pytest
from PIL import Image

from badak.datasets import load, load_folder
from badak.datasets.picture_folder import read_pictures
from badak.errors import FileFormatError, InputError


def paint(path, colour, size=(10, 8), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


@pytest.fixture
def coloured(tmp_path):
    for name, colour in (("blue", (0, 0, 200)), ("red", (200, 0, 0))):
        for number in range(3):
            paint(tmp_path / name / f"{number}.png", colour)
    return tmp_path


def test_pictures_of_colours_that_differ_are_read_in_colour(coloured):
    found = read_pictures(coloured)
    assert found.images.shape == (6, 8, 10, 3)
    assert found.images[0, 0, 0].tolist() == [0, 0, 200]
    assert found.images[5, 7, 9].tolist() == [200, 0, 0]
    assert (found.facts.colour, found.facts.coloured, found.facts.count) == ("rgb", 6, 6)


def test_grey_pictures_are_read_in_grey_even_where_they_are_stored_in_colour(tmp_path):
    paint(tmp_path / "a" / "grey.png", 70, mode="L")
    paint(tmp_path / "a" / "noise.png", (70, 75, 68))  # as a camera or JPEG leaves it
    paint(tmp_path / "b" / "colour.png", (200, 200, 200))
    found = read_pictures(tmp_path)
    assert found.images.shape == (3, 8, 10)
    assert found.images[:, 0, 0].tolist() == [70, 73, 200]  # ITU-R 601-2: 0.299, 0.587, 0.114
    assert (found.facts.colour, found.facts.coloured) == ("grey", 0)


@pytest.mark.parametrize(("colour", "shape"), [("grey", (6, 8, 10)), ("rgb", (6, 8, 10, 3))])
def test_a_colour_that_is_asked_for_is_taken(coloured, colour, shape):
    images, _, _ = load_folder(coloured, colour=colour)
    assert images.shape == shape


def test_one_picture_of_colour_among_many_does_not_make_all_of_them_colour(tmp_path):
    for number in range(40):
        paint(tmp_path / "ab"[number % 2] / f"{number}.png", 9, mode="L")
    paint(tmp_path / "a" / "stamp.png", (200, 0, 0))
    found = read_pictures(tmp_path)
    assert (found.facts.colour, found.facts.coloured) == ("grey", 1)


def test_the_size_is_the_middle_of_the_files_own(tmp_path):
    for number, size in enumerate([(20, 10), (30, 12), (40, 50)]):
        paint(tmp_path / "ab"[number % 2] / f"{number}.png", 9, size)
    facts = read_pictures(tmp_path).facts
    assert facts.shape == (12, 30)
    assert facts.sizes == ((10, 20), (50, 40))


def test_large_pictures_become_64_pixels_a_side_with_their_proportions_kept(tmp_path):
    for name in "ab":
        paint(tmp_path / name / "photo.png", 9, (640, 480))
    assert read_pictures(tmp_path).facts.shape == (48, 64)


def test_many_pictures_become_smaller(tmp_path, monkeypatch):
    monkeypatch.setattr("badak.datasets.picture_folder.ENOUGH", 2 * 40 * 30)
    for name in "ab":
        paint(tmp_path / name / "photo.png", 9, (640, 480), mode="L")
    assert read_pictures(tmp_path).facts.shape == (30, 40)


def test_a_picture_that_the_camera_turned_is_measured_upright(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        exif = Image.Exif()
        exif[0x0112] = 6  # a quarter to the right
        Image.new("RGB", (30, 10)).save(tmp_path / name / "turned.jpg", exif=exif)
    facts = read_pictures(tmp_path).facts
    assert (facts.shape, facts.sizes[0]) == ((30, 10), (30, 10))


def test_all_files_that_cannot_be_read_are_named_at_once(coloured):
    (coloured / "red" / "text.png").write_text("no picture")
    whole = (coloured / "red" / "1.png").read_bytes()
    (coloured / "blue" / "1.png").write_bytes(whole[:-30])  # its beginning is sound
    with pytest.raises(FileFormatError, match="2 pictures cannot be read") as refused:
        read_pictures(coloured)
    assert "blue/1.png" in str(refused.value)
    assert "red/text.png" in str(refused.value)
    assert "--skip-unreadable" in str(refused.value)


def test_files_that_cannot_be_read_are_left_out_where_that_is_asked_for(coloured):
    (coloured / "red" / "text.png").write_text("no picture")
    found = read_pictures(coloured, skip_unreadable=True)
    assert (len(found.images), found.labels.tolist()) == (6, [0, 0, 0, 1, 1, 1])
    assert len(found.facts.left_out) == 1
    assert "text.png" in found.facts.left_out[0]


def test_a_class_of_which_no_picture_is_left_is_refused(coloured):
    for path in (coloured / "red").iterdir():
        path.write_text("no picture")
    with pytest.raises(InputError, match=r"none of the 3 pictures of the class folder \S*red"):
        read_pictures(coloured, skip_unreadable=True)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"image_shape": 28}, r"\(height, width\), such as \(28, 28\), not 28"),
        ({"image_shape": (0, 3)}, "a side of pictures"),
        ({"image_shape": (40_000, 40_000)}, "6 pictures of 40000x40000 pixels would take"),
        ({"colour": "blue"}, "colour is 'grey', 'rgb' or None, not 'blue'"),
    ],
)
def test_a_size_and_a_colour_that_are_none_are_refused(coloured, more, told):
    with pytest.raises(InputError, match=told):
        load_folder(coloured, **more)


def test_a_size_for_images_that_are_as_they_are_is_refused():
    with pytest.raises(InputError, match="for folders of pictures; the images of digits"):
        load("digits", image_shape=(28, 28))


def test_a_data_set_from_a_folder_tells_what_was_chosen(coloured):
    dataset = load(coloured, test_fraction=0.34)
    assert dataset.pictures.colour == "rgb"
    assert dataset.x_test.shape == (2, 8, 10, 3)
    assert load("digits").pictures is None
