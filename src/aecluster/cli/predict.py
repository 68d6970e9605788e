"""The command that finds the clusters of new images."""

import argparse
import csv
import os
import sys
import warnings
from contextlib import ExitStack
from pathlib import Path

from aecluster.cli.command import Commands, add_command, say_on_terminal


def add_to(commands: Commands) -> None:
    """Add the command `predict`."""
    command = add_command(
        commands,
        "predict",
        _predict,
        "say in which cluster of a clustering each of some new images is",
        clustering="results/<dataset>/<representation>/<split>/k<k>-s<seed>.h5",
    )
    command.add_argument(
        "images", nargs="+", help="image files, or folders, tars or zips with image files"
    )
    command.add_argument("--output", type=Path, metavar="FILE.csv", help="default: the terminal")


def _predict(options: argparse.Namespace) -> int:
    say_on_terminal("Loading what made the clustering, some 10 s with a network in it")
    from aecluster.atomic import atomic_write
    from aecluster.steps.points import in_digits
    from aecluster.steps.predict import images_at, placed

    # What TensorFlow says of itself is no part of the answer; its errors are raised.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        found = stack.enter_context(placed(options.clustering, images_at(*options.images)))
        if found.n_same < found.n_checked:
            print(
                f"{found.n_same} of {found.n_checked} stored images get their stored cluster "
                "again: expect as much of these",
                file=sys.stderr,
            )
        file = sys.stdout
        if options.output is not None:
            temporary = stack.enter_context(atomic_write(options.output))
            file = stack.enter_context(temporary.open("w", newline="", encoding="utf-8"))
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "cluster", "distance"))
        for name, cluster, distance in found.clusters():
            writer.writerow((name, cluster, *in_digits([distance])))
    return 0
