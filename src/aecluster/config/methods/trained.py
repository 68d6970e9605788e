"""Representations that are trained: each a class of keys, and the entry of its method below it."""

from typing import Literal

from aecluster.config.keys import key
from aecluster.config.methods.base import (
    ArchitectureName,
    Gridded,
    architecture,
    batch_size,
    epochs,
    learning_rate,
    method,
)
from aecluster.config.methods.method import Method

TRAINED: list[Method] = []


class Autoencoder(Gridded):
    """The code of an autoencoder that is trained on the `train` split, once per seed."""

    method: Literal["autoencoder"] = method(
        "`autoencoder`: a code from which the image can be rebuilt."
    )
    architecture: ArchitectureName = architecture(
        "`sparse` is the one of the source experiment; `conv` is wide, and learns more in "
        "more time.",
        effect="The network, by its name in the registry.",
    )
    epochs: int = epochs(
        5,
        "5 as in the source experiment; time grows in proportion, the gain fades. 0 is the "
        "control of an untrained network. More epochs go on from the fewer ones.",
        least=0,
    )
    batch_size: int = batch_size(
        32,
        "32 as in the source experiment; a larger one makes an epoch faster, and learns less in "
        "it.",
    )
    learning_rate: float = learning_rate()
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


TRAINED.append(
    Method(
        label="Autoencoder",
        reference="Hinton and Salakhutdinov, Science 313 (2006), 504-507.",
        keys=Autoencoder,
        stage="train",
        made_by="aecluster.autoencoder.training:train_autoencoder",
        rebuilds=True,
    )
)


class Contrastive(Gridded):
    """The code of a network that learns to recognise an image in random crops and colours of it."""

    method: Literal["contrastive"] = method(
        "`contrastive`: for images of things, which stay the same in another crop and "
        "light; sides of at least 16."
    )
    epochs: int = epochs(
        30, "30 take half an hour for CIFAR-10 on two cores with AMX; more still gain, slowly."
    )
    batch_size: int = batch_size(
        512,
        "512; a smaller one has fewer images to compare with and learns less in an epoch.",
        effect="Images per step of the optimizer, each of which is told apart from all others.",
        least=2,
    )
    learning_rate: float = learning_rate(
        "Keras' default 0.001; a third of it if the loss stays where it begins.",
        effect="Step size of Adam at the start; it decays to 0 with the last step.",
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


TRAINED.append(
    Method(
        label="Contrastive learning",
        reference="Chen, Kornblith, Norouzi and Hinton, ICML 2020, arXiv 2002.05709.",
        keys=Contrastive,
        stage="train",
        made_by="aecluster.contrastive.training:train_contrastive",
        is_wide=True,
    )
)


class Vae(Gridded):
    """The mean code of a variational autoencoder."""

    method: Literal["vae"] = method(
        "`vae`: codes without holes between them; to compare with publications."
    )
    architecture: ArchitectureName = architecture()
    epochs: int = epochs()
    batch_size: int = batch_size(128, "Around 100 as published.")
    learning_rate: float = learning_rate()
    beta: float = key(
        0.02,
        ge=0,
        allow_inf_nan=False,
        effect="Weight of the divergence from the standard normal distribution.",
        choose="2 s^2 for a noise of standard deviation s in the images; much more, and all codes "
        "are the same.",
    )


TRAINED.append(
    Method(
        label="Variational autoencoder",
        reference="Kingma and Welling, ICLR 2014.",
        keys=Vae,
        stage="train",
        made_by="aecluster.autoencoder.variational:train_vae",
        rebuilds=True,
    )
)


class Dec(Gridded):
    """The code of an autoencoder whose encoder was then trained to cluster: DEC."""

    method: Literal["dec"] = method("`dec`: to compare with publications; `idec` forgets less.")
    architecture: ArchitectureName = architecture()
    epochs: int = epochs(
        effect="Passes over the training images as an autoencoder, before it clusters."
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
    batch_size: int = batch_size(256, "256 as published.")
    learning_rate: float = learning_rate("0.001; a tenth of it if the clusters fall together.")


TRAINED.append(
    Method(
        label="Deep embedded clustering (DEC)",
        reference="Xie, Girshick and Farhadi, ICML 2016.",
        keys=Dec,
        stage="train",
        made_by="aecluster.autoencoder.deep_clustering:train_dec",
        rebuilds=True,
    )
)


class Idec(Dec):
    """The code of an autoencoder that was then trained to rebuild and to cluster: IDEC."""

    method: Literal["idec"] = method("`idec`: to compare with publications.")
    clustering_weight: float = key(
        0.1,
        gt=0,
        allow_inf_nan=False,
        effect="Weight of the clustering beside 1 of the reconstruction.",
        choose="0.1 as published.",
    )


TRAINED.append(
    Method(
        label="Improved deep embedded clustering (IDEC)",
        reference="Guo, Gao, Liu and Yin, IJCAI 2017.",
        keys=Idec,
        stage="train",
        made_by="aecluster.autoencoder.deep_clustering:train_idec",
        rebuilds=True,
    )
)
