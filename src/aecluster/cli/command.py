"""What the subcommands share."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    words: str,
    *,
    takes_more: bool = False,
    **arguments: str,
) -> argparse.ArgumentParser:
    """Add a subcommand with positional arguments.

    Parameters
    ----------
    commands : argparse action
        What `add_subparsers` returned.
    name : str
        As it is typed.
    run : callable
        Called with the parsed arguments; returns the exit code.
    words : str
        What the command does, in one sentence, for `--help`.
    takes_more : bool, default False
        Whether arguments that are not known go to `run` as `rest`, instead of being refused.
    **arguments : str
        Name and meaning of each positional argument.

    Returns
    -------
    argparse.ArgumentParser
        To which options can be added.
    """
    command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
    command.set_defaults(run=run, takes_more=takes_more)
    for argument, meaning in arguments.items():
        command.add_argument(argument, help=meaning)
    return command


def beside_python(program: str) -> str:
    """Return the path of a program of this environment, which need not be activated."""
    return str(Path(sys.executable).with_name(program))


def say_on_terminal(text: str) -> None:
    """Print what takes long before it does, where somebody waits for it."""
    if sys.stderr.isatty():
        print(f"{text} ...", file=sys.stderr)
