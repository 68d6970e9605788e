"""The registry of what a representation can be: plain data, read without TensorFlow.

A new method is a class of keys in `aecluster.config.methods.base`, an entry here, and the
function that the entry names. Everything else, from the rules to the report, follows from these.
"""

import inspect
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args

from pydantic import Field

from aecluster.config.keys import Section
from aecluster.config.methods.base import (
    Autoencoder,
    Contrastive,
    Dec,
    FeatureUnion,
    Function,
    Idec,
    Neighbours,
    Pca,
    Pixels,
    Sklearn,
    SparseManifold,
    Umap,
    Vae,
)


@dataclass(frozen=True)
class Method:
    """A way to make a representation.

    Attributes
    ----------
    label : str
        Name for tables and figures.
    reference : str
        Where it comes from.
    keys : type of Section
        Its keys in an experiment file.
    stage : {"read", "train", "transform"}
        Which rule makes it: none, since the images are read anyway; a training that leaves a
        Keras model, of which the images' codes are taken; or a function of another space.
    made_by : str
        ``<module>:<function>`` of the training, see `aecluster.autoencoder.training`, or of the
        transformation, see `aecluster.steps.transform`. Empty for what is read.
    rebuilds : bool
        Whether the model of a training is an autoencoder, so that its reconstructions are shown.
    needs : str
        Package that must be installed beside the project's own, empty for none.
    has_atoms : bool
        Whether its store holds pictures that the vectors are built from.
    n_threads : int
        Threads that a transformation uses; what uses one leaves room for a second one beside it.
    is_streamed : bool
        Whether a transformation takes its base block by block, so that its memory does not grow
        with the number of images.
    is_wide : bool
        Whether most of the memory of a training is what backpropagation keeps of a batch; its keys
        then have `batch_size` and `width`.
    """

    label: str
    reference: str
    keys: type[Section]
    stage: Literal["read", "train", "transform"]
    made_by: str = ""
    rebuilds: bool = False
    needs: str = ""
    has_atoms: bool = False
    n_threads: int = 2
    is_streamed: bool = False
    is_wide: bool = False

    @property
    def description(self) -> str:
        """One sentence on what the vectors are."""
        return inspect.getdoc(self.keys) or ""

    @property
    def defaults(self) -> dict[str, Any]:
        """The values of the keys that may be left out."""
        fields = self.keys.model_fields.items()
        return {name: field.default for name, field in fields if not field.is_required()}

    @property
    def module(self) -> str:
        """The module of the function."""
        return self.made_by.partition(":")[0]


_METHODS = (
    Method(
        label="Pixels",
        reference="The control of every other one.",
        keys=Pixels,
        stage="read",
    ),
    Method(
        label="Autoencoder",
        reference="Hinton and Salakhutdinov, Science 313 (2006), 504-507.",
        keys=Autoencoder,
        stage="train",
        made_by="aecluster.autoencoder.training:train_autoencoder",
        rebuilds=True,
    ),
    Method(
        label="Contrastive learning",
        reference="Chen, Kornblith, Norouzi and Hinton, ICML 2020, arXiv 2002.05709.",
        keys=Contrastive,
        stage="train",
        made_by="aecluster.contrastive.training:train_contrastive",
        is_wide=True,
    ),
    Method(
        label="Variational autoencoder",
        reference="Kingma and Welling, ICLR 2014.",
        keys=Vae,
        stage="train",
        made_by="aecluster.autoencoder.variational:train_vae",
        rebuilds=True,
    ),
    Method(
        label="Deep embedded clustering (DEC)",
        reference="Xie, Girshick and Farhadi, ICML 2016.",
        keys=Dec,
        stage="train",
        made_by="aecluster.autoencoder.deep_clustering:train_dec",
        rebuilds=True,
    ),
    Method(
        label="Improved deep embedded clustering (IDEC)",
        reference="Guo, Gao, Liu and Yin, IJCAI 2017.",
        keys=Idec,
        stage="train",
        made_by="aecluster.autoencoder.deep_clustering:train_idec",
        rebuilds=True,
    ),
    Method(
        label="Principal components",
        reference="Pearson, Philosophical Magazine 2 (1901), 559-572.",
        keys=Pca,
        stage="transform",
        made_by="aecluster.transforms.pca:principal_components",
        is_streamed=True,
    ),
    Method(
        label="Transformer of scikit-learn",
        reference="Pedregosa et al., JMLR 12 (2011), 2825-2830.",
        keys=Sklearn,
        stage="transform",
        made_by="aecluster.transforms.sklearn_transformer:transformed",
    ),
    Method(
        label="Spaces side by side",
        reference="FeatureUnion in Pedregosa et al., JMLR 12 (2011), 2825-2830.",
        keys=FeatureUnion,
        stage="transform",
        made_by="aecluster.transforms.union:union",
        is_streamed=True,
    ),
    Method(
        label="Sparse manifold transform",
        reference="Chen, Yun, Ma, Olshausen and LeCun, arXiv 2209.15261.",
        keys=SparseManifold,
        stage="transform",
        made_by="aecluster.transforms.sparse_manifold:sparse_manifold",
        has_atoms=True,
    ),
    Method(
        label="UMAP",
        reference="McInnes, Healy and Melville, arXiv 1802.03426.",
        keys=Umap,
        stage="transform",
        made_by="aecluster.transforms.umap:neighbour_map",
        needs="umap",
        n_threads=1,
    ),
    Method(
        label="Groups of neighbours",
        reference="Van Gansbeke et al., SCAN, ECCV 2020, arXiv 2005.12320.",
        keys=Neighbours,
        stage="transform",
        made_by="aecluster.transforms.neighbour_groups:neighbour_groups",
    ),
    Method(
        label="Your own function",
        reference="Yours.",
        keys=Function,
        stage="transform",
        made_by="aecluster.transforms.function:call_function",
    ),
)

# By the value of the key `method`.
METHODS: dict[str, Method] = {
    get_args(method.keys.model_fields["method"].annotation)[0]: method for method in _METHODS
}

Representation = Annotated[
    Union[tuple(method.keys for method in _METHODS)],  # noqa: UP007 - of types known at run time
    Field(discriminator="method"),
]
