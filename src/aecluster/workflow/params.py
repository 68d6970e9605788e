"""What each step of the workflow depends on, in plain JSON types.

The workflow hands it over as a single parameter: Snakemake compares the values of parameters as a
set without their names, so that two swapped values would go unnoticed. Names are inside the value
here, in a fixed order.
"""

import functools
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypedDict

from aecluster.comparison.sizes import images_in
from aecluster.config import CLUSTERERS, METHODS, Dataset, Experiment
from aecluster.data.own_splits import comes_in_splits
from aecluster.data.sources import SOURCES, source_state
from aecluster.errors import ConfigError
from aecluster.figures.registry import Subject, pictures_of
from aecluster.records.record import SUBJECT, flat_params
from aecluster.tracking.uri import public_uri, resolve_uri
from aecluster.workflow.fingerprint import own_digest
from aecluster.workflow.variants import check_rows


class Params(TypedDict):
    """What a step depends on beside its inputs and its code.

    Attributes
    ----------
    options : dict
        What the function of the library takes that the step's script calls.
    watched : dict
        What decides over the result in another way, or only names it: by a wildcard, by the choice
        of inputs, by the content of a file.
    """

    options: dict[str, Any]
    watched: dict[str, Any]


# The sources that are downloaded, by the names of their archives.
ARCHIVES = {
    source.archive.name: name for name, source in reversed(SOURCES.items()) if source.archive
}


def source_path(dataset: Dataset, resources: str = "resources/") -> str | None:
    """Return where the images are read from: the given path, else that of what is downloaded."""
    archive = SOURCES[dataset.source].archive
    return dataset.path or (f"{resources}{archive.name}" if archive else None)


def download(archive: str) -> Params:
    """Return what a download depends on; not its mirrors, since all have the same bytes."""
    return {"options": {"source": ARCHIVES[archive]}, "watched": {}}


def mirrors(experiment: Experiment) -> dict[str, list[str]]:
    """Return the addresses that an experiment's data sets name, by the name of the archive."""
    found: dict[str, list[str]] = {}
    for dataset in experiment.datasets.values():
        archive = SOURCES[dataset.source].archive
        if archive and dataset.mirrors:
            known = found.get(archive.name, [])
            found[archive.name] = list(dict.fromkeys([*known, *dataset.mirrors]))
    return found


def preprocess(dataset: Dataset, resources: str = "resources/") -> Params:
    """Return what the pixels' store depends on, the state of a folder of images included."""
    return {
        "options": {
            "dataset": dataset.name,
            "source": dataset.source,
            "path": source_path(dataset, resources),
            "grayscale": dataset.grayscale,
            "size": dataset.size,
            "resize": dataset.resize,
            "test_fraction": dataset.test_fraction,
            "split_seed": dataset.split_seed,
            "on_bad_image": dataset.on_bad_image,
            "scale": dataset.scale,
            "axes": dataset.axes,
            "label_column": dataset.label_column,
            "pages": dataset.pages,
        },
        "watched": {
            "reader": SOURCES[dataset.source].reader,
            "state": source_state(dataset.source, dataset.path),
        },
    }


def clustered_split(experiment: Experiment, dataset: Dataset) -> str:
    """Return the split of a data set that is clustered: what the file says, else what suits it."""
    if experiment.clustering.split:
        return experiment.clustering.split
    return "test" if comes_in_splits(dataset.source, source_path(dataset)) else "all"


def train(experiment: Experiment, wildcards: Any) -> Params:
    """Return what a trained model depends on beside the pixels' store."""
    return _made(experiment, wildcards, "method")


def transform(experiment: Experiment, wildcards: Any) -> Params:
    """Return what the vectors depend on beside their base; the user's code by its digest.

    Raises
    ------
    ConfigError
        If a package is not installed that the method needs, the user's file has no code, or there
        are known to be fewer images than the method needs.
    """
    found = experiment.representations[wildcards.representation]
    needs = METHODS[found.method].needs
    if needs:
        what = f"representations.{wildcards.representation}: method {found.method!r}"
        _check_installed(needs, what)
    _check_size(experiment, wildcards)
    params = _made(experiment, wildcards, "method", "of")
    digest = _own_digest(json.dumps(found.model_dump(mode="json")))
    if digest is not None:
        params["watched"]["digest"] = digest
    return params


def known_sizes(dataset: Dataset, results: str = "results/") -> dict[str, int]:
    """Return the number of images of each split where they have been read before, else nothing."""
    return dict(_known_sizes(dataset.model_dump_json(), results))


@functools.cache
def _known_sizes(keys: str, results: str) -> tuple[tuple[str, int], ...]:
    dataset = Dataset.model_validate_json(keys)
    record = Path(results, dataset.name, "pixels", "store.json")
    return tuple(images_in(record, flat_params(preprocess(dataset))).items())


def _check_size(experiment: Experiment, wildcards: Any) -> None:
    """Raise an error if a representation is known to need more images than there are."""
    found = experiment.representations[wildcards.representation]
    least_images = METHODS[found.method].least_images
    dataset = experiment.datasets.get(getattr(wildcards, "dataset", ""))
    if least_images is None or dataset is None:
        return
    n, least = known_sizes(dataset).get("train"), least_images(found.model_dump())
    if n is not None and n < least:
        raise ConfigError(
            f"representations.{wildcards.representation}.n_components: found {found.n_components}, "
            f"which needs {least:,} train images, expected no more than the {n:,} of "
            f"{dataset.name} allow"
        )


def check_probed(experiment: Experiment, results: str = "results/") -> None:
    """Raise an error if spaces shall be compared of fewer images than that takes, if known."""
    if not experiment.evaluation.probe:
        return
    # Loads numpy, which no other plan needs.
    from aecluster.probes.vectors import LEAST_COMPARED

    for dataset in experiment.datasets.values():
        n = known_sizes(dataset, results).get("test")
        if n is not None and n < LEAST_COMPARED:
            raise ConfigError(
                f"evaluation.probe: found true, which compares spaces by at least {LEAST_COMPARED} "
                f"test images, expected false for the {n} of {dataset.name}"
            )


@functools.cache
def _own_digest(keys: str) -> str | None:
    """Return the digest of the user's code that a representation's keys name, for all its seeds."""
    return own_digest(json.loads(keys))


def _made(experiment: Experiment, wildcards: Any, *watched: str) -> Params:
    """Return the keys of a representation, of which the function takes all but the watched ones."""
    found = experiment.representations[wildcards.representation]
    keys = found.model_dump(mode="json")
    return {
        "options": {name: value for name, value in keys.items() if name not in watched}
        | {"made_by": METHODS[found.method].made_by, **_subject(wildcards, "seed")},
        "watched": {name: keys[name] for name in watched if name in keys},
    }


def embed(experiment: Experiment, wildcards: Any) -> Params:
    """Return what an embedding depends on beside the model and the pixels' store."""
    method = experiment.representations[wildcards.representation].method
    return _only_watched(method=method, **_subject(wildcards, "seed"))


def kmeans(experiment: Experiment, wildcards: Any) -> Params:
    """Return what a clustering depends on beside the store."""
    clustering = experiment.clustering
    return {
        "options": {
            **_subject(wildcards, "k", "seed"),
            "init": clustering.init,
            "n_init": clustering.n_init,
            "max_iter": clustering.max_iter,
            "tol": clustering.tol,
        },
        "watched": {},
    }


def cluster(experiment: Experiment, wildcards: Any) -> Params:
    """Return what a clustering beside K-Means depends on beside the store.

    Raises
    ------
    ConfigError
        If there are known to be more images than the clusterer can be fitted to.
    """
    name = wildcards.clusterer
    keys = experiment.clusterers[name]
    n = known_sizes(experiment.datasets[wildcards.dataset])
    split = wildcards.split
    check_rows(name, keys, sum(n.values()) if split == "all" else n.get(split, 0), split)
    values = keys.model_dump(mode="json")
    return {
        "options": {
            "clusterer": name,
            **{key: value for key, value in values.items() if key not in ("method", "of")},
            "made_by": CLUSTERERS[keys.method].made_by,
            **_subject(wildcards, "k", "seed"),
        },
        "watched": {"clusterer_method": keys.method},
    }


def evaluate_clusterer(experiment: Experiment, wildcards: Any) -> Params:
    """Return what the scores of a clusterer's clustering depend on: as K-Means', and on whose."""
    found = evaluate(experiment, wildcards)
    found["watched"]["clusterer"] = wildcards.clusterer
    return found


def evaluate(experiment: Experiment, wildcards: Any) -> Params:
    """Return what the scores depend on beside the stores and the clustering."""
    return {
        "options": {
            **_subject(wildcards, "seed"),
            "max_exact": experiment.evaluation.max_exact,
        },
        "watched": {
            **_subject(wildcards, "k", "split"),
            "spaces": experiment.evaluation.spaces,
        },
    }


def probe(wildcards: Any) -> Params:
    """Return what the scores of a representation itself depend on beside its store."""
    return _only_watched(**_subject(wildcards, "representation"))


def gap(experiment: Experiment, wildcards: Any) -> Params:
    """Return what says how many clusters there are depends on beside the store."""
    clustering = experiment.clustering
    return {
        "options": {
            "k": clustering.k,
            "n_references": experiment.evaluation.gap,
            "seed": experiment.seeds[0],
            "init": clustering.init,
            "n_init": clustering.n_init,
            "max_iter": clustering.max_iter,
            "tol": clustering.tol,
        },
        "watched": _subject(wildcards, "split"),
    }


def cka(experiment: Experiment) -> Params:
    """Return what the likeness of the spaces depends on beside their stores: of which it is."""
    return _only_watched(
        datasets=list(experiment.datasets),
        representations=list(experiment.representations),
        seed=experiment.seeds[0],
    )


def plot_cka(experiment: Experiment) -> Params:
    """Return what the picture of the likeness depends on beside its table."""
    return cka(experiment)


def collect_scores(experiment: Experiment) -> Params:
    """Return what the table of scores depends on beside the records: of which variants they are."""
    return _of_variants(experiment)


def compare(experiment: Experiment) -> Params:
    """Return what the comparison depends on beside the table of scores and the clusterings."""
    return _of_variants(experiment)


def plot_scores(experiment: Experiment) -> Params:
    """Return what the picture of the scores depends on beside the comparison."""
    return _of_variants(experiment)


def report(experiment: Experiment, splits: Mapping[str, str]) -> Params:
    """Return what the report depends on beside records, tables and pictures.

    Parameters
    ----------
    experiment : Experiment
    splits : mapping of str to str
        The split that is clustered, by data set.
    """
    return {
        "options": {
            "experiment": experiment.experiment,
            "dataset": " and ".join(experiment.datasets),
            "split": " and ".join(dict.fromkeys(splits.values())),
            "k": experiment.clustering.k,
            "seeds": experiment.seeds,
            "representations": list(experiment.representations),
            "clusterers": {name: keys.method for name, keys in experiment.clusterers.items()},
        },
        "watched": {},
    }


def track(experiment: Experiment) -> Params:
    """Return what tracking depends on beside the records; without credentials."""
    uri = public_uri(resolve_uri(experiment.tracking.uri))
    return {"options": {"experiment": experiment.experiment}, "watched": {"uri": uri}}


def plot_training(wildcards: Any) -> Params:
    """Return what the figures of a training depend on beside its record."""
    drawn_by = _drawn_by("training", "autoencoder")
    return _only_watched(**_subject(wildcards, "representation", "seed"), drawn_by=drawn_by)


def plot_atoms(wildcards: Any) -> Params:
    """Return what the picture of a dictionary depends on beside the store."""
    drawn_by = _drawn_by("dictionary", record="atoms")
    return _only_watched(**_subject(wildcards, "representation", "seed"), drawn_by=drawn_by)


def plot_clusters(experiment: Experiment, wildcards: Any) -> Params:
    """Return what the figures of a clustering depend on beside the clustering.

    Raises
    ------
    ConfigError
        If the package is not installed that makes the map.
    """
    kind = experiment.evaluation.map
    if kind == "umap":
        _check_installed("umap", "evaluation.map: 'umap'")
    return {
        "options": {"map_kind": kind},
        "watched": {
            **_subject(wildcards, "k", "seed", "split"),
            "drawn_by": _drawn_by("clustering"),
        },
    }


def _drawn_by(*subjects: Subject, record: str = "figures") -> list[str]:
    """Return the functions that draw the pictures which leave a record of some name together."""
    return [found.drawn_by for found in pictures_of(*subjects) if found.record == record]


def subject(wildcards: Any) -> dict[str, Any]:
    """Return what a step is done to, in the order of `SUBJECT`; None where that does not apply."""
    names = [name for name in SUBJECT if wildcards.get(name) is not None]
    return dict.fromkeys(SUBJECT) | _subject(wildcards, *names)


def _subject(wildcards: Any, *names: str) -> dict[str, Any]:
    """Return some wildcards by name: they are texts, of which `k` and `seed` become numbers."""
    found = {name: getattr(wildcards, name) for name in names}
    return {name: int(found[name]) if name in ("k", "seed") else found[name] for name in names}


def _of_variants(experiment: Experiment) -> Params:
    """Return which variants an experiment has.

    The inputs of a table follow from it. A record of a table of more or of fewer variants has other
    inputs, all of which may be as they were.
    """
    return _only_watched(
        experiment=experiment.experiment,
        datasets=list(experiment.datasets),
        representations=list(experiment.representations),
        split=experiment.clustering.split,
        k=experiment.clustering.k,
        seeds=experiment.seeds,
        probe=experiment.evaluation.probe,
        **_clusterers(experiment),
    )


def _clusterers(experiment: Experiment) -> dict[str, Any]:
    """Return which clusterers there are beside K-Means; nothing where there is none."""
    if not experiment.clusterers:
        return {}
    return {"clusterers": {name: keys.of for name, keys in experiment.clusterers.items()}}


def _only_watched(**watched: Any) -> Params:
    return {"options": {}, "watched": watched}


def _check_installed(package: str, what: str) -> None:
    if find_spec(package) is None:
        raise ConfigError(
            f'{what} needs a package that is not installed: pip install "aecluster[{package}]"'
        )
