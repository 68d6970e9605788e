"""What a run says while it goes on: one line per step that matters, and the time that is left."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# Of a rule with more jobs than that, as K-Means in a sweep, no job has a line of its own.
_MOST_LINES_PER_RULE = 8
_N_MILESTONES = 10


@dataclass
class _Running:
    rule: str
    title: str
    since: float


@dataclass
class Progress:
    """The steps of a run: which are to come, which are running, which have finished.

    Parameters
    ----------
    clock : callable, optional
        Returns the seconds since any moment; the default is the time of day.
    """

    clock: Callable[[], float] = time.time
    _planned: Counter[str] = field(default_factory=Counter, init=False)
    _earlier: dict[str, float] = field(default_factory=dict, init=False)
    _slow_starts: dict[str, str] = field(default_factory=dict, init=False)
    _running: dict[int, _Running] = field(default_factory=dict, init=False)
    _took: dict[str, list[float]] = field(default_factory=dict, init=False)
    _begun: float = field(default=0.0, init=False)

    def plan(self, jobs: Mapping[str, int]) -> None:
        """Take the number of jobs of each rule, and begin to count the time."""
        self._planned = Counter(jobs)
        self._begun = self.clock()

    def expect(self, seconds: Mapping[str, float]) -> None:
        """Take the seconds that a job of each rule took in earlier runs, where that is known."""
        self._earlier = dict(seconds)

    def warn(self, slow_starts: Mapping[str, str]) -> None:
        """Take what the jobs of some rules do for seconds before their work begins, in words."""
        self._slow_starts = dict(slow_starts)

    def start(self, job: int, rule: str, title: str) -> str | None:
        """Note that a job runs, and return the line that says so, if it matters by itself.

        The first line about a rule says, too, for what its jobs let a reader wait at first.
        """
        self._running[job] = _Running(rule, title, self.clock())
        if self._planned[rule] > _MOST_LINES_PER_RULE:
            return None
        slow = self._slow_starts.pop(rule, None)
        return f"{self._head()}{title}{f' ({slow})' if slow else ''}"

    def finish(self, job: int) -> str | None:
        """Note that a job has finished; return a line at every tenth of a run with many jobs."""
        if job not in self._running:
            return None
        before = self.n_done
        ran = self._running.pop(job)
        self._took.setdefault(ran.rule, []).append(self.clock() - ran.since)
        if not any(n > _MOST_LINES_PER_RULE for n in self._planned.values()):
            return None
        tenths = [n * _N_MILESTONES // self.n_planned for n in (before, self.n_done)]
        if tenths[0] == tenths[1] or self.n_done == self.n_planned:
            return None
        return f"{self._head()}{self.n_done / self.n_planned:.0%} done"

    @property
    def n_planned(self) -> int:
        """The number of jobs of the run."""
        return sum(self._planned.values())

    @property
    def n_done(self) -> int:
        """The number of jobs that have finished."""
        return sum(map(len, self._took.values()))

    @property
    def seconds(self) -> float:
        """The seconds since the run began."""
        return self.clock() - self._begun

    def status(self) -> str:
        """Return how far the run is, what runs, and the time that is left, in one line."""
        titles = [job.title for job in self._running.values() if job.title]
        more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        parts = [f"{self.n_done}/{self.n_planned}", in_words(self.seconds), self._left()]
        return "  ".join(part for part in (*parts, f"{titles[0]}{more}" if titles else "") if part)

    def seconds_left(self) -> float | None:
        """Return the seconds until the end, or None where a step to come was never run before.

        Steps take what they took in this run, or else in earlier ones. As many run side by side
        as have done so up to this moment.
        """
        here = {rule: sum(took) / len(took) for rule, took in self._took.items()}
        running = Counter(job.rule for job in self._running.values())
        left = 0.0
        for rule, n in self._planned.items():
            n_waiting = n - len(self._took.get(rule, ())) - running[rule]
            each = here.get(rule, self._earlier.get(rule))
            if each is None and n_waiting + running[rule] > 0:
                return None
            left += n_waiting * (each or 0)
        now = self.clock()
        for job in self._running.values():
            each = here.get(job.rule, self._earlier.get(job.rule, 0))
            left += max(each - (now - job.since), 0)
        worked = sum(map(sum, self._took.values()))
        worked += sum(now - job.since for job in self._running.values())
        return left / max(worked / self.seconds if self.seconds > 0 else 1, 1)

    def _left(self) -> str:
        left = self.seconds_left()
        # A step that takes longer than before leaves nothing to say.
        return "" if left is None or left < 1 else f"{in_words(left)} left"

    def _head(self) -> str:
        width = len(str(self.n_planned))
        left = self._left()
        moment = time.strftime("%H:%M:%S", time.localtime(self.clock()))
        return f"{moment}  {self.n_done:{width}}/{self.n_planned}  {f'{left:<18}' if left else ''}"


def in_words(seconds: float) -> str:
    """Return a time as somebody says it.

    Examples
    --------
    >>> in_words(8), in_words(95), in_words(925), in_words(4000)
    ('8 s', '1 min 35 s', '15 min', '1 h 6 min')
    """
    rounded = round(seconds)
    minutes, rest = divmod(rounded, 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    if minutes >= 10:
        return f"{minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
