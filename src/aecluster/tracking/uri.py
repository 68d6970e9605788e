"""Which MLflow store is meant, whether it can be one, and how to name it without credentials."""

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from aecluster.errors import AeclusterError

DEFAULT_URI = "sqlite:///mlflow.db"

_SQLITE = re.compile(r"sqlite(\+[a-z]+)?:///(file:)?([^?]*)")
_SERVERS = ("http", "https")
# Those of MLflow; each may name a driver behind a plus.
_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
_EXPECTED = f"expected a database or a server, such as {DEFAULT_URI} or http://127.0.0.1:5000"


class TrackingError(AeclusterError):
    """MLflow cannot be reached or refuses; no computed result is lost."""


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


def check_uri(uri: str) -> None:
    """Raise an error if no store that keeps these runs can have a URI; nothing is opened.

    Parameters
    ----------
    uri : str

    Raises
    ------
    TrackingError
        If it is a folder of files, a service that is not supported, or a database in memory.

    Examples
    --------
    >>> check_uri("postgres://db/mlflow")
    Traceback (most recent call last):
        ...
    aecluster.tracking.uri.TrackingError: found 'postgres://db/mlflow'; expected a database or a \
server, such as sqlite:///mlflow.db or http://127.0.0.1:5000; did you mean 'postgresql'?
    """
    scheme, _, rest = uri.partition("://")
    dialect = scheme.partition("+")[0]
    if (is_server(uri) and rest) or (dialect in _DATABASES and dialect != "sqlite" and rest):
        return
    found = f"found {public_uri(uri)!r}"
    if dialect == "sqlite":
        path = sqlite_path(uri)
        if path is None or path.name in ("", ":memory:"):
            raise TrackingError(f"{found}, a database without a file; {_EXPECTED}")
    elif scheme == "file" or (scheme == uri and not re.match(r"databricks|uc\b", uri)):
        raise TrackingError(
            f"{found}, a folder of files, which MLflow refuses from 3.13 on; {_EXPECTED}"
        )
    else:
        close = difflib.get_close_matches(dialect, [*_SERVERS, *_DATABASES], n=1)
        raise TrackingError(
            f"{found}; {_EXPECTED}" + (f"; did you mean {close[0]!r}?" if close and rest else "")
        )


def is_server(uri: str) -> bool:
    """Return whether a URI means a tracking server, and not a database."""
    return uri.partition("://")[0] in _SERVERS


def sqlite_path(uri: str) -> Path | None:
    """Return the database file that a URI means; None if it means another kind of store.

    Examples
    --------
    >>> sqlite_path("sqlite:////data/mlflow.db?timeout=30")
    PosixPath('/data/mlflow.db')
    >>> sqlite_path("http://127.0.0.1:5000") is None
    True
    """
    found = _SQLITE.match(uri)
    return Path(found[3]) if found else None


def public_uri(uri: str) -> str:
    """Return a URI, or a text with URIs in it, without user names and passwords.

    What stands behind `?`, `#` or `;` goes, too: a token may be there.

    Examples
    --------
    >>> public_uri("postgresql://me:secret@db:5432/mlflow?password=secret")
    'postgresql://db:5432/mlflow'
    >>> public_uri("sqlite:///mlflow.db")
    'sqlite:///mlflow.db'
    """
    return _without_secrets(uri, r"\S")


def innermost(error: BaseException) -> str:
    """Return what the first cause of an error says, which a person can mend, without credentials.

    Examples
    --------
    >>> try:
    ...     try:
    ...         raise OSError("no route to http://me:secret@host")
    ...     finally:
    ...         raise ValueError("too many retries")
    ... except ValueError as error:
    ...     innermost(error)
    'no route to http://host'
    """
    while isinstance(error.__context__, Exception):
        error = error.__context__
    return " ".join(public_uri(str(error)).split()) or type(error).__name__


def public_command(words: Iterable[str]) -> list[str]:
    """Return the words of a command line without passwords, which may hold blanks there.

    Parameters
    ----------
    words : iterable of str

    Returns
    -------
    list of str

    Examples
    --------
    >>> public_command(["--config", "tracking={uri: http://me:a b@lab}"])
    ['--config', 'tracking={uri: http://lab}']
    """
    return [_without_secrets(word, r"[\s\S]") for word in words]


def _without_secrets(text: str, of_uri: str) -> str:
    # Up to the last @: a password may hold one, a slash or a quote. The path of a file may hold one
    # too. What closes the text around a URI stays.
    without_user = re.sub(rf"(?<!sqlite)://{of_uri}*@", "://", text)
    closing = rf"(?=[)\]}}>'\",.:]*(?!{of_uri}))"
    in_file = re.sub(rf"(sqlite(?:\+[a-z]+)?://[^\s?]*)\?{of_uri}*?{closing}", r"\1", without_user)
    return re.sub(rf"((?<!sqlite)://[^\s?#;]*)[?#;]{of_uri}*?{closing}", r"\1", in_file)
