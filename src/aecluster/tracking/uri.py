"""Which MLflow store is meant, and how to name it without its credentials."""

import os
import re
from pathlib import Path

DEFAULT_URI = "sqlite:///mlflow.db"

_SQLITE = "sqlite:///"


def resolve_uri(uri: str | None = None) -> str:
    """Return the tracking URI: the given one, else the environment's, else the default.

    Parameters
    ----------
    uri : str, optional
        As in the config's `tracking.uri`.

    Returns
    -------
    str
        `uri`, or `MLFLOW_TRACKING_URI`, or `sqlite:///mlflow.db`.

    Examples
    --------
    >>> resolve_uri("http://127.0.0.1:5000")
    'http://127.0.0.1:5000'
    """
    return uri or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI


def sqlite_path(uri: str) -> Path | None:
    """Return the database file that a URI means; None if it means another kind of store.

    Examples
    --------
    >>> sqlite_path("sqlite:////data/mlflow.db")
    PosixPath('/data/mlflow.db')
    >>> sqlite_path("http://127.0.0.1:5000") is None
    True
    """
    return Path(uri.removeprefix(_SQLITE)) if uri.startswith(_SQLITE) else None


def public_uri(uri: str) -> str:
    """Return a URI, or a text with URIs in it, without user names, passwords and queries.

    Examples
    --------
    >>> public_uri("postgresql://me:secret@db:5432/mlflow?password=secret")
    'postgresql://db:5432/mlflow'
    >>> public_uri("sqlite:///mlflow.db")
    'sqlite:///mlflow.db'
    """
    # Up to the last @: a password may hold one, or a slash. The path of a file may hold one too.
    without_user = re.sub(r"(?<!sqlite)://[^\s'\"]*@", "://", uri)
    return re.sub(r"(://[^\s?]*)\?[^\s)}'\"]*", r"\1", without_user)
