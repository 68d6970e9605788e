import pytest
from test_record import RUN

from aecluster.console import closing
from aecluster.errors import RecordError
from aecluster.record import Record, write_record
from aecluster.scores import COLUMNS, read_scores, write_scores


def variant(folder, k, *, labelled=True, **subject):
    """Write the two records of a variant and return their paths."""
    common = {
        "dataset": "toy", "representation": "pixels", "split": "test", "k": k, "seed": 0,
        "params": {}, "code": "c", "inputs": {}, "outputs": {}, "run": RUN, **subject,
    }  # fmt: skip
    metrics = {"silhouette": k / 100, "dunn": 0.5, "inertia": 12.0}
    if labelled:
        metrics |= {"nmi": 0.1, "ari": 0.2, "accuracy": 0.3}
    name = f"{common['representation']}-{k}"
    paths = folder / f"{name}.json", folder / f"{name}.scores.json"
    write_record(paths[0], Record(step="kmeans", metrics={"n_iter": 7.0}, **common))
    write_record(
        paths[1], Record(step="evaluate", metrics=metrics, details={"n": 30, "d": 4}, **common)
    )
    return paths


def write(folder, *variants):
    clusterings, scores = zip(*variants, strict=True)
    write_scores(folder / "scores.csv", clusterings, scores)
    return read_scores(folder / "scores.csv")


def test_table_has_a_row_a_variant_and_the_columns_in_order(tmp_path):
    rows = write(tmp_path, variant(tmp_path, 2), variant(tmp_path, 3))

    assert [row["k"] for row in rows] == ["2", "3"]
    assert tuple(rows[0]) == COLUMNS
    assert rows[0] == dict(
        zip(
            COLUMNS,
            ["toy", "pixels", "test", "2", "0", "30", "4", "0.02", "0.5", "12.0", "7", "0.1", "0.2",
             "0.3"],
            strict=True,
        )
    )  # fmt: skip


def test_without_labels_external_scores_are_empty(tmp_path):
    [row] = write(tmp_path, variant(tmp_path, 2, labelled=False))

    assert (row["nmi"], row["ari"], row["accuracy"]) == ("", "", "")


def test_missing_record_leaves_no_table(tmp_path):
    with pytest.raises(RecordError, match="expected the record of a step"):
        write_scores(tmp_path / "scores.csv", [tmp_path / "a.json"], [tmp_path / "b.json"])

    assert list(tmp_path.iterdir()) == []


def test_closing_has_the_best_first_and_leaves_out_what_there_is_not(tmp_path):
    write(tmp_path, variant(tmp_path, 2, labelled=False), variant(tmp_path, 30, labelled=False))

    assert closing(tmp_path / "scores.csv").splitlines() == [
        "",
        "representation   k  seed  silhouette    dunn",
        "--------------  --  ----  ----------  ------",
        "pixels          30     0      0.3000  0.5000",
        "pixels           2     0      0.0200  0.5000",
        "",
        f"All scores: {tmp_path / 'scores.csv'}",
        "Compare runs: make ui",
    ]
