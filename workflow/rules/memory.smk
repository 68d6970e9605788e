"""Memory of the jobs whose memory depends on their input: more at each attempt."""

from aecluster.workflow import resources
from aecluster.workflow.resources import shape_of


def preprocess_mb(wildcards, input, attempt):
    """Archives are streamed, but the names of their files are kept; a folder has no size here."""
    return attempt * (1000 + int(input.size_mb))


def kmeans_mb(wildcards, input, attempt):
    shape = shape_of(input.store, wildcards.split)
    n_init = config["clustering"]["n_init"]
    return attempt * resources.kmeans(shape, int(wildcards.k), n_init)


def cluster_mb(wildcards, input, attempt):
    keys = experiment.clusterers[wildcards.clusterer]
    shape = shape_of(input.store, wildcards.split)
    most_images = variants.traits_of(keys).most_images
    return attempt * resources.cluster(shape, keys.model_dump(), most_images)


def evaluate_mb(wildcards, input, attempt):
    spaces = [shape_of(path, wildcards.split) for path in [input.store, *input.spaces]]
    max_exact = config["evaluation"]["max_exact"]
    # What chooses the number of clusters may find many.
    k = int(wildcards.k) or 1000
    return attempt * resources.evaluate(spaces, k, max_exact)


def gap_mb(wildcards, input, attempt):
    return attempt * resources.gap(shape_of(input.store, wildcards.split))


def probe_mb(wildcards, input, attempt):
    return attempt * resources.probe(shape_of(input.store))


def cka_mb(wildcards, input, attempt):
    return attempt * resources.cka([shape_of(path, "test") for path in input.stores])


def representation_mb(wildcards, input, attempt):
    """Return what the representation's method needs for the largest of the stores that it reads."""
    keys = config["representations"][wildcards.representation]
    size = experiment.datasets[wildcards.dataset].size
    return attempt * resources.representation(max(map(shape_of, input)), size, keys)


def embed_mb(wildcards, input, attempt):
    return attempt * resources.embed(shape_of(input.pixels))


def plot_clusters_mb(wildcards, input, attempt):
    spaces = [shape_of(path, wildcards.split) for path in (input.pixels, input.store)]
    return attempt * resources.plot_clusters(spaces)
