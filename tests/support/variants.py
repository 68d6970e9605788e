"""Records and tables of variants that nobody has run."""

from aecluster.comparison.scores import read_scores, write_scores
from aecluster.records.record import Record, describe_file, write_record
from circumstances import RUN


def variant(folder, k, *, labelled=True, scores=None, details=None, **subject):
    """Write the two records of a variant and return their paths."""
    common = {
        "dataset": "toy", "representation": "pixels", "split": "test", "k": k, "seed": 0,
        "params": {}, "code": "c", "inputs": {}, "outputs": {}, "run": RUN, **subject,
    }  # fmt: skip
    metrics = {"silhouette": k / 100, "dunn": 0.5, "inertia": 12.0}
    if labelled:
        metrics |= {"nmi": 0.1, "ari": 0.2, "accuracy": 0.3}
    metrics |= scores or {}
    name = f"{common['dataset']}-{common['representation']}-{k}-{common['seed']}"
    paths = folder / f"{name}.json", folder / f"{name}.scores.json"
    write_record(paths[0], Record(step="kmeans", metrics={"n_iter": 7.0}, **common))
    write_record(
        paths[1],
        Record(
            step="evaluate",
            metrics=metrics,
            details={"n": 30, "d": 4} | (details or {}),
            **common,
        ),
    )
    return paths


def write_table(folder, *variants):
    """Write the table of scores of variants and its record, and return its rows."""
    clusterings, scores = zip(*variants, strict=True)
    write_scores(folder / "scores.csv", clusterings, scores)
    common = {"params": {}, "code": "c", "run": RUN}
    inputs = {str(path): describe_file(path) for path in (*clusterings, *scores)}
    outputs = {str(folder / "scores.csv"): describe_file(folder / "scores.csv")}
    write_record(
        folder / "scores.json",
        Record(step="collect_scores", inputs=inputs, outputs=outputs, **common),
    )
    return read_scores(folder / "scores.csv")
