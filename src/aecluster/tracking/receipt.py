"""The receipt of a tracking: which runs stand where. The workflow takes it for their presence."""

import json
import os
from pathlib import Path
from typing import Any

from aecluster.atomic import atomic_write
from aecluster.tracking.uri import sqlite_path


def write_receipt(path: str | os.PathLike[str], receipt: dict[str, Any]) -> None:
    """Write what `track` returned as JSON, whole or not at all."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(receipt, indent=2) + "\n")


def discard_if_store_is_lost(path: str | os.PathLike[str]) -> list[str]:
    """Remove a receipt for runs in a database file that is gone, so that they are tracked again.

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
    try:
        uri = json.loads(path.read_text())["uri"]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError):
        path.unlink()
        return [f"{path}: no receipt of a tracking, expected JSON with uri: tracking runs again"]
    database = sqlite_path(uri)
    if database is None or database.exists():
        return []
    path.unlink()
    return [f"{database}: gone since it was written, tracked again from the records"]
