"""The table of images beside a clustering comes with its scores, or not at all."""

import pytest

pytestmark = pytest.mark.workflow


def test_lost_table_is_made_with_the_scores_where_tables_are_wanted(project):
    for table in (project.folder / "results/digits").rglob("*.csv"):
        table.unlink()
    # First, since looking sets aside the record whose table is lost.
    unwanted = project.schedule("--config", "evaluation={points: false}")
    wanted = project.schedule()

    assert wanted.rules["evaluate"] == 2
    assert "kmeans" not in wanted.rules
    assert unwanted.rules.get("evaluate") is None
