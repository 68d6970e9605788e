"""MLflow itself: what runs there are, and how a run is written.

Always through `MlflowClient` with explicit run ids: the fluent interface keeps one run per
thread. Every write may be repeated: a run is marked as finished last, and until then the next
`track` writes it again, over what is there.
"""

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    InputTag,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    Param,
    RunTag,
    ViewType,
)

from aecluster.tracking.model import write_model
from aecluster.tracking.plan import FoundRun
from aecluster.tracking.runs import PROBED, Model, WantedRun, key_of
from aecluster.tracking.views import IDENTITY

_PAGE = 1000


class MlflowExperiment:
    """One experiment of an MLflow store.

    Parameters
    ----------
    client : MlflowClient
    name : str
        It is made if it is not there. One that a person has renamed in MLflow is still known.
    artifacts : str or None
        Where its files go; None leaves that to the server.

    Attributes
    ----------
    id : str
    is_deleted : bool
        Whether a person has deleted it: nothing can be written to it until `restore`.
    tags : mapping of str to str
        As they were found.
    created : int
        When it was made, in milliseconds since 1970.
    """

    def __init__(self, client: MlflowClient, name: str, artifacts: str | None):
        self._client = client
        experiment = client.get_experiment_by_name(name) or self._renamed(name)
        if experiment is None:
            created = client.create_experiment(
                name, artifact_location=artifacts, tags={IDENTITY: name}
            )
            experiment = client.get_experiment(created)
        self.id = experiment.experiment_id
        self.is_deleted = experiment.lifecycle_stage == "deleted"
        self._identity = name
        self.tags = experiment.tags
        self.created = experiment.creation_time

    def _renamed(self, name: str) -> Experiment | None:
        found = self._client.search_experiments(
            ViewType.ALL, filter_string=f"tags.`{IDENTITY}` = '{name}'"
        )
        return found[0] if found else None

    def restore(self) -> None:
        """Undo the deletion of the experiment; MLflow brings back all of its runs with it."""
        self._client.restore_experiment(self.id)
        self.is_deleted = False

    def find(self) -> list[FoundRun]:
        """Return the runs that were tracked here, the oldest first, deleted ones among them."""
        runs, token = [], None
        while True:
            page = self._client.search_runs(
                [self.id],
                run_view_type=ViewType.ALL,
                max_results=_PAGE,
                order_by=["attributes.start_time ASC"],
                page_token=token,
            )
            runs += [_found(run) for run in page if run.data.tags.keys() & {"record", "live"}]
            token = page.token
            if not token:
                return runs

    def tag(self, tags: Mapping[str, str]) -> None:
        """Set tags of the experiment itself."""
        for name, value in tags.items():
            self._client.set_experiment_tag(self.id, name, value)
        if IDENTITY not in self.tags:
            self._client.set_experiment_tag(self.id, IDENTITY, self._identity)

    def add(self, run: WantedRun) -> str:
        """Write a run that is not there and return its id."""
        created = self._client.create_run(
            self.id, start_time=_milliseconds(run.started), tags=dict(run.tags), run_name=run.name
        )
        self._fill(created.info.run_id, run)
        return created.info.run_id

    def complete(self, run_id: str, run: WantedRun) -> None:
        """Write all of a run over what is there of it."""
        self._fill(run_id, run)

    def extend(self, run_id: str, run: WantedRun) -> None:
        """Write the points that the curves of a running step have got since the last time."""
        for name in list(run.curves)[:1]:
            there = self._client.get_metric_history(run_id, name)
            last = max((point.step for point in there), default=0)
            points = [point for point in _metrics(run) if point.step > last]
            if points:
                self._client.log_batch(run_id, metrics=points)
                self._client.update_run(run_id, status="RUNNING")

    def fail(self, run_id: str) -> None:
        """Mark the run of a step that left no record as failed."""
        self._client.set_terminated(run_id, "FAILED")

    def mark(self, run_id: str, status: str) -> None:
        """Set the tag `status` of a run: current, superseded or removed."""
        self._client.set_tag(run_id, "status", status)

    def abandon(self, run: FoundRun) -> None:
        """Mark a run as superseded; one that was never finished will not be."""
        self.mark(run.run_id, "superseded")
        if not run.is_finished:
            self._client.set_terminated(run.run_id, "KILLED")

    def remove(self, run: FoundRun) -> None:
        """Mark a run as removed; one that was half-written will not be finished."""
        self.mark(run.run_id, "removed")
        if run.is_running:
            self._client.set_terminated(run.run_id, "KILLED")

    def _fill(self, run_id: str, run: WantedRun) -> None:
        for path, _ in run.pictures:
            self._client.log_artifact(run_id, str(path), "figures")
        if run.dataset is not None:
            self._client.log_inputs(run_id, [_dataset_input(run)])
        if run.model is not None and run.model.path.is_file():
            self._add_model(run_id, run.model, run.params)
        # The tags come behind the pictures: one of them says which pictures are there.
        self._client.log_batch(
            run_id,
            metrics=list(_metrics(run)),
            params=[Param(name, value) for name, value in run.params.items()],
            tags=[RunTag(name, value) for name, value in run.tags.items()],
        )
        if run.finished is not None:
            self._client.set_terminated(run_id, "FINISHED", _milliseconds(run.finished))

    def _add_model(self, run_id: str, model: Model, params: Mapping[str, str]) -> None:
        there = self._client.search_logged_models(
            [self.id], filter_string=f"source_run_id = '{run_id}'"
        )
        logged = (
            there[0]
            if there
            else self._client.create_logged_model(
                self.id,
                name=model.name,
                source_run_id=run_id,
                params=dict(params),
                model_type=model.method,
            )
        )
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "model"
            write_model(model, folder)
            self._client.log_model_artifacts(logged.model_id, str(folder))
        self._client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
        if not self._client.get_run(run_id).outputs.model_outputs:
            self._client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])


def _found(run) -> FoundRun:
    tags = run.data.tags
    return FoundRun(
        run_id=run.info.run_id,
        key=key_of(tags),
        record=tags.get("record", ""),
        pictures=tags.get("pictures", ""),
        status=tags.get("status", ""),
        is_finished=run.info.status == "FINISHED",
        is_running=run.info.status == "RUNNING",
        is_deleted=run.info.lifecycle_stage == "deleted",
        live=float(tags["live"]) if "live" in tags else None,
        params=run.data.params,
        metrics=run.data.metrics,
        probes=frozenset(tags.get(PROBED, "").split()),
    )


def _metrics(run: WantedRun) -> Iterable[Metric]:
    for name, value in run.metrics.items():
        yield Metric(name, value, _milliseconds(run.finished), step=0)
    for name, points in run.curves.items():
        for point in points:
            yield Metric(name, point.value, _milliseconds(point.time), point.step)


def _dataset_input(run: WantedRun) -> DatasetInput:
    dataset = run.dataset
    return DatasetInput(
        Dataset(
            name=dataset.name,
            digest=dataset.digest,
            source_type="local",
            source=json.dumps({"uri": dataset.path}),
            profile=json.dumps(dataset.profile),
        ),
        [InputTag("mlflow.data.context", dataset.context)],
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
