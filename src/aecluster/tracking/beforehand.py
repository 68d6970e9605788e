"""Whether MLflow's store will take the runs, asked before anything is computed."""

import os
import sqlite3
from collections.abc import Iterable

from aecluster.tracking.schema import check_driver, is_older, refuse_older
from aecluster.tracking.server import check_server
from aecluster.tracking.uri import TrackingError, check_uri, is_server, public_uri, sqlite_path


def check_store(
    uri: str,
    *,
    origin: str = "tracking.uri",
    migrate: bool = False,
    connects: bool = True,
    experiments: Iterable[str] = (),
) -> list[str]:
    """Raise an error if the store can never take runs; no run changes there.

    A server or database that cannot be reached is no error, since the next run tracks what this
    one could not.

    Parameters
    ----------
    uri : str
    origin : str, default="tracking.uri"
        Where it was named, to begin the error with.
    migrate : bool, default=False
        Whether the database of an older MLflow may be brought to the form of this one.
    connects : bool, default=True
        Whether to ask a server, and a database that is no file.
    experiments : iterable of str, optional
        Those that a tracking server is asked about: whether the user may write to them.

    Returns
    -------
    list of str
        One line if the store cannot be reached, else empty.

    Raises
    ------
    TrackingError
        If MLflow keeps no runs there, the database is of another MLflow, a driver is missing, a
        file is no database or cannot be written to, or a server does not let the user write.
    """
    try:
        check_uri(uri)
    except TrackingError as error:
        raise TrackingError(f"{origin}: {error}") from None
    if is_server(uri):
        return check_server(uri, experiments) if connects else []
    if sqlite_path(uri) is not None:
        older = _is_older_file(uri, origin)
    else:
        # A run on SQLite has no need of it.
        from sqlalchemy.exc import SQLAlchemyError

        check_driver(uri)
        if not connects:
            return []
        try:
            older = is_older(uri)
        except (SQLAlchemyError, OSError) as error:
            reason = " ".join(public_uri(str(getattr(error, "orig", None) or error)).split())
            return [f"MLflow at {public_uri(uri)} cannot be reached: {reason}"]
    if older and not migrate:
        refuse_older(uri)
    return []


def _is_older_file(uri: str, origin: str) -> bool:
    database = sqlite_path(uri)
    folder = database.absolute().parent
    place, kind = (database, "file") if database.exists() else (folder, "folder")
    if not folder.is_dir():
        raise TrackingError(f"{origin}: found {folder}, expected a folder that is there")
    if not os.access(place, os.W_OK):
        raise TrackingError(f"{origin}: found {place}, expected a {kind} that can be written to")
    try:
        return is_older(uri)
    except sqlite3.Error as error:
        raise TrackingError(
            f"{origin}: {database}: {error}, expected a database of MLflow or a new file"
        ) from error
