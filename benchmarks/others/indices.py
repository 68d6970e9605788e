"""Call one package's validity indices on every data set of a folder, within that package's venv.

It must not import `aecluster`. With `--time` it also says how long a call took and how much memory
it needed at its peak beside what was there before.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np


def scikit_learn():
    from sklearn import metrics

    return {
        "silhouette": metrics.silhouette_score,
        "davies_bouldin": metrics.davies_bouldin_score,
        "calinski_harabasz": metrics.calinski_harabasz_score,
    }


def permetrics():
    from permetrics import ClusteringMetric

    def call(name, **options):
        return lambda X, labels: getattr(ClusteringMetric(), name)(X=X, y_pred=labels, **options)

    return {
        "silhouette": call("silhouette_index"),
        "dunn": call("dunn_index"),
        "dunn, use_modified=False": call("dunn_index", use_modified=False),
        "davies_bouldin": call("davies_bouldin_index"),
        "calinski_harabasz": call("calinski_harabasz_index"),
    }


def validclust():
    from sklearn.metrics import pairwise_distances
    from validclust import dunn

    return {"dunn": lambda X, labels: dunn(pairwise_distances(X), labels)}


def genieclust():
    from genieclust import cluster_validity as indices

    def call(function, sign=1):
        return lambda X, labels: sign * function(X, labels)

    return {
        "silhouette": call(indices.silhouette_index),
        "silhouette, silhouette_w_index": call(indices.silhouette_w_index),
        "dunn, generalised_dunn_index": call(indices.generalised_dunn_index),
        "dunn, generalised_dunn_index(1, 1)": lambda X, labels: indices.generalised_dunn_index(
            X, labels, 1, 1
        ),
        "davies_bouldin": call(indices.negated_davies_bouldin_index, -1),
        "calinski_harabasz": call(indices.calinski_harabasz_index),
    }


def clusterval():
    from clusterval.internal import calculate_internal
    from scipy.spatial.distance import pdist

    def call(index):
        def compute(X, labels):
            members = [np.flatnonzero(labels == c).tolist() for c in np.unique(labels)]
            centroids = [X[rows].mean(axis=0) for rows in members]
            n = len(X)
            pairs = ((i, j) for i in range(n) for j in range(i + 1, n))
            distances = dict(zip(pairs, pdist(X), strict=True))
            k = len(members)
            clustering = {k: {"clusters": members, "centroids": centroids}}
            return calculate_internal(clustering, X, distances, [index])[index][k]

        return compute

    return {"silhouette": call("S"), "dunn": call("Dunn"), "davies_bouldin": call("DB")}


def cvi():
    import cvi

    def call(name):
        return lambda X, labels: getattr(cvi, name)().get_cvi(X, labels)

    def one_by_one(X, labels):
        index = cvi.DB()
        for row, label in zip(X, labels, strict=True):
            value = index.get_cvi(row, int(label))
        return value

    return {
        "silhouette, cSIL": call("cSIL"),
        "davies_bouldin": call("DB"),
        "davies_bouldin, one by one": one_by_one,
        "calinski_harabasz": call("CH"),
    }


def pycvi():
    from pycvi import cvi_func

    def call(function):
        def compute(X, labels):
            members = [np.flatnonzero(labels == c).tolist() for c in np.unique(labels)]
            return function(X, members)

        return compute

    def calinski_harabasz(X, labels):
        members = [np.flatnonzero(labels == c).tolist() for c in np.unique(labels)]
        return cvi_func.CH(X, members, k=len(members))

    return {
        "silhouette": call(cvi_func.silhouette),
        "dunn": call(cvi_func.dunn),
        "davies_bouldin": call(cvi_func.davies_bouldin),
        "calinski_harabasz": calinski_harabasz,
    }


def inixx():
    import inixx

    def call(name):
        return lambda X, labels: getattr(inixx, name)(X.tolist(), labels.tolist())

    return {"dunn": call("dunn_index")}


def intclustval():
    from intclustval import InternalClusterScore

    def call(name):
        return lambda X, labels: getattr(InternalClusterScore(X, labels), name)

    return {
        "dunn": call("dunn_index"),
        "davies_bouldin": call("davies_bouldin"),
        "calinski_harabasz": call("calinski_harabasz"),
    }


def clusteval():
    from clusteval import dbindex, silhouette

    return {
        "silhouette": lambda X, labels: silhouette.silhouette_score(X, labels),
        "davies_bouldin": lambda X, labels: dbindex._dbindex_score(X, labels),
    }


def sil_score():
    import sil_score

    return {
        "silhouette, micro_sil_score": sil_score.micro_sil_score,
        "silhouette, macro_sil_score": sil_score.macro_sil_score,
        "silhouette, approximation": lambda X, labels: sil_score.micro_sil_score(
            X, labels, approximation=True
        ),
    }


def silhouette_scalable():
    import silhouette_scalable

    def call(name):
        return lambda X, labels: getattr(silhouette_scalable, name)(X, labels)["global_silhouette"]

    return {
        "silhouette, compute": call("compute"),
        "silhouette, compute_exact": call("compute_exact"),
    }


def nacvi():
    from nacvi.daviesbouldin_plus import dbi_plus_score
    from nacvi.silhouette_plus import sil_plus_score

    return {"silhouette": sil_plus_score, "davies_bouldin": dbi_plus_score}


def pyclustering():
    from pyclustering.cluster.silhouette import silhouette

    def compute(X, labels):
        members = [np.flatnonzero(labels == c).tolist() for c in np.unique(labels)]
        return np.mean(silhouette(X.tolist(), members, ccore=False).process().get_score())

    return {"silhouette": compute}


def tslearn():
    from tslearn.clustering import silhouette_score

    return {
        "silhouette": lambda X, labels: silhouette_score(X[:, :, None], labels),
        "silhouette, metric='euclidean'": lambda X, labels: silhouette_score(
            X[:, :, None], labels, metric="euclidean"
        ),
    }


def river():
    from river.metrics import Silhouette

    def compute(X, labels):
        index = Silhouette()
        centers = {
            int(c): dict(enumerate(X[labels == c].mean(axis=0).tolist())) for c in np.unique(labels)
        }
        for row, label in zip(X.tolist(), labels.tolist(), strict=True):
            index.update(dict(enumerate(row)), label, centers)
        return index.get()

    return {"silhouette": compute}


def aecluster():
    # Its own values come from the benchmark; here only what it takes to get them.
    from aecluster.metrics import internal_indices

    def both(X, labels):
        return internal_indices(X, labels).silhouette

    return {"silhouette": both}


def main():
    """Write a JSON file: data set -> call -> value, or what it took, or the error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package")
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--only")
    arguments = parser.parse_args()
    calls = globals()[arguments.package]()
    results = {}
    for path in sorted(arguments.folder.glob("*.npz")):
        arrays = np.load(path)
        X, labels = arrays["X"], arrays["labels"]
        results[path.stem] = {}
        for name, call in calls.items():
            if arguments.only in (None, name):
                results[path.stem][name] = _called(call, X, labels, arguments.time)
    arguments.results.write_text(json.dumps(results))


def _called(call, X, labels, is_timed):
    before = _kilobytes("VmRSS")
    if is_timed:
        Path("/proc/self/clear_refs").write_text("5")  # forgets the peak until here
    start = time.perf_counter()
    try:
        value = float(call(X, labels))
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    seconds = time.perf_counter() - start
    found = {"value": value}
    if is_timed:
        found |= {"seconds": seconds, "bytes": (_kilobytes("VmHWM") - before) * 1024}
    return found


def _kilobytes(key):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key))


if __name__ == "__main__":
    main()
