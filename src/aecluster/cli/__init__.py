"""The command `aecluster`: what is asked beside running the workflow."""

import argparse
import os
import sys
from collections.abc import Sequence

from aecluster.cli import configuration, plan, results, stores, ui
from aecluster.errors import AeclusterError

_PARTS = (plan, ui, results, stores, configuration)


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
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if options.run is None:
        parser.print_help()
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
    except BrokenPipeError:
        # Who reads has read enough, as `head` does; Python must not flush into the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aecluster", description=__doc__, allow_abbrev=False)
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(metavar="COMMAND")
    for part in _PARTS:
        part.add_to(commands)
    return parser
