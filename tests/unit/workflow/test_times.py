import pytest

from aecluster.errors import AeclusterError
from aecluster.workflow.dry_run import Step
from aecluster.workflow.times import expected_seconds, seconds_of_steps, table_of_times


def leave(folder, step, job, seconds):
    path = folder / "benchmarks" / step / f"{job}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"s\th:m:s\tmax_rss\n{seconds}\t0:00:01\t12.5\n")
    return path


def test_steps_have_their_share_the_longest_first(tmp_path):
    leave(tmp_path, "kmeans", "digits.pixels.test.k10-s0", 2.0)
    leave(tmp_path, "kmeans", "digits.sparse_ae.test.k10-s0", 3.0)
    leave(tmp_path, "train", "digits.sparse_ae.s0", 15.0)

    assert table_of_times(tmp_path).splitlines() == [
        "| step | jobs | s | share |",
        "| --- | --- | --- | --- |",
        "| train | 1 | 15.0 | 75% |",
        "| kmeans | 2 | 5.0 | 25% |",
        "| all | 3 | 20.0 | 100% |",
    ]


def test_times_of_an_experiment_are_those_of_its_variants(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "scores.csv").write_text(
        "dataset,representation,split,k,seed\ndigits,pca,test,10,0\n"
    )
    for step, job in {
        "preprocess": "digits",
        "transform": "digits.pca.s0",
        "kmeans": "digits.pca.test.k10-s0",
        "collect_scores": "mine",
    }.items():
        leave(tmp_path, step, job, 1.0)
    for job in ("digits.pca_more.test.k10-s0", "digits.pca.test.k11-s0", "digits.pca.test.k10-s1"):
        leave(tmp_path, "kmeans", job, 10.0)
    leave(tmp_path, "transform", "digits.pca.s1", 10.0)
    leave(tmp_path, "preprocess", "other", 10.0)
    leave(tmp_path, "collect_scores", "other", 10.0)

    assert "| all | 4 | 4.0 | 100% |" in table_of_times(tmp_path, "mine")
    assert "| all | 10 | 64.0 | 100% |" in table_of_times(tmp_path)


def test_step_takes_what_it_or_those_like_it_took(tmp_path):
    path = leave(tmp_path, "kmeans", "digits.pixels.test.k10-s0", 4.0)
    leave(tmp_path, "kmeans", "digits.pixels.test.k11-s0", 8.0)
    leave(tmp_path, "kmeans", "other.pixels.test.k11-s0", 100.0)
    new = path.with_name("digits.pixels.test.k12-s0.tsv")

    assert expected_seconds(Step("kmeans", "", "", str(path), threads=2), cores=2) == 4
    assert expected_seconds(Step("kmeans", "", "", str(new), threads=1), cores=2) == 3
    assert expected_seconds(Step("all", "", ""), cores=2) is None
    assert expected_seconds(Step("train", "", "", str(tmp_path / "a.tsv")), cores=2) is None


def test_of_many_jobs_as_many_are_read_as_are_asked_for_from_all_over_them(tmp_path):
    for number in range(10):
        leave(tmp_path, "kmeans", f"digits.pixels.test.k{number}-s0", float(number))
    leave(tmp_path, "train", "digits.sparse_ae.s0", 15.0)

    assert seconds_of_steps(tmp_path, most=4) == {"kmeans": [0, 2, 5, 7], "train": [15]}


def test_no_times_and_broken_ones_are_errors_of_one_line(tmp_path):
    with pytest.raises(AeclusterError, match="no times yet, expected those of `make demo`"):
        table_of_times(tmp_path)
    with pytest.raises(AeclusterError, match=r"mine/scores\.csv: no such file, expected that of"):
        table_of_times(tmp_path, "mine")

    leave(tmp_path, "train", "digits.sparse_ae.s0", 1.0).write_text("s\n")
    with pytest.raises(AeclusterError, match=r"s0\.tsv: expected the times of a job, delete it"):
        table_of_times(tmp_path)
