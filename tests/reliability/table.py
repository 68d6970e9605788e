"""Do every fault, kill the workflow many times, and print what was seen as Markdown.

python tests/reliability/table.py seen.json > docs/reliability.md

What was seen is added to the file as it goes, so that a run that was broken off goes on.
"""

# ruff: noqa: E501, T201 -- it prints a page, with a sentence a line

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from faults import EXPERIMENT, FAULTS, again, outcome, start, unlock
from project import Project

_HEAD = """\
# Faults, and what is left after them

Made by `python tests/reliability/table.py seen.json > docs/reliability.md`, as root, which mounting needs; do not edit.
Each fault is done to a finished run of K-Means on the pixels of the digits, or to one that runs.
Then the same command is given again.
The table has one line of what it said about the fault; in every row the labels and the table of scores were afterwards those of an unbroken run, to the last byte.

| fault | how it was injected | what was said |
| --- | --- | --- |
"""


def kill_and_rerun(project: Project, delay: float) -> None:
    """Kill a run that starts from nothing, as a whole and at once, and run it again."""
    process = start(project)
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    unlock(project)
    again(project)


def main() -> None:
    """Print the page; what is being done goes to stderr."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seen", type=Path, help="JSON file of what was seen, made if missing")
    parser.add_argument("--kills", type=int, default=30)
    options = parser.parse_args()
    seen = _read(options.seen)
    with tempfile.TemporaryDirectory() as folder:
        finished = Project.create(Path(folder) / "finished", EXPERIMENT)
        began = time.monotonic()
        again(finished)
        wall = time.monotonic() - began
        expected = outcome(finished)
        for fault in FAULTS:
            if fault.title not in seen["faults"]:
                print(fault.title, file=sys.stderr, flush=True)
                project = finished.copy(Path(folder) / "project")
                said = fault.inflict(project)
                again(project)
                assert outcome(project) == expected
                seen["faults"][fault.title] = said.replace(folder, "...").replace("|", "\\|")
                shutil.rmtree(project.folder)
                options.seen.write_text(json.dumps(seen, indent=2))
        project = finished.copy(Path(folder) / "killed")
        while len(seen["kills"]) < options.kills:
            delay = random.uniform(0, wall)  # noqa: S311
            kill_and_rerun(project, delay)
            seen["kills"].append({"after": delay, "same": outcome(project) == expected})
            print(f"killed after {delay:.1f} s", file=sys.stderr, flush=True)
            options.seen.write_text(json.dumps(seen, indent=2))
    print(_page(seen), end="")


def _read(path: Path) -> dict:
    return json.loads(path.read_text()) if path.exists() else {"faults": {}, "kills": []}


def _page(seen: dict) -> str:
    rows = [
        f"| {fault.title} | {fault.how} | {seen['faults'][fault.title]} |\n" for fault in FAULTS
    ]
    kills = seen["kills"]
    same = sum(kill["same"] for kill in kills)
    page = _HEAD + "".join(rows)
    if kills:
        latest = max(kill["after"] for kill in kills)
        page += f"""
## Killed at random moments

A run that started from nothing was ended as a whole by `kill -9` {len(kills)} times, at moments drawn evenly from an unbroken run (the latest after {latest:.1f} s), and the same command was given again after `snakemake --unlock`.
Labels and scores were those of the unbroken run in {same} of {len(kills)} cases.
"""
    return page


if __name__ == "__main__":
    main()
