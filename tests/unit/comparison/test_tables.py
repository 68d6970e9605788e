import csv

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from aecluster.comparison.scores import read_scores, write_scores
from aecluster.comparison.statistics import differences, summarize
from aecluster.comparison.tables import compare, read_differences, read_summary
from aecluster.records.record import Record, write_record
from aecluster.store import write_clustering
from circumstances import RUN


@pytest.fixture
def experiment(tmp_path):
    """Two representations, two k, three seeds: paths of the clusterings and the table of scores."""
    rng = np.random.default_rng(0)
    clusterings, records, scored = [], [], []
    for name in ("pixels", "sparse_ae"):
        for k in (2, 3):
            for seed in range(3):
                stem = f"{name}-k{k}-s{seed}"
                common = {
                    "dataset": "toy", "representation": name, "split": "test", "k": k,
                    "seed": seed, "params": {}, "code": "c", "inputs": {}, "outputs": {},
                    "run": RUN,
                }  # fmt: skip
                metrics = {"silhouette": rng.random(), "inertia": 100 + rng.random()}
                metrics |= {"davies_bouldin": rng.random(), "nmi": rng.random()}
                for paths, suffix in ((clusterings, "h5"), (records, "json"), (scored, "s.json")):
                    paths.append(tmp_path / f"{stem}.{suffix}")
                write_clustering(clusterings[-1], rng.integers(0, k, 40), np.zeros((k, 2)))
                write_record(records[-1], Record(step="kmeans", metrics={"n_iter": 5}, **common))
                details = {"n": 40, "d": 2}
                write_record(
                    scored[-1],
                    Record(step="evaluate", metrics=metrics, details=details, **common),
                )
    write_scores(tmp_path / "scores.csv", records, scored)
    return tmp_path, clusterings


def run(experiment):
    folder, clusterings = experiment
    compare(
        folder / "scores.csv",
        clusterings,
        summary=folder / "summary.csv",
        differences_table=folder / "differences.csv",
        latex=folder / "summary.tex",
    )
    return folder


def test_tables_are_read_as_they_were_computed(experiment):
    folder = run(experiment)
    rows = read_scores(folder / "scores.csv")

    written = read_summary(folder / "summary.csv")
    assert [found for found in written if found.score != "stability"] == summarize(rows)
    assert read_differences(folder / "differences.csv") == differences(rows)


def test_stability_is_that_of_the_labels_of_all_seeds(experiment):
    folder = run(experiment)

    found = {
        (s.representation, s.k): s.estimate.mean
        for s in read_summary(folder / "summary.csv")
        if s.score == "stability"
    }
    import h5py

    labels = []
    for seed in range(3):
        with h5py.File(folder / f"sparse_ae-k3-s{seed}.h5") as file:
            labels.append(file["labels"][:])
    a, b, c = labels
    expected = np.mean([adjusted_rand_score(*p) for p in ((a, b), (a, c), (b, c))])
    assert len(found) == 4
    assert found["sparse_ae", 3] == pytest.approx(expected)


def test_latex_says_what_is_sampled_of_each_data_set_by_itself(experiment):
    folder = experiment[0]
    rows = read_scores(folder / "scores.csv")
    sampled = {"n_sampled": "2000", "se_silhouette": "0.01"}
    others = [row | {"dataset": "other", "n": "90000"} | sampled for row in rows]
    with (folder / "scores.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, others[0])
        writer.writeheader()
        writer.writerows([*rows, *others])

    text = (run((folder, experiment[1] * 2)) / "summary.tex").read_text()

    assert "\n% other: Silhouettes are those of 2,000 of 90,000 points" in text
    assert text.count("Silhouettes are those") == 1
    assert text.count("% other, test, k = ") == text.count("% toy, test, k = ") == 2


def test_one_seed_leaves_intervals_empty_and_no_stability(experiment):
    folder, clusterings = experiment
    first = slice(0, None, 3)
    rows = read_scores(folder / "scores.csv")[first]
    with (folder / "scores.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    run((folder, clusterings[first]))

    with (folder / "summary.csv").open() as file:
        written = list(csv.DictReader(file))
    assert {(row["n_seeds"], row["sd"], row["low"], row["high"]) for row in written} == {
        ("1", "", "", "")
    }
    assert "stability" not in {row["score"] for row in written}


def test_clusterers_have_a_column_of_their_own_where_there_are_some(experiment):
    folder, clusterings = experiment
    rows = [
        row | {"clusterer": "ward" if row["representation"] == "sparse_ae" else "kmeans"}
        for row in read_scores(folder / "scores.csv")
    ]
    with (folder / "scores.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    run((folder, clusterings))

    with (folder / "summary.csv").open() as file:
        written = {(row["representation"], row["clusterer"]) for row in csv.DictReader(file)}
    read = {found.representation for found in read_summary(folder / "summary.csv")}
    assert written == {("pixels", "kmeans"), ("sparse_ae", "ward")}
    assert read == {"pixels", "sparse_ae by ward"}
    assert [found for found in read_summary(folder / "summary.csv") if found.score != "stability"] \
        == summarize(rows)  # fmt: skip
