"""What each step depends on, as one canonical dict of plain JSON types.

The workflow hands a step's dict over as a single parameter: Snakemake compares the values of
parameters as a set without their names, so that two swapped values would go unnoticed. Names are
inside the value here, in a fixed order.
"""

from importlib.util import find_spec
from typing import Any

from aecluster.config import METHODS, Dataset, Experiment
from aecluster.data.sources import SOURCES, source_state
from aecluster.errors import ConfigError
from aecluster.tracking.uri import public_uri, resolve_uri
from aecluster.workflow.fingerprint import script_digest

Step = dict[str, Any]

# The sources that are downloaded, by the names of their archives.
ARCHIVES = {source.archive.name: name for name, source in SOURCES.items() if source.archive}


def source_path(dataset: Dataset) -> str | None:
    """Return where the images are read from: the given path, else that of what is downloaded."""
    archive = SOURCES[dataset.source].archive
    return dataset.path or (f"resources/{archive.name}" if archive else None)


def download(archive: str) -> Step:
    """Return what a download depends on; not its mirrors, since all have the same bytes."""
    return {"source": ARCHIVES[archive]}


def mirrors(experiment: Experiment) -> dict[str, list[str]]:
    """Return the addresses that its data sets name for the archives of their sources."""
    found: dict[str, list[str]] = {}
    for dataset in experiment.datasets.values():
        if dataset.mirrors:
            known = found.get(dataset.source, [])
            found[dataset.source] = list(dict.fromkeys([*known, *dataset.mirrors]))
    return found


def preprocess(dataset: Dataset) -> Step:
    """Return what the pixels' store depends on, the state of a folder of images included."""
    return {
        "dataset": dataset.name,
        "source": dataset.source,
        "path": source_path(dataset),
        "grayscale": dataset.grayscale,
        "size": dataset.size,
        "resize": dataset.resize,
        "test_fraction": dataset.test_fraction,
        "split_seed": dataset.split_seed,
        "on_bad_image": dataset.on_bad_image,
        "state": source_state(dataset.source, dataset.path),
    }


def train(experiment: Experiment, representation: str, seed: str) -> Step:
    """Return what a trained model depends on beside the pixels' store."""
    return _made(experiment, representation, seed)


def transform(experiment: Experiment, representation: str, seed: str) -> Step:
    """Return what the vectors depend on beside their base; the user's code by its digest.

    Raises
    ------
    ConfigError
        If a package is not installed that the method needs, or the user's file has no code.
    """
    found = experiment.representations[representation]
    needs = METHODS[found.method].needs
    if needs:
        _check_installed(needs, f"representations.{representation}: method {found.method!r}")
    step = _made(experiment, representation, seed)
    return {**step, "digest": script_digest(found.path)} if found.method == "function" else step


def _made(experiment: Experiment, representation: str, seed: str) -> Step:
    found = experiment.representations[representation]
    made_by = METHODS[found.method].made_by
    return {**found.model_dump(mode="json"), "made_by": made_by, "seed": int(seed)}


def embed(experiment: Experiment, representation: str, seed: str) -> Step:
    """Return what an embedding depends on beside the model and the pixels' store."""
    return {"method": experiment.representations[representation].method, "seed": int(seed)}


def kmeans(experiment: Experiment, k: str, seed: str) -> Step:
    """Return what a clustering depends on beside the store."""
    clustering = experiment.clustering
    return {
        "k": int(k),
        "seed": int(seed),
        "init": clustering.init,
        "n_init": clustering.n_init,
        "max_iter": clustering.max_iter,
        "tol": clustering.tol,
    }


def evaluate(experiment: Experiment, wildcards: Any) -> Step:
    """Return what the scores depend on beside the stores and the clustering."""
    return {
        "k": int(wildcards.k),
        "seed": int(wildcards.seed),
        "split": wildcards.split,
        "spaces": experiment.evaluation.spaces,
        "max_exact": experiment.evaluation.max_exact,
    }


def summarize(experiment: Experiment) -> Step:
    """Return what the table of scores depends on beside the records."""
    return {"experiment": experiment.experiment}


def compare(experiment: Experiment) -> Step:
    """Return what the comparison depends on beside the table of scores and the clusterings."""
    return {"experiment": experiment.experiment}


def plot_scores(experiment: Experiment) -> Step:
    """Return what the picture of the scores depends on beside the comparison."""
    return {"experiment": experiment.experiment}


def report(experiment: Experiment) -> Step:
    """Return what the report depends on beside records, tables and pictures."""
    return {
        "experiment": experiment.experiment,
        "dataset": " and ".join(experiment.datasets),
        "split": experiment.clustering.split,
        "k": experiment.clustering.k,
        "seeds": experiment.seeds,
        "representations": {
            name: representation.model_dump(mode="json")
            for name, representation in experiment.representations.items()
        },
    }


def track(experiment: Experiment) -> Step:
    """Return what tracking depends on beside the records; without credentials."""
    uri = public_uri(resolve_uri(experiment.tracking.uri))
    return {"experiment": experiment.experiment, "uri": uri}


def plot_training(wildcards: Any) -> Step:
    """Return what the figures of a training depend on beside its record."""
    watched = {"representation": wildcards.representation, "seed": int(wildcards.seed)}
    return {"options": {}, "watched": watched}


def plot_atoms(wildcards: Any) -> Step:
    """Return what the picture of a dictionary depends on beside the store."""
    watched = {"representation": wildcards.representation, "seed": int(wildcards.seed)}
    return {"options": {}, "watched": watched}


def plot_clusters(experiment: Experiment, wildcards: Any) -> Step:
    """Return what the figures of a clustering depend on beside the clustering.

    Raises
    ------
    ConfigError
        If the package is not installed that makes the map.
    """
    kind = experiment.evaluation.map
    if kind == "umap":
        _check_installed("umap", "evaluation.map: 'umap'")
    watched = {"k": int(wildcards.k), "seed": int(wildcards.seed), "split": wildcards.split}
    return {"options": {"map_kind": kind}, "watched": watched}


def _check_installed(package: str, what: str) -> None:
    if find_spec(package) is None:
        raise ConfigError(
            f"{what} needs a package that is not installed: .venv/bin/pip install '.[{package}]'"
        )
