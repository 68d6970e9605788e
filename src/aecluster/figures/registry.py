"""The registry of pictures: plain data, read without matplotlib.

A new picture is a module with the function that draws it, an entry here, its file in the rule that
draws it (`workflow/rules/figures.smk`), and a caption's file in `workflow/report` that says
``{{ snakemake.config["captions"]["<name>"] }}``. What is drawn, both reports and what stands in
them follow from these.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from pkgutil import resolve_name  # noqa: TID251 - of what the step depends on by name
from typing import Any, Literal

Subject = Literal["training", "autoencoder", "dictionary", "clustering", "comparison"]


@dataclass(frozen=True)
class Picture:
    """A picture that the workflow draws.

    Attributes
    ----------
    name : str
        Of its file, of the output of its rule, and of its module.
    of : {"training", "autoencoder", "dictionary", "clustering", "comparison"}
        Of every training, of those that rebuild images, of a space that is built from atoms, of a
        clustering, or of all variants together.
    label : str
        Its name for readers.
    caption : str
        What to see in it, true of whatever it is of: one to three sentences.
    drawn_by : str
        ``<module>:<function>``. The function takes the path of the PNG file, and by their names
        those things that it draws of what `draw` is given.
    record : str
        Name of the record that its rule leaves.
    """

    name: str
    of: Subject
    label: str
    caption: str
    drawn_by: str
    record: str = "figures"

    @property
    def module(self) -> str:
        """The module of the function."""
        return self.drawn_by.partition(":")[0]


_PICTURES = (
    Picture(
        name="reconstructions",
        of="autoencoder",
        label="reconstructions",
        caption="Test images, which training has not seen, above what the network makes of them.",
        drawn_by="aecluster.figures.reconstructions:draw_reconstructions",
    ),
    Picture(
        name="curves",
        of="training",
        label="curves",
        caption="What training minimised and what was measured beside it, by epoch. Each axis "
        "says what its curves are; final values are in brackets.",
        drawn_by="aecluster.figures.curves:draw_curves",
    ),
    Picture(
        name="architecture",
        of="training",
        label="architecture",
        caption="The layers in order, with the shape of their output and their number of "
        "parameters. K-Means clusters the output of the layer named code.",
        drawn_by="aecluster.figures.architecture:draw_architecture",
    ),
    Picture(
        name="atoms",
        of="dictionary",
        label="atoms",
        caption="Patches that images are described by. Each row shows an atom and those nearest "
        "to it in the space: they occur in the same images.",
        drawn_by="aecluster.figures.atoms:draw_atoms",
        record="atoms",
    ),
    Picture(
        name="silhouettes",
        of="clustering",
        label="silhouettes",
        caption="The silhouette of every image by cluster, in the clustering's own space. Images "
        "below 0 are nearer to another cluster than to their own. A silhouette in one space does "
        "not compare with one in another.",
        drawn_by="aecluster.figures.silhouettes:draw_silhouettes",
    ),
    Picture(
        name="confusion",
        of="clustering",
        label="clusters and classes",
        caption="How many images of each class are in each cluster; the sizes of the clusters "
        "where no classes are known. Frames mark the best one-to-one matching of clusters to "
        "classes: the share of all images in them is the accuracy.",
        drawn_by="aecluster.figures.confusion:draw_confusion",
    ),
    Picture(
        name="map",
        of="clustering",
        label="map",
        caption="The images in two dimensions, found as the title says, coloured by cluster and, "
        "where classes are known, by class. What overlaps here may lie far apart in the space.",
        drawn_by="aecluster.figures.map:draw_map",
    ),
    Picture(
        name="nearest",
        of="clustering",
        label="nearest images",
        caption="The images nearest to each centroid, nearest first: the most typical ones of a "
        "cluster. The random images show how mixed it is.",
        drawn_by="aecluster.figures.nearest:draw_nearest",
    ),
    Picture(
        name="clusters",
        of="clustering",
        label="images",
        caption="Random images of each cluster, one row per cluster. Unlike those nearest to a "
        "centroid, which look alike in any clustering, they show how mixed a cluster is.",
        drawn_by="aecluster.figures.clusters:draw_clusters",
    ),
    Picture(
        name="centroids",
        of="clustering",
        label="centroids",
        caption="The centre of each cluster as an image: of pixels the centroid itself, of any "
        "other space the mean image of the cluster.",
        drawn_by="aecluster.figures.centroids:draw_centroids",
    ),
    Picture(
        name="scores",
        of="comparison",
        label="scores against k",
        caption="Every score against the number of clusters, one line per representation; bars "
        "are 95 % intervals over seeds. Scores of distances in a representation's own space do "
        "not compare between representations.",
        drawn_by="aecluster.figures.scores:draw_scores",
    ),
    Picture(
        name="cka",
        of="comparison",
        label="likeness of the spaces",
        caption="Linear CKA of every two representations on test images: 1 if one is the other "
        "turned and scaled, about 0 if what is near in one says nothing of the other.",
        drawn_by="aecluster.figures.cka:draw_cka",
    ),
)

# In the order in which the report shows them.
PICTURES: dict[str, Picture] = {picture.name: picture for picture in _PICTURES}


def pictures_of(*subjects: Subject) -> list[Picture]:
    """Return the pictures of some subjects."""
    return [picture for picture in PICTURES.values() if picture.of in subjects]


def draw(files: Mapping[str, str | os.PathLike[str]], **subject: Any) -> None:
    """Draw those pictures that a rule makes.

    Parameters
    ----------
    files : mapping of str to path-like
        Outputs of the rule by name; what is no picture, as its record, is left alone.
    **subject
        What there is to draw: each picture takes what its function names.
    """
    for name, picture in PICTURES.items():
        if name in files:
            function = resolve_name(picture.drawn_by)
            wanted = signature(function).parameters
            function(files[name], **{key: subject[key] for key in subject if key in wanted})
