"""Image files of several pages, each of them an image of its own: `cells.tif#0` and so on."""

import io
from collections.abc import Iterable, Mapping

from aecluster.data.files import Files
from aecluster.data.formats import image_format, read_image

_WITH_PAGES = ("TIFF", "GIF")
_HEAD_BYTES = 16

# The file of an image, and which of its pages it is, by the name of the image.
Pages = Mapping[str, tuple[str, int]]


def pages_of(files: Files, names: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of the pages of each file that has several.

    Parameters
    ----------
    files : Files
    names : iterable of str
        Files of images. One that cannot be read has no pages here: who decodes it says why.

    Returns
    -------
    dict of str to list of str
        By the name of the file.
    """
    found = {}
    for name in names:
        n_pages = _n_pages(files, name)
        if n_pages > 1:
            found[name] = [f"{name}#{page}" for page in range(n_pages)]
    return found


def _n_pages(files: Files, name: str) -> int:
    from PIL import Image

    try:
        with files.open(name) as file:
            kind = image_format(file.read(_HEAD_BYTES), name)
        if kind not in _WITH_PAGES:
            return 1
        return Image.open(io.BytesIO(read_image(files, name)), formats=(kind,)).n_frames
    except Exception:  # ours of the file, and decoders raise many kinds on corrupt bytes
        return 1
