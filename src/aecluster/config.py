"""What an experiment is: models that check an experiment file and fill in its defaults.

Values may come as strings, since `snakemake --config` hands them over so; they are converted, and
`"null"` means null. Unknown keys are errors. The models carry what the JSON schema and the manual
of the configuration are made from: each key's meaning, its range, and how to choose it.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from aecluster.autoencoder.architectures import ARCHITECTURES
from aecluster.data.sources import SOURCES
from aecluster.errors import ConfigError
from aecluster.grid import expand_grids

# Folders under results/ that belong to the workflow.
_RESERVED_NAMES = {"benchmarks"}
# Snakemake plans some thousand jobs in seconds, more in minutes.
_MOST_VARIANTS = 10_000


def _null_from_text(value: Any) -> Any:
    return None if value == "null" else value


def _known_source(value: str) -> str:
    return _one_of(value, SOURCES)


def _known_architecture(value: str) -> str:
    return _one_of(value, ARCHITECTURES)


def _one_of(value: str, known: Mapping[str, Any]) -> str:
    if value not in known:
        raise ValueError(_expected_one_of(known, value))
    return value


def _expected_one_of(known: Iterable[str], found: str) -> str:
    return f"expected one of {', '.join(known)}{_suggestion(found, known)}"


def _not_reserved(value: str) -> str:
    if value in _RESERVED_NAMES:
        raise ValueError(f"expected another name, {value!r} is a folder of the workflow")
    return value


def _without_repeats(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise ValueError("expected every value once")
    return values


Name = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60),
    AfterValidator(_not_reserved),
]
# Combinations of a grid are named by keys and values.
RepresentationName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_.+=-]*$", max_length=100), AfterValidator(_not_reserved)
]
OptionalText = Annotated[str | None, BeforeValidator(_null_from_text)]
Address = Annotated[str, Field(pattern=r"^https?://[^/\s]+/\S*$")]
OptionalAddresses = Annotated[list[Address] | None, BeforeValidator(_null_from_text)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _key(default: Any = ..., *, effect: str, choose: str, **constraints: Any) -> Any:
    """Declare a key: what it does, how to choose it, and its range."""
    return Field(
        default, description=effect, json_schema_extra={"how_to_choose": choose}, **constraints
    )


class Dataset(_Section):
    """Where the images come from, and the form in which they are kept."""

    name: Name = _key(
        effect="Names the folder under `results/`.",
        choose="Another name for other images, so that the results of both are kept.",
    )
    source: Annotated[
        str, AfterValidator(_known_source), Field(json_schema_extra={"enum": list(SOURCES)})
    ] = _key(
        effect="Kind of source: a data set by its official files, `digits`, `images` (a folder or "
        "archive of class folders) or `arrays` (.npz or HDF5); `docs/data.md` says more of each.",
        choose="`digits` needs no download and runs in seconds; `images` takes your own pictures.",
    )
    path: OptionalText = _key(
        None,
        effect="A local archive, folder or file that is read instead of a download.",
        choose="`null` downloads `cifar10` and `cifar100`, which also take a copy of the official "
        "archive; `digits` takes none, all others need one.",
    )
    mirrors: OptionalAddresses = _key(
        None,
        min_length=1,
        effect="Addresses of byte-identical copies of what is downloaded, of which the fastest is "
        "taken; checked by size and checksum.",
        choose="`null`: the known ones; your own server where those cannot be reached.",
    )
    grayscale: bool = _key(
        True,
        effect="Turn colour to gray by ITU-R 601 luma, rounded to 8 bits.",
        choose="`true` reproduces the source experiment; `false` keeps three channels.",
    )
    size: int = _key(
        32,
        ge=4,
        le=1024,
        effect="Height and width in pixels that every image is brought to.",
        choose="A multiple of 4 for the autoencoder; twice the size takes four times as long.",
    )
    resize: Literal["crop", "pad"] = _key(
        "crop",
        effect="What becomes of an image that is not square: cut to the square in its middle, or "
        "padded.",
        choose="`crop` where the object is in the middle; `pad` where the edges matter.",
    )
    test_fraction: float = _key(
        0.2,
        gt=0,
        lt=1,
        effect="Part of every class that becomes the split `test`, where the source has no splits.",
        choose="0.2 is customary; more if the scores of so few images are too uncertain.",
    )
    split_seed: int = _key(
        0,
        ge=0,
        lt=2**32,
        effect="Seed of that choice.",
        choose="Leave it, so that all experiments on the images are scored on the same ones.",
    )
    on_bad_image: Literal["error", "skip"] = _key(
        "error",
        effect="What an image file that cannot be read leads to: an error that names it, or that "
        "it is left out and counted in the record.",
        choose="`error` for images of your own, which can be mended; `skip` for a large collection "
        "from elsewhere.",
    )


class Pixels(_Section):
    """The images themselves: every pixel is a feature."""

    method: Literal["pixels"] = _key(
        effect="How the vectors are made.", choose="`pixels`: the control for every other one."
    )


class _Gridded(_Section):
    """A representation whose keys may have several values."""

    grid: dict[str, list[Any]] = _key(
        {},
        exclude=True,
        effect="Keys with lists of values: each combination becomes a representation named "
        "`<name>-<key>=<value>`.",
        choose="`{l1: [0, 1e-5, 1e-4]}` compares three; all combinations of two lists are made.",
    )


class Autoencoder(_Gridded):
    """The code of an autoencoder that is trained on the `train` split, once a seed."""

    method: Literal["autoencoder"] = _key(
        effect="How the vectors are made.",
        choose="`autoencoder`: a code from which the image can be rebuilt.",
    )
    architecture: Annotated[
        str,
        AfterValidator(_known_architecture),
        Field(json_schema_extra={"enum": list(ARCHITECTURES)}),
    ] = _key(
        "sparse",
        effect="The network, by its name in the registry.",
        choose="`sparse` is the one of the source experiment.",
    )
    epochs: int = _key(
        5,
        ge=1,
        le=10_000,
        effect="Passes over the training images.",
        choose="5 as in the source experiment; time grows in proportion, the gain fades.",
    )
    batch_size: int = _key(
        32,
        ge=1,
        le=65_536,
        effect="Images a step of the optimizer.",
        choose="32 as in the source experiment; larger is faster an epoch and learns less in it.",
    )
    learning_rate: float = _key(
        0.001,
        gt=0,
        le=10,
        allow_inf_nan=False,
        effect="Step size of Adam.",
        choose="Keras' default 0.001; a tenth of it if the loss jumps.",
    )
    l1: float = _key(
        1.0e-5,
        ge=0,
        allow_inf_nan=False,
        effect="Weight of the L1 penalty on what each convolution puts out.",
        choose="0 turns it off; much above 1e-4 the penalty outweighs the reconstruction.",
    )
    output_activation: Literal["linear", "relu", "sigmoid"] = _key(
        "linear",
        effect="Activation of the last convolution.",
        choose="`linear` trains most reliably; `sigmoid` keeps pixels between 0 and 1.",
    )


class Pca(_Gridded):
    """The principal components of the `train` images: a linear code."""

    method: Literal["pca"] = _key(
        effect="How the vectors are made.",
        choose="`pca`: the honest control of a learned code with as many values.",
    )
    n_components: int = _key(
        64,
        ge=1,
        effect="Number of components.",
        choose="As many as the learned code has values: 64 for `sparse` on images of 32 x 32.",
    )
    whiten: bool = _key(
        False,
        effect="Bring every component to variance 1.",
        choose="`false` keeps distances; `true` gives faint components the same say.",
    )


class Function(_Gridded):
    """Your own Python function of the images."""

    method: Literal["function"] = _key(
        effect="How the vectors are made.", choose="`function`: for what is not built in."
    )
    path: str = _key(
        effect="The Python file; a change of its code makes the vectors anew.",
        choose="A file beside the experiment's.",
    )
    function: str = _key(
        "embed",
        effect="Name of the function: `embed(train, images, *, seed, **options)` returns a row an "
        "image.",
        choose="One file can hold several.",
    )
    options: dict[str, Any] = _key(
        {},
        effect="Further keyword arguments of the function.",
        choose="What the function takes; plain YAML values.",
    )


Representation = Annotated[Pixels | Autoencoder | Pca | Function, Field(discriminator="method")]


class Clustering(_Section):
    """K-Means: on which split, with which number of clusters, started how."""

    split: Literal["train", "test"] = _key(
        "test",
        effect="The split that is clustered and scored.",
        choose="`test` as in the source experiment: images that the training has not seen.",
    )
    k: Annotated[list[Annotated[int, Field(ge=2)]], AfterValidator(_without_repeats)] = _key(
        [10],
        min_length=1,
        effect="Numbers of clusters; each gives a variant.",
        choose="The number of classes if it is known, else a range to compare.",
    )
    init: Literal["k-means++", "random"] = _key(
        "k-means++",
        effect="How the first centroids are chosen.",
        choose="`k-means++` starts better; `random` takes data points, as in the source.",
    )
    n_init: int = _key(
        1,
        ge=1,
        le=1000,
        effect="Number of starts, of which the one with the lowest inertia is kept.",
        choose="1 as in the source experiment; 10 for less dependence on the seed.",
    )
    max_iter: int = _key(
        300,
        ge=1,
        effect="Most iterations of one start.",
        choose="Enough to converge: the record says how many were needed.",
    )
    tol: float = _key(
        0.0,
        ge=0,
        allow_inf_nan=False,
        effect="Stop when the centroids move by less, relative to the variance of the data.",
        choose="0 goes on until no centroid changes; 1e-4 is scikit-learn's default.",
    )


class Evaluation(_Section):
    """In which spaces clusterings are scored."""

    spaces: Annotated[list[str], AfterValidator(_without_repeats)] = _key(
        ["pixels"],
        effect="Representations in which every clustering is scored beside its own space.",
        choose="`[pixels]` makes all clusterings comparable; each more costs as much as the scores "
        "themselves.",
    )


class Tracking(_Section):
    """Where MLflow keeps the runs."""

    uri: OptionalText = _key(
        None,
        effect="Tracking URI of MLflow.",
        choose="`null`: the variable MLFLOW_TRACKING_URI, else `sqlite:///mlflow.db`.",
    )


class Experiment(_Section):
    """An experiment file, complete in itself."""

    experiment: Name = _key(
        effect="Name in MLflow, and of the folder of the results' summary.",
        choose="The question that the experiment asks; runs of one name are compared.",
    )
    dataset: Dataset
    representations: dict[RepresentationName, Representation] = _key(
        min_length=1,
        effect="The spaces to cluster in, by the name under which they appear in results.",
        choose="Keep `pixels`: without it nothing says what learning has brought.",
    )
    clustering: Clustering = Clustering()
    evaluation: Evaluation = Evaluation()
    seeds: Annotated[
        list[Annotated[int, Field(ge=0, lt=2**32)]], AfterValidator(_without_repeats)
    ] = _key(
        [0],
        min_length=1,
        effect="Seeds of training and of K-Means; each gives a variant.",
        choose="One to look, five or more to compare.",
    )
    tracking: Tracking = Tracking()

    @field_validator("representations")
    @classmethod
    def _pixels_are_pixels(cls, found: dict[str, Representation]) -> dict[str, Representation]:
        for name, representation in found.items():
            if (name == "pixels") != (representation.method == "pixels"):
                raise ValueError(
                    f"expected the method `pixels` under the name `pixels` and nowhere else, "
                    f"not {name}: {{method: {representation.method}}}"
                )
        return found

    @model_validator(mode="after")
    def _spaces_are_there(self) -> Self:
        known = dict.fromkeys(["pixels", *self.representations])
        for name in self.evaluation.spaces:
            if name not in known:
                raise ValueError(
                    f"evaluation.spaces: found {name!r}, {_expected_one_of(known, name)}"
                )
        return self

    @model_validator(mode="after")
    def _can_be_planned(self) -> Self:
        n = len(self.representations) * len(self.clustering.k) * len(self.seeds)
        if n > _MOST_VARIANTS:
            raise ValueError(
                f"representations, clustering.k and seeds: found {n:,} variants, "
                f"expected at most {_MOST_VARIANTS:,}"
            )
        return self


def load_experiment(config: Mapping[str, Any], origin: str) -> Experiment:
    """Return the checked experiment with all its defaults.

    Parameters
    ----------
    config : mapping
        What an experiment file holds, with overrides merged in.
    origin : str
        Where it comes from, to begin error messages with.

    Returns
    -------
    Experiment

    Raises
    ------
    ConfigError
        One line for each key that is unknown, missing or has a value that cannot be.

    Examples
    --------
    >>> load_experiment({"experiment": "demo", "sedes": [1]}, "demo.yaml")
    Traceback (most recent call last):
        ...
    aecluster.errors.ConfigError: demo.yaml: dataset: missing
    demo.yaml: representations: missing
    demo.yaml: sedes: unknown key; did you mean 'seeds'?
    """
    found = config.get("representations")
    try:
        if isinstance(found, Mapping):
            config = {**config, "representations": expand_grids(found)}
        return Experiment.model_validate(config)
    except ConfigError as error:
        raise ConfigError(f"{origin}: {error}") from None
    except ValidationError as error:
        problems = [f"{origin}: {_explain(found)}" for found in error.errors(include_url=False)]
        raise ConfigError("\n".join(problems)) from None


def _explain(found: Any) -> str:
    path = list(found["loc"])
    if path[:1] == ["representations"] and len(path) > 2:
        # pydantic names the member of the union behind the key that the user wrote.
        del path[2]
    where = ".".join(str(part) for part in path) or "the file"
    match found["type"]:
        case "extra_forbidden":
            keys = _keys_beside(found["loc"])
            return f"{where}: unknown key{_suggestion(str(path[-1]), keys) or _known(keys)}"
        case "missing":
            return f"{where}: missing"
        case "union_tag_not_found":
            return f"{where}.method: missing, expected one of {', '.join(METHODS)}"
        case "union_tag_invalid":
            method = str(found["ctx"]["tag"])
            return f"{where}.method: found {method!r}, {_expected_one_of(METHODS, method)}"
        case "model_attributes_type" | "model_type" | "dict_type":
            return f"{where}: found {found['input']!r}, expected keys with values"
        case "value_error" if not path:
            return str(found["ctx"]["error"])
        case "value_error":
            return f"{where}: found {found['input']!r}, {found['ctx']['error']}"
        case _:
            message = found["msg"].removeprefix("Input should be ")
            return f"{where}: found {found['input']!r}, expected {message}"


# What a representation can be, by the value of its key `method`.
METHODS: dict[str, type[_Section]] = {
    get_args(model.model_fields["method"].annotation)[0]: model
    for model in (Pixels, Autoencoder, Pca, Function)
}


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    for part in reversed(loc[:-1]):
        if part in METHODS:
            return list(METHODS[str(part)].model_fields)
    section = Experiment
    for part in loc[:-1]:
        section = section.model_fields[str(part)].annotation
    return list(section.model_fields)


def _suggestion(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _known(keys: list[str]) -> str:
    return f", expected one of {', '.join(keys)}"
