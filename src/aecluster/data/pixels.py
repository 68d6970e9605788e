"""From an encoded image or an array of any size and kind to square 8-bit pixels.

Gray is ITU-R 601 luma in the integer arithmetic that Pillow uses::

    L = (19595 R + 38470 G + 7471 B + 32768) >> 16

OpenCV has one bit less, by which one colour in 770 differs by one level.

An image is turned upright by its EXIF orientation, reduced to 8 bits, laid on white where it is
transparent, turned gray or RGB, and brought to size last. Which values become black and white is
said by `aecluster.data.values`.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from aecluster.data.formats import NO_IMAGE, check_whole, image_format
from aecluster.data.values import BY_TYPE, Span, eight_bits
from aecluster.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

# A block of rows is held in memory as a whole.
_BLOCK_BYTES = 2**20

# Tags of TIFF, and the sample format of signed integers.
_BITS_PER_SAMPLE, _SAMPLE_FORMAT = 258, 339
_SIGNED = 2

# Where Pillow keeps what may say that an image is not upright.
_WITH_ORIENTATION = frozenset({"exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp"})

_LUMA = (19595, 38470, 7471)


@dataclass(frozen=True)
class PixelForm:
    """Size and channels that every image of a dataset is brought to.

    Attributes
    ----------
    size : int
        Height and width in pixels.
    grayscale : bool
        Whether colour becomes gray; otherwise every image has 3 channels.
    resize : {"crop", "pad"}
        What is done to an image that is not square: cut it to the square in its middle, or lay it
        on a black square.
    values : Span, optional
        Which values become black and white; by default what their type says.

    Examples
    --------
    >>> form = PixelForm(size=2, grayscale=True, resize="crop")
    >>> form.convert(np.full((1, 2, 2, 3), (255, 0, 0), np.uint8), "example").ravel().tolist()
    [76, 76, 76, 76]
    """

    size: int
    grayscale: bool
    resize: Literal["crop", "pad"]
    values: Span = BY_TYPE

    def __post_init__(self):
        if self.size < 1 or self.resize not in ("crop", "pad"):
            raise DataError(
                f"size {self.size} and resize {self.resize!r}, expected a size of 1 or more and "
                "crop or pad"
            )

    @property
    def n_channels(self) -> int:
        """Channels of an image that was read from a file."""
        return 1 if self.grayscale else 3

    @property
    def n_rows(self) -> int:
        """Number of images in a block."""
        return max(1, _BLOCK_BYTES // (self.size * self.size * self.n_channels))

    def decode(
        self,
        data: bytes,
        where: str,
        on_note: Callable[[str], None] | None = None,
        page: int | None = None,
    ) -> np.ndarray:
        """Return the pixels of an encoded image.

        Parameters
        ----------
        data : bytes
            The content of an image file.
        where : str
            What the image is called in an error, the name of its file at the end.
        on_note : callable, optional
            Called with what is to be said of the image, where only a part of it is taken.
        page : int, optional
            Which page of the file the image is; by default the file is to have but one.

        Returns
        -------
        ndarray of shape (size, size, 1 or 3), uint8

        Raises
        ------
        DataError
            If the image is corrupt, cut short, too large, has several pages, or is of a kind that
            has no 8-bit meaning.
        """
        from PIL import Image  # reading the names of sources must not load it

        found = image_format(data, where)
        if found is None:
            raise DataError(f"{where}: {NO_IMAGE}")
        try:
            # Not by `Image.open`, which would ask again what format it is.
            if found not in Image.OPEN:
                Image.init()
            image = Image.OPEN[found][0](io.BytesIO(data), "")
            if page is not None:
                image.seek(page)
            # From 89 million pixels on, which is more than a photograph has, Pillow but warns.
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:
                raise DataError(
                    f"{image.width * image.height:,} pixels, expected at most "
                    f"{Image.MAX_IMAGE_PIXELS:,}"
                )
            note = check_whole(image, page)
            if note and on_note:
                on_note(note)
            plain = self._fit(_plain(image, self.grayscale, self.values))
            # Not by `asarray`, which asks an image for more than its bytes.
            pixels = np.frombuffer(plain.tobytes(), np.uint8)
        except Exception as error:  # decoders raise errors of many kinds on corrupt bytes
            reason = " ".join(str(error).split()) or type(error).__name__
            raise DataError(f"{where}: cannot be read as an image ({reason})") from None
        return pixels.reshape(self.size, self.size, self.n_channels)

    def convert(self, block: np.ndarray, where: str) -> np.ndarray:
        """Return a block of images brought to size and, if wanted, to gray.

        Images of one channel keep it: there is no colour to make up.

        Parameters
        ----------
        block : ndarray of shape (m, h, w) or (m, h, w, 1 or 3)
            Of any type of numbers that `values` takes.
        where : str
            What the block is called in an error.

        Returns
        -------
        ndarray of shape (m, size, size, 1 or 3), uint8

        Raises
        ------
        DataError
            If a value is out of range.
        """
        pixels = eight_bits(block, where, self.values)
        if pixels.ndim == 3:
            pixels = pixels[..., np.newaxis]
        if self.grayscale and pixels.shape[-1] == 3:
            pixels = gray(pixels)
        if pixels.shape[1:3] == (self.size, self.size):
            return pixels
        from PIL import Image

        n_channels = pixels.shape[-1]
        planes = pixels[..., 0] if n_channels == 1 else pixels
        fitted = np.stack([np.asarray(self._fit(Image.fromarray(image))) for image in planes])
        return fitted.reshape(-1, self.size, self.size, n_channels)

    def _fit(self, image: "Image.Image") -> "Image.Image":
        square = (self.size, self.size)
        if image.size == square:
            return image
        from PIL import Image, ImageOps

        if self.resize == "crop":
            return ImageOps.fit(image, square)
        if 2 * self.size * min(image.size) > max(image.size):
            return ImageOps.pad(image, square)
        # Pillow would round the shorter side to 0.
        line = image.resize([self.size if side == max(image.size) else 1 for side in image.size])
        whole = Image.new(image.mode, square)
        whole.paste(line, [(self.size - side) // 2 for side in line.size])
        return whole


def gray(rgb: np.ndarray) -> np.ndarray:
    """Return ITU-R 601 luma, equal to Pillow's `convert("L")` to the last bit.

    Parameters
    ----------
    rgb : ndarray of shape (..., 3), uint8

    Returns
    -------
    ndarray of shape (..., 1), uint8

    References
    ----------
    Recommendation ITU-R BT.601-7, section 2.5.1.

    Examples
    --------
    >>> gray(np.array([[255, 255, 255], [0, 0, 255]], np.uint8)).tolist()
    [[255], [29]]
    """
    red, green, blue = (rgb[..., channel].astype(np.uint32) for channel in range(3))
    luma = _LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue + 2**15
    return (luma >> 16).astype(np.uint8)[..., np.newaxis]


def _plain(image: "Image.Image", grayscale: bool, values: Span) -> "Image.Image":
    """Return an image upright, of 8 bits, without transparency, in mode L or RGB."""
    if image.mode[0] in "IF":
        from PIL import Image

        dtype = _wide_dtype(image)
        numbers = np.asarray(_upright(image)).astype(dtype)
        return _channels(Image.fromarray(eight_bits(numbers, image.mode, values)), grayscale)
    image = _upright(image)
    if image.mode not in ("L", "RGB") or "transparency" in image.info:
        image = _opaque(image)
    if values.is_plain:
        return _channels(image, grayscale)
    from PIL import Image

    return _channels(Image.fromarray(eight_bits(np.asarray(image), image.mode, values)), grayscale)


def _opaque(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    # Palettes and CMYK have no direct way to gray that equals the one by RGB.
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _upright(image: "Image.Image") -> "Image.Image":
    image.load()  # PNG may have its EXIF after the pixels
    # Most have none, and to ask Pillow for it takes as long as to decode a small image.
    if image.format == "TIFF" or not _WITH_ORIENTATION.isdisjoint(image.info):
        from PIL import ImageOps

        ImageOps.exif_transpose(image, in_place=True)
    return image


def _wide_dtype(image: "Image.Image") -> str:
    """Return the type of the numbers in an image of more than 8 bits, which Pillow keeps wider."""
    if image.mode == "F":
        return "float32"
    # Pillow brings what has more than 8 bits in a PGM to 16.
    if image.mode.startswith("I;16") or image.format == "PPM":
        return "uint16"
    if image.format == "TIFF":
        tags = image.tag_v2
        bits, kind = tags.get(_BITS_PER_SAMPLE, (1,))[0], tags.get(_SAMPLE_FORMAT, (1,))[0]
        return f"{'int' if kind == _SIGNED else 'uint'}{bits}"
    return "int32"


def _channels(image: "Image.Image", grayscale: bool) -> "Image.Image":
    mode = "L" if grayscale else "RGB"
    return image if image.mode == mode else image.convert(mode)
