"""The commands that describe experiment files."""

import argparse
import sys

from aecluster.cli.command import Commands, add_command


def add_to(commands: Commands) -> None:
    """Add the commands `schema` and `manual`."""
    add_command(commands, "schema", _schema, "print the JSON schema of experiment files")
    add_command(commands, "manual", _manual, "print the manual of experiment files")


def _schema(options: argparse.Namespace) -> int:
    from aecluster.config.manual import schema

    sys.stdout.write(schema())
    return 0


def _manual(options: argparse.Namespace) -> int:
    from aecluster.config.manual import manual

    sys.stdout.write(manual())
    return 0
