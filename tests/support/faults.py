"""The faults: each is done to a finished experiment, or to one that runs, and then mended.

A fault is a function of a project. It breaks something, runs the same command again, and returns
the line that tells a user about it. That the command then ends, with the labels and scores of an
unbroken run, is checked after each of them.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from project import Project  # the projects that the workflow's own tests run

EXPERIMENT = {
    "experiment": "demo",
    "dataset": {"name": "digits", "source": "digits"},
    "representations": {"pixels": {"method": "pixels"}},
    "clustering": {"k": [10]},
}
# The same with another clustering.
OTHERWISE = EXPERIMENT | {"clustering": {"k": [10], "n_init": 2}}
COMMAND = ["--cores", "2", "--configfile", "experiment.yaml", "--until", "collect_scores"]
FOLDER = "results/digits/pixels"
STORE = f"{FOLDER}/store.h5"
CLUSTERING = f"{FOLDER}/test/k10-s0.h5"
RECORD = f"{FOLDER}/test/k10-s0.json"
SCORES = f"{FOLDER}/test/k10-s0.scores.json"
TABLE = "results/demo/scores.csv"


@dataclass(frozen=True)
class Fault:
    """What is broken, how, and by which function."""

    title: str
    how: str
    inflict: Callable[[Project], str]


FAULTS: list[Fault] = []


def fault(title: str, how: str):
    """Add a function to the faults."""

    def add(inflict: Callable[[Project], str]):
        FAULTS.append(Fault(title, how, inflict))
        return inflict

    return add


def outcome(project: Project) -> tuple[list[int], str]:
    """Return what may not depend on any fault: the labels, and the table of scores."""
    with h5py.File(project.folder / CLUSTERING) as clustering:
        return clustering["labels"][:].tolist(), (project.folder / TABLE).read_text()


def again(project: Project) -> str:
    """Run the same command to its end and return all that it said."""
    # No fault is in the process that tracks beside the run, which takes longer to start than that.
    done = project.run(*COMMAND, "--no-hooks")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def failed(project: Project, *arguments: str, **environment: str) -> str:
    """Run the same command, which must end with an error, and return all that it said."""
    done = project.run(*COMMAND, *arguments, **environment)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said, said
    return said


def line(said: str, pattern: str) -> str:
    """Return the line that says it."""
    lines = [text.strip() for text in said.splitlines() if re.search(pattern, text)]
    assert lines, f"{pattern!r} is not in:\n{said}"
    return lines[0]


def step(said: str, words: str) -> str:
    """Return the step that ran, from these words on; the time stands before them."""
    found = line(said, words)
    return found[found.index(words) :]


def untouched(project: Project) -> str:
    """Run the same command, which must find every result up to date."""
    line(again(project), "Nothing to be done")
    return "no step is run again"


def clear(project: Project) -> None:
    """Remove all that runs have left."""
    for name in ("results", "logs", ".snakemake"):
        shutil.rmtree(project.folder / name, ignore_errors=True)
    (project.folder / "mlflow.db").unlink(missing_ok=True)


def start(project: Project, command: Sequence[str] = COMMAND) -> subprocess.Popen:
    """Start the workflow in a process group of its own."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("snakemake"), *command],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": str(project.folder / "src")},
        stdout=(project.folder / "said.txt").open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def wait_for(condition: Callable[[], object], seconds: float = 120) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def running_step(project: Project, rule: str = r"\w+") -> int | None:
    """Return the process that runs the script of a rule."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            folder = (process / "cwd").readlink()
        except OSError:
            continue
        script = rf"/\w+\.{rule}\.py$".encode()
        if folder == project.folder and any(re.search(script, word) for word in command):
            return int(process.name)
    return None


def interrupted(project: Project, number: int, rule: str = r"\w+") -> str:
    """Signal a run that starts from nothing, as a whole, while a step runs; return what it said."""
    clear(project)
    process = start(project)
    wait_for(lambda: running_step(project, rule))
    os.killpg(process.pid, number)
    assert process.wait() != 0
    return (project.folder / "said.txt").read_text()


# --- files that are lost or damaged ---


@fault("an output is lost", f"`rm {CLUSTERING}`")
def lose_output(project):
    (project.folder / CLUSTERING).unlink()
    return line(again(project), "is lost: made again")


@fault("an output is cut short", f"`truncate -s 100 {CLUSTERING}`")
def cut_output(project):
    os.truncate(project.folder / CLUSTERING, 100)
    return line(again(project), "set aside")


@fault("an output is empty", f"`truncate -s 0 {CLUSTERING}`")
def empty_output(project):
    os.truncate(project.folder / CLUSTERING, 0)
    return line(again(project), "set aside")


@fault("something is appended to an output", f"`echo more >> {CLUSTERING}`")
def append_to_output(project):
    with (project.folder / CLUSTERING).open("a") as file:
        file.write("more\n")
    return line(again(project), "set aside")


@fault("the store is lost", f"`rm {STORE}`")
def lose_store(project):
    (project.folder / STORE).unlink()
    return step(again(project), "Reading the images")


@fault("the store is cut short", f"`truncate -s 5000 {STORE}`")
def cut_store(project):
    os.truncate(project.folder / STORE, 5000)
    return line(again(project), "set aside")


@fault(
    "the store is overwritten in its own length",
    f"zeros over all of {STORE}",
)
def overwrite_store(project):
    path = project.folder / STORE
    path.write_bytes(bytes(path.stat().st_size))
    return line(again(project), "found other content")


@fault("a record is lost", f"`rm {RECORD}`")
def lose_record(project):
    (project.folder / RECORD).unlink()
    return step(again(project), "K-Means on")


@fault("a record is cut short", f"`truncate -s 50 {RECORD}`")
def cut_record(project):
    os.truncate(project.folder / RECORD, 50)
    return line(again(project), "set aside")


@fault("a record is empty, as after a power cut", f"`truncate -s 0 {SCORES}`")
def empty_record(project):
    os.truncate(project.folder / SCORES, 0)
    return line(again(project), "set aside")


@fault("a record is some other JSON", f"`echo '[]' > {SCORES}`")
def strange_record(project):
    (project.folder / SCORES).write_text("[]\n")
    return line(again(project), "set aside")


@fault("the table of scores is lost", f"`rm {TABLE}`")
def lose_table(project):
    (project.folder / TABLE).unlink()
    return step(again(project), "Collecting the scores")


@fault("all results are lost", "`rm -r results`")
def lose_results(project):
    shutil.rmtree(project.folder / "results")
    return step(again(project), "Reading the images")


@fault("Snakemake's own notes are lost", "`rm -r .snakemake`")
def lose_notes(project):
    shutil.rmtree(project.folder / ".snakemake")
    return untouched(project)


@fault(
    "Snakemake's own notes are empty, as after a power cut",
    "`truncate -s 0` of all files under `.snakemake/metadata`",
)
def empty_notes(project):
    for path in (project.folder / ".snakemake/metadata").iterdir():
        os.truncate(path, 0)
    return untouched(project)


@fault("a partial file of a dead process lies about", f"`touch {FOLDER}/.partial-1-store.h5`")
def leave_partial(project):
    (project.folder / FOLDER / ".partial-1-store.h5").touch()
    return untouched(project)


@fault("an output is a link to nowhere", f"`ln -sf nowhere {CLUSTERING}`")
def link_to_nowhere(project):
    path = project.folder / CLUSTERING
    path.unlink()
    path.symlink_to("nowhere")
    return line(again(project), "set aside")


@fault("all logs are lost", "`rm -r logs`")
def lose_logs(project):
    shutil.rmtree(project.folder / "logs")
    return untouched(project)


# --- files in the place of others ---


@fault(
    "a table of more variants than the experiment has, without Snakemake's notes",
    "k = 5 added, run, taken out again; `rm -r .snakemake`",
)
def take_out_variant(project):
    more = EXPERIMENT | {"clustering": {"k": [10, 5]}}
    project.write(more)
    again(project)
    project.write(EXPERIMENT)
    shutil.rmtree(project.folder / ".snakemake")
    return line(again(project), r"scores\.json: changed: k ")


@fault(
    "a clustering of another representation lies in the place of ours",
    f"record and output copied from `{FOLDER}` to that of `pca`",
)
def copy_clustering(project):
    more = {"pixels": {"method": "pixels"}, "pca": {"method": "pca", "n_components": 8}}
    project.write(EXPERIMENT | {"representations": more})
    again(project)
    table = (project.folder / TABLE).read_text()
    for name in (CLUSTERING, RECORD):
        shutil.copy2(project.folder / name, project.folder / name.replace("pixels", "pca"))
    said = line(again(project), "representation pixels -> pca")
    assert (project.folder / TABLE).read_text() == table
    project.write(EXPERIMENT)
    return said


@fault(
    "a table is left of other clusterings than are there",
    "`n_init: 2` and `--until kmeans`, then the table is read",
)
def read_older_table(project):
    project.write(OTHERWISE)
    done = project.run(*COMMAND, "--until", "kmeans")
    assert done.returncode == 0, done.stderr
    project.write(EXPERIMENT)
    return line(done.stdout + done.stderr, "there is no table to show")


@fault(
    "older tables and their records are put back from a backup",
    "`results/demo` kept, `n_init: 2`, run, put back",
)
def put_older_tables_back(project):
    tables = [path for path in _results(project) if path.parent.name == "demo"]
    older = {path: path.read_bytes() for path in tables}
    project.write(OTHERWISE)
    again(project)
    table = (project.folder / TABLE).read_text()
    for path, content in older.items():
        path.write_bytes(content)
    said = line(again(project), r"scores\.json: changed: ")
    assert (project.folder / TABLE).read_text() == table
    project.write(EXPERIMENT)
    return said


@fault(
    "half of the results are those of another run",
    "results kept, `n_init: 2`, run, every second file put back",
)
def put_half_back(project):
    older = {path: path.read_bytes() for path in _results(project)}
    project.write(OTHERWISE)
    again(project)
    other = outcome(project)
    for path in [*older][::2]:
        path.write_bytes(older[path])
    said = line(again(project), "set aside")
    assert outcome(project) == other
    project.write(EXPERIMENT)
    return said


@fault(
    "a client that synchronizes folders has left copies beside the results",
    "each file copied to `<name> (conflicted copy).<suffix>`",
)
def leave_conflicted_copies(project):
    for path in _results(project):
        stem, _, suffixes = path.name.partition(".")
        shutil.copy2(path, path.with_name(f"{stem} (conflicted copy).{suffixes}"))
    shown = project.run("runs", program="aecluster").stdout
    assert len(re.findall("^pixels k=10 seed=0", shown, re.MULTILINE)) == 1, shown
    return untouched(project)


@fault(
    "an older clustering comes back while the run goes on",
    f"`n_init: 2`, and the `{CLUSTERING}` from before moved there as soon as K-Means is done",
)
def put_back_while_it_runs(project):
    older = project.folder / "older.h5"
    shutil.copy2(project.folder / CLUSTERING, older)
    project.write(OTHERWISE)
    process = start(project)
    wait_for(lambda: _params(project).get("n_init") == 2 or process.poll() is not None)
    older.replace(project.folder / CLUSTERING)
    assert process.wait() == 0, (project.folder / "said.txt").read_text()
    project.write(EXPERIMENT)
    return line((project.folder / "said.txt").read_text(), "replaced while the run went on")


def _results(project: Project) -> list[Path]:
    """Return all files of the results but Snakemake's own and the lock."""
    found = sorted((project.folder / "results").rglob("*"))
    return [path for path in found if path.is_file() and path.suffix in (".h5", ".json", ".csv")]


def _params(project: Project) -> dict:
    """Return what a clustering was made with, if it is there."""
    try:
        return json.loads((project.folder / RECORD).read_text())["params"]
    except OSError:
        return {}


@fault(
    "the images' file is replaced while it is read",
    "another `mine.npz` moved over it while `preprocess` runs",
)
def replace_source(project):
    images = np.random.default_rng(0).integers(0, 256, (2, 4000, 64, 64), dtype=np.uint8)
    for name, X in zip(("mine", "other"), images, strict=True):
        np.savez_compressed(project.folder / f"{name}.npz", X=X)
    own = {"name": "own", "source": "arrays", "path": "mine.npz"}
    project.write(EXPERIMENT | {"experiment": "own", "dataset": own})
    process = start(project)
    wait_for(lambda: [*(project.folder / "results/own/pixels").glob(".partial-*")])
    (project.folder / "other.npz").replace(project.folder / "mine.npz")
    assert process.wait() != 0
    project.write(EXPERIMENT)
    assert not (project.folder / "results/own/pixels/store.json").exists()
    return line((project.folder / "said.txt").read_text(), "replaced while it was read")


@fault(
    "the experiment's file is edited while jobs wait in a queue",
    "a job begins, as a scheduler starts it, after `n_init: 2` was written",
)
def edit_experiment(project):
    project.write(OTHERWISE)
    said = failed(project, "--mode", "subprocess", AECLUSTER_EXPERIMENT="that of the run")
    project.write(EXPERIMENT)
    return line(said, "has changed since the run began")


@fault(
    "Snakemake is told that results are of another experiment file than they are",
    "`n_init: 2`, `--touch`, then the same command",
)
def touch_results_of_others(project):
    project.write(OTHERWISE)
    done = project.run(*COMMAND, "--touch")
    assert done.returncode == 0, done.stderr
    said = again(project)
    assert json.loads((project.folder / RECORD).read_text())["params"]["n_init"] == 2
    project.write(EXPERIMENT)
    return line(said, "n_init 1 -> 2")


# --- clocks and places ---


def _touch_all(project: Project, when: float) -> str:
    for path in (project.folder / "results").rglob("*"):
        os.utime(path, (when, when))
    return untouched(project)


@fault("the clock was a year ahead", "`touch -d '1 year'` on all results")
def clock_ahead(project):
    return _touch_all(project, time.time() + 365 * 86400)


@fault("the clock was at its beginning", "`touch -d 1971-01-01` on all results")
def clock_behind(project):
    return _touch_all(project, 365 * 86400)


@fault("one file comes from the future", f"`touch -d '1 day' {STORE}`")
def store_from_the_future(project):
    tomorrow = time.time() + 86400
    os.utime(project.folder / STORE, (tomorrow, tomorrow))
    return untouched(project)


@fault("the project is moved to another folder", "`mv`, and the same command there")
def move_project(project):
    elsewhere = project.folder.with_name("elsewhere")
    project.folder.rename(elsewhere)
    try:
        return untouched(Project(elsewhere))
    finally:
        elsewhere.rename(project.folder)


@fault("results are moved to another disk", "`mv results`, and a link in its place")
def move_results(project):
    elsewhere = project.folder / "elsewhere"
    (project.folder / "results").rename(elsewhere)
    (project.folder / "results").symlink_to(elsewhere)
    return untouched(project)


# --- disks ---


@contextmanager
def _mounted(folder: Path, *options: str):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", *options, str(folder)], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@fault("the disk is full", "`results/digits` is a `tmpfs` of 64 KiB; unmounted before the rerun")
def fill_disk(project):
    shutil.rmtree(project.folder / "results/digits")
    with _mounted(project.folder / "results/digits", "-t", "tmpfs", "-o", "size=64k", "tmpfs"):
        said = failed(project)
        left = [p for p in (project.folder / FOLDER).rglob("*.h5") if p.is_file()]
        assert left == []
    return line(said, "^preprocess: ")


@fault(
    "the disk is full when the second step writes",
    "`results/digits` is a `tmpfs` of 2,480 KiB; unmounted before the rerun",
)
def fill_disk_later(project):
    shutil.rmtree(project.folder / "results/digits")
    with _mounted(project.folder / "results/digits", "-t", "tmpfs", "-o", "size=2480k", "tmpfs"):
        said = failed(project)
        assert not (project.folder / CLUSTERING).exists()
    return line(said, "^kmeans: ")


@fault("results are read-only", "`results/digits` is mounted read-only; unmounted before the rerun")
def read_only(project):
    (project.folder / CLUSTERING).unlink()
    folder = project.folder / "results/digits"
    with _mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        said = failed(project)
    return line(said, "Write-protected|Read-only")


@fault("the project is read-only", "all of it is mounted read-only; unmounted before the rerun")
def read_only_project(project):
    (project.folder / CLUSTERING).unlink()
    with _mounted(project.folder, "--bind", str(project.folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(project.folder)], check=True)
        said = failed(project)
    return line(said, r"Read-only file system, expected a folder")


# --- processes ---


@fault(
    "a power cut, as far as a process can tell",
    "`kill -9` of the process group while a step runs",
)
def kill_all(project):
    interrupted(project, signal.SIGKILL)
    return line(again(project), "was killed")


@fault(
    "everything is killed between two outputs of a step",
    f"`kill -9` of the process group while K-Means runs; `echo half > {CLUSTERING}`",
)
def kill_between_outputs(project):
    interrupted(project, signal.SIGKILL, "kmeans")
    (project.folder / CLUSTERING).parent.mkdir(parents=True, exist_ok=True)
    (project.folder / CLUSTERING).write_text("half\n")
    return step(again(project), "K-Means on")


@fault("Snakemake is killed, its step lives on", "`kill -9` of Snakemake alone; rerun at once")
def kill_snakemake(project):
    clear(project)
    process = start(project)
    wait_for(lambda: running_step(project, "kmeans"))
    process.kill()
    process.wait()
    return line(again(project), "was killed")


@fault("a step is killed", "`kill -9` of the process of a running step")
def kill_step(project):
    clear(project)
    process = start(project)
    wait_for(lambda: running_step(project))
    os.kill(running_step(project), signal.SIGKILL)
    assert process.wait() != 0
    return line((project.folder / "said.txt").read_text(), "Stopped by an error")


def _signalled(project: Project, number: int) -> str:
    said = interrupted(project, number)
    left = [p for p in (project.folder / "results").rglob(".partial-*") if p.is_file()]
    assert left == []
    return line(said, "Terminating processes|Will exit after|Stopped by an error|Cancelling")


@fault("Ctrl-C", "SIGINT to the process group while a step runs")
def interrupt(project):
    return _signalled(project, signal.SIGINT)


@fault("the session ends", "SIGTERM to the process group while a step runs")
def terminate(project):
    return _signalled(project, signal.SIGTERM)


@fault("the terminal is closed", "SIGHUP to the process group while a step runs")
def hang_up(project):
    interrupted(project, signal.SIGHUP)
    return line(again(project), "was killed")


@fault("two runs at once in one folder", "the same command while it runs")
def run_twice(project):
    clear(project)
    process = start(project)
    wait_for(lambda: running_step(project))
    said = failed(project)
    assert process.wait() == 0, (project.folder / "said.txt").read_text()
    # Who holds it, and since when, is different in every run.
    return line(said, "held by another run").partition(",")[0]


@fault(
    "locks are removed while a run is at work, and a second run is begun",
    "`--unlock`, then the same command with `--nolock`",
)
def unlock_and_run(project):
    clear(project)
    process = start(project)
    wait_for(lambda: running_step(project))
    unlocked = project.run("--configfile", "experiment.yaml", "--unlock")
    assert unlocked.returncode == 0, unlocked.stderr
    said = failed(project, "--nolock")
    assert process.wait() == 0, (project.folder / "said.txt").read_text()
    return line(said, "held by another run").partition(",")[0]


# --- what is outside ---


@fault("the images' archive is damaged", "an archive of 100 bytes named as `dataset.path`")
def damage_archive(project):
    (project.folder / "images.tar.gz").write_bytes(b"\x1f\x8b" + bytes(98))
    images = {"name": "own", "source": "images", "path": "images.tar.gz"}
    own = EXPERIMENT | {"experiment": "own", "dataset": images}
    project.write(own)
    said = failed(project)
    project.write(EXPERIMENT)
    return line(said, "images.tar.gz: ")


@fault("MLflow's database is lost", "`rm mlflow.db` after a tracked run")
def lose_database(project):
    project.make()
    (project.folder / "mlflow.db").unlink()
    said = project.make()
    assert json.loads((project.folder / "results/demo/tracked.json").read_text())
    return step(said, "Bringing MLflow up to date")


@fault(
    "MLflow's database is put back from a backup",
    "`mlflow.db` kept after a tracked run, `n_init: 2`, run, put back",
)
def put_older_database_back(project):
    project.make("--no-hooks")
    database = project.folder / "mlflow.db"
    older = database.read_bytes()
    project.write(OTHERWISE)
    project.make("--no-hooks")
    database.write_bytes(older)
    said = project.make("--no-hooks")
    project.write(EXPERIMENT)
    return line(said, "lost the runs of demo")


@fault("MLflow's server is down", "`tracking.uri` names a port where nothing listens")
def server_down(project):
    done = project.run(
        "--cores", "2", "--configfile", "experiment.yaml",
        "--config", "tracking={uri: 'http://127.0.0.1:9'}", MLFLOW_HTTP_REQUEST_MAX_RETRIES="0",
    )  # fmt: skip
    return line(done.stdout + done.stderr, "no result is lost")
