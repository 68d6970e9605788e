"""A metric is one entry of the registry: everything that shows scores follows."""

import numpy as np
import pytest

from aecluster.comparison.curves import draw_score_curves
from aecluster.comparison.scores import read_scores, write_controls, write_scores
from aecluster.comparison.tables import compare, read_differences, read_summary
from aecluster.metrics import METRICS, Metric
from aecluster.records.lineage import lineage_in
from aecluster.records.record import Record, write_record
from aecluster.report import write_report
from aecluster.steps.evaluate import evaluate
from aecluster.store import Store, write_clustering
from aecluster.tracking.runs import variant_runs
from circumstances import RUN

ABOUT = {
    "label": "Novelty",
    "description": "How new it is.",
    "reference": "Nobody (2026)",
    "minimum": 0.0,
    "maximum": np.inf,
    "greater_is_better": True,
}
OF_LABELS = Metric(
    **ABOUT, kind="external", compute=lambda clustering: float(clustering.counts.max())
)
OF_DISTANCES = Metric(
    **ABOUT,
    kind="internal",
    compute=lambda clustering: clustering.dispersion.inertia / 2,
    in_other_spaces=True,
)


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    """Score, compare, report: all that follows two clusterings, as the workflow does it."""

    def run(metric):
        monkeypatch.setitem(METRICS, "novelty", metric)
        rng = np.random.default_rng(0)
        y = np.arange(40) % 3
        stores = {"pixels": (tmp_path / "pixels.h5", 4), "pca": (tmp_path / "pca.h5", 2)}
        clusterings, records, scored = [], [], []
        for name, (path, d) in stores.items():
            with Store.create(path, dataset="toy", representation=name, source_digest="d") as store:
                X = rng.normal(size=(40, d)).astype(np.float32)
                store.add_split("test", [X], n=40, y=y, class_names="xyz")
            folder = tmp_path / "results" / "toy" / name / "test"
            folder.mkdir(parents=True)
            common = {
                "dataset": "toy", "representation": name, "split": "test", "k": 3, "seed": 0,
                "params": {}, "code": "c", "inputs": {}, "outputs": {}, "run": RUN,
            }  # fmt: skip
            for found, suffix in ((clusterings, "h5"), (records, "json"), (scored, "scores.json")):
                found.append(folder / f"k3-s0.{suffix}")
            write_clustering(clusterings[-1], rng.permutation(y), np.zeros((3, d)))
            write_record(records[-1], Record(step="kmeans", metrics={"n_iter": 5}, **common))
            spaces = {"pixels": stores["pixels"][0]}
            evaluation = evaluate(path, clusterings[-1], "test", spaces)
            done = {"metrics": evaluation.scores, "details": evaluation.details}
            write_record(scored[-1], Record(step="evaluate", **done, **common))
        tables = {name: tmp_path / f"{name}.csv" for name in ("scores", "controls", "summary")}
        tables["differences"] = tmp_path / "differences.csv"
        write_scores(tables["scores"], records, scored)
        write_controls(tables["controls"], scored)
        compare(
            tables["scores"],
            clusterings,
            summary=tables["summary"],
            differences_table=tables["differences"],
            latex=tmp_path / "summary.tex",
        )
        draw_score_curves(tmp_path / "scores.png", tables["summary"])
        citation = tmp_path / "CITATION.cff"
        citation.write_text('title: "t"\nversion: 1\nauthors:\n  - name: a\n')
        write_report(
            tmp_path / "report.html",
            experiment={
                "experiment": "e", "dataset": "toy", "split": "test", "k": [3], "seeds": [0],
                "representations": {name: {} for name in stores},
            },
            **tables,
            score_curves=tmp_path / "scores.png",
            records=[*records, *scored],
            figures=[],
            citation=citation,
        )  # fmt: skip
        return tmp_path

    return run


@pytest.mark.parametrize(
    ("metric", "names", "compared"),
    [
        (OF_LABELS, ["novelty"], ["novelty"]),
        (OF_DISTANCES, ["novelty", "novelty_in_pixels"], ["novelty_in_pixels"]),
    ],
    ids=["of labels", "of distances"],
)
def test_metric_from_outside_is_scored_and_shown_everywhere(experiment, metric, names, compared):
    folder = experiment(metric)
    rows = read_scores(folder / "scores.csv")
    controls = read_scores(folder / "controls.csv")
    runs = variant_runs(lineage_in(folder / "results"))
    report = (folder / "report.html").read_text()

    def known(scores):
        return [name for name in dict.fromkeys(scores) if name.startswith("novelty")]

    assert sorted(known(rows[0])) == names
    assert all(float(row[name]) > 0 for row in rows for name in names)
    assert {row["control"] for row in controls if float(row["novelty"]) > 0} == {
        "random",
        "classes",
    }
    summary, differences = folder / "summary.csv", folder / "differences.csv"
    assert sorted(known(found.score for found in read_summary(summary))) == names
    assert known(found.score for found in read_differences(differences)) == compared
    assert "\nNovelty $\\uparrow$ & " in (folder / "summary.tex").read_text()
    assert len(runs) == 2
    for run in runs:
        assert sorted(known(run.metrics)) == names
    assert "Novelty" in report
    assert "How new it is." in report


def test_random_labels_are_not_shown_by_what_only_sees_the_sizes_of_clusters(experiment):
    sizes = Metric(**ABOUT, kind="partition", compute=lambda clustering: 0.5)

    report = (experiment(sizes) / "report.html").read_text()

    assert report.count("Novelty") == 3  # scores, differences, what it means: no control
