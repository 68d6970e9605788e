"""Snakemake for tests that start it a hundred times: imported once, and forked for every run.

Importing it takes longer than most of what the tests then ask of it. Each run is a process of its
own that gets its arguments, folder, environment and files as one that is started by name, and ends
as that does.
"""

import functools
import gc
import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from forks import become
from jobs import python_of_jobs

PROGRAM = Path(sys.executable).with_name("snakemake")

# Snakemake, what it loads in each run beside, and what the Snakefile loads.
LOADED_FIRST = (
    *("snakemake.cli", "snakemake.report.html_reporter", "snakemake_logger_plugin_rich"),
    *("docutils.core", "jinja2", "smart_open", "yte"),
    *("grimp", "h5py", "pydantic", "tqdm.auto"),
)


def run_snakemake(arguments: tuple[str, ...], folder: Path, environment: dict[str, str]):
    """Run Snakemake in a folder, and return what `subprocess.run` returns with its output."""
    command = [str(PROGRAM), *arguments]
    # To whoever listens to what is started, it is a program like any other.
    sys.audit("subprocess.Popen", command[0], command, folder, environment)
    with tempfile.TemporaryDirectory() as place:
        said = [Path(place, name) for name in ("stdout", "stderr")]
        request = [command, python_of_jobs(), str(folder), environment, *map(str, said)]
        server = _server()
        print(json.dumps(request), file=server.stdin, flush=True)
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(command, code, *(path.read_text() for path in said))


@functools.cache
def _server() -> subprocess.Popen:
    """Start the process that is forked; it ends when this one does."""
    # The library that a project has of its own is not to be looked for anywhere else.
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    clean["OPENBLAS_NUM_THREADS"] = "1"  # a process that has threads is not to be forked
    return subprocess.Popen(
        [sys.executable, __file__], env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def _serve() -> None:
    for package in LOADED_FIRST:
        import_module(package)
    gc.collect()
    gc.freeze()  # else every run goes through what it only looks at
    for line in sys.stdin:
        command, python, *where, stdout, stderr = json.loads(line)
        if (child := os.fork()) == 0:
            sys.executable = python
            files = [os.open(os.devnull, os.O_RDONLY)]
            files += [os.open(path, os.O_WRONLY | os.O_CREAT) for path in (stdout, stderr)]
            become(command, *where, files)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
