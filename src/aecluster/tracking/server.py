"""Whether a tracking server takes the runs, asked without MLflow, which takes seconds to import.

A wrong password or a missing permission would else be told after hours, when all is computed.
"""

import configparser
import os
from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aecluster.tracking.uri import TrackingError, innermost, public_uri
from aecluster.tracking.views import IDENTITY

if TYPE_CHECKING:
    import requests

_PATIENCE_S = 5
_USER, _PASSWORD, _TOKEN = (f"MLFLOW_TRACKING_{name}" for name in ("USERNAME", "PASSWORD", "TOKEN"))
# Ways in that MLflow knows how to go, and this does not.
_OTHER_WAYS = (
    "MLFLOW_TRACKING_AUTH",
    "MLFLOW_TRACKING_AWS_SIGV4",
    "MLFLOW_TRACKING_INSECURE_TLS",
    "MLFLOW_WORKSPACE",
)
_CREDENTIALS = Path(".mlflow", "credentials")
_MOST_QUOTED = 200


def check_server(uri: str, experiments: Iterable[str]) -> list[str]:
    """Raise an error if a tracking server does not let the user write to some experiments.

    To an experiment that is there, the tag is written by which tracking knows it. One that is not
    there is not made.

    Parameters
    ----------
    uri : str
    experiments : iterable of str

    Returns
    -------
    list of str
        One line if the server cannot be reached, else empty.

    Raises
    ------
    TrackingError
        If the server refuses the user or the password, or the user may not write.
    """
    if any(os.environ.get(name) for name in _OTHER_WAYS) or entry_points(
        group="mlflow.request_header_provider"
    ):
        return []
    # A run on a database has no need of it.
    import requests

    with requests.Session() as session:
        user = _log_in(session, uri)
        try:
            for experiment in experiments:
                _check_experiment(_Server(session, uri, user), experiment)
        except requests.RequestException as error:
            return [f"MLflow at {public_uri(uri)} cannot be reached: {innermost(error)}"]
    return []


class _Server:
    def __init__(self, session: "requests.Session", uri: str, user: str | None):
        self._session, self._uri, self._user = session, uri, user

    def ask(self, method: str, path: str, refused: str, **content: Any) -> dict[str, Any]:
        """Return the answer; empty if it is an error that has nothing to do with permissions."""
        url = f"{self._uri.rstrip('/')}/api/2.0/mlflow/experiments/{path}"
        answer = self._session.request(method, url, timeout=_PATIENCE_S, **content)
        where = f"MLflow at {public_uri(self._uri)}"
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise TrackingError(f"{where}: {self._not_let_in()}")
        if answer.status_code == HTTPStatus.FORBIDDEN:
            who = f"user {self._user!r}" if self._user else "this user"
            said = " ".join(answer.text.split())[:_MOST_QUOTED]
            raise TrackingError(f"{where}: {who} may not {refused}; the server says: {said}")
        try:
            return answer.json() if answer.ok else {}
        except ValueError:
            return {}

    def _not_let_in(self) -> str:
        if self._user:
            return f"user {self._user!r} is not let in with this password; see {_USER}, {_PASSWORD}"
        if os.environ.get(_TOKEN):
            return f"refuses the token; see {_TOKEN}"
        return f"asks for a user and a password, found none; set {_USER} and {_PASSWORD}"


def _check_experiment(server: _Server, name: str) -> None:
    found = server.ask(
        "GET", "get-by-name", f"read the experiment {name!r}", params={"experiment_name": name}
    ).get("experiment")
    if found:
        tags = {tag["key"]: tag["value"] for tag in found.get("tags", [])}
        same = {
            "experiment_id": found["experiment_id"],
            "key": IDENTITY,
            "value": tags.get(IDENTITY, name),
        }
        server.ask(
            "POST", "set-experiment-tag", f"write to the experiment {name!r}, which takes EDIT",
            json=same,
        )  # fmt: skip


def _log_in(session: "requests.Session", uri: str) -> str | None:
    """Give a session what MLflow would send along; return the name of the user, if there is one."""
    session.verify = os.environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or True
    session.cert = os.environ.get("MLFLOW_TRACKING_CLIENT_CERT_PATH")
    if user := urlsplit(uri).username:
        return user
    kept = configparser.ConfigParser(interpolation=None)
    kept.read(Path.home() / _CREDENTIALS)
    user, password = (
        os.environ.get(name) or kept.get("mlflow", name.lower(), fallback=None)
        for name in (_USER, _PASSWORD)
    )
    if user and password:
        session.auth = (user, password)
        return user
    if token := os.environ.get(_TOKEN):
        session.headers["Authorization"] = f"Bearer {token}"
    return None
