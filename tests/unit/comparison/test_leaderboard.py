from pathlib import Path

import pytest

from aecluster.comparison.leaderboard import leaderboard
from aecluster.comparison.published import PUBLISHED
from aecluster.errors import AeclusterError
from aecluster.records.record import Record, write_record
from circumstances import RUN

PAGE = Path(__file__).parents[3] / "docs" / "published.md"
HEAD = "dataset,representation,clusterer,split,k,score,n_seeds,mean,sd,low,high\n"
FEW = (
    HEAD
    + """\
toy,pixels,kmeans,all,10,nmi,1,0.05,,,
toy,pixels,kmeans,all,10,accuracy,1,0.2,,,
toy,pixels,dense,all,0,nmi,1,0.02,,,
toy,pixels,kmeans,all,20,nmi,1,0.9,,,
"""
)
MANY = (
    HEAD.replace("clusterer,", "")
    + """\
toy,pixels,all,10,nmi,3,0.06,0.01,0.05,0.07
toy,pixels,all,10,accuracy,3,0.21,0.01,0.2,0.22
toy,pca,all,10,nmi,3,0.3,0.01,0.29,0.31
"""
)


@pytest.fixture
def results(tmp_path):
    for name, summary in (("few", FEW), ("many", MANY)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "summary.csv").write_text(summary)
    return tmp_path


def leave(path, step, details, representation=None, **fields):
    path.parent.mkdir(parents=True, exist_ok=True)
    record = Record(
        step=step, dataset="toy", representation=representation, params={}, code="c", inputs={},
        outputs={}, details=details, run=RUN, **fields,
    )  # fmt: skip
    write_record(path, record)


def test_rows_of_all_experiments_stand_best_first_and_more_seeds_count(results):
    lines = leaderboard(results).splitlines()

    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| `pca`", "| `pixels`", "| `pixels by dense`, k chosen",
    ]  # fmt: skip
    assert "| 0.0600 ± 0.0100 | 0.2100 ± 0.0100 | 3 |" in lines[3]
    assert lines[0].startswith(
        "| toy, k = 10 | NMI ↑ | accuracy ↑ | seeds | minutes | cores | MB |"
    )


def test_only_the_experiments_that_are_named_are_read(results):
    assert "pca" not in leaderboard(results, ["few"])
    with pytest.raises(AeclusterError, match=r"nothing/summary.csv: No such file"):
        leaderboard(results, ["nothing"])


def test_cost_of_a_clustering_stands_beside_its_scores(results):
    of = {"split": "all", "k": 10, "seed": 0}
    leave(results / "toy/pca/all/k10-s0.json", "kmeans", {}, "pca", **of)

    [row] = [line for line in leaderboard(results).splitlines() if "`pca`" in line]
    cost = f"| {RUN.wall_s / 60:,.1f} | {RUN.threads} | {RUN.peak_mem_mb:,.0f} |"
    assert row.endswith(cost)


def test_published_rows_of_the_same_classes_stand_among_ours_with_their_sources(results):
    details = {"class_names": list(PUBLISHED[0].classes), "n": {"train": 50_000, "test": 10_000}}
    leave(results / "toy/pixels/store.json", "preprocess", details, "pixels")

    text = leaderboard(results)
    assert text.startswith("| toy, 60,000 images, k = 10 |")
    assert text.index("`pca`") < text.index("| *DEC* | *0.257*") < text.index("`pixels`")
    assert "| *DEC* | *0.087* | *0.054* | *0.211* |  |  |  |  | [1], measured |" in text.replace(
        "[2]", "[1]").replace("[3]", "[1]")  # fmt: skip
    assert "OpenDeepClustering" in text.rpartition("\n|")[2]


def test_page_has_every_published_row():
    page = PAGE.read_text()
    digits = [f"| {found.nmi:.3f} | {found.accuracy:.3f} | {found.ari:.3f} |".replace("0.", ".")
              for found in PUBLISHED]  # fmt: skip

    assert [row for row in digits if row not in page] == []


def test_folder_without_results_is_told(tmp_path):
    with pytest.raises(AeclusterError, match="no summaries, expected those of `make demo`"):
        leaderboard(tmp_path)
