"""Python for the jobs of tests: what a script loads first is loaded once, and forked for every job.

TensorFlow takes nine seconds of a processor to import, which is more than what most jobs of the
tests then do with it. A job is a process of its own, with its own arguments, folder, environment
and files, that imports the library itself; only the packages of others are there when it starts.
"""

import functools
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen

import threadpoolctl

from forks import become

# By script, the slow ones of the packages that its job imports in any case.
_FILES = ("h5py", "pydantic")
_NETWORKS = ("h5py", "keras", "pydantic", "tensorflow")
_PICTURES = ("h5py", "matplotlib.pyplot", "pydantic")
LOADED_FIRST = {
    **dict.fromkeys(("compare", "evaluate", "kmeans", "preprocess", "report", "transform"), _FILES),
    **dict.fromkeys(("train", "embed"), _NETWORKS),
    **dict.fromkeys(("plot_atoms", "plot_scores", "plot_training"), _PICTURES),
    "plot_clusters": (*_PICTURES, "sklearn.decomposition"),
    "track": ("h5py", "mlflow", "pydantic"),
}

# Variables that are read as a package or Python starts: a job with others of them starts by itself.
READ_AT_START = ("KERAS_", "MPL", "NUMBA_", "NVIDIA_", "PYTHON", "TF_", "XLA_")
OF_EACH_RUN = {"PYTHONPATH"}
LOGS_OF_TENSORFLOW = {"TF_CPP_MIN_LOG_LEVEL": "1"}  # as the workflow has it

# Stands for Python in a run: asks for a fork, or becomes Python.
_CLIENT = """\
#!{python} -IS
import json, os, re, signal, socket, sys

def become_python():
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])

script = re.search(r"([a-z_]+)\\.py$", sys.argv[1] if len(sys.argv) == 2 else "")
place = script and {places!r}.get(script[1])
if not place:
    become_python()
with socket.socket(socket.AF_UNIX) as link:
    link.connect(place)
    request = json.dumps([sys.argv[1], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(link, [len(request).to_bytes(8, "big")], [0, 1, 2])
    link.sendall(request)
    answer = link.recv(8)
if not answer:
    become_python()
code = int(answer)
if code < 0:
    if -code != signal.SIGKILL:
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


@functools.cache
def python_of_jobs() -> str:
    """Return a program that stands for Python where Snakemake starts jobs.

    What it starts ends with this process.
    """
    folder = Path(tempfile.mkdtemp(prefix="jobs-"))
    places = {
        script: str(folder / str(number))
        for number, packages in enumerate(_KINDS)
        for script, first in LOADED_FIRST.items()
        if first == packages
    }
    program = folder / "python"
    program.write_text(_CLIENT.format(python=sys.executable, places=places))
    program.chmod(0o755)
    # Without a `PYTHONPATH`, the library that is installed stands in the way of no other.
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = Popen(
        [sys.executable, __file__, folder], env=clean | LOGS_OF_TENSORFLOW,
        stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    server.stdout.readline()  # every place can be asked from here on
    _servers.append(server)
    return str(program)


def run_beside_tensorflow(code: str, folder: Path, **environment: str) -> CompletedProcess[str]:
    """Run code in a folder, in a process of its own that has TensorFlow loaded."""
    script = folder / "train.py"
    script.write_text(code)
    return subprocess.run(
        [python_of_jobs(), script], cwd=folder, env=os.environ | LOGS_OF_TENSORFLOW | environment,
        capture_output=True, text=True,
    )  # fmt: skip


_KINDS = sorted(set(LOADED_FIRST.values()))
_servers: list[Popen] = []  # the end of this process closes what they read from


def _supervise(folder: Path) -> None:
    """Wait for the first job of each kind, and fork who serves its kind from then on."""
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for number, packages in enumerate(_KINDS):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / str(number)))
        listener.listen()
        selector.register(listener, selectors.EVENT_READ, packages)
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    while True:
        for key, _ in selector.select():
            if key.data is None:
                return
            if os.fork() == 0:
                selector.close()
                _serve(key.fileobj, key.data)
                return
            selector.unregister(key.fileobj)
            key.fileobj.close()


def _serve(listener: socket.socket, packages: tuple[str, ...]) -> None:
    """Load the packages, and fork for every job; end with the process that asked for it all."""
    settings = _settings(os.environ)
    for package in packages:
        import_module(package)
    gc.collect()
    gc.freeze()  # else every job copies what it only looks at
    links: dict[int, socket.socket] = {}  # by the number of a job's process
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                for job in links:
                    os.kill(job, signal.SIGKILL)
                return
            if key.fileobj is listener:
                link, _ = listener.accept()
                script, folder, environment, files = _request(link)
                if _settings(environment) != settings:
                    link.close()  # the client becomes Python
                    continue
                if (job := os.fork()) == 0:
                    for other in (selector, listener, link, *links.values()):
                        other.close()
                    if "numpy" in sys.modules and "OMP_NUM_THREADS" in environment:
                        threadpoolctl.threadpool_limits(int(environment["OMP_NUM_THREADS"]))
                    become([script], folder, environment, files)
                for file in files:
                    os.close(file)
                links[job] = link
                selector.register(os.pidfd_open(job), selectors.EVENT_READ, job)
                selector.register(link, selectors.EVENT_READ, job)
            elif isinstance(key.fileobj, int):
                _, status = os.waitpid(key.data, 0)
                link = links.pop(key.data)
                selector.unregister(link)
                selector.unregister(key.fileobj)
                os.close(key.fileobj)
                with suppress(BrokenPipeError):
                    link.send(str(os.waitstatus_to_exitcode(status)).encode())
                link.close()
            elif key.data in links:  # who asked is gone
                os.kill(key.data, signal.SIGKILL)
                selector.modify(key.fileobj, 0)


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(READ_AT_START) and name not in OF_EACH_RUN
    }


def _request(link: socket.socket) -> tuple[str, str, dict[str, str], list[int]]:
    size, files, _, _ = socket.recv_fds(link, 8, 3)
    with link.makefile("rb") as asked:
        request = asked.read(int.from_bytes(size, "big"))
    return *json.loads(request), files


if __name__ == "__main__":
    _supervise(Path(sys.argv[1]))
