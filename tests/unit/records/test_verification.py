import pytest

from aecluster.cli import main
from aecluster.errors import AeclusterError
from aecluster.records.record import Record, describe_file, read_record, write_record
from aecluster.records.verification import verify
from circumstances import RUN


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Three outputs, as their records say."""
    monkeypatch.chdir(tmp_path)
    for name in "abc":
        output = tmp_path / "results" / "toy" / f"{name}.h5"
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(name)
        record = Record(
            step="kmeans", dataset="toy", params={}, code="c", inputs={},
            outputs={f"results/toy/{name}.h5": describe_file(output)}, run=RUN,
        )  # fmt: skip
        write_record(output.with_suffix(".json"), record)
    (output.parent / "tracked.json").write_text("{}")
    return output.parent


def test_every_byte_is_read(results, capsys):
    assert verify("results") == (3, [])
    assert main(["verify"]) == 0
    assert capsys.readouterr().out == "3 files are as their records say.\n"


def test_what_is_not_as_recorded_is_named_and_the_exit_code_says_so(results, capsys):
    (results / "a.h5").write_text("x")
    (results / "b.h5").unlink()
    (results / "c.json").write_text("{")

    assert main(["verify"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "results/toy/a.h5: other content than results/toy/a.json describes",
        "results/toy/b.h5: lost, expected what results/toy/b.json describes",
        "results/toy/c.json: not a record: the file: Expecting property name enclosed in double "
        "quotes: line 1 column 2 (char 1)",
        "3 files are not as their records say, 0 are.",
    ]


def test_folder_without_records_is_one_line(tmp_path):
    with pytest.raises(AeclusterError, match="no records, expected those of `make demo`"):
        verify(tmp_path)


def test_result_that_was_made_of_another_file_than_is_there_is_named(results, capsys):
    record = read_record(results / "b.json")
    made_of = {"results/toy/a.h5": describe_file(results / "a.h5")}
    write_record(results / "b.json", record.model_copy(update={"inputs": made_of}))
    assert verify("results") == (3, [])
    (results / "a.h5").write_text("x")
    write_record(results / "a.json", record.model_copy(update={"outputs": {}}))

    assert main(["verify"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        "results/toy/b.json: made of another results/toy/a.h5 than is there"
    )
