"""An experiment file as a whole."""

from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from aecluster.config.clusterers import AnyClusterer, ClustererName
from aecluster.config.clustering import Clustering
from aecluster.config.dataset import Dataset
from aecluster.config.evaluation import Evaluation
from aecluster.config.keys import (
    Name,
    RepresentationName,
    Section,
    expected_one_of,
    key,
    without_repeats,
)
from aecluster.config.methods import Representation
from aecluster.config.tracking import Tracking

# What the files of an experiment begin with, up to the first point. Their folder is that of a data
# set of the same name, whose representations are folders in it.
_TAKEN = {"scores", "controls", "summary", "differences", "cka", "report", "tracked"}
_BENCHMARKS = "benchmarks"
# Snakemake plans some thousand jobs in seconds, more in minutes.
_MOST_VARIANTS = 10_000


def _one_or_several(value: Any) -> str:
    return "several" if isinstance(value, list) else "one"


class Experiment(Section):
    """An experiment file, complete in itself."""

    experiment: Name = key(
        effect="Name in MLflow, and of the folder of the results' summary.",
        choose="The question that the experiment asks; runs of one name are compared.",
    )
    # By a tag, so that an error is told of what was meant and not of both.
    dataset: Annotated[
        Annotated[Dataset, Tag("one")]
        | Annotated[list[Dataset], Field(min_length=1), Tag("several")],
        Discriminator(_one_or_several),
    ] = key(
        effect="Where the images come from, and the form in which they are kept; a list of such "
        "keys, with a name each, is as many data sets, of which each is compared by itself.",
        choose="One, or a list to ask the same question of several data sets.",
    )
    representations: dict[RepresentationName, Representation] = key(
        min_length=1,
        effect="The representations to cluster, by the name under which they appear in results.",
        choose="Keep `pixels`: without it nothing says what learning has brought.",
    )
    clustering: Clustering = Clustering()
    clusterers: dict[ClustererName, AnyClusterer] = key(
        {},
        effect="Clusterers beside K-Means, by the name under which they appear in results.",
        choose="None to compare representations; some to see whether K-Means misses what is there.",
    )
    evaluation: Evaluation = Evaluation()
    seeds: Annotated[
        list[Annotated[int, Field(ge=0, lt=2**32)]], AfterValidator(without_repeats)
    ] = key(
        [0],
        min_length=1,
        effect="Seeds of training and of K-Means; each gives a variant.",
        choose="One to look, five or more to compare.",
    )
    tracking: Tracking = Tracking()
    rerun_on_new_versions: bool = key(
        False,
        effect="Whether results are made anew that were made with other versions of Python, NumPy, "
        "scikit-learn, TensorFlow and the like; without it a run says which they are.",
        choose="true to compare numbers to their last digit; false to keep hours of training.",
    )

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
    def _datasets_have_names_of_their_own(self) -> Self:
        names = [dataset.name for dataset in self._listed_datasets()]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise ValueError(
                    f"dataset.{place}.name: found {name!r} again, expected another name for each "
                    "data set"
                )
        return self

    @model_validator(mode="after")
    def _folders_have_no_name_of_a_file(self) -> Self:
        for name in self.representations:
            first, point, _ = name.partition(".")
            if point and first in _TAKEN:
                raise ValueError(
                    f"representations: found the name {name!r}, expected another one: files of an "
                    f"experiment begin with {first}."
                )
        if _BENCHMARKS in (self.experiment, *self.datasets):
            raise ValueError(
                f"experiment, dataset.name: found {_BENCHMARKS!r}, expected another name: "
                "`results/` keeps the times of steps under it"
            )
        return self

    @model_validator(mode="after")
    def _bases_are_there(self) -> Self:
        known = dict.fromkeys(["pixels", *self.representations])
        for name in self.representations:
            for base in self.bases_of(name):
                if base not in known:
                    raise ValueError(
                        f"representations.{name}.of: found {base!r}, {expected_one_of(known, base)}"
                    )
        try:
            TopologicalSorter(
                {name: self.bases_of(name) for name in self.representations}
            ).prepare()
        except CycleError as error:
            circle = error.args[1][::-1]  # it comes with bases first
            raise ValueError(
                f"representations.{circle[0]}.of: found a circle, expected an end: "
                f"{' of '.join(circle)}"
            ) from None
        return self

    @model_validator(mode="after")
    def _spaces_are_there(self) -> Self:
        known = dict.fromkeys(["pixels", *self.representations])
        for name in self.evaluation.spaces:
            if name not in known:
                raise ValueError(
                    f"evaluation.spaces: found {name!r}, {expected_one_of(known, name)}"
                )
        return self

    @model_validator(mode="after")
    def _clustered_are_there(self) -> Self:
        for name, clusterer in self.clusterers.items():
            for of in clusterer.of or ():
                if of not in self.representations:
                    raise ValueError(
                        f"clusterers.{name}.of: found {of!r}, "
                        f"{expected_one_of(self.representations, of)}"
                    )
        return self

    @model_validator(mode="after")
    def _can_be_planned(self) -> Self:
        n = (
            len(self.datasets)
            * len(self.representations)
            * len(self.clustering.k)
            * len(self.seeds)
            * (1 + len(self.clusterers))
        )
        if n > _MOST_VARIANTS:
            raise ValueError(
                f"dataset, representations, clustering.k and seeds: found {n:,} variants, "
                f"expected at most {_MOST_VARIANTS:,}"
            )
        return self

    @property
    def datasets(self) -> dict[str, Dataset]:
        """The data sets by their names, in the order of the file."""
        return {dataset.name: dataset for dataset in self._listed_datasets()}

    def _listed_datasets(self) -> list[Dataset]:
        return self.dataset if isinstance(self.dataset, list) else [self.dataset]

    def bases_of(self, name: str) -> list[str]:
        """Return the representations that another is made of, none for the pixels themselves."""
        if name not in self.representations or name == "pixels":
            return []
        found = getattr(self.representations[name], "of", "pixels")
        return found if isinstance(found, list) else [found]
