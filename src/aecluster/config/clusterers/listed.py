"""The clusterers beside K-Means: each a class of keys, and its entry below."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ValidationInfo, field_validator

from aecluster.clusterers.limits import MOST_PAIRED
from aecluster.config.clusterers.clusterer import Clusterer, Keys, Traits
from aecluster.config.keys import key, null_from_text

LISTED: list[Clusterer] = []

OptionalNumber = Annotated[int | None, BeforeValidator(null_from_text)]


def _n_fit() -> Any:
    return key(
        None,
        ge=2,
        effect="Number of images that it is fitted to, drawn at random; every other one gets the "
        "cluster of the nearest of them. `null` fits it to all.",
        choose="`null` as long as it takes all; 10,000 of more.",
    )


def _method(choose: str) -> Any:
    return key(effect="How the vectors are clustered.", choose=choose)


class GaussianMixture(Keys):
    """Each cluster is a Gaussian with a size and a shape of its own."""

    method: Literal["gaussian_mixture"] = _method(
        "`gaussian_mixture`: where clusters are ellipsoids, or of unlike size; in up to some 100 "
        "values."
    )
    covariance: Literal["full", "tied", "diag", "spherical"] = key(
        "diag",
        effect="Covariance of each Gaussian: any; any but the same for all; of each value by "
        "itself; one variance.",
        choose="`full` needs many more images per cluster than there are values; `diag` else.",
    )
    n_init: int = key(
        1,
        ge=1,
        le=1000,
        effect="Number of starts by K-Means, of which the likeliest is kept.",
        choose="1 to see what the seed does; 10 for less dependence on it.",
    )
    max_iter: int = key(
        100,
        ge=1,
        effect="Most iterations of one start.",
        choose="Enough to converge: the table of scores has how many were needed.",
    )
    regularization: float = key(
        1e-6,
        ge=0,
        allow_inf_nan=False,
        effect="What is added to each variance, so that none becomes 0.",
        choose="More where it fails on a covariance that is not positive definite.",
    )


LISTED.append(
    Clusterer(
        label="Gaussian mixture",
        reference="Dempster, Laird and Rubin, Journal of the Royal Statistical Society B 39 "
        "(1977), 1-38.",
        keys=GaussianMixture,
        made_by="aecluster.clusterers.gaussian_mixture:gaussian_mixture",
        traits_of=lambda keys: Traits(is_random=True),
    )
)


class Spectral(Keys):
    """Parts of the graph of nearest neighbours that few edges join."""

    method: Literal["spectral"] = _method("`spectral`: where clusters are no balls.")
    n_neighbors: int = key(
        10,
        ge=1,
        effect="Neighbours that an image is joined with, itself among them.",
        choose="10; more where the graph falls apart, so that small parts become clusters.",
    )
    n_fit: OptionalNumber = _n_fit()


LISTED.append(
    Clusterer(
        label="Spectral clustering",
        reference="von Luxburg, Statistics and Computing 17 (2007), 395-416.",
        keys=Spectral,
        made_by="aecluster.clusterers.spectral:spectral",
        traits_of=lambda keys: Traits(is_random=True),
    )
)


class Agglomerative(Keys):
    """The two nearest clusters become one, again and again."""

    method: Literal["agglomerative"] = _method(
        "`agglomerative`: where nothing shall depend on a seed."
    )
    linkage: Literal["ward", "complete", "average", "single"] = key(
        "ward",
        effect="What the distance of two clusters is: the variance that joining them adds; the "
        "largest, the mean, the least distance of their images.",
        choose="`ward`, unless distances are cosines; `single` finds chains, mostly one of all.",
    )
    metric: Literal["euclidean", "cosine"] = key(
        "euclidean",
        effect="What the distance of two images is.",
        choose="`cosine` where only the direction of a vector was trained; not with `ward`.",
    )
    n_fit: OptionalNumber = _n_fit()

    @field_validator("metric")
    @classmethod
    def _variances_are_euclidean(cls, found: str, info: ValidationInfo) -> str:
        if found != "euclidean" and info.data.get("linkage") == "ward":
            raise ValueError("expected euclidean, of which the variances of linkage `ward` are")
        return found


LISTED.append(
    Clusterer(
        label="Agglomerative clustering",
        reference="Ward, Journal of the American Statistical Association 58 (1963), 236-244.",
        keys=Agglomerative,
        made_by="aecluster.clusterers.agglomerative:agglomerative",
        traits_of=lambda keys: Traits(is_random=False, most_images=MOST_PAIRED),
    )
)


class Hdbscan(Keys):
    """Where images lie densely; those that do not are noise, in no cluster."""

    method: Literal["hdbscan"] = _method(
        "`hdbscan`: where the number of clusters is unknown, in few values, such as UMAP's."
    )
    min_cluster_size: int = key(
        50,
        ge=2,
        effect="Fewest images of a cluster.",
        choose="The smallest group that would be of interest; fewer give more clusters.",
    )
    min_samples: OptionalNumber = key(
        None,
        ge=1,
        effect="Images among which one must be to count as dense; `null` is `min_cluster_size`.",
        choose="Fewer leave fewer images as noise.",
    )
    selection: Literal["eom", "leaf"] = key(
        "eom",
        effect="Which clusters are taken: those that last over the most densities, or the "
        "smallest.",
        choose="`eom`; `leaf` where it finds few large ones, and many small ones are wanted.",
    )
    n_fit: OptionalNumber = _n_fit()


LISTED.append(
    Clusterer(
        label="HDBSCAN",
        reference="Campello, Moulavi and Sander, PAKDD 2013, 160-172.",
        keys=Hdbscan,
        made_by="aecluster.clusterers.hdbscan:hdbscan",
        traits_of=lambda keys: Traits(is_random=False, chooses_k=True),
    )
)


class SklearnClusterer(Keys):
    """What a class of scikit-learn finds."""

    method: Literal["sklearn"] = _method("`sklearn`: any other clusterer of scikit-learn.")
    estimator: str = key(
        pattern=r"^sklearn(\.[A-Za-z_]\w*)+$",
        effect="Dotted name of its class, which must have `fit_predict`.",
        choose="`sklearn.cluster.Birch`, `sklearn.cluster.MeanShift` and so on.",
    )
    options: dict[str, Any] = key(
        {},
        effect="Parameters of the class; its number of clusters is `clustering.k`, and "
        "`random_state` the seed unless it stands here.",
        choose="What scikit-learn documents for it; plain YAML values.",
    )
    n_fit: OptionalNumber = _n_fit()


def _traits_of_class(keys: SklearnClusterer) -> Traits:
    # Takes a second to load, which only an experiment that names a class pays.
    from aecluster.clusterers import sklearn_clusterer as of_class

    return Traits(
        is_random=of_class.is_random(keys.estimator, keys.options),
        chooses_k=of_class.chooses_k(keys.estimator),
        most_images=MOST_PAIRED if of_class.is_of_pairs(keys.estimator) else None,
    )


LISTED.append(
    Clusterer(
        label="Clusterer of scikit-learn",
        reference="Pedregosa et al., JMLR 12 (2011), 2825-2830.",
        keys=SklearnClusterer,
        made_by="aecluster.clusterers.sklearn_clusterer:sklearn_clusterer",
        traits_of=_traits_of_class,
    )
)
