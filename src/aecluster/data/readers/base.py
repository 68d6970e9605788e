"""What a reader of a source is asked for, and what it gives.

A reader is a context manager: a function of a `Request` that opens the source, yields a `Dataset`
and closes the source in the end. `aecluster.data.SOURCES` names it. The images of a split are read
when a block of them is asked for, so that memory does not grow with their number.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from aecluster.data.files import Files, open_files
from aecluster.data.pixels import PixelForm
from aecluster.errors import DataError

Entries = TypeVar("Entries", list, np.ndarray)


@dataclass(frozen=True)
class ImageSplit:
    """The images of one split.

    Attributes
    ----------
    n : int
        Number of images.
    blocks : callable
        Without arguments; returns an iterable of blocks of shape (m, h, w, c), uint8.
    y : ndarray of shape (n,), int64, or None
        Class labels, where they exist; -1 of an image without one.
    n_skipped : int, default=0
        Number of images that were left out because they cannot be read.
    names : sequence of str or None, default=None
        What each image is called in its source, where it has a name there.
    """

    n: int
    blocks: Callable[[], Iterable[np.ndarray]]
    y: np.ndarray | None
    n_skipped: int = 0
    names: Sequence[str] | None = None


@dataclass(frozen=True)
class Dataset:
    """Images split into `train` and `test`.

    Attributes
    ----------
    splits : dict of str to ImageSplit
    class_names : tuple of str
        Names of the classes by label; empty without labels.
    digest : str or callable
        SHA-256 of what the images were read from; or what returns it, without arguments, once all
        of them have been read.
    notes : list of str
        What is to be said of the source, one line each: what is passed over, or taken in another
        way than one may think. It may grow while images are read.
    """

    splits: dict[str, ImageSplit]
    class_names: tuple[str, ...]
    digest: str | Callable[[], str]
    notes: list[str] = field(default_factory=list)

    @property
    def source_digest(self) -> str:
        """SHA-256 of what the images were read from, once all of them have been read."""
        return self.digest if isinstance(self.digest, str) else self.digest()


@dataclass(frozen=True)
class Request:
    """What is asked of a reader.

    Attributes
    ----------
    path : Path or None
        File or folder of the source.
    form : PixelForm
        Size and channels of the images wanted.
    test_fraction : float
        Part of the images that becomes `test` where the source is not split, between 0 and 1.
    split_seed : int
        What that choice is drawn from.
    on_bad_image : {"error", "skip"}
        What an image file that cannot be read leads to.
    scratch : Path
        A folder for temporary files; they have no name in it.
    progress : bool
        Whether to show how far a long step is, where stderr is a terminal.
    axes : str or None
        What the axes of arrays are, as `nhwc`; None where their lengths shall tell.
    label_column : str or None
        Which column of a table has the labels; None where its name shall tell.
    pages : {"one", "all"}, default="one"
        Whether image files of several pages are refused, or each page is an image.
    threads : int, default=1
        How many processes may read image files.
    """

    path: Path | None
    form: PixelForm
    test_fraction: float
    split_seed: int
    on_bad_image: Literal["error", "skip"]
    scratch: Path
    progress: bool
    axes: str | None = None
    label_column: str | None = None
    pages: Literal["one", "all"] = "one"
    threads: int = 1

    @contextmanager
    def open(
        self,
        is_wanted: Callable[[str], bool],
        looks_right: Callable[[bytes, str], bool] | None = None,
    ) -> Iterator[Files]:
        """Open the files at `path` that count, see `open_files`.

        Yields
        ------
        Files
        """
        with open_files(
            self.path,
            is_wanted,
            scratch=self.scratch,
            progress=self.progress,
            looks_right=looks_right,
        ) as files:
            yield files

    @contextmanager
    def open_official(self, names: Set[str], layout: str) -> Iterator[tuple[Files, dict[str, str]]]:
        """Open the files of a layout whose names are known, in whatever folder they are.

        Parameters
        ----------
        names : set of str
            Last parts of the names of the files.
        layout : str
            What has them, for the error.

        Yields
        ------
        files : Files
        paths : dict of str to str
            Relative name of each file by the last part of it.

        Raises
        ------
        DataError
            If one of them is missing, or there twice.
        """
        with self.open(lambda name: name.rpartition("/")[2] in names) as files:
            yield files, official_paths(files, names, layout)

    def split(self, n: int, y: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return sorted row numbers of `train` and `test`, the same part of every class.

        Each class draws from a generator of its own, so that a class more or less does not move
        the images of the others; classes of any size are taken.

        Parameters
        ----------
        n : int
            Number of images.
        y : ndarray of shape (n,), int, or None
            Class labels, where they exist; -1 of an image without one.

        Raises
        ------
        DataError
            If one of the splits would be empty, or `test_fraction` is out of range.
        """
        if not 0 < self.test_fraction < 1:
            raise DataError(f"test_fraction {self.test_fraction}, expected between 0 and 1")
        labels = np.zeros(n, int) if y is None else y
        is_test = np.zeros(n, bool)
        for label in np.unique(labels):
            rows = np.flatnonzero(labels == label)
            n_test = round(self.test_fraction * len(rows))
            rng = np.random.default_rng([self.split_seed, label % 2**32])
            is_test[rng.permutation(rows)[:n_test]] = True
        if is_test.all() or not is_test.any():
            raise DataError(
                f"{self.path or 'dataset'}: a test_fraction of {self.test_fraction} makes "
                f"{is_test.sum()} of {n} images test, expected one of train and of test at least"
            )
        return {"train": np.flatnonzero(~is_test), "test": np.flatnonzero(is_test)}


def official_paths(files: Files, names: Set[str], layout: str) -> dict[str, str]:
    """Return the relative name of each file of a layout by the last part of it.

    Raises
    ------
    DataError
        If one of them is missing, or files are there twice.
    """
    paths = {name.rpartition("/")[2]: name for name in files.names}
    if missing := sorted(names - set(paths)):
        raise DataError(f"{files.path}: {', '.join(missing)} not in it, expected {layout}")
    if len(paths) < len(files.names):
        raise DataError(
            f"{files.path}: {len(files.names)} files in it, expected {layout} once, "
            f"{len(paths)} files"
        )
    return paths


def parts(rows: Entries, n_rows: int) -> Iterator[Entries]:
    """Yield consecutive parts of `rows` with at most `n_rows` entries."""
    for start in range(0, len(rows), n_rows):
        yield rows[start : start + n_rows]
