"""Image files of several pages, of which each may be an image."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from aecluster.data.preprocessing import preprocess
from aecluster.errors import DataError
from aecluster.store import Store

PAGES = np.random.default_rng(0).integers(0, 256, (300, 8, 8)).astype(np.uint8)


def stack(kind, pages, **options):
    first, *rest = map(Image.fromarray, pages)
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=rest, **options)
    return buffer.getvalue()


def zipped(folder, files):
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(path, split, **options):
    out_path = path.with_name("store.h5")
    details = preprocess(
        out_path, dataset="toy", source="images", path=path, size=8, pages="all", **options
    )
    with Store(out_path) as store:
        found = store[split]
        names = [name.split("/", 1)[-1] for name in found.names]
        return found.X[:][..., 0], names, details


def test_pages_of_a_tiff_are_images_with_the_class_of_the_file(tmp_path, format_row):
    path = zipped(
        tmp_path,
        {
            "train/cat/a.tif": stack("TIFF", PAGES[:3]),
            "train/dog/b.png": stack("PNG", PAGES[3:4]),
            "test/cat/c.tif": stack("TIFF", PAGES[4:6], compression="tiff_lzw"),
            "test/dog/d.tif": stack("TIFF", PAGES[6:7]),
        },
    )

    pixels, names, details = read(path, "train")

    assert names == ["cat/a.tif#0", "cat/a.tif#1", "cat/a.tif#2", "dog/b.png"]
    np.testing.assert_array_equal(pixels, PAGES[:4])
    assert details["class_counts"] == {"train": [3, 1], "test": [2, 1]}
    format_row("Pillow", "TIFF of four pages; `pages: all`", "an image per page, exactly")


def test_frames_of_a_gif_are_images(tmp_path, format_row):
    frames = np.repeat(PAGES[:5, :1, :1], 64, axis=1).reshape(5, 8, 8)
    path = zipped(
        tmp_path, {"train/a.gif": stack("GIF", frames), "test/b.gif": stack("GIF", frames[:1])}
    )

    pixels, names, details = read(path, "train")

    assert names == [f"a.gif#{page}" for page in range(5)]
    np.testing.assert_array_equal(pixels, frames)
    assert details["notes"] == []
    format_row("Pillow", "GIF of frames; `pages: all`", "an image per frame")


@pytest.mark.parametrize("threads", [1, 2])
def test_pages_are_the_same_by_one_process_and_by_two(tmp_path, threads):
    path = zipped(
        tmp_path, {"train/a.tif": stack("TIFF", PAGES), "test/b.tif": stack("TIFF", PAGES)}
    )

    pixels, names, _ = read(path, "test", threads=threads)

    assert names[-1] == "b.tif#299"
    np.testing.assert_array_equal(pixels, PAGES)


def test_without_splits_pages_are_drawn_one_by_one_and_it_is_said(tmp_path):
    path = zipped(tmp_path, {"a.tif": stack("TIFF", PAGES[:10])})

    pixels, _, details = read(path, "train", test_fraction=0.2)

    assert len(pixels) == 8
    assert "pages of one file may be in train and in test" in details["notes"]


def test_stack_in_one_page_and_smaller_copies_are_refused(tmp_path, format_row):
    tifffile = pytest.importorskip("tifffile")
    truncated, pyramid = io.BytesIO(), io.BytesIO()
    tifffile.imwrite(truncated, PAGES[:5], truncate=True)
    with tifffile.TiffWriter(pyramid) as writer:
        writer.write(PAGES[0])
        writer.write(PAGES[0][::2, ::2], subfiletype=1)

    for content, reason in [(truncated, "5 pages or planes"), (pyramid, "a smaller copy of")]:
        path = zipped(
            tmp_path, {"train/a.tif": content.getvalue(), "test/b.tif": stack("TIFF", PAGES[:2])}
        )
        with pytest.raises(DataError, match=reason):
            read(path, "train")
    format_row("tifffile", "TIFF of an image and a smaller copy; `pages: all`", "refused")


def test_page_that_cannot_be_read_is_left_out_alone(tmp_path):
    content = bytearray(stack("TIFF", PAGES[:4], compression="tiff_adobe_deflate"))
    with Image.open(io.BytesIO(content)) as image:
        image.seek(2)
        start = image.tag_v2[273][0]
    content[start : start + 8] = bytes(8)
    path = zipped(tmp_path, {"train/a.tif": bytes(content), "test/b.tif": stack("TIFF", PAGES[:2])})

    pixels, names, _ = read(path, "train", on_bad_image="skip")

    assert names == ["a.tif#0", "a.tif#1", "a.tif#3"]
    np.testing.assert_array_equal(pixels, PAGES[[0, 1, 3]])
