"""Track while the workflow runs, in a process of its own at the lowest priority.

The workflow starts it and forgets it. It looks at the records and the progress files about once a
second, and brings MLflow up to date when one has changed. What fails here is written to its log and
tried again; the job `track` at the end is what counts, and interrupts it where both want MLflow. It
ends with the workflow, however that ends: the pipe to its standard input closes when the workflow's
process is gone.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aecluster.errors import AeclusterError
from aecluster.tracking.one_writer import GiveWay, sweep
from aecluster.tracking.update import track
from aecluster.tracking.uri import resolve_uri

_LOG = logging.getLogger(__name__)
_PAUSE_S = 1.0
# After a pass it rests this many times as long as the pass took of a processor, so that it takes a
# tenth of one core at most; after an error at least half a minute.
_REST = 9
_REST_AFTER_ERROR_S = 30.0
# What a last pass may take when the workflow was killed.
_FAREWELL_S = 5.0
# A server that does not answer is asked again soon enough.
_ENVIRONMENT = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "5", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}


class Follower:
    """The process that tracks while the workflow runs, as the workflow sees it.

    Parameters
    ----------
    experiment : str
    records, running : iterable of path-like
        As for `track`; they may be missing still.
    uri : str or None
    migrate : bool, default=False
        As for `track`.
    log : path-like
        What the process says.
    """

    def __init__(
        self,
        experiment: str,
        records: Iterable[str | os.PathLike[str]],
        running: Iterable[str | os.PathLike[str]],
        *,
        uri: str | None,
        migrate: bool = False,
        log: str | os.PathLike[str],
    ):
        self._order = {
            "experiment": experiment,
            "records": list(map(str, records)),
            "running": list(map(str, running)),
            "uri": uri,
            "migrate": migrate,
        }
        self._log = Path(log)
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start the process; it is no reason to stop if that fails."""
        order = {**self._order, "started": time.time()}
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            with self._log.open("w") as log:
                self._process = subprocess.Popen(  # noqa: S603 - this module itself
                    [sys.executable, "-c", f"from {__name__} import main; main()"],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    # Ctrl-C is for the workflow, whose end then ends this.
                    process_group=0,
                )
            # Not as an argument, which everybody may read: the URI may hold a password.
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            _LOG.warning("MLflow is brought up to date at the end only: %s", error)

    def stop(self) -> None:
        """End the process and wait until it is gone; what it left unfinished, `track` finishes."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            sweep(resolve_uri(self._order["uri"]))


def follow(order: dict[str, Any], ended: threading.Event) -> None:
    """Track whenever a record or a progress file has changed, until the event is set.

    Parameters
    ----------
    order : dict
        The arguments of `track`, and `started`: UTC seconds since 1970.
    ended : threading.Event
    """
    since = order["started"] * 1e9
    watched = [*order["records"], *order["running"]]
    # What is older is of an earlier run.
    seen = {path: there for path, there in _state(watched).items() if there[0] < since}
    pause = _PAUSE_S
    has_tracked = False
    while not ended.wait(pause):
        state = _state(watched)
        if state == seen:
            pause = _PAUSE_S
            continue
        begun = time.process_time()
        running = [path for path in order["running"] if path in state and state[path][0] >= since]
        is_done = _try(order, running)
        # The first pass also imports MLflow and makes its tables, once.
        pause = max(_PAUSE_S, _REST * (time.process_time() - begun) if has_tracked else 0)
        if is_done:
            seen, has_tracked = state, True
        else:
            pause = max(pause, _REST_AFTER_ERROR_S)
    if has_tracked:
        _try(order, [])


def _try(order: dict[str, Any], running: list[str]) -> bool:
    try:
        receipt = track(
            order["experiment"],
            order["records"],
            running=running,
            uri=order["uri"],
            migrate=order["migrate"],
            gives_way=True,
        )
    except AeclusterError as error:
        _LOG.warning("%s", error)
        return False
    except GiveWay:
        _LOG.info("another process tracks first")
        return False
    _LOG.info(
        "%d runs added, %d completed, %d steps watched",
        receipt["added"],
        receipt["completed"],
        len(running),
    )
    return True


def _state(paths: list[str]) -> dict[str, tuple[int, int]]:
    state = {}
    for path in paths:
        try:
            there = os.stat(path)  # noqa: PTH116 - a thousand per second
        except OSError:
            continue
        state[path] = (there.st_mtime_ns, there.st_size)
    return state


def main() -> None:
    """Read the order from the standard input and follow until that closes."""
    os.nice(19)
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    order = json.loads(sys.stdin.readline())
    ended = threading.Event()

    def wait_for_end() -> None:
        sys.stdin.read()
        ended.set()
        time.sleep(_FAREWELL_S)
        # The main thread leaves what it is in, and with it the lock of the store.
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_FAREWELL_S)
        os._exit(0)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    # Who waits for the store may ask for it when this has left it already.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    threading.Thread(target=wait_for_end, daemon=True).start()
    follow(order, ended)
