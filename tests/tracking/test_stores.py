"""Stores that cannot take runs are told in one line before anything is computed."""

import shutil
import sqlite3
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from aecluster.cli import main
from aecluster.tracking import TrackingError, check_store, track, track_finished
from toy import ToyProject, all_runs

pytestmark = pytest.mark.slow

OLDER = Path(__file__).parents[1] / "support" / "mlflow-2.9.sql"


def form_of(path):
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT version_num FROM alembic_version").fetchone()[0]


@pytest.fixture
def older(folder):
    """A database that MLflow 2.9 has made."""
    path = folder / "older.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(OLDER.read_text())
    return path


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("./mlruns", "'./mlruns', a folder of files, which MLflow refuses from 3.13 on"),
        ("file:///data/mlruns", "'file:///data/mlruns', a folder of files"),
        ("databricks", "'databricks'; expected a database or a server"),
        ("sqlite://", "'sqlite://', a database without a file"),
        ("sqlite:///:memory:", "'sqlite:///:memory:', a database without a file"),
        ("postgres://me:geheim@db/mlflow", "'postgres://db/mlflow'"),
        ("http://", "'http://'"),
    ],
)
def test_what_can_never_be_a_store_is_refused_by_its_name(uri, said):
    with pytest.raises(TrackingError) as error:
        check_store(uri, origin="MLFLOW_TRACKING_URI")

    assert str(error.value).startswith(f"MLFLOW_TRACKING_URI: found {said}")
    assert "such as sqlite:///mlflow.db or http://127.0.0.1:5000" in str(error.value)


def test_likely_word_is_proposed():
    with pytest.raises(TrackingError, match=r"did you mean 'postgresql'\?$"):
        check_store("postgres://db/mlflow")


def test_missing_driver_is_one_line_at_the_start_and_after_a_failure(project):
    uri = "mysql+pymysql://me:geheim@127.0.0.1/mlflow"

    with pytest.raises(TrackingError) as error:
        check_store(uri)
    line = track_finished("exp", project.records, uri=uri)

    assert str(error.value) == line
    assert line == (
        "MLflow at mysql+pymysql://127.0.0.1/mlflow: mysql+pymysql needs the package pymysql, "
        "which is not installed beside MLflow; install it, or name another store"
    )


def test_driver_that_nobody_knows_is_one_line():
    with pytest.raises(TrackingError, match=r"found postgresql\+nope, which is no database"):
        check_store("postgresql+nope://db/mlflow")


def test_database_that_is_down_is_said_and_does_not_stop_the_run():
    [line] = check_store("postgresql://me:geheim@127.0.0.1:9/mlflow")

    assert line.startswith("MLflow at postgresql://127.0.0.1:9/mlflow cannot be reached: ")
    assert "geheim" not in line


def test_server_that_is_down_is_said_and_does_not_stop_the_run():
    [line] = check_store("http://me:geheim@127.0.0.1:9", experiments=["exp"])

    assert line == "MLflow at http://127.0.0.1:9 cannot be reached: [Errno 111] Connection refused"


@pytest.mark.servers
def test_token_that_a_server_refuses_is_named_and_other_ways_in_are_left_to_mlflow(monkeypatch):
    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers["Authorization"])
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    asked = []
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "geheim")
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        uri = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(TrackingError) as error:
            check_store(uri, experiments=["exp"])
        monkeypatch.setenv("MLFLOW_TRACKING_AWS_SIGV4", "true")
        left_to_mlflow = check_store(uri, experiments=["exp"])
        server.shutdown()

    assert str(error.value) == f"MLflow at {uri}: refuses the token; see MLFLOW_TRACKING_TOKEN"
    assert left_to_mlflow == []
    assert asked == ["Bearer geheim"]


@pytest.mark.parametrize("uri", ["postgresql://me:geheim@127.0.0.1:9/db", "http://127.0.0.1:9"])
def test_a_dry_run_asks_no_server(uri):
    assert check_store(uri, connects=False, experiments=["exp"]) == []


def test_file_that_is_no_database_and_folder_that_is_missing_are_named(tmp_path):
    (tmp_path / "no.db").write_text("no database at all " * 100)

    with pytest.raises(TrackingError, match=r"^tracking.uri: .*no.db: file is not a database, exp"):
        check_store(f"sqlite:///{tmp_path}/no.db")
    with pytest.raises(TrackingError, match=r"found .*there, expected a folder that is there$"):
        check_store(f"sqlite:///{tmp_path}/there/mlflow.db")


def test_uri_with_options_works_and_leaves_nothing_behind(folder):
    project = ToyProject()
    project.preprocess()
    uri = f"sqlite:///{folder}/mlflow.db?timeout=30"

    assert check_store(uri) == []
    assert track("exp", project.records, uri=uri)["added"] == 1
    assert track("exp", project.records, uri=uri)["added"] == 0
    assert sorted(path.name for path in folder.iterdir()) == ["mlflow.db", "results"]
    assert [run.info.run_name for run in all_runs(uri, "exp.steps")] == ["preprocess toy"]


def test_database_of_an_older_mlflow_is_refused_and_stays_as_it_is(older, project):
    before = older.read_bytes()
    refused = r"made by an older MLflow; .* Name a copy of it, or migrate it by `tracking: \{mig"

    with pytest.raises(TrackingError, match=refused):
        check_store(f"sqlite:///{older}")
    with pytest.raises(TrackingError, match=refused):
        track("exp", project.records, uri=f"sqlite:///{older}")

    assert older.read_bytes() == before


def test_pages_of_an_older_database_are_refused_as_mlflow_would_migrate_it(
    older, monkeypatch, capsys
):
    before = older.read_bytes()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{older}")

    assert main(["ui"]) == 1
    assert "made by an older MLflow" in capsys.readouterr().err
    assert older.read_bytes() == before


def test_database_of_an_older_mlflow_is_migrated_if_asked_with_a_copy_beside_it(older, migrated):
    project = ToyProject()
    project.preprocess()
    uri = f"sqlite:///{older}"

    assert check_store(uri, migrate=True) == []
    track("exp", project.records, uri=uri, migrate=True)

    assert form_of(older) == form_of(migrated)
    assert form_of(f"{older}.acf3f17fdcc7") == "acf3f17fdcc7"
    assert [run.info.run_name for run in all_runs(uri, "lab")] == ["an older run"]
    assert [run.info.run_name for run in all_runs(uri, "exp.steps")] == ["preprocess toy"]


def test_database_of_a_newer_mlflow_is_said_to_be_one(folder, migrated):
    shutil.copyfile(migrated, folder / "newer.db")
    with closing(sqlite3.connect(folder / "newer.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'f00000000001'")
        database.commit()

    with pytest.raises(TrackingError, match=r"made by a newer MLflow than \d.*its form is f0000"):
        check_store(f"sqlite:///{folder}/newer.db", migrate=True)


def test_database_that_is_new_or_of_this_mlflow_is_taken(folder, migrated):
    (folder / "empty.db").touch()

    assert check_store(f"sqlite:///{folder}/mlflow.db") == []
    assert check_store(f"sqlite:///{folder}/empty.db") == []
    assert check_store(f"sqlite:///{folder}/new.db") == []
