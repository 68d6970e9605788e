"""Values of other types and ranges than all of 8 bits, in files of real writers."""

import json

import numpy as np
import pytest
from PIL import Image

from aecluster.cli import main
from aecluster.data.preprocessing import preprocess
from aecluster.data.values import Span, eight_bits, span_of
from aecluster.errors import DataError
from formats import pairs, read_pairs

LEVELS = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)
TWELVE = np.rint(LEVELS * (4095 / 255)).astype(np.uint16)


def written(folder, images, suffix):
    """Return the path of images, and who wrote it."""
    if suffix == "npz":
        np.savez(folder / "a.npz", X=images, y=np.arange(len(images)) % 2)
        return folder / "a.npz", "arrays", "numpy"
    if suffix == "tifffile":
        tifffile = pytest.importorskip("tifffile")
        for number, image in enumerate(images):
            tifffile.imwrite(folder / f"{number}.tif", image)
        return folder, "images", "tifffile"
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{number}.{suffix}")
    return folder, "images", "Pillow"


@pytest.mark.parametrize(
    ("images", "suffix", "scale"),
    [
        (TWELVE, "npz", "max:4095"),
        (TWELVE, "npz", "range"),
        (TWELVE, "png", "max:4095"),
        (TWELVE, "png", "range"),
        (TWELVE, "tifffile", "max:4095"),
        (LEVELS.astype(np.uint16) * 257, "png", "dtype"),
        (LEVELS.astype(np.uint16) * 257, "tifffile", "dtype"),
        (LEVELS.astype(np.int16), "tifffile", "dtype"),
        (LEVELS.astype(np.int32), "tifffile", "dtype"),
        (LEVELS.astype(np.uint32), "tifffile", "dtype"),
        (LEVELS.astype(np.uint32) * 2**24, "tifffile", "range"),
        (LEVELS.astype(np.int16) * 16 - 2048, "tifffile", "range"),
        (LEVELS.astype(np.int32) * 16, "tif", "max:4080"),
        ((LEVELS / 255).astype(np.float32), "tif", "dtype"),
        (LEVELS.astype(np.float32), "tif", "max:255"),
        (LEVELS.astype(np.float64), "npz", "max:255"),
        ((LEVELS / 127.5 - 1).astype(np.float32), "npz", "between:-1,1"),
        ((LEVELS / 255).astype(np.float16), "npz", "dtype"),
        (LEVELS.astype(np.int64), "npz", "dtype"),
    ],
)
def test_values_of_every_kind_become_the_same_levels(tmp_path, images, suffix, scale, format_row):
    path, source, writer = written(tmp_path, images, suffix)

    found = read_pairs(path, source, scale=scale)

    assert {image for image, _ in pairs(LEVELS)} == {image for image, _ in found}
    what = {"npz": ".npz", "tifffile": "TIFF", "tif": "TIFF", "png": "PNG"}[suffix]
    values = f"{images.min():g} to {images.max():g}"
    format_row(writer, f"{what} of {images.dtype}, {values}; `scale: {scale}`", "exactly")


@pytest.mark.parametrize("suffix", ["npz", "png"])
def test_masks_of_0_and_1_become_black_and_white(tmp_path, suffix, format_row):
    masks = (LEVELS % 2).astype(np.uint8)
    masks[0, 0] = [0, 0, 1, 1, 0, 0, 1, 1]
    path, source, writer = written(tmp_path, masks, suffix)

    found = read_pairs(path, source, scale="max:1")

    assert {image for image, _ in pairs(masks * 255)} == {image for image, _ in found}
    what = {"npz": ".npz", "png": "PNG"}[suffix]
    format_row(writer, f"{what} of uint8, 0 to 1; `scale: max:1`", "exactly")


@pytest.mark.parametrize(
    ("images", "suffix", "limits"),
    [
        (TWELVE, "npz", "0 to 16"),
        (TWELVE, "png", "0 to 16"),
        (LEVELS % 2, "npz", "0 to 1"),
        (LEVELS % 2, "tifffile", "0 to 1"),
    ],
)
def test_unused_levels_are_a_warning_in_log_record_and_show(
    tmp_path, caplog, capsys, images, suffix, limits, format_row
):
    (tmp_path / "a").mkdir()
    path, source, writer = written(tmp_path / "a", images, suffix)
    store = tmp_path / "store.h5"

    details = preprocess(store, dataset="toy", source=source, path=path, size=8, test_fraction=0.5)
    main(["show", str(store)])

    expected = f"values {limits} of 0 to 255: most levels are unused; dataset.scale: range uses all"
    assert details["warnings"] == [expected]
    assert caplog.messages == [f"toy: {expected}"]
    assert capsys.readouterr().out.splitlines()[-1] == f"warning: {expected}"
    json.dumps(details)
    what = {"npz": ".npz", "tifffile": "TIFF", "png": "PNG"}[suffix]
    values = f"{images.min():g} to {images.max():g}"
    format_row(writer, f"{what} of {images.dtype}, {values}", "with a warning: few levels are used")


@pytest.mark.parametrize(
    ("images", "suffix", "readings"),
    [
        (LEVELS.astype(np.int16) * 16, "tifffile", "max:4095 or range"),
        (LEVELS.astype(np.float32), "tif", "max:255 or range"),
        (LEVELS.astype(np.float64), "npz", "max:255 or range"),
        (LEVELS / 127.5 - 1, "npz", "between:-1,1 or range"),
        (LEVELS.astype(np.uint32) * 2**24, "tifffile", "range"),
    ],
)
def test_values_without_a_meaning_are_refused_with_their_readings(
    tmp_path, images, suffix, readings, format_row
):
    path, source, writer = written(tmp_path, images, suffix)

    with pytest.raises(DataError) as error:
        read_pairs(path, source)

    assert f"or dataset.scale: {readings}" in str(error.value)
    what = {"npz": ".npz", "tifffile": "TIFF", "tif": "TIFF"}[suffix]
    values = f"{images.min():g} to {images.max():g}"
    format_row(writer, f"{what} of {images.dtype}, {values}", f"refused: `scale` {readings}")


def test_a_pgm_of_12_bits_is_read_by_its_largest_value(tmp_path):
    for number, image in enumerate(TWELVE):
        head = b"P5\n8 8\n4095\n"
        (tmp_path / f"{number}.pgm").write_bytes(head + image.astype(">u2").tobytes())

    found = read_pairs(tmp_path, "images")

    assert {image for image, _ in pairs(LEVELS)} == {image for image, _ in found}


def test_a_maximum_that_16_bits_have_is_that_of_the_type():
    values = np.arange(65536, dtype=np.uint16)

    by_type = eight_bits(values, "a")

    assert np.array_equal(by_type, eight_bits(values, "a", Span((0, 65535))))


def test_values_beyond_the_scale_are_refused():
    with pytest.raises(DataError) as error:
        eight_bits(np.array([0, 5000], np.uint16), "a", span_of("max:4095"))

    assert str(error.value) == (
        "a: uint16 values from 0 to 5000, expected 0 to 4095, as dataset.scale says"
    )


def test_images_of_one_value_are_black(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.full((4, 8, 8), 7, np.uint16))

    found = read_pairs(tmp_path / "a.npz", "arrays", scale="range")

    assert found == pairs(np.zeros((4, 8, 8), np.uint8))


@pytest.mark.parametrize("scale", ["max:0", "between:1,1", "max:", "range:3", "minmax"])
def test_an_unknown_scale_is_refused(scale):
    with pytest.raises(DataError, match="scale"):
        span_of(scale)


@pytest.mark.parametrize(
    ("scale", "limits"), [("dtype", None), ("max:4095", [0, 4095]), ("range", [16, 4080])]
)
def test_the_record_says_what_became_black_and_white(tmp_path, scale, limits):
    images = np.linspace(16, 4080, 10 * 64).reshape(10, 8, 8).astype(np.uint16)
    np.savez(tmp_path / "a.npz", X=images)

    details = preprocess(
        tmp_path / "store.h5", dataset="t", source="arrays", path=tmp_path / "a.npz", size=8,
        scale=scale,
    )  # fmt: skip

    assert details["value_limits"] == limits
