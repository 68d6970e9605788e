"""The commands that show what is in a file of the results."""

import argparse
import dataclasses
from pathlib import Path

from aecluster.cli.command import Commands, add_command
from aecluster.errors import AeclusterError


def add_to(commands: Commands) -> None:
    """Add the commands `show` and `sheet`."""
    add_command(
        commands,
        "show",
        _show,
        "say what a file under results/ holds: a clustering its sizes, scores and pictures; a "
        "store, table, record, model or picture what is in it",
        file="any file under results/",
    )
    add_command(
        commands,
        "sheet",
        _sheet,
        "draw the images of a file under results/: of a store some of each class, of a clustering "
        "some of each cluster, of reconstructions beside what they were made of",
        file="a store of pixels, a clustering (k10-s0.h5), or reconstructions.h5",
        picture="the PNG file to make",
    )


def _show(options: argparse.Namespace) -> int:
    from aecluster.workflow.contents import describe

    print(describe(options.file))
    return 0


def _sheet(options: argparse.Namespace) -> int:
    from aecluster.workflow.contents import kind_of_arrays

    if not Path(options.file).exists():
        raise AeclusterError(f"{options.file}: no such file")
    kind = kind_of_arrays(options.file) if options.file.endswith(".h5") else "other"
    if kind not in _DRAWN_BY:
        raise AeclusterError(
            f"{options.file}: no images to draw in it, expected a store of pixels, a clustering or "
            f"reconstructions.h5{_beside(options.file)}"
        )
    try:
        _DRAWN_BY[kind](options.file, options.picture)
    except (ValueError, OSError, KeyError) as error:
        # What is wrong with the file itself says so in its own words.
        if isinstance(error, AeclusterError):
            raise
        raise AeclusterError(f"{options.file}: no sheet of it ({error})") from None
    print(options.picture)
    return 0


def _beside(file: str) -> str:
    """Return which file to name instead of one that stands beside a clustering, if any does."""
    clustering = Path(file).with_name(f"{Path(file).name.partition('.')[0]}.h5")
    is_another = clustering.exists() and clustering != Path(file)
    return f", such as {clustering}" if is_another else ""


def _draw_store(file: str, picture: str) -> None:
    from aecluster.figures.contact_sheet import draw_contact_sheet
    from aecluster.store import Store

    with Store(file) as store:
        if store.representation != "pixels":
            raise AeclusterError(
                f"{file}: the vectors of {store.representation}, expected images: those of "
                f"results/{store.dataset}/pixels/store.h5"
            )
        split = store.splits[0]
        draw_contact_sheet(picture, split=store[split], title=f"{store.dataset}, {split}")


def _draw_clustering(file: str, picture: str) -> None:
    import numpy as np

    from aecluster.comparison.competitors import named
    from aecluster.figures.clusters import draw_clusters
    from aecluster.results import ClusteringResult

    found = ClusteringResult(file)
    name = named(found.representation, found.clusterer)
    if not len(found.centroids):
        raise AeclusterError(f"{file}: no clusters to draw, all images are noise")
    rows = np.flatnonzero(found.labels >= 0)
    with found.pixels() as images:
        split = images[found.split]
        if len(rows) < len(split):
            y = None if split.y is None else split.y[rows]
            split = dataclasses.replace(split, X=split.X[rows], y=y, texts=None)
        draw_clusters(picture, split, found.labels[rows], representation=name)


def _draw_reconstructions(file: str, picture: str) -> None:
    from aecluster.figures.reconstructions import draw_reconstructions
    from aecluster.store import read_reconstructions

    draw_reconstructions(picture, *read_reconstructions(file))


_DRAWN_BY = {
    "store": _draw_store,
    "clustering": _draw_clustering,
    "reconstructions": _draw_reconstructions,
}
