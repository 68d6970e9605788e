"""Representations made of another in one go: each a class of keys, and its method's entry below."""

from typing import Any, Literal

from aecluster.config.keys import key
from aecluster.config.methods.base import Derived, Gridded, method
from aecluster.config.methods.method import Method

TRANSFORMED: list[Method] = []


class Pca(Derived):
    """The principal components of the `train` images: a linear code."""

    method: Literal["pca"] = method(
        "`pca`: the honest control of a learned code with as many values."
    )
    n_components: int = key(
        64,
        ge=1,
        effect="Number of components.",
        choose="As many as the learned code has values: 64 for `sparse` on images of 32 x 32.",
    )
    whiten: bool = key(
        False,
        effect="Bring every component to variance 1.",
        choose="`false` keeps distances; `true` gives faint components the same say.",
    )


TRANSFORMED.append(
    Method(
        label="Principal components",
        reference="Pearson, Philosophical Magazine 2 (1901), 559-572.",
        keys=Pca,
        stage="transform",
        made_by="aecluster.transforms.pca:principal_components",
        is_streamed=True,
        least_images=lambda keys: keys["n_components"],
    )
)


class Sklearn(Derived):
    """What a transformer of scikit-learn makes, fitted to the `train` images."""

    method: Literal["sklearn"] = method(
        "`sklearn`: any transformer of scikit-learn that needs no labels."
    )
    transformer: str = key(
        pattern=r"^sklearn(\.[A-Za-z_]\w*)+$",
        effect="Dotted name of its class, which must have `transform`.",
        choose="`sklearn.decomposition.FastICA`, `sklearn.preprocessing.Normalizer` and so on.",
    )
    options: dict[str, Any] = key(
        {},
        effect="Parameters of the class; `random_state` is the seed unless it stands here.",
        choose="What scikit-learn documents for it; plain YAML values.",
    )


TRANSFORMED.append(
    Method(
        label="Transformer of scikit-learn",
        reference="Pedregosa et al., JMLR 12 (2011), 2825-2830.",
        keys=Sklearn,
        stage="transform",
        made_by="aecluster.transforms.sklearn_transformer:transformed",
    )
)


class FeatureUnion(Gridded):
    """The vectors of several representations side by side."""

    method: Literal["union"] = method(
        "`union`: where representations know different things; whiten them first, so that each "
        "value has the same say."
    )
    of: list[str] = key(
        min_length=2,
        effect="The representations whose values stand side by side, seed by seed.",
        choose="Two or more names.",
    )


TRANSFORMED.append(
    Method(
        label="Representations side by side",
        reference="FeatureUnion in Pedregosa et al., JMLR 12 (2011), 2825-2830.",
        keys=FeatureUnion,
        stage="transform",
        made_by="aecluster.transforms.union:union",
        is_streamed=True,
    )
)


class SparseManifold(Gridded):
    """The sparse manifold transform: patches that occur together lie together, in closed form."""

    method: Literal["sparse_manifold"] = method(
        "`sparse_manifold`: far better than pixels in minutes, without a network."
    )
    patch_size: int = key(
        6,
        ge=2,
        le=32,
        effect="Side of a patch in pixels.",
        choose="6 for images of 32 x 32, as published.",
    )
    n_atoms: int = key(
        2048,
        ge=2,
        le=32_768,
        effect="Size of the dictionary of patches.",
        choose="More is better and slower, in proportion.",
    )
    threshold: float = key(
        0.3,
        gt=0,
        lt=1,
        effect="Least cosine at which a patch activates an atom.",
        choose="So that a patch activates some dozens of atoms.",
    )
    n_components: int = key(
        64,
        ge=1,
        effect="Values that are kept of each cell.",
        choose="More for nearest neighbours; K-Means gains nothing beyond 64.",
    )
    n_cells: int = key(
        4,
        ge=1,
        le=16,
        effect="Cells per side over which the image is averaged; a vector has `n_cells`^2 * "
        "`n_components` values.",
        choose="1 forgets where things are; 4 keeps it roughly.",
    )
    n_fit: int = key(
        10_000,
        ge=1,
        effect="Train images, drawn at random, that it is fitted to.",
        choose="More change little; fitting takes as long as embedding as many.",
    )
    whitening: float = key(
        0.1,
        ge=0,
        effect="What is added to the variance of each direction of patches before it is brought "
        "to 1; of a patch's values, the variances are 1 on average.",
        choose="0.1 for clusters; 0.02 for neighbours, a thousandth of the largest in CIFAR-10.",
    )
    dictionary: Literal["kmeans", "patches"] = key(
        "kmeans",
        effect="Whether atoms are centres of K-Means on patches, or patches, of which no two have "
        "a cosine above 0.5.",
        choose="`patches` as published, for neighbours.",
    )
    n_skipped: int = key(
        0,
        ge=0,
        effect="Leading directions that are left out, before `n_components` are kept.",
        choose="16 as published for images in colour: they tell of colour and brightness alone.",
    )
    normalize: bool = key(
        False,
        effect="Bring the values of each patch to length 1 before they are averaged over a cell.",
        choose="`true` as published, for neighbours.",
    )


TRANSFORMED.append(
    Method(
        label="Sparse manifold transform",
        reference="Chen, Yun, Ma, Olshausen and LeCun, arXiv 2209.15261.",
        keys=SparseManifold,
        stage="transform",
        made_by="aecluster.transforms.sparse_manifold:sparse_manifold",
        has_atoms=True,
    )
)


class Umap(Derived):
    """A map that keeps neighbours together; needs the extra `umap`."""

    method: Literal["umap"] = method(
        "`umap`: where clusters are no balls, so that K-Means alone does not see them."
    )
    n_components: int = key(
        10,
        ge=1,
        effect="Number of values of a vector.",
        choose="10 to cluster in, 2 to look at.",
    )
    n_neighbors: int = key(
        30,
        ge=2,
        effect="Neighbours that an image is kept together with.",
        choose="More show the large, fewer the fine structure; time grows in proportion.",
    )
    min_dist: float = key(
        0.0,
        ge=0,
        le=1,
        effect="Least distance between two points of the map.",
        choose="0 packs clusters densely, as K-Means likes them; 0.1 to look at.",
    )
    metric: Literal["euclidean", "cosine"] = key(
        "euclidean",
        effect="How distances are measured in the base.",
        choose="`cosine` where only the direction of a vector was trained, as by contrast.",
    )


TRANSFORMED.append(
    Method(
        label="UMAP",
        reference="McInnes, Healy and Melville, arXiv 1802.03426.",
        keys=Umap,
        stage="transform",
        made_by="aecluster.transforms.umap:neighbour_map",
        needs="umap",
        n_threads=1,
        # Its first layout takes one eigenvector more than components, of fewer than all.
        least_images=lambda keys: keys["n_components"] + 2,
    )
)


class Neighbours(Derived):
    """The probabilities of groups that nearest neighbours agree on; K-Means then reads them off."""

    method: Literal["neighbours"] = method(
        "`neighbours`: where an image is mostly of the class of those nearest to it, as "
        "in what `contrastive` makes; another way to cluster than by distance to centres."
    )
    n_clusters: int = key(
        10,
        ge=2,
        effect="Number of groups, which is the number of values of a vector.",
        choose="The `k` that it is clustered with.",
    )
    n_neighbors: int = key(
        20,
        ge=1,
        effect="Neighbours that an image is to be grouped with.",
        choose="20 for CIFAR-10; fewer for some hundreds of images.",
    )


TRANSFORMED.append(
    Method(
        label="Groups of neighbours",
        reference="Van Gansbeke et al., SCAN, ECCV 2020, arXiv 2005.12320.",
        keys=Neighbours,
        stage="transform",
        made_by="aecluster.transforms.neighbour_groups:neighbour_groups",
    )
)


class Function(Derived):
    """Your own Python function of the images."""

    method: Literal["function"] = method("`function`: for what is not built in.")
    path: str = key(
        effect="The Python file; a change of its code makes the vectors anew.",
        choose="A file beside the experiment's.",
    )
    function: str = key(
        "embed",
        effect="Name of the function: `embed(train, images, *, seed, **options)` returns one row "
        "per image.",
        choose="One file can hold several.",
    )
    options: dict[str, Any] = key(
        {},
        effect="Further keyword arguments of the function.",
        choose="What the function takes; plain YAML values.",
    )


TRANSFORMED.append(
    Method(
        label="Your own function",
        reference="Yours.",
        keys=Function,
        stage="transform",
        made_by="aecluster.transforms.function:call_function",
    )
)
