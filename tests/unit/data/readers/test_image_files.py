"""Image files as real programs write them: read to the value, or refused by what they are."""

import io
import logging
import zipfile

import numpy as np
import pytest
from PIL import Image

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store

GRAY = np.random.default_rng(0).integers(0, 256, (8, 8)).astype(np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (8, 8, 3)).astype(np.uint8)


def encoded(pixels, kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def read(tmp_path):
    """Return the pixels that a file becomes, and what was done with the rest of its folder."""

    def read(name, content, beside=(), **options):
        path = tmp_path / "pictures.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for split in ("train", "test"):
                archive.writestr(f"{split}/{name}", content)
            for other in beside:
                archive.writestr(other, b"x")
        details = preprocess(
            tmp_path / "store.h5",
            **{"dataset": "toy", "source": "images", "path": path, "size": 8, "grayscale": False}
            | options,
        )
        with Store(tmp_path / "store.h5") as store:
            return store["test"].X[0], details

    return read


def _worded(options):
    return "".join(f"; {key} {value}" for key, value in options.items())


# Suffix, Pillow's format and options, largest difference: 0 where the format keeps every value.
EXACT = [
    ("png", "PNG", {}),
    ("apng", "PNG", {}),
    ("bmp", "BMP", {}),
    ("tif", "TIFF", {}),
    ("tiff", "TIFF", {"compression": "tiff_lzw"}),
    ("webp", "WEBP", {"lossless": True}),
    ("jp2", "JPEG2000", {}),
    ("j2k", "JPEG2000", {"no_jp2": True}),
    ("ppm", "PPM", {}),
    ("pnm", "PPM", {}),
    ("tga", "TGA", {}),
    ("tga", "TGA", {"compression": "tga_rle"}),
    ("pcx", "PCX", {}),
    ("sgi", "SGI", {}),
    ("qoi", "QOI", {}),
]


@pytest.mark.parametrize(("suffix", "kind", "options"), EXACT)
def test_formats_that_keep_every_value_are_read_exactly(read, format_row, suffix, kind, options):
    pixels, _ = read(f"1.{suffix}", encoded(COLOUR, kind, **options))

    assert np.array_equal(pixels, COLOUR)
    format_row("Pillow", f"{kind} of RGB called .{suffix}{_worded(options)}", "exactly")


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "jpe", "jfif", "JPG"])
def test_jpeg_is_read_as_pillow_decodes_it(read, format_row, suffix):
    content = encoded(COLOUR, "JPEG")

    pixels, _ = read(f"1.{suffix}", content)

    assert np.array_equal(pixels, np.asarray(Image.open(io.BytesIO(content))))
    format_row("Pillow", f"JPEG of RGB called .{suffix}", "as Pillow decodes it")


def test_avif_is_read_as_pillow_decodes_it(read, format_row):
    content = encoded(COLOUR, "AVIF")

    pixels, _ = read("1.avif", content)

    assert np.array_equal(pixels, np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))
    format_row("Pillow", "AVIF of RGB called .avif", "as Pillow decodes it")


def test_pbm_of_black_and_white_becomes_0_and_255(read, format_row):
    content = encoded(GRAY > 127, "PPM")

    pixels, _ = read("1.pbm", content, grayscale=True)

    assert np.array_equal(pixels[..., 0], (GRAY > 127) * np.uint8(255))
    format_row("Pillow", "PPM of 1 bit called .pbm", "exactly, as 0 and 255")


def test_files_are_taken_for_what_their_first_bytes_say(read, format_row):
    pixels, _ = read("1.jpg", encoded(COLOUR, "PNG"))

    assert np.array_equal(pixels, COLOUR)
    format_row("Pillow", "PNG of RGB called .jpg", "exactly")


def test_what_is_passed_over_is_counted_and_named(read, caplog):
    caplog.set_level(logging.INFO)

    _, details = read(
        "1.png",
        encoded(GRAY, "PNG"),
        beside=["train/2.heic", "train/3.heic", "README", "train/cat/@eaDir/4.jpg"],
    )

    assert details["notes"] == [
        "passed over: 2 files of the kind .heic, such as train/2.heic",
        "passed over: 1 file in folders @eaDir, such as train/cat/@eaDir/4.jpg",
        "passed over: 1 file without a suffix, such as README",
    ]
    for note in details["notes"]:
        assert f"toy: {note}" in caplog.text


@pytest.mark.parametrize(
    ("suffix", "kind", "options"),
    [("gif", "GIF", {}), ("webp", "WEBP", {"lossless": True}), ("png", "PNG", {})],
)
def test_of_an_animation_the_first_frame_is_taken_and_it_is_said(
    read, format_row, suffix, kind, options
):
    second = Image.fromarray(255 - GRAY)
    content = encoded(GRAY, kind, save_all=True, append_images=[second], **options)

    pixels, details = read(f"1.{suffix}", content)

    assert np.array_equal(pixels, np.repeat(GRAY[..., np.newaxis], 3, axis=2))
    assert details["notes"] == [
        f"2 files animated, of which the first frame is taken, such as test/1.{suffix}"
    ]
    format_row("Pillow", f"{kind} of two frames called .{suffix}", "the first frame, exactly; said")


def test_tiff_of_many_pages_is_refused(read, format_row):
    pages = [Image.fromarray(GRAY)] * 3
    content = encoded(GRAY, "TIFF", save_all=True, append_images=pages)

    with pytest.raises(DataError, match=r"train/1\.tif: cannot be read as an image \(4 pages or"):
        read("1.tif", content)
    format_row("Pillow", "TIFF of four pages", "refused")


def tiff(array, **options):
    tifffile = pytest.importorskip("tifffile")
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, **options)
    return buffer.getvalue()


STACK = np.stack([GRAY] * 5)


@pytest.mark.parametrize(
    ("array", "options", "expected"),
    [
        (STACK, {}, "5 pages or planes"),
        (STACK, {"truncate": True}, "5 pages or planes"),
        (STACK, {"imagej": True}, "5 pages or planes"),
        (STACK, {"ome": True}, "5 pages or planes"),
        (np.stack([GRAY] * 16), {"volumetric": True, "tile": (16, 16, 16)}, "16 pages or planes"),
        (np.zeros((32, 32, 2), np.uint8), {}, "32 pages or planes"),
        (GRAY.astype(np.int8), {}, "signed values of 8 bits"),
        (
            np.stack([GRAY] * 2, axis=2),
            {"photometric": "minisblack", "planarconfig": "contig"},
            "2 channels, expected 1, 3, or 4",
        ),
        (
            np.stack([GRAY] * 5, axis=2),
            {"photometric": "rgb"},
            "5 channels, expected 1, 3, or 4",
        ),
    ],
)
def test_tiff_of_which_pillow_would_drop_a_part_is_refused(
    read, format_row, array, options, expected
):
    with pytest.raises(DataError) as error:
        read("1.tif", tiff(array, **options))

    assert f"train/1.tif: cannot be read as an image ({expected}" in str(error.value)
    format_row(
        "tifffile", f"TIFF of {array.dtype} {array.shape}{_worded(options)}", f"refused: {expected}"
    )


@pytest.mark.parametrize(
    ("array", "options"),
    [
        (GRAY, {}),
        (GRAY, {"imagej": True}),
        (COLOUR, {"photometric": "rgb"}),
        (COLOUR.transpose(2, 0, 1), {"photometric": "rgb", "planarconfig": "separate"}),
        (GRAY, {"compression": "zlib"}),
    ],
)
def test_tiff_of_tifffile_is_read_exactly(read, format_row, array, options):
    pixels, _ = read("1.tif", tiff(array, **options))

    expected = np.repeat(GRAY[..., np.newaxis], 3, axis=2) if array is GRAY else COLOUR
    assert np.array_equal(pixels, expected)
    format_row("tifffile", f"TIFF of {array.dtype} {array.shape}{_worded(options)}", "exactly")


def test_large_file_that_is_no_image_is_refused_by_its_beginning(read):
    with pytest.raises(DataError, match=r"train/1\.png: cannot be read as an image \(none of PNG"):
        read("1.png", bytes(2**24))


def test_file_far_larger_than_its_image_is_refused_by_its_size(read):
    content = encoded(GRAY, "PNG") + bytes(2**25)

    with pytest.raises(DataError) as error:
        read("1.png", content)

    assert f"({len(content):,} bytes, expected at most 16,778,240 for the pixels" in str(
        error.value
    )


@pytest.mark.parametrize("shape", [(1, 100), (100, 1), (3, 300)])
def test_padding_leaves_at_least_a_pixel_of_a_long_image(read, shape):
    pixels, _ = read("1.png", encoded(np.full(shape, 200, np.uint8), "PNG"), resize="pad")

    lit = pixels[..., 0] == 200
    assert lit.sum() == 8
    assert lit[3].all() or lit[:, 3].all()


@pytest.mark.parametrize("on_bad_image", ["error", "skip"])
def test_store_of_several_processes_is_that_of_one(tmp_path, on_bad_image):
    path = tmp_path / "pictures.zip"
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(700):
            pixels = rng.integers(0, 256, (8, 8, 3)).astype(np.uint8)
            archive.writestr(f"{number % 3}/{number}.png", encoded(pixels, "PNG"))
        if on_bad_image == "skip":
            archive.writestr("0/x.png", b"no image")
    contents = []
    for threads in (1, 3):
        details = preprocess(
            tmp_path / "store.h5",
            dataset="toy",
            source="images",
            path=path,
            size=8,
            threads=threads,
            on_bad_image=on_bad_image,
        )
        contents.append(((tmp_path / "store.h5").read_bytes(), details))

    assert contents[0] == contents[1]


def test_bad_image_ends_several_processes_with_its_name(tmp_path):
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(700):
            content = b"no image" if number == 650 else encoded(GRAY, "PNG")
            archive.writestr(f"{number:03}.png", content)

    with pytest.raises(DataError, match=r"650\.png: cannot be read as an image"):
        preprocess(
            tmp_path / "store.h5", dataset="toy", source="images", path=path, size=8, threads=2
        )

    assert [entry.name for entry in tmp_path.iterdir()] == ["pictures.zip"]
