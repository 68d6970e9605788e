"""The way to an MLflow store: one writer at a time, quick to give up, one line when it fails."""

import gc
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aecluster.atomic import atomic_write
from aecluster.tracking.one_writer import writing
from aecluster.tracking.schema import check_driver, is_older, migrate, refuse_older
from aecluster.tracking.uri import (
    TrackingError,
    check_uri,
    innermost,
    is_server,
    public_uri,
    sqlite_path,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient

# MLflow's own defaults wait minutes for a server that is down, report usage to MLflow's makers and
# print two lines per run.
_ENVIRONMENT = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


@contextmanager
def connected(
    uri: str, *, may_migrate: bool = False, gives_way: bool = False
) -> "Iterator[MlflowClient]":
    """Yield a client of the store; no other process of this machine writes to it meanwhile.

    Parameters
    ----------
    uri : str
        A database or a tracking server.
    may_migrate : bool, default=False
        Whether the database of an older MLflow is brought to the form of this one, for good.
    gives_way : bool, default=False
        Whether another process that waits for the store may interrupt the block, by `GiveWay`.

    Yields
    ------
    mlflow.MlflowClient

    Raises
    ------
    TrackingError
        If the store cannot be reached, refuses what the block asks of it, is none that MLflow keeps
        runs in, or is of another MLflow.
    """
    check_uri(uri)
    with _environment():
        # Seconds to import: not before the records were read.
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with writing(uri, gives_way=gives_way):
                if not is_server(uri):
                    _open_database(uri, may_migrate)
                client = MlflowClient(uri)
                _spare_what_was_imported()
                yield client
        except (MlflowException, SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise TrackingError(
                f"MLflow at {public_uri(uri)}: {innermost(error)}; no result is lost, "
                "the next run tracks what is missing"
            ) from error


def artifact_location(uri: str, experiment: str) -> str | None:
    """Return where the files of an experiment go; None leaves it to a tracking server.

    Examples
    --------
    >>> artifact_location("sqlite:////data/mlflow.db", "cifar10")
    '/data/mlartifacts/cifar10'
    """
    if is_server(uri):
        return None
    database = sqlite_path(uri)
    folder = database.parent if database else Path()
    return str(folder.absolute() / "mlartifacts" / experiment)


@contextmanager
def _environment() -> Iterator[None]:
    added = {name: value for name, value in _ENVIRONMENT.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def _spare_what_was_imported() -> None:
    # Each of the many collections that thousands of runs cause would look through all of MLflow.
    if gc.get_freeze_count() == 0:
        gc.freeze()


def _open_database(uri: str, may_migrate: bool) -> None:
    database = sqlite_path(uri)
    if database is not None and not database.exists():
        _create_database(database)
        return
    check_driver(uri)
    # MLflow tries ten times, for 100 s, before it says that a database is not there.
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    create_engine(uri, poolclass=NullPool).connect().close()
    if is_older(uri):
        if not may_migrate:
            refuse_older(uri)
        migrate(uri)


@contextmanager
def _without_progress() -> Iterator[None]:
    """Keep MLflow from telling a terminal, after a run that failed, how it makes its tables."""
    progress = logging.getLogger("mlflow.store.db.utils")
    before = progress.level
    progress.setLevel(logging.WARNING)
    try:
        yield
    finally:
        progress.setLevel(before)


def _create_database(path: Path) -> None:
    """Make MLflow's tables: killed in between, it would stumble over those that are there."""
    from mlflow import MlflowClient

    with atomic_write(path) as temporary, _without_progress():
        MlflowClient(f"sqlite:///{temporary.absolute()}").search_experiments(max_results=1)
