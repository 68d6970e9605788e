"""An experiment to hand on: a Workflow Run RO-Crate, made from the records.

A zip archive with the files that people look at and a description of how each of them came about,
as the profile Provenance Run Crate wants it::

    the experiment        CreateAction, by the workflow, of which every step is
    a record              CreateAction, by the step's script: parameters and inputs, outputs and
                          scores, each file with its SHA-256; versions, threads, memory, times
    that it was a step    ControlAction, under one OrganizeAction of Snakemake

Downloads, images and vectors are described and left out: images may not be the sender's to hand
on, and the workflow makes the rest again.

References
----------
S. Leo et al., Recording provenance of workflow runs with RO-Crate, PLoS ONE 19(9), 2024.
"""

import json
import mimetypes
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aecluster.atomic import atomic_write
from aecluster.data.sources import SOURCES
from aecluster.errors import AeclusterError
from aecluster.records.copies import records_and_copies
from aecluster.records.lineage import clusterer_of, is_drawing
from aecluster.records.record import SUBJECT, File, Record, is_unchanged, read_record

if TYPE_CHECKING:
    from rocrate.model.entity import Entity
    from rocrate.rocrate import ROCrate

_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
# Terms of the profile that the context of RO-Crate 1.1 lacks.
_TERMS = {
    "environment": "https://w3id.org/ro/terms/workflow-run#environment",
    "resourceUsage": "https://w3id.org/ro/terms/workflow-run#resourceUsage",
    "sha256": "https://w3id.org/ro/terms/workflow-run#sha256",
}
_DONE = "http://schema.org/CompletedActionStatus"
_SNAKEMAKE = "https://snakemake.github.io"
_WORKFLOW = "Snakefile"
# Beside the workflow itself, where they are.
_ENCLOSED = ("CITATION.cff", "LICENSE", "envs/cpu.txt")
_LEFT_OUT = "store.h5"
_KINDS = {".h5": "application/x-hdf5", ".keras": "application/zip", ".tex": "application/x-tex"}
_UNITS = {"wall_s": "SEC", "peak_mem_mb": "4L", "threads": "C62"}  # of UN/CEFACT, as QUDT has them


def write_crate(experiment: str, path: str | os.PathLike[str]) -> int:
    """Write what an experiment found, and how, as one archive.

    Parameters
    ----------
    experiment : str
        Name of a folder of `results` in the working directory, which is that of the workflow.
    path : path-like
        Of the zip archive, which appears whole or not at all.

    Returns
    -------
    int
        Number of steps.

    Raises
    ------
    AeclusterError
        If there is no such experiment, its results are not of one another, a file is another one
        than recorded, or the working directory has no workflow.
    """
    from rocrate.rocrate import ROCrate

    if not Path(_WORKFLOW).is_file():
        raise AeclusterError(f"{_WORKFLOW}: missing, expected the folder of the workflow")
    records = _records_of(experiment)
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms.update(_TERMS)
    _Writer(crate, experiment, records).write()
    with atomic_write(path) as temporary:
        crate.write_zip(temporary)
    return len(records)


def _records_of(experiment: str) -> dict[str, Record]:
    """Return the records that led to an experiment's tables, and drawings of those, by path."""
    folder = Path("results") / experiment
    records, _ = records_and_copies("results")
    ends = [path for path in records if path.parent == folder]
    if not ends:
        there = sorted(path.parent.name for path in Path("results").glob("*/scores.csv"))
        raise AeclusterError(
            f"{folder}: no results, expected an experiment that has run"
            + (f": {', '.join(there)}" if there else "")
        )
    of_steps = (path for path in records if path.parent.parent != Path("results"))
    known = {str(path): read_record(path) for path in [*of_steps, *ends]}
    producers = {name: path for path, record in known.items() for name in record.outputs}
    found: dict[str, Record] = {}
    open_paths = [str(path) for path in ends]
    while open_paths:
        path = open_paths.pop()
        if path in found:
            continue
        record = found[path] = known[path]
        for name, file in record.inputs.items():
            if name in producers:
                made = known[producers[name]].outputs[name]
                if made.sha256 != file.sha256:
                    raise AeclusterError(
                        f"{path}: made of another {name} than is there, expected results of one "
                        "run; run the workflow again"
                    )
                open_paths.append(producers[name])
            elif name in known:
                open_paths.append(name)
    for path, record in known.items():
        if is_drawing(record) and _shows(record, found, producers):
            found[path] = record
    return dict(sorted(found.items(), key=lambda item: item[1].run.started))


def _shows(drawing: Record, found: Mapping[str, Record], producers: Mapping[str, str]) -> bool:
    return any(name in found or producers.get(name) in found for name in drawing.inputs)


class _Writer:
    """Adds an experiment to a crate."""

    def __init__(self, crate: "ROCrate", experiment: str, records: Mapping[str, Record]):
        self._crate = crate
        self._experiment = experiment
        self._records = records
        self._files: dict[str, Entity] = {}

    def write(self) -> None:
        self._introduce()
        workflow = self._workflow()
        tools = {step: self._tool(step) for step in self._steps()}
        workflow["hasPart"] = list(tools.values())
        how_to = {step: self._how_to(step, i, tools[step]) for i, step in enumerate(tools, 1)}
        workflow["step"] = list(how_to.values())
        controls = []
        for path, record in self._records.items():
            action = self._action(path, record, tools[record.step])
            controls.append(
                self._add(
                    f"#control/{path}",
                    "ControlAction",
                    name=f"Running {_title(record)}",
                    instrument=how_to[record.step],
                    object=action,
                    actionStatus=_DONE,
                )
            )
        self._whole(workflow, controls)

    def _introduce(self) -> None:
        crate = self._crate
        crate.name = f"{self._experiment}: how well images cluster"
        crate.description = (
            f"The experiment {self._experiment} of aecluster: representations of images, their "
            "clusterings, the scores of these, and how each of them was made."
        )
        crate.datePublished = datetime.fromtimestamp(self._last(), UTC)
        crate.license = self._add(
            "https://spdx.org/licenses/MIT",
            "CreativeWork",
            name="MIT License",
            description="Of the workflow, and of what it made here; not of the images.",
        )
        crate.root_dataset["conformsTo"] = [
            self._add(uri, "CreativeWork", name=name, version=uri.rpartition("/")[2])
            for uri, name in _PROFILES.items()
        ]
        for name in filter(os.path.isfile, _ENCLOSED):
            self._enclose(name)
        crate.root_dataset["citation"] = [
            *filter(None, [crate.get("CITATION.cff")]),
            *(
                self._add(f"#citation/{name}", "CreativeWork", name=reference)
                for name, reference in self._references().items()
            ),
        ]

    def _references(self) -> dict[str, str]:
        """Return what to cite for the images, by the name of their source."""
        used = {record.params.get("source") for record in self._records.values()}
        return {
            name: source.reference
            for name, source in SOURCES.items()
            if name in used and source.reference
        }

    def _enclose(self, path: str, **properties: Any) -> "Entity":
        kind = _KINDS.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "text/plain"
        described = {"name": path, "encodingFormat": kind, **properties}
        return self._crate.add_file(path, path, properties=described)

    def _workflow(self) -> "Entity":
        types = ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"]
        workflow = self._crate.add_workflow(
            _WORKFLOW,
            _WORKFLOW,
            main=True,
            lang="snakemake",
            properties={
                "@type": types,
                "name": "aecluster",
                "version": self._version(),
                "encodingFormat": "text/plain",
            },
        )
        for path in sorted(Path("workflow").glob("**/*.smk")):
            self._enclose(str(path))
        return workflow

    def _version(self) -> str:
        versions = {record.run.versions.get("aecluster") for record in self._records.values()}
        commits = {record.run.git_commit for record in self._records.values()}
        return " ".join(sorted(filter(None, [*versions, *commits]))) or "unknown"

    def _steps(self) -> list[str]:
        return list(dict.fromkeys(record.step for record in self._records.values()))

    def _tool(self, step: str) -> "Entity":
        path = Path(f"workflow/scripts/{step}.py")
        properties = {"name": step, "version": self._version(), "programmingLanguage": "Python"}
        if not path.is_file():
            return self._add(f"#tool/{step}", "SoftwareSourceCode", **properties)
        types = {"@type": ["File", "SoftwareSourceCode"]}
        return self._enclose(str(path), **properties, **types)

    def _how_to(self, step: str, position: int, tool: "Entity") -> "Entity":
        return self._add(
            f"{_WORKFLOW}#{step}",
            "HowToStep",
            name=step,
            position=str(position),
            workExample=tool,
        )

    def _action(self, path: str, record: Record, tool: "Entity") -> "Entity":
        run = record.run
        options = [
            self._value(path, "parameter", name, value)
            for name, value in {**_subject(record), **record.params}.items()
        ]
        scores = [self._value(path, "score", name, value) for name, value in record.metrics.items()]
        action = self._add(
            f"#{path}",
            "CreateAction",
            name=_title(record),
            description=f"{_title(record)}, with code {record.code}",
            instrument=tool,
            object=[*map(self._file, *_columns(record.inputs)), *options],
            result=[*map(self._file, *_columns(record.outputs)), self._record(path), *scores],
            startTime=_time(run.started),
            endTime=_time(run.finished),
            actionStatus=_DONE,
            environment=[
                self._value(path, "version", name, version)
                for name, version in run.versions.items()
            ],
            resourceUsage=[
                self._value(path, "usage", name, getattr(run, name), propertyID=name, unitCode=unit)
                for name, unit in _UNITS.items()
            ],
        )
        self._crate.root_dataset.append_to("mentions", action)
        return action

    def _whole(self, workflow: "Entity", controls: list["Entity"]) -> None:
        ends = {
            name: file
            for path, record in self._records.items()
            if Path(path).parts[1] == self._experiment
            for name, file in record.outputs.items()
        }
        made = {name for record in self._records.values() for name in record.outputs}
        begins = {
            name: file
            for record in self._records.values()
            for name, file in record.inputs.items()
            if name not in made and name not in self._records
        }
        command = {record.run.command for record in self._records.values() if record.run.command}
        begun = min(record.run.started for record in self._records.values())
        whole = self._add(
            "#run",
            "CreateAction",
            name=f"The experiment {self._experiment}",
            description="; ".join(sorted(command)) or "Started without a command of its own",
            instrument=workflow,
            object=list(map(self._file, *_columns(begins))),
            result=list(map(self._file, *_columns(ends))),
            startTime=_time(begun),
            endTime=_time(self._last()),
            actionStatus=_DONE,
        )
        self._crate.root_dataset.append_to("mentions", whole)
        engine = self._add(
            _SNAKEMAKE, "SoftwareApplication", name="Snakemake", url=_SNAKEMAKE,
            softwareVersion=self._engine_version(),
        )  # fmt: skip
        self._add(
            "#organized",
            "OrganizeAction",
            name="Snakemake runs the steps",
            instrument=engine,
            object=controls,
            result=whole,
            startTime=_time(begun),
            endTime=_time(self._last()),
        )

    def _engine_version(self) -> str:
        found = {record.run.versions.get("snakemake") for record in self._records.values()}
        return ", ".join(sorted(filter(None, found))) or "9.8 or later"

    def _last(self) -> float:
        return max(record.run.finished for record in self._records.values())

    def _file(self, name: str, file: File) -> "Entity":
        """Return the entity of a file that a step read or wrote, added where it is new."""
        if name in self._records:
            return self._record(name)
        if name not in self._files:
            described = {"name": name, "sha256": file.sha256, "contentSize": str(file.bytes)}
            is_made = any(name in record.outputs for record in self._records.values())
            if is_made and not name.endswith(_LEFT_OUT):
                if not Path(name).is_file() or not is_unchanged(name, file):
                    raise AeclusterError(
                        f"{name}: lost or other than recorded, expected what its step left; run "
                        "the workflow again"
                    )
                self._files[name] = self._enclose(name, **described)
            else:
                self._files[name] = self._add(f"#file/{name}", "CreativeWork", **described)
        return self._files[name]

    def _record(self, path: str) -> "Entity":
        if path not in self._files:
            self._files[path] = self._enclose(path)
        return self._files[path]

    def _value(self, path: str, kind: str, name: str, value: Any, **more: str) -> "Entity":
        text = value if isinstance(value, str | int | float) else json.dumps(value)
        return self._add(f"#{kind}/{path}/{name}", "PropertyValue", name=name, value=text, **more)

    def _add(self, identifier: str, kind: str, **properties: Any) -> "Entity":
        from rocrate.model.contextentity import ContextEntity

        identifier = re.sub(r"[\s<>\"{}|\\^`]", "_", identifier)
        entity = self._crate.add(ContextEntity(self._crate, identifier, {"@type": kind}))
        for name, value in properties.items():
            # RO-Crate wants one thing to stand without a list around it.
            entity[name] = value[0] if isinstance(value, list) and len(value) == 1 else value
        return entity


def _subject(record: Record) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in SUBJECT}
    values["clusterer"] = clusterer_of(record)
    return {name: value for name, value in values.items() if value is not None}


def _title(record: Record) -> str:
    return " ".join([record.step, *(f"{k}={v}" for k, v in _subject(record).items())])


def _columns(files: Mapping[str, File]) -> Iterator[Iterable[Any]]:
    yield list(files)
    yield list(files.values())


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
