"""What a fork does to be another program, whose packages its parent has loaded already."""

import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn


def become(
    command: Sequence[str], folder: str, environment: Mapping[str, str], files: Sequence[int]
) -> NoReturn:
    """Be a Python program, to the end of the process.

    Parameters
    ----------
    command : sequence of str
        The program's file and its arguments.
    folder : str
        Where it runs.
    environment : mapping of str to str
        All its variables; its packages are looked for on its `PYTHONPATH` first.
    files : sequence of int
        Open files that become its standard input, output and error.
    """
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    own = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:1] = [str(Path(command[0]).parent), *own]
    sys.argv = [*command]
    runpy.run_path(command[0], run_name="__main__")
    sys.exit()
