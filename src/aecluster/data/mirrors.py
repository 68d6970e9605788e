"""A file whose checksum is known, from whichever of its mirrors delivers it.

What has come stays in a partial file beside the final name and is continued: on the same mirror,
on the next one, since all have the same bytes, or by the next run. Only the right checksum gives
it the final name.
"""

import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from tqdm import tqdm

from aecluster.errors import DataError

if TYPE_CHECKING:
    from requests import Response

# Bytes a second under which a mirror is left while others are untried, and under which it is left
# in any case: the original host of CIFAR-10 is limited to some 55,000.
_SLOW = 200_000
_HOPELESS = 2_000

# How often one mirror is asked to go on where it broke off.
_CONTINUATIONS = 10

_CHUNK_BYTES = 2**17
_READ_ONLY = 0o444


class _MirrorError(Exception):
    """A mirror does not deliver; the message says why in a few words."""


class _BrokenOffError(_MirrorError):
    """The connection ended before the file did."""


class _SlowError(_MirrorError):
    def __init__(self, rate: float):
        super().__init__(f"only {rate / 1000:.1f} kB/s")
        self.rate = rate


def download(
    out_path: str | os.PathLike[str],
    *,
    urls: Sequence[str],
    sha256: str,
    patience_s: float = 20.0,
    progress: bool = True,
) -> None:
    """Fetch a file whose checksum is known.

    A file that is there already and has the checksum is kept as it is; one that has another is
    taken for a part of the file and continued. The mirrors are asked in order; those that are slow
    are asked again, the fastest first, when no other has delivered. The final file is read-only.
    Proxies of the environment are used.

    Parameters
    ----------
    out_path : path-like
        Where the file shall stand.
    urls : sequence of str
        Addresses of identical copies, the preferred one first.
    sha256 : str
        Checksum, 64 hexadecimal digits.
    patience_s : float, default=20.0
        Seconds that a mirror may send nothing, or less than 200 kB/s, until the next is tried.
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
    partial = out_path.with_name(f".partial-{out_path.name}")
    if out_path.exists():
        if _sha256(out_path) == sha256:
            return
        out_path.replace(partial)
        partial.chmod(0o644)
    out_path.parent.mkdir(parents=True, exist_ok=True)
    failures = _first_that_delivers(urls, _Download(partial, sha256, patience_s, progress))
    if failures:
        reasons = "; ".join(f"{urlsplit(url).netloc}: {why}" for url, why in failures.items())
        raise DataError(
            f"{out_path}: no mirror delivered it ({reasons}); fetch {urls[-1]} by hand, check that "
            f"its sha256 is {sha256}, and put it there or name it as dataset.path"
        )
    partial.replace(out_path)
    out_path.chmod(_READ_ONLY)


def _first_that_delivers(urls: Sequence[str], download: "_Download") -> dict[str, str]:
    """Complete the partial file; return what is wrong with each mirror if none has done so."""
    failures = {}
    rates = dict.fromkeys(urls, 0.0)
    for floor in (_SLOW, _HOPELESS):
        slow = {}
        for url in sorted(rates, key=rates.__getitem__, reverse=True):
            try:
                download.run(url, floor)
            except _MirrorError as error:
                failures[url] = str(error)
                if isinstance(error, _SlowError):
                    slow[url] = error.rate
            else:
                return {}
        rates = slow
    return failures


@dataclass(frozen=True)
class _Download:
    """The partial file, and what it shall become."""

    partial: Path
    sha256: str
    patience_s: float
    progress: bool

    def run(self, url: str, floor: float) -> None:
        """Complete the partial file from one mirror, or raise a _MirrorError."""
        is_all_its_own = self._n_bytes() == 0
        self._complete(url, floor)
        if _sha256(self.partial) == self.sha256:
            return
        self.partial.unlink()
        if is_all_its_own:
            raise _MirrorError("sent a file with another checksum")
        # What was there before may have been at fault.
        self.run(url, floor)

    def _complete(self, url: str, floor: float) -> None:
        """Bring the partial file to the end that the mirror announces."""
        for _ in range(_CONTINUATIONS):
            n_had = self._n_bytes()
            try:
                return self._fetch(url, n_had, floor)
            except _BrokenOffError as error:
                broken_off = error
                if self._n_bytes() <= n_had:
                    break
        raise broken_off

    def _fetch(self, url: str, n_had: int, floor: float) -> None:
        import requests  # takes a third of a second, which a file that is there need not wait for
        import urllib3

        # The archive itself is wanted, not what its compression holds.
        headers = {"Accept-Encoding": "identity"}
        if n_had:
            headers["Range"] = f"bytes={n_had}-"
        try:
            with requests.get(
                url, headers=headers, stream=True, timeout=self.patience_s
            ) as response:
                self._receive(response, n_had, floor)
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise _MirrorError(f"silent for {self.patience_s:g} s") from None
        except requests.RequestException as error:
            raise _MirrorError(f"no connection ({type(error).__name__})") from None
        except urllib3.exceptions.HTTPError:
            raise _BrokenOffError(f"broke off after {self._n_bytes():,} bytes") from None

    def _receive(self, response: "Response", n_had: int, floor: float) -> None:
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is there, or too much: the checksum tells
        if response.status_code not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            raise _MirrorError(f"status {response.status_code}")
        content_range = response.headers.get("Content-Range", "")
        is_continued = content_range.startswith(f"bytes {n_had}-")
        if response.status_code == HTTPStatus.PARTIAL_CONTENT and not is_continued:
            raise _MirrorError(f"sent another part ({content_range[:40]!r})")
        n_had = n_had if is_continued else 0
        length = response.headers.get("Content-Length", "")
        n_total = n_had + int(length) if length.isdecimal() else None
        with self.partial.open("ab" if is_continued else "wb") as file:
            self._copy(response, file, n_had, n_total, floor)
            os.fsync(file.fileno())

    def _copy(
        self,
        response: "Response",
        file: BinaryIO,
        n_had: int,
        n_total: int | None,
        floor: float,
    ) -> None:
        started, n_since = time.monotonic(), 0
        with tqdm(
            desc=f"download from {urlsplit(response.url).netloc}",
            initial=n_had,
            total=n_total,
            unit="B",
            unit_scale=True,
            leave=False,
            disable=None if self.progress else True,
        ) as bar:
            # Not `iter_content`: it waits for whole chunks, for hours where a mirror drips.
            while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
                file.write(chunk)
                bar.update(len(chunk))
                n_since += len(chunk)
                elapsed = time.monotonic() - started
                if elapsed >= self.patience_s:
                    if n_since < floor * elapsed:
                        raise _SlowError(n_since / elapsed)
                    started, n_since = time.monotonic(), 0

    def _n_bytes(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
