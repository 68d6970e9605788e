"""Score one clustering by every metric that applies, in its own space and in others."""

from typing import TYPE_CHECKING

from aecluster.steps.evaluate import evaluate
from aecluster.store import write_silhouettes
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    names = snakemake.params.step["watched"]["spaces"]
    evaluation = evaluate(
        snakemake.input.store,
        snakemake.input.clustering,
        snakemake.wildcards.split,
        dict(zip(names, snakemake.input.spaces, strict=True)),
        **snakemake.params.step["options"],
    )
    write_silhouettes(snakemake.output.silhouettes, evaluation.silhouettes)
    job.record(metrics=evaluation.scores, details=evaluation.details)
