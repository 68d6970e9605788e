"""Which clusterings an experiment has: of each representation by K-Means, and by each clusterer."""

import functools
from collections.abc import Sequence

from aecluster.comparison.competitors import CHOSEN, stem
from aecluster.config import CLUSTERERS, Experiment
from aecluster.config.clusterers import Keys, Traits
from aecluster.errors import ConfigError


def stems(
    experiment: Experiment, representation: str, ks: Sequence[int], seeds: Sequence[int]
) -> list[str]:
    """Return what the files of a representation's clusterings begin with, those of K-Means first.

    Parameters
    ----------
    experiment : Experiment
    representation : str
    ks, seeds : sequence of int
        Of K-Means. What chooses k itself has one clustering for all of them, and so has what is not
        random for all seeds of the same vectors.

    Returns
    -------
    list of str
        ``k<k>-s<seed>``, and ``<clusterer>-k<k>-s<seed>`` with a k of 0 where it is chosen.
    """
    found = [stem(None, k, seed) for k in ks for seed in seeds]
    for name, keys in experiment.clusterers.items():
        if keys.of is not None and representation not in keys.of:
            continue
        traits = traits_of(keys)
        # Only the pixels are the same for every seed.
        is_once = representation == "pixels" and not traits.is_random
        found += [
            stem(name, k, seed)
            for k in ([CHOSEN] if traits.chooses_k else ks)
            for seed in (seeds[:1] if is_once else seeds)
        ]
    return found


def traits_of(keys: Keys) -> Traits:
    """Return what the workflow has to know of a clusterer.

    Raises
    ------
    ConfigError
        If it names a class that is none.
    """
    return _traits_of(type(keys), keys.model_dump_json())


@functools.cache
def _traits_of(kind: type[Keys], keys: str) -> Traits:
    # Asked for each clustering; a class of scikit-learn is looked at once.
    found = kind.model_validate_json(keys)
    return CLUSTERERS[found.method].traits_of(found)


def check_clusterers(experiment: Experiment) -> None:
    """Raise an error if a clusterer cannot be what the experiment file says.

    Raises
    ------
    ConfigError
        If a class of scikit-learn is none or does not take an option, or a clusterer is fitted to
        fewer images than there are clusters.
    """
    for name, keys in experiment.clusterers.items():
        try:
            traits = traits_of(keys)
            if keys.method == "sklearn":
                from aecluster.clusterers.sklearn_clusterer import check

                check(keys.estimator, keys.options)
        except ConfigError as error:
            raise ConfigError(f"clusterers.{name}.{error}") from None
        n_fit, most = getattr(keys, "n_fit", None), max(experiment.clustering.k)
        if n_fit is not None and not traits.chooses_k and n_fit <= most:
            raise ConfigError(
                f"clusterers.{name}.n_fit: found {n_fit}, expected more than the {most} clusters "
                "of clustering.k"
            )


def check_rows(name: str, keys: Keys, n: int, where: str) -> None:
    """Raise an error if a clusterer cannot be fitted to as many images as there are.

    Parameters
    ----------
    name : str
        Of the clusterer.
    keys : Keys
    n : int
        Number of images.
    where : str
        What they are of.

    Raises
    ------
    ConfigError
    """
    most = traits_of(keys).most_images
    n_fit = getattr(keys, "n_fit", None)
    if most is not None and min(n, n_fit or n) > most:
        raise ConfigError(
            f"clusterers.{name}.n_fit: found {n_fit or 'null'}, which fits {keys.method} to "
            f"{min(n, n_fit or n):,} images of {where}; it keeps a value for each pair of them, "
            f"expected at most {most:,}"
        )
