"""Let the n-th call of open, write, fsync or rename fail in a step, for every n, then run it again.

python tests/support/anomalies.py kmeans write 1 2 3

prints what came of these n as JSON; without any n, of n = 1, 2, 3, ... until a run is untouched.

The steps are the workflow's own scripts, on a small project. They run in forks of one process that
has loaded what they import, with `anomaly.c` loaded before the C library. Only calls that concern
files of the project are counted: its results, logs, and MLflow's store.
"""

import ctypes
import functools
import gc
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).parents[2]
KINDS = ("open", "write", "fsync", "rename")
STEPS = ("kmeans", "train", "track")
_MOST_S = 300
# What a step reads is made by these.
_BEFORE = {
    "kmeans": ["preprocess"],
    "train": ["preprocess"],
    "track": ["preprocess", "kmeans", "evaluate", "collect_scores"],
}

# A small experiment: what is tried is files, not numbers.
CHOICES = {
    "experiment": "demo",
    "dataset": {"name": "digits", "source": "digits"},
    "representations": {
        "pixels": {"method": "pixels"},
        "sparse_ae": {"method": "autoencoder", "epochs": 1, "batch_size": 256},
    },
    "clustering": {"k": [10]},
}


def compiled(folder: Path) -> Path:
    """Return the library that lets calls fail, made by the C compiler of this machine."""
    library = folder / "anomaly.so"
    source = Path(__file__).with_name("anomaly.c")
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]
    subprocess.run(command, check=True)
    return library


def tried(step: str, kind: str, ns: Iterable[int] = ()) -> list[dict]:
    """Run this program with the library loaded; return what it printed."""
    with tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary).resolve() / "project"
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "LD_PRELOAD": str(compiled(Path(temporary))),
            "ANOMALY_FOLDER": str(project),
        }
        done = subprocess.run(
            [sys.executable, __file__, step, kind, *map(str, ns)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


class _Names(dict):
    __getattr__ = dict.__getitem__


class _Files(list):
    """Files in order, which also have names, as Snakemake hands them to a script."""

    def __init__(self, **named: str | list[str]):
        parts = ([part] if isinstance(part, str) else part for part in named.values())
        super().__init__(path for part in parts for path in part)
        self.__dict__.update(named)


@dataclass(frozen=True)
class _Step:
    """A step of a project: what its script is given, and how to read what it left."""

    snakemake: SimpleNamespace
    outcome: Callable[[], object]
    # Says that the step is done.
    record: Path

    @property
    def script(self) -> Path:
        return ROOT / "workflow" / "scripts" / f"{self.snakemake.rule}.py"


def _step(name: str) -> _Step:
    from aecluster.config import load_experiment
    from aecluster.workflow import params
    from aecluster.workflow.fingerprint import fingerprint, modules_named

    experiment = load_experiment(dict(CHOICES), "experiment.yaml")
    subject = {"dataset": "digits"}

    def of(rule, step, inputs, outputs, wildcards, logs=()):
        script = ROOT / "workflow" / "scripts" / f"{rule}.py"
        return SimpleNamespace(
            rule=rule, threads=1, resources=_Names(mem_mb=500), input=inputs, output=outputs,
            wildcards=_Names(subject | wildcards), config=experiment.model_dump(mode="json"),
            log=_Files(log=f"logs/{rule}/digits.log", **dict(logs)),
            params=_Names(step=step, code=fingerprint(script, *modules_named(step))),
        )  # fmt: skip

    store = "results/digits/pixels/store.h5"
    if name == "preprocess":
        step = params.preprocess(experiment.datasets["digits"])
        outputs = _Files(store=store, record="results/digits/pixels/store.json")
        inputs = _Files(source=[])
        return _Step(of(name, step, inputs, outputs, {}), dict, Path(outputs.record))
    if name == "kmeans":
        base = "results/digits/pixels/test/k10-s0"
        wildcards = {"representation": "pixels", "split": "test", "k": "10", "seed": "0"}
        step = params.kmeans(experiment, _Names(wildcards))
        outputs = _Files(clustering=f"{base}.h5", record=f"{base}.json")
        snakemake = of(name, step, _Files(store=store), outputs, wildcards)
        return _Step(snakemake, Path(outputs.clustering).read_bytes, Path(outputs.record))
    if name == "evaluate":
        base = "results/digits/pixels/test/k10-s0"
        wildcards = {"representation": "pixels", "split": "test", "k": "10", "seed": "0"}
        step = params.evaluate(experiment, _Names(wildcards))
        outputs = _Files(
            silhouettes=f"{base}.silhouettes.h5", points=[], record=f"{base}.scores.json"
        )
        inputs = _Files(store=store, clustering=f"{base}.h5", spaces=[store])
        snakemake = of(name, step, inputs, outputs, wildcards)
        return _Step(snakemake, dict, Path(outputs.record))
    if name == "train":
        base = "results/digits/sparse_ae/s0/model"
        wildcards = {"representation": "sparse_ae", "seed": "0"}
        step = params.train(experiment, _Names(wildcards))
        outputs = _Files(model=f"{base}.keras", record=f"{base}.json")
        logs = {"progress": "logs/train/digits.sparse_ae.s0.progress.jsonl"}
        snakemake = of(name, step, _Files(pixels=store), outputs, wildcards, logs)
        return _Step(snakemake, lambda: _weights(outputs.model), Path(outputs.record))
    scores = "results/demo/scores.json"
    if name == "collect_scores":
        base = "results/digits/pixels/test/k10-s0"
        inputs = _Files(
            stores=["results/digits/pixels/store.json"], clusterings=[f"{base}.json"],
            scores=[f"{base}.scores.json"], probes=[],
        )  # fmt: skip
        outputs = _Files(
            scores="results/demo/scores.csv", controls="results/demo/controls.csv", record=scores
        )
        snakemake = of(name, params.collect_scores(experiment), inputs, outputs, {})
        return _Step(snakemake, dict, Path(scores))
    outputs = _Files(receipt="results/demo/tracked.json")
    inputs = _Files(scores_record=scores, gaps=[], figures=[])
    snakemake = of("track", params.track(experiment), inputs, outputs, {})
    return _Step(snakemake, _tracked, Path(outputs.receipt))


def _weights(model: str) -> list[bytes]:
    import zipfile

    import h5py

    found = []
    with zipfile.ZipFile(model) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(lambda _, node: found.append(node[()].tobytes())
                        if isinstance(node, h5py.Dataset) else None)  # fmt: skip
    return found


def _tracked() -> list[tuple]:
    """Return the runs that stand in MLflow, without what is new in every run: ids and times."""
    import sqlite3

    with sqlite3.connect("mlflow.db") as database:
        rows = database.execute(
            "SELECT e.name, r.name, r.status, "
            "(SELECT group_concat(key || '=' || value, ';') FROM"
            " (SELECT key, value FROM params p WHERE p.run_uuid = r.run_uuid ORDER BY key)), "
            "(SELECT group_concat(key || '=' || value, ';') FROM"
            " (SELECT key, value FROM latest_metrics m WHERE m.run_uuid = r.run_uuid"
            "  ORDER BY key)),"
            "(SELECT group_concat(key || '=' || value, ';') FROM"
            " (SELECT key, value FROM tags t WHERE t.run_uuid = r.run_uuid"
            "  AND key NOT LIKE 'mlflow.user' ORDER BY key)) "
            "FROM runs r JOIN experiments e USING (experiment_id) ORDER BY 1, 2"
        )
        return rows.fetchall()


def _forked(step: _Step, arm: Callable[[], None], left: Callable[[], int]) -> tuple[int, int, str]:
    """Run a step in a fork; return its exit code, how many calls were left, and what it said."""
    said = Path("said.txt")
    sys.stdout.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 0
        with said.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        arm()
        try:
            runpy.run_path(str(step.script), {"snakemake": step.snakemake}, "__main__")
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        except BaseException:
            traceback.print_exc()
            code = 70
        gc.collect()
        os.write(writing, str(left()).encode())
        os._exit(code)
    os.close(writing)
    deadline = time.monotonic() + _MOST_S
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > deadline:
            os.kill(child, 9)
        time.sleep(0.01)
    n_left = int(os.read(reading, 64) or b"0")
    os.close(reading)
    return os.waitstatus_to_exitcode(ended[1]), n_left, said.read_text()


def _attempts(name: str, kind: str, ns: Iterable[int]) -> Iterator[dict]:
    library = ctypes.CDLL(os.environ["LD_PRELOAD"])
    library.anomaly_left.restype = ctypes.c_long
    number = KINDS.index(kind) + 1
    project = Path(os.environ["ANOMALY_FOLDER"])
    before = project.with_name("before")
    project.mkdir()
    os.chdir(project)
    step = _step(name)
    for part in _BEFORE[name]:
        _forked_whole(_step(part))
    if name == "track":
        _make_tables()
    shutil.copytree(project, before, symlinks=True)
    _forked_whole(step)
    expected = step.outcome()

    def unarmed() -> None:
        library.anomaly_arm(0, 0)

    for n in ns:
        for left_over in project.iterdir():
            shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        shutil.copytree(before, project, symlinks=True, dirs_exist_ok=True)
        code, left, said = _forked(
            step, lambda n=n: library.anomaly_arm(number, n), library.anomaly_left
        )
        is_hit = left < 1
        has_record = step.record.exists()
        again, _, said_again = _forked(step, unarmed, library.anomaly_left)
        yield {
            "n": n,
            "hit": is_hit,
            "code": code,
            "done": has_record,
            "said": said.strip()[-500:],
            "again": again,
            "said_again": said_again.strip()[-500:] if again else "",
            "same": again == 0 and step.outcome() == expected,
        }
        if not is_hit:
            return


def _make_tables() -> None:
    """Make MLflow's tables: a thousand writes that tracking does once, whole or not at all."""
    child = os.fork()
    if child == 0:
        from aecluster.tracking.connection import connected

        with connected("sqlite:///mlflow.db"):
            os._exit(0)
    os.waitpid(child, 0)


def _forked_whole(step: _Step) -> None:
    code, _, said = _forked(step, lambda: None, lambda: 0)
    if code:
        raise RuntimeError(f"{step.script}: {said}")


def _load_training() -> None:
    """Load once, for all forks, what trains; without the fast loss, which compiles for seconds.

    It touches no file.
    """
    from aecluster.autoencoder import training
    from aecluster.autoencoder.trainer import Trainer
    from aecluster.networks import model  # noqa: F401

    training.Trainer = functools.partial(Trainer, fast=False)


def _load_tracking() -> None:
    """Load once, for all forks, what tracks, and the tables of MLflow as SQLAlchemy maps them."""
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
    import sqlalchemy.orm

    from aecluster.tracking import experiment, model  # noqa: F401

    sqlalchemy.orm.configure_mappers()


def main() -> None:
    """Print what came of the attempts."""
    name, kind, *ns = sys.argv[1:]
    loads = {"train": _load_training, "track": _load_tracking}.get(name)
    if loads:
        loads()
    found = list(_attempts(name, kind, map(int, ns) if ns else count(1)))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
