"""Scores of representations: from their stores to every place that shows scores."""

import csv

import numpy as np
import pytest

from aecluster.comparison.curves import panels_of
from aecluster.comparison.scores import read_scores, write_controls, write_scores
from aecluster.comparison.statistics import best_k, summarize
from aecluster.comparison.tables import compare, read_differences, read_summary
from aecluster.errors import StoreError
from aecluster.figures.cka import draw_cka
from aecluster.probes.registry import PROBES, Probe
from aecluster.probes.vectors import rankme, uniformity
from aecluster.records.lineage import lineage_in
from aecluster.records.record import Record, describe_file, write_record
from aecluster.report import write_report
from aecluster.steps.cka import compare_spaces, read_similarities
from aecluster.steps.probe import probe
from aecluster.store import Store, write_clustering
from aecluster.tracking.runs import variant_runs
from circumstances import RUN

Y = np.arange(300) % 3
CODE = np.random.default_rng(0).normal(size=(300, 4)) + 3 * np.eye(4)[Y]
NOISE = np.random.default_rng(1).normal(size=(300, 40))


@pytest.fixture
def keep(tmp_path):
    """A function that keeps vectors in a store, 200 of them for training."""

    def write(name, X, y=Y, **where):
        path = tmp_path.joinpath(*where.get("folders", ()), f"{name}.h5")
        path.parent.mkdir(parents=True, exist_ok=True)
        X = X.astype(np.float32)
        with Store.create(path, dataset="toy", representation=name, source_digest="d") as store:
            for split, rows in (("train", slice(0, 200)), ("test", slice(200, 300))):
                labels = {} if y is None else {"y": y[rows], "class_names": "abc"}
                store.add_split(split, [X[rows]], n=len(X[rows]), **labels)
        return path

    return write


def test_classes_are_found_in_the_code_and_not_in_noise(keep):
    code, details = probe(keep("code", CODE))
    noise, _ = probe(keep("noise", NOISE))

    assert list(code) == list(PROBES)
    assert min(code["knn_accuracy"], code["linear_probe"]) > 0.9
    assert max(noise["knn_accuracy"], noise["linear_probe"]) < 0.5
    assert code["rankme"] < 4 < 30 < noise["rankme"]
    assert noise["uniformity"] < code["uniformity"]
    assert details == {"n_train": 200, "n_test": 100, "d": 4, "n_sampled": 200}
    for name, score in (code | noise).items():
        assert PROBES[name].minimum <= score <= PROBES[name].maximum


@pytest.mark.parametrize("y", [None, -np.ones(300, int), np.where(Y == 0, 0, -1)])
def test_without_classes_only_the_vectors_are_looked_at(keep, y):
    scores, _ = probe(keep("code", CODE, y))

    train = CODE[:200].astype(np.float32)
    assert scores == {
        "rankme": pytest.approx(rankme(train)),
        "uniformity": pytest.approx(uniformity(train)),
    }


def test_what_does_not_fit_into_memory_is_sampled(keep, monkeypatch):
    monkeypatch.setattr("aecluster.store.store.MOST_IN_MEMORY", 4 * 4 * 60)
    scores, details = probe(keep("code", CODE))

    assert details["n_sampled"] == 50
    assert scores["rankme"] == pytest.approx(rankme(CODE[:200:4]), rel=1e-5)


def test_spaces_are_compared_pair_by_pair_and_drawn(keep, tmp_path):
    stores = [keep("code", CODE), keep("twice", 2 * CODE[:, ::-1]), keep("noise", NOISE)]
    compare_spaces(tmp_path / "cka.csv", stores)
    found = read_similarities(tmp_path / "cka.csv")
    draw_cka(tmp_path / "cka.png", found)

    pairs = found["toy"]
    assert [name for name, _ in pairs] == [n for n in ("code", "twice", "noise") for _ in range(3)]
    assert pairs["code", "twice"] == pytest.approx(1, abs=1e-5)
    assert abs(pairs["code", "noise"]) < 0.1
    assert pairs["code", "noise"] == pairs["noise", "code"]
    assert (tmp_path / "cka.png").stat().st_size > 1000


def test_store_that_is_none_leaves_no_table(tmp_path):
    (tmp_path / "store.h5").write_text("no store")

    with pytest.raises(StoreError, match=r"store\.h5"):
        compare_spaces(tmp_path / "cka.csv", [tmp_path / "store.h5"])

    assert not (tmp_path / "cka.csv").exists()


@pytest.fixture
def experiment(keep, tmp_path):
    """Two representations, two k, two seeds: all that follows, as the workflow does it."""
    clusterings, records, scored, probes = [], [], [], []
    for name, X in (("pixels", NOISE), ("code", CODE)):
        for seed in range(2):
            own = () if name == "pixels" else (f"s{seed}",)
            folders = ("results", "toy", name, *own)
            common = {
                "dataset": "toy", "representation": name, "params": {}, "code": "c", "run": RUN,
            }  # fmt: skip
            store = keep(name, X + seed * (name == "code"), folders=folders)
            seed_of = None if name == "pixels" else seed
            made = common | {"seed": seed_of, "inputs": {}, "metrics": {}}
            inputs = {str(store): describe_file(store)}
            write_record(
                store.with_suffix(".json"), Record(step="transform", outputs=inputs, **made)
            )
            probes.append(store.with_name("probe.json"))
            write_record(
                probes[-1],
                Record(
                    step="probe",
                    outputs={},
                    **made | {"inputs": inputs, "metrics": probe(store)[0]},
                ),
            )
            for k in (3, 4):
                stem = tmp_path.joinpath("results", "toy", name, "test", f"k{k}-s{seed}")
                stem.parent.mkdir(exist_ok=True)
                subject = common | {"split": "test", "k": k, "seed": seed, "outputs": {}}
                subject |= {"inputs": inputs}
                for paths, end in ((clusterings, "h5"), (records, "json"), (scored, "scores.json")):
                    paths.append(stem.with_name(f"{stem.name}.{end}"))
                write_clustering(clusterings[-1], np.arange(100) % k, np.zeros((k, 2)))
                write_record(records[-1], Record(step="kmeans", metrics={"n_iter": 5}, **subject))
                scores = {"metrics": {"silhouette": 0.1, "nmi": 0.2}}
                details = {"details": {"n": 100, "d": 2}}
                write_record(scored[-1], Record(step="evaluate", **subject, **scores, **details))
    tables = {
        name: tmp_path / f"{name}.csv" for name in ("scores", "controls", "summary", "differences")
    }
    write_scores(tables["scores"], records, scored, dict.fromkeys(probes))
    write_controls(tables["controls"], scored)
    compare(
        tables["scores"],
        clusterings,
        summary=tables["summary"],
        differences_table=tables["differences"],
        latex=tmp_path / "summary.tex",
    )
    return tmp_path, tables


def test_scores_of_a_space_stand_with_all_its_variants(experiment):
    folder, tables = experiment
    rows = read_scores(tables["scores"])
    summaries = read_summary(tables["summary"])

    of_code = [
        probe(folder / "results" / "toy" / "code" / f"s{seed}" / "code.h5")[0]["knn_accuracy"]
        for seed in (0, 0, 1, 1)
    ]
    found = [float(row["knn_accuracy"]) for row in rows if row["representation"] == "code"]
    compared = {found.score for found in read_differences(tables["differences"])}
    assert sorted(found) == sorted(of_code)
    assert {*PROBES} <= {found.score for found in summaries}
    assert {"knn_accuracy", "linear_probe"} <= compared
    assert not {"rankme", "uniformity"} & compared
    assert not {*PROBES} & {score for *_, score in best_k(summarize(rows))}
    assert not any("kNN" in panel.title for panel in panels_of(summaries))


def test_report_shows_them_in_a_group_of_their_own_and_the_likeness(experiment):
    folder, tables = experiment
    stores = sorted(folder.glob("results/toy/*/**/*.h5"))
    compare_spaces(folder / "cka.csv", [path for path in stores if "k" not in path.stem])
    draw_cka(folder / "cka.png", read_similarities(folder / "cka.csv"))
    citation = folder / "CITATION.cff"
    citation.write_text('title: "t"\nversion: 1\nauthors:\n  - name: a\n')
    write_report(
        folder / "report.html",
        experiment={
            "experiment": "e", "dataset": "toy", "split": "test", "k": [3, 4], "seeds": [0, 1],
            "representations": {"pixels": {}, "code": {}},
        },
        **tables,
        score_curves=folder / "cka.png",
        cka=[folder / "cka.png"],
        records=[*folder.glob("results/**/*.json")],
        figures=[],
        citation=citation,
    )  # fmt: skip
    report = (folder / "report.html").read_text()

    group = report.index("Of the representation itself, without clusters")
    assert group < report.index("<td>kNN accuracy ↑</td>", group)
    assert 'id="cka"' in report
    assert "Linear CKA of every two representations" in report
    assert PROBES["rankme"].description in report


def test_run_in_mlflow_has_them_and_stays_the_same_run(experiment):
    folder, _ = experiment
    with_probes = variant_runs(lineage_in(folder / "results"))
    for path in folder.glob("results/toy/**/probe.json"):
        path.unlink()
    without = variant_runs(lineage_in(folder / "results"))

    assert len(with_probes) == len(without) == 8
    for before, after in zip(without, with_probes, strict=True):
        assert {*PROBES} <= after.metrics.keys()
        assert not {*PROBES} & before.metrics.keys()
        assert before.tags["record"] == after.tags["record"]
        assert before.tags["pictures"] != after.tags["pictures"]


def test_probe_from_outside_is_scored_and_known(keep, monkeypatch):
    novelty = Probe(
        label="Novelty", description="How new it is.", reference="Nobody (2026)", minimum=0,
        maximum=np.inf, greater_is_better=True, kind="geometry",
        compute=lambda probed: float(len(probed.sample)),
    )  # fmt: skip
    monkeypatch.setitem(PROBES, "novelty", novelty)
    scores, _ = probe(keep("code", CODE))
    row = {"dataset": "toy", "representation": "code", "split": "test", "k": "3", "seed": "0"}
    [summary] = summarize([row | {"novelty": scores["novelty"]}])

    assert (summary.score, summary.estimate.mean) == ("novelty", 200)


def test_table_of_likeness_has_a_head(keep, tmp_path):
    compare_spaces(tmp_path / "cka.csv", [keep("code", CODE)])

    with (tmp_path / "cka.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert row == {"dataset": "toy", "representation": "code", "other": "code", "cka": row["cka"]}
    assert float(row["cka"]) == pytest.approx(1)
