"""The command `aecluster`: what is asked beside running the workflow."""

import argparse
import sys
from collections.abc import Sequence

from aecluster.cli import check, configuration, plan, results, stores, ui
from aecluster.errors import AeclusterError

_PARTS = (plan, check, ui, results, stores, configuration)


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
    options, rest = _parser().parse_known_args(arguments)
    if rest and not options.takes_more:
        print(f"aecluster: unknown arguments: {' '.join(rest)}", file=sys.stderr)
        return 2
    options.rest = rest
    try:
        return options.run(options)
    except AeclusterError as error:
        print(f"aecluster: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aecluster", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for part in _PARTS:
        part.add_to(commands)
    return parser
