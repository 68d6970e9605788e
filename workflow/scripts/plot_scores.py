"""Draw every score against the number of clusters."""

from typing import TYPE_CHECKING

from aecluster.comparison.curves import draw_score_curves
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    draw_score_curves(snakemake.output.score_curves, snakemake.input.summary)
    job.record()
