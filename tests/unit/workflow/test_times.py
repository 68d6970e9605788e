import pytest

from aecluster.errors import AeclusterError
from aecluster.workflow.times import table_of_times


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


def test_no_times_and_broken_ones_are_errors_of_one_line(tmp_path):
    with pytest.raises(AeclusterError, match="no times yet, expected those of `make demo`"):
        table_of_times(tmp_path)

    leave(tmp_path, "train", "digits.sparse_ae.s0", 1.0).write_text("s\n")
    with pytest.raises(AeclusterError, match=r"s0\.tsv: expected the times of a job, delete it"):
        table_of_times(tmp_path)
