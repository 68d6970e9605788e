"""The receipt of a tracking: which runs stand where. The workflow takes it for their presence."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from aecluster.atomic import atomic_write
from aecluster.tracking.uri import public_uri, sqlite_path

_NAME = "tracked.json"
_FIELDS = {"experiment", "uri", "experiment_ids", "variants", "steps"}


def write_receipt(path: str | os.PathLike[str], receipt: dict[str, Any]) -> None:
    """Write what `track` returned as JSON, whole or not at all."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(receipt, indent=2) + "\n")


def tracked_in(uri: str, results: str | os.PathLike[str]) -> dict[str, str]:
    """Return the experiments that were tracked in a store.

    Parameters
    ----------
    uri : str
        The store.
    results : path-like
        Folder with one folder per experiment, with its receipt in it.

    Returns
    -------
    dict of str to str
        MLflow's id of the experiment of variants, by the experiment's name.
    """
    receipts = [_read(path) for path in sorted(Path(results).glob(f"*/{_NAME}"))]
    return {
        receipt["experiment"]: receipt["experiment_ids"]["variants"]
        for receipt in receipts
        if receipt and receipt["uri"] == public_uri(uri)
    }


def discard_if_store_is_lost(path: str | os.PathLike[str]) -> list[str]:
    """Remove a receipt for runs that a database file no longer has, so that they are tracked again.

    Parameters
    ----------
    path : path-like
        A receipt, which may be missing.

    Returns
    -------
    list of str
        One line that says so; empty if nothing was lost.
    """
    path = Path(path)
    if not path.exists():
        return []
    receipt = _read(path)
    if receipt is None:
        path.unlink()
        return [f"{path}: no receipt of a tracking, expected JSON with uri: tracking runs again"]
    database = sqlite_path(receipt["uri"])
    if database is None or _has_runs(database, receipt):
        return []
    path.unlink()
    return [f"{database}: lost the runs of {receipt['experiment']}: tracked again from the records"]


def _read(path: Path) -> dict[str, Any] | None:
    try:
        receipt = json.loads(path.read_text())
    except ValueError:
        return None
    return receipt if isinstance(receipt, dict) and receipt.keys() >= _FIELDS else None


def _has_runs(database: Path, receipt: dict[str, Any]) -> bool:
    if not database.exists():
        return False
    # Another experiment may have made a new database since.
    expected = {*receipt["variants"].values(), *receipt["steps"].values()}
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as there:
            rows = there.execute("SELECT run_uuid FROM runs").fetchall()
    except sqlite3.Error as error:
        # While another process writes, nothing says that it is lost.
        return "locked" in str(error)
    return expected <= {run_id for (run_id,) in rows}
