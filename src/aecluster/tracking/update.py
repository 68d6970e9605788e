"""Bring MLflow up to date: read the records, see what is missing, write it."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aecluster.errors import AeclusterError
from aecluster.records.lineage import Lineage, subject_of
from aecluster.records.progress import read_progress
from aecluster.tracking.connection import artifact_location, connected
from aecluster.tracking.plan import Plan, decide
from aecluster.tracking.runs import WantedRun, live_run, step_runs, variant_runs
from aecluster.tracking.uri import public_uri, resolve_uri
from aecluster.tracking.views import (
    STEPS_NOTE,
    VARIANTS_NOTE,
    missing_tags,
    step_views,
    variant_views,
)

if TYPE_CHECKING:
    from aecluster.tracking.experiment import MlflowExperiment

_NOTHING = {
    "added": 0, "completed": 0, "revived": 0, "superseded": 0, "removed": 0, "deleted": 0,
}  # fmt: skip


def track(
    experiment: str,
    records: Iterable[str | os.PathLike[str]],
    *,
    running: Iterable[str | os.PathLike[str]] | None = None,
    uri: str | None = None,
    migrate: bool = False,
    gives_way: bool = False,
) -> dict[str, Any]:
    """Bring MLflow up to date from the records of an experiment.

    A run is known by the digest of its record: what is there stays, what is missing is added, what
    was half-written is completed, and runs that the records no longer bear out are tagged
    `status=superseded`. Runs of what is no longer in the experiment, such as a representation that
    was taken out of its file, are tagged `status=removed`, and are current again when it returns.
    A run that a person has deleted in MLflow stays deleted as long as its record is the same; so
    does an experiment, until there is something new to write to it. An experiment that a person
    has renamed keeps its runs and gets the new ones.
    So tracking again adds nothing, and a lost database is rebuilt.

    Parameters
    ----------
    experiment : str
        Name in MLflow of the runs of variants; those of steps go to `<experiment>.steps`.
    records : iterable of path-like
        The records of all steps, those of the figures among them; figures and models are found by
        the paths in them, relative to the working directory.
    running : iterable of path-like, optional
        Progress of the steps that run; their runs are finished when there is a record. Runs of
        steps that run no more and left none are marked as failed. Without it every record is
        up to date, and they are all that the experiment has; with it, even if empty, records may be
        missing, variants wait for theirs, and no run is taken for removed.
    uri : str, optional
        MLflow's store; default is `MLFLOW_TRACKING_URI`, else `sqlite:///mlflow.db` with files in
        `mlartifacts` beside it.
    migrate : bool, default=False
        Whether the database of an older MLflow is brought to the form of this one, for good.
    gives_way : bool, default=False
        Whether another process that waits for the store may interrupt this, by `GiveWay`; what is
        half-written then, the next call completes.

    Returns
    -------
    dict
        Receipt in JSON types: `experiment`, `uri` (without credentials), `experiment_ids` (of
        `variants` and `steps`), `added`, `completed`, `revived`, `superseded`, `removed`,
        `deleted` (numbers of runs), `variants`, `steps` (run ids by name).

    Raises
    ------
    RecordError
        If a record is cut short, not a record or, without `running`, missing.
    TrackingError
        If MLflow cannot be reached or refuses.
    """
    records = list(map(Path, records))
    names = both_names(experiment)
    # By the paths, since records may be missing that count: one store of pixels per data set.
    pixels = {path for path in records if path.parts[-2:] == ("pixels", "store.json")}
    names_dataset = len(pixels) > 1
    lineage = Lineage(records, is_growing=running is not None)
    uri = resolve_uri(uri)
    wanted = {
        "variants": (
            names["variants"],
            variant_runs(lineage, names_dataset=names_dataset),
            VARIANTS_NOTE,
            variant_views,
        ),
        "steps": (
            names["steps"],
            step_runs(lineage, names_dataset=names_dataset)
            + _live_runs(running or (), lineage, names_dataset),
            STEPS_NOTE,
            step_views,
        ),
    }
    receipt: dict[str, Any] = {
        "experiment": experiment, "uri": public_uri(uri), "experiment_ids": {}, **_NOTHING,
    }  # fmt: skip
    with connected(uri, may_migrate=migrate, gives_way=gives_way) as client:
        from aecluster.tracking.experiment import MlflowExperiment  # imports MLflow

        for kind, (name, runs, note, views) in wanted.items():
            there = MlflowExperiment(client, name, artifact_location(uri, name))
            receipt["experiment_ids"][kind] = there.id
            found = there.find()
            plan = decide(runs, found, is_whole=running is None)
            if there.is_deleted and plan.changes_anything:
                there.restore()
                # With the experiment its deleted runs come back, whose marks may be outdated.
                found = there.find()
                plan = decide(runs, found, is_whole=running is None)
            receipt[kind] = _carry_out(plan, there)
            for count in _NOTHING:
                receipt[count] += len(getattr(plan, count))
            if not there.is_deleted:
                shown = views([*runs, *(run for run in found if not run.is_deleted)])
                there.tag(missing_tags(there.tags, note, shown, there.created))
    return receipt


def both_names(experiment: str) -> dict[str, str]:
    """Return the names in MLflow of an experiment's `variants` and `steps`."""
    return {"variants": experiment, "steps": f"{experiment}.steps"}


def track_finished(
    experiment: str,
    records: Iterable[str | os.PathLike[str]],
    *,
    uri: str | None = None,
    migrate: bool = False,
) -> str:
    """Track what there is after a run that failed.

    Parameters
    ----------
    experiment, records, uri, migrate
        As for `track`; records may be missing.

    Returns
    -------
    str
        One line that says what was tracked, or why nothing was: the run has failed for another
        reason, which must stay the one that is seen.
    """
    try:
        receipt = track(experiment, records, running=(), uri=uri, migrate=migrate)
    except AeclusterError as error:
        return str(error)
    return f"Finished steps in MLflow: {receipt['added']} added, {len(receipt['steps'])} in all."


def _live_runs(
    running: Iterable[str | os.PathLike[str]], lineage: Lineage, names_dataset: bool
) -> list[WantedRun]:
    """Return the runs of the steps that run: those that left no record since they started."""
    recorded = {
        (entry.record.step, *entry.subject): entry.record.run.finished for entry in lineage.entries
    }
    return [
        live_run(progress, names_dataset=names_dataset)
        for progress in map(read_progress, running)
        if progress is not None
        and progress.started > recorded.get((progress.step, *subject_of(progress)), 0)
    ]


def _carry_out(plan: Plan, there: "MlflowExperiment") -> dict[str, str]:
    """Do what is planned; return the ids of the wanted runs by their names."""
    ids = {run.name: run_id for run_id, run in plan.kept}
    for run in plan.added:
        ids[run.name] = there.add(run)
    for run_id, run in plan.completed:
        there.complete(run_id, run)
        ids[run.name] = run_id
    for run_id, run in plan.continued:
        there.extend(run_id, run)
        ids[run.name] = run_id
    for run_id in plan.revived:
        there.mark(run_id, "current")
    for run in plan.superseded:
        there.abandon(run)
    for run in plan.removed:
        there.remove(run)
    for run_id in plan.failed:
        there.fail(run_id)
    return dict(sorted(ids.items()))
