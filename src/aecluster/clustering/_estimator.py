"""The estimator: what scikit-learn's users know, around the project's own algorithm."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.utils import check_array, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from aecluster.clustering._distances import (
    candidates,
    codebook,
    inertia,
    scores,
    settle,
)
from aecluster.clustering._fit import fit
from aecluster.clustering._outcome import Run
from aecluster.clustering._rows import Rows, is_hdf5
from aecluster.clustering._seeding import seeded

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

DTYPES = (np.float64, np.float32, np.uint8)


class KMeans(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """K-Means clustering with the labels of plain Lloyd, in less time.

    Parameters, attributes and errors are those of `sklearn.cluster.KMeans`. Comparisons that
    rounding could decide are made in float64, so labels are exact for float32 and uint8 data too.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters and centroids.
    init : {"k-means++", "random"}, callable or array-like of shape (n_clusters, n_features), \
default="k-means++"
        How the first centroids are found: greedy k-means++, or rows drawn at random, or
        ``init(X, n_clusters, random_state=random_state)``, or the centroids themselves.
    n_init : "auto" or int, default="auto"
        Number of restarts, of which the one with the lowest inertia is kept. "auto" is 1 for
        "k-means++" and an array, 10 for "random" and a callable.
    max_iter : int, default=300
        Largest number of iterations of a restart.
    tol : float, default=1e-4
        Stop when the squared movements of the centroids sum up to no more than `tol` times the
        variance of a feature, averaged over the features. 0: until no centroid changes.
    verbose : int, default=0
        Print a line for every iteration.
    random_state : int, RandomState instance or None, default=None
        Determines the first centroids; an int makes them repeatable.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Means of the clusters, float32 for float32 data, else float64. When the iterations ended
        by `tol` or `max_iter`, the means of the assignment before `labels_`.
    labels_ : ndarray of shape (n_samples,), int32
        Index of the nearest centroid of every sample; of equally near ones the lowest.
    inertia_ : float
        Sum of squared distances to the nearest centroid, weighted by `sample_weight`.
    n_iter_ : int
        Number of iterations run.
    n_features_in_ : int
        Number of features seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen in `fit`, where `X` has names that are all strings.

    Notes
    -----
    Large fits run on as many cores as BLAS may use threads (see threadpoolctl and
    ``OMP_NUM_THREADS``): on Linux by processes that are forked for the time of the fit and share
    the data, when called from the main thread. Labels do not depend on their number.

    A fit that takes more than 5 s shows its progress where stderr is a terminal.

    References
    ----------
    Lloyd, Least squares quantization in PCM, IEEE Transactions on Information Theory 28 (1982).
    Arthur and Vassilvitskii, k-means++: The advantages of careful seeding, SODA 2007.

    Examples
    --------
    >>> import numpy as np
    >>> from aecluster.clustering import KMeans
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])
    >>> kmeans = KMeans(n_clusters=2, random_state=0).fit(X)
    >>> kmeans.labels_
    array([1, 1, 1, 0, 0, 0], dtype=int32)
    >>> kmeans.predict([[0, 0], [12, 3]])
    array([1, 0], dtype=int32)
    >>> kmeans.cluster_centers_
    array([[10.,  2.],
           [ 1.,  2.]])
    """

    _parameter_constraints: dict = {  # noqa: RUF012 - the form that scikit-learn prescribes
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "init": [StrOptions({"k-means++", "random"}), callable, "array-like"],
        "n_init": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: str | ArrayLike | Callable[..., ArrayLike] = "k-means++",
        n_init: int | str = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        verbose: int = 0,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> KMeans:
        """Find the clusters of `X`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or h5py.Dataset of shape (n_samples, ...)
            float32, float64 and uint8 are used as they are, other types as float64. A dataset is
            streamed in blocks.
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples; all 1 by default. They do not count in an `init` by array or
            callable.

        Returns
        -------
        self : KMeans

        Raises
        ------
        ValueError
            `X` holds NaN or infinity, has not two dimensions or fewer rows than `n_clusters`, or
            the shapes of `X`, `init` and `sample_weight` do not fit.
        """
        X = self._validated(X, reset=True)
        if X.shape[0] < self.n_clusters:
            raise ValueError(f"n_samples={X.shape[0]} should be >= n_clusters={self.n_clusters}.")
        rows = Rows(X, _check_weight(sample_weight, X))
        best = self._run(X, rows)
        n_distinct = np.count_nonzero(np.bincount(best.labels))
        if n_distinct < self.n_clusters:
            warnings.warn(
                f"Number of distinct clusters ({n_distinct}) found smaller than "
                f"n_clusters ({self.n_clusters}). Possibly due to duplicate points in X.",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.cluster_centers_ = best.centers.astype(_public_dtype(X))
        self._n_features_out = self.n_clusters
        self.labels_ = best.labels.astype(np.int32)
        self.inertia_ = best.inertia
        self.n_iter_ = best.n_iter
        return self

    def fit_predict(
        self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None
    ) -> NDArray[np.int32]:
        """Find the clusters of `X` and return the labels.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,), int32
        """
        return self.fit(X, sample_weight=sample_weight).labels_

    def predict(self, X: ArrayLike) -> NDArray[np.int32]:
        """Return the index of the nearest centroid of every sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or h5py.Dataset of shape (n_samples, ...)

        Returns
        -------
        ndarray of shape (n_samples,), int32
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        return self._labels(Rows(X, _check_weight(None, X)))

    def transform(self, X: ArrayLike) -> NDArray[np.floating]:
        """Return the Euclidean distance of every sample to every centroid.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or h5py.Dataset of shape (n_samples, ...)

        Returns
        -------
        ndarray of shape (n_samples, n_clusters)
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        distances = np.empty((X.shape[0], len(self.cluster_centers_)), _public_dtype(X))
        for part, block in Rows(X, _check_weight(None, X)).blocks(slice(0, X.shape[0])):
            distances[part] = euclidean_distances(block, self.cluster_centers_)
        return distances

    def score(
        self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the negative inertia of `X`: 0 at best, unbounded below.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or h5py.Dataset of shape (n_samples, ...)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        float
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        rows = Rows(X, _check_weight(sample_weight, X))
        labels = self._labels(rows)
        return -inertia(rows, slice(0, rows.n_samples), self.cluster_centers_, labels)

    def _run(self, X, rows: Rows) -> Run:
        random = self.random_state
        random = seeded(random) if isinstance(random, Integral) else check_random_state(random)
        n_restarts = self._n_restarts()
        start = self.init
        if not isinstance(start, str):
            start = self._given_starts(X, rows, n_restarts, random)
        return fit(
            rows,
            start,
            self.n_clusters,
            n_restarts,
            random,
            self.max_iter,
            self.tol,
            is_verbose=bool(self.verbose),
        )

    def _labels(self, rows: Rows) -> np.ndarray:
        book = codebook(rows, self.cluster_centers_.astype(np.float64)[None])
        labels = np.empty(rows.n_samples, np.int32)
        n_columns = len(self.cluster_centers_)
        for part, block in rows.blocks(slice(0, rows.n_samples), n_columns):
            points = rows.factors(block)
            reach = rows.lengths(np.einsum("ij,ij->i", points, points))
            score = scores(book, points)[0]
            among = candidates(reach, score, book.slack_per_norm[0], book.slack[0])
            labels[part] = among.argmax(axis=1)
            open_ = np.flatnonzero(np.count_nonzero(among, axis=1) > 1)
            labels[part.start + open_] = settle(
                rows, part.start + open_, book.centers[0], among[open_]
            )
        return labels

    def _validated(self, X, *, reset: bool):
        if not is_hdf5(X):
            return validate_data(self, X, reset=reset, dtype=DTYPES, order="C")
        # One row stands for the others: shape, type and names are checked, no data is held.
        sample = np.zeros((min(X.shape[0], 1), int(np.prod(X.shape[1:]))), X.dtype)
        validate_data(self, sample, reset=reset)
        for start in range(0, X.shape[0], 4096):
            check_array(X[start : start + 4096], allow_nd=True, dtype=None)
        return X

    def _given_starts(self, X, rows: Rows, n_restarts: int, random) -> np.ndarray:
        """Return first centroids, float64 of shape (n_restarts, n_clusters, n_features)."""
        if callable(self.init):
            starts = [self.init(X, self.n_clusters, random_state=random) for _ in range(n_restarts)]
        else:
            starts = [self.init]
        return np.stack([self._check_start(start, rows) for start in starts])

    def _n_restarts(self) -> int:
        given = not isinstance(self.init, str) and not callable(self.init)
        if self.n_init == "auto":
            return 1 if given or self.init == "k-means++" else 10
        if given and self.n_init != 1:
            warnings.warn(
                "Explicit initial center position passed: performing only one init in "
                f"{type(self).__name__} instead of n_init={self.n_init}.",
                RuntimeWarning,
                stacklevel=4,
            )
            return 1
        return self.n_init

    def _check_start(self, start, rows: Rows) -> np.ndarray:
        start = check_array(start, dtype=np.float64)
        if start.shape[0] != self.n_clusters:
            raise ValueError(
                f"The shape of the initial centers {start.shape} does not match the number of "
                f"clusters {self.n_clusters}."
            )
        if start.shape[1] != rows.n_features:
            raise ValueError(
                f"The shape of the initial centers {start.shape} does not match the number of "
                f"features of the data {rows.n_features}."
            )
        return start


def _public_dtype(X) -> np.dtype:
    return np.dtype(np.float32 if X.dtype == np.float32 else np.float64)


def _check_weight(sample_weight, X) -> np.ndarray:
    if sample_weight is None:
        return np.ones(X.shape[0])
    samples = np.empty((X.shape[0], 0))  # stands for X, which may be too large to be an array
    return _check_sample_weight(sample_weight, samples, dtype=np.float64, ensure_non_negative=True)
