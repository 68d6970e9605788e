"""Draw every score against the number of clusters."""

from typing import TYPE_CHECKING

from aecluster.job import Job
from aecluster.score_curves import draw_score_curves

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake):
    draw_score_curves(snakemake.output.score_curves, snakemake.input.summary)
