"""What a run would read of a path, found out before any run.

The readers of `aecluster.data.readers` are called as for a run, with a form of pixels that notes
what it is given: sizes and values as they are in the source, and a digest of every image.
"""

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name  # noqa: TID251 - no step of a run depends on this module

import numpy as np

from aecluster.data.files import open_files
from aecluster.data.kinds import foreign_kind, what_takes
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import Dataset, ImageSplit, Request
from aecluster.data.sources import SOURCES, check_source, is_image_name
from aecluster.data.values import unused_range
from aecluster.errors import DataError

_N_SAMPLES = 10
# Large enough to be looked at, small enough that 60,000 of them take seconds.
_SAMPLE_SIZE = 64
_DIGEST_BYTES = 16
_MOST_CLASSES = 20


@dataclass
class _Seen:
    """What was seen of the images, in order."""

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    digests: list[bytes] = field(default_factory=list)
    low: float = np.inf
    high: float = -np.inf
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, pixels: np.ndarray, kind: str) -> None:
        self.sizes[pixels.shape[1], pixels.shape[0]] += 1
        self.kinds[kind] += 1
        self.low, self.high = min(self.low, pixels.min()), max(self.high, pixels.max())
        shape = repr(pixels.shape).encode()
        digest = hashlib.sha256(shape + np.ascontiguousarray(pixels).tobytes()).digest()
        self.digests.append(digest[:_DIGEST_BYTES])


@dataclass(frozen=True)
class _SeeingForm(PixelForm):
    """A form of pixels that notes the images that are brought to it."""

    seen: _Seen = field(default_factory=_Seen, compare=False)

    def decode(
        self,
        data: bytes,
        where: str,
        on_note: Callable[[str], None] | None = None,
        page: int | None = None,
    ) -> np.ndarray:
        """Return the pixels of an encoded image, and note them."""
        found: list[np.ndarray] = []
        form = _BeforeFit(self.size, self.grayscale, self.resize, self.values, found)
        pixels = form.decode(data, where, on_note, page)
        self.seen.add(found[0], "image files")
        return pixels

    def convert(self, block: np.ndarray, where: str) -> np.ndarray:
        """Return a block of images brought to size, and note them as they were."""
        pixels = super().convert(block, where)
        for image in block:
            self.seen.add(image, str(block.dtype))
        return pixels


@dataclass(frozen=True)
class _BeforeFit(PixelForm):
    """Keeps the pixels of an image as they are before it is brought to size."""

    found: list[np.ndarray] = field(default_factory=list, compare=False)

    def _fit(self, image):
        self.found.append(np.asarray(image))
        return super()._fit(image)


@dataclass(frozen=True)
class Survey:
    """What a run would read.

    Attributes
    ----------
    lines : list of str
        In words.
    samples : ndarray of shape (at most 10, 64, 64, 1 or 3), uint8
        Pictures from all over the source.
    captions : list of str
        What each of them is: its class, else its name or number.
    """

    lines: list[str]
    samples: np.ndarray
    captions: list[str]


def survey(path: Path, source: str | None = None) -> Survey:
    """Read a path as a run would, and return what is found.

    Parameters
    ----------
    path : Path
        A folder, archive or file.
    source : str, optional
        Key of `aecluster.data.SOURCES`; guessed by default.

    Raises
    ------
    DataError
        If a run would refuse it.
    """
    guessed = "" if source else " (guessed)"
    source = source or guess_source(path)
    check_source(source, path)
    seen = _Seen()
    form = _SeeingForm(_SAMPLE_SIZE, grayscale=False, resize="pad", seen=seen)
    with tempfile.TemporaryDirectory() as scratch:
        request = Request(
            path=path,
            form=form,
            test_fraction=0.2,
            split_seed=0,
            on_bad_image="skip",
            scratch=Path(scratch),
            progress=True,
        )
        with resolve_name(SOURCES[source].reader)(request) as images:
            n = {name: split.n for name, split in images.splits.items()}
            samples, captions, digests = _read(images)
            total = sum(n.values())
            # A source that is in one form only hands its images over without a conversion.
            digests = seen.digests if len(seen.digests) == total else digests
            lines = [
                f"{path}: source {source}{guessed}, {total:,} images",
                *_split_lines(images),
                *_sizes(seen),
                *_values(seen),
                *_copies(images, digests),
                *images.notes,
            ]
    return Survey(lines, samples, captions)


def guess_source(path: Path) -> str:
    """Return the source that a path is most likely of.

    Raises
    ------
    DataError
        If it is of none.
    """
    if not path.exists():
        raise DataError(f"{path}: no such file or folder, expected images")
    kind = None if path.is_dir() else foreign_kind(path)
    if kind:
        taking = [name for name, source in SOURCES.items() if kind in source.takes]
        if not taking:
            raise DataError(f"{path}: found {kind}; {what_takes(kind)}")
        return taking[-1]  # of several, `arrays` takes a file by itself
    names: list[str] = []

    def note(name: str) -> bool:
        names.append(name)
        return False

    with open_files(path, note, scratch=Path(tempfile.gettempdir()), progress=True):
        pass
    files = [name.rpartition("/")[2] for name in names]
    for name, source in SOURCES.items():
        if source.sign and any(re.fullmatch(source.sign, file) for file in files):
            return name
    if any(map(is_image_name, names)):
        return "images"
    found = ", ".join(sorted({Path(file).suffix or file for file in files})[:8]) or "nothing"
    raise DataError(f"{path}: found {found}, expected images or a data set of known files")


def _read(images: Dataset) -> tuple[np.ndarray, list[str], list[bytes]]:
    """Return samples, their captions, and a digest of each image as it is read."""
    total = sum(split.n for split in images.splits.values())
    wanted = np.unique(np.linspace(0, total - 1, min(_N_SAMPLES, total)).round().astype(int))
    samples, captions, digests = [], [], []
    start = 0
    for split in images.splits.values():
        first = start
        for block in split.blocks():
            for row in wanted[(wanted >= start) & (wanted < start + len(block))]:
                samples.append(block[row - start])
                captions.append(_caption(images, split, row - first))
            digests += [hashlib.sha256(image.tobytes()).digest()[:_DIGEST_BYTES] for image in block]
            start += len(block)
    return np.stack(samples), captions, digests


def _caption(images: Dataset, split: ImageSplit, row: int) -> str:
    if split.y is not None and split.y[row] >= 0:
        return images.class_names[split.y[row]]
    return _name(split, row)


def _name(split: ImageSplit, row: int) -> str:
    return split.names[row] if split.names is not None else f"image {row}"


def _split_lines(images: Dataset) -> list[str]:
    lines = []
    for name, split in images.splits.items():
        skipped = f", {split.n_skipped:,} more cannot be read" if split.n_skipped else ""
        lines.append(f"{name}: {split.n:,} images{skipped}, {_classes(images, split)}")
    return lines


def _classes(images: Dataset, split: ImageSplit) -> str:
    if split.y is None:
        return "no labels"
    counts = np.bincount(split.y[split.y >= 0], minlength=len(images.class_names))
    told = [
        f"{name} {count:,}" for name, count in zip(images.class_names, counts, strict=True) if count
    ]
    more = [f"{len(told) - _MOST_CLASSES:,} more"] if len(told) > _MOST_CLASSES else []
    unlabelled = np.count_nonzero(split.y < 0)
    none = [f"no label {unlabelled:,}"] if unlabelled else []
    return f"{len(told):,} classes: {', '.join([*told[:_MOST_CLASSES], *more, *none])}"


def _sizes(seen: _Seen) -> list[str]:
    if not seen.sizes:
        return []
    (width, height), n = seen.sizes.most_common(1)[0]
    if len(seen.sizes) == 1:
        return [f"sizes: all {width} x {height} pixels"]
    sides = [side for size in seen.sizes for side in size]
    return [
        f"sizes: {len(seen.sizes):,} different, sides of {min(sides):,} to {max(sides):,} pixels, "
        f"{n:,} of {width} x {height}"
    ]


def _values(seen: _Seen) -> list[str]:
    if not seen.sizes:
        return []
    is_pictures = set(seen.kinds) <= {"image files", "uint8"}
    warning = unused_range(int(seen.low), int(seen.high)) if is_pictures else None
    kinds = "" if is_pictures else f" of {', '.join(sorted(seen.kinds))}"
    return [warning or f"values: {seen.low:g} to {seen.high:g}{kinds}"]


def _copies(images: Dataset, digests: list[bytes]) -> list[str]:
    """Return what images are exact copies of earlier ones, by the splits of both."""
    first: dict[bytes, tuple[str, int]] = {}
    copies: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    n_other_class = 0
    place = 0
    for name, split in images.splits.items():
        for row in range(split.n):
            earlier = first.setdefault(digests[place], (name, row))
            place += 1
            if earlier == (name, row):
                continue
            pair = (earlier[0], name)
            copies[pair] += 1
            original = images.splits[earlier[0]]
            examples.setdefault(pair, f"{_name(split, row)} of {_name(original, earlier[1])}")
            if split.y is not None and original.y is not None:
                n_other_class += split.y[row] != original.y[earlier[1]]
    lines = [
        f"copies: {n:,} images of {of} are exact copies of others in {earlier}, such as "
        f"{examples[earlier, of]}"
        for (earlier, of), n in copies.items()
    ]
    if n_other_class:
        lines.append(f"copies: {n_other_class:,} of them are of another class than the original")
    return lines or ["copies: none"]
