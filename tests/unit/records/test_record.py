import json

import pytest

from aecluster.errors import RecordError
from aecluster.records.record import Record, describe_file, digest, read_record, write_record
from circumstances import RUN


@pytest.fixture
def record(tmp_path):
    (tmp_path / "out.h5").write_bytes(b"four")
    return Record(
        step="kmeans", dataset="toy", representation="pixels", split="test", k=3, seed=0,
        params={"k": 3}, code="c0de", inputs={},
        outputs={str(tmp_path / "out.h5"): describe_file(tmp_path / "out.h5")},
        metrics={"n_iter": 4.0}, run=RUN,
    )  # fmt: skip


def test_record_is_read_as_written(tmp_path, record):
    write_record(tmp_path / "r.json", record)

    assert read_record(tmp_path / "r.json") == record


def test_record_as_json_has_its_fields_in_order(record):
    assert list(json.loads(record.model_dump_json())) == [
        "step", "dataset", "representation", "split", "k", "seed", "params", "code", "inputs",
        "outputs", "metrics", "curves", "details", "run",
    ]  # fmt: skip


def test_infinite_score_is_read_as_written(tmp_path, record):
    written = record.model_copy(update={"metrics": {"dunn": float("inf")}})
    write_record(tmp_path / "r.json", written)

    assert read_record(tmp_path / "r.json").metrics == {"dunn": float("inf")}
    assert json.loads((tmp_path / "r.json").read_text())["metrics"] == {"dunn": "Infinity"}


def test_file_is_described_by_size_and_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")

    described = describe_file(tmp_path / "a")

    assert described.bytes == 3
    assert described.sha256.startswith("ba7816bf8f01cfea414140de5dae2223")  # FIPS 180-2, B.1


def test_digest_tells_records_apart(tmp_path, record):
    write_record(tmp_path / "a.json", record)
    write_record(tmp_path / "b.json", record)
    write_record(tmp_path / "c.json", record.model_copy(update={"k": 4}))

    assert digest(tmp_path / "a.json") == digest(tmp_path / "b.json")
    assert digest(tmp_path / "a.json") != digest(tmp_path / "c.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file or directory, expected the record of a step"),
        ("{", "not a record: the file: Expecting property name"),
        ("[]", "not a record: the file: found other JSON, expected an object"),
        ('{"step": "kmeans"}', "not a record: params: Field required"),
    ],
)
def test_what_is_no_record_is_named(tmp_path, text, message):
    path = tmp_path / "r.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(RecordError) as error:
        read_record(path)

    assert str(error.value).startswith(f"{path}: {message}")


def test_unknown_field_is_refused(tmp_path, record):
    content = json.loads(record.model_dump_json()) | {"surprise": 1}
    (tmp_path / "r.json").write_text(json.dumps(content))

    with pytest.raises(RecordError, match="surprise: Extra inputs are not permitted"):
        read_record(tmp_path / "r.json")
