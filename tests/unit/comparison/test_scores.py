import pytest

from aecluster.comparison.scores import COLUMNS, check_same_data, write_scores
from aecluster.errors import ConfigError, RecordError
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


def test_table_of_other_data_is_not_written_over(tmp_path):
    path = tmp_path / "demo" / "scores.csv"
    check_same_data(path, "demo", ["pets"])
    path.parent.mkdir()
    path.write_text("dataset,representation\ndigits,pixels\n")
    check_same_data(path, "demo", ["digits", "pets"])

    with pytest.raises(
        ConfigError,
        match=r"^experiment: found 'demo', whose .*demo/scores\.csv is of digits, expected a name "
        r"of its own for pets \(--config experiment=NAME\), or that .*demo/ is removed$",
    ):
        check_same_data(path, "demo", ["pets"])
