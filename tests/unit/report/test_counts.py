from aecluster.comparison.statistics import Estimate, Summary
from aecluster.records.record import Record
from aecluster.report.counts import counts_of_clusters
from circumstances import RUN


def record(**metrics):
    return Record(
        step="gap", dataset="toy", representation="pixels", split="test", params={"k": [5, 2]},
        code="c", inputs={}, outputs={}, metrics=metrics, run=RUN,
    )  # fmt: skip


def test_each_way_to_count_is_said_of_each_representation():
    summaries = [
        Summary("toy", "pixels", "test", k, "silhouette", Estimate(1, value))
        for k, value in ((2, 0.5), (5, 0.6))
    ]

    assert list(counts_of_clusters([record(k_by_gap=2, k_by_stability=5)], summaries)) == [
        "Number of clusters of pixels: by the gap statistic 2, by the stability of subsamples 5, "
        "by the silhouette 5 (K-Means with k = 2, 5)."
    ]


def test_what_the_gap_statistic_leaves_open_is_said():
    [none] = counts_of_clusters([record(k_by_gap=1, k_by_stability=2)], [])
    [more] = counts_of_clusters([record(k_by_stability=2)], [])

    assert "gap statistic 1, that is none," in none
    assert "gap statistic 5 or more," in more
