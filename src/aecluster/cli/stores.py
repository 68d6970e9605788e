"""The commands that show what is in a store."""

import argparse
import sys

from aecluster.cli.command import Commands, add_command
from aecluster.errors import AeclusterError


def add_to(commands: Commands) -> None:
    """Add the commands `show` and `sheet`."""
    add_command(
        commands,
        "show",
        _show,
        "say what a store or a clustering holds",
        store="a store.h5 or a clustering, k10-s0.h5, under results/",
    )
    add_command(
        commands,
        "sheet",
        _sheet,
        "draw some images of each class of a store of pixels",
        store="a store.h5 under results/<dataset>/pixels/",
        picture="the PNG file to make",
    )


def _show(options: argparse.Namespace) -> int:
    from aecluster.data.summary import summarize

    print(summarize(options.store))
    return 0


def _sheet(options: argparse.Namespace) -> int:
    from aecluster.figures.contact_sheet import draw_contact_sheet
    from aecluster.store import Store, is_clustering

    if is_clustering(options.store):
        from aecluster.data.summary import summarize_clustering

        pictures = options.store.removesuffix(".h5")
        print(summarize_clustering(options.store), file=sys.stderr)
        raise AeclusterError(
            f"{options.store}: a clustering, expected a store of pixels; the images of its "
            f"clusters are in {pictures}.clusters.png, where a run has drawn them"
        )
    with Store(options.store) as store:
        split = store.splits[0]
        try:
            draw_contact_sheet(
                options.picture, split=store[split], title=f"{store.dataset}, {split}"
            )
        except (ValueError, OSError) as error:
            raise AeclusterError(f"{options.store}: no sheet of it ({error})") from None
    print(options.picture)
    return 0
