"""Which records led to which, and which pictures show what."""

import pytest

from aecluster.errors import RecordError
from aecluster.records.lineage import Lineage, is_drawing, records_behind
from aecluster.records.record import Record, describe_file, read_record, write_record
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


@pytest.fixture
def variants(tmp_path):
    """Records from the images of one file to a table of two clusterings, of which it is made."""

    def leave(step, output, *inputs):
        path = tmp_path / output
        path.write_text(f"{step} {output}")
        read = {str(tmp_path / name): describe_file(tmp_path / name) for name in inputs}
        record = Record(
            step=step, dataset="toy", params={}, code="c", inputs=read,
            outputs={str(path): describe_file(path)}, run=RUN,
        )  # fmt: skip
        write_record(path.with_suffix(".json"), record)

    # The user's own, which tells of no step.
    (tmp_path / "mine.npz").write_text("images")
    (tmp_path / "mine.json").write_text("{}")
    leave("preprocess", "pixels.h5", "mine.npz")
    leave("train", "model.keras", "pixels.h5")
    leave("embed", "store.h5", "pixels.h5", "model.keras")
    leave("kmeans", "k2.h5", "pixels.h5")
    leave("kmeans", "k3.h5", "store.h5")
    made_of = ("pixels", "k2", "model", "store", "k3")
    leave("collect_scores", "scores.csv", *(f"{name}.json" for name in made_of))
    return tmp_path


def test_records_behind_a_table_come_once_and_in_the_order_of_the_steps(variants):
    found = records_behind(variants / "scores.json")

    names = ["pixels", "k2", "model", "store", "k3"]
    assert found == [variants / f"{name}.json" for name in names]


@pytest.mark.parametrize("name", ["k3", "model"])
def test_record_behind_a_table_that_is_missing_is_an_error(variants, name):
    (variants / f"{name}.json").unlink()

    with pytest.raises(RecordError, match=f"{name}.json: No such file"):
        records_behind(variants / "scores.json")


def test_record_that_was_made_anew_since_is_not_behind_a_table(variants):
    record = read_record(variants / "k3.json")
    again = record.model_copy(update={"code": "another"})
    write_record(variants / "k3.json", again)

    with pytest.raises(
        RecordError, match=r"k3.json: found another content than .*scores.json is of"
    ):
        records_behind(variants / "scores.json")
