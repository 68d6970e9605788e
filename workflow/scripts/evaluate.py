"""Score one clustering by every metric that applies, in its own space and in others."""

from typing import TYPE_CHECKING

from aecluster.steps.evaluate import evaluate
from aecluster.store import write_silhouettes
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    spaces = dict(zip(snakemake.params.step["spaces"], snakemake.input.spaces, strict=True))
    store, clustering = snakemake.input.store, snakemake.input.clustering
    options = {name: snakemake.params.step[name] for name in ("seed", "max_exact")}
    evaluation = evaluate(store, clustering, snakemake.wildcards.split, spaces, **options)
    write_silhouettes(snakemake.output.silhouettes, evaluation.silhouettes)
    job.record(metrics=evaluation.scores, details=evaluation.details)
