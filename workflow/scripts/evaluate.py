"""Score one clustering by every metric that applies."""

from typing import TYPE_CHECKING

from aecluster.job import Job
from aecluster.metrics import score_clustering
from aecluster.store import Store, read_clustering

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    labels, centroids = read_clustering(snakemake.input.clustering)
    with Store(snakemake.input.store) as store:
        split = store[snakemake.wildcards.split]
        scores = score_clustering(split.matrix(), labels, split.y, centroids)
        details = {"n": len(split), "d": split.n_features}
    job.record(metrics=scores, details=details)
