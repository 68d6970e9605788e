"""How many cores this process may use, and one limit of BLAS for all who share them out.

Three things take cores from a process: its affinity, the CPU quota of its control group (that of a
container) or of one above it, and ``OMP_NUM_THREADS``. NumPy's BLAS sees the first and the last.

Who runs threads or processes of its own takes BLAS' threads away meanwhile. That is a setting of
the whole process, so it is counted: the first to come sets it, the last to go restores it.
"""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from threadpoolctl import ThreadpoolController


def n_threads() -> int:
    """Return how many threads or processes may work at a time: those of BLAS, if it may use all.

    A limit of `one_blas_thread` that somebody holds does not count.
    """
    with _limit.lock:
        blas = _limit.before or _blas_threads()
    return max(1, min([*blas, n_cores(), *_asked_for()]))


def n_cores(root: Path = Path("/")) -> int:
    """Return how many cores the process may use, by its affinity and its quota.

    Parameters
    ----------
    root : Path
        Of the file system, in which ``proc`` and ``sys`` are.
    """
    n_cpus = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    quota = cpu_quota(root)
    # One and a half are used by two that wait a quarter of their time.
    return n_cpus if quota is None else max(1, min(n_cpus, math.ceil(quota)))


def cpu_quota(root: Path = Path("/")) -> float | None:
    """Return the CPUs that control groups leave this process, or None if they set no quota.

    Parameters
    ----------
    root : Path
        Of the file system, in which ``proc`` and ``sys`` are.

    References
    ----------
    cgroups(7); the kernel's Documentation/admin-guide/cgroup-v2.rst ("cpu.max") and
    Documentation/scheduler/sched-bwc.rst ("cpu.cfs_quota_us").
    """
    quotas = []
    with suppress(OSError, ValueError, IndexError):
        groups = _groups(root)
        for version, mount, top in _mounts(root):
            path = groups.get(version)
            if path is None:
                continue
            # In a container the path may be that of the host, of which nothing is seen there.
            inside = path[len(top) :].strip("/") if path.startswith(top) else ""
            folder = root / mount.lstrip("/")
            read = _quota_v2 if version == 2 else _quota_v1
            parts = [part for part in inside.split("/") if part not in ("", "..")]
            for n in range(len(parts) + 1):
                quotas.append(read(folder.joinpath(*parts[:n])))
    return min((quota for quota in quotas if quota is not None), default=None)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Give a context in which BLAS uses no second thread, in all Python threads of the process."""
    with _limit.lock:
        if _limit.n_holders == 0:
            _limit.before = _blas_threads()
            _limit.limiter = _controller().limit(limits=1, user_api="blas")
        _limit.n_holders += 1
    try:
        yield
    finally:
        with _limit.lock:
            _limit.n_holders -= 1
            if _limit.n_holders == 0:
                _limit.limiter.restore_original_limits()
                _limit.limiter, _limit.before = None, []


class _Limit:
    """Who holds BLAS at one thread, and what it may use when nobody does."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.n_holders = 0
        self.before: list[int] = []
        self.limiter = None


_limit = _Limit()
if hasattr(os, "register_at_fork"):
    # A lock that another thread holds would stay locked in a fork.
    os.register_at_fork(
        before=_limit.lock.acquire,
        after_in_parent=_limit.lock.release,
        after_in_child=_limit.lock.release,
    )


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def _blas_threads() -> list[int]:
    return [library["num_threads"] for library in _controller().select(user_api="blas").info()]


def _asked_for() -> list[int]:
    """Return what ``OMP_NUM_THREADS`` asks for on the outermost level, if anything."""
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return [int(first)] if first.isdigit() and int(first) else []


def _groups(root: Path) -> dict[int, str]:
    """Return the process' control group that rations CPU, by version of control groups."""
    groups = {}
    for line in (root / "proc/self/cgroup").read_text().splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0" and not controllers:
            groups[2] = path
        elif "cpu" in controllers.split(","):
            groups[1] = path
    return groups


def _mounts(root: Path) -> Iterator[tuple[int, str, str]]:
    """Yield version, place and uppermost group of where control groups are mounted."""
    for line in (root / "proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        top, place = before.split()[3:5]
        kind, _, options = after.split(None, 2)
        top = "" if top == "/" else top
        if kind == "cgroup2":
            yield 2, place, top
        elif kind == "cgroup" and "cpu" in options.split(","):
            yield 1, place, top


def _quota_v2(folder: Path) -> float | None:
    with suppress(OSError):
        quota, period = (folder / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    return None


def _quota_v1(folder: Path) -> float | None:
    with suppress(OSError):
        quota = int((folder / "cpu.cfs_quota_us").read_text())
        period = int((folder / "cpu.cfs_period_us").read_text())
        return quota / period if quota > 0 and period > 0 else None
    return None
