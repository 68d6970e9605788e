"""From new images to the space and the clusters of a clustering, by what made them.

New images take the way of the stored ones: into the form of the pixels' store, through each
representation that leads to the clustered one, to the nearest centroid. A trained representation is
its model. A transform keeps no state: it is fitted anew to the stored train images, as its step did
with the same seed, so that there is no second way that could differ from the first.

Some stored images go along. What share of them gets its stored cluster says whether the way is
still the one that was gone: it is not where code or packages have changed, or where a vector
depends on the images beside it, as a map by UMAP's does a little and a function of one's own may.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name  # noqa: TID251 - of what the record of a step names
from typing import Any

import numpy as np

from aecluster.clustering import nearest_centroids
from aecluster.data.files import open_files
from aecluster.data.pixels import PixelForm
from aecluster.data.readers.base import parts
from aecluster.data.sources import is_image_name
from aecluster.data.values import BY_TYPE, Span
from aecluster.errors import AeclusterError, DataError
from aecluster.records.record import Record, read_record
from aecluster.steps.cluster import read_clusterer
from aecluster.store import (
    Split,
    Store,
    Subject,
    read_clustering,
    read_fitted_centroids,
    read_subject,
)

# Stored images that go along, from all over the split.
_N_CHECKED = 200
# Of which so many must get their stored cluster: a map that depends a little on which images come
# together keeps more, another map far fewer.
_LEAST_SAME = 0.9
_NEW, _CHECKED = "new", "checked"
# What a record of a transform names beside the arguments of its function.
_NO_ARGUMENTS = ("method", "of", "digest", "made_by")


@dataclass(frozen=True)
class NewImages:
    """Images to predict the clusters of.

    Attributes
    ----------
    names : sequence of str
        What each is called.
    blocks : callable
        Of the form that is wanted; yields uint8 blocks of shape (m, size, size, channels).
    """

    names: Sequence[str]
    blocks: Callable[[PixelForm], Iterable[np.ndarray]]


@dataclass(frozen=True)
class Placed:
    """New images in the space that was clustered.

    Attributes
    ----------
    names : sequence of str
        What each is called.
    rows : Split
        Their vectors; open as long as the block of `placed` lasts.
    centroids : ndarray of shape (k, d), float64
        As they were fitted.
    scale : float
        What brings them to the unit of the scaled rows.
    n_checked, n_same : int
        Number of stored images that went along, and of those that got their stored cluster.
    """

    names: Sequence[str]
    rows: Split
    centroids: np.ndarray
    scale: float
    n_checked: int
    n_same: int

    def clusters(self) -> Iterator[tuple[str, int, float]]:
        """Yield name, cluster and distance to its centroid of each image."""
        names = iter(self.names)
        for labels, distances in _nearest(self.rows, self.centroids, self.scale):
            yield from zip(names, labels.tolist(), distances.tolist(), strict=False)


def images_at(*paths: str | os.PathLike[str]) -> NewImages:
    """Return the images of files, folders and archives, which are read when they are needed.

    Parameters
    ----------
    *paths : path-like
        Image files, or folders, tars or zips with image files anywhere in them.

    Returns
    -------
    NewImages
        Named by their paths.

    Raises
    ------
    DataError
        If nothing is there, or no images are in it.
    """
    names: list[str] = []
    for path in map(Path, paths):
        if _is_file(path):
            names.append(str(path))
            continue
        if not path.exists():
            raise DataError(f"{path}: no such file or folder, expected images")
        with _opened(path) as files:
            if not files.names:
                raise DataError(f"{path}: no image files, expected PNG, JPEG, WebP, BMP or TIFF")
            names += [f"{path}/{name}" for name in files.names]

    def pixels(form: PixelForm) -> Iterator[np.ndarray]:
        for path in map(Path, paths):
            if _is_file(path):
                yield form.decode(path.read_bytes(), str(path))
                continue
            with _opened(path) as files:
                for name in files.names:
                    yield form.decode(files.read(name), files.where(name))

    def blocks(form: PixelForm) -> Iterator[np.ndarray]:
        rows: list[np.ndarray] = []
        for image in pixels(form):
            rows.append(image)
            if len(rows) == form.n_rows:
                yield np.stack(rows)
                rows = []
        if rows:
            yield np.stack(rows)

    return NewImages(names, blocks)


def images_in(array: np.ndarray) -> NewImages:
    """Return the images of an array (n, h, w) or (n, h, w, 1 or 3), named by their rows.

    Raises
    ------
    DataError
        If it has another shape or no images.
    """
    array = np.asarray(array)
    if array.ndim not in (3, 4) or 0 in array.shape or array.shape[3:] not in ((), (1,), (3,)):
        raise DataError(
            f"images: found an array of shape {array.shape}, expected (n, height, width) or "
            "(n, height, width, 1 or 3)"
        )

    def blocks(form: PixelForm) -> Iterator[np.ndarray]:
        for block in parts(array, form.n_rows):
            yield form.convert(block, "images")

    return NewImages([str(row) for row in range(len(array))], blocks)


@contextmanager
def placed(clustering: str | os.PathLike[str], images: NewImages) -> Iterator[Placed]:
    """Bring new images into the space of a clustering, in a temporary folder.

    Parameters
    ----------
    clustering : path-like
        ``results/<dataset>/<representation>/<split>/k<k>-s<seed>.h5``, with the results around it.
    images : NewImages

    Yields
    ------
    Placed

    Raises
    ------
    DataError
        If an image cannot be read, or has colour where the stored ones have none to compare.
    StoreError, RecordError
        If a file that led to the clustering is missing or cut short.
    AeclusterError
        If the clustering is not by K-Means, or the stored images do not get their stored clusters.
    """
    subject = read_subject(clustering)
    clusterer = read_clusterer(clustering)
    if clusterer is not None:
        raise AeclusterError(
            f"{clustering}: a clustering by {clusterer}, expected one by K-Means, whose centroids "
            f"say where new images belong: {Path(clustering).name.removeprefix(f'{clusterer}-')}"
        )
    labels, _ = read_clustering(clustering)
    centroids, scale = read_fitted_centroids(clustering)
    with tempfile.TemporaryDirectory(prefix="aecluster-") as folder, ExitStack() as stack:
        way = _Way(Path(clustering).absolute().parents[2], subject, Path(folder), stack)
        checked = np.unique(np.linspace(0, len(labels) - 1, _N_CHECKED).astype(int))
        way.begin(images, checked)
        there = way.store_of(subject["representation"])
        stored = _nearest(there[_CHECKED], centroids, scale)
        again = np.concatenate([found for found, _ in stored])
        n_same = int(np.sum(again == labels[checked]))
        if n_same < _LEAST_SAME * len(checked):
            raise AeclusterError(
                f"{clustering}: only {n_same} of {len(checked)} stored images get their stored "
                f"cluster again, so that new ones cannot be placed: {subject['representation']} "
                "depends on which images come together, or its code or packages have changed"
            )
        yield Placed(images.names, there[_NEW], centroids, scale, len(checked), n_same)


class _Way:
    """The stores of new images, one per representation on the way to the clustered one.

    Parameters
    ----------
    results : Path
        ``results/<dataset>``.
    subject : Subject
        Of the clustering.
    folder : Path
        Where the stores are made.
    stack : ExitStack
        Which closes them.
    """

    def __init__(self, results: Path, subject: Subject, folder: Path, stack: ExitStack):
        self._results, self._subject = results, subject
        self._folder, self._stack = folder, stack
        self._made: dict[str, Store] = {}

    def begin(self, images: NewImages, checked: np.ndarray) -> None:
        """Write the pixels of new images, and those of some rows of the stored split."""
        stored = self._stored("pixels")
        split = stored[self._subject["split"]]
        record = read_record(self._record_of("pixels"))
        size, _, n_channels = split.X.shape[1:]
        limits = record.details.get("value_limits")
        form = PixelForm(
            size=size,
            grayscale=n_channels == 1,
            resize=record.params["resize"],
            # What became black and white there, be it the range of those images.
            values=Span(tuple(limits)) if limits else BY_TYPE,
        )
        path = self._folder / "pixels.h5"
        with Store.create(
            path, dataset=stored.dataset, representation="pixels", source_digest="new"
        ) as new:
            for name, blocks, n in (
                (_NEW, images.blocks(form), len(images.names)),
                (_CHECKED, [split.X[checked]], len(checked)),
            ):
                blocks = _checked_channels(blocks, n_channels)
                new.add_split(name, blocks, n=n, scale=split.scale)
        self._made["pixels"] = self._stack.enter_context(Store(path))

    def store_of(self, name: str) -> Store:
        """Return the store of the new images in some representation."""
        if name not in self._made:
            path = self._folder / f"{len(self._made)}.h5"
            model = self._folder_of(name) / "model.keras"
            if model.exists():
                self._encode(model, path, name)
            else:
                self._transform(read_record(self._record_of(name)), path, name)
            self._made[name] = self._stack.enter_context(Store(path))
        return self._made[name]

    def _encode(self, model: Path, path: Path, name: str) -> None:
        from aecluster.networks.inference import encoded_blocks
        from aecluster.networks.model import load_model

        pixels, network = self._made["pixels"], load_model(model)
        codes = {split: encoded_blocks(network, pixels[split].X) for split in pixels.splits}
        pixels.derive(path, representation=name, vectors=codes)

    def _transform(self, made: Record, path: Path, name: str) -> None:
        of = made.params.get("of", "pixels")
        names = of if isinstance(of, list) else [of]
        bases = [_Joined(self._stored(base), self.store_of(base)) for base in names]
        options = {key: made.params[key] for key in made.params if key not in _NO_ARGUMENTS}
        vectors = resolve_name(made.params["made_by"])(*bases, **options)
        self.store_of(names[0]).derive(path, representation=name, vectors=vectors.splits)

    def _stored(self, name: str) -> Store:
        return self._stack.enter_context(Store(self._folder_of(name) / "store.h5"))

    def _record_of(self, name: str) -> Path:
        return self._folder_of(name) / "store.json"

    def _folder_of(self, name: str) -> Path:
        of_seed = "" if name == "pixels" else f"s{self._subject['seed']}"
        return self._results / name / of_seed


class _Joined:
    """A store for a transform: fitted to the train images of one, applied to the splits of another.

    Parameters
    ----------
    fitted, new : Store
        Of the same representation.
    """

    def __init__(self, fitted: Store, new: Store):
        self._fitted, self._new = fitted, new
        self.splits = new.splits

    def __getitem__(self, split: str) -> Split:
        return self._new[split] if split in self.splits else self._fitted[split]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fitted, name)


def _nearest(
    rows: Split, centroids: np.ndarray, scale: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the nearest centroid of each row, as K-Means assigns it, and the distance to it."""
    # Rows of a scale of their own were clustered as they are kept.
    for block in rows.blocks() if scale == 1 else rows.unscaled_blocks():
        labels = nearest_centroids(block, centroids)
        yield labels, np.linalg.norm(block - centroids[labels], axis=1) * scale


def _checked_channels(blocks: Iterable[np.ndarray], n_channels: int) -> Iterator[np.ndarray]:
    for block in blocks:
        if block.shape[-1] != n_channels:
            raise DataError(
                f"images: found {block.shape[-1]} channels, expected {n_channels}, as the stored "
                "images have"
            )
        yield block


def _is_file(path: Path) -> bool:
    return path.is_file() and is_image_name(path.name)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    scratch = Path(tempfile.gettempdir())
    with open_files(path, is_image_name, scratch=scratch, progress=True) as files:
        yield files
