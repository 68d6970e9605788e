"""The command that packs an experiment to hand it on."""

import argparse
from pathlib import Path

from aecluster.cli.command import Commands, add_command


def add_to(commands: Commands) -> None:
    """Add the command `crate`."""
    command = add_command(
        commands,
        "crate",
        _crate,
        "pack an experiment, with how each file was made, as a Workflow Run RO-Crate",
        experiment="its name, a folder of results/",
    )
    command.add_argument(
        "--output", type=Path, metavar="FILE.zip", help="default: <experiment>.crate.zip"
    )


def _crate(options: argparse.Namespace) -> int:
    from aecluster.results.crate import write_crate

    path = options.output or Path(f"{options.experiment}.crate.zip")
    n_steps = write_crate(options.experiment, path)
    print(f"{path}: {n_steps} steps with what they read and wrote; images and vectors stay here")
    return 0
