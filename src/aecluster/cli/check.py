"""The command that says what a run would read."""

import argparse
from pathlib import Path

from aecluster.cli.command import Commands, add_command


def add_to(commands: Commands) -> None:
    """Add the command `check`."""
    command = add_command(
        commands,
        "check",
        _check,
        "say what a run would read of a path: splits, classes, sizes, copies, what is passed over",
        path="a folder, archive or file, as for dataset.path",
    )
    command.add_argument("--source", help="as dataset.source; guessed by default")
    command.add_argument("--sheet", metavar="FILE", help="draw ten of the images; a PNG file")


def _check(options: argparse.Namespace) -> int:
    from aecluster.data.survey import survey

    found = survey(Path(options.path), options.source)
    print("\n".join(found.lines))
    if options.sheet:
        from aecluster.figures.samples import draw_samples

        draw_samples(options.sheet, found.samples, found.captions, title=options.path)
        print(options.sheet)
    return 0
