"""Cluster the data sets of a folder by one package's K-Means, within that package's venv.

It must not import `aecluster`. Every function takes the points and a start, and whether to go on
until nothing changes, as far as the package's own settings allow; otherwise everything stays as it
comes. It returns labels and centroids, and what the package says of iterations and inertia.
Packages that take no start do without it.
"""

import argparse
import json
from pathlib import Path

import numpy as np

MANY = 10_000


def scikit_learn(X, start, to_the_end):
    from sklearn.cluster import KMeans

    settings = {"tol": 0, "max_iter": MANY} if to_the_end else {}
    return _of_scikit_learn(KMeans(len(start), init=start, n_init=1, **settings).fit(X))


def intelex(X, start, to_the_end):
    from sklearnex.cluster import KMeans

    settings = {"tol": 0, "max_iter": MANY} if to_the_end else {}
    return _of_scikit_learn(KMeans(len(start), init=start, n_init=1, **settings).fit(X))


def constrained(X, start, to_the_end):
    from k_means_constrained import KMeansConstrained

    settings = {"tol": 0, "max_iter": MANY} if to_the_end else {}
    return _of_scikit_learn(KMeansConstrained(len(start), init=start, n_init=1, **settings).fit(X))


def breathing(X, start, to_the_end):
    from bkmeans import BKMeans

    settings = {"tol": 0, "max_iter": MANY} if to_the_end else {}
    return _of_scikit_learn(
        BKMeans(n_clusters=len(start), init=start, random_state=0, **settings).fit(X)
    )


def faiss(X, start, to_the_end):
    import faiss

    settings = {"niter": 300, "max_points_per_centroid": len(X)} if to_the_end else {}
    points = np.ascontiguousarray(X, dtype=np.float32)
    kmeans = faiss.Kmeans(X.shape[1], len(start), **settings)
    kmeans.train(points, init_centroids=np.ascontiguousarray(start, dtype=np.float32))
    labels = kmeans.index.search(points, 1)[1][:, 0]
    return labels, kmeans.centroids, len(kmeans.obj), kmeans.obj[-1]


def opencv(X, start, to_the_end):
    import cv2

    points = np.ascontiguousarray(X, dtype=np.float32)
    labels = np.square(X[:, None].astype(float) - start).sum(axis=2).argmin(axis=1)
    labels = labels.astype(np.int32)[:, None]
    # There is no default; the second are those of its tutorial.
    both = cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER
    stop = (both, MANY, 0.0) if to_the_end else (both, 10, 1.0)
    inertia, labels, centroids = cv2.kmeans(
        points, len(start), labels, stop, 1, cv2.KMEANS_USE_INITIAL_LABELS
    )
    return labels[:, 0], centroids, None, inertia


def scipy_kmeans(X, start, to_the_end):
    from scipy.cluster.vq import kmeans, vq

    settings = {"thresh": 0} if to_the_end else {}
    centroids, distortion = kmeans(X, start, **settings)
    return vq(X, centroids)[0], centroids, None, distortion


def scipy_kmeans2(X, start, to_the_end):
    from scipy.cluster.vq import kmeans2

    settings = {"iter": MANY // 10} if to_the_end else {}
    centroids, labels = kmeans2(X, start, minit="matrix", **settings)
    return labels, centroids, None, None


def nltk(X, start, to_the_end):
    from nltk.cluster import KMeansClusterer, euclidean_distance

    settings = {"conv_test": 1e-12} if to_the_end else {}
    clusterer = KMeansClusterer(
        len(start), euclidean_distance, initial_means=list(start), **settings
    )
    labels = clusterer.cluster(list(X), assign_clusters=True)
    return labels, clusterer.means(), None, None


def pyclustering(X, start, to_the_end):
    from pyclustering.cluster.kmeans import kmeans

    settings = {"tolerance": 0.0, "itermax": MANY} if to_the_end else {}
    found = kmeans(X.tolist(), start.tolist(), ccore=False, **settings).process()
    labels = np.full(len(X), -1)
    for number, rows in enumerate(found.get_clusters()):
        labels[rows] = number
    return labels, found.get_centers(), None, found.get_total_wce()


def mlpack(X, start, to_the_end):
    import mlpack

    settings = {"max_iterations": 0} if to_the_end else {}
    found = mlpack.kmeans(
        input_=X, clusters=len(start), initial_centroids=start, labels_only=True, **settings
    )
    return np.ravel(found["output"]), found["centroid"], None, None


def biopython(X, start, to_the_end):
    from Bio.Cluster import kcluster

    labels = np.square(X[:, None].astype(float) - start).sum(axis=2).argmin(axis=1)
    labels, error, _ = kcluster(X, len(start), initialid=labels)
    return labels, _means(X, labels), None, error


def superkmeans(X, start, to_the_end):
    from superkmeans import SuperKMeans

    settings = {"iters": 300, "tol": 0, "sampling_fraction": 1.0, "early_termination": False}
    settings = settings if to_the_end else {}
    points = np.ascontiguousarray(X, dtype=np.float32)
    kmeans = SuperKMeans(len(start), X.shape[1], **settings)
    centroids = np.asarray(kmeans.train(points))
    labels = np.asarray(kmeans.assign(points, centroids)).ravel()
    stats = kmeans.iteration_stats
    return labels, centroids, len(stats), stats[-1].objective


def geokmeans(X, start, to_the_end):
    from geokmeans import GeoKMeans

    settings = {"tol": 0.0, "max_iter": MANY} if to_the_end else {}
    return _of_scikit_learn(GeoKMeans(len(start), random_state=0, **settings).fit(X))


def fastkmeanspp(X, start, to_the_end):
    from fastkmeanspp import KMeans

    settings = {"n_iter": 300} if to_the_end else {}
    kmeans = KMeans(len(start), random_state=0, **settings).fit(X)
    inertia = kmeans.inertia_(X) if callable(kmeans.inertia_) else kmeans.inertia_
    return kmeans.predict(X), kmeans.cluster_centers_, None, inertia


def flspp(X, start, to_the_end):
    from flspp import FLSpp

    settings = {"max_iter": 300} if to_the_end else {}
    return _of_scikit_learn(FLSpp(len(start), random_state=0, **settings).fit(X))


def from_scratch(X, start, to_the_end):
    from kmeans_lib import KMeans

    np.random.seed(0)  # noqa: NPY002  # it draws from there
    settings = {"tol": 0.0, "max_iter": MANY} if to_the_end else {}
    return _of_scikit_learn(KMeans(len(start), **settings).fit(X))


def _of_scikit_learn(kmeans):
    found = [getattr(kmeans, name, None) for name in ("n_iter_", "inertia_")]
    centroids = getattr(kmeans, "cluster_centers_", getattr(kmeans, "centroids_", None))
    return kmeans.labels_, centroids, *found


def _means(X, labels):
    return [X[labels == c].mean(axis=0) if (labels == c).any() else X[0] * np.nan
            for c in range(int(labels.max()) + 1)]  # fmt: skip


def main():
    """Write a JSON file: data set -> settings -> labels, centroids, iterations, inertia."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package")
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path)
    arguments = parser.parse_args()
    fit = globals()[arguments.package]
    results = {}
    for path in sorted(arguments.folder.glob("*.npz")):
        arrays = np.load(path)
        results[path.stem] = {
            settings: _fitted(fit, arrays["X"], arrays["start"], settings == "to_the_end")
            for settings in ("default", "to_the_end")
        }
    arguments.results.write_text(json.dumps(results))


def _fitted(fit, X, start, to_the_end):
    try:
        labels, centroids, n_iter, inertia = fit(X, start, to_the_end)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    return {
        "labels": np.asarray(labels).astype(int).tolist(),
        "centroids": np.asarray(centroids, dtype=float).tolist(),
        "n_iter": None if n_iter is None else int(n_iter),
        "inertia": None if inertia is None else float(inertia),
    }


if __name__ == "__main__":
    main()
