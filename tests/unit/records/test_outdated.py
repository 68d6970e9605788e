import json
import os
from pathlib import Path

import pytest

from aecluster.errors import RecordError
from aecluster.records import outdated
from aecluster.records.damage import inspect
from aecluster.records.outdated import Wanted, in_lines, put_back, set_aside
from aecluster.records.record import Record, describe_file, read_record, write_record
from circumstances import RUN


def leave(step, output, inputs=(), content="", **fields):
    """Write the output of a step and its record beside it; return the record's path."""
    Path(output).write_text(content or step)
    path = Path(output).with_suffix(".json")
    record = Record(
        step=step,
        dataset="toy",
        params={"seed": 0, **fields.pop("params", {})},
        code="c0de",
        inputs={name: describe_file(name) for name in inputs},
        outputs={output: describe_file(output)},
        run=RUN,
    )
    write_record(path, record)
    return path


def find_outdated(wanted, **options):
    records, damages = inspect(wanted)
    assert damages == []
    return outdated.find_outdated(records, wanted, **options)


@pytest.fixture
def wanted(tmp_path, monkeypatch):
    """Two steps, of which the second reads what the first wrote; what they would be run with."""
    monkeypatch.chdir(tmp_path)
    Path("mine.npz").write_text("images")
    leave("preprocess", "store.h5", ["mine.npz"])
    leave("kmeans", "labels.h5", ["store.h5"], params={"k": 3})
    return {
        "store.json": lambda: Wanted({"seed": 0}, "c0de"),
        "labels.json": lambda: Wanted({"k": 3, "seed": 0}, "c0de"),
        "missing.json": lambda: Wanted({}, ""),
    }


def test_records_of_what_is_wanted_stay(wanted):
    assert find_outdated(wanted) == []


def test_changed_parameters_and_code_are_named(wanted):
    wanted["labels.json"] = lambda: Wanted({"k": 5, "seed": 0, "tol": 0.0}, "other")

    [found] = find_outdated(wanted)

    assert found.record == Path("labels.json")
    assert found.reason == "k 3 -> 5, tol nothing -> 0.0, its source code"


def test_swapped_values_are_told_apart(wanted):
    wanted["labels.json"] = lambda: Wanted({"k": 0, "seed": 3}, "c0de")

    [found] = find_outdated(wanted)

    assert found.reason == "seed 0 -> 3, k 3 -> 0"


def test_input_that_was_made_anew_outdates_what_read_it(wanted):
    leave("preprocess", "store.h5", ["mine.npz"], content="another")

    [found] = find_outdated(wanted)

    assert (found.record, found.reason) == (Path("labels.json"), "store.h5 has other content")


def test_older_file_in_the_place_of_a_source_is_noticed(wanted):
    status = Path("mine.npz").stat()
    Path("other.npz").write_text("others")
    os.utime("other.npz", (status.st_atime, status.st_mtime - 1000))
    Path("other.npz").replace("mine.npz")

    found, follower = find_outdated(wanted)

    assert (found.record, found.reason) == (Path("store.json"), "mine.npz has other content")
    assert follower.record == Path("labels.json")


def test_what_follows_from_a_missing_record_is_outdated_without_a_reason_of_its_own(wanted):
    leave("collect_scores", "scores.csv", ["labels.json"])
    wanted["scores.json"] = lambda: Wanted({"seed": 0}, "c0de")
    Path("labels.json").unlink()

    [found] = find_outdated(wanted)

    assert (found.record, found.reason) == (Path("scores.json"), "")
    assert in_lines([found]) == []


@pytest.mark.parametrize(("name", "value"), [("representation", "pca"), ("split", "all"), ("k", 3)])
def test_record_that_was_copied_from_elsewhere_is_noticed(wanted, name, value):
    wanted["labels.json"] = lambda: Wanted({"k": 3, "seed": 0}, "c0de", {name: value})

    [found] = find_outdated(wanted)

    assert found.reason == f"{name} None -> {value}"


def test_other_time_of_the_same_content_is_no_change(wanted):
    for name in ("mine.npz", "store.h5", "labels.h5"):
        os.utime(name, (0, 0))

    assert find_outdated(wanted) == []


def test_lost_output_outdates_its_record(wanted):
    Path("labels.h5").unlink()

    [found] = find_outdated(wanted)

    assert (found.record, found.reason) == (Path("labels.json"), "labels.h5 is lost")


def test_further_reason_is_asked_for(wanted):
    found = find_outdated(wanted, differs=lambda record: "numpy" if record.step == "kmeans" else "")

    assert [(one.record, one.reason) for one in found] == [(Path("labels.json"), "numpy")]


def test_change_that_was_taken_back_costs_nothing(wanted):
    before = Path("labels.json").read_bytes()
    changed = wanted | {"labels.json": lambda: Wanted({"k": 5, "seed": 0}, "c0de")}
    set_aside(find_outdated(changed))

    assert not Path("labels.json").exists()
    assert [found.reason for found in put_back(changed)] == ["k 3 -> 5"]
    assert put_back(wanted) == []
    assert Path("labels.json").read_bytes() == before
    assert not Path("labels.json.outdated").exists()


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_text("other")])
def test_record_whose_outputs_are_gone_is_not_put_back(wanted, harm):
    changed = wanted | {"labels.json": lambda: Wanted({"k": 5, "seed": 0}, "c0de")}
    set_aside(find_outdated(changed))
    harm(Path("labels.h5"))

    assert [found.reason for found in put_back(wanted)] == ["labels.h5 is lost"]
    assert not Path("labels.json").exists()


def test_record_set_aside_is_removed_when_its_step_has_run_again(wanted):
    changed = wanted | {"labels.json": lambda: Wanted({"k": 5, "seed": 0}, "c0de")}
    set_aside(find_outdated(changed))
    leave("kmeans", "labels.h5", ["store.h5"], params={"k": 5})

    assert put_back(changed) == []
    assert not Path("labels.json.outdated").exists()
    assert find_outdated(changed) == []


def test_records_of_one_reason_are_one_line(wanted):
    found = find_outdated(wanted, differs=lambda record: "numpy 1 -> 2")

    assert in_lines(found) == ["store.json, labels.json: changed: numpy 1 -> 2: made again"]


def test_number_edited_by_hand_is_noticed(wanted):
    text = Path("labels.json").read_text()
    Path("labels.json").write_text(text.replace('"k": 3', '"k": 4'))

    with pytest.raises(RecordError, match=r"labels.json: edited, or not whole"):
        read_record("labels.json")


def test_layout_of_a_record_is_no_edit(wanted):
    Path("labels.json").write_text(json.dumps(json.loads(Path("labels.json").read_text())))

    assert read_record("labels.json").params == {"seed": 0, "k": 3}
