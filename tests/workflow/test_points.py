"""The table of images beside a clustering comes with its scores, or not at all."""

import pytest

pytestmark = pytest.mark.workflow


def test_lost_table_is_made_with_the_scores_and_unwanted_ones_change_nothing(project):
    unwanted = project.schedule("--config", "evaluation={points: false}")
    for table in (project.folder / "results/digits").rglob("*.csv"):
        table.unlink()
    wanted = project.schedule()

    assert unwanted.rules == {}
    assert wanted.rules["evaluate"] == 2
    assert "kmeans" not in wanted.rules
