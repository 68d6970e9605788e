"""From an encoded image or an array of any size and kind to square 8-bit pixels.

Gray is ITU-R 601 luma in the integer arithmetic that Pillow uses::

    L = (19595 R + 38470 G + 7471 B + 32768) >> 16

OpenCV has one bit less, by which one colour in 770 differs by one level.

An image is turned upright by its EXIF orientation, reduced to 8 bits, laid on white where it is
transparent, turned gray or RGB, and brought to size last.
"""

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from aecluster.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

# A block of rows is held in memory as a whole.
_BLOCK_BYTES = 2**20

# Formats that Pillow decodes in its own process; for others it may call outside programs.
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")

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

    Examples
    --------
    >>> form = PixelForm(size=2, grayscale=True, resize="crop")
    >>> form.convert(np.full((1, 2, 2, 3), (255, 0, 0), np.uint8), "example").ravel().tolist()
    [76, 76, 76, 76]
    """

    size: int
    grayscale: bool
    resize: Literal["crop", "pad"]

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

    def decode(self, data: bytes, where: str) -> np.ndarray:
        """Return the pixels of an encoded image.

        Parameters
        ----------
        data : bytes
            The content of an image file.
        where : str
            What the file is called in an error.

        Returns
        -------
        ndarray of shape (size, size, 1 or 3), uint8

        Raises
        ------
        DataError
            If the image is corrupt, cut short, too large, or of a kind that has no 8-bit meaning.
        """
        from PIL import Image  # reading the names of sources must not load it

        try:
            with warnings.catch_warnings():
                # Pillow warns from 89 million pixels on, which is more than a photograph has.
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(data), formats=_FORMATS)
            pixels = np.asarray(self._fit(_plain(image, self.grayscale)))
        except Exception as error:  # decoders raise errors of many kinds on corrupt bytes
            reason = " ".join(str(error).split()) or type(error).__name__
            if isinstance(error, Image.UnidentifiedImageError):
                reason = f"none of {', '.join(_FORMATS)}"
            raise DataError(f"{where}: cannot be read as an image ({reason})") from None
        return pixels.reshape(self.size, self.size, self.n_channels)

    def convert(self, block: np.ndarray, where: str) -> np.ndarray:
        """Return a block of images brought to size and, if wanted, to gray.

        Images of one channel keep it: there is no colour to make up.

        Parameters
        ----------
        block : ndarray of shape (m, h, w) or (m, h, w, 1 or 3)
            uint8, bool, uint16, other integers in 0..255, or floats in 0..1.
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
        pixels = eight_bits(block, where)
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
        from PIL import ImageOps

        square = (self.size, self.size)
        if image.size == square:
            return image
        return ImageOps.fit(image, square) if self.resize == "crop" else ImageOps.pad(image, square)


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


def eight_bits(values: np.ndarray, where: str) -> np.ndarray:
    """Return values of any kind as 8 bits, rounded.

    Parameters
    ----------
    values : ndarray
        uint8, bool, uint16, other integers in 0..255, or floats in 0..1.
    where : str
        What the values are called in an error.

    Returns
    -------
    ndarray of the same shape, uint8

    Raises
    ------
    DataError
        If a value is out of range.
    """
    if values.dtype == np.uint8 or values.size == 0:
        return values.astype(np.uint8, copy=False)
    if values.dtype == np.bool_:
        return values * np.uint8(255)
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    is_integer = values.dtype.kind in "iu"
    largest = 255 if is_integer else 1
    # Written so that a NaN is out of range too.
    if not (values.min() >= 0 and values.max() <= largest):
        raise DataError(
            f"{where}: {values.dtype} values from {values.min():g} to {values.max():g}, "
            f"expected {values.dtype} in 0..{largest}"
        )
    return values.astype(np.uint8) if is_integer else np.rint(values * 255.0).astype(np.uint8)


def _plain(image: "Image.Image", grayscale: bool) -> "Image.Image":
    """Return an image upright, of 8 bits, without transparency, in mode L or RGB."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        image = Image.fromarray(eight_bits(_sixteen_bits(image), image.mode))
    elif image.mode == "F":
        raise DataError("32-bit floats, expected 8 or 16 bits per channel")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    # Palettes and CMYK have no direct way to gray that equals the one by RGB.
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    return image.convert("L" if grayscale else "RGB")


def _sixteen_bits(image: "Image.Image") -> np.ndarray:
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 65535:
        raise DataError(f"32-bit values to {values.max()}, expected 8 or 16 bits per channel")
    return values.astype(np.uint16)
