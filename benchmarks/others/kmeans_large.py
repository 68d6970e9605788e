"""Time one K-Means once, within the environment of its package, and print what it took as JSON.

It must not import `aecluster` but for the side of that name. Every function takes the points, the
start and the number of iterations, and returns labels of all points. Packages that take no start do
without it, and make the same number of iterations; what only their cleverness skips is theirs.
"""

import argparse
import json
import os
import sys
import time
import warnings

import numpy as np

SMALL = 4000  # rows of the fit that loads and compiles what the package needs


def aecluster(X, start, n_iter):
    from aecluster.clustering import KMeans

    return KMeans(len(start), init=start, n_init=1, tol=0, max_iter=n_iter).fit(X)


def aecluster_seeded(X, start, n_iter):
    from aecluster.clustering import KMeans

    return KMeans(len(start), n_init=1, tol=0, max_iter=n_iter, random_state=0).fit(X)


def scikit_learn(X, start, n_iter):
    from sklearn.cluster import KMeans

    return KMeans(len(start), init=start, n_init=1, tol=0, max_iter=n_iter).fit(X)


def intelex(X, start, n_iter):
    from sklearnex.cluster import KMeans

    return KMeans(len(start), init=start, n_init=1, tol=0, max_iter=n_iter).fit(X)


def superkmeans(X, start, n_iter):
    from superkmeans import SuperKMeans

    kmeans = SuperKMeans(
        len(start), X.shape[1], iters=n_iter, hierarchical=False, sampling_fraction=1.0,
        max_points_per_cluster=10**9, early_termination=False, tol=0,
    )  # fmt: skip
    return _Fitted(np.asarray(kmeans.assign(X, np.asarray(kmeans.train(X)))).ravel())


def faiss(X, start, n_iter):
    from faiss import Kmeans

    kmeans = Kmeans(X.shape[1], len(start), niter=n_iter, max_points_per_centroid=len(X))
    kmeans.train(X, init_centroids=start)
    return _Fitted(kmeans.index.search(X, 1)[1][:, 0])


def faiss_super(X, start, n_iter):
    from faiss import SuperKmeans

    kmeans = SuperKmeans(X.shape[1], len(start), niter=n_iter, max_points_per_centroid=len(X))
    kmeans.train(X)
    kmeans.index.add(kmeans.centroids)
    return _Fitted(kmeans.index.search(X, 1)[1][:, 0])


class _Fitted:
    def __init__(self, labels):
        self.labels_, self.n_iter_ = labels, None


def main() -> None:
    """Fit once for nothing on few rows, then once with a clock beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", help="a function of this file")
    parser.add_argument("points", help="array of the points, .npy")
    parser.add_argument("start", help="array of the first centroids, .npy")
    parser.add_argument("labels", help="where to write the labels, .npy")
    parser.add_argument("n_iter", type=int)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    fit = globals()[arguments.side]
    X, start = np.load(arguments.points), np.load(arguments.start)
    few = X[: max(SMALL, 2 * len(start))]
    fit(few, start, 2)
    cpu, wall = os.times(), time.perf_counter()
    fitted = fit(X, start, arguments.n_iter)
    wall = time.perf_counter() - wall
    cpu = sum(os.times()[:4]) - sum(cpu[:4])
    np.save(arguments.labels, fitted.labels_)
    n_iter = None if fitted.n_iter_ is None else int(fitted.n_iter_)
    sys.stdout.write(json.dumps({"wall": wall, "cpu": cpu, "n_iter": n_iter}) + "\n")


if __name__ == "__main__":
    main()
