"""What goes wrong is one line, costs no result, and is mended by the next run."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from mlflow import MlflowClient

from aecluster.tracking import TrackingError, track, track_finished
from toy import ToyProject, all_runs, in_another_process

pytestmark = pytest.mark.slow

SECRET = "geheim"  # noqa: S105 - of nobody


def is_one_line(error):
    return "\n" not in str(error) and "no result is lost" in str(error) and SECRET not in str(error)


def counts(receipt):
    return [receipt[name] for name in ("added", "completed", "revived", "superseded")]


def is_complete(uri):
    runs = [*all_runs(uri, "exp"), *all_runs(uri, "exp.steps")]
    return len(runs) == 9 and {run.info.status for run in runs} == {"FINISHED"}


def fill(path):
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@contextmanager
def mounted(path, *arguments):
    command = ["mount", *arguments, str(path)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("may not mount a file system")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@contextmanager
def read_only(path):
    """Let nobody write to a file; root is not held up by its permissions."""
    if os.geteuid() != 0:
        path.chmod(0o444)
        yield
        path.chmod(0o644)
        return
    with mounted(path, "--bind", str(path)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(path)], check=True)
        yield


def test_database_that_is_read_only_is_one_line_and_mended(project, uri, folder):
    with read_only(folder / "mlflow.db"), pytest.raises(TrackingError) as error:
        track("exp", project.records, uri=uri)

    added, _ = in_another_process(project.records).communicate()

    assert is_one_line(error.value)
    assert added == "9\n"


def test_full_disk_is_one_line_and_mended_by_room(project, migrated, tmp_path):
    (tmp_path / "small").mkdir()
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=2m", "tmpfs") as disk:
        shutil.copyfile(migrated, disk / "mlflow.db")
        uri = f"sqlite:///{disk}/mlflow.db"
        filler = disk / "filler"
        fill(filler)

        with pytest.raises(TrackingError) as error:
            track("exp", project.records, uri=uri)
        filler.unlink()
        track("exp", project.records, uri=uri)

        assert is_one_line(error.value)
        assert is_complete(uri)


def test_read_only_file_system_is_one_line_and_mended(project, migrated, tmp_path):
    (tmp_path / "disk").mkdir()
    with mounted(tmp_path / "disk", "-t", "tmpfs", "tmpfs") as disk:
        shutil.copyfile(migrated, disk / "mlflow.db")
        (disk / "mlflow.db.lock").touch()
        uri = f"sqlite:///{disk}/mlflow.db"
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

        with pytest.raises(TrackingError) as error:
            track("exp", project.records, uri=uri)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        track("exp", project.records, uri=uri)

        assert is_one_line(error.value)
        assert is_complete(uri)


def test_what_is_no_database_is_one_line_and_mended_by_its_removal(project, folder):
    path = folder / "other.db"
    path.write_text("no database at all " * 100)

    with pytest.raises(TrackingError) as error:
        track("exp", project.records, uri=f"sqlite:///{path}")
    path.unlink()
    added = in_another_process(project.records, f"sqlite:///{path}").communicate()[0]

    assert is_one_line(error.value)
    assert added == "9\n"


def test_server_that_never_answers_is_given_up(project, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.create_server(("127.0.0.1", 0)) as server:
        started = time.monotonic()

        with pytest.raises(TrackingError) as error:
            track(
                "exp",
                project.records,
                uri=f"http://me:{SECRET}@127.0.0.1:{server.getsockname()[1]}",
            )

    assert is_one_line(error.value)
    assert time.monotonic() - started < 10


@pytest.mark.servers
def test_server_killed_in_the_middle_is_one_line_and_mended(project, server, uri, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    whole = MlflowClient.log_batch
    calls = []

    def killing(self, *args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            server.end(signal.SIGKILL)
        return whole(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_batch", killing)
        with pytest.raises(TrackingError) as error:
            track("exp", project.records, uri=server.uri)
    server.start()

    receipt = track("exp", project.records, uri=server.uri)

    assert is_one_line(error.value)
    assert receipt["completed"] == 1
    assert is_complete(uri)


def test_finished_steps_are_tracked_after_a_failure(folder, uri):
    project = ToyProject()
    project.preprocess()
    project.train()

    line = track_finished("exp", [*project.records, "results/toy/never.json"], uri=uri)

    assert line == "Finished steps in MLflow: 3 added, 3 in all."


def test_record_that_is_damaged_is_named_after_a_failure(project, uri):
    path = Path("results/toy/pixels/store.json")
    path.write_text("{}")

    line = track_finished("exp", project.records, uri=uri)

    assert line.startswith(f"{path}: not a record")


def test_three_at_the_same_time_on_one_store_double_nothing(project, uri, folder):
    trackers = [in_another_process(project.records) for _ in range(3)]
    threads = [threading.Thread(target=tracker.wait) for tracker in trackers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    added = sorted(tracker.stdout.read() for tracker in trackers)

    assert [tracker.returncode for tracker in trackers] == [0] * 3
    assert added == ["0\n"] * 2 + ["9\n"]
    assert list(folder.glob("*.lock")) == []
    assert is_complete(uri)
    assert counts(track("exp", project.records, uri=uri)) == [0, 0, 0, 0]


def has_table(path, name):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0)) as database:
        try:
            return database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [name]).fetchone()
        except sqlite3.OperationalError:
            return False  # it is being written


def test_kill_while_the_database_is_made_is_mended(project, folder):
    uri = f"sqlite:///{folder}/new.db"
    tracker = in_another_process(project.records, uri)
    while not any(has_table(path, "secrets") for path in folder.glob("*new.db")):
        assert tracker.poll() is None
    tracker.kill()
    tracker.wait()

    track("exp", project.records, uri=uri)

    assert is_complete(uri)
    assert list(folder.glob(".partial-*")) == []


def test_password_of_the_environment_is_in_no_message_and_no_receipt(project, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "me")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", SECRET)

    with pytest.raises(TrackingError) as error:
        track("exp", project.records, uri="http://127.0.0.1:9")

    assert is_one_line(error.value)
    assert all(SECRET not in Path(path).read_text() for path in project.records)
