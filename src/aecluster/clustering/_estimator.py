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
from sklearn.utils import check_array, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from aecluster.clustering._callbacks import Callbacks, CallbackSupportMixin
from aecluster.clustering._distances import codebook, distances_of, inertia, nearest_to
from aecluster.clustering._fit import fit
from aecluster.clustering._input import refuse_masked
from aecluster.clustering._outcome import Run
from aecluster.clustering._rows import Rows, is_hdf5, is_sparse
from aecluster.clustering._seeding import seeded
from aecluster.clustering._watching import Printer, Watcher, Watchers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

DTYPES = (np.float64, np.float32, np.uint8)
# Of sparse data that have so many zeros and others a dense array is made: 128 MB in float64.
MAX_DENSE = 2**24


class KMeans(
    CallbackSupportMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    ClusterMixin,
    BaseEstimator,
):
    """K-Means clustering with the labels of plain Lloyd, in less time.

    Parameters, attributes and errors are those of `sklearn.cluster.KMeans`. Comparisons that
    rounding could decide are made in float64, so labels are exact for float32 and uint8 data too.
    Every label is that of the nearest of `cluster_centers_`, and `predict` gives the same.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters and centroids.
    init : {"k-means++", "minibatch", "random"}, callable or array-like of shape \
(n_clusters, n_features), default="k-means++"
        How the first centroids are found: greedy k-means++, or that and then a few small batches of
        rows, which pull the centroids to better places, or rows drawn at random, or
        ``init(X, n_clusters, random_state=random_state)``, or the centroids themselves.
    n_init : "auto" or int, default="auto"
        Number of restarts, of which the one with the lowest inertia is kept. "auto" is 1 for
        "k-means++", "minibatch" and an array, 10 for "random" and a callable.
    max_iter : int, default=300
        Largest number of iterations of a restart.
    tol : float, default=1e-4
        Stop when the squared movements of the centroids sum up to no more than `tol` times the
        variance of a feature, averaged over the features. 0: until no centroid changes.
    verbose : int, default=0
        Print a line for every iteration.
    random_state : int, RandomState instance or None, default=None
        Determines the first centroids; an int makes them repeatable.
    copy_x : bool, default=True
        For scikit-learn's sake, without effect: `X` is never changed.
    algorithm : {"lloyd", "elkan"}, default="lloyd"
        For scikit-learn's sake, without effect: the result is Lloyd's, by bounds that take the
        place of Elkan's.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Means of the clusters. float32 for float32 data, unless a label hangs on the rounding; else
        float64. When the iterations ended by `tol`, `max_iter` or a callback, the means of the
        assignment before `labels_`.
    labels_ : ndarray of shape (n_samples,), int32
        Index of the nearest centroid of every sample; of equally near ones the lowest.
    inertia_ : float
        Sum of squared distances to the nearest centroid, weighted by `sample_weight`. Infinity
        where float64 has no such number.
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

    With scikit-learn 1.9 or later, `set_callbacks` takes callbacks of `sklearn.callback`, which are
    told of every iteration and may stop a restart; ``docs/kmeans.md`` has an example.

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
        "init": [StrOptions({"k-means++", "minibatch", "random"}), callable, "array-like"],
        "n_init": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
        "copy_x": ["boolean"],
        "algorithm": [StrOptions({"lloyd", "elkan"})],
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
        copy_x: bool = True,
        algorithm: str = "lloyd",
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state
        self.copy_x = copy_x
        self.algorithm = algorithm

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> KMeans:
        """Find the clusters of `X`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features) or h5py.Dataset of shape \
(n_samples, ...)
            float32, float64 and uint8 are used as they are, other types as float64. A dataset is
            streamed in blocks; of a sparse matrix dense blocks are made.
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples; all 1 by default. They do not count in an `init` by array or
            callable. Samples of weight 0 get labels, and have no other effect.

        Returns
        -------
        self : KMeans

        Raises
        ------
        ValueError
            `X` holds NaN, infinity or masked values, has not two dimensions or fewer rows than
            `n_clusters`, the shapes of `X`, `init` and `sample_weight` do not fit, or fewer rows
            count than are to be drawn for `init="random"`.
        """
        X = self._validated(X, reset=True)
        if X.shape[0] < self.n_clusters:
            raise ValueError(f"n_samples={X.shape[0]} should be >= n_clusters={self.n_clusters}.")
        rows = Rows(_dense(X), _check_weight(sample_weight, X))
        self._n_init = self._n_restarts()
        metadata = {} if sample_weight is None else {"sample_weight": sample_weight}
        told = {"estimator": self, "X": X, "y": y, "metadata": metadata}
        context = self._begun(told)
        best = self._run(X, rows, self._watcher(context, told, rows))
        n_distinct = np.count_nonzero(np.bincount(best.labels))
        if n_distinct < self.n_clusters:
            warnings.warn(
                f"Number of distinct clusters ({n_distinct}) found smaller than "
                f"n_clusters ({self.n_clusters}). Possibly due to duplicate points in X.",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.cluster_centers_ = _public(best.centers, X)
        self._n_features_out = self.n_clusters
        self.labels_ = best.labels.astype(np.int32)
        self.inertia_ = best.inertia
        self.n_iter_ = best.n_iter
        if context is not None:
            context.call_on_fit_task_end(**told, reconstruction_attributes={})
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
        X : {array-like, sparse matrix} of shape (n_samples, n_features) or h5py.Dataset of shape \
(n_samples, ...)

        Returns
        -------
        ndarray of shape (n_samples,), int32
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        return nearest_to(_unweighted(X), self.cluster_centers_)

    def transform(self, X: ArrayLike) -> NDArray[np.floating]:
        """Return the Euclidean distance of every sample to every centroid.

        The first of the smallest distances of a sample is that to the centroid of `predict`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features) or h5py.Dataset of shape \
(n_samples, ...)

        Returns
        -------
        ndarray of shape (n_samples, n_clusters)
            float32 for float32 data, else float64.
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        rows = _unweighted(X)
        centers = self.cluster_centers_.astype(np.float64)
        distances = np.empty((rows.n_samples, len(centers)), _public_dtype(X))
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            book = codebook(rows, centers[None], np.dtype(np.float64))
            for part, block in rows.blocks(slice(0, rows.n_samples), len(centers)):
                distances[part] = distances_of(rows, part, block, book)
        return distances

    def score(
        self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the negative inertia of `X`: 0 at best, unbounded below.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features) or h5py.Dataset of shape \
(n_samples, ...)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        float
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        rows = Rows(_dense(X), _check_weight(sample_weight, X))
        return -_inertia(rows, self.cluster_centers_, nearest_to(rows, self.cluster_centers_))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _run(self, X, rows: Rows, watcher: Watcher | None) -> Run:
        random = self.random_state
        random = seeded(random) if isinstance(random, Integral) else check_random_state(random)
        start = self.init
        if not isinstance(start, str):
            start = self._given_starts(X, rows, self._n_init, random)
        return fit(
            rows,
            start,
            self.n_clusters,
            self._n_init,
            random,
            self.max_iter,
            self.tol,
            watcher=watcher,
            rounded_to=_public_dtype(X),
        )

    def _begun(self, told: dict):
        """Return the context of callbacks, or None where there are none."""
        if not (hasattr(self, "_skl_callbacks") or hasattr(self, "_parent_callback_ctx")):
            return None
        context = self._init_callback_context(max_subtasks=self._n_init)
        return context.call_on_fit_task_begin(**told)

    def _watcher(self, context, told: dict, rows: Rows) -> Watcher | None:
        """Return who looks on: lines that are printed, callbacks, both or none."""
        watchers: list[Watcher] = [Printer()] if self.verbose else []
        if context is not None and getattr(self, "_skl_callbacks", None):

            def fitted(centers: np.ndarray, n_iter: int) -> dict:
                labels = nearest_to(rows, centers)
                return {
                    "cluster_centers_": _public(centers, told["X"]),
                    "labels_": labels,
                    "inertia_": _inertia(rows, centers, labels),
                    "n_iter_": n_iter,
                    "_n_features_out": len(centers),
                }

            watchers.append(Callbacks(context, self.max_iter, told, fitted))
        return Watchers(watchers) if watchers else None

    def _validated(self, X, *, reset: bool):
        refuse_masked(X, "X")
        if is_sparse(X):
            # Entries that are given twice are summed up, for which uint8 has no room.
            return validate_data(self, X, reset=reset, dtype=DTYPES[:2], accept_sparse="csr")
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
            return 1 if given or self.init in ("k-means++", "minibatch") else 10
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
        refuse_masked(start, "init")
        start = check_array(start.toarray() if is_sparse(start) else start, dtype=np.float64)
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


def _public(centers: np.ndarray, X) -> np.ndarray:
    """Return centroids in the type of the data where that changes none."""
    rounded = centers.astype(_public_dtype(X))
    return rounded if np.array_equal(rounded.astype(np.float64), centers) else centers.copy()


def _dense(X):
    """Return a sparse matrix as an array if that is small."""
    return X.toarray() if is_sparse(X) and X.shape[0] * X.shape[1] <= MAX_DENSE else X


def _unweighted(X) -> Rows:
    return Rows(_dense(X), np.ones(X.shape[0]))


def _inertia(rows: Rows, centers: np.ndarray, labels: np.ndarray) -> float:
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        found = inertia(rows, slice(0, rows.n_samples), centers, labels)
        return rows.scale.undone_squares(found)


def _check_weight(sample_weight, X) -> np.ndarray:
    if sample_weight is None:
        return np.ones(X.shape[0])
    refuse_masked(sample_weight, "sample_weight")
    samples = np.empty((X.shape[0], 0))  # stands for X, which may be too large to be an array
    weight = _check_sample_weight(
        sample_weight, samples, dtype=np.float64, ensure_non_negative=True
    )
    if not weight.any():
        raise ValueError("sample_weight: found only zeros, expected a weight above 0")
    return weight
