"""What MLflow lacks: a pure decision, carried out by `experiment`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aecluster.tracking.runs import WantedRun


@dataclass(frozen=True)
class FoundRun:
    """A run that stands in MLflow.

    Attributes
    ----------
    run_id : str
    key : tuple
        What it is a run of.
    record, pictures : str
        Digests of what it was made from; empty while its step runs.
    status : str
        `current`, `superseded` by another run of the same thing, or `removed` from the experiment.
    is_finished, is_running : bool
    is_deleted : bool
        Whether a person has deleted it; MLflow keeps it, but lets nobody write to it.
    live : float or None
        When its step started, if it was seen running, in UTC seconds since 1970.
    params : mapping of str to str
    metrics : mapping of str to float
    probes : frozenset of str
        Which of the metrics are scores of the representation itself.
    """

    run_id: str
    key: tuple[str | None, ...]
    record: str
    pictures: str
    status: str
    is_finished: bool
    is_running: bool = False
    is_deleted: bool = False
    live: float | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    probes: frozenset[str] = frozenset()


@dataclass
class Plan:
    """What must happen, in this order.

    Attributes
    ----------
    added : list of WantedRun
        Not there, or only with scores that are wanted no more: MLflow takes none away from a run.
    completed : list of (str, WantedRun)
        Half-written, or with other pictures; by run id.
    continued : list of (str, WantedRun)
        Of a step that runs; by run id.
    revived : list of str
        Superseded or removed, and current again since its record is back.
    superseded : list of FoundRun
        No longer what the records say.
    removed : list of FoundRun
        Of what is no longer in the experiment.
    failed : list of str
        Of a step that runs no more, and left no record.
    kept : list of (str, WantedRun)
        As they shall be.
    deleted : list of WantedRun
        A person has deleted them, and their result is the same: they stay deleted.
    """

    added: list[WantedRun] = field(default_factory=list)
    completed: list[tuple[str, WantedRun]] = field(default_factory=list)
    continued: list[tuple[str, WantedRun]] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)
    superseded: list[FoundRun] = field(default_factory=list)
    removed: list[FoundRun] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    kept: list[tuple[str, WantedRun]] = field(default_factory=list)
    deleted: list[WantedRun] = field(default_factory=list)

    @property
    def changes_anything(self) -> bool:
        """Whether there is something to write."""
        kinds = (self.added, self.completed, self.continued, self.revived)
        return any(map(len, (*kinds, self.superseded, self.removed, self.failed)))


def decide(
    wanted: Iterable[WantedRun], found: Iterable[FoundRun], *, is_whole: bool = False
) -> Plan:
    """Decide what makes the runs that are there the runs that shall be there.

    A run is known by the digest of its record; until there is one, by when its step started.
    Of runs with the same key only the wanted one stays current.

    Parameters
    ----------
    wanted : iterable of WantedRun
    found : iterable of FoundRun
    is_whole : bool, default=False
        Whether the wanted runs are all that the experiment has. If not, runs whose key is not
        wanted stay as they are: their steps may be about to run.

    Returns
    -------
    Plan
    """
    found = list(found)
    by_record: dict[str, list[FoundRun]] = defaultdict(list)
    for run in found:
        if run.record:
            by_record[run.record].append(run)
    live = [run for run in found if run.live is not None and not run.is_finished]
    plan = Plan()
    current: dict[tuple[str | None, ...], str | None] = {}
    for run in wanted:
        there = _of_record(run, by_record[run.tags.get("record", "")], is_whole=is_whole)
        there = there or _seen_running(run, live)
        current[run.key] = there.run_id if there else None
        if there is None:
            plan.added.append(run)
            continue
        if there.is_deleted:
            plan.deleted.append(run)
            continue
        if run.finished is None:
            plan.continued.append((there.run_id, run))
            continue
        is_written = there.is_finished and there.pictures == run.tags["pictures"]
        (plan.kept if is_written else plan.completed).append((there.run_id, run))
        if is_written and there.status != "current":
            plan.revived.append(there.run_id)
    plan.superseded = [
        run
        for run in found
        if not run.is_deleted
        and run.status in ("current", "removed")
        and run.key in current
        and run.run_id != current[run.key]
    ]
    if is_whole:
        plan.removed = [
            run
            for run in found
            if not run.is_deleted
            and run.status == "current"
            and run.key not in current
            and not (run.live is not None and run.is_running)  # it has failed just now
        ]
    settled = [*plan.superseded, *plan.removed]
    standing = {*current.values(), *(run.run_id for run in settled)}
    plan.failed = [
        run.run_id
        for run in live
        if run.is_running and not run.is_deleted and run.run_id not in standing
    ]
    return plan


def _of_record(run: WantedRun, same: Iterable[FoundRun], *, is_whole: bool) -> FoundRun | None:
    """Return which run stands for a record, of those that were made of it, if one does.

    It is one that is not deleted, if there is one, of those one with the same pictures and probes,
    and of those the current one. One with scores of probes stands for nothing where the experiment
    probes no more.
    """
    standing = [one for one in same if not is_whole or one.probes <= run.metrics.keys()]
    pictures = run.tags.get("pictures")
    return min(
        standing,
        key=lambda one: (one.is_deleted, one.pictures != pictures, one.status != "current"),
        default=None,
    )


def _seen_running(run: WantedRun, live: list[FoundRun]) -> FoundRun | None:
    """Return the run that was begun while the step ran, if there is one."""
    finished = run.started if run.finished is None else run.finished
    for there in live:
        if there.key == run.key and run.started <= there.live <= finished:
            return there
    return None
