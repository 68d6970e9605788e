"""Removing a representation: its folder, the logs and times of its steps, its runs in MLflow."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aecluster.errors import AeclusterError, RecordError
from aecluster.records.record import read_record
from aecluster.tracking.receipt import tracked_in
from aecluster.tracking.retire import retire
from aecluster.tracking.uri import public_uri, resolve_uri
from aecluster.workflow.holder import hold

_RESULTS, _LOGS = Path("results"), Path("logs")
_BENCHMARKS = "benchmarks"
# Behind data set and representation in the name of a log: a seed, or a split with k and seed,
# and before these a clusterer.
_OF_A_STEP = r"(s\d+|(train|test|all)(\.([a-z0-9_]+-)?k\d+-s\d+)?)\.(log|tsv|progress\.jsonl)"


@dataclass(frozen=True)
class Removal:
    """What is removed.

    Attributes
    ----------
    folders : tuple of Path
        ``results/<dataset>/<representation>``.
    files : tuple of Path
        Logs and times of their steps.
    """

    folders: tuple[Path, ...]
    files: tuple[Path, ...]

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """Names of data set and representation."""
        return [(folder.parent.name, folder.name) for folder in self.folders]


def plan_removal(name: str) -> Removal:
    """Return what removing a representation removes.

    Parameters
    ----------
    name : str
        ``<representation>``, of every data set under ``results/`` that has it, or
        ``<dataset>/<representation>``.

    Returns
    -------
    Removal

    Raises
    ------
    AeclusterError
        If there is none of this name, or another representation is made of it.
    """
    known = {_name(folder): folder for folder in sorted(_representations())}
    folders = [folder for full, folder in known.items() if name in (folder.name, full)]
    if not folders:
        raise AeclusterError(
            f"{name}: no such representation under {_RESULTS}/, found {', '.join(known) or 'none'}"
        )
    for other in known.values():
        for folder in folders:
            is_beside = other.parent == folder.parent and other not in folders
            if is_beside and folder.name in _bases(other):
                raise AeclusterError(
                    f"{folder}: {other.name} is made of it, expected that to be removed first"
                )
    files = [file for folder in folders for file in _files_of_steps(folder)]
    return Removal(tuple(folders), tuple(files))


def preview(removal: Removal) -> str:
    """Return what a removal would do, in lines; nothing is changed."""
    lines = [f"{folder}: {_size(folder)}" for folder in removal.folders]
    if removal.files:
        lines.append(
            f"{_LOGS}, {_RESULTS / _BENCHMARKS}: {len(removal.files):,} files of its steps"
        )
    lines += _in_mlflow(removal, really=False)
    return "\n".join([*lines, "Nothing is removed yet: --yes removes it."])


def remove(removal: Removal) -> str:
    """Remove what is planned, and return in lines what was done.

    Raises
    ------
    AeclusterError
        If a run holds the results, a file cannot be removed, or MLflow cannot be reached: then
        nothing is removed.
    """
    hold({folder.parent for folder in removal.folders})
    # First, since they are found by what is there.
    lines = _in_mlflow(removal, really=True)
    try:
        for file in removal.files:
            file.unlink(missing_ok=True)
        for folder in removal.folders:
            shutil.rmtree(folder)
            lines.insert(0, f"{folder}: removed")
    except OSError as error:
        raise AeclusterError(f"{error.filename}: {error.strerror}, expected to remove it") from None
    lines.append(
        "Tables and reports name it until their next run; an experiment file that names it makes "
        "it again."
    )
    return "\n".join(lines)


def _representations() -> Iterator[Path]:
    """Yield the folders of all representations: those that have a record of their own."""
    for dataset in _RESULTS.glob("*"):
        if dataset.name == _BENCHMARKS:
            continue
        for folder in dataset.glob("[a-z]*"):
            if folder.is_dir() and next(folder.rglob("*.json"), None):
                yield folder


def _name(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def _bases(folder: Path) -> set[str]:
    """Return the names of the representations that one is made of."""
    found: set[str] = set()
    for path in folder.glob("s*/*.json"):
        try:
            inputs = [Path(name) for name in read_record(path).inputs]
        except RecordError:
            continue  # its step runs again anyway
        inside = [name for name in inputs if name.is_relative_to(folder.parent)]
        found |= {name.relative_to(folder.parent).parts[0] for name in inside}
    return found - {folder.name}


def _files_of_steps(folder: Path) -> Iterator[Path]:
    subject = re.escape(f"{folder.parent.name}.{folder.name}.")
    for where in (_LOGS, _RESULTS / _BENCHMARKS):
        for file in sorted(where.glob("*/*")):
            if re.fullmatch(subject + _OF_A_STEP, file.name):
                yield file


def _size(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    n_bytes = sum(path.stat().st_size for path in files)
    return f"{len(files):,} files, {n_bytes / 1e6:,.1f} MB"


def _in_mlflow(removal: Removal, *, really: bool) -> list[str]:
    uri = resolve_uri()
    experiments = tracked_in(uri, _RESULTS)
    lines = []
    if experiments:
        n_runs = retire(experiments, removal.subjects, uri=uri, really=really)
        becomes = "are" if really else "become"
        lines.append(f"MLflow at {public_uri(uri)}: {n_runs} runs {becomes} `removed`, and stay")
    elsewhere = sorted(
        {os.fspath(path.parent) for path in _RESULTS.glob("*/tracked.json")}
        - {os.fspath(_RESULTS / name) for name in experiments}
    )
    if elsewhere:
        lines.append(
            f"{', '.join(elsewhere)}: tracked in another store, where runs stay current unless "
            "MLFLOW_TRACKING_URI names it"
        )
    return lines
