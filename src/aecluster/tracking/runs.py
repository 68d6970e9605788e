"""What a run in MLflow shall be, from the records: names, numbers and words.

Two kinds: one run per variant, with every parameter that led to it and its final scores, for people
who compare; and one run per step, with its own parameters, curves and circumstances.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aecluster.comparison.competitors import words_for_k
from aecluster.comparison.order import SHOWN_OF_REPRESENTATIONS
from aecluster.records.lineage import Entry, Lineage, clusterer_of, is_drawing
from aecluster.records.progress import Progress
from aecluster.records.record import SUBJECT, Point, Record, curves_of

# Of runs by a clusterer beside K-Means: a tag, and a parameter.
_CLUSTERER = "clusterer"
# The tags that say which run a later one of the same thing supersedes.
KEY = ("step", *SUBJECT, _CLUSTERER)
# A variant is known by its scores; beside them stand those of its space itself.
_SCORING, _PROBING = "evaluate", "probe"
# The tag with the names of the scores of a representation itself, which MLflow keeps for ever.
PROBED = "probes"


@dataclass(frozen=True)
class Dataset:
    """The images that a run used."""

    name: str
    digest: str
    path: str
    profile: Mapping[str, Any]
    context: str


@dataclass(frozen=True)
class Model:
    """A trained model's file with what MLflow says about it, and the store of its images."""

    path: Path
    images: Path | None
    name: str
    method: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    versions: Mapping[str, str]


@dataclass(frozen=True)
class WantedRun:
    """A run as it shall stand in MLflow.

    Attributes
    ----------
    name : str
        Short and readable: what varies.
    started : float
        UTC seconds since 1970.
    finished : float or None
        None while its step runs.
    params, tags : mapping of str to str
    metrics : mapping of str to float
        Final values, without steps.
    curves : mapping of str to list of Point
    dataset : Dataset or None
    model : Model or None
    pictures : tuple of (Path, str)
        Path and SHA-256.
    """

    name: str
    started: float
    finished: float | None
    params: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    curves: Mapping[str, list[Point]] = field(default_factory=dict)
    dataset: Dataset | None = None
    model: Model | None = None
    pictures: tuple[tuple[Path, str], ...] = ()

    @property
    def key(self) -> tuple[str | None, ...]:
        """What it is a run of: of two with the same key the later is current."""
        return key_of(self.tags)


def key_of(tags: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return what a run with these tags is a run of."""
    return tuple(tags.get(name) for name in KEY)


def variant_runs(lineage: Lineage, *, names_dataset: bool = False) -> list[WantedRun]:
    """Return a run for each variant whose scores follow from the records of the steps before.

    With `names_dataset` the names of runs begin with their data set, to tell several apart.
    """
    probes = {
        (entry.record.dataset, entry.record.representation, entry.record.seed): entry
        for entry in lineage.entries
        if entry.record.step == _PROBING and lineage.chain(entry)
    }
    runs = []
    for entry in lineage.entries:
        if entry.record.step == _SCORING and (chain := lineage.chain(entry)):
            space = entry.record.dataset, entry.record.representation
            # The pixels are the same for every seed.
            probe = probes.get((*space, entry.record.seed)) or probes.get((*space, None))
            runs.append(_variant_run(entry, chain, probe, lineage, names_dataset))
    return runs


def variant_records(lineage: Lineage) -> list[Record]:
    """Return the records that led to the variants which `variant_runs` returns, each once."""
    chains = (lineage.chain(e) or [] for e in lineage.entries if e.record.step == _SCORING)
    return [*{link.digest: link.record for chain in chains for link in chain}.values()]


def step_runs(lineage: Lineage, *, names_dataset: bool = False) -> list[WantedRun]:
    """Return a run for each computing step; what draws is no step of its own."""
    return [
        _step_run(entry, lineage, names_dataset)
        for entry in lineage.entries
        if not is_drawing(entry.record)
    ]


def live_run(progress: Progress, *, names_dataset: bool = False) -> WantedRun:
    """Return the run of a step that is still running."""
    what = " ".join([progress.step, _name(progress, names_dataset)])
    curves = curves_of(progress.history)
    return WantedRun(
        name=what,
        started=progress.started,
        finished=None,
        params=_subject(progress) | _merged_params([progress]),
        tags={
            "step": progress.step,
            **_subject(progress),
            "status": "current",
            "live": repr(progress.started),
            "mlflow.note.content": f"Step {what} is running.",
        },
        metrics={},
        curves={_curve_name(name): points for name, points in curves.items()},
    )


def _variant_run(
    entry: Entry, chain: list[Entry], probe: Entry | None, lineage: Lineage, names_dataset: bool
) -> WantedRun:
    scored = entry.record
    params = _subject(scored) | _merged_params(link.record for link in chain)
    metrics: dict[str, float] = {}
    for link in [*reversed(chain), *([probe] if probe else [])]:
        for name, value in link.record.metrics.items():
            metrics.setdefault(name, value)
    # MLflow's pages show metrics in the order in which they came, and compare by the first of them:
    # scores that compare between representations, then the other scores, then the rest.
    first = [name for name in SHOWN_OF_REPRESENTATIONS if name in scored.metrics]
    metrics = {name: metrics[name] for name in dict.fromkeys([*first, *metrics])}
    metrics["wall_s"] = sum(link.record.run.wall_s for link in chain)
    # The parameters count too: a step that ran again with others may leave the same bytes.
    identity = hashlib.sha256(json.dumps([entry.digest, params]).encode()).hexdigest()[:32]
    pictures = [picture for link in chain for picture in lineage.pictures(link)]
    # As a picture, a probe may come after the scores: it completes the run, which stays the same.
    probed = [(Path("probe.json"), probe.digest)] if probe else []
    return WantedRun(
        name=_name(scored, names_dataset),
        started=min(link.record.run.started for link in chain),
        finished=scored.run.finished,
        params=params,
        tags=_tags(scored, identity, [*pictures, *probed], _variant_note(scored))
        | {"step": "variant"}
        | ({PROBED: " ".join(probe.record.metrics)} if probe else {}),
        metrics=metrics,
        dataset=_dataset(chain, context=scored.split or "clustering"),
        pictures=tuple(pictures),
    )


def _step_run(entry: Entry, lineage: Lineage, names_dataset: bool) -> WantedRun:
    record = entry.record
    run = record.run
    pictures = list(lineage.pictures(entry))
    dataset = _dataset(
        lineage.chain(entry) or [],
        "training" if record.step == "train" else record.split or record.step,
    )
    system = {"threads": str(run.threads), "code": record.code} | {
        f"version/{name}": version for name, version in run.versions.items()
    }
    if run.machine is not None:
        system["machine"] = run.machine
    return WantedRun(
        name=" ".join([record.step, _name(record, names_dataset)]),
        started=run.started,
        finished=run.finished,
        params=_subject(record) | _merged_params([record]),
        tags=_tags(record, entry.digest, pictures, _step_note(record, names_dataset)) | system,
        metrics={**record.metrics, "wall_s": run.wall_s, "peak_mem_mb": run.peak_mem_mb},
        curves={_curve_name(name): points for name, points in record.curves.items()},
        dataset=dataset,
        model=_model(record, dataset),
        pictures=tuple(pictures),
    )


def _subject(record: Record | Progress) -> dict[str, str]:
    values = {name: getattr(record, name) for name in SUBJECT}
    values[_CLUSTERER] = clusterer_of(record)
    return {name: str(value) for name, value in values.items() if value is not None}


def _merged_params(steps: Iterable[Record | Progress]) -> dict[str, str]:
    """Return the parameters of all steps; a second value of a name is put under `<step>_<name>`."""
    merged: dict[str, str] = {}
    for step in steps:
        for name, value in _flat(step.params):
            if merged.setdefault(name, value) != value:
                merged[f"{step.step}_{name}"] = value
    return merged


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}_")
        else:
            yield prefix + name, value if isinstance(value, str) else json.dumps(value)


def _tags(
    record: Record, identity: str, pictures: list[tuple[Path, str]], note: str
) -> dict[str, str]:
    run = record.run
    tags = {
        "step": record.step,
        **_subject(record),
        "status": "current",
        # A column of MLflow's table, like its user and its commit.
        "mlflow.source.name": "Snakefile",
        "mlflow.source.type": "LOCAL",
        "record": identity,
        "pictures": _pictures_digest(pictures),
        "mlflow.note.content": note,
    }
    if run.git_commit is not None:
        tags["git_commit"] = tags["mlflow.source.git.commit"] = run.git_commit
        tags["git_dirty"] = json.dumps(run.git_dirty)
    if run.command is not None:
        tags["command"] = run.command
    return tags


def _pictures_digest(pictures: list[tuple[Path, str]]) -> str:
    named = sorted((path.name, sha256) for path, sha256 in pictures)
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:32]


def _variant_note(record: Record) -> str:
    rows = "\n".join(f"| {name} | {value:.6g} |" for name, value in record.metrics.items())
    size = ""
    if "n" in record.details:
        size = f" ({record.details['n']:,} vectors of {record.details['d']:,} values)"
    scores = " and ".join(f"{name} {value:.4f}" for name, value in [*record.metrics.items()][:2])
    how = "K-Means" if clusterer_of(record) is None else f"Clusterer {clusterer_of(record)}"
    return (
        f"{how} with {words_for_k(record.k)} and seed {record.seed} on {record.representation} of "
        f"{record.dataset}, split {record.split}{size}. It scores {scores}.\n\n"
        f"| score | value |\n| --- | --- |\n{rows}\n{_command(record)}"
    )


def _step_note(record: Record, names_dataset: bool) -> str:
    run = record.run
    return (
        f"Step {record.step} of {_name(record, names_dataset)}. It took {run.wall_s:.1f} s and "
        f"{run.peak_mem_mb:,.0f} MB on {run.threads} threads.\n{_command(record)}"
    )


def _command(record: Record) -> str:
    return f"\n```\n{record.run.command}\n```\n" if record.run.command else ""


def _name(record: Record | Progress, names_dataset: bool) -> str:
    parts = [record.dataset] if names_dataset or not record.representation else []
    parts += [record.representation] if record.representation else []
    parts += [clusterer] if (clusterer := clusterer_of(record)) else []
    parts += [
        f"{name}={value}" for name in ("k", "seed") if (value := getattr(record, name)) is not None
    ]
    return " ".join(parts)


def _curve_name(name: str) -> str:
    split, _, rest = name.partition("_")
    return f"test/{rest}" if split == "test" else f"train/{name}"


def _dataset(chain: list[Entry], context: str) -> Dataset | None:
    for entry in chain:
        if entry.record.step == "preprocess":
            [(path, file)] = entry.record.outputs.items()
            # MLflow allows 36 characters.
            return Dataset(
                entry.record.dataset, file.sha256[:36], path, entry.record.details, context
            )
    return None


def _model(record: Record, dataset: Dataset | None) -> Model | None:
    for name in record.outputs:
        if name.endswith(".keras"):
            layers = record.details["layers"]
            return Model(
                path=Path(name),
                images=Path(dataset.path) if dataset else None,
                name=str(record.representation),
                method=record.params["method"],
                input_shape=tuple(layers[0]["output_shape"]),
                output_shape=tuple(layers[-1]["output_shape"]),
                versions=record.run.versions,
            )
    return None
