"""Which MLflow a database is of, read without MLflow, which would migrate it in place.

MLflow numbers the forms of its database by revisions, keeps the one that a database has in the
table `alembic_version`, and ships a file per revision that says which one it follows.
"""

import re
import sqlite3
from contextlib import closing
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NoReturn

from aecluster.atomic import atomic_write
from aecluster.tracking.uri import TrackingError, public_uri, sqlite_path

_READ = "SELECT version_num FROM alembic_version"
_REVISION = re.compile(r"^(down_)?revision(?:: [^=]*)? = [\"'](\w+)[\"']", re.MULTILINE)
# Drivers that wait for minutes for a database that is not there, with their own word for it.
_PATIENT = {"postgresql": "connect_timeout", "mysql": "connect_timeout"}
_PATIENCE_S = 5


def check_driver(uri: str) -> None:
    """Raise a TrackingError if the package is missing by which a database is reached.

    Examples
    --------
    >>> check_driver("sqlite:///mlflow.db")
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    scheme = uri.partition("://")[0]
    try:
        make_url(uri).get_dialect().import_dbapi()
    except ImportError as error:
        name = getattr(error, "name", None) or str(error)
        raise TrackingError(
            f"MLflow at {public_uri(uri)}: {scheme} needs the package {name}, which is not "
            "installed beside MLflow; install it, or name another store"
        ) from error
    except ArgumentError as error:
        raise TrackingError(
            f"MLflow at {public_uri(uri)}: found {scheme}, which is no database that SQLAlchemy "
            "knows, expected sqlite, postgresql, mysql or mssql, with or without a driver"
        ) from error


def is_older(uri: str) -> bool:
    """Return whether a database has the form of an older MLflow than the installed one.

    Parameters
    ----------
    uri : str
        A database that can be reached, or an SQLite file that may be missing.

    Returns
    -------
    bool
        Also False where nothing says which MLflow it is of.

    Raises
    ------
    TrackingError
        If a newer MLflow has made it.
    sqlite3.Error, sqlalchemy.exc.SQLAlchemyError
        If it cannot be read.
    """
    known, newest = _known_revisions()
    there = _revision(uri)
    if there is None or not known or there == newest:
        return False
    if there not in known:
        raise TrackingError(
            f"MLflow at {public_uri(uri)}: the database was made by a newer MLflow than "
            f"{_version()}, which is installed (its form is {there}); install that version, or "
            "name another store"
        )
    return True


def refuse_older(uri: str) -> NoReturn:
    """Raise a TrackingError that says why an older database stays as it is, and the ways out."""
    raise TrackingError(
        f"MLflow at {public_uri(uri)}: the database was made by an older MLflow; MLflow "
        f"{_version()} would migrate it, and the older one could not open it any more. Name a "
        "copy of it, or migrate it by `tracking: {migrate: true}`"
    )


def migrate(uri: str) -> None:
    """Bring a database to the form of the installed MLflow, for good.

    A copy of an SQLite file stays beside it, named after the form that it has, such as
    `mlflow.db.acf3f17fdcc7`.
    """
    from mlflow.db import upgrade

    if database := sqlite_path(uri):
        kept = database.with_name(f"{database.name}.{_revision(uri)}")
        with (
            atomic_write(kept) as temporary,
            closing(sqlite3.connect(temporary)) as copy,
            closing(sqlite3.connect(database)) as original,
        ):
            original.backup(copy)
    upgrade.callback(uri)


@cache
def _known_revisions() -> tuple[frozenset[str], str | None]:
    """Return the revisions that the installed MLflow knows, and the newest; none without it."""
    try:
        package = distribution("mlflow")
    except PackageNotFoundError:
        return frozenset(), None
    folder = Path(str(package.locate_file("mlflow/store/db_migrations/versions")))
    known, followed = set(), set()
    for path in folder.glob("*.py"):
        for is_down, revision in _REVISION.findall(path.read_text(encoding="utf-8")):
            (followed if is_down else known).add(revision)
    newest = known - followed
    return frozenset(known), newest.pop() if len(newest) == 1 else None


def _version() -> str:
    return distribution("mlflow").version


def _revision(uri: str) -> str | None:
    database = sqlite_path(uri)
    if database is None:
        return _revision_on_server(uri)
    if not database.exists() or database.stat().st_size == 0:
        return None
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as there:
        try:
            row = there.execute(_READ).fetchone()
        except sqlite3.OperationalError as error:
            # Without that table it is for MLflow to judge; while it is written, it is in use.
            if "no such table" in str(error) or "locked" in str(error):
                return None
            raise
    return row[0] if row else None


def _revision_on_server(uri: str) -> str | None:
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.pool import NullPool

    option = _PATIENT.get(uri.partition("://")[0].partition("+")[0])
    arguments = {option: _PATIENCE_S} if option and option not in uri else {}
    engine = create_engine(uri, poolclass=NullPool, connect_args=arguments)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text(_READ)).scalar()
