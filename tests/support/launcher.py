"""Snakemake for tests that start it a hundred times: imported once, and forked for every run.

Importing it takes longer than most of what the tests then ask of it. Each run is a process of its
own that gets its arguments, folder, environment and files as one that is started by name, and ends
as that does.
"""

import functools
import json
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

from jobs import python_of_jobs

PROGRAM = Path(sys.executable).with_name("snakemake")


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
    import grimp  # noqa: F401 - these three are what the Snakefile loads beside Snakemake
    import h5py  # noqa: F401
    import pydantic  # noqa: F401
    import snakemake.cli  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        if (child := os.fork()) == 0:
            _become(*request)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(
    command: list[str],
    python: str,
    folder: str,
    environment: dict[str, str],
    stdout: str,
    stderr: str,
) -> None:
    """Be the program, to the end of the process."""
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, stdout, os.O_WRONLY | os.O_CREAT),
        (2, stderr, os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(path, flags), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    own = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:1] = [str(PROGRAM.parent), *own]
    sys.argv = command
    sys.executable = python
    runpy.run_path(command[0], run_name="__main__")
    sys.exit()


if __name__ == "__main__":
    _serve()
