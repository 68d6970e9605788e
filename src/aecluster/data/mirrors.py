"""A file whose checksum is known, from whichever of its mirrors delivers it fastest.

All mirrors are asked for a first part at once, and ranked by the rate at which they send it. What
has come stays in a partial file beside the final name and is continued: on the same mirror, on the
next one, since all have the same bytes, or by the next run. Only the right checksum gives it the
final name.
"""

import hashlib
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3
from tqdm import tqdm

from aecluster.errors import DataError

# Bytes per second under which a mirror is left while others are untried, and under which it is left
# in any case: the original host of CIFAR-10 is limited to some 55,000.
_SLOW = 200_000
_HOPELESS = 2_000

# How often one mirror is asked to go on where it broke off.
_CONTINUATIONS = 10

# By how many bytes, or what comes in that many seconds, a mirror is judged.
_TRIAL_BYTES = 2**20
_TRIAL_S = 2.0

_CHUNK_BYTES = 2**17
READ_ONLY = 0o444


class _MirrorError(Exception):
    """A mirror does not deliver; the message says why in a few words."""


class _BrokenOffError(_MirrorError):
    """The connection ended before the file did."""


class _SlowError(_MirrorError):
    def __init__(self, rate: float):
        super().__init__(f"only {rate / 1000:.1f} kB/s")
        self.rate = rate


class _BusyError(_MirrorError):
    def __init__(self, status: int, wait_s: int):
        super().__init__(f"status {status}, asked to wait for {wait_s} s")
        self.wait_s = wait_s


def download(
    out_path: str | os.PathLike[str],
    *,
    urls: Sequence[str],
    sha256: str,
    n_bytes: int,
    patience_s: float = 20.0,
    progress: bool = True,
) -> None:
    """Fetch a file whose size and checksum are known.

    A file that is there already and has the checksum is kept as it is; one that has another is
    taken for a part of the file and continued. The mirrors are asked in the order of their speed in
    a trial; those that prove slow are asked again, the fastest first, when no other has delivered,
    and so are those that asked for a wait within the patience. The final file is read-only. Proxies
    of the environment are used.

    Parameters
    ----------
    out_path : path-like
        Where the file shall stand.
    urls : sequence of str
        Addresses of identical copies. The last one is named to those who must fetch it by hand.
    sha256 : str
        Checksum, 64 hexadecimal digits.
    n_bytes : int
        Size, which no mirror may exceed.
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
    partial_path = out_path.with_name(f".partial-{out_path.name}")
    if out_path.exists():
        if has_checksum(out_path, sha256):
            return
        out_path.replace(partial_path)
        partial_path.chmod(0o644)
    out_path.parent.mkdir(parents=True, exist_ok=True)
    failures = _first_that_delivers(
        urls, _Download(partial_path, sha256, n_bytes, patience_s, progress)
    )
    if failures:
        reasons = "; ".join(f"{urlsplit(url).netloc}: {why}" for url, why in failures.items())
        raise DataError(
            f"{out_path}: no mirror delivered it ({reasons}); fetch {urls[-1]} by hand, check that "
            f"its sha256 is {sha256}, and put it there or name it as dataset.path"
        )
    partial_path.replace(out_path)
    out_path.chmod(READ_ONLY)


def has_checksum(path: Path, sha256: str) -> bool:
    """Return whether the SHA-256 of a file is the one given."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _first_that_delivers(urls: Sequence[str], download: "_Download") -> dict[str, str]:
    """Complete the partial file; return what is wrong with each mirror if none has done so."""
    failures = {}
    rates = dict.fromkeys(urls, 0.0)
    if len(rates) > 1 and not download.is_all_there():
        trial = partial(_rate, at_most_s=min(_TRIAL_S, download.patience_s))
        with ThreadPoolExecutor(len(rates)) as pool:
            rates = dict(zip(rates, pool.map(trial, rates), strict=True))
    waits = {}
    for floor in (_SLOW, _HOPELESS):
        again = {}
        for url in sorted(rates, key=rates.__getitem__, reverse=True):
            time.sleep(waits.get(url, 0))
            try:
                download.run(url, floor)
            except _MirrorError as error:
                failures[url] = str(error)
                if isinstance(error, _SlowError):
                    again[url] = error.rate
                if isinstance(error, _BusyError) and error.wait_s <= download.patience_s:
                    again[url], waits[url] = 0.0, error.wait_s
            else:
                return {}
        rates = again
    return failures


def _rate(url: str, at_most_s: float) -> float:
    """Return the bytes per second at which a mirror begins to send; 0 if it does not."""
    started, n = time.monotonic(), 0
    try:
        with _response(url, f"bytes=0-{_TRIAL_BYTES - 1}", at_most_s) as response:
            if response.ok:
                while n < _TRIAL_BYTES and time.monotonic() < started + at_most_s:
                    chunk = response.raw.read1(_CHUNK_BYTES, decode_content=False)
                    if not chunk:
                        break
                    n += len(chunk)
    except (requests.RequestException, urllib3.exceptions.HTTPError):
        pass  # what came before counts
    return n / (time.monotonic() - started)


def _response(url: str, asked_range: str, timeout_s: float) -> requests.Response:
    # The archive itself is wanted, not what its compression holds.
    headers = {"Accept-Encoding": "identity"}
    if asked_range:
        headers["Range"] = asked_range
    return requests.get(url, headers=headers, stream=True, timeout=timeout_s)


@dataclass(frozen=True)
class _Download:
    """The partial file, and what it shall become."""

    partial: Path
    sha256: str
    n_bytes: int
    patience_s: float
    progress: bool

    def is_all_there(self) -> bool:
        """Return whether nothing is to be asked for, be it right or wrong."""
        return self._n_had() >= self.n_bytes

    def run(self, url: str, floor: float) -> None:
        """Complete the partial file from one mirror, or raise a _MirrorError."""
        n_had = self._n_had()
        if not self.is_all_there():
            self._complete(url, floor)
        if has_checksum(self.partial, self.sha256):
            return
        self.partial.unlink()
        if n_had == 0:
            raise _MirrorError("sent a file with another checksum")
        # What was there before may have been at fault.
        self.run(url, floor)

    def _complete(self, url: str, floor: float) -> None:
        """Bring the partial file to its full size."""
        for _ in range(_CONTINUATIONS):
            n_had = self._n_had()
            try:
                self._fetch(url, n_had, floor)
            except _BrokenOffError as error:
                broken_off = error
                if self._n_had() <= n_had:
                    break
            else:
                return
        raise broken_off

    def _fetch(self, url: str, n_had: int, floor: float) -> None:
        try:
            with _response(url, f"bytes={n_had}-" if n_had else "", self.patience_s) as response:
                self._receive(response, n_had, floor)
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise _MirrorError(f"silent for {self.patience_s:g} s") from None
        except requests.RequestException as error:
            raise _MirrorError(f"no connection ({type(error).__name__})") from None
        except urllib3.exceptions.HTTPError:
            raise self._broken_off() from None
        if not self.is_all_there():
            raise self._broken_off()

    def _receive(self, response: requests.Response, n_had: int, floor: float) -> None:
        _check_status(response)
        content_range = response.headers.get("Content-Range", "")
        is_continued = content_range.startswith(f"bytes {n_had}-")
        if response.status_code == HTTPStatus.PARTIAL_CONTENT and not is_continued:
            raise _MirrorError(f"sent another part ({content_range[:40]!r})")
        n_had = n_had if is_continued else 0
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and n_had + int(length) != self.n_bytes:
            raise self._of_another_size(n_had + int(length))
        with self.partial.open("ab" if is_continued else "wb") as file:
            self._copy(response, file, n_had, floor)
            os.fsync(file.fileno())

    def _copy(self, response: requests.Response, file: BinaryIO, n_had: int, floor: float) -> None:
        started, n_since = time.monotonic(), 0
        with tqdm(
            desc=f"download from {urlsplit(response.url).netloc}",
            initial=n_had,
            total=self.n_bytes,
            unit="B",
            unit_scale=True,
            leave=False,
            disable=None if self.progress else True,
        ) as bar:
            # Not `iter_content`: it waits for whole chunks, for hours where a mirror drips.
            while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
                n_had += len(chunk)
                if n_had > self.n_bytes:
                    raise self._of_another_size(n_had)
                file.write(chunk)
                bar.update(len(chunk))
                n_since += len(chunk)
                elapsed = time.monotonic() - started
                if elapsed >= self.patience_s:
                    if n_since < floor * elapsed:
                        raise _SlowError(n_since / elapsed)
                    started, n_since = time.monotonic(), 0

    def _n_had(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0

    def _broken_off(self) -> _MirrorError:
        return _BrokenOffError(f"broke off after {self._n_had():,} bytes")

    def _of_another_size(self, n: int) -> _MirrorError:
        return _MirrorError(f"sends {n:,} bytes, expected {self.n_bytes:,}")


def _check_status(response: requests.Response) -> None:
    if response.status_code in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        return
    wait_s = response.headers.get("Retry-After", "")
    if wait_s.isdecimal():
        raise _BusyError(response.status_code, int(wait_s))
    raise _MirrorError(f"status {response.status_code}")
