"""What is compared: a representation clustered by K-Means, or by another clusterer.

Only an experiment with other clusterers has a column that names them. The console is read while
Snakemake parses: nothing here may load NumPy.
"""

from collections.abc import Iterable, Iterator, Mapping

KMEANS = "kmeans"
# The k of what chooses the number of clusters itself.
CHOSEN = 0
# No name has a space in it.
_BY = " by "


def competitor(row: Mapping[str, str]) -> str:
    """Return the name under which a row of a table of scores is compared.

    Examples
    --------
    >>> competitor({"representation": "pixels"})
    'pixels'
    >>> competitor({"representation": "pixels", "clusterer": "kmeans"})
    'pixels'
    >>> competitor({"representation": "pixels", "clusterer": "ward"})
    'pixels by ward'
    """
    return named(row["representation"], row.get("clusterer"))


def named(representation: str | None, clusterer: str | None) -> str:
    """Return the name of a representation's clusterings by a clusterer, None for K-Means."""
    if clusterer in (None, "", KMEANS):
        return str(representation)
    return f"{representation}{_BY}{clusterer}"


def parts_of(name: str) -> tuple[str, str]:
    """Return the representation and the clusterer of a competitor.

    Examples
    --------
    >>> parts_of("pixels by ward"), parts_of("pixels")
    (('pixels', 'ward'), ('pixels', 'kmeans'))
    """
    representation, _, clusterer = name.partition(_BY)
    return representation, clusterer or KMEANS


def stem_of(row: Mapping[str, str]) -> str:
    """Return what the files of a row's clustering begin with.

    Examples
    --------
    >>> stem_of({"k": "10", "seed": "0"}), stem_of({"k": "10", "seed": "0", "clusterer": "ward"})
    ('k10-s0', 'ward-k10-s0')
    """
    return stem(row.get("clusterer"), row["k"], row["seed"])


def stem(clusterer: str | None, k: int | str, seed: int | str) -> str:
    """Return what the files of a clustering begin with; the clusterer is None for K-Means."""
    prefix = "" if clusterer in (None, "", KMEANS) else f"{clusterer}-"
    return f"{prefix}k{k}-s{seed}"


def is_of_kmeans(row: Mapping[str, str]) -> bool:
    """Return whether a row of a table of scores is of K-Means."""
    return row.get("clusterer") in (None, "", KMEANS)


def words_for_k(k: int) -> str:
    """Return the number of clusters of a table in words.

    Examples
    --------
    >>> words_for_k(10), words_for_k(0)
    ('k = 10', 'k chosen by the clusterer')
    """
    return "k chosen by the clusterer" if k == CHOSEN else f"k = {k}"


def partition_notes(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield a sentence on each competitor that found another number of clusters, or noise.

    Examples
    --------
    >>> rows = [{"representation": "pixels", "clusterer": "dense", "k": "0", "n": "200",
    ...          "n_clusters": "3", "n_noise": "50"}]
    >>> list(partition_notes(rows))
    ['pixels by dense: 3 clusters, 25 % of the images in none']
    """
    groups: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        if row.get("n_clusters"):
            groups.setdefault((competitor(row), row["k"]), []).append(row)
    for (name, k), members in groups.items():
        found = sorted(int(row["n_clusters"]) for row in members)
        noise = [int(row["n_noise"]) / int(row["n"]) for row in members]
        if {*found} == {int(k)} and not any(noise):
            continue
        n = str(found[0]) if found[0] == found[-1] else f"{found[0]} to {found[-1]}"
        asked = "" if int(k) == CHOSEN else f" of {k}"
        said = f"{name}: {n}{asked} cluster{'s' * (n != '1' or bool(asked))}"
        share = sum(noise) / len(noise)
        yield f"{said}, {share:.0%} of the images in none".replace("%", " %") if share else said
