"""Which records led to which, and which pictures show what."""

import pytest

from aecluster.records.lineage import Lineage, is_drawing
from aecluster.records.record import Record, describe_file, write_record
from circumstances import RUN


@pytest.fixture
def leave(tmp_path):
    """A function that leaves a step's output and record, and returns the path of the record."""

    def leave(step, output, **subject):
        path = tmp_path / output
        path.write_text(f"{step} {subject}")
        record = path.with_name(f"{output}.json")
        write_record(
            record,
            Record(
                step=step, dataset="toy", representation="ae", params={}, code="c", inputs={},
                outputs={str(path): describe_file(path)}, run=RUN, **subject,
            ),
        )  # fmt: skip
        return record

    return leave


def shown_by(lineage):
    """Return the names of the pictures of each step."""
    return {
        (entry.record.step, entry.record.seed): [path.name for path, _ in lineage.pictures(entry)]
        for entry in lineage.entries
        if not is_drawing(entry.record)
    }


def test_pictures_show_the_clustering_and_not_its_scores(leave):
    variant = {"split": "test", "k": 10, "seed": 0}
    records = [
        leave("kmeans", "k10.h5", **variant),
        leave("evaluate", "k10.scores", **variant),
        leave("plot_anything", "k10.map.png", **variant),
    ]

    assert shown_by(Lineage(records)) == {("kmeans", 0): ["k10.map.png"], ("evaluate", 0): []}


@pytest.mark.parametrize("step", ["train", "transform"])
def test_pictures_without_a_k_show_how_the_representation_came_about(leave, step):
    records = [
        leave(step, "made.h5", seed=0),
        leave("embed", "store.h5", seed=0),
        leave("plot_one", "one.png", seed=0),
        leave("plot_another", "another.png", seed=0),
        leave(step, "other.h5", seed=1),
        leave("kmeans", "k10.h5", split="test", k=10, seed=0),
    ]

    assert shown_by(Lineage(records)) == {
        (step, 0): ["one.png", "another.png"],
        ("embed", 0): [],
        (step, 1): [],
        ("kmeans", 0): [],
    }
