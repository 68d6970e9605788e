"""The section `evaluation`."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from aecluster.config.keys import Section, key, without_repeats


class Evaluation(Section):
    """In which spaces clusterings are scored, and up to which size exactly, and drawn how."""

    spaces: Annotated[list[str], AfterValidator(without_repeats)] = key(
        ["pixels"],
        effect="Representations in which every clustering is scored beside its own space.",
        choose="`[pixels]` makes all clusterings comparable; each more costs as much as the scores "
        "themselves.",
    )
    max_exact: int = key(
        20_000,
        ge=100,
        le=200_000,
        effect="Most images of which silhouette and Dunn index are computed exactly, from all "
        "pairs. Of more, the silhouette is that of a sample, and tables give its standard error; "
        "all other scores are exact.",
        choose="Twice the number takes four times as long, and all vectors are in memory.",
    )
    points: bool = key(
        True,
        effect="Whether each clustering gets a table beside it with one row per image: name, "
        "class, cluster, distance to the centroid, silhouette.",
        choose="`true`; `false` in a sweep over thousands of variants, since a table takes some 50 "
        "bytes per image, 0.5 MB for 10,000. A table that is wanted later is made with the scores.",
    )
    probe: bool = key(
        False,
        effect="Whether each representation is scored itself, too, without clusters: kNN accuracy "
        "and a linear probe from train to test where there are classes, RankMe, uniformity, and "
        "linear CKA between the representations.",
        choose="`true` to compare representations; of 60,000 images of 3,072 values it takes "
        "minutes each, of small codes seconds.",
    )
    gap: int = key(
        0,
        ge=0,
        le=1000,
        effect="Reference data sets of the gap statistic, and pairs of subsamples, by which the "
        "report says how many clusters each representation has, where several `clustering.k` are "
        "clustered; 0 leaves it out.",
        choose="10 to look, 50 to publish; each is clustered once for each k, of at most 5,000 "
        "images.",
    )
    map: Literal["pca", "tsne", "umap"] = key(
        "pca",
        effect="How the map of each representation brings it to two dimensions.",
        choose="`pca` keeps distances and is quick; `tsne` keeps neighbours together and takes "
        "about 15 s per picture, as `umap` does where `aecluster[umap]` is installed. "
        "In those two, sizes of groups and distances between them mean nothing.",
    )
