"""Fit one K-Means with one seed after the other, within the environment of its package.

It must not import `aecluster` but for the sides of that name. Prints seconds, CPU seconds and
inertia of every fit as JSON. The inertia is computed here from the centroids, in float64 and beside
the clock, the same way for all.
"""

import argparse
import json
import os
import sys
import time
import warnings

import numpy as np

BLOCK = 2048
SMALL = 4000  # rows of the fit that loads and compiles what the package needs


def aecluster(X, k, seed, effort):
    from aecluster.clustering import KMeans

    return KMeans(k, n_init=1, tol=0, max_iter=effort, random_state=seed).fit(X).cluster_centers_


def aecluster_minibatch(X, k, seed, effort):
    from aecluster.clustering import KMeans

    kmeans = KMeans(k, init="minibatch", n_init=1, tol=0, max_iter=effort, random_state=seed)
    return kmeans.fit(X).cluster_centers_


def best_of_ten(X, k, seed, effort):
    from aecluster.clustering import KMeans

    return KMeans(k, n_init=10, tol=0, max_iter=effort, random_state=seed).fit(X).cluster_centers_


def scikit_learn(X, k, seed, effort):
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=1, tol=0, max_iter=effort, random_state=seed).fit(X).cluster_centers_


def scikit_learn_minibatch(X, k, seed, effort):
    from sklearn.cluster import MiniBatchKMeans

    kmeans = MiniBatchKMeans(k, n_init=1, batch_size=effort, random_state=seed)
    return kmeans.fit(X).cluster_centers_


def faiss(X, k, seed, effort):
    from faiss import Kmeans

    kmeans = Kmeans(X.shape[1], k, niter=effort, seed=seed + 1, max_points_per_centroid=len(X))
    kmeans.train(X)
    return kmeans.centroids


def emeans(X, k, seed, effort):
    from sklearn_emeans import EMeans

    kmeans = EMeans(k, init="k-means++", n_epochs=effort, random_state=seed)
    return kmeans.fit(X).cluster_centers_


def main() -> None:
    """Fit once for nothing on few rows, then with a clock beside it until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", help="a function of this file")
    parser.add_argument("points", help="array of the points, .npy")
    parser.add_argument("k", type=int)
    parser.add_argument("effort", type=int, help="iterations, epochs or rows of a batch")
    parser.add_argument("limit_s", type=float, help="seconds after which no fit begins")
    parser.add_argument("most", type=int, help="most fits")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    fit = globals()[arguments.side]
    X = np.load(arguments.points)
    fit(X[: max(SMALL, 2 * arguments.k)], arguments.k, 0, min(arguments.effort, 1024))
    fits = []
    for seed in range(arguments.most):
        if seed and sum(found["wall"] for found in fits) > arguments.limit_s:
            break
        cpu, wall = os.times(), time.perf_counter()
        centers = fit(X, arguments.k, seed, arguments.effort)
        wall = time.perf_counter() - wall
        cpu = sum(os.times()[:4]) - sum(cpu[:4])
        fits.append({"wall": wall, "cpu": cpu, "inertia": inertia(X, centers)})
    sys.stdout.write(json.dumps(fits) + "\n")


def inertia(X, centers):
    centers = np.asarray(centers, np.float64)
    total, halves = 0.0, np.square(centers).sum(axis=1) / 2
    for first in range(0, len(X), BLOCK):
        block = X[first : first + BLOCK].astype(np.float64)
        nearest = (halves - block @ centers.T).argmin(axis=1)
        total += float(np.square(block - centers[nearest]).sum())
    return total


if __name__ == "__main__":
    main()
