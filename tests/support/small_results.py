"""Results of real steps on the small digits, within a second: pixels, and principal components."""

from pathlib import Path

from aecluster.comparison.scores import write_scores
from aecluster.data.preprocessing import preprocess
from aecluster.records.record import Record, write_record
from aecluster.steps.evaluate import evaluate
from aecluster.steps.kmeans import cluster
from aecluster.steps.points import write_points
from aecluster.steps.transform import transform
from aecluster.store import write_clustering, write_silhouettes
from circumstances import RUN

PCA = {
    "made_by": "aecluster.transforms.pca:principal_components", "n_components": 8, "whiten": False,
    "seed": 0,
}  # fmt: skip


def write_small_results(folder: Path) -> Path:
    """Write `results/` with the experiment `small` of the data set `digits`; return its path."""
    results = folder / "results"
    pixels = results / "digits" / "pixels" / "store.h5"
    keys = {"size": 8, "resize": "crop", "grayscale": True}
    details = preprocess(pixels, dataset="digits", source="digits", **keys)
    _record(pixels, "preprocess", "pixels", keys, details=details)
    add_transform(results, "pca", {"method": "pca", "of": "pixels", **PCA})
    records = [add_clustering(results, name, seed) for name in ("pixels", "pca") for seed in (0, 1)]
    write_scores(results / "small" / "scores.csv", *zip(*records, strict=True))
    return results


def add_transform(results: Path, name: str, params: dict) -> None:
    """Make a representation of the pixels, the same for two seeds."""
    options = {key: params[key] for key in params.keys() - {"method", "of"}}
    pixels = results / "digits" / "pixels" / "store.h5"
    for seed in (0, 1):
        store = results / "digits" / name / f"s{seed}" / "store.h5"
        transform([pixels], store, representation=name, **options | {"seed": seed})
        _record(store, "transform", name, params | {"seed": seed}, seed=seed)


def add_clustering(results: Path, name: str, seed: int, k: int = 10) -> tuple[Path, Path]:
    """Cluster and score a representation; return both records."""
    folder = results / "digits" / name
    store = folder / "store.h5" if name == "pixels" else folder / f"s{seed}" / "store.h5"
    path = folder / "test" / f"k{k}-s{seed}.h5"
    options = {"init": "k-means++", "n_init": 1, "max_iter": 300, "tol": 0.0}
    found = cluster(store, "test", k=k, seed=seed, **options)
    write_clustering(path, found.labels, found.centroids, found.of, scale=found.scale)
    spaces = {"pixels": results / "digits" / "pixels" / "store.h5"}
    scored = evaluate(store, path, "test", spaces, seed=seed)
    write_silhouettes(path.with_suffix(".silhouettes.h5"), scored.silhouettes)
    write_points(path.with_suffix(".csv"), store, path, "test", scored.silhouettes)
    of = {"k": k, "seed": seed, "split": "test"}
    metrics = {"inertia": found.inertia, "n_iter": found.n_iter}
    _record(path, "kmeans", name, {}, metrics=metrics, **of)
    scores = path.with_suffix(".scores.h5")
    _record(scores, "evaluate", name, {}, metrics=scored.scores, details=scored.details, **of)
    return path.with_suffix(".json"), path.with_suffix(".scores.json")


def _record(output: Path, step: str, representation: str, params: dict, **fields) -> None:
    record = Record(
        step=step, dataset="digits", representation=representation, params=params, code="c",
        inputs={}, outputs={}, run=RUN, **fields,
    )  # fmt: skip
    write_record(output.with_suffix(".json"), record)
