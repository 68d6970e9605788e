import os

import pytest

from aecluster.records import damage
from aecluster.records.record import Record, describe_file, write_record
from circumstances import RUN


def set_aside(paths):
    records, damages = damage.inspect(paths)
    assert not damages or not records
    return damage.set_aside(damages)


@pytest.fixture
def written(tmp_path):
    """A record and the output that it describes."""
    output = tmp_path / "out.h5"
    output.write_bytes(b"12345678")
    record = Record(
        step="kmeans", dataset="toy", params={}, code="c", inputs={},
        outputs={str(output): describe_file(output)}, run=RUN,
    )  # fmt: skip
    write_record(tmp_path / "out.json", record)
    return tmp_path / "out.json", output


def test_whole_and_missing_files_are_no_damage(written, tmp_path):
    record, output = written
    nothing = set_aside([record, tmp_path / "missing.json"])
    output.unlink()

    assert nothing == set_aside([record]) == []


def test_output_that_is_a_link_to_nowhere_is_set_aside(written):
    record, output = written
    output.unlink()
    output.symlink_to("nowhere")

    [line] = set_aside([record])

    aside = output.with_name("out.h5.damaged")
    assert line.startswith(f"{output}: a link to nowhere, not there: set aside as {aside}, ")
    assert not output.is_symlink()
    assert not record.exists()


def test_output_of_another_size_is_set_aside(written):
    record, output = written
    output.write_bytes(b"1234")

    [line] = set_aside([record])

    aside = output.with_name("out.h5.damaged")
    assert line == (
        f"{output}: found 4 bytes, expected the 8 that its step wrote: "
        f"set aside as {aside}, its step runs again"
    )
    assert not output.exists()
    assert aside.read_bytes() == b"1234"


def test_output_overwritten_at_its_own_length_is_set_aside(written):
    record, output = written
    output.write_bytes(b"87654321")
    os.utime(output, (2**31, 2**31))

    [line] = set_aside([record])

    assert line.startswith(f"{output}: found other content than its step wrote: set aside as ")


def test_copy_of_an_output_is_no_damage_and_gets_its_time_back(written):
    record, output = written
    time = output.stat().st_mtime_ns
    os.utime(output, (2**31, 2**31))

    assert set_aside([record]) == []
    assert output.stat().st_mtime_ns == time


def test_benchmark_of_a_copy_is_no_older_than_what_its_step_wrote(written, tmp_path):
    record, output = written
    benchmark = tmp_path / "times.tsv"
    for path in (output, benchmark):
        path.touch()
        os.utime(path, (1, 1))

    damage.inspect([record], benchmark_of=lambda path: benchmark)

    assert benchmark.stat().st_mtime == RUN.finished


def test_older_output_of_the_same_size_is_set_aside(written):
    record, output = written
    output.write_bytes(b"87654321")
    os.utime(output, (1, 1))

    [line] = set_aside([record])

    assert line.startswith(f"{output}: found other content than its step wrote: set aside as ")


def test_broken_record_is_set_aside(written):
    record, output = written
    record.write_text("{")

    [line] = set_aside([record])

    assert line.startswith(f"{record}: not a record: ")
    assert not record.exists()
    assert output.exists()
