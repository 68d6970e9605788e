"""The command that removes a representation."""

import argparse

from aecluster.cli.command import Commands, add_command


def add_to(commands: Commands) -> None:
    """Add the command `remove`."""
    command = add_command(
        commands,
        "remove",
        _remove,
        "say what removing a representation removes; with --yes, remove it",
        representation="its name, or <dataset>/<name> for one data set only",
    )
    command.add_argument("--yes", action="store_true", help="remove it")


def _remove(options: argparse.Namespace) -> int:
    from aecluster.workflow.removal import plan_removal, preview, remove

    removal = plan_removal(options.representation)
    print(remove(removal) if options.yes else preview(removal))
    return 0
