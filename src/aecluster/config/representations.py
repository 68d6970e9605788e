"""The section `representations`: one model a method."""

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field

from aecluster.autoencoder.architectures import ARCHITECTURES
from aecluster.config.keys import Section, key, one_of


def _known_architecture(value: str) -> str:
    return one_of(value, ARCHITECTURES)


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


class Autoencoder(_Gridded):
    """The code of an autoencoder that is trained on the `train` split, once a seed."""

    method: Literal["autoencoder"] = key(
        effect="How the vectors are made.",
        choose="`autoencoder`: a code from which the image can be rebuilt.",
    )
    architecture: Annotated[
        str,
        AfterValidator(_known_architecture),
        Field(json_schema_extra={"enum": list(ARCHITECTURES)}),
    ] = key(
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


class Pca(_Gridded):
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


class Function(_Gridded):
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


Representation = Annotated[Pixels | Autoencoder | Pca | Function, Field(discriminator="method")]

# What a representation can be, by the value of its key `method`.
METHODS: dict[str, type[Section]] = {
    get_args(model.model_fields["method"].annotation)[0]: model
    for model in (Pixels, Autoencoder, Pca, Function)
}
