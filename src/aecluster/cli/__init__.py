"""The command `aecluster`: what is asked beside running the workflow."""

import argparse
import os
import sys
from collections.abc import Sequence

import aecluster
from aecluster.cli import (
    check,
    configuration,
    crate,
    init,
    plan,
    predict,
    remove,
    results,
    show,
    ui,
)
from aecluster.errors import AeclusterError
from aecluster.extras import MissingExtraError, missing_extra

_PARTS = (init, check, plan, ui, results, predict, remove, crate, show, configuration)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Parameters
    ----------
    arguments : sequence of str, optional
        As on the command line, which is the default.

    Returns
    -------
    int
        Exit code: 0, 1 after an error of one line on stderr, or 2 where the arguments are wrong.
    """
    commands = parser()
    options, rest = commands.parse_known_args(arguments)
    if options.run is None:
        commands.print_help()
        return 0
    if rest and not options.takes_more:
        print(f"aecluster: unknown arguments: {' '.join(rest)}", file=sys.stderr)
        return 2
    options.rest = rest
    try:
        return options.run(options)
    except AeclusterError as error:
        print(f"aecluster: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        told = missing_extra(error, "this command")
        if not isinstance(told, MissingExtraError):
            raise
        print(f"aecluster: {told}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who reads has read enough, as `head` does; Python must not flush into the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line, with all subcommands."""
    made = argparse.ArgumentParser(prog="aecluster", description=__doc__, allow_abbrev=False)
    made.set_defaults(run=None)
    made.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = made.add_subparsers(metavar="COMMAND")
    for part in _PARTS:
        part.add_to(commands)
    return made


class _Version(argparse.Action):
    """Prints the version when it is asked for: to find it takes a look at what is installed."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.exit(message=f"aecluster {aecluster.__version__}\n")
