"""The command that makes a folder to work in, for who has no clone."""

import argparse
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from aecluster.cli.command import Commands, add_command
from aecluster.errors import AeclusterError
from aecluster.extras import missing_extra

_SNAKEFILE = '''\
"""The experiment of config/config.yaml, by the workflow that is installed with aecluster."""

from aecluster.workflow.location import snakefile

# A file that is named by --configfile replaces this one, and is not merged into it.
if not workflow.configfiles:

    configfile: "config/config.yaml"


module ae:
    snakefile:
        snakefile()
    config:
        config


use rule * from ae


# Snakemake runs what a module says of start and end only if it is told to.
onstart:
    ae.onstart()


onsuccess:
    ae.onsuccess()


onerror:
    ae.onerror()
'''
_COPIED = (
    *("config/README.md", "config/config.yaml", "config/demo.yaml", "config/schema.json"),
    *("profiles/default/profile.yaml", "profiles/slurm/profile.yaml"),
)


def add_to(commands: Commands) -> None:
    """Add the command `init`."""
    words = "make a folder to work in: a Snakefile, experiments, profiles"
    add_command(commands, "init", _init, words, folder="new, or without any of these")


def _init(options: argparse.Namespace) -> int:
    from aecluster.workflow.location import home

    if find_spec("snakemake") is None:
        raise missing_extra(ModuleNotFoundError(name="snakemake"), "this command")
    folder = Path(options.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("Snakefile", "config", "profiles"):
            if os.path.lexists(folder / name):
                raise AeclusterError(f"{folder / name}: there already, expected a folder without")
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder) as made:
            _fill(Path(made), home())
            for path in sorted(Path(made).iterdir()):
                path.rename(folder / path.name)
    except OSError as error:
        raise AeclusterError(f"{folder}: {error.strerror}, expected a folder to write to") from None
    print(
        f"{folder}: Snakefile, config/, profiles/\n"
        f"Try it: cd {folder} && snakemake --cores all --configfile config/demo.yaml"
    )
    return 0


def _fill(folder: Path, home: Path) -> None:
    (folder / "Snakefile").write_text(_SNAKEFILE)
    for name in _COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(home / name, folder / name)
