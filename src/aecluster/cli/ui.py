"""The command that opens MLflow's pages."""

import argparse
import os
import socket

from aecluster.cli.command import Commands, add_command, beside_python
from aecluster.errors import AeclusterError

_UI_PORT = 5000


def add_to(commands: Commands) -> None:
    """Add the command `ui`."""
    add_command(commands, "ui", _ui, "compare the runs in MLflow, on 127.0.0.1")


def _ui(options: argparse.Namespace) -> int:
    from aecluster.tracking import check_store
    from aecluster.tracking.uri import public_uri, resolve_uri, sqlite_path

    uri = resolve_uri()
    # MLflow would migrate the database of an older one, and say nothing.
    for line in check_store(uri, origin="MLFLOW_TRACKING_URI"):
        raise AeclusterError(line)
    database = sqlite_path(uri)
    if uri.startswith(("http://", "https://")):
        print("\n".join([f"The runs are on {public_uri(uri)}", *_links(public_uri(uri), uri)]))
        return 0
    if database is not None and not database.exists():
        raise AeclusterError(
            f"{database}: no runs yet, expected those of `make demo` or `make run`"
        )
    port = str(_free_port())
    server = f"http://127.0.0.1:{port}"
    opening = f"MLflow over {public_uri(uri)}: {server} (Ctrl-C ends it)"
    print("\n".join([opening, *_links(server, uri)]), flush=True)
    # MLflow reports usage to its makers, from the pages too, unless it is told not to.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Its jobs judge language models; the processes that wait for one start with it.
    os.environ.setdefault("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
    # Not as an argument, which everybody may read: the URI may hold a password.
    os.environ["MLFLOW_BACKEND_STORE_URI"] = uri
    mlflow = beside_python("mlflow")
    os.execv(  # noqa: S606 - replaced, so that Ctrl-C reaches MLflow itself
        mlflow,
        [mlflow, "ui", "--host", "127.0.0.1", "--port", port, "--workers", "1"],
    )


def _links(server: str, uri: str) -> list[str]:
    """Return a line for each experiment of this folder in the store, with its address."""
    from aecluster.tracking import link, tracked_in

    return [
        f"  {experiment}: {link(server, experiment_id)}"
        for experiment, experiment_id in tracked_in(uri, "results").items()
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        # As servers do: the port of a server that has just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", _UI_PORT))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
