"""A file from the first of several mirrors that delivers it whole."""

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from aecluster.errors import DataError

_CONNECT_S = 10
_SILENCE_S = 30  # a mirror that sends nothing for so long is left for the next
_CHUNK_BYTES = 2**17

_READ_ONLY = 0o444


def download(
    out_path: str | os.PathLike[str],
    *,
    urls: Sequence[str],
    sha256: str,
    progress: bool = True,
) -> None:
    """Fetch a file whose checksum is known.

    A file that is there already and has the checksum is kept as it is. Otherwise the mirrors are
    asked in order; what one sends stands under the final name only when its checksum is right, and
    is made read-only. Proxies of the environment are used.

    Parameters
    ----------
    out_path : path-like
        Where the file shall stand.
    urls : sequence of str
        Addresses of identical copies, the preferred one first.
    sha256 : str
        Checksum, 64 hexadecimal digits.
    progress : bool, default=True
        Whether to show progress on stderr; never where that is no terminal.

    Raises
    ------
    DataError
        If no mirror delivers the file: the message says what to fetch by hand, from where, and
        where to put it.
    OSError
        If the folder cannot be written to.
    """
    out_path = Path(out_path)
    if out_path.is_file() and _sha256(out_path) == sha256:
        return
    out_path.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    for url in urls:
        failure = _fetch(url, out_path, sha256, progress)
        if failure is None:
            out_path.chmod(_READ_ONLY)
            return
        failures.append(f"{urlsplit(url).netloc}: {failure}")
    raise DataError(
        f"{out_path}: no mirror delivered it ({'; '.join(failures)}); fetch {urls[-1]} by hand, "
        f"check that its sha256 is {sha256}, and put it there or name it as dataset.path"
    )


def _fetch(url: str, out_path: Path, sha256: str, progress: bool) -> str | None:
    """Fetch from one mirror; return what went wrong, if anything did."""
    import pooch  # takes half a second with requests, which a file that is there need not wait for
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    bar = tqdm(
        desc=f"download {out_path.name} from {urlsplit(url).netloc}",
        unit="B",
        unit_scale=True,
        leave=False,
        disable=None if progress else True,
    )
    fetch = pooch.HTTPDownloader(
        progressbar=bar, chunk_size=_CHUNK_BYTES, timeout=(_CONNECT_S, _SILENCE_S)
    )
    try:
        pooch.retrieve(
            url,
            known_hash=f"sha256:{sha256}",
            fname=out_path.name,
            path=out_path.parent,
            downloader=fetch,
        )
    except requests.HTTPError as error:
        return f"status {error.response.status_code}"
    except requests.Timeout:
        return f"silent for {_SILENCE_S} s"
    except requests.RequestException as error:
        return type(error).__name__
    except ValueError:  # pooch: the checksum differs
        return "sent a file with another checksum"
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
