"""The section `clustering`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from aecluster.config.keys import Section, key, null_from_text, without_repeats


class Clustering(Section):
    """K-Means: on which split, with which number of clusters, started how."""

    split: Annotated[Literal["train", "test", "all"] | None, BeforeValidator(null_from_text)] = key(
        None,
        effect="The split that is clustered and scored; `all` is both together. `null` is `all` "
        "for image files that come without splits, and `test` otherwise.",
        choose="`test` as in the source experiment: images that the training has not seen; `all` "
        "to compare with publications, which cluster all 60,000 of CIFAR-10.",
    )
    k: Annotated[list[Annotated[int, Field(ge=2)]], AfterValidator(without_repeats)] = key(
        [10],
        min_length=1,
        effect="Numbers of clusters; each gives a variant.",
        choose="The number of classes if it is known, else a range to compare.",
    )
    init: Literal["k-means++", "minibatch", "random"] = key(
        "k-means++",
        effect="How the first centroids are chosen.",
        choose="`k-means++` starts better; `random` takes data points, as in the source; "
        "`minibatch` goes on from `k-means++` by small batches, and ends lower where clusters are "
        "many and small.",
    )
    n_init: int = key(
        1,
        ge=1,
        le=1000,
        effect="Number of starts, of which the one with the lowest inertia is kept.",
        choose="1 as in the source experiment; 10 for less dependence on the seed.",
    )
    max_iter: int = key(
        300,
        ge=1,
        effect="Most iterations of one start.",
        choose="Enough to converge: the record says how many were needed.",
    )
    tol: float = key(
        0.0,
        ge=0,
        allow_inf_nan=False,
        effect="Stop when the centroids move by less, relative to the variance of the data.",
        choose="0 goes on until no centroid changes; 1e-4 is scikit-learn's default.",
    )
