"""Formats of image files: told by their first bytes, and read only where all of a file is told.

Files are not taken by their names: a JPEG called `.png` is one. TGA alone has no bytes of its own
at its beginning, so that its name must say it.
"""

import io
import json
import re
from typing import TYPE_CHECKING

from aecluster.data.files import Files
from aecluster.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

_TGA_SUFFIXES = (".icb", ".tga", ".vda", ".vst")

# Pillow's names of the formats that are read, by what their files begin with.
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    **dict.fromkeys((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "TIFF"),
    **{b"P" + digit: "PPM" for digit in (b"1", b"2", b"3", b"4", b"5", b"6", b"f", b"F", b"y")},
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG2000",
    b"\xff\x4f\xff\x51": "JPEG2000",
    b"qoif": "QOI",
    b"\x01\xda": "SGI",
    **{b"\n" + bytes([version]): "PCX" for version in (0, 2, 3, 5)},
}
_BY_TWO = {
    two: [(magic, found) for magic, found in _MAGIC.items() if magic.startswith(two)]
    for two in {magic[:2] for magic in _MAGIC}
}
_AVIF_BRANDS = (b"avif", b"avis", b"mif1", b"msf1")

# What is said to be read, where a file is none of it.
READ = ("PNG", "JPEG", "WebP", "AVIF", "JPEG 2000", "TIFF", "GIF", "BMP", "PPM", "TGA", "PCX")

# Nobody keeps more beside the pixels of one image.
_MOST_BESIDE = 2**24
_MOST_PER_PIXEL = 16

# Tags of TIFF.
_BITS_PER_SAMPLE, _DESCRIPTION, _SAMPLES_PER_PIXEL = 258, 270, 277
_SAMPLE_FORMAT, _DEPTH, _SUBFILE = 339, 32997, 254
_SIGNED = 2
_REDUCED = 1


def image_format(head: bytes, name: str) -> str | None:
    """Return Pillow's name of the format of an image file, or None where it is no image.

    Parameters
    ----------
    head : bytes
        The beginning of the file.
    name : str
        What the file is called.

    Examples
    --------
    >>> image_format(b"GIF89a...", "cat.jpg"), image_format(b"hello", "cat.jpg")
    ('GIF', None)
    """
    if name.lower().endswith(_TGA_SUFFIXES):
        return "TGA"
    for magic, found in _BY_TWO.get(head[:2], ()):
        if head.startswith(magic):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in _AVIF_BRANDS:
        return "AVIF"
    return None


def looks_like_image(head: bytes, name: str) -> bool:
    """Return whether a file can be an image, by its first bytes."""
    return image_format(head, name) is not None


def read_image(files: Files, name: str) -> bytes:
    """Return the content of an image file; of what is none only the beginning is read.

    Raises
    ------
    DataError
        If it is no image by its first bytes, or has far more bytes than its image can need, or it
        is damaged.
    """
    return files.read_if(name, lambda head: _check_worth(files, name, head))


def _check_worth(files: Files, name: str, head: bytes) -> None:
    found = image_format(head, name)
    if found is None:
        raise DataError(f"{files.where(name)}: {NO_IMAGE}")
    size = files.size(name)
    if size <= _MOST_BESIDE:
        return
    most = _most_bytes(head, found)
    if most and size > most:
        raise DataError(
            f"{files.where(name)}: cannot be read as an image ({size:,} bytes, expected at most "
            f"{most:,} for the pixels that it says it has)"
        )


NO_IMAGE = f"cannot be read as an image (none of {', '.join(READ)})"


def _most_bytes(head: bytes, found: str) -> int | None:
    """Return how many bytes a file can need at most, or None where its beginning says nothing."""
    from PIL import Image

    if found in ("TIFF", "WEBP", "AVIF", "GIF"):
        return None  # what describes the image may be at the end, or there are many
    try:
        image = Image.open(io.BytesIO(head), formats=(found,))
    except Exception:  # decoders raise errors of many kinds on corrupt bytes
        return None
    if getattr(image, "is_animated", False):
        return None
    return _MOST_BESIDE + _MOST_PER_PIXEL * image.width * image.height


def check_whole(image: "Image.Image", page: int | None = None) -> str | None:
    """Raise an error if Pillow reads less of an image file than there is in it, or other values.

    Parameters
    ----------
    image : PIL.Image.Image
        As it was opened.
    page : int, optional
        Which page of its file the image is, where each is taken as an image.

    Returns
    -------
    str or None
        What is to be said of it, if it is animated.

    Raises
    ------
    DataError
        If it has several pages or planes, or channels that would be dropped, or a sign, or the page
        is a smaller copy of another.
    """
    if image.format == "TIFF":
        _check_tiff(image, page)
    elif page is None and getattr(image, "is_animated", False):
        return "animated, of which the first frame is taken"
    return None


def _check_tiff(image: "Image.Image", page: int | None) -> None:
    tags = image.tag_v2
    n_pages, n_described = image.n_frames, _n_described(tags.get(_DESCRIPTION))
    n_planes = max(tags.get(_DEPTH, 1), n_described if n_described > n_pages else 1)
    if n_planes > 1 or (n_pages > 1 and page is None):
        by_key = "take each by dataset.pages: all, or " if n_planes == 1 else ""
        raise DataError(
            f"{max(n_pages, n_planes)} pages or planes, expected one image per file: {by_key}save "
            "each as a file of its own, or all as one array"
        )
    if tags.get(_SUBFILE, 0) & _REDUCED:
        raise DataError("a smaller copy of another page, expected whole images")
    bits, kinds = tags.get(_BITS_PER_SAMPLE, (1,)), tags.get(_SAMPLE_FORMAT, (1,))
    if max(bits) <= 8 and _SIGNED in kinds:
        raise DataError(f"signed values of {max(bits)} bits, expected unsigned ones")
    n_samples = tags.get(_SAMPLES_PER_PIXEL, 1)
    # Of a palette or JPEG-compressed image Pillow counts otherwise; it drops no channel of them.
    if n_samples > len(image.getbands()) and image.mode in ("L", "RGB", "I", "F", "I;16"):
        raise DataError(f"{n_samples} channels, expected 1, 3, or 4 with transparency")


def _n_described(description: object) -> int:
    """Return the number of images in a single page: tifffile and ImageJ write stacks so."""
    if not isinstance(description, str):
        return 1
    if description.startswith("ImageJ="):
        found = re.search(r"^images=(\d+)", description, re.MULTILINE)
        return int(found[1]) if found else 1
    if description.startswith('{"shape"'):
        try:
            described = json.loads(description)
            shape = described["shape"] if described.get("truncated") else ()
            return int(shape[0]) if len(shape) > 2 else 1
        except (ValueError, TypeError, KeyError, AttributeError):
            return 1
    return 1
