"""The sparse manifold transform: closed-form features from which patches occur together.

An image is all its patches. Each patch activates some atoms of a dictionary, and a linear map
brings atoms together that are active in the same images::

    code        a(p)_j = 1 if cos(white(p), atom_j) >= threshold, else 0
    moments     V = E[a a^T] over patches,  m = E[a],  C = E[s s^T] - m m^T over images,
                with s the mean of an image's codes
    projection  the leading solutions v of C v = w V v: directions in code space that vary
                between images for as little variance among patches as possible
    vector      for each cell of a grid over the image, the mean of its projected codes, brought
                to length 1; as published each projected code is brought to length 1 before, too

So patches of one image move together as far as the code allows, which is the transform's
optimality: min E|P a - P a'|^2 over pairs of one image, subject to P V P^T = 1.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal, TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.linalg import eigh
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning

from aecluster.clustering import KMeans
from aecluster.cores import n_threads, one_blas_thread
from aecluster.errors import ConfigError
from aecluster.store import Split, Store
from aecluster.transforms.vectors import Vectors

Result = TypeVar("Result")

# Added to a patch's variance as by Coates and Ng.
_LEAST_VARIANCE = (10 / 255) ** 2
# Atoms are means of a sample: more of it and more iterations do not change the scores.
_N_SAMPLES, _N_ITERATIONS = 100_000, 10
# Patches that are atoms themselves have no higher cosine with each other: fewer than those that a
# patch activates are then alike.
_MOST_ALIKE = 0.5
# Patches of an image that count for the second moments, which need fewer than the means.
_N_MOMENTS = 16
# Part of the mean second moment that is added to each, since rare atoms have next to none.
_RIDGE = 1e-3
# Rows and columns of the picture of the dictionary.
_N_SHOWN = 16
_BLOCK_IMAGES = 256


def sparse_manifold(
    base: Store,
    *,
    patch_size: int,
    n_atoms: int,
    threshold: float,
    n_components: int,
    n_cells: int,
    n_fit: int,
    seed: int,
    whitening: float = 0.1,
    dictionary: Literal["kmeans", "patches"] = "kmeans",
    n_skipped: int = 0,
    normalize: bool = False,
) -> Vectors:
    """Fit the transform to some train images and apply it to every split.

    Parameters
    ----------
    base : Store
        Images, gray or in colour.
    patch_size : int
        Side of a patch in pixels.
    n_atoms : int
        Size of the dictionary.
    threshold : float
        Least cosine at which a patch activates an atom.
    n_components : int
        Values per cell.
    n_cells : int
        Cells per side, over which codes are averaged.
    n_fit : int
        Train images to fit to, drawn at random; all if there are fewer.
    seed : int
        Decides which images and patches, and the start of K-Means.
    whitening : float, default=0.1
        Added to the variance of each direction of patches before it is brought to 1.
    dictionary : {"kmeans", "patches"}, default="kmeans"
        Whether atoms are centres of patches, or patches themselves, no two of them alike.
    n_skipped : int, default=0
        Leading solutions that are left out: the smoothest ones, which tell of colour.
    normalize : bool, default=False
        Bring the projected code of each patch to length 1 before codes are averaged.

    Returns
    -------
    Vectors
        With n_cells^2 * n_components values per row, and the dictionary as atoms: each row of
        pictures shows an atom and those nearest to it in the projection.

    Raises
    ------
    ConfigError
        If the options do not fit the images.

    References
    ----------
    Chen, Yun, Ma, Olshausen and LeCun, "Minimalistic unsupervised representation learning with
    the sparse manifold transform", arXiv 2209.15261: the formulation in section 2, patches,
    whitening and the code of cosines for natural images in section 3.
    Coates and Ng, "Learning feature representations with K-means", 2012, for the dictionary.
    """
    train = base["train"]
    _check(train, patch_size, n_atoms, n_components + n_skipped, n_cells)
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(len(train))[:n_fit])
    sample = _sample(train, rows, patch_size, n_atoms, rng)
    whitened = _Whitening.fit(sample, whitening)
    atoms = _ATOMS[dictionary](whitened(sample), n_atoms, rng)
    encoder = _Encoder(whitened, atoms, threshold, patch_size, n_cells)
    mean, projection = _projection(
        encoder, _images(train, rows), len(rows), n_components + n_skipped, rng
    )
    projection = projection[:, n_skipped:]
    rowwise, offset = np.ascontiguousarray(projection), mean @ projection

    def of_normalized(image: np.ndarray) -> np.ndarray:
        # Of some thousand atoms a patch activates dozens.
        patches = csr_array(encoder.codes(image)) @ rowwise - offset
        return encoder.pool(_unit(patches), image.shape)

    def embed(images: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        look = of_normalized if normalize else encoder.cells
        for block in _batches(_in_threads(look, images), _BLOCK_IMAGES):
            cells = np.stack(block) if normalize else (np.stack(block) - mean) @ projection
            cells /= np.linalg.norm(cells, axis=2, keepdims=True) + np.float32(1e-8)
            yield cells.reshape(len(cells), -1)

    splits = {name: embed(_images(base[name], np.arange(len(base[name])))) for name in base.splits}
    shape = (patch_size, patch_size, train.X.shape[-1])
    return Vectors(splits, _pictures(whitened, atoms, mean, projection, shape))


def _check(train: Split, patch_size: int, n_atoms: int, n_solutions: int, n_cells: int) -> None:
    if train.X.ndim != 4:
        raise ConfigError(
            f"of: found rows of shape {train.X.shape[1:]}, expected images: height, width, channels"
        )
    n_places = min(train.X.shape[1:3]) - patch_size + 1
    if n_places < n_cells:
        raise ConfigError(
            f"patch_size, n_cells: images of {train.X.shape[1]} x {train.X.shape[2]} have "
            f"{max(n_places, 0)} places per side for patches of {patch_size}, expected at least "
            f"{n_cells}, one per cell"
        )
    if n_solutions >= n_atoms:
        raise ConfigError(
            f"n_components: found {n_solutions} with those skipped, expected less than the "
            f"{n_atoms} atoms"
        )


@dataclass(frozen=True)
class _Whitening:
    """Patches to vectors of length 1 whose directions are equally likely.

    Attributes
    ----------
    mean : ndarray of shape (d,)
        Of patches after contrast normalisation.
    matrix : ndarray of shape (d, d)
        Symmetric: ZCA, so that whitened patches still look like patches.
    """

    mean: np.ndarray
    matrix: np.ndarray

    @classmethod
    def fit(cls, patches: np.ndarray, least: float) -> "_Whitening":
        normal = _contrast_normalised(patches)
        variances, directions = np.linalg.eigh(np.cov(normal, rowvar=False))
        matrix = directions / np.sqrt(variances + least) @ directions.T
        return cls(normal.mean(axis=0), matrix.astype(np.float32))

    def __call__(self, patches: np.ndarray) -> np.ndarray:
        return _unit((_contrast_normalised(patches) - self.mean) @ self.matrix)


class _Encoder:
    """From an image to the mean codes of its cells.

    Parameters
    ----------
    whitening : _Whitening
    dictionary : ndarray of shape (n_atoms, d), float32
        Rows of length 1.
    threshold : float
    patch_size, n_cells : int
    """

    def __init__(
        self,
        whitening: _Whitening,
        dictionary: np.ndarray,
        threshold: float,
        patch_size: int,
        n_cells: int,
    ):
        self._whitening = whitening
        self._atoms = np.ascontiguousarray(dictionary.T)
        self._threshold = np.float32(threshold)
        self._patch_size, self._n_cells = patch_size, n_cells

    def codes(self, image: np.ndarray) -> np.ndarray:
        """Return the codes of all patches, row by row: (n_patches, n_atoms) of 0 and 1."""
        codes = self._whitening(_patches(image, self._patch_size)) @ self._atoms
        return np.greater_equal(codes, self._threshold, out=codes)

    def cells(self, image: np.ndarray) -> np.ndarray:
        """Return the mean codes of all cells, row by row, (n_cells^2, n_atoms)."""
        return self.pool(self.codes(image), image.shape)

    def pool(self, codes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Return the mean of the codes over every cell."""
        height, width = (side - self._patch_size + 1 for side in shape[:2])
        grid = codes.reshape(height, width, -1)
        rows, columns = (
            list(pairwise(np.linspace(0, side, self._n_cells + 1).round().astype(int)))
            for side in (height, width)
        )
        return np.stack(
            [
                grid[top:bottom, left:right].mean(axis=(0, 1))
                for top, bottom in rows
                for left, right in columns
            ]
        )


def _sample(
    train: Split, rows: np.ndarray, patch_size: int, n_atoms: int, rng: np.random.Generator
) -> np.ndarray:
    """Return as many patches of each image, some `_N_SAMPLES` in all."""
    each = -(-_N_SAMPLES // len(rows))
    sample = np.concatenate(
        [rng.permutation(_patches(image, patch_size))[:each] for image in _images(train, rows)]
    )
    if len(sample) <= n_atoms:
        raise ConfigError(
            f"n_atoms: found {n_atoms}, expected less than the {len(sample)} patches sampled"
        )
    return sample


def _centres(patches: np.ndarray, n_atoms: int, rng: np.random.Generator) -> np.ndarray:
    """Return the centres of K-Means on patches as atoms."""
    kmeans = KMeans(
        n_atoms, init="random", n_init=1, max_iter=_N_ITERATIONS, tol=0,
        random_state=int(rng.integers(2**32)),
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the iterations are few on purpose
        kmeans.fit(patches)
    return _unit(kmeans.cluster_centers_)


def _unlike(patches: np.ndarray, n_atoms: int, rng: np.random.Generator) -> np.ndarray:
    """Return patches in random order as atoms, without those like one before."""
    atoms = np.empty((n_atoms, patches.shape[1]), patches.dtype)
    n = 0
    for rows in np.split(rng.permutation(len(patches)), range(512, len(patches), 512)):
        block = patches[rows]
        block = block[(block @ atoms[:n].T <= _MOST_ALIKE).all(axis=1)]
        cosines, kept = block @ block.T, []
        for row in range(len(block)):
            if (cosines[row, kept] <= _MOST_ALIKE).all():
                kept.append(row)
        kept = kept[: n_atoms - n]
        atoms[n : n + len(kept)] = block[kept]
        n += len(kept)
    if n < n_atoms:
        raise ConfigError(
            f"n_atoms: found {n_atoms}, expected no more than the {n} patches that are unlike "
            f"each other among {len(patches)}"
        )
    return atoms


# How a dictionary is made, by the values of the key.
_ATOMS = {"kmeans": _centres, "patches": _unlike}


def _projection(
    encoder: _Encoder,
    images: Iterable[np.ndarray],
    n_images: int,
    n_components: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean code and the leading solutions of the eigenproblem, as columns."""
    seeds = rng.integers(2**32, size=n_images)

    def look(image_and_seed: tuple[np.ndarray, int]) -> tuple[np.ndarray, np.ndarray]:
        image, seed = image_and_seed
        codes = encoder.codes(image)
        some = np.random.default_rng(seed).permutation(len(codes))[:_N_MOMENTS]
        return codes.mean(axis=0), codes[some]

    means, moments, n_moments = [], np.float64(0), 0
    looks = _in_threads(look, zip(images, seeds, strict=True))
    for block in _batches(looks, _BLOCK_IMAGES):
        some = np.concatenate([codes for _, codes in block])
        moments = moments + some.T @ some
        n_moments += len(some)
        means += [mean for mean, _ in block]
    means = np.stack(means).astype(np.float64)
    mean = means.mean(axis=0)
    between = np.cov(means, rowvar=False, bias=True)
    among = moments / n_moments
    n_atoms = len(mean)
    among[np.diag_indices(n_atoms)] += _RIDGE * np.trace(among) / n_atoms
    _, solutions = eigh(between, among, subset_by_index=(n_atoms - n_components, n_atoms - 1))
    return mean.astype(np.float32), solutions[:, ::-1].astype(np.float32)


def _pictures(
    whitening: _Whitening,
    dictionary: np.ndarray,
    mean: np.ndarray,
    projection: np.ndarray,
    shape: tuple[int, int, int],
) -> np.ndarray:
    """Return atoms as patches in 0..1: the most active, each followed by those nearest to it."""
    near = _unit(projection) @ _unit(projection).T
    left, rows = list(np.argsort(-mean, kind="stable")), []
    n_columns = min(_N_SHOWN, len(left))
    while len(left) >= n_columns and len(rows) < _N_SHOWN:
        nearest = sorted(left, key=lambda atom: -near[left[0], atom])
        rows.append([left[0], *[atom for atom in nearest if atom != left[0]][: n_columns - 1]])
        left = [atom for atom in left if atom not in set(rows[-1])]
    patches = np.linalg.solve(whitening.matrix, dictionary[np.array(rows).ravel()].T).T
    patches /= 2 * np.abs(patches).max(axis=1, keepdims=True)
    return (patches + 0.5).reshape(len(rows), n_columns, *shape)


def _images(split: Split, rows: np.ndarray) -> Iterator[np.ndarray]:
    """Yield images in 0..1, read by blocks; `rows` in ascending order."""
    for start in range(0, len(rows), _BLOCK_IMAGES):
        yield from split.X[rows[start : start + _BLOCK_IMAGES]] * np.float32(split.scale)


def _patches(image: np.ndarray, size: int) -> np.ndarray:
    """Return all patches, row by row of the image, (n_patches, size * size * channels)."""
    windows = sliding_window_view(image, (size, size), axis=(0, 1))
    return windows.transpose(0, 1, 3, 4, 2).reshape(-1, size * size * image.shape[-1])


def _contrast_normalised(patches: np.ndarray) -> np.ndarray:
    centred = patches - patches.mean(axis=1, keepdims=True)
    variances = np.square(centred).mean(axis=1, keepdims=True)
    return centred / np.sqrt(variances + np.float32(_LEAST_VARIANCE))


def _unit(rows: np.ndarray) -> np.ndarray:
    """Return rows of length 1."""
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + np.float32(1e-8))


def _in_threads(
    function: Callable[[np.ndarray], Result], items: Iterable[np.ndarray]
) -> Iterator[Result]:
    """Yield the function of every item in order, on the threads that BLAS may use.

    An image is too little to share among threads; several images are not. Few are read ahead, so
    that memory stays flat.
    """
    n_workers = n_threads()
    with ThreadPoolExecutor(n_workers) as pool, one_blas_thread():
        for block in _batches(items, 8 * n_workers):
            yield from pool.map(function, block)


def _batches(items: Iterable[Result], size: int) -> Iterator[list[Result]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
