"""A representation that keeps neighbours together, by the optional package umap-learn."""

from aecluster.errors import ConfigError
from aecluster.store import Store
from aecluster.transforms.vectors import Vectors, apply


def neighbour_map(
    base: Store, *, n_components: int, n_neighbors: int, min_dist: float, metric: str, seed: int
) -> Vectors:
    """Map the train images by UMAP, and the other splits into their map.

    Parameters
    ----------
    base : Store
    n_components : int
        Number of values of a vector.
    n_neighbors : int
        Neighbours that an image is kept together with.
    min_dist : float
        Least distance between two points of the map.
    metric : str
        How distances are measured in the base.
    seed : int
        Makes it repeatable, on one thread.

    Returns
    -------
    Vectors
        With n_components values per row.

    Raises
    ------
    ConfigError
        If there are fewer than two train images more than components.

    References
    ----------
    McInnes, Healy and Melville, "UMAP: Uniform manifold approximation and projection for
    dimension reduction", arXiv 1802.03426.
    """
    train = base["train"]
    if n_components + 2 > len(train):
        raise ConfigError(
            f"n_components: found {n_components}, expected at most {len(train) - 2} for "
            f"{len(train)} train images"
            if len(train) > 2
            else f"umap: found {len(train)} train images, expected 3 or more"
        )
    # Not before: it takes seconds to load.
    from umap import UMAP

    umap = UMAP(
        n_components=n_components,
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        metric=metric,
        random_state=seed,
        n_jobs=1,
    ).fit(train.matrix())
    others = apply(umap.transform, base)
    return Vectors({**others.splits, "train": [umap.embedding_]})
