import pytest

from aecluster.comparison.scores import COLUMNS, write_scores
from aecluster.errors import RecordError
from variants import variant, write_table


def test_table_has_one_row_per_variant_and_the_columns_in_order(tmp_path):
    rows = write_table(tmp_path, variant(tmp_path, 2), variant(tmp_path, 3))

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
    [row] = write_table(tmp_path, variant(tmp_path, 2, labelled=False))

    assert (row["nmi"], row["ari"], row["accuracy"]) == ("", "", "")


def test_missing_record_leaves_no_table(tmp_path):
    with pytest.raises(RecordError, match="expected the record of a step"):
        write_scores(tmp_path / "scores.csv", [tmp_path / "a.json"], [tmp_path / "b.json"])

    assert list(tmp_path.iterdir()) == []
