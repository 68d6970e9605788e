"""Do every fault, let every call fail once, kill the workflow many times; print it as Markdown.

python tests/support/faults_table.py seen.json > docs/reliability.md

What was seen is added to the file as it goes, so that a run that was broken off goes on.
"""

# ruff: noqa: E501, T201 -- it prints a page, with a sentence a line

import argparse
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import h5py
import numpy as np

from anomalies import KINDS, STEPS, tried
from faults import COMMAND, EXPERIMENT, FAULTS, Fault, again, clear, outcome, start
from project import DIGITS, Project

WHOLE = ("--cores", "2", "--configfile", "experiment.yaml")
# Calls that fail until what was seen is written: of tracking they are hundreds.
_MOST_AT_ONCE = 40

_HEAD = """\
# Faults, and what is left after them

Made by `python tests/support/faults_table.py seen.json > docs/reliability.md`, as root, which mounting needs; do not edit.
Each fault is inflicted on a finished run of K-Means on the pixels of the digits, or on a run in progress.
Then the same command is given again.
The last column is one line of what this command said about the fault.
After every fault, the labels and the table of scores were those of an unbroken run, to the last byte.

| fault | how it was injected | what was said |
| --- | --- | --- |
"""

_ANOMALIES = """
## Every call fails once

`python tests/support/anomalies.py STEP CALL` lets the n-th `open`, `write`, `fsync` or `rename` of a step fail, for n = 1, 2, 3 and so on until a run is untouched.
The calls of compiled libraries, such as HDF5 and SQLite, are hit like those of Python: a small library takes the place of the C library's functions (`tests/support/anomaly.c`).
Only calls that concern the project's results, logs and MLflow's store are counted.
A cell has the number of n, and in brackets in how many of them the step did without the call, as where a log or a checkpoint cannot be written, or where SQLite cannot open or sync the folder of its journal; in all others it ended with an error and left no record.
After every n the same step was run again; labels, weights, and the runs in MLflow were then those of an unbroken run.

| step | `open` | `write` | `fsync` | `rename` |
| --- | ---: | ---: | ---: | ---: |
"""

_REPEATED = """
## The same again

The same experiment on the same machine with the same number of threads gives the same labels, weights, embeddings and scores to the last bit: `tests/workflow/test_run.py` runs it a second time, through a kill.
With `--cores 1` instead of 2, which also trains on one thread, scores agree to 1e-6: `tests/workflow/test_threads.py`.
The same test shows that no job has more threads, or uses more of the processor, than `--cores` allows; Snakemake itself and the process that tracks beside a run come on top of the jobs.
`aecluster diff` says in what two records differ.
"""


def kill_until_finished(
    project: Project, moments: Iterator[float], command: Sequence[str] = COMMAND
) -> list[float]:
    """Run from nothing to the end, killed as a whole after each of some seconds.

    Returns the seconds after which it was killed; every run goes on from where the last one died.
    """
    clear(project)
    killed = []
    for moment in moments:
        process = start(project, command)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed.append(moment)
        else:
            assert process.returncode == 0, (project.folder / "said.txt").read_text()
            return killed
    done = project.run(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    return killed


def everything(project: Project) -> dict[str, bytes]:
    """Return labels, vectors, weights and scores of all that an experiment computed."""
    found = {}
    for path in sorted((project.folder / "results").rglob("*")):
        name = str(path.relative_to(project.folder))
        if path.suffix == ".csv":
            found[name] = path.read_bytes()
        elif path.suffix == ".keras":
            with zipfile.ZipFile(path) as model:
                found |= _datasets(name, io.BytesIO(model.read("model.weights.h5")))
        elif path.suffix == ".h5":
            found |= _datasets(name, path)
    return found


def _datasets(name: str, source: Path | io.BytesIO) -> dict[str, bytes]:
    found = {}

    def add(key: str, node: h5py.HLObject) -> None:
        if isinstance(node, h5py.Dataset):
            found[f"{name}/{key}"] = np.asarray(node[()]).tobytes()

    with h5py.File(source) as file:
        file.visititems(add)
    return found


def main() -> None:
    """Print the page; what is being done goes to stderr."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seen", type=Path, help="JSON file of what was seen, made if missing")
    parser.add_argument("--kills", type=int, default=30)
    options = parser.parse_args()
    # Whoever starts this in the background may have these ignored, and so would the runs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    seen = _read(options.seen)
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        finished = Project.create(Path(folder) / "finished", EXPERIMENT)
        again(finished)
        expected = outcome(finished)
        for fault in FAULTS:
            if fault.title not in seen["faults"]:
                print(fault.title, file=sys.stderr, flush=True)
                try:
                    said = _mended(fault, finished.copy(Path(folder) / "project"), expected)
                except Exception:  # the others are to be seen, too
                    traceback.print_exc()
                    failed.append(fault.title)
                else:
                    seen["faults"][fault.title] = said.replace(folder, "...").replace("|", "\\|")
                    options.seen.write_text(json.dumps(seen, indent=2))
                shutil.rmtree(Path(folder) / "project")
        for step in STEPS:
            for kind in KINDS:
                nothing = {"n": 0, "failed": 0, "is_whole": False}
                found = seen["anomalies"].setdefault(step, {}).setdefault(kind, nothing)
                while not found["is_whole"]:
                    print(f"{kind} in {step}, from {found['n'] + 1}", file=sys.stderr, flush=True)
                    _add_anomalies(found, step, kind)
                    options.seen.write_text(json.dumps(seen, indent=2))
        if _n_kills(seen) < options.kills:
            _kill(Path(folder), options.kills, seen, options.seen)
    if failed:
        sys.exit(f"no page: {len(failed)} faults were not mended: {'; '.join(failed)}")
    print(_page(seen), end="")


def _mended(fault: Fault, project: Project, expected: tuple) -> str:
    """Inflict a fault and run the same command; return the line that tells of the fault."""
    said = fault.inflict(project)
    again(project)
    assert outcome(project) == expected
    return said


def _kill(folder: Path, n_kills: int, seen: dict, path: Path) -> None:
    """Kill the whole workflow again and again; add to what was seen."""
    project = Project.create(folder / "whole", DIGITS)
    began = time.monotonic()
    project.make()
    wall = time.monotonic() - began
    expected = everything(project)
    while (left := n_kills - _n_kills(seen)) > 0:
        # Quarters, so that a run is killed more than once before it ends.
        moments = (random.uniform(0, wall / 4) for _ in range(left))  # noqa: S311
        killed = kill_until_finished(project, moments, WHOLE)
        same = everything(project) == expected
        print("killed after", *(f"{moment:.1f}" for moment in killed), "s", file=sys.stderr)
        seen["kills"].append({"wall": wall, "after": killed, "same": same})
        path.write_text(json.dumps(seen, indent=2))


def _cell(found: dict) -> str:
    first = "" if found["is_whole"] else "first "
    return f"{first}{found['n']:,} ({found['n'] - found['failed']:,})"


def _add_anomalies(found: dict, step: str, kind: str) -> None:
    """Let the next calls of a kind fail in a step; add how many failed, and what came of it."""
    first = found["n"] + 1
    attempts = tried(step, kind, range(first, first + _MOST_AT_ONCE))
    hit = [attempt for attempt in attempts if attempt["hit"]]
    assert all(attempt["same"] for attempt in attempts), attempts
    # Done by its record if and only if it ended well.
    assert all(attempt["done"] == (attempt["code"] == 0) for attempt in attempts), attempts
    found["n"] += len(hit)
    found["failed"] += sum(attempt["code"] != 0 for attempt in hit)
    found["is_whole"] = len(hit) < len(attempts)


def _n_kills(seen: dict) -> int:
    return sum(len(chain["after"]) for chain in seen["kills"])


def _read(path: Path) -> dict:
    seen = json.loads(path.read_text()) if path.exists() else {}
    return {"faults": {}, "anomalies": {}, "kills": []} | seen


def _page(seen: dict) -> str:
    rows = [
        f"| {fault.title} | {fault.how} | {seen['faults'][fault.title]} |\n" for fault in FAULTS
    ]
    page = _HEAD + "".join(rows)
    page += _ANOMALIES + "".join(
        f"| `{step}` | {' | '.join(_cell(found[kind]) for kind in KINDS)} |\n"
        for step, found in seen["anomalies"].items()
    )
    if chains := seen["kills"]:
        same = sum(chain["same"] for chain in chains)
        page += f"""
## Killed at random moments

The whole workflow on the digits, training, pictures, report and MLflow included, was started from nothing and killed as a whole by `kill -9`.
The same command was then given again, {_n_kills(seen)} kills in all, each at a moment drawn evenly from the first quarter of the time that an unbroken run takes.
Runs that came to their end in this way: {len(chains)}; of these, with labels, scores, weights and embeddings equal to the last bit to those of an unbroken run: {same}.
"""
    page += _REPEATED
    return page


if __name__ == "__main__":
    main()
