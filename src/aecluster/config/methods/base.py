"""The keys of a representation: one model a method, as `aecluster.config.methods` registers it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from aecluster.autoencoder.architectures import ARCHITECTURES
from aecluster.config.keys import Section, key, one_of


def _known_architecture(value: str) -> str:
    return one_of(value, ARCHITECTURES)


_Architecture = Annotated[
    str,
    AfterValidator(_known_architecture),
    Field(json_schema_extra={"enum": list(ARCHITECTURES)}),
]


class Pixels(Section):
    """The images themselves: every pixel is a feature."""

    method: Literal["pixels"] = key(
        effect="How the vectors are made.", choose="`pixels`: the control for every other one."
    )


class _Gridded(Section):
    """A representation whose keys may have several values."""

    grid: dict[str, list[Any]] = key(
        {},
        exclude=True,
        effect="Keys with lists of values: each combination becomes a representation named "
        "`<name>-<key>=<value>`.",
        choose="`{l1: [0, 1e-5, 1e-4]}` compares three; all combinations of two lists are made.",
    )


class _Derived(_Gridded):
    """A representation of vectors, those of another representation among them."""

    of: str = key(
        "pixels",
        effect="The representation that it is made from, seed by seed.",
        choose="`pixels`: the images themselves; the name of another one to go on from there.",
    )


class Autoencoder(_Gridded):
    """The code of an autoencoder that is trained on the `train` split, once a seed."""

    method: Literal["autoencoder"] = key(
        effect="How the vectors are made.",
        choose="`autoencoder`: a code from which the image can be rebuilt.",
    )
    architecture: _Architecture = key(
        "sparse",
        effect="The network, by its name in the registry.",
        choose="`sparse` is the one of the source experiment; `conv` is wide, and learns more in "
        "more time.",
    )
    epochs: int = key(
        5,
        ge=0,
        le=10_000,
        effect="Passes over the training images.",
        choose="5 as in the source experiment; time grows in proportion, the gain fades. 0 is the "
        "control of an untrained network. More epochs go on from the fewer ones.",
    )
    batch_size: int = key(
        32,
        ge=1,
        le=65_536,
        effect="Images a step of the optimizer.",
        choose="32 as in the source experiment; larger is faster an epoch and learns less in it.",
    )
    learning_rate: float = key(
        0.001,
        gt=0,
        le=10,
        allow_inf_nan=False,
        effect="Step size of Adam.",
        choose="Keras' default 0.001; a tenth of it if the loss jumps.",
    )
    l1: float = key(
        1.0e-5,
        ge=0,
        allow_inf_nan=False,
        effect="Weight of the L1 penalty on what each convolution puts out.",
        choose="0 turns it off; much above 1e-4 the penalty outweighs the reconstruction.",
    )
    output_activation: Literal["linear", "relu", "sigmoid"] = key(
        "linear",
        effect="Activation of the last convolution.",
        choose="`linear` trains most reliably; `sigmoid` keeps pixels between 0 and 1.",
    )
    noise: float = key(
        0.0,
        ge=0,
        allow_inf_nan=False,
        effect="Standard deviation of the Gaussian noise on the images that the network sees while "
        "it is trained; pixels range from 0 to 1.",
        choose="0.1 for a denoising autoencoder, which has to rebuild the image without it.",
    )
    schedule: Literal["constant", "cosine"] = key(
        "constant",
        effect="How the learning rate changes with the steps.",
        choose="`cosine` brings it down to 0 with the last step, which pays off in long trainings; "
        "more epochs then train anew.",
    )
    patience: int = key(
        0,
        ge=0,
        effect="Epochs without a lower error on the `test` split after which training ends, with "
        "the weights of the best epoch.",
        choose="0 turns it off; 5 with many epochs.",
    )
    precision: Literal["float32", "bfloat16"] = key(
        "float32",
        effect="In which the layers compute while they are trained; what is kept is float32.",
        choose="`bfloat16` is faster for wide layers on processors with AMX and on a GPU, and "
        "slower for `sparse`.",
    )


class Vae(_Gridded):
    """The mean code of a variational autoencoder."""

    method: Literal["vae"] = key(
        effect="How the vectors are made.",
        choose="`vae`: codes without holes between them; to compare with publications.",
    )
    architecture: _Architecture = key(
        "sparse",
        effect="The autoencoder, by its name in the registry.",
        choose="The one that it is to be compared with.",
    )
    epochs: int = key(
        5,
        ge=1,
        le=10_000,
        effect="Passes over the training images.",
        choose="As many as of the autoencoder that it is to be compared with.",
    )
    batch_size: int = key(
        128,
        ge=1,
        le=65_536,
        effect="Images a step of the optimizer.",
        choose="Around 100 as published.",
    )
    learning_rate: float = key(
        0.001,
        gt=0,
        le=10,
        allow_inf_nan=False,
        effect="Step size of Adam.",
        choose="Keras' default 0.001; a tenth of it if the loss jumps.",
    )
    beta: float = key(
        0.02,
        ge=0,
        allow_inf_nan=False,
        effect="Weight of the divergence from the standard normal distribution.",
        choose="2 s^2 for a noise of standard deviation s in the images; much more, and all codes "
        "are the same.",
    )


class Dec(_Gridded):
    """The code of an autoencoder whose encoder was then trained to cluster: DEC."""

    method: Literal["dec"] = key(
        effect="How the vectors are made.",
        choose="`dec`: to compare with publications; `idec` forgets less.",
    )
    architecture: _Architecture = key(
        "sparse",
        effect="The autoencoder, by its name in the registry.",
        choose="The one that it is to be compared with.",
    )
    epochs: int = key(
        5,
        ge=1,
        le=10_000,
        effect="Passes over the training images as an autoencoder, before it clusters.",
        choose="As many as of the autoencoder that it is to be compared with.",
    )
    cluster_epochs: int = key(
        5,
        ge=1,
        le=10_000,
        effect="Most passes after that; fewer if less than 0.1 % of the images still move.",
        choose="As many as the curve `moved` takes to come down.",
    )
    n_clusters: int = key(
        10,
        ge=2,
        effect="Number of centres that codes are pulled to.",
        choose="The k that is looked at.",
    )
    batch_size: int = key(
        256,
        ge=1,
        le=65_536,
        effect="Images a step of the optimizer.",
        choose="256 as published.",
    )
    learning_rate: float = key(
        0.001,
        gt=0,
        le=10,
        allow_inf_nan=False,
        effect="Step size of Adam.",
        choose="0.001; a tenth of it if the clusters fall together.",
    )


class Idec(Dec):
    """The code of an autoencoder that was then trained to rebuild and to cluster: IDEC."""

    method: Literal["idec"] = key(
        effect="How the vectors are made.",
        choose="`idec`: to compare with publications.",
    )
    clustering_weight: float = key(
        0.1,
        gt=0,
        allow_inf_nan=False,
        effect="Weight of the clustering beside 1 of the reconstruction.",
        choose="0.1 as published.",
    )


class Contrastive(_Gridded):
    """The code of a network that learns to recognise an image in random crops and colours of it."""

    method: Literal["contrastive"] = key(
        effect="How the vectors are made.",
        choose="`contrastive`: for images of things, which stay the same in another crop and "
        "light; sides of at least 16.",
    )
    epochs: int = key(
        30,
        ge=1,
        le=10_000,
        effect="Passes over the training images.",
        choose="30 take half an hour for CIFAR-10 on two cores with AMX; more still gain, slowly.",
    )
    batch_size: int = key(
        512,
        ge=2,
        le=65_536,
        effect="Images a step of the optimizer, each of which is told apart from all others.",
        choose="512; a smaller one has fewer images to compare with and learns less in an epoch.",
    )
    learning_rate: float = key(
        0.001,
        gt=0,
        le=10,
        allow_inf_nan=False,
        effect="Step size of Adam at the start; it decays to 0 with the last step.",
        choose="Keras' default 0.001; a third of it if the loss stays where it begins.",
    )
    temperature: float = key(
        0.2,
        gt=0,
        allow_inf_nan=False,
        effect="What similarities are divided by in the loss.",
        choose="0.1 to 0.5; a low one tells the most similar images apart, a high one leaves "
        "them groups.",
    )
    width: int = key(
        64,
        ge=1,
        le=4096,
        effect="Channels of the network's first stage; the code has four times as many values.",
        choose="64; half of it is three times as fast and learns less.",
    )
    precision: Literal["auto", "float32", "bfloat16"] = key(
        "auto",
        effect="In which the layers compute while they are trained; what is kept is float32.",
        choose="`auto` takes `bfloat16` where the processor (AMX) or GPU is fast in it; name one "
        "for the same numbers on all machines.",
    )


class Pca(_Derived):
    """The principal components of the `train` images: a linear code."""

    method: Literal["pca"] = key(
        effect="How the vectors are made.",
        choose="`pca`: the honest control of a learned code with as many values.",
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


class FeatureUnion(_Gridded):
    """The vectors of several representations side by side."""

    method: Literal["union"] = key(
        effect="How the vectors are made.",
        choose="`union`: where spaces know different things; whiten them first, so that each value "
        "has the same say.",
    )
    of: list[str] = key(
        min_length=2,
        effect="The representations whose values stand side by side, seed by seed.",
        choose="Two or more names.",
    )


class SparseManifold(_Gridded):
    """The sparse manifold transform: patches that occur together lie together, in closed form."""

    method: Literal["sparse_manifold"] = key(
        effect="How the vectors are made.",
        choose="`sparse_manifold`: far better than pixels in minutes, without a network.",
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
        effect="Cells a side over which the image is averaged; a vector has `n_cells`^2 * "
        "`n_components` values.",
        choose="1 forgets where things are; 4 keeps it roughly.",
    )
    n_fit: int = key(
        10_000,
        ge=1,
        effect="Train images, drawn at random, that it is fitted to.",
        choose="More change little; fitting takes as long as embedding as many.",
    )


class Function(_Derived):
    """Your own Python function of the images."""

    method: Literal["function"] = key(
        effect="How the vectors are made.", choose="`function`: for what is not built in."
    )
    path: str = key(
        effect="The Python file; a change of its code makes the vectors anew.",
        choose="A file beside the experiment's.",
    )
    function: str = key(
        "embed",
        effect="Name of the function: `embed(train, images, *, seed, **options)` returns a row an "
        "image.",
        choose="One file can hold several.",
    )
    options: dict[str, Any] = key(
        {},
        effect="Further keyword arguments of the function.",
        choose="What the function takes; plain YAML values.",
    )


class Sklearn(_Derived):
    """What a transformer of scikit-learn makes, fitted to the `train` images."""

    method: Literal["sklearn"] = key(
        effect="How the vectors are made.",
        choose="`sklearn`: any transformer of scikit-learn that needs no labels.",
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


class Neighbours(_Derived):
    """The probabilities of groups that nearest neighbours agree on; K-Means then reads them off."""

    method: Literal["neighbours"] = key(
        effect="How the vectors are made.",
        choose="`neighbours`: where an image is mostly of the class of those nearest to it, as "
        "in what `contrastive` makes; another way to cluster than by distance to centres.",
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


class Umap(_Derived):
    """A map that keeps neighbours together; needs the extra `umap`."""

    method: Literal["umap"] = key(
        effect="How the vectors are made.",
        choose="`umap`: where clusters are no balls, so that K-Means alone does not see them.",
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
