import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from aecluster.data.pixels import PixelForm, gray
from aecluster.data.values import eight_bits
from aecluster.errors import DataError

GRAY = PixelForm(size=4, grayscale=True, resize="crop")
COLOUR = PixelForm(size=4, grayscale=False, resize="crop")


def encoded(image, image_format="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def noise(height=4, width=4, channels=3):
    return np.random.default_rng(0).integers(0, 256, (height, width, channels)).astype(np.uint8)


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_gray_of_arrays_equals_pillow(rgb):
    expected = np.asarray(Image.fromarray(rgb).convert("L"))

    assert np.array_equal(expected, gray(rgb)[..., 0])


def test_gray_of_every_level_equals_pillow():
    levels = np.stack(np.meshgrid(*[np.arange(0, 256, 5)] * 3), axis=-1).reshape(-1, 52, 3)
    rgb = levels.astype(np.uint8)

    expected = np.asarray(Image.fromarray(rgb).convert("L"))
    assert np.array_equal(expected, gray(rgb)[..., 0])


@pytest.mark.parametrize("image_format", ["PNG", "BMP", "TIFF", "WEBP", "PPM"])
def test_lossless_formats_keep_every_pixel(image_format):
    rgb = noise()
    options = {"lossless": True} if image_format == "WEBP" else {}

    actual = COLOUR.decode(encoded(Image.fromarray(rgb), image_format, **options), "a")

    assert np.array_equal(rgb, actual)


def test_jpeg_is_decoded_as_pillow_does():
    data = encoded(Image.fromarray(noise()), "JPEG")

    expected = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
    assert np.array_equal(expected, GRAY.decode(data, "a")[..., 0])


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "HSV"])
def test_modes_become_what_pillow_makes_of_them(mode):
    image_format = {"CMYK": "TIFF", "YCbCr": "JPEG", "HSV": "TIFF"}.get(mode, "PNG")
    image = Image.fromarray(noise()).convert(mode if mode != "HSV" else "RGB")
    data = encoded(image, image_format)

    expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert np.array_equal(expected, COLOUR.decode(data, "a"))


def test_sixteen_bits_are_scaled_not_clipped():
    levels = (257 * np.arange(16).reshape(4, 4) * 17).astype(np.uint16)

    actual = GRAY.decode(encoded(Image.fromarray(levels)), "a")

    assert np.array_equal(17 * np.arange(16).reshape(4, 4), actual[..., 0])


def test_transparency_shows_white():
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[0, 0] = 255
    rgba[1, 1] = (9, 9, 9, 255)
    image = Image.fromarray(rgba)

    expected = np.full((4, 4), 255)
    expected[1, 1] = 9
    assert np.array_equal(expected, GRAY.decode(encoded(image), "a")[..., 0])
    assert np.array_equal(expected, GRAY.decode(encoded(image.convert("LA")), "a")[..., 0])


def test_transparent_colour_of_a_palette_shows_white():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 200, 0, 0])

    actual = GRAY.decode(encoded(image, transparency=1), "a")

    assert np.unique(actual).tolist() == [255]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_image_upright(orientation):
    image = Image.fromarray(noise())
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = {
        1: image,
        2: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: image.transpose(Image.Transpose.ROTATE_180),
        4: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: image.transpose(Image.Transpose.TRANSPOSE),
        6: image.transpose(Image.Transpose.ROTATE_270),
        7: image.transpose(Image.Transpose.TRANSVERSE),
        8: image.transpose(Image.Transpose.ROTATE_90),
    }[orientation]

    assert np.array_equal(turned, COLOUR.decode(encoded(image, exif=exif), "a"))


def test_crop_keeps_the_middle_and_pad_keeps_all():
    wide = np.zeros((4, 12), np.uint8)
    wide[:, 4:8] = 100
    wide[:, 8:] = 200
    data = encoded(Image.fromarray(wide))

    cropped = GRAY.decode(data, "a")
    padded = PixelForm(size=12, grayscale=True, resize="pad").decode(data, "a")
    assert np.unique(cropped).tolist() == [100]
    assert np.array_equal(wide, padded[4:8, :, 0])
    assert not padded[:4].any()
    assert not padded[8:].any()


@pytest.mark.parametrize("size", [1, 3, 32, 50])
@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (3, 7), (90, 80)])
def test_images_of_any_size_are_brought_to_size(size, shape):
    form = PixelForm(size=size, grayscale=False, resize="crop")

    actual = form.decode(encoded(Image.fromarray(noise(*shape))), "a")

    assert actual.shape == (size, size, 3)


def test_arrays_are_resized_as_images_are():
    rgb = noise(9, 7)
    form = PixelForm(size=5, grayscale=False, resize="crop")

    expected = form.decode(encoded(Image.fromarray(rgb)), "a")
    assert np.array_equal(expected, form.convert(rgb[np.newaxis], "a")[0])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([True, False]), [255, 0]),
        (np.array([0, 65535, 128, 129, 257], np.uint16), [0, 255, 0, 1, 1]),
        (np.array([0, 65535, 128, 129, 257], ">u2"), [0, 255, 0, 1, 1]),
        (np.array([0, 255], np.int64), [0, 255]),
        (np.array([0, 0.5, 1], np.float32), [0, 128, 255]),
    ],
)
def test_values_of_any_kind_become_eight_bits(values, expected):
    assert eight_bits(values, "a").tolist() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            np.array([0, 256]),
            "a: int64 values from 0 to 256, expected int64 in 0..255, or dataset.scale: max:1023 "
            "or range",
        ),
        (
            np.array([-0.5, 0.5]),
            "a: float64 values from -0.5 to 0.5, expected float64 in 0..1, or dataset.scale: "
            "between:-1,1 or range",
        ),
        (
            np.array([0, 255.0]),
            "a: float64 values from 0 to 255, expected float64 in 0..1, or dataset.scale: max:255 "
            "or range",
        ),
        (
            np.array([0, np.nan]),
            "a: float64 values from nan to nan, expected float64 in 0..1, or dataset.scale: range",
        ),
    ],
)
def test_values_out_of_range_are_refused(values, expected):
    with pytest.raises(DataError) as error:
        eight_bits(values, "a")

    assert str(error.value) == expected


def refusal(data):
    with pytest.raises(DataError) as error:
        GRAY.decode(data, "cats.zip: cat/1.png")

    return str(error.value)


def test_what_is_no_image_is_refused_by_name():
    message = refusal(b"%!PS-Adobe-3.0 EPSF-3.0\n")

    assert message.startswith("cats.zip: cat/1.png: cannot be read as an image (none of PNG, JPEG")


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF"])
def test_cut_images_are_refused_by_name(image_format):
    data = encoded(Image.fromarray(noise(50, 50)), image_format)

    assert refusal(data[: len(data) // 2]).startswith("cats.zip: cat/1.png: cannot be read as")


def test_absurd_dimensions_are_refused_before_decoding():
    data = encoded(Image.new("1", (12_000, 12_000)))

    assert "144,000,000 pixels, expected at most 89,478,485" in refusal(data)


def test_images_of_floats_beyond_1_are_refused():
    data = encoded(Image.fromarray(np.full((4, 4), 200, np.float32)), "TIFF")

    assert "expected float32 in 0..1, or dataset.scale: max:255 or range" in refusal(data)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(st.data())
def test_damaged_images_never_raise_anything_else(data):
    content = bytearray(
        encoded(Image.fromarray(noise()), data.draw(st.sampled_from(["PNG", "TIFF", "GIF"])))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        pixels = GRAY.decode(bytes(content), "a")
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert pixels.shape == (4, 4, 1)
