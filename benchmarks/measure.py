"""Measure sides of a comparison in turn, and only while nothing else uses the machine.

A program that shares its cores with another one loses more than half of its speed, and not every
program the same: a comparison under load shows anything. So what other processes use is counted
during every run, and a run that was disturbed is repeated.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

# Share of all cores that others may use while something is measured.
IDLE_SHARE = 0.05
MAX_REPEATS = 5
MAX_WAIT_S = 60
LOOK_S = 0.4  # forty ticks of the kernel's clock

N_CORES = os.cpu_count() or 1


class Timing(NamedTuple):
    """Seconds of some runs."""

    seconds: list[float]

    @property
    def median(self) -> float:
        """Median of the runs."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        """Return the median and the range."""
        return f"{self.median:.3g} s ({min(self.seconds):.3g} to {max(self.seconds):.3g})"


def interleaved(
    sides: dict[str, Callable[[int], object]], n_runs: int, n_warm_up: int = 1
) -> dict[str, Timing]:
    """Time every side once, then every side again, and so on.

    Parameters
    ----------
    sides : dict of str to callable
        What to time, by name; called with the number of the run, a disturbed one again with the
        same number.
    n_runs : int
        Runs of every side that count.
    n_warm_up : int, default=1
        Runs before them, from 0, that do not count.

    Returns
    -------
    dict of str to Timing

    Raises
    ------
    SystemExit
        If other processes keep the machine busy.
    """
    timings = {name: Timing([]) for name in sides}
    for run in range(n_warm_up + n_runs):
        for name, side in sides.items():
            seconds = _undisturbed(name, partial(side, run))
            if run >= n_warm_up:
                timings[name].seconds.append(seconds)
    return timings


def peak_memory(work: Callable[[], object]) -> int:
    """Return how many bytes `work` takes at most beside what is there already, workers included.

    It runs in a fork of this process: memory that both still share does not count. Sampled every
    10 ms. GNU's OpenMP hangs in a fork if it was at work before.
    """
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    peak = 0
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        peak = max(peak, _memory_of_tree(child))
        time.sleep(0.01)
    if ended[1]:
        raise RuntimeError("the process whose memory was measured failed")
    return peak


def markdown(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown."""
    head = list(header)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(markdown_row(line) for line in lines)


def markdown_row(cells: Iterable[object]) -> str:
    """Return a line of a table in Markdown, for tables that grow while one waits."""
    return "| " + " | ".join(map(str, cells)) + " |\n"


def machine() -> str:
    """Return one line about this machine."""
    models = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{len(os.sched_getaffinity(0))} cores of {models[0] if models else 'unknown make'}"


def _undisturbed(name: str, side: Callable[[], object]) -> float:
    for _ in range(MAX_REPEATS):
        wait_until_idle(name)
        busy, own, start = _busy_seconds(), _own_seconds(), time.perf_counter()
        side()
        seconds = time.perf_counter() - start
        others = (_busy_seconds() - busy) - (_own_seconds() - own)
        # The kernel counts in hundredths of a second, on every core.
        if others <= _allowed(seconds) + 0.02 * N_CORES:
            return seconds
        sys.stderr.write(f"{name}: others used the machine, once more\n")
    return _refuse(name)


def wait_until_idle(name: str) -> None:
    """Return once other processes leave the machine alone, or end the program.

    Parameters
    ----------
    name : str
        What is to be measured, for the message.
    """
    deadline = time.monotonic() + MAX_WAIT_S
    while time.monotonic() < deadline:
        busy = _busy_seconds()
        time.sleep(LOOK_S)
        if _busy_seconds() - busy <= _allowed(LOOK_S):
            return
    _refuse(name)


def _allowed(seconds: float) -> float:
    return IDLE_SHARE * N_CORES * seconds


def _refuse(name: str) -> NoReturn:
    sys.exit(
        f"{name}: other processes use over {IDLE_SHARE:.0%} of the machine; times would mean "
        "nothing. Try again when it is idle."
    )


def _busy_seconds() -> float:
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields[:8])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    return sum(os.times()[:4])


def _memory_of_tree(pid: int) -> int:
    private = shared = 0
    pids = [pid]
    for process in pids:
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            status = Path(f"/proc/{process}/status").read_text()
            pids += map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended in between
        private += _kilobytes(rollup, "Private_Clean:") + _kilobytes(rollup, "Private_Dirty:")
        shared = max(shared, _kilobytes(status, "RssShmem:"))
    return 1024 * (private + shared)


def _kilobytes(text: str, key: str) -> int:
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(key))
